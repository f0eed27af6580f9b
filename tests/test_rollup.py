"""The roll-ups are what the calls add up to, to the billionth, whatever happens in between."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from random import Random
from threading import Barrier

import pytest
from alembic import command
from sqlalchemy import Executable, delete, func, insert, select, update
from sqlalchemy.orm import Session

from storylib.billing import ledger
from storylib.billing.ledger import CallRequest
from storylib.billing.money import Usage
from storylib.config import ROOT
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.models import Call, CallHour, StoryCost, StoryHour, User, sums
from tests import factories
from tests.test_migrations import SCRIPTS

MODELS = (
    ("openai", "draws", "draw", "0.0400000015"),
    ("openai", "writes", "write", "0.01"),
    ("kit", "kit-1", "draw", "0"),
)


def ask(random: Random, users: list[User]) -> CallRequest:
    """One of few things, so that many are asked for again."""
    provider, model, operation, price = random.choice(MODELS)
    user = random.randrange(len(users))
    return CallRequest(
        users[user].id,
        operation,  # type: ignore[arg-type]
        provider,
        model,
        f"{model}-{random.randrange(30)}",
        Decimal(price),
        story_id=random.choice([None, f"{user:032}"]),
    )


def settle(session: Session, call: Call, random: Random) -> None:
    cost = random.choice([None, Decimal(random.randrange(10**10)).scaleb(-10)])  # some end in half a billionth
    ledger.settle(session, call.id, Usage(random.randrange(900), random.randrange(900), 1), cost, random.randrange(999))


def fail(session: Session, call: Call, random: Random) -> None:
    ledger.fail(session, call.id, ProviderError("no", "timeout", maybe_paid=random.random() < 0.5), 10)


def decide(session: Session, call: Call, random: Random) -> None:
    if call.state == "unknown":
        ledger.decide(session, call.id, paid=random.random() < 0.5)


def leave(session: Session, call: Call, random: Random) -> None:
    """A crash: the row stays as it is, sent or not."""
    if call.state == "reserved" and random.random() < 0.5:
        ledger.send(session, call.id)


def give_up(session: Session, call: Call, random: Random) -> None:
    """What a crash left of a story is closed, or closed but for what is asked for now."""
    if call.story_id and call.user_id:
        asked = CallRequest(call.user_id, call.operation, "kit", "kit-1", call.fingerprint, story_id=call.story_id)
        if random.random() < 0.5:
            ledger.give_up_others(session, asked)
        else:
            ledger.give_up(session, ledger.left(session, call.story_id))


ENDS: tuple[Callable[[Session, Call, Random], None], ...] = (settle, settle, settle, fail, decide, leave, give_up)


def work(session: Session, random: Random, users: list[User]) -> None:
    call = ledger.reserve(session, ask(random, users))
    if call.state == "reserved" or call.state == "unknown":
        random.choice(ENDS)(session, call, random)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_sequence_of_calls_and_rollbacks_the_sums_are_exact(database: Database, seed: int) -> None:
    random = Random(seed)
    with database.write() as session:
        users = [factories.user(session, name) for name in ("ada", "ben")]
    for _ in range(60):
        try:
            with database.write() as session:
                work(session, random, users)
                with session.begin_nested() as part:
                    work(session, random, users)
                    if random.random() < 0.3:
                        part.rollback()
                if random.random() < 0.2:
                    raise KeyError("the transaction is given up")
        except KeyError:
            pass
    with database.read() as session:
        assert sums.differing(session) == 0
        raw = session.scalar(select(func.sum(Call.cost_usd)))
        assert raw
        assert raw == session.scalar(select(func.sum(CallHour.cost_usd)))
        assert raw == session.scalar(select(func.sum(StoryHour.cost_usd)))
        assert session.scalar(select(func.sum(StoryCost.calls))) == session.scalar(select(func.count(Call.story_id)))


def test_many_at_once_are_all_counted(database: Database) -> None:
    with database.write() as session:
        ada = factories.user(session)
    together = CallRequest(ada.id, "draw", "kit", "kit-1", "same", story_id="a" * 32)
    with database.write() as session:
        ledger.settle(session, ledger.reserve(session, together).id, Usage(), Decimal("0.05"), 5)
    start = Barrier(6)

    def ask_again(number: int) -> None:
        start.wait()
        for step in range(5):
            with database.write() as session:
                ledger.reserve(session, together)
            with database.write() as session:
                call = ledger.reserve(session, CallRequest(ada.id, "draw", "kit", "kit-1", f"{number}-{step}"))
                ledger.settle(session, call.id, Usage(images=1), Decimal("0.000000001"), 5)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(ask_again, range(6)))
    with database.read() as session:
        assert sums.differing(session) == 0
        hour = session.scalars(select(CallHour)).one()
        assert (hour.calls, hour.reused, hour.saved_usd) == (31, 30, Decimal("1.5"))
        assert hour.cost_usd == Decimal("0.050000030")


CRASH = """
import os, signal, sys
from decimal import Decimal
from storylib.billing import ledger
from storylib.db import Database
from storylib.billing.money import Usage
database = Database(sys.argv[1])
for number in range(10_000):
    with database.write() as session:
        call = ledger.reserve(session, ledger.CallRequest(1, "draw", "kit", "kit-1", str(number), story_id="a" * 32))
        ledger.settle(session, call.id, Usage(), Decimal("0.01"), 5)
        if number == 20:
            print("midway", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_leaves_both_or_neither(database: Database) -> None:
    with database.write() as session:
        factories.user(session, id=1)
    url = database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    done = subprocess.run([sys.executable, "-c", CRASH, url], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "midway\n"), done.stderr
    with database.write() as session:
        assert sums.differing(session) == 0
        assert session.scalar(select(CallHour.calls)) == 20
        assert session.scalar(select(StoryCost.cost_usd)) == Decimal("0.20")


def test_what_somebody_else_wrote_is_found_and_mended(database: Database) -> None:
    random = Random(7)
    with database.write() as session:
        users = [factories.user(session)]
        for _ in range(20):
            work(session, random, users)
    with database.write() as session:
        session.connection().execute(update(Call).values(cost_usd=Decimal("0.3")))  # past the mapper
        assert sums.differing(session) > 0
        sums.rebuild(session)
        assert sums.differing(session) == 0
    with database.write() as session:
        work(session, random, users)  # and it goes on from there
        assert sums.differing(session) == 0


def test_a_deleted_persons_money_stays_counted(session: Session) -> None:
    ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
    for user in (ada, ben):
        call = ledger.reserve(session, CallRequest(user.id, "draw", "openai", "draws", user.username))
        ledger.settle(session, call.id, Usage(), Decimal("0.25"), 5)
    session.execute(delete(User))
    assert sums.differing(session) == 0
    assert session.scalar(select(func.sum(StoryHour.cost_usd))) == Decimal("0.5")


def test_an_old_ledger_is_added_up_when_the_tables_come(empty_url: str) -> None:
    old = Database(empty_url)
    with old.engine.connect() as connection:
        SCRIPTS.attributes["connection"] = connection
        command.upgrade(SCRIPTS, "0001")
    with old.write() as session:
        ada = factories.user(session)
        for number, state in enumerate(["settled", "failed", "unknown", "reserved", "settled"]):
            cost = Decimal("0.123456789") if number == 0 else None
            facts = {"cost_usd": cost, "reused": number, "tokens_in": 7, "estimate_usd": Decimal("0.1")}
            facts |= {"user_id": ada.id, "story_id": "s" if number % 2 else None, "state": state}
            facts |= {"operation": "draw", "provider": "kit", "model": "kit", "fingerprint": f"{number:064}"}
            session.connection().execute(
                insert(Call.__table__).values(**facts)
            )  # past the ORM, which would fill newer columns
    old.migrate()
    with old.read() as session:
        assert sums.differing(session) == 0
        assert session.scalar(select(CallHour.committed_usd)) == Decimal("0.423456789")
        assert list(session.scalars(select(Call.state).where(Call.sent_at.is_not(None)))) == ["reserved"]  # it may be
    old.engine.dispose()


@pytest.mark.parametrize(("paid", "state", "cost"), [(True, "settled", "0.04"), (False, "failed", None)])
def test_a_person_decides_what_became_of_an_unknown_call(
    session: Session, paid: bool, state: str, cost: str | None
) -> None:
    asked = CallRequest(factories.user(session).id, "draw", "openai", "draws", "mark", Decimal("0.04"))
    call = ledger.reserve(session, asked)
    ledger.fail(session, call.id, ProviderError("no answer", "timeout", maybe_paid=True), 60_000)
    ledger.decide(session, call.id, paid=paid)
    assert (call.state, call.cost_usd) == (state, cost and Decimal(cost))
    assert ledger.reserve(session, asked).id != call.id  # the thing may be asked for again
    assert sums.differing(session) == 0
    with pytest.raises(ledger.NotFound, match="no decision"):
        ledger.decide(session, call.id, paid=paid)


def test_whoever_changes_a_call_the_sums_follow(session: Session) -> None:
    ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
    call = factories.call(session, ada, story_id="a" * 32, estimate_usd=Decimal("0.5"))
    assert sums.differing(session) == 0
    call.state, call.cost_usd, call.images = "settled", Decimal("0.123456789"), 2
    session.flush()
    assert sums.differing(session) == 0
    call.user_id, call.story_id, call.model = ben.id, "b" * 32, "another"
    session.flush()
    assert {row.calls for row in session.scalars(select(StoryHour).where(StoryHour.user_id == ada.id))} == {0}
    assert session.scalar(select(StoryHour.cost_usd).where(StoryHour.user_id == ben.id)) == Decimal("0.123456789")
    session.delete(call)
    session.flush()
    assert not any(getattr(row, name) for row in session.scalars(select(CallHour)) for name in sums.MEASURES)


def test_a_change_to_what_was_read_before_another_change_is_counted_once(database: Database) -> None:
    with database.write() as session:
        old = factories.call(session, factories.user(session), estimate_usd=Decimal("0.5"))
    with database.write() as session:
        ledger.settle(session, old.id, Usage(images=1), Decimal("0.4"), 5)
    with database.write() as session:
        session.add(old)  # as a transaction before the other read it
        old.reused = 3
    with database.read() as session:
        assert sums.differing(session) == 0
        assert session.scalar(select(CallHour.saved_usd)) == Decimal("1.2")


@pytest.mark.parametrize("many", [update(Call).values(state="failed"), delete(Call), insert(Call)])
def test_what_would_change_calls_without_their_sums_is_refused(session: Session, many: Executable) -> None:
    with pytest.raises(TypeError, match="one by one"):
        session.execute(many)
    call = factories.call(session)
    call.attempts = Call.attempts + 1  # type: ignore[assignment]
    with pytest.raises(TypeError, match="not to SQL"):
        session.flush()


def test_what_a_crash_left_is_given_up_in_the_sums_too(session: Session) -> None:
    asked = CallRequest(factories.user(session).id, "write", "openai", "w", "first", Decimal("0.5"), "a" * 32)
    sent, never = ledger.reserve(session, asked), ledger.reserve(session, replace(asked, fingerprint="second"))
    ledger.send(session, sent.id)
    ledger.give_up_others(session, replace(asked, fingerprint="the rest"))
    assert (sent.state, never.state) == ("unknown", "failed")
    assert (sums.differing(session), session.scalar(select(CallHour.committed_usd))) == (0, Decimal("0.5"))
    ledger.decide(session, sent.id, paid=False)
    hour = session.scalars(select(CallHour).execution_options(populate_existing=True)).one()
    assert (hour.unknown, hour.failed, hour.committed_usd, sums.differing(session)) == (0, 2, 0, 0)
