"""The front door in a real browser: what no test of a single part can see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from storylib.errors import Refused
from storylib.identity import credentials
from tests import running

PASSWORD = "a long walk by the sea"


def setup_link(app: running.App) -> str:
    """The link that the server printed at its first start."""
    found = re.search(r"/\?setup=\S+", app.log.read_text())
    assert found
    return app.url + found.group()


def sign_in(tab: Page) -> None:
    tab.get_by_label("Username or e-mail address").fill("ada")
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()


def test_a_link_to_a_page_holds_for_the_very_first_visitor(tmp_path: Path, tab: Page) -> None:
    with running.App(tmp_path) as app:
        tab.goto(f"{app.url}/characters")
        expect(tab.get_by_text("There are no accounts yet")).to_be_visible()
        expect(tab.get_by_text("Page not found")).to_have_count(0)
        assert tab.url.endswith("/characters")


def test_from_the_setup_link_to_the_first_page_out_and_in_again(app: running.App, tab: Page) -> None:
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    tab.goto(setup_link(app))
    for label, value in {"Your name": "Ada", "E-mail address": "ada@b.de", "Username": "ada"}.items():
        tab.get_by_label(label).fill(value)
    tab.get_by_label("Password (12 characters or more)").fill(PASSWORD)
    tab.get_by_role("button", name="Create account").click()
    sign_out = tab.get_by_role("button", name="Sign out").first
    expect(sign_out).to_be_visible()
    assert "setup" not in tab.url

    cookie = next(cookie for cookie in tab.context.cookies() if cookie["name"] == "storylib")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert "storylib=" not in tab.evaluate("document.cookie")

    tab.reload()
    expect(sign_out).to_be_visible()
    second = tab.context.new_page()
    second.goto(app.url)
    expect(second.get_by_role("button", name="Sign out").first).to_be_visible()

    sign_out.click()
    expect(tab.get_by_label("Username or e-mail address")).to_be_visible()
    assert "storylib" not in [cookie["name"] for cookie in tab.context.cookies()]
    second.reload()
    expect(second.get_by_label("Username or e-mail address")).to_be_visible()

    tab.goto(f"{app.url}/profile?from=a+link")
    sign_in(tab)
    expect(tab.get_by_role("heading", name="Profile")).to_be_visible()
    assert tab.url == f"{app.url}/profile?from=a+link"
    assert not [complaint for complaint in complaints if "Content Security Policy" in complaint]


def test_who_sends_the_first_form_twice_at_once_is_in(tmp_path: Path, tab: Page) -> None:
    with running.App(tmp_path) as app:
        tab.goto(setup_link(app))
        for label, value in {"Your name": "Ada", "E-mail address": "ada@b.de", "Username": "ada"}.items():
            tab.get_by_label(label).fill(value)
        tab.get_by_label("Password (12 characters or more)").fill(PASSWORD)
        button = tab.get_by_role("button", name="Create account")
        tab.keyboard.press("Enter")
        button.dblclick(no_wait_after=True)
        expect(tab.get_by_role("button", name="Sign out").first).to_be_visible()
        assert "setup" not in tab.url


def test_a_forged_cookie_shows_the_sign_in_screen(app: running.App, tab: Page) -> None:
    tab.context.add_cookies([{"name": "storylib", "value": "forged", "url": app.url}])
    tab.goto(app.url)
    expect(tab.get_by_label("Username or e-mail address")).to_be_visible()


def test_the_password_field_can_be_reached_and_sent_by_keyboard_alone(app: running.App, tab: Page) -> None:
    tab.goto(app.url)
    tab.get_by_label("Username or e-mail address").focus()
    tab.keyboard.type("ada")
    tab.keyboard.press("Tab")
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("button", name="Sign out").first).to_be_visible()


def test_without_the_cookie_one_is_signed_in_and_told_what_is_missing(app: running.App, tab: Page) -> None:
    tab.route("**/auth/cookie", lambda route: route.abort())
    tab.goto(app.url)
    sign_in(tab)
    expect(tab.get_by_text("Your browser blocked the sign-in cookie")).to_be_visible()


def test_a_known_browser_gets_in_while_a_stranger_holds_the_account_up(
    app: running.App, tab: Page, browser: Browser
) -> None:
    tab.goto(app.url)
    sign_in(tab)
    sign_out = tab.get_by_role("button", name="Sign out").first
    expect(sign_out).to_be_visible()
    sign_out.click()
    expect(tab.get_by_label("Username or e-mail address")).to_be_visible()
    database = app.database()
    for _ in range(5):
        with pytest.raises(Refused):
            credentials.verify(database, "ada", "wrong")
    other = browser.new_page()
    other.goto(app.url)
    sign_in(other)
    expect(other.get_by_text("do not match")).to_be_visible()
    other.close()
    sign_in(tab)
    expect(sign_out).to_be_visible()
