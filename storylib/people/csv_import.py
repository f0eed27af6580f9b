"""People from a CSV file: all of them, or none and a report of what is wrong on which line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storylib.errors import Invalid, Taken
from storylib.identity import access, one_time_tokens, users
from storylib.identity.access import Principal
from storylib.identity.users import NewUser
from storylib.inputs import decoded
from storylib.models import Audit, User
from storylib.people import administration
from storylib.vocabulary import PLANS, ROLES

NEEDED: Final = ("username", "name", "email")
ALLOWED: Final = (*NEEDED, "role", "plan")
EXAMPLE: Final = "username,name,email,role,plan\nada,Ada Lovelace,ada@school.example,educator,free\n"
MOST: Final = 10_000  # people in one file
MOST_BYTES: Final = 5_000_000
MOST_PROBLEMS: Final = 100  # lines in a report


@dataclass(frozen=True)
class Problem:
    """What is wrong on a line; the heading is line 1."""

    line: int
    message: str


class Rejected(Invalid):
    """Nobody was added; ``problems`` says why, by line."""

    def __init__(self, problems: list[Problem]):
        super().__init__("import.rejected", "file", problems=len(problems))
        self.problems = problems[:MOST_PROBLEMS]


def load(session: Session, actor: Principal, data: bytes) -> dict[str, str]:
    """Invite everyone in the file; return the code of each one's link by username, which is shown only now.

    Raises:
        Refused: the actor is no administrator.
        Rejected: something is wrong with the file; nobody was added.
    """
    access.require(session, actor, "manage people")
    rows = read(data)
    if taken := list(_taken(session, rows)):
        raise Rejected(taken)
    added = _insert(session, rows)
    noted = {"actor": actor.username, "act": "imported", "before": {}}
    session.execute(
        insert(Audit), [{**noted, "person": new.username, "after": administration.facts(new)} for new in rows.values()]
    )
    codes = one_time_tokens.issue_to(session, "invite", added)
    return {username: codes[id_] for id_, username in added.items()}


def _insert(session: Session, rows: dict[int, NewUser]) -> dict[int, str]:
    """Add the people; return their usernames by id."""
    try:
        added = session.execute(insert(User).returning(User.id, User.username), [vars(new) for new in rows.values()])
        return {row.id: row.username for row in added}
    except IntegrityError:
        raise Taken("import.taken-meanwhile", "file") from None


def read(data: bytes) -> dict[int, NewUser]:
    """Return the people in a file, by line. It may be UTF-8 or UTF-16, with commas, semicolons or tabs.

    Raises:
        Rejected: names each line that is wrong.
    """
    rows: dict[int, NewUser] = {}
    problems: list[Problem] = []
    for line, row in _lines(_text(data)):
        try:
            rows[line] = _person(row)
        except Invalid as error:
            problems.append(Problem(line, str(error)))
    problems += _twice(rows)
    if problems:
        raise Rejected(sorted(problems, key=lambda problem: problem.line))
    return rows


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise Rejected([Problem(1, f"The file is larger than {MOST_BYTES // 1_000_000} MB.")])
    try:
        return decoded(data)
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        raise Rejected([Problem(line, "This file is not UTF-8. In a spreadsheet, save it as “CSV UTF-8”.")]) from None


def _delimiter(text: str) -> str:
    heading = text.partition("\n")[0]
    return max(",;\t", key=heading.count)


def _check_columns(columns: list[str]) -> None:
    missing = [column for column in NEEDED if column not in columns]
    strange = [column for column in columns if column not in ALLOWED]
    found = [
        *([f"These columns are missing: {', '.join(missing)}."] if missing else []),
        *([f"Unknown columns: {', '.join(column or '(empty)' for column in strange)}."] if strange else []),
        *(["A column appears twice."] if len(set(columns)) < len(columns) else []),
    ]
    if found:
        raise Rejected([Problem(1, message) for message in found])


def _lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each row with the line on which it ends; empty rows are left out."""
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        _check_columns([column.strip().lower() for column in table.fieldnames or []])
        for count, row in enumerate(table, 1):
            if count > MOST:
                raise Rejected([Problem(table.line_num, f"A file may list at most {MOST:,} people. Please split it.")])
            yield table.line_num, {(key or "").strip().lower(): value for key, value in row.items()}
    except csv.Error as error:
        raise Rejected([Problem(table.reader.line_num, f"This line cannot be read: {error}.")]) from None
    if table.line_num < 2:
        raise Rejected([Problem(2, "There are no people in the file.")])


def _person(row: dict[str, Any]) -> NewUser:
    if None in row.values() or "" in row:
        raise Invalid("import.fields")
    role = row.get("role", "").strip().lower() or "educator"
    plan = row.get("plan", "").strip().lower() or "free"
    for field, value, words in (("role", role, ROLES), ("plan", plan, PLANS)):
        if value not in words:
            raise Invalid("import.unknown-word", field, field=field, value=value[:40], words=words)
    return users.guest(row["username"], row["email"], row["name"], cast("Any", role), cast("Any", plan))


def _twice(rows: dict[int, NewUser]) -> Iterator[Problem]:
    for field, label in (("username", "username"), ("email", "e-mail address")):
        first: dict[str, int] = {}
        for line, new in rows.items():
            if (before := first.setdefault(getattr(new, field), line)) != line:
                yield Problem(line, f"The {label} {getattr(new, field)} is also on line {before}.")


def _taken(session: Session, rows: dict[int, NewUser]) -> Iterator[Problem]:
    known = session.execute(select(User.username, User.email)).all()
    usernames, emails = {row.username for row in known}, {row.email for row in known}
    for line, new in rows.items():
        if new.username in usernames:
            yield Problem(line, f"The username {new.username} is already in use.")
        if new.email in emails:
            yield Problem(line, f"The e-mail address {new.email} is already in use.")
