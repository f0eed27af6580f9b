"""Whole stories from a server that fails in every way: each ends complete or says exactly why not, and is paid once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from llmock.scenarios import Behavior, Delay, Fail, Match, Reply, SlowFirstToken, StreamFault
from sqlalchemy import select

from storylib.billing import prices
from storylib.generation import jobs, registry, writing
from storylib.library import images, stories
from storylib.models import Character, PageRevision
from storylib.providers.contract import Picture
from storylib.providers.openai import server as server_module
from storylib.providers.openai.server import Server
from tests import factories
from tests.openai import mock as mocked
from tests.openai.desk import BRIEF, PAGES, PICTURES, TEXT, Desk, is_whole, stand_ins, until
from tests.openai.mock import StoryServer

pytestmark = pytest.mark.usefixtures("near")


@pytest.fixture
def script(desk: Desk, mock: StoryServer) -> Callable[[str], int]:
    """After how many events of an answer a piece of its text comes; found out with a story of no account."""
    desk.made()
    mock.bills.clear()
    mock.state.reset()
    return mock.chunks_before


def test_a_picture_is_quoted_for_every_quality_where_the_server_takes_none(desk: Desk, server: Server) -> None:
    def estimate() -> prices.Estimate:
        found = registry.provider_for("openai", desk.ada).estimate("draw")
        assert found
        return found

    server.official = True
    asked_for = estimate()  # the plan's: medium
    server.official = False
    any_quality = estimate()
    assert any_quality.usd == asked_for.usd
    assert any_quality.low < asked_for.low
    assert any_quality.high > asked_for.high


def test_the_cost_of_a_story_is_the_ledgers_and_the_servers_bill(desk: Desk) -> None:
    story = desk.made()
    assert is_whole(story)
    assert (desk.billed("/chat/"), desk.billed("/images/"), stand_ins(story)) == (1, PAGES + 1, 0)
    assert desk.cost(story) == desk.bill() > 0


@pytest.mark.parametrize(
    "fault",
    [
        Fail(429, times=2),
        Fail(429, times=2, retry_after=0.7),
        Fail(429, times=2, match=Match(path=PICTURES)),
        Fail(429, times=2, retry_after=0.7, match=Match(path=PICTURES)),
        Fail(500),
        Fail(500, match=Match(path=PICTURES)),
        Fail(502, match=Match(path=PICTURES)),
        Fail(503, match=Match(path=PICTURES)),
        SlowFirstToken(0.2),
    ],
    ids=repr,
)
def test_what_passes_by_itself_leaves_no_trace(fault: Behavior, desk: Desk) -> None:
    desk.mock.state.scenarios.add(fault)
    story = desk.made()
    assert is_whole(story)
    assert stand_ins(story) == 0
    assert (desk.billed("/chat/"), desk.billed("/images/")) == (1, PAGES + 1)
    assert desk.cost(story) == desk.bill()


@pytest.mark.parametrize(
    ("lacks", "calls"),
    [
        ({"stream"}, []),
        ({"moderation"}, []),
        ({"picture moderation"}, []),
        ({"schema", "json"}, [400, 400, 200]),
        ({"output_details"}, []),
    ],
    ids=["stream", "moderation", "moderation of pictures", "schema and json", "output details"],
)
def test_what_a_server_does_not_offer_is_done_without(lacks: set[str], calls: list[int], desk: Desk) -> None:
    desk.mock.behaviour.lacks = lacks
    story = desk.made()
    assert is_whole(story)
    assert stand_ins(story) == 0
    looked_at = PAGES + 1 if "moderation" in str(lacks) else 0  # by the model that sees
    assert (desk.billed("/chat/"), desk.billed("/images/")) == (1 + looked_at, PAGES + 1)
    assert not calls or desk.mock.calls("/chat/") == calls


def test_pages_that_nobody_could_check_say_so(desk: Desk) -> None:
    desk.mock.behaviour.lacks = {"moderation"}
    story = desk.made()
    assert all("skipped" in page.checks[0] for page in story.pages)
    assert [page.image_checks[0]["check"] for page in story.pages] == ["vision of the picture"] * PAGES
    assert desk.cost(story) == desk.bill()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fail(429, code="insufficient_quota", times=None, match=Match(path=TEXT)), "no credit left"),
        (Fail(429, times=None, match=Match(path=TEXT)), "too busy"),
        (Fail(500, times=None, match=Match(path=TEXT)), "has a problem"),
        (Fail(401, times=None, match=Match(path=TEXT)), "does not accept our key"),
    ],
    ids=repr,
)
def test_without_words_nothing_is_charged_and_trying_again_makes_it(fault: Behavior, sentence: str, desk: Desk) -> None:
    desk.mock.state.scenarios.add(fault)
    story = desk.made()
    assert story.state == "failed"
    assert sentence in story.error
    assert (desk.billed(), desk.states(story, "write")) == (0, ["failed"])
    desk.mock.state.reset()
    story = desk.once_more(story)
    assert is_whole(story)
    assert desk.cost(story) == desk.bill()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fail(429, code="insufficient_quota", times=None, match=Match(path=PICTURES)), "no credit left"),
        (Fail(500, times=None, match=Match(path=PICTURES)), "has a problem"),
        (Fail(400, code="moderation_blocked", times=None, match=Match(path=PICTURES)), "safety check"),
        (Fail(404, times=None, match=Match(path=PICTURES)), "does not offer"),
    ],
    ids=repr,
)
def test_where_no_picture_comes_the_kit_draws_the_book(fault: Behavior, sentence: str, desk: Desk) -> None:
    desk.mock.state.scenarios.add(fault)
    story = desk.made()
    assert is_whole(story)
    assert stand_ins(story) == PAGES + 1
    assert all(sentence in page.error for page in story.pages)
    assert (desk.billed("/chat/"), desk.billed("/images/")) == (1, 0)
    assert desk.cost(story) == desk.bill()


@pytest.mark.parametrize(("refusals", "by_the_kit"), [(1, 0), (2, 1)])
def test_one_picture_refused_is_ordered_in_softer_words_then_drawn_by_the_kit_and_can_be_tried_again(
    refusals: int, by_the_kit: int, desk: Desk
) -> None:
    with desk.database.write() as session:
        asked = stories.ask(session, desk.ada, BRIEF)
    writing.write(desk.database, asked.id, asked.run)
    refused = Fail(400, code="moderation_blocked", times=refusals, match=Match(path=PICTURES))
    desk.mock.state.scenarios.add(refused)
    desk.picture(asked.id, 3)
    story = desk.carried_out(asked.id)
    assert is_whole(story)
    assert [page.number for page in story.pages if page.stand_in] == [3] * by_the_kit
    assert desk.mock.calls("/images/") == [400] * refusals + [200] * (PAGES + 1 - by_the_kit)
    if by_the_kit:
        story = desk.redrawn(story, 3)
    assert (stand_ins(story), desk.billed("/images/")) == (0, PAGES + 1)
    assert desk.cost(story) == desk.bill()


@pytest.mark.usefixtures("hasty")
def test_a_picture_that_times_out_after_sending_is_not_paid_again_by_itself(desk: Desk) -> None:
    desk.mock.state.scenarios.add(Delay(2.5, match=Match(path=PICTURES)))
    story = desk.made()
    assert is_whole(story)
    assert stand_ins(story) == 1
    assert desk.states(story, "draw") == ["settled"] * PAGES + ["unknown"]
    assert PAGES <= desk.billed("/images/") <= PAGES + 1


@pytest.mark.parametrize("how", ["gif", "html", "truncated", "empty", "garbage"])
def test_what_is_no_picture_is_not_shown_and_not_ordered_again(how: str, desk: Desk) -> None:
    desk.mock.behaviour.picture = how
    story = desk.made()
    assert is_whole(story)
    assert stand_ins(story) == PAGES + 1
    assert desk.billed("/images/") == PAGES + 1
    assert desk.states(story, "draw") == ["settled"] * (PAGES + 1)
    assert {call.error_kind for call in desk.calls(story, "draw")} == {"bad_output"}
    assert desk.cost(story) == desk.bill()


def test_where_edits_are_not_offered_pictures_are_drawn_from_words(desk: Desk) -> None:
    with desk.database.write() as session:
        luna = factories.character(session, desk.ada)
        place = images.Subject(desk.ada.id, "portrait", character_id=luna.id)
        portrait = Picture(mocked.picture("512x512", "Luna", "WEBP"), 512, 512)
        hung = images.add(session, images.prepare(portrait), place, "Story Kit")
        session.get_one(Character, luna.id).portrait_id = hung.id
        asked = stories.ask(session, desk.ada, BRIEF, [luna.id])
    desk.mock.behaviour.lacks = {"edits"}
    assert stand_ins(desk.carried_out(asked.id)) == 0
    assert desk.billed("/images/generations") == PAGES + 1


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("fault", ["disconnect", "truncate", "malformed", "stall"])
def test_a_stream_that_breaks_in_page_4_is_asked_for_the_missing_pages_only(
    fault: str, desk: Desk, script: Callable[[str], int]
) -> None:
    cut = script("light on page 4")
    desk.mock.bodies.clear()
    desk.mock.state.scenarios.add(StreamFault(fault, after_chunks=cut, stall_seconds=3))  # type: ignore[arg-type]
    story = desk.made()
    assert is_whole(story)
    assert [page.text for page in story.pages] == [f"Luna looks for the light on page {n}." for n in range(1, 6)]
    assert (desk.billed("/chat/"), desk.billed("/images/")) == (2, PAGES + 1)
    repair = str([body["messages"] for body in desk.mock.bodies if "messages" in body][1])
    assert "page 4, page 5, questions and words" in repair
    assert desk.states(story, "write") == ["settled", "settled"]


@pytest.mark.parametrize("reply", [Reply(text='{"title": "Fox", pages: []}'), Reply(text="I would rather talk.")])
def test_an_answer_that_is_no_book_is_asked_for_once_more(reply: Reply, desk: Desk) -> None:
    desk.mock.state.scenarios.add(reply)
    story = desk.made()
    assert is_whole(story)
    assert desk.states(story, "write") == ["settled", "settled"]
    assert desk.mock.calls("/chat/") == [200, 200]
    assert desk.billed("/images/") == PAGES + 1


def test_a_refusal_is_told_and_counted(desk: Desk) -> None:
    desk.mock.behaviour.lacks = {"stream"}
    desk.mock.behaviour.refusal, desk.mock.behaviour.answer = "I cannot help with that.", ""
    story = desk.made()
    assert story.state == "failed"
    assert "declined to make this" in story.error
    assert (desk.billed(), desk.states(story, "write")) == (1, ["settled"])
    assert desk.cost(story) == desk.bill()


@pytest.mark.usefixtures("hasty")
def test_no_first_byte_in_time_asks_the_teacher_before_paying_again(desk: Desk) -> None:
    desk.mock.state.scenarios.add(Delay(2.5, match=Match(path=TEXT)))
    story = desk.made()
    assert story.state == "failed"
    assert "may have charged" in story.error
    assert (desk.states(story, "write"), desk.billed("/images/")) == (["unknown"], 0)
    assert is_whole(desk.once_more(story))
    assert len(desk.mock.calls("/chat/", wait=5)) == 2
    assert desk.billed("/images/") == PAGES + 1


def test_a_page_that_the_filter_blocks_is_softened_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mocked.FLAGGED, "on page 3", "violence")
    story = desk.made()
    assert is_whole(story)
    assert story.pages[2].text == "Somebody goes softly."
    with desk.database.read() as session:
        revisions = session.scalars(select(PageRevision).where(PageRevision.page_number == 3).order_by(PageRevision.id))
        checks = [checks for one in revisions for checks in one.checks] + story.pages[2].image_checks
    assert [check["flags"] for check in checks] == [["violence"], [], []]  # words, words, picture
    assert [check["flags"] for check in story.pages[2].checks] == [[]]
    assert desk.billed("/chat/") == 2


def test_a_page_that_stays_blocked_waits_for_the_teacher(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mocked.FLAGGED, "on page 3", "violence")
    monkeypatch.setitem(mocked.FLAGGED, "goes softly", "violence")
    story = desk.made()
    assert (story.state, story.pages[2].state) == ("failed", "failed")
    assert story.pages[2].error.startswith("This page needs attention")
    assert (desk.billed("/chat/"), desk.billed("/images/")) == (2, PAGES)  # the page is not drawn


def test_a_server_that_goes_after_the_words_and_comes_back_is_asked_for_pictures_only(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.database.write() as session:
        asked = stories.ask(session, desk.ada, BRIEF)
    writing.write(desk.database, asked.id, asked.run)
    gone = Server("http://127.0.0.1:9/v1", timer=server.timer)
    monkeypatch.setattr(server_module, "connect", lambda _: gone)
    story = desk.carried_out(asked.id)
    assert "could not be checked" in story.pages[0].error
    assert (story.state, desk.billed("/images/")) == ("failed", 0)
    monkeypatch.setattr(server_module, "connect", lambda _: server)
    assert is_whole(desk.once_more(story))
    assert (desk.billed("/chat/"), desk.billed("/images/")) == (1, PAGES)  # the Kit had drawn the cover


def test_a_worker_makes_it_page_by_page(desk: Desk) -> None:
    with desk.database.write() as session:
        asked = stories.ask(session, desk.ada, BRIEF)
    jobs.start()
    try:
        until(lambda: desk.story(asked.id).state not in stories.MAKING)
    finally:
        jobs.stop()
    story = desk.story(asked.id)
    assert is_whole(story)
    assert (desk.billed("/chat/"), desk.billed("/images/")) == (1, PAGES + 1)
    assert desk.cost(story) == desk.bill()
