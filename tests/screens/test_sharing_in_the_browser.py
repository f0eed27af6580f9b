"""A story leaves the application: shared, read on a phone by somebody without an account, ended, presented, saved."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import bcrypt
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image as Pillow
from playwright.sync_api import Browser, Page, expect

from storylib.library import images, stories
from storylib.library.images import Subject
from storylib.library.stories import sharing
from storylib.models import Story, User
from storylib.providers.contract import Picture
from tests import factories, running

PASSWORD = "a long walk by the sea"
PATIENCE = 60_000  # milliseconds


@pytest.fixture(scope="module")
def ada(app: running.App) -> User:
    with app.database().write() as session:
        hash_ = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        return factories.user(session, "ada", password_hash=hash_, name="Ada", plan="pro")


@pytest.fixture
def inside(app: running.App, ada: User, tab: Page) -> Page:
    """Ada's tab, signed in."""
    tab.goto(app.url)
    tab.get_by_label("Username or e-mail address").fill(ada.username)
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("button", name="Sign out").first).to_be_attached(timeout=PATIENCE)
    return tab


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Somebody else's phone: nobody is signed in on it."""
    context = browser.new_context(viewport={"width": 400, "height": 800}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def picture() -> images.Prepared:
    file = io.BytesIO()
    Pillow.new("RGB", (1152, 768), "#8cc7cf").save(file, "WEBP")
    return images.prepare(Picture(file.getvalue(), 1152, 768))


def a_story(app: running.App, owner: User, title: str, review: str = "draft") -> Story:
    """A story with a cover and a picture on every page."""
    drawn = picture()
    with app.database().write() as session:
        story = factories.story(session, owner, title=title)
        story.cover_id = images.add(session, drawn, Subject(owner.id, "cover", story.id), "kit").id
        for page in story.pages:
            page.image_id = images.add(session, drawn, Subject(owner.id, "page", story.id, page.number), "kit").id
        session.flush()
        if review == "approved":
            stories.set_review(session, owner.id, story.id, "approved")
        return story


def test_a_story_is_approved_shared_read_on_a_phone_and_ended(
    app: running.App, ada: User, inside: Page, phone: Page
) -> None:
    story = a_story(app, ada, "Luna and the Lantern")
    inside.goto(f"{app.url}/story?id={story.id}")
    inside.get_by_role("button", name="Approve for the class").click()
    dialog = inside.get_by_role("dialog")
    expect(dialog.get_by_text("Every page has its picture")).to_be_visible(timeout=PATIENCE)
    dialog.get_by_role("button", name="Approve", exact=True).click()
    expect(inside.get_by_text("Approved by Ada")).to_be_visible(timeout=PATIENCE)
    inside.get_by_role("button", name="Share").click()
    dialog.get_by_role("button", name="Create link").click()
    link = dialog.get_by_test_id("stCode")
    expect(link).to_be_visible(timeout=PATIENCE)
    expect(dialog.get_by_role("img", name="The link as a QR code")).to_be_visible()
    address = link.inner_text().strip()

    answer = phone.goto(address)
    assert answer
    assert answer.status == 200
    expect(phone.locator(".leaf.open .text")).to_have_text(story.title)
    assert phone.locator(".leaf.open img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    phone.get_by_role("button", name="Next page").tap()
    expect(phone.locator(".leaf.open .text")).to_have_text("This is page 1.")
    assert phone.locator(".leaf.open img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert phone.context.cookies() == []
    assert Axe().run(phone).response["violations"] == []

    dialog.get_by_role("button", name="End sharing").click()
    expect(dialog.get_by_role("button", name="End sharing")).to_have_count(0, timeout=PATIENCE)
    ended = phone.reload()
    assert ended
    assert ended.status == 404
    expect(phone.get_by_role("heading", name="There is no story here")).to_be_visible()
    assert Axe().run(phone).response["violations"] == []


def test_the_first_page_is_light_and_asks_for_little(app: running.App, ada: User, tab: Page) -> None:
    story = a_story(app, ada, "Light", review="approved")
    with app.database().write() as session:
        token = sharing.create(session, ada, [story.id], days=1)
    asked: list[str] = []
    complaints: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda said: complaints.append(said.text))
    tab.goto(f"{app.url}/s/{token}", wait_until="networkidle")
    first = [url for url in asked if "/img/" not in url or story.cover_id in url]  # type: ignore[operator]
    assert len(first) <= 4
    assert complaints == []


def test_a_shelf_leads_into_its_books_and_back(app: running.App, ada: User, phone: Page) -> None:
    several = [a_story(app, ada, title, review="approved") for title in ("One", "Two")]
    with app.database().write() as session:
        token = sharing.create(session, ada, [story.id for story in several], days=1, title="Class 2")
    phone.goto(f"{app.url}/s/{token}")
    assert Axe().run(phone).response["violations"] == []
    phone.get_by_role("link", name="Two").tap()
    expect(phone.locator(".leaf.open .text")).to_have_text("Two")
    phone.get_by_role("link", name="All stories").tap()
    expect(phone.get_by_role("heading", name="Class 2")).to_be_visible()


def test_a_draft_is_presented_by_key_full_screen(app: running.App, ada: User, inside: Page) -> None:
    story = a_story(app, ada, "A draft")
    inside.goto(f"{app.url}/story?id={story.id}")
    with inside.context.expect_page() as opened:
        inside.get_by_role("link", name="Present").click()
    presenter = opened.value
    expect(presenter.locator(".leaf.open .text")).to_have_text("A draft")
    presenter.keyboard.press("PageDown")
    expect(presenter.locator("#count")).to_have_text("1 of 4")
    presenter.keyboard.press("f")
    presenter.wait_for_function("document.fullscreenElement")
    presenter.keyboard.press(".")
    expect(presenter.locator("#curtain")).to_be_visible()
    presenter.keyboard.press("PageDown")
    expect(presenter.locator("#curtain")).to_be_hidden()
    expect(presenter.locator("#count")).to_have_text("2 of 4")
    presenter.keyboard.press("f")
    presenter.wait_for_function("!document.fullscreenElement")


def test_the_one_file_is_downloaded_and_opens_from_a_disk(
    app: running.App, ada: User, inside: Page, phone: Page, tmp_path: Path
) -> None:
    story = a_story(app, ada, "Luna's own file")
    inside.goto(f"{app.url}/story?id={story.id}")
    inside.get_by_role("button", name="Share").click()
    with inside.expect_download() as download:
        inside.get_by_role("button", name="Download as one file").click()
    assert download.value.suggested_filename == "Luna-s-own-file.html"
    file = tmp_path / "book.html"
    download.value.save_as(file)
    phone.context.set_offline(True)
    phone.goto(file.as_uri())
    phone.keyboard.press("ArrowRight")
    expect(phone.locator(".leaf.open .text")).to_have_text("This is page 1.")
    assert phone.locator(".leaf.open img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1152
