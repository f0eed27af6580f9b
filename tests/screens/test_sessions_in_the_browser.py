"""What a cookie is worth: planted before signing in, copied and used after signing out, or left in another browser."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import PurePath

import bcrypt
import pytest
from playwright.sync_api import Browser, Page, expect

from storylib.config import settings
from storylib.web.shell import SCREENS
from tests import factories, running

PATIENCE = 40_000  # milliseconds, for a busy machine
PASSWORD, ANOTHER = "a long walk by the sea", "another walk by the sea"
PAGES = ["", *(PurePath(screen.file).stem for screen in SCREENS[1:])]
OpenTab = Callable[..., Page]
_numbers = count(1)


@pytest.fixture
def open_tab(app: running.App, browser: Browser) -> Iterator[OpenTab]:
    """Makes browsers of their own, with or without somebody's cookie."""
    contexts = []

    def open_(page: str = "", cookie: str = "") -> Page:
        contexts.append(browser.new_context(reduced_motion="reduce"))
        if cookie:
            contexts[-1].add_cookies([{"name": settings().config.cookie.name, "value": cookie, "url": app.url}])
        tab = contexts[-1].new_page()
        tab.set_default_timeout(PATIENCE)
        tab.goto(f"{app.url}/{page}")
        return tab

    yield open_
    for context in contexts:
        context.close()


@dataclass(frozen=True)
class Ada:
    """An administrator with a picture, so that every page and every route could open."""

    username: str
    picture: str  # its address


@pytest.fixture
def ada(app: running.App) -> Ada:
    """Another one for each test, because they change the password."""
    hash_ = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    with app.database().write() as session:
        user = factories.user(session, f"ada{next(_numbers)}", password_hash=hash_, role="admin", name="Ada")
        picture = factories.image(session, user)
        return Ada(user.username, f"/app/static/img/{picture.id}/full.webp")


def sign_in(tab: Page, ada: Ada) -> str:
    """By the form; the answer is the cookie."""
    tab.get_by_label("Username or e-mail address").fill(ada.username)
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    inside(tab)
    return cookie_of(tab)


def cookie_of(tab: Page) -> str:
    name = settings().config.cookie.name
    return next((str(cookie["value"]) for cookie in tab.context.cookies() if cookie["name"] == name), "")


def inside(tab: Page) -> None:
    expect(tab.get_by_role("button", name="Sign out").first).to_be_attached(timeout=PATIENCE)


def outside(tab: Page) -> None:
    expect(tab.get_by_label("Username or e-mail address")).to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_role("button", name="Sign out")).to_have_count(0)


def answers(app: running.App, ada: Ada, cookie: str) -> list[int]:
    """What the routes say to whoever shows this cookie: the picture, all of one's data, the server's counts."""
    shown = {"Cookie": f"{settings().config.cookie.name}={cookie}"}
    return [status(app.url + path, shown) for path in (ada.picture, "/account/export.zip", "/_stcore/metrics")]


def status(address: str, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_cookie_that_was_planted_before_is_worth_nothing_after_signing_in(
    app: running.App, open_tab: OpenTab, ada: Ada
) -> None:
    planted = "planted-by-somebody-who-waits"
    victim = open_tab(cookie=planted)
    mine = sign_in(victim, ada)
    assert mine
    assert mine != planted
    assert (answers(app, ada, mine), answers(app, ada, planted)) == ([200, 200, 200], [404, 404, 404])
    outside(open_tab(cookie=planted))
    again = open_tab()
    assert sign_in(again, ada) != mine


def test_a_copied_cookie_opens_nothing_once_its_owner_has_signed_out(
    app: running.App, open_tab: OpenTab, ada: Ada
) -> None:
    owner = open_tab()
    stolen = sign_in(owner, ada)
    thief = open_tab("profile", stolen)
    expect(thief.get_by_role("heading", name="Profile")).to_be_visible(timeout=PATIENCE)
    assert answers(app, ada, stolen) == [200, 200, 200]
    owner.get_by_role("button", name="Sign out").first.click()
    outside(owner)
    assert cookie_of(owner) == ""
    assert answers(app, ada, stolen) == [404, 404, 404]
    thief.get_by_role("button", name="Delete my account").click()  # in the tab that is still open
    outside(thief)
    for page in PAGES:
        thief.goto(f"{app.url}/{page}")
        outside(thief)


def test_a_new_password_ends_every_other_browser_and_not_ones_own(
    app: running.App, open_tab: OpenTab, ada: Ada
) -> None:
    here, there = open_tab("profile"), open_tab("profile")
    mine, other = sign_in(here, ada), sign_in(there, ada)
    expect(here.get_by_label("Current password")).to_be_visible(timeout=PATIENCE)
    here.get_by_label("Current password").fill(PASSWORD)
    here.get_by_label("New password").fill(ANOTHER)
    here.get_by_role("button", name="Change password").click()
    expect(here.get_by_text("You are signed out in every other browser")).to_be_visible(timeout=PATIENCE)
    there.get_by_role("button", name="Delete my account").click()
    outside(there)
    there.reload()
    outside(there)
    assert (answers(app, ada, mine), answers(app, ada, other)) == ([200, 200, 200], [404, 404, 404])
    here.reload()
    inside(here)
