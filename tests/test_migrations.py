"""From any older database to the newest tables, by any number of processes at once, and never backwards."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, inspect, text
from sqlalchemy.exc import IntegrityError

from storylib import db
from storylib.config import ROOT
from storylib.db import Database
from storylib.errors import Unavailable
from storylib.errors.messages import Message
from storylib.library import stories
from storylib.library.stories import sharing
from storylib.models import Base, Story
from storylib.story import reading_level
from tests import factories

SCRIPTS = Config()
SCRIPTS.set_main_option("script_location", str(ROOT / "storylib" / "migrations"))
REVISIONS = [script.revision for script in ScriptDirectory.from_config(SCRIPTS).walk_revisions()]


def shape(engine: Engine) -> dict[str, Any]:
    """Everything that a database says about its tables."""
    found = inspect(engine)
    return {
        name: {
            "columns": sorted((c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)),
            "indexes": sorted(str(i | {"dialect_options": _plain(i)}) for i in found.get_indexes(name)),
            "checks": sorted(map(str, found.get_check_constraints(name))),
            "unique": sorted(map(str, found.get_unique_constraints(name))),
            "keys": sorted(map(str, found.get_foreign_keys(name))),
        }
        for name in found.get_table_names()
        if name != "alembic_version"
    }


def _plain(index: Any) -> dict[str, str]:
    """A partial index's condition is an object; its text can be compared."""
    return {name: str(value) for name, value in index.get("dialect_options", {}).items()}


def test_migrations_make_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_they_do_so_to_the_last_constraint(empty_url: str) -> None:
    database = Database(empty_url)
    Base.metadata.create_all(database.engine)
    created = shape(database.engine)
    Base.metadata.drop_all(database.engine)
    database.migrate()
    assert shape(database.engine) == created
    database.engine.dispose()


def test_head_is_the_newest_migration() -> None:
    assert REVISIONS[0] == db.HEAD


def old_database(url: str, revision: str) -> Database:
    """A database as a former release left it."""
    old = Database(url)
    with old.engine.connect() as connection:
        SCRIPTS.attributes["connection"] = connection
        command.upgrade(SCRIPTS, revision)
    return old


def insert(old: Database, name: str, **values: Any) -> None:
    """Add a row to a table as it was then; what is needed and not given is empty."""
    table = Table(name, MetaData(), autoload_with=old.engine)
    needed = [c for c in table.columns if not (c.nullable or c.server_default or c.name in values or c.name == "id")]
    empty = {column.name: EMPTY[column.type.python_type] for column in needed}
    with old.engine.begin() as connection:
        connection.execute(table.insert().values(**empty | values))


EMPTY: dict[type, Any] = {str: "", int: 1, bool: False, dict: {}, datetime: datetime(2026, 11, 1, tzinfo=UTC)}


@pytest.mark.parametrize("revision", [None, *reversed(REVISIONS)])
def test_a_database_of_any_age_is_brought_up_to_date(empty_url: str, revision: str | None) -> None:
    old = old_database(empty_url, revision) if revision else Database(empty_url)
    assert old.revision() == revision
    old.migrate()
    assert old.revision() == db.HEAD
    old.engine.dispose()


STORY = "f" * 32


def furnish(old: Database, **story: Any) -> None:
    """Ada and her story, without pages."""
    insert(old, "users", id=7, username="ada", role="educator", plan="free")
    brief = factories.BRIEF.model_dump(mode="json", exclude_defaults=True)
    facts = {"age_band": "3-5", "tone": "whimsical", "moral": "none", "provider": "openai", "brief": brief}
    states = {"state": "ready", "review": "draft", "title": "Luna", "supporting": []}
    insert(old, "stories", id=STORY, owner_id=7, **facts | states | story)


def page(old: Database, number: int, **fields: Any) -> None:
    """One of its pages."""
    scene = factories.MEADOW.model_dump(mode="json", exclude_defaults=True)
    told = {"text": f"This is page {number}.", "alt": "Luna stands.", "scene": scene, "checks": []}
    insert(old, "pages", story_id=STORY, number=number, **{"state": "ready", **told, **fields})


def migrated(old: Database) -> Story:
    """The story, found by today's Storylib."""
    old.migrate()
    with old.read() as session:
        return stories.get(session, 7, STORY)


def test_approvals_and_what_teachers_wrote_before_they_were_noted_come_along(empty_url: str) -> None:
    old = old_database(empty_url, "0007")
    furnish(old, review="approved")
    for number, measured in ((1, "Luna naps."), (2, "Luna counts the stars.")):
        level = asdict(reading_level.measure(measured, "3-5"))
        page(old, number, text="Luna counts the stars.", level=level, checks=[{"check": "moderation", "flags": []}])
    after = migrated(old)
    assert stories.is_approved(after)
    assert [(page.teacher_text, bool(page.level), len(page.checks)) for page in after.pages] == [
        (True, False, 0),
        (False, True, 1),
    ]
    old.engine.dispose()


def test_what_pages_told_and_what_was_found_of_them_comes_along_as_their_first_revision(empty_url: str) -> None:
    old = old_database(empty_url, "0011")
    furnish(old)
    insert(old, "images", id="a" * 32, owner_id=7, story_id=STORY, role="page", candidate=0)
    words, picture = {"check": "moderation", "flags": []}, {"check": "likeness", "flags": [], "attempt": 2}
    levels = {"level": {"grade": 1.5}, "level_before": {"grade": 6.0}}
    told = {"text": "Luna „sings“ – 狐.", "description": "A fox.", "image_id": "a" * 32, "made_by": "OpenAI"}
    page(old, 1, checks=[words, picture, words], attempt=2, stand_in=True, error="It was refused.", **told, **levels)
    page(old, 2, teacher_text=True, state="failed", checks=[picture])
    page(old, 3)
    first, second, third = migrated(old).pages
    assert (first.text, first.alt, first.description) == (told["text"], "Luna stands.", "A fox.")
    assert (first.scene, first.level, first.level_before) == (factories.MEADOW, *levels.values())
    assert (first.checks, first.image_checks) == ([words, words], [picture])
    assert (first.state, first.attempt, first.stand_in, str(first.error)) == ("ready", 2, True, "It was refused.")
    assert (first.image_id, first.made_by) == ("a" * 32, "OpenAI")
    assert [(page.revision.provider, page.revision.teacher_id, page.teacher_text) for page in (first, second)] == [
        ("openai", None, False),
        (None, 7, True),
    ]
    assert (second.state, second.checks, second.image_checks) == ("failed", [], [picture])
    assert (third.text, third.level, third.checks, third.image_checks) == ("This is page 3.", None, [], [])
    old.engine.dispose()


@pytest.mark.parametrize(("before", "after"), [("shared", "approved"), ("approved", "approved"), ("draft", "draft")])
def test_what_was_noted_as_shared_is_approved_and_shared_by_no_link(empty_url: str, before: str, after: str) -> None:
    old = old_database(empty_url, "0013")
    furnish(old, review=before)
    assert migrated(old).review == after
    with old.read() as session:
        assert sharing.links(session, 7, STORY) == []
    old.engine.dispose()


def test_a_migrated_story_goes_with_its_owner(empty_url: str) -> None:
    old = old_database(empty_url, "0011")
    furnish(old)
    page(old, 1)
    old.migrate()
    with old.write() as session:
        session.execute(text("DELETE FROM users"))
        assert [session.scalar(text(f"SELECT count(*) FROM {name}")) for name in ("pages", "page_revisions")] == [0, 0]
    old.engine.dispose()


def test_a_database_of_a_newer_storylib_is_refused_and_left_alone(database: Database) -> None:
    before = shape(database.engine)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="made by a newer version of Storylib"):
        database.migrate()
    assert database.revision() == "9999"
    assert shape(database.engine) == before


def test_two_processes_may_migrate_at_once(empty_url: str) -> None:
    program = "import sys; from storylib.db import Database; sys.stdin.read(); Database(sys.argv[1]).migrate()"
    both = [
        subprocess.Popen([sys.executable, "-c", program, empty_url], cwd=ROOT, stdin=subprocess.PIPE) for _ in range(2)
    ]
    for process in both:
        assert process.stdin
        process.stdin.close()  # ready, steady …
    assert [process.wait(60) for process in both] == [0, 0]
    migrated = Database(empty_url)
    assert migrated.revision() == db.HEAD
    migrated.engine.dispose()


def test_calls_come_along_as_they_are_when_there_are_more_operations(empty_url: str) -> None:
    old = Database(empty_url)
    with old.engine.connect() as connection:
        SCRIPTS.attributes["connection"] = connection
        command.upgrade(SCRIPTS, "0011")
    with old.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO calls (at, operation, provider, model, fingerprint, state, attempts, estimate_usd,"
                " cost_usd, tokens_in, tokens_out, images, reused, sent_at) VALUES ('2026-11-01 08:00:00', 'draw',"
                " 'openai', 'm', 'f', 'settled', 1, 40000000, 38000000, 7, 1290, 1, 0, '2026-11-01 08:00:01')"
            )
        )
        before = connection.execute(text("SELECT * FROM calls")).mappings().one()
    old.migrate()
    with old.engine.connect() as connection:
        assert dict(connection.execute(text("SELECT * FROM calls")).mappings().one()) == dict(before)
    with old.write() as session:
        factories.call(session, factories.user(session), operation="portrait")
    with pytest.raises(IntegrityError, match="ck_calls_operation"), old.write() as session:
        session.execute(text("UPDATE calls SET operation = 'look'"))
    old.engine.dispose()


def test_what_went_wrong_before_errors_had_codes_comes_along_as_a_sentence(empty_url: str) -> None:
    old = old_database(empty_url, "0013")
    furnish(old, state="failed", error="No credit is left – “sorry”.")
    skipped, fine = {"check": "moderation", "skipped": "The check is busy."}, {"check": "moderation", "flags": []}
    told = {"provider": "openai", "scene": factories.MEADOW.model_dump(mode="json", exclude_defaults=True)}
    for number, error in ((1, "It was refused."), (2, "It was refused."), (3, "")):
        checks = [skipped, fine] if number == 1 else [fine]
        insert(old, "page_revisions", id=number, story_id=STORY, page_number=number, checks=checks, **told)
        found = [{**skipped, "attempt": 1}] if number == 2 else []
        drawn = {"state": "ready", "error": error, "image_checks": found}
        insert(old, "pages", story_id=STORY, number=number, revision_id=number, **drawn)
    after = migrated(old)
    assert after.error == Message(code="text", params={"text": "No credit is left – “sorry”."})
    assert str(after.error) == "No credit is left – “sorry”."
    assert [page.error and str(page.error) for page in after.pages] == ["It was refused.", "It was refused.", None]
    kept = {**skipped, "skipped": {"code": "text", "params": {"text": "The check is busy."}}}
    assert [page.checks for page in after.pages] == [[kept, fine], [fine], [fine]]
    assert [page.image_checks for page in after.pages] == [[], [{**kept, "attempt": 1}], []]
    old.engine.dispose()


def page_since_0013(old: Database, number: int) -> None:
    """A page of hers whose words are in a revision."""
    scene = factories.MEADOW.model_dump(mode="json", exclude_defaults=True)
    told = {"text": "Luna naps.", "alt": "Luna.", "description": "", "scene": scene, "provider": "kit", "checks": []}
    insert(old, "page_revisions", id=number, story_id=STORY, page_number=number, **told)
    facts = {"state": "ready", "made_by": "kit", "error": "", "image_checks": [], "attempt": 1, "stand_in": False}
    insert(old, "pages", story_id=STORY, number=number, revision_id=number, **facts)


def test_every_old_page_stands_where_it_was_written(empty_url: str) -> None:
    old = old_database(empty_url, "0014")
    furnish(old)
    for number in (2, 1):
        page_since_0013(old, number)
    old.migrate()
    with old.read() as session:
        story = session.get_one(Story, STORY)
        assert [(each.number, each.position) for each in story.pages] == [(1, 1), (2, 2)]
        assert story.revision_id is None
    old.engine.dispose()
