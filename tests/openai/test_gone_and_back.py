"""A server that goes in the middle of the pictures and comes back: the book is whole, and each thing is paid once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from storylib.providers.openai import server as server_module
from storylib.providers.openai.server import Server
from tests.openai.conftest import KEY
from tests.openai.desk import PAGES, Desk, is_whole, stand_ins, until
from tests.openai.mock import StoryServer

pytestmark = pytest.mark.usefixtures("near")
DRAWN, WIDTH = 2, 3  # pictures before it goes, and how many are under way when it does


@pytest.fixture
def passing(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoryServer]:
    """A server of this test's own, which may go."""
    with StoryServer() as passing:
        passing.behaviour.pictures = DRAWN
        ours = Server(passing.url, KEY, in_flight=WIDTH, timer=server.timer)
        monkeypatch.setattr(server_module, "connect", lambda _: ours)
        yield passing
        ours.close()


def test_what_was_drawn_is_kept_and_what_was_under_way_is_asked_for_only_when_the_teacher_says_so(
    desk: Desk, passing: StoryServer
) -> None:
    desk.mock = passing
    with ThreadPoolExecutor(1) as aside:
        making = aside.submit(desk.made)
        until(lambda: _ordered(passing) == DRAWN + WIDTH and _checked(passing) == PAGES + DRAWN)
        passing.vanish()
        story = making.result(timeout=60)
    assert is_whole(story)
    assert stand_ins(story) == PAGES + 1 - DRAWN
    never_left = PAGES + 1 - DRAWN - WIDTH
    assert desk.states(story, "draw") == ["failed"] * never_left + ["settled"] * DRAWN + ["unknown"] * WIDTH
    assert desk.cost(story) == desk.bill()
    assert all(page.error for page in story.pages if page.stand_in)

    passing.behaviour.pictures = PAGES + 1
    passing.start()
    story = desk.all_redrawn(story)
    assert is_whole(story)
    assert stand_ins(story) == 0
    assert (desk.billed("/chat/"), desk.billed("/images/")) == (1, PAGES + 1)  # what was cut off was never charged
    assert _ordered(passing) == PAGES + 1 + WIDTH
    assert desk.cost(story) == desk.bill()


def _checked(server: StoryServer) -> int:
    return len(server.calls("/moderations", wait=0))


def _ordered(server: StoryServer) -> int:
    return sum("prompt" in body for body in list(server.bodies))
