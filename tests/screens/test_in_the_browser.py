"""The four screens as a person meets them: a real server, a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator

import bcrypt
import pytest
from playwright.sync_api import Page, expect

from storylib.models import Story, User
from tests import factories, running

PASSWORD = "a long walk by the sea"


@pytest.fixture(scope="module")
def ada(app: running.App) -> User:
    """A teacher with a character."""
    with app.database().write() as session:
        hash_ = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        ada = factories.user(session, "ada", password_hash=hash_, name="Ada", plan="pro")
        factories.character(session, ada, "Luna")
        return ada


@pytest.fixture
def complaints(tab: Page) -> list[str]:
    """What the browser's console complains about."""
    found: list[str] = []
    # Streamlit itself looks for its own files beside a deep link first, in vain.
    tab.on("console", lambda said: found.append(said.text) if said.type == "error" and "404" not in said.text else None)
    return found


@pytest.fixture
def inside(app: running.App, ada: User, tab: Page, complaints: list[str]) -> Iterator[Page]:
    """Ada's tab, signed in."""
    tab.goto(app.url)
    tab.get_by_label("Username or e-mail address").fill(ada.username)
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("button", name="Sign out").first).to_be_attached()
    yield tab
    assert not complaints


def a_story(app: running.App, owner: User, title: str, pages: int = 4) -> Story:
    with app.database().write() as session:
        return factories.story(session, owner, pages=pages, title=title, search=title.casefold())


def test_a_story_is_made_read_reloaded_and_found_again(inside: Page) -> None:
    inside.get_by_test_id("stSidebarNav").get_by_role("link", name="Create").click()
    inside.get_by_label("What is it about?").fill("a lost lantern")
    inside.get_by_label("What is it about?").press("Tab")
    inside.get_by_role("button", name="Create story").dblclick()
    expect(inside.locator(".leaf.open img")).to_be_visible(timeout=40_000)
    expect(inside.get_by_role("button", name="Add to favourites")).to_be_visible(timeout=60_000)
    address = inside.evaluate("location.href")
    assert re.search(r"/story\?id=[0-9a-f]{32}$", address)

    inside.reload()
    expect(inside.locator(".leaf.open img")).to_be_visible(timeout=20_000)
    assert inside.locator(".leaf img[alt='']").count() == 0
    inside.get_by_test_id("stSidebarNav").get_by_role("link", name="Gallery").click()
    expect(inside.locator(".card")).to_have_count(1)


def test_pages_turn_by_keyboard_without_the_server(app: running.App, ada: User, inside: Page) -> None:
    story = a_story(app, ada, "Luna turns pages")
    sent: list[object] = []
    inside.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    inside.goto(f"{app.url}/story?id={story.id}")
    expect(inside.get_by_role("heading", name="Luna turns pages")).to_be_visible()
    expect(inside.get_by_role("button", name="Add to favourites")).to_be_visible()
    assert sent
    sent.clear()
    inside.keyboard.press("ArrowRight")
    expect(inside.locator(".leaf.open .text")).to_have_text("This is page 1.")
    inside.keyboard.press("End")
    expect(inside.locator(".leaf.open .text")).to_have_text("This is page 4.")
    expect(inside.locator(".spoken")).to_have_text("Page 4. This is page 4.")
    expect(inside.get_by_role("button", name="Next page")).to_be_disabled()
    inside.keyboard.press("ArrowLeft")
    expect(inside.locator(".count")).to_have_text("3 of 4")
    assert not sent


def test_a_right_to_left_book_turns_to_the_left(app: running.App, ada: User, inside: Page) -> None:
    brief = factories.BRIEF.model_copy(update={"language": "ar"})
    with app.database().write() as session:
        story = factories.story(session, ada, brief=brief)
        for number in (1, 2):
            factories.page(session, story, number, text=f"Luna تبحث عن الضوء {number}.")
    inside.goto(f"{app.url}/story?id={story.id}")
    expect(inside.get_by_role("button", name="Add to favourites")).to_be_visible()
    text = inside.locator(".leaf.open .text")
    expect(text).to_be_visible()  # the book listens
    inside.keyboard.press("ArrowLeft")
    expect(text).to_have_text("Luna تبحث عن الضوء 1.")
    expect(text).to_have_css("direction", "rtl")  # though its first word is not
    boxes = [inside.get_by_role("button", name=name).bounding_box() for name in ("Next page", "Previous page")]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["x"] < boxes[1]["x"]
    inside.keyboard.press("ArrowRight")
    expect(inside.locator(".count")).to_have_text("Cover")


def test_a_page_is_edited_where_it_is_read(app: running.App, ada: User, inside: Page) -> None:
    story = a_story(app, ada, "Luna is edited")
    inside.goto(f"{app.url}/story?id={story.id}")
    inside.get_by_role("button", name="Page 2", exact=True).click()
    inside.get_by_role("button", name="Edit this page").click()
    inside.get_by_role("dialog").get_by_label("Text").fill("<b>Luna</b> laughs.")
    inside.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(inside.locator(".leaf.open .text")).to_have_text("<b>Luna</b> laughs.")


def test_cards_are_opened_liked_deleted_and_brought_back(app: running.App, ada: User, inside: Page) -> None:
    a_story(app, ada, "The Shelf Story")
    inside.goto(f"{app.url}/?search=shelf")
    card = inside.locator(".card")
    expect(card).to_have_count(1)
    heart = inside.get_by_role("button", name="Favourite: The Shelf Story")
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    inside.get_by_role("button", name="Delete The Shelf Story").click()
    expect(inside.get_by_text("“The Shelf Story” was deleted.")).to_be_visible()
    expect(card).to_have_count(0)
    inside.get_by_role("button", name="Undo").click()
    expect(card).to_have_count(1)
    inside.reload()
    expect(heart).to_have_attribute("aria-pressed", "true")

    card.get_by_role("link").click()
    expect(inside.get_by_role("heading", name="The Shelf Story")).to_be_visible()
    inside.go_back()
    expect(card).to_have_count(1)
    assert inside.evaluate("location.search") == "?search=shelf"


def test_a_character_is_made_with_colours_and_its_portrait_follows(app: running.App, inside: Page) -> None:
    inside.goto(f"{app.url}/character?id=new")
    inside.get_by_label("Name", exact=True).fill("Momo")
    inside.get_by_role("tab", name="Looks").click()
    portrait = inside.locator("img[alt*=portrait]")
    expect(portrait).to_be_visible()
    before = portrait.get_attribute("src") or ""
    inside.get_by_role("radio", name="Pink").first.check()
    expect(portrait).not_to_have_attribute("src", before)
    inside.get_by_role("button", name="Save").click()
    expect(inside.locator(".card", has_text="Momo").locator("img")).to_be_visible()


@pytest.mark.parametrize("page", ["", "create", "characters", "character?id=new", "story"])
def test_nothing_is_wider_than_a_telephone(app: running.App, ada: User, inside: Page, page: str) -> None:
    story = a_story(app, ada, "Luna " + "Incomprehensibilities" * 4)
    inside.set_viewport_size({"width": 400, "height": 800})
    inside.goto(f"{app.url}/story?id={story.id}" if page == "story" else f"{app.url}/{page}")
    expect(inside.get_by_test_id("stMain").locator("h1, h2").first).to_be_visible()
    assert inside.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 400


@pytest.mark.parametrize("size", [(1366, 768), (400, 850)])
def test_a_long_page_and_its_tools_fit_a_school_laptop_and_a_phone(
    app: running.App, ada: User, inside: Page, size: tuple[int, int]
) -> None:
    with app.database().write() as session:
        story = factories.story(session, ada, title="Luna fits")
        factories.page(session, story, 1, text="Luna looked for the lantern, and looked once more. " * 7)
    inside.set_viewport_size({"width": size[0], "height": size[1]})
    inside.goto(f"{app.url}/story?id={story.id}")
    expect(inside.locator(".leaf.open .text")).to_be_visible()
    inside.keyboard.press("ArrowRight")
    expect(inside.locator(".leaf.open .text")).to_contain_text("looked once more")
    tools = inside.locator(".bar").bounding_box()
    assert tools
    assert tools["y"] + tools["height"] <= size[1]
