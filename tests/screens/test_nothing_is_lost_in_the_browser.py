"""What is typed or pasted stays, and a tab whose session ended says so; in a real browser."""

from __future__ import annotations

import bcrypt
import pytest
from playwright.sync_api import Locator, Page, expect

from storylib.models import Story, User
from storylib.people import administration
from tests import factories, running

PASSWORD = "a long walk by the sea"


@pytest.fixture(scope="module")
def boss(app: running.App) -> User:
    with app.database().write() as session:
        return factories.user(session, "boss", role="admin")


@pytest.fixture(scope="module")
def ada(app: running.App) -> User:
    hash_ = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    with app.database().write() as session:
        ada = factories.user(session, "ada", password_hash=hash_, name="Ada", plan="pro")
        factories.character(session, ada, "Luna")
        return ada


@pytest.fixture
def inside(app: running.App, ada: User, tab: Page) -> Page:
    """Ada's tab, signed in."""
    tab.goto(app.url)
    tab.get_by_label("Username or e-mail address").fill(ada.username)
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("button", name="Sign out").first).to_be_attached()
    return tab


def story_of(app: running.App, ada: User) -> Story:
    with app.database().write() as session:
        return factories.story(session, ada, title="Luna")


def paste(field: Locator, text: str) -> None:
    """As from the clipboard: all at once."""
    field.click()
    field.page.keyboard.insert_text(text)


def test_a_pasted_text_that_is_too_long_keeps_what_fits_and_says_so(app: running.App, inside: Page) -> None:
    inside.goto(f"{app.url}/create")
    theme = inside.get_by_label("What is it about?")
    paste(theme, "x" * 260)
    theme.press("Tab")
    expect(theme).to_have_value("x" * 200)
    expect(inside.get_by_text("Kept the first 200 of 260 characters.")).to_be_visible()


@pytest.mark.parametrize("way", ["Escape", "Draw another picture", "Close"])
def test_what_was_typed_for_a_page_survives(app: running.App, ada: User, inside: Page, way: str) -> None:
    inside.goto(f"{app.url}/story?id={story_of(app, ada).id}")
    inside.get_by_role("button", name="Page 2", exact=True).click()
    inside.get_by_role("button", name="Edit this page").click()
    dialog = inside.get_by_role("dialog")
    dialog.get_by_label("Text").click()
    inside.keyboard.press("End")
    inside.keyboard.type(" Luna laughs.")
    if way == "Escape":
        inside.keyboard.press("Escape")
    else:
        dialog.get_by_role("button", name=way).click()
    expect(dialog).to_have_count(0)
    expect(inside.get_by_text("You have unsaved changes to page 2.")).to_be_visible(timeout=60_000)
    inside.get_by_role("button", name="Continue editing").click()
    expect(dialog.get_by_label("Text")).to_have_value("This is page 2. Luna laughs.")
    dialog.get_by_role("button", name="Save").click()
    expect(inside.locator(".leaf .text").filter(has_text="Luna laughs.")).to_have_count(1)
    expect(inside.get_by_text("unsaved changes")).to_have_count(0)


@pytest.mark.parametrize("button", ["Add to favourites", "Approve for the class", "Delete"])
def test_the_next_click_after_signing_out_everywhere_changes_nothing_and_says_so(
    app: running.App, ada: User, boss: User, inside: Page, button: str
) -> None:
    story = story_of(app, ada)
    inside.goto(f"{app.url}/story?id={story.id}")
    expect(inside.get_by_role("button", name=button, exact=True)).to_be_visible()
    with app.database().write() as session:
        administration.sign_out(session, boss, [ada.id])
    inside.get_by_role("button", name=button, exact=True).click()
    expect(inside.get_by_text("You were signed out, so nothing was changed.")).to_be_visible()
    expect(inside.get_by_label("Username or e-mail address")).to_be_visible()
    with app.database().read() as session:
        now = session.get_one(Story, story.id)
        assert (now.favourite, now.review, now.deleted_at) == (False, "draft", None)
