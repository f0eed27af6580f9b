"""A story for money, in a real browser: quoted, made page by page, healed, and billed to the last digit."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from fastapi import Request
from playwright.sync_api import Page, expect
from sqlalchemy import select
from starlette.responses import StreamingResponse

from storylib.billing import ledger, prices
from storylib.billing.money import Usage
from storylib.config import ROOT, settings
from storylib.identity import users
from storylib.models import Story, User
from storylib.web.costs import usd
from tests import factories, running
from tests.openai.mock import Bill, StoryServer, wrong

PATIENCE = 60_000  # milliseconds, for a book on a busy machine
HELD = "on page 4"  # the text comes as far as this until the test lets it go on
REFUSED = "Page 3"  # what the description of the picture that is refused ends with
DESCRIBED = "THE MOMENT"  # what stands in an order with a description, and not in the softer one without


class PacedServer(StoryServer):
    """Stops in the middle of a book until it is told to go on, and refuses one picture, and its softer order."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = Event()
        self.may_draw = Event()
        self.may_draw.set()
        self.refusals = 2
        self.refuses_words = False

    def _answer(self, request: Request, body: dict[str, Any]) -> Any:
        if self.refuses_words:
            return wrong(400, "This model is having a day off.", None)
        said = super()._answer(request, body)
        if isinstance(said, StreamingResponse) and HELD in self.text:
            said.body_iterator = self._held(said.body_iterator, self.chunks_before(HELD))
        return said

    async def _held(self, events: Any, before: int) -> AsyncIterator[Any]:
        number = 0
        async for event in events:
            if number == before:
                await asyncio.to_thread(self.may_go_on.wait, PATIENCE / 1000)
            number += 1
            yield event

    async def _draw(self, path: str, asked: dict[str, Any], references: int) -> Any:
        softer = self.refusals == 1 and DESCRIBED not in asked["prompt"]
        if self.refusals and (softer or REFUSED in asked["prompt"]):
            self.refusals -= 1
            kind = "image_generation_user_error"
            return wrong(400, "Your request was rejected by the safety system.", "moderation_blocked", kind)
        await asyncio.to_thread(self.may_draw.wait, PATIENCE / 1000)
        return await super()._draw(path, asked, references)


@pytest.fixture(scope="module")
def server() -> Iterator[PacedServer]:
    """What the app takes for OpenAI."""
    with PacedServer() as server:
        yield server


@pytest.fixture(scope="module")
def app(server: PacedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.App]:
    """The app with its address; pictures are small, so that the test is quick."""
    folder = tmp_path_factory.mktemp("app")
    small = re.sub(r"(page|portrait)_size: \d+x\d+", r"\1_size: 192x128", (ROOT / "config.yaml").read_text("utf-8"))
    (folder / "config.yaml").write_text(small, "utf-8")
    environment = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-test-0123456789abcdef"}
    with running.App(folder, STORYLIB_CONFIG=str(folder / "config.yaml"), **environment) as app:
        yield app


@pytest.fixture(scope="module")
def ada(app: running.App) -> User:
    """A teacher with one character."""
    with app.database().write() as session:
        ada = factories.user(session, "ada", plan="pro")
        factories.character(session, ada, "Luna")
        return ada


@pytest.fixture
def inside(app: running.App, ada: User, tab: Page) -> Page:
    """Her tab, signed in."""
    with app.database().write() as session:
        token = users.start_session(session, ada, "Chromium")
    tab.context.add_cookies([{"name": settings().config.cookie.name, "value": token, "url": app.url}])
    tab.goto(app.url)  # the first look at a new server knows no other page
    expect(tab.get_by_test_id("stSidebarNav")).to_be_attached(timeout=PATIENCE)
    return tab


def ask_for_a_story(app: running.App, tab: Page) -> None:
    """With a price before the click."""
    tab.goto(f"{app.url}/create")
    for providers in ("Written by", "Illustrated by"):
        tab.get_by_role("radiogroup", name=providers).get_by_text("OpenAI").click()
    tab.get_by_label("What is it about?").fill("a lost lantern")
    tab.keyboard.press("Tab")
    expect(tab.get_by_text(re.compile(r"About \$\d+\.\d\d.*, based on "))).to_be_visible()
    tab.get_by_role("button", name="Create story").click()
    tab.wait_for_url("**/story?id=*")


def bill(server: StoryServer) -> Decimal:
    """What the server charges, by the price list."""
    return sum((priced(one) for one in server.bills), Decimal(0))


def priced(one: Bill) -> Decimal:
    drawn = "/images/" in one.path
    price = prices.cost("draw" if drawn else "write", Usage(images=int(drawn), model=one.model, raw=one.usage))
    assert price is not None
    return price


def spent(app: running.App) -> Decimal:
    """By the ledger, for the only story there is."""
    with app.database().read() as session:
        return ledger.story_cost(session, session.scalars(select(Story.id)).one())


def on_screen(amount: Decimal) -> str:
    return f"Cost: {usd(amount)}".replace("\\", "")


def test_a_story_is_quoted_comes_page_by_page_is_healed_and_costs_what_the_server_counts(
    app: running.App, server: PacedServer, inside: Page
) -> None:
    ask_for_a_story(app, inside)

    # While page 4 is being written, three pages can be read, and their pictures are there.
    leaf = inside.locator(".leaf.page")
    expect(inside.get_by_text("Writing page 4 of 8…")).to_be_visible(timeout=PATIENCE)
    for number in (1, 2, 3):
        expect(leaf.nth(number - 1).locator(".text")).to_have_text(f"Luna looks for the light on page {number}.")
        expect(leaf.nth(number - 1).locator("img[src]")).to_be_attached(timeout=PATIENCE)
    expect(leaf.nth(3).locator(".note")).to_have_text("Page 4 is being written…")
    expect(inside.get_by_text(re.compile(r"^Cost: .* so far"))).to_be_visible()
    server.may_go_on.set()

    # One picture was refused: the book is whole, and says so.
    again = inside.get_by_role("button", name=re.compile(r"^Try again \(about \$0\.\d+\)$"))
    expect(again).to_have_count(1, timeout=PATIENCE)
    expect(inside.get_by_text("The Story Kit drew this picture instead.")).to_be_visible()
    expect(inside.locator(".book .label")).to_contain_text("page 3 drawn by the Story Kit")
    picture = leaf.nth(2).locator("img")
    stand_in = picture.get_attribute("src") or ""
    assert sum("/images/" in one.path for one in server.bills) == 8
    again.click()

    # It is healed, and nothing else was made anew.
    expect(again).to_have_count(0, timeout=PATIENCE)
    expect(inside.locator(".book:not(.making)")).to_be_attached(timeout=PATIENCE)
    expect(picture).not_to_have_attribute("src", stand_in)
    expect(inside.locator(".book .label")).not_to_contain_text("page 3")
    assert [one.path for one in server.bills] == ["/chat/completions"] + ["/images/generations"] * 9

    # The cost on the story is the ledger's and the server's own count times the price.
    inside.reload()
    inside.get_by_text("About this story").click()
    expect(inside.get_by_text(on_screen(bill(server)))).to_be_visible()
    assert spent(app) == bill(server) > 0


def test_a_story_that_could_not_be_written_is_watched_from_the_second_click_on(
    app: running.App, server: PacedServer, inside: Page
) -> None:
    server.may_go_on.set()
    server.refuses_words = True
    ask_for_a_story(app, inside)
    again = inside.get_by_role("button", name=re.compile(r"^Try again \(about \$\d\.\d\d\)$"))
    expect(again).to_be_visible(timeout=PATIENCE)
    server.refuses_words = False
    again.click()
    expect(inside.get_by_role("button", name="Approve for the class")).to_be_enabled(timeout=PATIENCE)
    expect(inside.locator(".book:not(.making) .leaf.open img[src]")).to_be_attached()


def test_portraits_are_drawn_through_a_reload_and_the_chosen_one_stays(
    app: running.App, server: PacedServer, inside: Page
) -> None:
    server.may_draw.clear()
    inside.goto(f"{app.url}/characters")
    inside.get_by_role("link", name="Luna").first.click()
    button = inside.get_by_role("button", name=re.compile(r"^Draw 4 portraits \(about \$\d\.\d\d\)$"))
    button.click()
    waiting = inside.get_by_role("img", name=re.compile(r"^Portrait \d: Being drawn…$"))
    expect(waiting).to_have_count(4)
    expect(button).to_be_disabled()
    inside.reload()
    expect(waiting).to_have_count(4)
    before = len(server.bills)
    server.may_draw.set()
    expect(inside.get_by_role("button", name=re.compile(r"^Choose \d$"))).to_have_count(4, timeout=PATIENCE)
    assert len(server.bills) == before + 4
    inside.get_by_role("button", name="Choose 3").click()
    expect(inside.get_by_role("button", name="Chosen")).to_have_count(1)
    inside.get_by_role("radio", name="1", exact=True).click()
    inside.get_by_role("button", name=re.compile("^Draw one portrait")).click()
    expect(inside.get_by_role("button", name="Choose 1")).to_have_count(1, timeout=PATIENCE)  # without a reload
    expect(inside.get_by_role("button", name="Choose 2")).to_have_count(0)
    inside.get_by_role("button", name="Choose 1").click()
    inside.reload()
    expect(inside.get_by_role("button", name="Chosen")).to_have_count(1)
    chosen = inside.get_by_role("img", name="Portrait 1 of Luna").get_attribute("src") or ""
    inside.goto(f"{app.url}/characters")
    expect(inside.locator(".card img").first).to_have_attribute(
        "src", chosen.removeprefix(app.url).replace("/512.", "/256.")
    )
