"""Who guesses at passwords is held up, and nobody else is for long."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, BoundedSemaphore, Lock
from time import monotonic
from types import SimpleNamespace

import bcrypt
import pytest

from storylib.db import Database
from storylib.errors import Invalid, Refused, Unavailable
from storylib.identity import credentials, login_throttle, passwords
from storylib.identity.login_throttle import Origin
from storylib.identity.users import LOCKED
from storylib.models import User
from tests import factories

GOOD = "a long walk by the sea"
CHEAP = bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4)).decode()  # checks in a millisecond
PER_ADDRESS = 30  # five in a row for one account, six times
_numbers = count(1)


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    with sqlite_database.write() as session:
        return factories.user(session, password_hash=CHEAP)


@pytest.fixture
def stranger() -> Origin:
    """At an address that no other test uses."""
    return Origin(f"198.51.100.{next(_numbers)}")


def fail(database: Database, origin: Origin, times: int, name: str = "ada") -> str:
    """The sentence of the last refusal."""
    for _ in range(times):
        with pytest.raises(Refused) as refusal:
            credentials.verify(database, name, "wrong", origin)
    return str(refusal.value)


def test_an_address_that_guesses_much_waits_whomever_it_guesses_at(
    sqlite_database: Database, ada: User, stranger: Origin
) -> None:
    said = fail(sqlite_database, stranger, PER_ADDRESS, "nobody")
    with pytest.raises(Refused) as refusal:
        credentials.verify(sqlite_database, "ada", GOOD, stranger)
    assert str(refusal.value) == said
    assert credentials.verify(sqlite_database, "ada", GOOD, Origin("203.0.113.1")).id == ada.id


def test_what_a_held_address_tries_counts_against_nobody(
    sqlite_database: Database, ada: User, stranger: Origin
) -> None:
    fail(sqlite_database, stranger, PER_ADDRESS, "nobody")
    fail(sqlite_database, stranger, 20, "ada")
    with sqlite_database.read() as session:
        found = session.get_one(User, ada.id)
    assert (found.failed_attempts, found.locked_until) == (0, None)


def test_a_right_password_does_not_buy_an_address_new_guesses(
    sqlite_database: Database, ada: User, stranger: Origin
) -> None:
    fail(sqlite_database, stranger, PER_ADDRESS - 1, "nobody")
    assert credentials.verify(sqlite_database, "ada", GOOD, stranger).id == ada.id
    fail(sqlite_database, stranger, 1, "nobody")
    fail(sqlite_database, stranger, 1, "ada")
    with pytest.raises(Refused):
        credentials.verify(sqlite_database, "ada", GOOD, stranger)


def test_an_address_may_try_again_after_an_hour(
    sqlite_database: Database, ada: User, stranger: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(sqlite_database, stranger, PER_ADDRESS, "nobody")
    later = monotonic() + login_throttle.HOUR
    monkeypatch.setattr(login_throttle, "monotonic", lambda: later)
    assert credentials.verify(sqlite_database, "ada", GOOD, stranger).id == ada.id


def test_a_stranger_does_not_hold_up_a_browser_that_knows_its_person(
    sqlite_database: Database, ada: User, stranger: Origin
) -> None:
    known = Origin(stranger.address, login_throttle.device_token(ada.id))  # even in the same network
    fail(sqlite_database, stranger, PER_ADDRESS + 5)
    with pytest.raises(Refused):
        credentials.verify(sqlite_database, "ada", GOOD, Origin("203.0.113.2"))
    assert credentials.verify(sqlite_database, "ada", GOOD, known).id == ada.id


def test_a_known_browser_pauses_for_its_own_mistakes_only(sqlite_database: Database, ada: User) -> None:
    known, other = (Origin(device_token=login_throttle.device_token(ada.id)) for _ in range(2))
    fail(sqlite_database, known, 4)
    assert credentials.verify(sqlite_database, "ada", GOOD, known).id == ada.id
    fail(sqlite_database, known, 5)
    with pytest.raises(Refused):
        credentials.verify(sqlite_database, "ada", GOOD, known)
    assert credentials.verify(sqlite_database, "ada", GOOD, other).id == ada.id


@pytest.mark.parametrize("state", [{"locked_until": LOCKED}, {"active": False}], ids=["locked", "deactivated"])
def test_a_known_browser_lets_nobody_in_whom_an_administrator_keeps_out(
    sqlite_database: Database, state: dict[str, object]
) -> None:
    with sqlite_database.write() as session:
        bea = factories.user(session, "bea", password_hash=CHEAP, **state)
    with pytest.raises(Refused):
        credentials.verify(sqlite_database, "bea", GOOD, Origin(device_token=login_throttle.device_token(bea.id)))


def test_a_mark_is_for_one_person_and_cannot_be_made_up(ada: User) -> None:
    mark = login_throttle.device_token(ada.id)
    assert login_throttle.familiar(Origin(device_token=mark), ada.id)
    assert not login_throttle.familiar(Origin(device_token=mark), ada.id + 1)
    assert not login_throttle.familiar(Origin(device_token=mark), None)
    for forged in ("", ".", "..", mark[:-1] + "é", f"{ada.id}.x.y", mark.replace(".", ".x", 1), "\0", "😀" * 1000):
        assert not login_throttle.familiar(Origin(device_token=forged), ada.id)


def test_a_network_of_ipv6_is_one_address(sqlite_database: Database, ada: User) -> None:
    for number in range(PER_ADDRESS):
        fail(sqlite_database, Origin(f"2001:db8:aa:bb::{number:x}"), 1, "nobody")
    with pytest.raises(Refused):
        credentials.verify(sqlite_database, "ada", GOOD, Origin("2001:db8:aa:bb:ffff::1"))
    assert credentials.verify(sqlite_database, "ada", GOOD, Origin("2001:db8:aa:cc::1")).id == ada.id


def test_only_the_latest_places_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_throttle, "MOST", 3)
    for number in range(10):
        login_throttle.failed(Origin(f"192.0.2.{number}"), None)
    assert len(login_throttle._failures) == 3


def test_where_an_attempt_comes_from_may_be_unknown(sqlite_database: Database, ada: User) -> None:
    fail(sqlite_database, Origin(), 2 * PER_ADDRESS, "nobody")
    assert credentials.verify(sqlite_database, "ada", GOOD).id == ada.id


# --- somebody who is signed in already


def test_a_pause_that_strangers_cause_holds_up_nobody_who_is_signed_in(
    sqlite_database: Database, ada: User, stranger: Origin
) -> None:
    fail(sqlite_database, stranger, 5)
    credentials.confirm(sqlite_database, ada, GOOD, Origin("203.0.113.2", login_throttle.device_token(ada.id)))


def test_during_a_pause_no_right_password_is_called_wrong(
    sqlite_database: Database, ada: User, stranger: Origin
) -> None:
    fail(sqlite_database, stranger, 5)
    for origin in (Origin("203.0.113.3"), login_throttle.NOWHERE):
        with pytest.raises(Invalid, match="Nothing was changed; try again in 5 minutes"):
            credentials.confirm(sqlite_database, ada, GOOD, origin)


def test_guesses_in_ones_own_browser_pause_it_and_nobody_else(sqlite_database: Database, ada: User) -> None:
    here = Origin("203.0.113.4", login_throttle.device_token(ada.id))
    for _ in range(5):
        with pytest.raises(Invalid, match="That password is not correct"):
            credentials.confirm(sqlite_database, ada, "wrong", here)
    with pytest.raises(Invalid, match="Too many wrong passwords"):
        credentials.confirm(sqlite_database, ada, GOOD, here)
    assert credentials.verify(sqlite_database, "ada", GOOD, Origin("203.0.113.5")).id == ada.id


def test_only_half_of_the_cores_check_passwords_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most, lock = [0], [0], Lock()

    def check_pw(_password: str, _digest: str) -> bool:
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        barrier.wait()
        with lock:
            at_work[0] -= 1
        return False

    few = max(1, (os.cpu_count() or 1) // 2)
    barrier = Barrier(few)
    monkeypatch.setattr(passwords, "_hasher", lambda: SimpleNamespace(check_pw=check_pw))
    with ThreadPoolExecutor(4 * few) as pool:
        assert not any(pool.map(lambda _: passwords.matches("x", None), range(4 * few)))
    assert most[0] == few


def test_whoever_would_wait_too_long_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    monkeypatch.setattr(passwords, "_turns", BoundedSemaphore(1))
    with passwords._turn(), pytest.raises(Unavailable, match="Too many people are signing in"):
        passwords.matches("x", None)


def test_a_source_that_has_to_wait_costs_no_check(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_throttle, "held", lambda *_: True)
    monkeypatch.setattr(passwords, "_hasher", lambda: pytest.fail("it was checked"))
    with pytest.raises(Refused):
        credentials.verify(sqlite_database, "ada", "whatever it is")
