"""Taking a story along, as a teacher does it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from storylib.config import settings
from storylib.exports import library
from storylib.exports.formats import export
from storylib.identity import users
from storylib.library import stories
from storylib.models import Story, User
from tests import running
from tests.exports.conftest import opened
from tests.exports.test_command import drawn

PATIENCE = 40_000  # milliseconds, for a busy machine


def opened_by_its_teacher(app: running.App, tab: Page, name: str) -> Story:
    """A story on the screen, with the ways out shown."""
    story = drawn(app.database(), f"ada-{name}")
    with app.database().write() as session:
        cookie = users.start_session(session, session.get_one(User, story.owner_id), "Chromium")
    tab.context.add_cookies([{"name": settings().config.cookie.name, "value": cookie, "url": app.url}])
    tab.goto(f"{app.url}/story?id={story.id}")
    tab.get_by_text("Take it with you").click(timeout=PATIENCE)
    return story


@pytest.mark.parametrize(("label", "name"), [("PDF for screens", "pdf"), ("Slides (PowerPoint)", "pptx")])
def test_a_teacher_downloads_the_story(app: running.App, tab: Page, tmp_path: Path, label: str, name: str) -> None:
    story = opened_by_its_teacher(app, tab, name)
    tab.get_by_role("tab", name="Read").click()
    with tab.expect_download(timeout=PATIENCE) as download:
        tab.get_by_role("button", name=label).click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.read_bytes() == export(name, library.source(app.database(), story.id)).data
    if name == "pdf":
        with opened(path.read_bytes()) as pdf:
            assert len(pdf.pages) == 6


def test_a_teacher_is_told_what_no_font_has_before_the_download(app: running.App, tab: Page) -> None:
    story = opened_by_its_teacher(app, tab, "gaps")
    with app.database().write() as session:
        stories.rewrite_page(session, story.owner_id, story.id, 2, "Luna likes 明.")
    tab.reload()
    tab.get_by_text("Take it with you").click(timeout=PATIENCE)
    tab.get_by_text("No font here has 明, on page 2.").wait_for(timeout=PATIENCE)


def test_a_teacher_types_names_and_has_a_copy_for_each_child(app: running.App, tab: Page, tmp_path: Path) -> None:
    opened_by_its_teacher(app, tab, "class")
    tab.get_by_role("tab", name="Class set").click()
    names = tab.get_by_role("textbox", name="First names")
    names.fill("Ada\n=SUM(1)")
    names.press("Control+Enter")
    tab.get_by_text("Name 2, “=SUM(1)”").wait_for(timeout=PATIENCE)
    names.fill("Ada, O’Brien, Ada")
    names.press("Control+Enter")
    tab.get_by_text("More than one for Ada.").wait_for(timeout=PATIENCE)
    with tab.expect_download(timeout=PATIENCE) as download:
        tab.get_by_role("button", name="One PDF").click()
    download.value.save_as(tmp_path / "class.pdf")
    assert download.value.suggested_filename == "Luna-class.pdf"
    with opened((tmp_path / "class.pdf").read_bytes()) as pdf:
        assert len(pdf.pages) == 3 * 7
