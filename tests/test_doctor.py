"""The doctor finds what is not well, says what to do, and mends what is safe."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from storylib import db
from storylib.__main__ import main
from storylib.config import settings
from storylib.db import Database
from storylib.library import images, pending_images
from storylib.models import CallHour, ImageBytes, Page
from storylib.operations import doctor
from storylib.operations.doctor.finding import Finding
from storylib.providers.contract import Picture
from tests import factories
from tests.providers import picture


def examined(*, mend: bool = False) -> dict[str, Finding]:
    return dict(doctor.examine(mend=mend))


def ill(*, mend: bool = False) -> dict[str, str]:
    """Only what is not well."""
    return {name: found.problem for name, found in examined(mend=mend).items() if found.problem}


def _older(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0012'"))


def _uncounted(database: Database) -> None:
    with database.write() as session:
        ada = factories.user(session)
        factories.call(session, ada)
        session.execute(delete(CallHour))


def _waiting(database: Database) -> None:
    with database.write() as session:
        factories.story(session, factories.user(session), state="queued")


def _bare(database: Database) -> None:
    with database.write() as session:
        factories.story(session, factories.user(session))
        session.execute(update(Page).values(image_id=None))


def _picture(database: Database) -> str:
    with database.write() as session:
        ada = factories.user(session)
        story = factories.story(session, ada, title="The Lost Lantern")
        session.execute(delete(Page))
        subject = images.Subject(ada.id, "page", story.id, 1)
        return images.add(session, images.prepare(picture()), subject, "kit").id


def _altered(database: Database) -> None:
    image = _picture(database)
    with database.write() as session:
        session.execute(update(ImageBytes).where(ImageBytes.image_id == image).values(data=b"RIFF"))


def _without_thumbnail(database: Database) -> None:
    image = _picture(database)
    with database.write() as session:
        session.execute(delete(ImageBytes).where(ImageBytes.image_id == image, ImageBytes.size == "256"))


def _torn(_: Database) -> None:
    pending_images.put("abc", picture(), 5)
    (settings().data / "spool" / "abc").write_bytes(b"{half a li")
    assert pending_images.get("abc") is None


def _readable(_: Database) -> None:
    (settings().data / "notes.txt").touch(0o644)


ILLS: list[tuple[Callable[[Database], None], str, str, bool]] = [
    (_uncounted, "Sums", "1 of the ledger's sums are not", True),
    (_waiting, "Queue", "1 of 1 stories in the making are in nobody's queue", False),
    (_bare, "Pictures", "4 pages have lost theirs", False),
    (_altered, "Pictures", "1 pictures are damaged and 0 pages have lost theirs (in The Lost Lantern)", False),
    (_without_thumbnail, "Pictures", "1 pictures are damaged", False),
    (_torn, "Pending pictures", "1 damaged files of pictures were set aside", True),
    (_readable, "Data folder", "may read 1 of its files (notes.txt)", True),
]


def test_a_new_database_is_well(database: Database) -> None:
    with database.read():
        assert ill() == {}


@pytest.mark.damages
@pytest.mark.parametrize(("harm", "where", "told", "mended"), ILLS)
def test_what_is_not_well_is_said_and_mended_where_that_is_safe(
    database: Database, harm: Callable[[Database], None], where: str, told: str, mended: bool
) -> None:
    harm(database)
    assert told in ill()[where]
    assert list(ill()) == [where]
    assert list(ill(mend=True)) == ([] if mended else [where])
    assert list(ill()) == ([] if mended else [where])


def test_tables_of_the_release_before_are_said(database: Database) -> None:
    _older(database)
    assert "stand at 0012" in ill()["Migrations"]
    with database.write() as session:
        session.execute(text(f"UPDATE alembic_version SET version_num = '{db.HEAD}'"))
    assert ill() == {}


def test_looking_makes_no_database(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    assert "There is no database yet" in capsys.readouterr().out
    assert list(settings().data.iterdir()) == []


def test_a_database_that_is_none_is_said_and_asked_nothing_more(capsys: pytest.CaptureFixture[str]) -> None:
    (settings().data / "storylib.db").write_bytes(b"nothing of the kind" * 1000)
    assert main(["doctor", "--fix"]) == 1
    printed = capsys.readouterr().out
    assert "not a database" in printed
    assert "Pictures" not in printed


def test_it_fits_one_screen_and_the_exit_code_is_for_scripts(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.read():
        assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert all(len(line) <= 120 for line in lines)


def test_what_is_kept_is_for_our_eyes_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STORYLIB_DATA", str(tmp_path / "kept"))
    (tmp_path / "kept").mkdir(mode=0o755)
    assert main(["migrate"]) == 0
    pending_images.put("abc", Picture(b"x", 1, 1), 5)
    with db.database().read():
        every = [tmp_path / "kept", *(tmp_path / "kept").rglob("*")]
        assert {path.name for path in every} >= {"storylib.db", "storylib.db-wal", "abc"}
        assert [path for path in every if path.is_file() and stat.S_IMODE(path.stat().st_mode) != 0o600] == []
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700
