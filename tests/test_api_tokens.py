"""Access tokens: who may make which, how long they work, and what ends them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.errors import Invalid, NotFound, Refused, Unauthenticated
from storylib.identity import api_tokens, audit
from storylib.models import ApiToken, User
from storylib.people import administration, deletion
from tests import factories


@pytest.fixture
def ada(session: Session) -> User:
    return factories.user(session)


@pytest.fixture
def chief(session: Session) -> User:
    return factories.user(session, "chief", role="admin")


def test_a_token_stands_for_its_owner_and_counts_each_request(session: Session, ada: User) -> None:
    token = api_tokens.create(session, ada, "Grade book", ["write", "read"], 30)
    first, second = api_tokens.spend(session, token), api_tokens.spend(session, token)
    assert first.user == ada
    assert first.scopes == {"read", "write"}
    assert first.remaining == api_tokens.A_MINUTE - 1
    assert second.remaining in (api_tokens.A_MINUTE - 2, api_tokens.A_MINUTE - 1)  # the latter in the next minute


def test_only_its_hash_is_kept(session: Session, ada: User) -> None:
    token = api_tokens.create(session, ada, "Grade book", ["read"], 30)
    row = session.scalars(select(ApiToken)).one()
    assert token.startswith(api_tokens.PREFIX)
    assert token not in str(vars(row))
    assert row.token_hash == api_tokens.sha256(token)


def test_the_count_begins_anew_with_each_minute(session: Session, ada: User, set_clock) -> None:  # type: ignore[no-untyped-def]
    token = api_tokens.create(session, ada, "Grade book", ["read"], 30)
    at = datetime.now(UTC).replace(second=59, microsecond=0)
    set_clock(at)
    api_tokens.spend(session, token)
    assert api_tokens.spend(session, token).remaining == api_tokens.A_MINUTE - 2
    set_clock(at + timedelta(seconds=1))
    caller = api_tokens.spend(session, token)
    assert (caller.remaining, caller.reset) == (api_tokens.A_MINUTE - 1, 60)


def test_its_last_use_is_seen(session: Session, ada: User) -> None:
    token = api_tokens.create(session, ada, "Grade book", ["read"], 30)
    assert api_tokens.of(session, ada.id)[0].used_at is None
    api_tokens.spend(session, token)
    session.expire_all()
    assert api_tokens.of(session, ada.id)[0].used_at is not None


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("", ["read"], 30), (" ", ["read"], 30), ("x" * 81, ["read"], 30), ("a", [], 30), ("a", ["all"], 30),
        ("a", ["admin"], 30), ("a", ["read"], 0), ("a", ["read"], 367), ("a", ["read"], -1),
    ],
)  # fmt: skip
def test_a_token_that_breaks_a_rule_is_not_made(session: Session, ada: User, name, scopes, days) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Invalid):
        api_tokens.create(session, ada, name, scopes, days)
    assert api_tokens.of(session, ada.id) == []


def test_there_is_a_most(session: Session, ada: User) -> None:
    for number in range(api_tokens.MOST):
        api_tokens.create(session, ada, f"Number {number}", ["read"], 1)
    with pytest.raises(Invalid, match="maximum"):
        api_tokens.create(session, ada, "One more", ["read"], 1)


def test_an_expired_token_stands_for_nobody(session: Session, ada: User, set_clock) -> None:  # type: ignore[no-untyped-def]
    token = api_tokens.create(session, ada, "Grade book", ["read"], 1)
    set_clock(datetime.now(UTC) + timedelta(days=1, seconds=1))
    assert api_tokens.of(session, ada.id) == []
    with pytest.raises(Unauthenticated):
        api_tokens.spend(session, token)


@pytest.mark.parametrize("forged", ["", "storylib_", "storylib_x", "\udcff", "x" * 100_000])
def test_a_forged_token_stands_for_nobody(session: Session, ada: User, forged: str) -> None:
    api_tokens.create(session, ada, "Grade book", ["read"], 1)
    with pytest.raises(Unauthenticated):
        api_tokens.spend(session, forged)


def test_its_owner_ends_it_once_and_nobody_else_does(session: Session, ada: User, chief: User) -> None:
    token = api_tokens.create(session, ada, "Grade book", ["read"], 1)
    id_ = api_tokens.of(session, ada.id)[0].id
    with pytest.raises(NotFound):
        api_tokens.end(session, chief.id, id_)
    api_tokens.end(session, ada.id, id_)
    with pytest.raises(NotFound):
        api_tokens.end(session, ada.id, id_)
    with pytest.raises(Unauthenticated):
        api_tokens.spend(session, token)


@pytest.mark.parametrize("act", [administration.lock, administration.deactivate, deletion.delete])
def test_whoever_is_turned_out_has_no_token_any_more(session: Session, ada: User, chief: User, act) -> None:  # type: ignore[no-untyped-def]
    token = api_tokens.create(session, ada, "Grade book", ["read"], 1)
    act(session, chief, [ada.id])
    with pytest.raises(Unauthenticated):
        api_tokens.spend(session, token)
    assert session.scalars(select(ApiToken)).all() == []


def test_whoever_is_locked_otherwise_is_nobody_as_well(session: Session, ada: User) -> None:
    token = api_tokens.create(session, ada, "Grade book", ["read"], 1)
    ada.active = False
    session.flush()
    with pytest.raises(Unauthenticated):
        api_tokens.spend(session, token)


def test_an_administrator_sees_and_ends_anybodys_on_the_record(session: Session, ada: User, chief: User) -> None:
    api_tokens.create(session, ada, "Grade book", ["read"], 1)
    [(username, token)] = api_tokens.of_people(session, chief, [ada.id])
    assert (username, token.name) == ("ada", "Grade book")
    api_tokens.end_of_person(session, chief, token.id)
    assert api_tokens.of(session, ada.id) == []
    assert [(entry.act, entry.person) for entry in audit.entries(session, chief)] == [("token ended", "ada")]
    with pytest.raises(NotFound):
        api_tokens.end_of_person(session, chief, token.id)


def test_nobody_else_sees_or_ends_anybodys(session: Session, ada: User) -> None:
    with pytest.raises(Refused):
        api_tokens.of_people(session, ada, [ada.id])
    with pytest.raises(Refused):
        api_tokens.end_of_person(session, ada, 1)
