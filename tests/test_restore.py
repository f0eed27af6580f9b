"""From a backup back to a working Storylib, and no log of one database over another."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storylib import db
from storylib.__main__ import main
from storylib.config import ROOT, settings
from storylib.db import Database, wal
from storylib.errors import Unavailable
from storylib.models import User
from tests import factories

# Writes ``count`` people into the database at ``url`` and dies by kill -9, its log left behind.
DIES = """
import os, signal, sys
from storylib.db import Database
from tests import factories
database = Database(sys.argv[1])
database.migrate()
for number in range(int(sys.argv[3])):
    with database.write() as session:
        factories.user(session, f"{sys.argv[2]}{number}")
os.kill(os.getpid(), signal.SIGKILL)
"""


def die(folder: Path, name: str, count: int = 3) -> Path:
    """A database whose process was killed while its newest people were in the log only."""
    file = folder / "storylib.db"
    command = [sys.executable, "-c", DIES, f"sqlite:///{file}", name, str(count)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert wal.beside(file).stat().st_size > 0
    return file


def folder(tmp_path: Path, name: str) -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name


def people(file: Path) -> list[str]:
    database = Database(f"sqlite:///{file}")
    with database.read() as session:
        names = list(session.scalars(select(User.username).order_by(User.id)))
        assert session.scalar(select(func.count()).select_from(User)) == len(names)
    database.close()
    return names


def sound(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def logs(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.endswith(("-wal", "-shm")))


# a log and its database


@pytest.mark.parametrize("count", [1, 3, 40])
def test_what_a_killed_process_left_in_the_log_is_there_at_the_next_start(tmp_path: Path, count: int) -> None:
    file = die(tmp_path, "ada", count)
    assert len(people(file)) == count
    die(tmp_path, "ben", count)
    assert len(people(file)) == 2 * count
    assert logs(tmp_path) == []


@pytest.mark.parametrize("part", [0.0, 0.3, 1.0])
def test_a_log_that_was_copied_back_in_part_is_accepted(tmp_path: Path, part: float) -> None:
    file = die(tmp_path, "ada", 60)
    whole = folder(tmp_path, "whole") / "storylib.db"
    for suffix in ("", "-wal"):
        shutil.copy(f"{file}{suffix}", f"{whole}{suffix}")
    assert len(people(whole)) == 60  # and closing it has copied the log back
    pages = whole.read_bytes()
    with file.open("r+b") as database:
        database.write(pages[: int(len(pages) * part) // 4096 * 4096])
    assert len(people(file)) == 60
    sound(file)


def test_a_log_of_another_database_is_refused_and_both_are_left_alone(tmp_path: Path) -> None:
    ours, theirs = die(folder(tmp_path, "a"), "ada"), die(folder(tmp_path, "b"), "ben")
    shutil.copy(theirs, ours)
    before = ours.read_bytes(), wal.beside(ours).read_bytes()
    with pytest.raises(Unavailable, match=r"does not belong to the log.*restore FILE"):
        Database(f"sqlite:///{ours}")
    assert (ours.read_bytes(), wal.beside(ours).read_bytes()) == before


def test_an_older_copy_of_the_same_database_is_refused(tmp_path: Path) -> None:
    file = die(tmp_path, "ada")
    assert len(people(file)) == 3
    shutil.copy(file, tmp_path / "older.db")
    die(tmp_path, "ben")
    people(file)
    die(tmp_path, "eve", 1)
    shutil.copy(tmp_path / "older.db", file)
    with pytest.raises(Unavailable, match="does not belong"):
        Database(f"sqlite:///{file}")


def test_a_backup_is_not_opened_over_a_log_that_was_left_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = die(tmp_path, "ada")
    monkeypatch.setenv("STORYLIB_DATABASE_URL", f"sqlite:///{file}")
    assert main(["backup", str(tmp_path / "saved.db")]) == 0
    die(tmp_path, "ben")
    shutil.copy(tmp_path / "saved.db", file)
    for command in (["migrate"], ["worker"], ["backup", str(tmp_path / "again.db")]):
        assert main(command) == 2
        assert "does not belong to the log" in capsys.readouterr().err


def test_a_database_that_is_at_work_can_be_opened_by_others_at_any_moment(sqlite_database: Database) -> None:
    url = str(sqlite_database.engine.url)
    with sqlite_database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_autocheckpoint = 5")
    for number in range(60):
        with sqlite_database.write() as session:
            factories.user(session, f"ada{number}")
        second = Database(url)
        assert second.mark() is not None
        second.engine.dispose()


def test_a_closed_database_is_one_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'storylib.db'}")
    database.migrate()
    with database.write() as session:
        factories.user(session)
    assert logs(tmp_path)
    database.close()
    assert logs(tmp_path) == []


def test_a_command_leaves_no_log(tmp_path: Path) -> None:
    environment = {"STORYLIB_DATA": str(tmp_path), "PATH": ""}
    command = [sys.executable, "-m", "storylib", "migrate"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert (tmp_path / "storylib.db").is_file()
    assert logs(tmp_path) == []


# restore


@pytest.fixture
def school(sqlite_database: Database, tmp_path: Path) -> Path:
    """A database with Ada in it, her backup ``saved.db``, and Ben, who came later."""
    sqlite_database.migrate()
    with sqlite_database.write() as session:
        factories.story(session, factories.user(session))
    main(["backup", str(tmp_path / "saved.db")])
    with sqlite_database.write() as session:
        factories.user(session, "ben")
    db.close()
    return tmp_path / "storylib.db"


def refused(capsys: pytest.CaptureFixture[str], file: Path) -> str:
    """A restore that must fail and change nothing; its line."""
    here = Path(settings().database_url.removeprefix("sqlite:///"))
    before = here.read_bytes() if here.exists() else b""
    capsys.readouterr()
    assert main(["restore", str(file)]) == 2
    assert (here.read_bytes() if here.exists() else b"") == before
    assert not list(here.parent.glob("*restoring*"))
    assert not list(here.parent.glob("*before*"))
    return capsys.readouterr().err


def test_a_restored_database_is_the_backup_and_the_old_one_is_kept(
    school: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", str(tmp_path / "saved.db")]) == 0
    assert people(school) == ["ada"]
    sound(school)
    assert stat.S_IMODE(school.stat().st_mode) == 0o600
    (aside,) = tmp_path.glob("storylib-before-*.db")
    assert str(aside) in capsys.readouterr().out
    assert people(aside) == ["ada", "ben"]
    assert people(tmp_path / "saved.db") == ["ada"]  # and may be restored again


def test_a_database_that_was_killed_is_kept_with_all_that_its_log_held(school: Path, tmp_path: Path) -> None:
    die(tmp_path, "eve", 2)
    assert main(["restore", str(tmp_path / "saved.db")]) == 0
    assert people(school) == ["ada"]
    (aside,) = tmp_path.glob("storylib-before-*.db")
    assert people(aside) == ["ada", "ben", "eve0", "eve1"]


def test_a_backup_that_was_put_over_a_log_by_hand_can_still_be_restored(school: Path, tmp_path: Path) -> None:
    die(tmp_path, "eve", 2)
    shutil.copy(tmp_path / "saved.db", school)
    assert main(["restore", str(tmp_path / "saved.db")]) == 0
    assert people(school) == ["ada"]
    assert logs(tmp_path) == [next(tmp_path.glob("storylib-before-*.db-wal")).name]


def test_a_damaged_database_is_replaced(school: Path, tmp_path: Path) -> None:
    pages = bytearray(school.read_bytes())
    pages[4096 : len(pages) // 2] = bytes(len(pages) // 2 - 4096)
    school.write_bytes(pages)
    assert main(["restore", str(tmp_path / "saved.db")]) == 0
    assert people(school) == ["ada"]


def test_a_backup_comes_to_a_machine_that_has_no_database(school: Path, tmp_path: Path) -> None:
    school.unlink()
    assert main(["restore", str(tmp_path / "saved.db")]) == 0
    assert people(school) == ["ada"]


@pytest.mark.usefixtures("school")
def test_while_storylib_runs_nothing_is_restored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    db.database().migrate()
    assert "Storylib is running" in refused(capsys, tmp_path / "saved.db")


def test_while_a_backup_is_being_restored_nothing_starts(school: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = db.hold(school, alone=True)
    capsys.readouterr()
    assert main(["migrate"]) == 2
    assert "being restored to this database" in capsys.readouterr().err
    db.os.close(lock)


@pytest.mark.usefixtures("school")
def test_what_is_no_backup_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no file" in refused(capsys, tmp_path / "nowhere.db")
    assert "no file" in refused(capsys, tmp_path)
    (tmp_path / "letter.txt").write_text("Dear class" * 1000)
    assert "cannot be read as a database" in refused(capsys, tmp_path / "letter.txt")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    assert "not one of Storylib's" in refused(capsys, tmp_path / "other.db")
    assert "the database itself" in refused(capsys, tmp_path / "storylib.db")


@pytest.mark.usefixtures("school")
def test_a_damaged_backup_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "saved.db"
    whole = saved.read_bytes()
    saved.write_bytes(whole[: len(whole) // 2])
    assert "Nothing was changed" in refused(capsys, saved)
    saved.write_bytes(whole[: len(whole) // 2] + bytes(8192) + whole[len(whole) // 2 + 8192 :])
    assert "damaged" in refused(capsys, saved)


@pytest.mark.usefixtures("school")
def test_a_backup_of_a_newer_storylib_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(tmp_path / "saved.db")) as saved:
        saved.execute("UPDATE alembic_version SET version_num = '9999'")
        saved.commit()
    assert "made by a newer version of Storylib" in refused(capsys, tmp_path / "saved.db")
