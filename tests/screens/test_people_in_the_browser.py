"""People and one's own account as a person meets them: a real server, a real Chromium."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import bcrypt
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from storylib.config import settings
from storylib.identity import credentials, one_time_tokens, users
from storylib.models import User
from tests import factories, running

PATIENCE = 40_000  # milliseconds, for a busy machine
TRIES = 4
PASSWORD = "a long walk by the sea"
LINE = 35  # pixels, of a table
EVERYBODY = ("alma", "ben", "cleo", "dora")


@pytest.fixture(scope="module")
def people(app: running.App) -> dict[str, User]:
    """An administrator, and teachers; the name of one is a formula."""
    hash_ = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    with app.database().write() as session:
        found = {name: factories.user(session, name, name=name.capitalize(), password_hash=hash_) for name in EVERYBODY}
        found["alma"].role, found["ben"].name = "admin", "=BEN()"
        factories.story(session, found["cleo"], title="The lamp")
        return found


def sign_in(app: running.App, tab: Page, user: User, page: str = "") -> None:
    with app.database().write() as session:
        token = users.start_session(session, user, "Firefox/150.0 (Linux)")
    tab.context.add_cookies([{"name": settings().config.cookie.name, "value": token, "url": app.url}])
    tab.goto(f"{app.url}/{page}")
    expect(tab.get_by_test_id("stSidebarNav")).to_be_attached(timeout=PATIENCE)


@pytest.fixture
def alma(app: running.App, tab: Page, people: dict[str, User]) -> Page:
    """The administrator's tab, at people."""
    tab.set_default_timeout(PATIENCE)
    sign_in(app, tab, people["alma"], "people")
    expect(table(tab)).to_be_visible(timeout=PATIENCE)
    return tab


def table(tab: Page) -> Locator:
    return tab.get_by_test_id("stDataFrame").first


def select(tab: Page, *lines: int) -> None:
    """Click on the boxes at the left of these lines, the first is 0."""
    for selected, line in enumerate(lines, 1):
        for _ in range(TRIES):  # a click that meets the table while it is drawn anew is lost
            box = table(tab).bounding_box()
            assert box
            tab.mouse.click(box["x"] + 16, box["y"] + LINE * (line + 1.5), delay=100)
            if _is_selected(tab, selected):
                break
        assert _is_selected(tab, selected)


def _is_selected(tab: Page, count: int) -> bool:
    try:
        if count > 1:
            expect(tab.get_by_text(f"{count} people", exact=True)).to_be_visible(timeout=PATIENCE / TRIES)
        else:
            expect(tab.get_by_text("No one selected")).to_have_count(0, timeout=PATIENCE / TRIES)
    except AssertionError:
        return False
    return True


def find(app: running.App, username: str) -> User | None:
    with app.database().read() as session:
        return credentials._named(session, username)


def toast(tab: Page, sentence: str) -> None:
    expect(tab.get_by_test_id("stToast").filter(has_text=sentence)).to_be_visible(timeout=PATIENCE)


def test_a_mixed_selection_keeps_what_was_not_chosen(app: running.App, alma: Page) -> None:
    select(alma, 0, 1)
    alma.get_by_role("button", name="Change", exact=True).click()
    dialog = alma.get_by_role("dialog")
    expect(dialog.get_by_text("No changes yet")).to_be_visible(timeout=PATIENCE)
    expect(dialog.get_by_role("button", name="Save changes")).to_be_disabled()
    dialog.get_by_role("combobox", name="Plan").click()
    alma.get_by_role("option", name="Pro").click()
    expect(dialog.get_by_text("Set the plan to Pro for alma and ben.")).to_be_visible(timeout=PATIENCE)
    dialog.get_by_role("button", name="Save changes").click()
    toast(alma, "Changes saved.")
    both = [find(app, name) for name in ("alma", "ben")]
    assert [(user.role, user.plan) for user in both if user] == [("admin", "pro"), ("educator", "pro")]


def test_the_last_administrator_is_told_and_stays(app: running.App, alma: Page) -> None:
    select(alma, 0)
    alma.get_by_role("button", name="Change", exact=True).click()
    dialog = alma.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Role").click()
    alma.get_by_role("option", name="Educator").click()
    expect(dialog.get_by_text("will lose access to these pages")).to_be_visible(timeout=PATIENCE)
    dialog.get_by_role("button", name="Save changes").click()
    expect(dialog.get_by_text("without an administrator")).to_be_visible(timeout=PATIENCE)
    found = find(app, "alma")
    assert found
    assert found.role == "admin"


def test_an_invitation_is_followed_in_another_browser(alma: Page, browser: Browser) -> None:
    alma.get_by_role("button", name="Add a person").click()
    dialog = alma.get_by_role("dialog")
    for label, value in {"Name": "Zoe", "E-mail address": "zoe@school.example", "Username": "zoe"}.items():
        dialog.get_by_label(label, exact=True).fill(value)
    dialog.get_by_role("button", name="Add", exact=True).click()
    link = dialog.get_by_text("/?invite=").inner_text().strip()
    guest = browser.new_page()
    guest.set_default_timeout(PATIENCE)
    guest.goto(link)
    guest.get_by_label("Password (12 characters or more)").fill("another walk by the sea")
    guest.get_by_role("button", name="Save and sign in").click()
    expect(guest.get_by_role("button", name="Sign out").first).to_be_attached(timeout=PATIENCE)
    assert "invite" not in guest.url
    guest.goto(link)
    expect(guest.get_by_text("has been used or has expired")).to_be_visible(timeout=PATIENCE)
    guest.close()


def test_a_file_with_a_mistake_is_reported_and_a_good_one_adds_everybody(app: running.App, alma: Page) -> None:
    heading, good = "username,name,email\n", "fay,Fay,fay@school.example\n"
    alma.get_by_role("button", name="Import a CSV file").click()
    dialog = alma.get_by_role("dialog")
    for text, said in ((heading + good + good, "2 problems"), (heading + good, "1 person added")):
        dialog.locator("input[type=file]").set_input_files(
            {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
        )
        dialog.get_by_role("button", name="Import", exact=True).click()
        expect(dialog.get_by_text(said)).to_be_visible(timeout=PATIENCE)
        assert (find(app, "fay") is None) == ("problems" in said)


def test_locking_signs_out_and_deleting_asks_what_becomes_of_the_stories(app: running.App, alma: Page) -> None:
    alma.goto(f"{app.url}/people?search=cleo")
    expect(table(alma)).to_be_visible(timeout=PATIENCE)
    select(alma, 0)
    alma.get_by_role("button", name="Access").click()
    alma.get_by_role("menuitem", name="Lock", exact=True).or_(
        alma.get_by_role("option", name="Lock", exact=True)
    ).click()
    toast(alma, "Locked")
    alma.get_by_role("button", name="Delete", exact=True).click()
    dialog = alma.get_by_role("dialog")
    expect(dialog.get_by_text("What should happen to their story?")).to_be_visible(timeout=PATIENCE)
    dialog.get_by_text("Delete them too").click()
    dialog.get_by_role("button", name="Delete permanently").click()
    toast(alma, "Deleted.")
    assert find(app, "cleo") is None


@pytest.mark.parametrize(
    ("act", "said", "shut_out"),
    [
        ("Unlock", "Unlocked.", {"locked_until": users.LOCKED}),
        ("Reactivate", "Reactivated.", {"active": False}),
    ],
    ids=["unlock", "reactivate"],
)
def test_several_people_are_let_in_again_at_once(
    app: running.App, alma: Page, act: str, said: str, shut_out: dict[str, object]
) -> None:
    names = [f"{act.lower()}-{number}" for number in (1, 2)]
    with app.database().write() as session:
        for name in names:
            factories.user(session, name, name=name, **shut_out)
    alma.goto(f"{app.url}/people?search={act.lower()}")
    expect(table(alma)).to_be_visible(timeout=PATIENCE)
    select(alma, 0, 1)
    alma.get_by_role("button", name="Access").click()
    alma.get_by_role("menuitem", name=act, exact=True).or_(alma.get_by_role("option", name=act, exact=True)).click()
    toast(alma, said)
    found = [find(app, name) for name in names]
    assert [(user.active, user.locked_until) for user in found if user] == [(True, None)] * 2


# --- without a mouse

FOCUSED = """() => {
  const it = document.activeElement
  const { x, y, width, height } = it.getBoundingClientRect()
  const said = it.ariaLabel || it.innerText || it.labels?.[0]?.innerText || ""  // icons are words, too
  return { names: said.split("\\n").map((line) => line.trim()), x, y, width, height }
}"""


def walk(tab: Page, *names: str) -> None:
    """Tab through the page: these have the focus one after the other, others may in between, and one sees it."""
    for name in names:
        for _ in range(24):
            tab.keyboard.press("Tab")
            found = tab.evaluate(FOCUSED)
            if name in found["names"]:
                break
        assert name in found["names"]
        clip = {"x": max(0, found["x"] - 8), "y": max(0, found["y"] - 8)}
        clip |= {"width": found["width"] + 16, "height": found["height"] + 16}
        focused = tab.screenshot(clip=clip)  # type: ignore[arg-type]
        tab.evaluate("window.had = document.activeElement; had.blur()")
        assert tab.screenshot(clip=clip) != focused, f"the focus on {name} cannot be seen"  # type: ignore[arg-type]
        tab.evaluate("had.focus({ focusVisible: true })")


def test_people_and_audit_are_reached_and_used_by_keyboard(alma: Page) -> None:
    alma.get_by_role("heading", name="People").click()
    walk(alma, "Add a person", "Import a CSV file", "Search", "Filter", "Export as CSV")
    walk(alma, "Person", "What", "Choose date range")  # of the audit
    alma.get_by_role("heading", name="People").click()
    walk(alma, "Add a person")
    alma.keyboard.press("Enter")
    expect(alma.get_by_role("dialog").get_by_label("Username", exact=True)).to_be_visible(timeout=PATIENCE)
    alma.keyboard.press("Escape")
    expect(alma.get_by_role("dialog")).to_have_count(0)


def test_the_account_is_reached_and_used_by_keyboard(app: running.App, tab: Page, people: dict[str, User]) -> None:
    tab.set_default_timeout(PATIENCE)
    sign_in(app, tab, people["ben"], "profile")
    tab.get_by_role("heading", name="Password").click()
    walk(tab, "Current password")
    tab.keyboard.type("not the password")
    walk(tab, "New password (12 characters or more)")
    tab.keyboard.type("another walk by the sea")
    walk(tab, "Change password")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("That password is not correct. Nothing was changed.")).to_be_visible(timeout=PATIENCE)
    tab.get_by_role("heading", name="Your data").click()
    walk(tab, "Export all my data", "Delete my account")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("dialog").get_by_label("Your password")).to_be_visible(timeout=PATIENCE)


def test_the_file_of_people_carries_no_formula(alma: Page, tmp_path: Path) -> None:
    with alma.expect_download() as download:
        alma.get_by_role("button", name="Export as CSV").click()
    download.value.save_as(tmp_path / "people.csv")
    with (tmp_path / "people.csv").open(encoding="utf-8-sig", newline="") as file:
        assert "'=BEN()" in {row["Name"] for row in csv.DictReader(file)}


def test_an_educator_is_turned_away(app: running.App, tab: Page, people: dict[str, User]) -> None:
    sign_in(app, tab, people["ben"], "people")
    expect(tab.get_by_text("This page is for administrators")).to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_test_id("stDataFrame")).to_have_count(0)


def test_a_link_for_somebody_else_asks_who_is_meant(app: running.App, tab: Page, people: dict[str, User]) -> None:
    with app.database().write() as session:
        code = one_time_tokens.issue_to(session, "reset", [people["dora"].id])[people["dora"].id]
    sign_in(app, tab, people["ben"], f"?reset={code}")
    expect(tab.get_by_text("but you are signed in as =BEN()")).to_be_visible(timeout=PATIENCE)
    tab.get_by_role("button", name="Sign out and choose a password").click()
    expect(tab.get_by_role("heading", name="New password for Dora")).to_be_visible(timeout=PATIENCE)


def test_ones_data_come_as_a_file_and_one_can_leave(
    app: running.App, tab: Page, people: dict[str, User], tmp_path: Path
) -> None:
    tab.set_default_timeout(PATIENCE)
    sign_in(app, tab, people["dora"], "profile")
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Export all my data").click()
    download.value.save_as(tmp_path / "dora.zip")
    with zipfile.ZipFile(tmp_path / "dora.zip") as archive:
        assert {"account.json", "calls.json"} <= set(archive.namelist())
    tab.get_by_role("button", name="Delete my account").click()
    dialog = tab.get_by_role("dialog")
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.get_by_role("button", name="Delete everything").click()
    expect(tab.get_by_label("Username or e-mail address")).to_be_visible(timeout=PATIENCE)
    assert find(app, "dora") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["people", "profile", ""])
def test_everybody_can_use_these_pages(
    app: running.App, browser: Browser, people: dict[str, User], page: str, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 900}, reduced_motion="reduce")
    tab = context.new_page()
    tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    sign_in(app, tab, people["alma"], page)
    expect(tab.get_by_test_id("stMain").get_by_role("heading").first).to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)
    # Beside it is Streamlit's own navigation, whose lists axe calls no lists.
    found = Axe().run(tab, context="[data-testid=stMain]", options={"resultTypes": ["violations"]})
    serious = [
        f"{one['id']}: {node['html'][:200]}"
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
    context.close()
    assert not serious, "\n".join(serious)
