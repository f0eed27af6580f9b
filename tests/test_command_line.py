"""``python -m storylib …``: what it does, what it prints, and how it says no."""

from __future__ import annotations

import io
import json
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from PIL import Image as Pillow
from sqlalchemy import func, select, text

from storylib.__main__ import main
from storylib.commands.demo.calls import add_calls
from storylib.commands.demo.sample import SAMPLE
from storylib.config import ROOT
from storylib.db import HEAD, Database, database
from storylib.identity import credentials
from storylib.models import Call, Character, Story, User
from storylib.story.document import StoryDocument
from tests import factories

PASSWORD = "otter-lantern-42"


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that must fail; its one line."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as leaving:  # argparse leaves by itself
        code = leaving.code  # type: ignore[assignment]
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("storylib: ")
    assert err.count("\n") == 1
    return err


def type_in(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))


# help and mistakes


def test_help_comes_at_once_because_nothing_heavy_is_imported() -> None:
    program = "import sys, storylib.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"sqlalchemy", "streamlit", "dbos", "PIL", "openai", "pandas"}  # errors need pydantic: 60 ms
    assert heavy.isdisjoint(done.stdout.split())


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["migrate"], ["user", "add"], ["demo"], ["make"], ["worker"], ["backup"], ["restore"]):
        with pytest.raises(SystemExit) as leaving:
            main([*command, "--help"])
        assert leaving.value.code == 0
        assert f"storylib {' '.join(command)}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "COMMAND"),
        (["dance"], "'dance'"),
        (["user", "add", "ada"], "--email"),
        (["user", "add", "ada", "--email", "a@b.example", "--role", "queen"], "'queen'"),
        (["demo", "--calls", "many"], "many is not a whole number"),
        (["demo", "--calls", "-1"], "-1"),
        (["make", "brief.yaml"], "--out"),
    ],
)
def test_a_wrong_command_is_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], told: str) -> None:
    assert told in refused(capsys, *arguments)


def test_wrong_settings_are_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYLIB_CONFIG", "/nowhere/config.yaml")
    assert "/nowhere/config.yaml cannot be read" in refused(capsys, "migrate")


def test_a_database_that_does_not_answer_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYLIB_DATABASE_URL", "postgresql://ada@127.0.0.1:1/storylib")
    assert "is not responding" in refused(capsys, "migrate")


# migrate and user add


def test_migrate_makes_the_tables_and_may_be_repeated(
    capsys: pytest.CaptureFixture[str], empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYLIB_DATABASE_URL", empty_url)
    for _ in range(2):
        assert main(["migrate"]) == 0
        assert capsys.readouterr().out == f"The tables are up to date ({HEAD}).\n"


def test_a_person_is_added_to_a_new_database_and_can_sign_in(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, f"{PASSWORD}\n")
    assert main(["user", "add", "Ada_M.Ray", "--email", "ada@school.example", "--role", "admin", "--plan", "pro"]) == 0
    assert capsys.readouterr().out == "ada_m.ray can sign in (admin, plan pro).\n"
    user = credentials.verify(database(), "ada_m.ray", PASSWORD)
    assert (user.name, user.role, user.plan) == ("Ada M Ray", "admin", "pro")


@pytest.mark.parametrize(("typed", "told"), [("", "assword"), ("short\n", "12"), ("x" * 65 + "\n", "64")])
def test_a_bad_password_adds_nobody(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    sqlite_database: Database,
    typed: str,
    told: str,
) -> None:
    type_in(monkeypatch, typed)
    assert told in refused(capsys, "user", "add", "ada", "--email", "ada@school.example")
    with sqlite_database.read() as session:
        assert session.scalars(select(User)).all() == []


def test_a_name_in_use_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    with database.write() as session:
        factories.user(session, "ada")
    type_in(monkeypatch, f"{PASSWORD}\n")
    assert "in use" in refused(capsys, "user", "add", "ada", "--email", "another@school.example")


# make

BRIEF = """
characters: [{name: Luna, kind: fox, pronouns: she, traits: [shy], look: {scarf: "#4f9fcf"}}]
theme: a lost lantern
age_band: 3-5
tone: calming
moral: courage
pages: 4
provider: kit
seed: 7
language: en
"""


def brief(folder: Path, written: str = BRIEF) -> Path:
    path = folder / "brief.yaml"
    path.write_text(written, "utf-8")
    return path


def test_a_brief_becomes_a_book(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "books" / "one"
    assert main(["make", str(brief(tmp_path)), "--out", str(out)]) == 0
    story = json.loads((out / "story.json").read_text("utf-8"))
    assert capsys.readouterr().out == f"{story['title']}: 4 pages in {out}\n"
    assert set(story) == set(StoryDocument.model_fields)
    assert set(story) > {"title", "made_by", "brief", "pages", "level", "theme", "cost_usd"}
    assert json.loads(StoryDocument.model_validate(story).as_json()) == story
    assert set(story["theme"]) == {"asked", "treatment", "pack", "not_understood"}
    assert story["made_by"].split(":")[0] == "Story Kit"
    asked = yaml.safe_load(BRIEF)
    hero = asked.pop("characters")[0]
    assert {name: story["brief"][name] for name in asked} == asked
    assert story["brief"]["characters"][0]["look"]["scarf"] == hero["look"]["scarf"]
    assert story["level"]["total_words"] > 4


def test_every_page_of_a_made_book_has_text_a_description_and_a_picture(tmp_path: Path) -> None:
    main(["make", str(brief(tmp_path)), "--out", str(tmp_path)])
    story = json.loads((tmp_path / "story.json").read_text("utf-8"))
    assert [page["number"] for page in story["pages"]] == [1, 2, 3, 4]
    assert all({"number", "text", "alt", "scene", "picture", "made_by"} < set(page) for page in story["pages"])
    assert all(page["text"] and page["alt"] and page["scene"]["setting"] for page in story["pages"])
    pictures = ["cover.webp", *(page["picture"] for page in story["pages"])]
    assert pictures == ["cover.webp", "page-01.webp", "page-02.webp", "page-03.webp", "page-04.webp"]
    for name in pictures:
        with Pillow.open(tmp_path / name) as picture:
            assert (picture.format, picture.width > 1000) == ("WEBP", True)


def test_a_book_made_again_is_the_same_and_leaves_no_old_page(tmp_path: Path) -> None:
    def made(folder: Path) -> dict[str, bytes]:
        main(["make", str(brief(tmp_path)), "--out", str(folder)])
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "page-09.webp").write_text("of a longer book")
    assert made(tmp_path / "first") == made(tmp_path / "second")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"pages": 0}, "pages: Input should be greater than or equal to 1"),
        ({"pages": "many"}, "pages: Input should be a valid integer"),
        ({"age_band": "3 to 5"}, "age_band: Input should be '1-2'"),
        ({"tone": None}, "tone: "),
        ({"provider": "nobody"}, "no AI provider called nobody"),
        ({"theme": "x" * 201}, "theme: String should have at most 200"),
        ({"theme": "a\u202ethief"}, "hidden control character"),
        ({"characters": []}, "characters: "),
        ({"characters": [{"name": "Luna", "kind": "spoon"}]}, "characters.0.kind: "),
        ({"characters": [{"name": "Luna", "kind": "fox", "tail": 9}]}, "characters.0.tail: Extra inputs"),
        ({"characters": [{"name": "Luna", "kind": "fox", "look": {"wings": 2}}]}, "characters.0.look.wings: Extra"),
        ({"characters": [{"name": "Luna", "kind": "fox", "look": {"scarf": "blue"}}]}, "characters.0.look.scarf: "),
        ({"characters": [{"name": "<b>", "kind": "fox"}]}, "may contain only letters"),
        ({"characters": [{"name": "Luna", "kind": "fox", "traits": ["grumpy"]}]}, "Unknown traits: grumpy"),
        ({"characters": [{"name": "Luna", "kind": "fox"}, {"name": "LUNA", "kind": "owl"}]}, "same name"),
    ],
)
def test_a_mistake_in_a_brief_is_told_by_its_field(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, wrong: dict[str, object], told: str
) -> None:
    path = brief(tmp_path, yaml.safe_dump(yaml.safe_load(BRIEF) | wrong))
    line = refused(capsys, "make", path, "--out", tmp_path / "out")
    assert told in line
    assert str(path) in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "written",
    [
        "",
        "just words",
        "- a list",
        "pages: [",
        "a: \x00",
        "x: 2026-13-45",
        "[" * 5000,
        "&a [*a]",
        "!!python/object:os.x",
    ],
)
def test_a_file_that_is_no_brief_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path, written: str) -> None:
    assert "brief.yaml" in refused(capsys, "make", brief(tmp_path, written), "--out", tmp_path / "out")


def test_a_brief_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "No such file" in refused(capsys, "make", tmp_path / "nothing.yaml", "--out", tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"theme: \xe9cole")
    assert "not valid YAML" in refused(capsys, "make", tmp_path / "latin.yaml", "--out", tmp_path)


def test_a_folder_that_cannot_be_written_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "cannot be written" in refused(capsys, "make", brief(tmp_path), "--out", tmp_path / "file" / "out")


# demo


def test_the_demo_has_people_who_can_sign_in_stories_and_a_year_of_calls(
    capsys: pytest.CaptureFixture[str], sqlite_database: Database
) -> None:
    assert main(["demo", "--calls", "2000"]) == 0
    username, password, *_ = capsys.readouterr().out.splitlines()[0].split()
    assert credentials.verify(sqlite_database, username, password).role == "admin"
    with sqlite_database.read() as session:
        assert set(session.scalars(select(Story.state))) == {"ready"}
        assert None not in set(session.scalars(select(Character.portrait_id)))
        first, last = session.execute(select(func.min(Call.at), func.max(Call.at))).one()
        assert 300 < (last - first).days < 367  # it may begin in the holidays
        assert session.scalar(select(func.count()).where(Call.provider == "openai", Call.cost_usd > 0)) > 500
        assert session.scalar(select(func.count()).where(Call.error_kind.is_not(None))) > 10


def test_the_demo_leaves_real_people_alone(capsys: pytest.CaptureFixture[str], sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        factories.user(session)
    assert main(["demo"]) == 2
    assert "people here already" in capsys.readouterr().err
    with sqlite_database.read() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 0


def test_the_year_of_calls_fits_every_database(database: Database) -> None:
    with database.write() as session:
        users = [factories.user(session, facts["username"]) for facts in SAMPLE["people"]]
        add_calls(session, SAMPLE, users, 500)
        assert session.scalar(select(func.count()).select_from(Call)) == 500


# worker


def test_a_worker_stops_when_asked() -> None:
    command = [sys.executable, "-m", "storylib", "worker"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr
        assert json.loads(worker.stderr.readline())["event"].startswith("working on stories")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
        assert worker.stderr.read() == ""


# backup


def test_a_backup_is_a_whole_database_that_only_we_can_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, sqlite_database: Database
) -> None:
    with sqlite_database.write() as session:
        factories.story(session, factories.user(session))
    file = tmp_path / "storylib-backup.db"
    with sqlite_database.write() as session:  # while somebody writes
        factories.user(session, "ben")
        assert main(["backup", str(file)]) == 0
    assert str(file) in capsys.readouterr().out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with closing(sqlite3.connect(file)) as saved:
        assert saved.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert saved.execute("SELECT count(*) FROM pages").fetchone() == (4,)
        assert saved.execute("SELECT username FROM users").fetchall() == [("ada",)]
    assert [path.name for path in tmp_path.glob("storylib-backup*")] == [file.name]


def test_a_restored_backup_is_a_working_database(tmp_path: Path, sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        factories.user(session)
    main(["backup", str(tmp_path / "saved.db")])
    restored = Database(f"sqlite:///{tmp_path / 'saved.db'}")
    restored.migrate()
    with restored.write() as session:
        factories.user(session, "ben")
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
    restored.engine.dispose()


@pytest.mark.usefixtures("sqlite_database")
def test_a_backup_overwrites_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear class")
    assert "already exists" in refused(capsys, "backup", tmp_path / "letter.txt")
    assert (tmp_path / "letter.txt").read_text() == "Dear class"
    assert "cannot be written" in refused(capsys, "backup", tmp_path / "nowhere" / "saved.db")


def test_a_backup_of_nothing_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "no database" in refused(capsys, "backup", tmp_path / "saved.db")
    assert not (tmp_path / "saved.db").exists()


def test_a_backup_of_postgresql_is_left_to_its_own_tool(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYLIB_DATABASE_URL", "postgresql://ada:secret@db/storylib")
    line = refused(capsys, "backup", tmp_path / "saved.db")
    assert "pg_dump" in line
    assert "secret" not in line
