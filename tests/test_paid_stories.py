"""Stories by providers that cost: checked, fitted to the band, within the budget, never paid twice, never lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from storylib.billing import ledger
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.generation import drawing, image_checks, text_checks, writing
from storylib.library import images, stories
from storylib.models import Call, Character, Story, StoryCharacter, User
from storylib.providers.contract import Picture, Verdict, watch
from storylib.story import Brief
from tests import factories, providers
from tests.providers import Scripted

REFUSED = ProviderError("The picture was refused.", "blocked", permanent=True)
LOST = ProviderError("No answer came.", "timeout", maybe_paid=True)
BRIEF = factories.BRIEF.model_copy(update={"provider": "openai"})
LONG = "Notwithstanding considerable meteorological deterioration, Luna perambulated imperturbably, " * 4


@pytest.fixture
def ada(database: Database) -> User:
    """A teacher with a dollar a month."""
    with database.write() as session:
        return factories.user(session, plan="free")


def _made(database: Database, ada: User, brief: Brief = BRIEF) -> Story:
    with database.write() as session:
        story = stories.ask(session, ada, brief)
    return _run(database, story)


def _run(database: Database, story: Story) -> Story:
    with database.read() as session:
        run = session.get_one(Story, story.id).run
    writing.write(database, story.id, run)
    for number in (1, 2, 3, 4, drawing.COVER):
        if number != drawing.COVER and not text_checks.review(database, story.id, number):
            continue
        while mark := drawing.draw(database, story.id, number):
            if image_checks.inspect(database, story.id, number, mark):
                drawing.keep(database, story.id, number, mark)
                if not image_checks.compare(database, story.id, number):
                    break
    drawing.settle(database, story.id, run)
    with database.read() as session:
        return stories.get(session, story.owner_id, story.id)


def _calls(database: Database, operation: str) -> list[Call]:
    with database.read() as session:
        return list(session.scalars(select(Call).where(Call.operation == operation).order_by(Call.id)))


@pytest.mark.usefixtures("provider")
def test_every_page_is_checked_and_the_cost_is_the_ledgers(database: Database, ada: User) -> None:
    story = _made(database, ada)
    assert story.state == "ready"
    said = {"flags": [], "scores": {}}
    words, picture = {"check": "scripted", **said}, {"check": "scripted of the picture", **said, "attempt": 1}
    assert [(page.checks, page.image_checks) for page in story.pages] == [([words], [picture])] * 4
    with database.read() as session:
        assert ledger.story_cost(session, story.id) == Decimal("0.01") + 5 * Decimal("0.04")


def test_a_check_that_costs_nothing_is_repeated_when_it_was_cut_off(
    database: Database, ada: User, provider: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> Verdict:
        raise KilledError

    with database.write() as session:
        story = stories.ask(session, ada, BRIEF)
    writing.write(database, story.id, story.run)
    with monkeypatch.context() as dying, pytest.raises(KilledError):
        dying.setattr(provider, "check", cut_off)
        text_checks.review(database, story.id, 1)
    assert _run(database, story).state == "ready"
    assert {call.state for call in _calls(database, "check")} == {"settled"}


def test_a_blocked_page_is_softened_once(database: Database, ada: User, provider: Scripted) -> None:
    provider.texts[2], provider.blocked, provider.rewrites = "A scary knife.", ("knife",), ["A soft pillow."]
    story = _made(database, ada)
    assert (story.state, story.pages[1].text, len(provider.drawn)) == ("ready", "A soft pillow.", 5)
    assert "not fit for young children" in provider.problems[0]


def test_a_page_that_stays_blocked_waits_for_the_teacher_and_is_not_drawn(
    database: Database, ada: User, provider: Scripted
) -> None:
    provider.texts[2], provider.blocked, provider.rewrites = "A knife.", ("knife",), ["Two knifes."]
    story = _made(database, ada)
    assert (story.state, story.pages[1].state, len(provider.drawn)) == ("failed", "failed", 4)
    assert story.pages[1].error.startswith("This page needs attention")


def test_a_page_outside_the_band_is_rewritten_and_both_levels_are_kept(
    database: Database, ada: User, provider: Scripted
) -> None:
    provider.texts[1], provider.rewrites = LONG, [LONG + LONG, "Luna walks in the rain."]
    page = _made(database, ada).pages[0]
    assert page.text == "Luna walks in the rain."
    assert page.level_before
    assert page.level
    assert page.level_before["grade"] > page.level["grade"]


@pytest.mark.parametrize("words", ["It rains. Luna has a knife.", "It rains. Luna naps."])
def test_what_a_page_was_rewritten_to_is_moderated_before_it_is_kept(
    database: Database, ada: User, provider: Scripted, words: str
) -> None:
    provider.texts[1], provider.rewrites, provider.blocked = LONG, [words], ("knife",)
    page = _made(database, ada).pages[0]
    assert words in provider.checked
    assert page.text == (LONG if "knife" in words else words)
    assert [found["flags"] for found in page.checks] == [[]]  # of the text that is shown
    assert [found["flags"] for found in page.image_checks] == [[]]


def test_rewriting_stops_after_two_tries_and_keeps_the_better_text(
    database: Database, ada: User, provider: Scripted
) -> None:
    provider.texts[1], provider.rewrites = LONG, [LONG + ".", LONG + ".."]
    assert _made(database, ada).pages[0].text == LONG
    assert (provider.rewrites, len(provider.problems)) == ([], 2)


def test_a_picture_that_fails_is_drawn_by_the_kit_and_says_so(
    database: Database, ada: User, provider: Scripted, kit: Scripted
) -> None:
    provider.fail_picture += [REFUSED, REFUSED]
    story = _made(database, ada)
    assert (story.state, story.pages[0].made_by) == ("ready", "Story Kit")
    assert story.pages[0].error == "The picture was refused. The Story Kit drew this picture instead."
    assert (len(provider.drawn), len(kit.drawn)) == (4, 1)


@pytest.mark.usefixtures("kit")
def test_a_picture_lost_after_sending_is_not_paid_again_until_the_teacher_asks(
    database: Database, ada: User, provider: Scripted
) -> None:
    provider.fail_picture.append(LOST)
    story = _made(database, ada)
    assert [call.state for call in _calls(database, "draw")].count("unknown") == 1
    assert story.pages[0].stand_in
    with database.write() as session:
        stories.redraw(session, ada, story.id, 1)
    story = _run(database, story)
    assert (story.pages[0].stand_in, story.pages[0].error, len(provider.drawn)) == (False, "", 5)


@pytest.mark.usefixtures("kit")
def test_redrawing_one_page_accepts_what_was_lost_of_that_page_only(
    database: Database, ada: User, provider: Scripted
) -> None:
    provider.fail_picture += [LOST, LOST]
    story = _made(database, ada)
    lost = {call.page_number: call for call in _calls(database, "draw") if call.state == "unknown"}
    assert set(lost) == {1, 2}
    with database.write() as session:
        stories.redraw(session, ada, story.id, 1)
    now = {call.id: call.fingerprint for call in _calls(database, "draw")}
    assert now[lost[1].id] != lost[1].fingerprint  # it may be paid for again
    assert now[lost[2].id] == lost[2].fingerprint  # nobody accepted that


def test_the_kit_goes_on_where_the_budget_ends(database: Database, provider: Scripted, kit: Scripted) -> None:
    with database.write() as session:
        ada = factories.user(session, "poor", budget_usd=Decimal("0.14"))
    story = _made(database, ada)
    assert story.state == "ready"
    assert (len(provider.drawn), len(kit.drawn)) == (3, 2)  # a cent for the words, then three times four
    assert "left. Nothing was started. The Story Kit is always free. The Story Kit drew" in story.pages[3].error


class KilledError(BaseException):
    """As by ``kill -9``: nobody cleans up."""


@pytest.mark.parametrize(("sent", "states"), [(False, ["settled"]), (True, ["settled", "unknown"])], ids=str)
def test_what_was_killed_before_it_was_sent_needs_no_more_room_in_the_budget(
    database: Database,
    provider: Scripted,
    kit: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    sent: bool,
    states: list[str],
) -> None:
    def cut_off(*_: object) -> None:
        if sent:
            watch.get().leaves()
        raise KilledError

    with database.write() as session:
        ada = factories.user(session, "poor", budget_usd=Decimal("0.04") + 5 * Decimal("0.04"))
        story = stories.ask(session, ada, BRIEF)
    writing.write(database, story.id, story.run)
    with monkeypatch.context() as dying, pytest.raises(KilledError):
        dying.setattr(provider, "draw", cut_off)
        drawing.draw(database, story.id, 1)
    assert _run(database, story).state == "ready"
    assert sorted({call.state for call in _calls(database, "draw") if call.provider == "openai"}) == states
    assert (len(provider.drawn), len(kit.drawn)) == ((4, 1) if sent else (5, 0))


def test_without_money_for_the_words_nothing_is_begun(database: Database, provider: Scripted) -> None:
    with database.write() as session:
        ada = factories.user(session, "poor", budget_usd=Decimal("0.03"))
    story = _made(database, ada)
    assert (story.state, provider.written, provider.drawn) == ("failed", [], [])
    assert "about $0.04, but only $0.03 of your $0.03" in story.error


def test_ai_words_with_kit_pictures_pay_for_the_words_only(
    database: Database, ada: User, provider: Scripted, kit: Scripted
) -> None:
    story = _made(database, ada, BRIEF.model_copy(update={"pictures": "kit"}))
    assert (story.state, len(provider.drawn), len(kit.drawn)) == ("ready", 0, 5)
    with database.read() as session:
        assert ledger.story_cost(session, story.id) == Decimal("0.01")


@pytest.mark.usefixtures("kit")
def test_of_kit_words_with_ai_pictures_only_the_pictures_are_checked(
    database: Database, ada: User, provider: Scripted
) -> None:
    story = _made(database, ada, BRIEF.model_copy(update={"provider": "kit", "pictures": "openai"}))
    assert (story.state, len(provider.drawn), provider.written) == ("ready", 5, [])
    assert [type(subject) for subject in provider.checked] == [Picture] * 5


def test_the_portraits_of_the_cast_go_with_every_order(database: Database, ada: User, provider: Scripted) -> None:
    with database.write() as session:
        luna = factories.character(session, ada)
        place = images.Subject(ada.id, "portrait", character_id=luna.id)
        hung = images.add(session, images.prepare(providers.picture()), place, "Story Kit")
        session.get_one(Character, luna.id).portrait_id = hung.id
        story = stories.ask(session, ada, BRIEF, [luna.id])
        assert session.get(StoryCharacter, (story.id, luna.id))
    _run(database, story)
    assert [len(references) for references in provider.references] == [1] * 5


def test_a_check_that_is_not_offered_is_noted_and_the_book_goes_on(
    database: Database, ada: User, provider: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise ProviderError("This server checks nothing.", "unsupported", permanent=True)

    monkeypatch.setattr(provider, "check", missing)
    story = _made(database, ada)
    assert story.state == "ready"
    [words], [picture] = story.pages[0].checks, story.pages[0].image_checks
    assert words == {"check": "moderation", "skipped": "This server checks nothing."}
    assert picture == {**words, "check": "moderation of the picture", "attempt": 1}
