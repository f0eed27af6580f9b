"""Portraits to choose from: asked for, drawn, kept, chosen, and counted."""

from __future__ import annotations

import time
from decimal import Decimal
from threading import Event

import pytest
from sqlalchemy import select

from storylib.billing import quotas
from storylib.db import Database
from storylib.errors import Invalid, LimitReached, NotFound, ProviderError
from storylib.generation import image_checks, jobs, portrait_drawing, portrait_requests
from storylib.generation.portrait_drawing import CandidateKey
from storylib.library import characters, portraits
from storylib.library.characters import Draft
from storylib.models import Call, Candidate, Character, Image, User
from storylib.providers.contract import Picture
from storylib.story import Look
from tests import factories
from tests.providers import PRICES, Scripted


@pytest.fixture
def ada(database: Database) -> User:
    """A teacher on the basic plan."""
    with database.write() as session:
        return factories.user(session, plan="basic")


@pytest.fixture
def luna(database: Database, ada: User) -> Character:
    """Ada's character."""
    with database.write() as session:
        return factories.character(session, ada)


pytestmark = pytest.mark.usefixtures("provider")


def asked(database: Database, user: User, of: Character, count: int = 4) -> list[Candidate]:
    with database.write() as session:
        return portrait_requests.ask(session, user, of.id, "openai", count)


def carried_out(database: Database, candidates: list[Candidate]) -> list[Candidate]:
    """What a worker does, without its queue."""
    for one in candidates:
        key = CandidateKey(one.character_id, one.batch, one.position)
        mark = portrait_drawing.draw_candidate(database, key)
        if mark and image_checks.inspect_candidate(database, key, mark):
            portrait_drawing.keep_candidate(database, key, mark)
    with database.read() as session:
        owner = session.get_one(Character, candidates[0].character_id).owner_id
        return portraits.latest(session, owner, candidates[0].character_id)


def portrait_of(database: Database, character: Character) -> str | None:
    with database.read() as session:
        return session.get_one(Character, character.id).portrait_id


def test_four_different_ones_are_drawn_paid_once_each_and_keep_their_places(
    database: Database, ada: User, luna: Character, provider: Scripted
) -> None:
    drawn = carried_out(database, asked(database, ada, luna))
    assert [one.position for one in drawn] == [0, 1, 2, 3]
    with database.read() as session:
        pictures = [session.get_one(Image, one.image_id) for one in drawn]
        costs = list(session.scalars(select(Call.cost_usd).where(Call.operation == "portrait")))
    assert [(picture.candidate, picture.role) for picture in pictures] == [(n, "portrait") for n in range(4)]
    assert (len(provider.drawn), costs) == (4, [PRICES["draw"]] * 4)
    assert portrait_of(database, luna) is None  # until one is chosen


def test_a_step_that_is_repeated_draws_nothing_again(
    database: Database, ada: User, luna: Character, provider: Scripted
) -> None:
    candidates = asked(database, ada, luna)
    key = CandidateKey(luna.id, 1, 0)
    marks = [portrait_drawing.draw_candidate(database, key) for _ in range(2)]  # killed before it was saved
    assert marks[0] == marks[1]
    assert [one.image_id for one in carried_out(database, candidates)] == [
        one.image_id for one in carried_out(database, candidates)
    ]
    assert len(provider.drawn) == 4


def test_the_chosen_one_hangs_without_counting_as_an_edit(database: Database, ada: User, luna: Character) -> None:
    drawn = carried_out(database, asked(database, ada, luna))
    with database.write() as session:
        portraits.choose(session, ada.id, luna.id, 2)
    assert portrait_of(database, luna) == drawn[2].image_id
    with database.read() as session:
        assert session.get_one(Character, luna.id).version == luna.version


def test_what_is_not_drawn_cannot_be_chosen(database: Database, ada: User, luna: Character) -> None:
    asked(database, ada, luna, 1)
    with database.write() as session, pytest.raises(Invalid, match="has not been drawn"):
        portraits.choose(session, ada.id, luna.id, 0)
    with database.write() as session, pytest.raises(NotFound):
        portraits.choose(session, ada.id, luna.id, 1)


def test_one_that_fails_says_why_and_is_tried_again_alone(
    database: Database, ada: User, luna: Character, provider: Scripted
) -> None:
    provider.fail_picture.append(ProviderError("The safety check refused it.", "blocked", permanent=True))
    drawn = carried_out(database, asked(database, ada, luna))
    assert [one.error and str(one.error) for one in drawn] == ["The safety check refused it.", None, None, None]
    with database.write() as session:
        again = portrait_requests.again(session, ada, luna.id, 0)
    assert all(one.image_id for one in carried_out(database, [again]))
    assert len(provider.drawn) == 4


def test_one_that_may_have_been_charged_is_drawn_again_only_when_asked_for(
    database: Database, ada: User, luna: Character, provider: Scripted
) -> None:
    provider.fail_picture.append(ProviderError("No answer in time.", "timeout", maybe_paid=True))
    candidates = asked(database, ada, luna, 1)
    assert [str(one.error) for one in carried_out(database, candidates)] == ["No answer in time."]
    carried_out(database, candidates)
    assert provider.drawn == []
    with database.write() as session:
        again = portrait_requests.again(session, ada, luna.id, 0)
    carried_out(database, [again])
    with database.read() as session:
        drawn = session.scalars(select(Call.state).where(Call.operation == "portrait").order_by(Call.id))
        assert list(drawn) == ["unknown", "settled"]


def test_one_that_is_not_fit_for_children_is_charged_and_not_shown(
    database: Database, ada: User, luna: Character, provider: Scripted
) -> None:
    provider.unfit = [2]
    drawn = carried_out(database, asked(database, ada, luna, 3))
    assert [bool(one.image_id) for one in drawn] == [True, False, True]
    assert str(drawn[1].error).startswith("This portrait was not suitable for children (violence), so it is not shown.")
    with database.read() as session:
        said = session.scalars(select(Call).where(Call.operation == "check").order_by(Call.id)).all()
        paid = session.execute(
            select(Call.cost_usd, Call.error_kind).where(Call.operation == "portrait").order_by(Call.id)
        )
        assert [call.result["flags"] for call in said] == [[], ["violence"], []]
        assert [tuple(row) for row in paid] == [
            (PRICES["draw"], None),
            (PRICES["draw"], "blocked"),
            (PRICES["draw"], None),
        ]
        assert len(session.scalars(select(Image)).all()) == 2
    with database.write() as session:
        again = portrait_requests.again(session, ada, luna.id, 1)
    assert all(one.image_id for one in carried_out(database, [again]))
    assert len(provider.drawn) == 4


def test_looking_twice_at_one_that_is_not_fit_asks_once(
    database: Database, ada: User, luna: Character, provider: Scripted
) -> None:
    provider.unfit = [1]
    asked(database, ada, luna, 1)
    key = CandidateKey(luna.id, 1, 0)
    mark = portrait_drawing.draw_candidate(database, key)
    assert mark
    assert [image_checks.inspect_candidate(database, key, mark) for _ in range(2)] == [False, False]
    assert portrait_drawing.draw_candidate(database, key) is None
    assert (len(provider.checked), len(provider.drawn)) == (1, 1)


def test_what_nobody_can_check_is_shown_all_the_same(
    database: Database, ada: User, luna: Character, provider: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise ProviderError("This server checks nothing.", "unsupported", permanent=True)

    monkeypatch.setattr(provider, "check", missing)
    assert [bool(one.image_id) for one in carried_out(database, asked(database, ada, luna, 1))] == [True]


def test_one_that_is_no_picture_is_charged_and_tried_again_alone(
    database: Database, ada: User, luna: Character, provider: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(provider, "draw", lambda *_: Picture(b"RIFF no picture", 96, 64))
        drawn = carried_out(database, asked(database, ada, luna, 1))
    assert drawn[0].error
    with database.write() as session:
        states = select(Call.state, Call.error_kind, Call.cost_usd).where(Call.operation == "portrait")
        assert [tuple(row) for row in session.execute(states)] == [("settled", "bad_output", PRICES["draw"])]
        again = portrait_requests.again(session, ada, luna.id, 0)
    assert all(one.image_id for one in carried_out(database, [again]))


def test_new_ones_are_other_pictures_and_counted_by_the_plan(
    database: Database, ada: User, luna: Character, provider: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "allow_request", lambda *_: None)
    for batch in range(1, 7):  # once, and the five redraws of the plan
        drawn = carried_out(database, asked(database, ada, luna, 1))
        assert drawn[0].batch == batch
    assert portraits.batches_left(ada, drawn) == 0
    with database.write() as session, pytest.raises(LimitReached, match="allows 6 sets of portraits"):
        portrait_requests.ask(session, ada, luna.id, "openai")
    assert len(provider.drawn) == 6


def test_while_some_are_drawn_no_others_are_asked_for(database: Database, ada: User, luna: Character) -> None:
    asked(database, ada, luna)
    with database.write() as session, pytest.raises(Invalid, match="already"):
        portrait_requests.ask(session, ada, luna.id, "openai")


@pytest.mark.parametrize("count", [0, 5])
def test_a_grid_has_one_to_four(database: Database, ada: User, luna: Character, count: int) -> None:
    with pytest.raises(Invalid):
        asked(database, ada, luna, count)


def test_nothing_is_begun_that_would_cross_the_budget(database: Database, luna: Character, provider: Scripted) -> None:
    with database.write() as session:
        poor = session.get_one(User, luna.owner_id)
        poor.budget_usd = Decimal("0.15")
    with pytest.raises(LimitReached, match=r"about \$0.16"):
        asked(database, poor, luna)
    assert asked(database, poor, luna, 3)
    assert provider.drawn == []


def test_nobody_elses_character_is_drawn_or_chosen(database: Database, ada: User, luna: Character) -> None:
    carried_out(database, asked(database, ada, luna, 1))
    with database.write() as session:
        eve = factories.user(session, "eve", plan="pro")
    for steal in (
        lambda session: portrait_requests.ask(session, eve, luna.id, "openai"),
        lambda session: portraits.latest(session, eve.id, luna.id),
        lambda session: portraits.choose(session, eve.id, luna.id, 0),
        lambda session: portrait_requests.again(session, eve, luna.id, 0),
    ):
        with database.write() as session, pytest.raises(NotFound):
            steal(session)


def test_the_kit_leaves_a_chosen_portrait_until_the_look_changes(
    database: Database, ada: User, luna: Character, kit: Scripted
) -> None:
    drawn = carried_out(database, asked(database, ada, luna, 1))
    with database.write() as session:
        portraits.choose(session, ada.id, luna.id, 0)
        characters.update(session, ada.id, luna.id, luna.version, Draft("Luna", "fox", "she", ("brave",)))
    portrait_drawing.make_portrait(database, ada.id, luna.id)
    assert (portrait_of(database, luna), kit.drawn) == (drawn[0].image_id, [])
    with database.write() as session:
        changed = Draft("Luna", "fox", "she", look=Look(hat="crown"))
        characters.update(session, ada.id, luna.id, luna.version + 1, changed)
    portrait_drawing.make_portrait(database, ada.id, luna.id)
    assert portrait_of(database, luna) != drawn[0].image_id
    assert len(kit.drawn) == 1


def test_a_deleted_character_takes_its_portraits_along_and_what_was_spent_stays(
    database: Database, ada: User, luna: Character
) -> None:
    candidates = asked(database, ada, luna, 2)
    key = CandidateKey(luna.id, 1, 0)
    assert portrait_drawing.draw_candidate(database, key)
    with database.write() as session:
        characters.delete(session, ada.id, luna.id)
    portrait_drawing.keep_candidate(database, key, "0" * 64)
    assert portrait_drawing.draw_candidate(database, CandidateKey(luna.id, 1, 1)) is None
    assert candidates
    with database.read() as session:
        assert not session.scalars(select(Candidate)).all()
        assert len(session.scalars(select(Call)).all()) == 1


def test_a_worker_draws_what_was_asked_for_and_what_was_never_queued(
    database: Database, ada: User, luna: Character
) -> None:
    with database.write() as session:
        momo = factories.character(session, ada, "Momo")
    asked(database, ada, momo, 2)  # committed, and then the process was killed
    jobs.start()
    try:
        jobs.submit_portraits(asked(database, ada, luna, 2))
        until_drawn(database)
    finally:
        jobs.stop()
    with database.read() as session:
        assert all(one.image_id for one in session.scalars(select(Candidate)))


def until_drawn(database: Database, patience: float = 40) -> None:
    deadline = time.monotonic() + patience
    while True:
        with database.read() as session:
            if not portraits.waiting(session):
                return
        assert time.monotonic() < deadline, "the portraits were not drawn"
        Event().wait(0.05)
