"""A new provider is one class and one entry in config.yaml: it appears, and works, wherever providers do."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from time import monotonic

import pytest
import yaml
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from storylib.config import ROOT, read, settings
from storylib.db import Database
from storylib.errors import Invalid
from storylib.generation import quotes
from storylib.generation.registry import provider_for
from storylib.library.stories import MAKING
from storylib.models import Call, Story, User
from storylib.providers import catalog
from storylib.web.usage import queries
from tests import factories
from tests.screens.conftest import PATIENCE
from tests.screens.visit import part, press, shown, visit
from tests.third_provider import ENTRY, NAME, Parrot

BRIEF = factories.BRIEF.model_copy(update={"provider": NAME, "pictures": NAME})


@pytest.fixture(autouse=True)
def parrot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The class in the catalog, the entry in config.yaml."""
    configure(tmp_path, monkeypatch, ENTRY)
    monkeypatch.setitem(catalog.PROVIDERS, "parrot", Parrot)
    monkeypatch.setattr(Parrot, "warmed", 0)
    queries.forget()


def configure(folder: Path, monkeypatch: pytest.MonkeyPatch, entry: dict[str, object] | None) -> None:
    """Let this process read a config.yaml with that entry, or without it."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    if entry:
        config["providers"][NAME] = entry
    (folder / "config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    monkeypatch.setenv("STORYLIB_CONFIG", str(folder / "config.yaml"))
    settings.cache_clear()


@pytest.fixture
def boss(sqlite_database: Database) -> User:
    """An administrator with one character."""
    with sqlite_database.write() as session:
        boss = factories.user(session, "boss", role="admin", plan="pro")
        factories.character(session, boss)
        return boss


def chosen(database: Database, user: User) -> AppTest:
    """The form of a new story, with the parrot for words and pictures."""
    app = visit(database, user, "studio/create.py")
    app.radio(key="brief provider").set_value(NAME).run()
    return app.radio(key="brief pictures").set_value(NAME).run()


def test_it_can_be_chosen_and_says_what_it_will_tell_and_cannot_do(sqlite_database: Database, boss: User) -> None:
    app = chosen(sqlite_database, boss)
    for who in ("provider", "pictures"):
        assert app.radio(key=f"brief {who}").options == ["Story Kit", "Parrot Press"]
    assert app.selectbox(key="brief language").options == ["English", "French"]
    said = shown(app)
    assert "It will repeat itself." in said
    assert "The parrot leaves out all verbs." in said
    assert "Parrot Press: a parrot that repeats. Free." in said
    assert "Parrot Press: It cannot compare the pictures with the portraits." in said
    assert "The Kit" not in said


def test_its_surprise_is_its_own(sqlite_database: Database, boss: User) -> None:
    app = press(chosen(sqlite_database, boss), "Surprise me")
    assert (app.text_input(key="brief theme").value, app.slider(key="brief pages").value) == ("crackers", 4)


@pytest.mark.usefixtures("working")
def test_it_makes_a_story_that_names_it(sqlite_database: Database, boss: User) -> None:
    app = chosen(sqlite_database, boss)
    assert Parrot.warmed
    app.slider(key="brief pages").set_value(4)
    press(app, "Create story")
    story = finished(sqlite_database)
    app = visit(sqlite_database, boss, "studio/story.py", id=story.id)
    assert part(app, "book")["label"] == "Parrot Press: a parrot that repeats"
    said = shown(app)
    assert "Written by Parrot Press." in said
    assert 'Left out: "quadratic equations".' in said
    filters = visit(sqlite_database, boss, "admin/usage.py")
    assert NAME in filters.multiselect(key="provider").options


def finished(database: Database) -> Story:
    """The only story, when it is ready; each of its calls is the parrot's."""
    deadline = monotonic() + PATIENCE
    while True:
        with database.read() as session:
            story = session.scalars(select(Story)).one()
            if story.state not in MAKING:
                assert (story.state, len(story.pages)) == ("ready", 4)
                assert {call.provider for call in session.scalars(select(Call)) if call.story_id} == {NAME}
                return story
        assert monotonic() < deadline, "the story was not finished"
        Event().wait(0.02)


def test_administrators_see_test_and_find_it(sqlite_database: Database, boss: User) -> None:
    app = visit(sqlite_database, boss, "admin/providers.py")
    assert "Available at the `window`, free of charge." in shown(app)
    said = shown(press(app, "Test connection"))
    assert "**Text**: It repeats on the plan free." in said
    assert "**whistling**: No ear." in said
    health = visit(sqlite_database, boss, "admin/health.py")
    said = next(str(table.value.to_dict()) for table in health.table if "Parrot Press" in str(table.value))
    assert "text, pictures and safety checks; its server lacks vision" in said


def test_until_it_is_ready_it_is_not_offered_and_administrators_are_told_why(
    sqlite_database: Database, boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Parrot, "awake", False)
    assert catalog.offered() == ["kit"]
    assert "Not available yet: feed the parrot." in shown(visit(sqlite_database, boss, "admin/providers.py"))


def test_its_stories_can_be_read_when_the_site_has_it_no_more(
    sqlite_database: Database, boss: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_database.write() as session:
        story = factories.story(session, boss, 4, brief=BRIEF, provider=NAME)
    configure(tmp_path, monkeypatch, None)
    app = visit(sqlite_database, boss, "studio/story.py", id=story.id)
    assert part(app, "book")["label"] == NAME
    assert f"Written by {NAME}." in shown(app)


def test_its_prices_are_those_of_the_models_in_its_entry(
    sqlite_database: Database, boss: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = read(ROOT / "config.yaml").providers["openai"].model_dump(mode="json")["models"]
    configure(tmp_path, monkeypatch, ENTRY | {"free": False, "models": models})
    priced = provider_for(NAME, boss)
    assert priced.model("write") == models["pro"]["text"]
    assert (priced.charges("draw"), priced.charges("check")) == (True, False)
    with sqlite_database.read() as session:
        assert quotes.quote(session, boss, BRIEF).estimate.usd > 0
    assert "About $" in shown(chosen(sqlite_database, boss))


def test_a_kind_that_nobody_wrote_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(tmp_path, monkeypatch, ENTRY | {"kind": "parott"})
    with pytest.raises(Invalid, match=r"providers\.press: there is no provider of the kind parott"):
        catalog.offered()
