"""Taking a story along, as a teacher does it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from storylib.config import settings
from storylib.exports import library
from storylib.exports.formats import export
from storylib.identity import users
from storylib.models import User
from tests import running
from tests.exports.conftest import opened
from tests.exports.test_command import drawn

PATIENCE = 40_000  # milliseconds, for a busy machine


@pytest.mark.parametrize(("label", "name"), [("PDF for screens", "pdf"), ("Slides (PowerPoint)", "pptx")])
def test_a_teacher_downloads_the_story(app: running.App, tab: Page, tmp_path: Path, label: str, name: str) -> None:
    story = drawn(app.database(), f"ada-{name}")
    with app.database().write() as session:
        cookie = users.start_session(session, session.get_one(User, story.owner_id), "Chromium")
    tab.context.add_cookies([{"name": settings().config.cookie.name, "value": cookie, "url": app.url}])
    tab.goto(f"{app.url}/story?id={story.id}")
    tab.get_by_text("Take it with you").click(timeout=PATIENCE)
    with tab.expect_download(timeout=PATIENCE) as download:
        tab.get_by_role("button", name=label).click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.read_bytes() == export(name, library.source(app.database(), story.id)).data
    if name == "pdf":
        with opened(path.read_bytes()) as pdf:
            assert len(pdf.pages) == 6
