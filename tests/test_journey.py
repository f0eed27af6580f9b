"""A stranger's first ten minutes, in a real browser: from the setup link to a finished book that outlives all."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from storylib.models import Call, Story
from tests import running

PASSWORD = "a long walk by the sea"
READY = 60_000  # milliseconds for a book on a busy machine


def _become_administrator(app: running.App, tab: Page) -> None:
    link = re.search(r"/\?setup=\S+", app.log.read_text())
    assert link
    tab.goto(app.url + link.group())
    for label, value in {"Your name": "Ada", "E-mail address": "ada@school.example", "Username": "ada"}.items():
        tab.get_by_label(label).fill(value)
    tab.get_by_label("Password (12 characters or more)").fill(PASSWORD)
    tab.get_by_role("button", name="Create account").click()
    expect(tab.get_by_role("button", name="Create your first story")).to_be_visible()


def _make_character(app: running.App, tab: Page, name: str) -> None:
    tab.goto(f"{app.url}/characters")
    tab.get_by_role("button", name="New character").first.click()
    tab.get_by_label("Name", exact=True).fill(name)
    tab.keyboard.press("Tab")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("link", name=name).first).to_be_visible()


def _ask_for_a_story(app: running.App, tab: Page, theme: str) -> str:
    tab.goto(f"{app.url}/create")
    tab.get_by_label("What is it about?").fill(theme)
    tab.keyboard.press("Tab")
    expect(tab.get_by_text("Your story will be")).to_be_visible()
    tab.get_by_role("button", name="Create story").click()
    tab.wait_for_url("**/story?id=*")
    return tab.url


def _wait_until_finished(tab: Page) -> None:
    expect(tab.locator("section.book:not(.making) article .frame img[src]").first).to_be_attached(timeout=READY)


def test_from_the_setup_link_to_the_same_story_after_signing_in_again(app: running.App, tab: Page) -> None:
    _become_administrator(app, tab)
    _make_character(app, tab, "Luna")
    address = _ask_for_a_story(app, tab, "a lost lantern")
    _wait_until_finished(tab)
    title = tab.locator("section.book").get_attribute("aria-label")
    assert title

    tab.get_by_role("button", name="Page 1", exact=True).click()
    first = tab.locator("article.open .text").inner_text()
    tab.keyboard.press("ArrowRight")
    expect(tab.locator("article.open .text").first).not_to_have_text(first)
    picture = tab.locator("article.open img").first
    expect(picture).to_be_visible()
    assert picture.get_attribute("alt")
    assert picture.evaluate("image => image.naturalWidth") == 1152

    tab.reload()
    expect(tab.locator("section.book")).to_have_attribute("aria-label", title)
    tab.get_by_role("link", name="Gallery").click()
    expect(tab.get_by_role("link", name=title).first).to_be_visible()

    tab.get_by_role("button", name="Sign out").first.click()
    expect(tab.get_by_label("Password", exact=True)).to_be_visible()
    tab.goto(address)
    tab.get_by_label("Username or e-mail address").fill("ada")
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.locator("section.book")).to_have_attribute("aria-label", title)
    assert tab.url == address


def test_a_closed_tab_a_kill_and_a_restart_end_in_the_finished_story(tmp_path: Path, tab: Page) -> None:
    with running.App(tmp_path) as app:
        _become_administrator(app, tab)
        _make_character(app, tab, "Luna")
        address = _ask_for_a_story(app, tab, "a lost lantern")
        tab.goto("about:blank")
        app.kill()
        app.start()
        tab.goto(address)
        _wait_until_finished(tab)
        with app.database().read() as session:
            story = session.scalars(select(Story)).one()
            draws = session.scalars(select(Call).where(Call.operation == "draw", Call.story_id == story.id)).all()
        assert story.state == "ready"
        places = [call.page_number for call in draws]
        assert len(places) == len(set(places)) == story.brief.pages + 1
        assert {call.state for call in draws} == {"settled"}
        assert app.stop() < 10
