"""``python -m storylib export`` and ``make --format``."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import yaml
from PIL import Image as Pillow

from storylib.__main__ import main
from storylib.db import Database
from storylib.errors import NotFound
from storylib.exports import library
from storylib.exports.formats import export
from storylib.library import images, stories
from storylib.models import Story
from storylib.providers.contract import Picture
from tests import factories
from tests.exports.conftest import BRIEF

WEBP = io.BytesIO()
Pillow.new("RGB", (96, 64), "#4f9fcf").save(WEBP, "WEBP")


def drawn(database: Database, username: str = "ada") -> Story:
    """A finished and approved story with pictures."""
    with database.write() as session:
        ada = factories.user(session, username)
        story = factories.story(session, ada)
        for page in story.pages:
            prepared = images.prepare(Picture(WEBP.getvalue(), 96, 64))
            subject = images.Subject(ada.id, "page", story.id, page.number)
            page.image_id = images.add(session, prepared, subject, "Story Kit").id
            page.made_by = "Story Kit"
        stories.set_review(session, ada.id, story.id, "approved")
        return story


def test_a_story_of_the_library_is_written_as_files(
    sqlite_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = drawn(sqlite_database)
    assert main(["export", story.id, "--format", "pdf,epub", "--out", str(tmp_path / "new")]) == 0
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"Luna.pdf", "Luna.epub"}
    assert "Luna.epub" in capsys.readouterr().out


def test_it_tells_by_whom_it_was_approved(sqlite_database: Database) -> None:
    told = library.source(sqlite_database, drawn(sqlite_database).id).document
    assert told.approval
    assert (told.approval.by, told.approval.holds) == ("ada", True)


def test_somebody_elses_story_is_not_there(sqlite_database: Database) -> None:
    story = drawn(sqlite_database)
    with pytest.raises(NotFound):
        library.source(sqlite_database, story.id, owner_id=story.owner_id + 1)
    assert export("zip", library.source(sqlite_database, story.id, owner_id=story.owner_id)).data


def test_a_deleted_story_is_not_there(
    sqlite_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = drawn(sqlite_database)
    with sqlite_database.write() as session:
        stories.throw_away(session, story.owner_id, story.id)
    assert main(["export", story.id, "--out", str(tmp_path)]) == 2
    assert "There is no such story." in capsys.readouterr().err


def test_a_brief_is_made_and_exported_without_a_database(tmp_path: Path) -> None:
    path = tmp_path / "brief.yaml"
    path.write_text(yaml.safe_dump(BRIEF.model_dump(mode="json", exclude_none=True)), "utf-8")
    assert main(["export", "--brief", str(path), "--format", "booklet", "--out", str(tmp_path / "out")]) == 0
    assert main(["make", str(path), "--out", str(tmp_path / "out"), "--format", "pdf"]) == 0
    assert len(list((tmp_path / "out").glob("*.pdf"))) == 2
    assert (tmp_path / "out" / "story.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"), [(["x", "--format", "docx"], "no format called docx"), ([], "required"),
                            (["x", "--brief", "y"], "not allowed with")],
)  # fmt: skip
def test_a_mistake_is_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    try:
        code = main(["export", *arguments, "--out", "out"])
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    error = capsys.readouterr().err
    assert (code, error.count("\n")) == (2, 1)
    assert said in error


def test_a_folder_that_cannot_be_written_is_told(
    sqlite_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["export", drawn(sqlite_database).id, "--out", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err
