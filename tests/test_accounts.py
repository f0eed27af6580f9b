"""Who may come in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median

import bcrypt
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storylib import config
from storylib.db import Database
from storylib.errors import Invalid, NotFound, Refused, Taken
from storylib.identity import credentials, one_time_tokens, passwords, users
from storylib.models import AuthSession, OneTimeToken, User, now
from tests import factories

GOOD = "a long walk by the sea"
CHEAP = bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4)).decode()  # checks in a millisecond
HOSTILE = [
    "",
    "\0",
    "ada\0",
    "😀" * 70,
    "\u202eada",
    "x" * 100_000,
    "' OR 1=1 --",
    "ada'; DROP TABLE users; --",
    "%",
    "\ud800",
]


def somebody(database: Database, username: str = "ada", **fields: object) -> User:
    with database.write() as session:
        return factories.user(session, username, password_hash=CHEAP, **fields)


def signed_in(database: Database, user: User) -> str:
    with database.write() as session:
        return users.start_session(session, user, "Firefox")


def owner_of(database: Database, token: str) -> str | None:
    with database.read() as session:
        user = users.session_user(session, token)
        return user and user.username


def fail(database: Database, times: int, name: str = "ada") -> None:
    for _ in range(times):
        with pytest.raises(Refused):
            credentials.verify(database, name, "not the password")


def let_the_pause_pass(database: Database) -> None:
    with database.write() as session:
        session.execute(update(User).values(locked_until=now() - timedelta(seconds=1)))


# --- people


def test_a_new_person_can_sign_in_by_username_and_by_address(sqlite_database: Database) -> None:
    new = users.new_user(" Ada ", "Ada@School.Example", "Ada Lovelace", GOOD, "admin", "pro")
    with sqlite_database.write() as session:
        users.create(session, new)
    for name in ("ada", "ADA ", "ada@school.example"):
        user = credentials.verify(sqlite_database, name, GOOD)
        assert (user.username, user.role, user.plan) == ("ada", "admin", "pro")


@pytest.mark.parametrize(
    "username", ["ab", "x" * 65, "a b c", "adä", "ada@home", "😀😀😀", "ada\0", "<b>", "\u202eada"]
)
def test_a_strange_username_is_refused(username: str) -> None:
    with pytest.raises(Invalid) as refusal:
        users.new_user(username, "a@b.de", "Ada", GOOD)
    assert refusal.value.field == "username"


@pytest.mark.parametrize(
    "email", ["", "ada", "@b.de", "a@b", "a b@c.de", "a@b.de\n", "a@" + "b" * 250 + ".de", "a@b@c.de"]
)
def test_a_strange_address_is_refused(email: str) -> None:
    with pytest.raises(Invalid) as refusal:
        users.new_user("ada", email.replace("\n", "\n."), "Ada", GOOD)
    assert refusal.value.field == "email"


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "eleven char",
        "x" * 65,
        "é" * 20 + "ünïcödé" * 5,
        "aaaaaaaaaaaaaaaa",
        "nul\0nul\0nul\0n",
        "ada@school.example",
    ],
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        users.new_user("ada", "ada@school.example", "Ada", password)
    assert refusal.value.field == "password"


def test_a_taken_name_or_address_is_named(database: Database) -> None:
    somebody(database)
    for username, email, field in (("ada", "x@y.de", "username"), ("bea", "ada@school.example", "email")):
        new = users.NewUser(username, email, "Bea", CHEAP, "educator", "free")
        with database.write() as session, pytest.raises(Taken) as refusal:
            users.create(session, new)
        assert refusal.value.field == field


def test_passwords_are_bcrypt_of_cost_twelve() -> None:
    assert passwords.hashed(GOOD).startswith("$2b$12$")


def test_a_password_is_the_same_however_its_letters_are_composed() -> None:
    composed, decomposed = "caf\u00e9 au lait, please", "cafe\u0301 au lait, please"
    assert passwords.matches(decomposed, passwords.hashed(composed))


def test_a_password_beyond_what_bcrypt_reads_matches_nothing() -> None:
    assert not passwords.matches("x" * 73, bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode())


# --- the lock


def test_five_wrong_passwords_pause_an_account_and_the_right_one_works_after_the_pause(database: Database) -> None:
    somebody(database)
    fail(database, 5)
    with pytest.raises(Refused):
        credentials.verify(database, "ada", GOOD)
    let_the_pause_pass(database)
    assert credentials.verify(database, "ada", GOOD).username == "ada"


def test_four_wrong_passwords_are_forgotten_after_a_right_one(sqlite_database: Database) -> None:
    somebody(sqlite_database)
    for _ in range(3):
        fail(sqlite_database, 4)
        credentials.verify(sqlite_database, "ada", GOOD)


def test_twenty_wrong_passwords_lock_only_the_account_they_were_for(sqlite_database: Database) -> None:
    somebody(sqlite_database)
    somebody(sqlite_database, "bea")
    fail(sqlite_database, 20)
    assert credentials.verify(sqlite_database, "bea", GOOD).username == "bea"


def test_attempts_during_the_pause_do_not_lengthen_it(sqlite_database: Database) -> None:
    user = somebody(sqlite_database)
    fail(sqlite_database, 5)
    with sqlite_database.read() as session:
        until = session.get_one(User, user.id).locked_until
    fail(sqlite_database, 15)
    with sqlite_database.read() as session:
        assert session.get_one(User, user.id).locked_until == until


def test_nobody_unknown_locked_or_inactive_is_told_apart(sqlite_database: Database) -> None:
    somebody(sqlite_database)
    somebody(sqlite_database, "bea")
    somebody(sqlite_database, "old", active=False)
    fail(sqlite_database, 5, "bea")
    said = set()
    for name, password in (
        ("ada", "wrong"),
        ("bea", GOOD),
        ("old", GOOD),
        ("nobody", GOOD),
        ("\ud800\0\u202eada", GOOD),
        ("ada' OR 1=1 --", GOOD),
    ):
        with pytest.raises(Refused) as refusal:
            credentials.verify(sqlite_database, name, password)
        said.add(str(refusal.value))
    assert len(said) == 1


def test_known_and_unknown_names_take_as_long(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        factories.user(session, password_hash=passwords.hashed(GOOD))
    known = seconds(lambda: fail(sqlite_database, 1))
    unknown = seconds(lambda: fail(sqlite_database, 1, "nobody"))
    assert 0.5 < known / unknown < 2


def seconds(action: Callable[[], None]) -> float:
    """Of processor time, so that a busy machine does not matter; the median of three."""
    times = []
    for _ in range(3):
        began = time.thread_time()
        action()
        times.append(time.thread_time() - began)
    return median(times)


def test_a_hostile_password_is_just_wrong(database: Database) -> None:
    somebody(database)
    for password in HOSTILE:
        fail_with(database, password)
        let_the_pause_pass(database)


def fail_with(database: Database, password: str) -> None:
    with pytest.raises(Refused):
        credentials.verify(database, "ada", password)


# --- sessions


def test_a_session_is_found_by_its_token_only(database: Database) -> None:
    token = signed_in(database, somebody(database))
    assert owner_of(database, token) == "ada"
    for forged in (*HOSTILE, token[:-1], token + "x", token.swapcase(), one_time_tokens.sha256(token)):
        assert owner_of(database, forged) is None


def test_the_database_holds_neither_token_nor_one_time_token(sqlite_database: Database) -> None:
    token = signed_in(sqlite_database, somebody(sqlite_database))
    with sqlite_database.write() as session:
        code = one_time_tokens.hand_over(session, token)
        session.flush()
        kept = [
            *session.scalars(select(AuthSession.token_hash)),
            *session.execute(select(OneTimeToken.token_hash, OneTimeToken.payload)).one(),
        ]
    assert not {token, code} & set(kept)


def test_an_expired_session_is_over_and_swept_away_at_the_next_sign_in(database: Database) -> None:
    user = somebody(database)
    token = signed_in(database, user)
    with database.write() as session:
        session.execute(update(AuthSession).values(expires_at=now() - timedelta(seconds=1)))
    assert owner_of(database, token) is None
    signed_in(database, user)
    with database.read() as session:
        assert len(session.scalars(select(AuthSession)).all()) == 1


def test_signing_out_ends_this_session_and_no_other(database: Database) -> None:
    user = somebody(database)
    here, there = signed_in(database, user), signed_in(database, user)
    with database.write() as session:
        users.end_session(session, here)
    assert (owner_of(database, here), owner_of(database, there)) == (None, "ada")


def test_a_person_made_inactive_is_out_at_once(database: Database) -> None:
    token = signed_in(database, somebody(database))
    with database.write() as session:
        session.execute(update(User).values(active=False))
    assert owner_of(database, token) is None


def test_a_new_password_ends_every_other_session(database: Database) -> None:
    user = somebody(database)
    here, there = signed_in(database, user), signed_in(database, user)
    credentials.change_password(database, user, GOOD, "another walk by the sea", here)
    assert (owner_of(database, here), owner_of(database, there)) == ("ada", None)
    assert credentials.verify(database, "ada", "another walk by the sea")
    fail_with(database, GOOD)


def test_a_password_is_changed_only_with_the_current_one(sqlite_database: Database) -> None:
    user = somebody(sqlite_database)
    with pytest.raises(Invalid) as refusal:
        credentials.change_password(sqlite_database, user, "wrong", "another walk by the sea")
    assert refusal.value.field == "current"
    assert credentials.verify(sqlite_database, "ada", GOOD)


def test_only_ones_own_sessions_can_be_listed_and_ended(session: Session) -> None:
    ada, bea = factories.user(session), factories.user(session, "bea")
    users.start_session(session, ada)
    hers = users.start_session(session, bea)
    assert len(users.sessions_of(session, ada.id)) == 1
    with pytest.raises(NotFound):
        users.end_listed_session(session, ada.id, one_time_tokens.sha256(hers))
    users.end_listed_session(session, bea.id, one_time_tokens.sha256(hers))
    assert users.sessions_of(session, bea.id) == []


# --- one-time tokens


def test_a_one_time_token_fetches_its_token_once(session: Session) -> None:
    code = one_time_tokens.hand_over(session, "the token")
    assert one_time_tokens.fetch(session, code) == "the token"
    with pytest.raises(Refused):
        one_time_tokens.fetch(session, code)


@pytest.mark.parametrize("code", HOSTILE)
def test_a_forged_token_fetches_nothing(sqlite_database: Database, code: str) -> None:
    with sqlite_database.write() as session, pytest.raises(Refused):
        one_time_tokens.fetch(session, code)


def test_an_old_one_time_token_fetches_nothing(session: Session) -> None:
    code = one_time_tokens.hand_over(session, "the token")
    session.execute(update(OneTimeToken).values(expires_at=now() - timedelta(seconds=1)))
    with pytest.raises(Refused):
        one_time_tokens.fetch(session, code)


# --- the first administrator

FIRST = users.NewUser("ada", "ada@school.example", "Ada", CHEAP, "admin", "pro")


def test_a_setup_code_makes_the_first_administrator_once(session: Session) -> None:
    assert users.needs_setup(session)
    code, another = users.setup_code(session), users.setup_code(session)
    assert users.set_up(session, code, FIRST).role == "admin"
    assert not users.needs_setup(session)
    for dead in (code, another):
        with pytest.raises(Refused):
            users.set_up(session, dead, FIRST)


def test_a_wrong_setup_code_leaves_the_right_one_alive(database: Database) -> None:
    with database.write() as session:
        code = users.setup_code(session)
    with pytest.raises(Refused), database.write() as session:
        users.set_up(session, "wrong", FIRST)
    with database.write() as session:
        assert users.set_up(session, code, FIRST)


def test_a_cookie_token_is_no_setup_code(session: Session) -> None:
    code = one_time_tokens.hand_over(session, "the token")
    with pytest.raises(Refused):
        users.set_up(session, code, FIRST)


def test_a_setup_code_does_not_work_where_somebody_is(session: Session) -> None:
    code = users.setup_code(session)
    factories.user(session, "bea")
    with pytest.raises(Refused):
        users.set_up(session, code, FIRST)


# --- strangers


@pytest.fixture
def open_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that lets strangers of one school make an account."""
    ours = (config.ROOT / "config.yaml").read_text("utf-8")
    theirs = ours.replace("register: false", "register: true").replace("domains: []", "domains: [school.example]")
    (tmp_path / "config.yaml").write_text(theirs, "utf-8")
    monkeypatch.setenv("STORYLIB_CONFIG", str(tmp_path / "config.yaml"))
    config.settings.cache_clear()


def test_strangers_make_no_account_unless_the_site_allows_it(session: Session) -> None:
    with pytest.raises(Refused):
        users.register(session, FIRST)


@pytest.mark.usefixtures("open_door")
def test_strangers_need_an_address_that_the_site_allows(session: Session) -> None:
    assert users.register(session, FIRST)
    with pytest.raises(Refused, match=r"school\.example"):
        users.register(session, replace(FIRST, username="bea", email="bea@notschool.example"))
