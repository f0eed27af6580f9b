"""The screens where a server can be asked for money: what is said before, while and after a story is made."""

from __future__ import annotations

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from storylib.db import Database
from storylib.errors.messages import message
from storylib.models import Page, Story, User
from storylib.providers import catalog
from storylib.providers.openai import server as server_module
from storylib.providers.openai.server import Server
from storylib.web import formatting
from tests import factories
from tests.screens.visit import button, part, press, shown, visit

BRIEF = factories.BRIEF.model_copy(update={"provider": "openai"})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server that is configured; nobody asks it."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    server = Server("http://127.0.0.1:9/v1")
    monkeypatch.setattr(server_module, "connect", lambda _: server)
    return server


@pytest.fixture
def boss(sqlite_database: Database) -> User:
    """An administrator with a budget and one character."""
    with sqlite_database.write() as session:
        boss = factories.user(session, "boss", role="admin", plan="basic")
        factories.character(session, boss)
        return boss


def create(database: Database, user: User) -> AppTest:
    app = visit(database, user, "studio/create.py")
    app.radio(key="brief provider").set_value("openai").run()
    return app


@pytest.mark.usefixtures("server")
def test_words_and_pictures_are_chosen_apart_and_quoted(sqlite_database: Database, boss: User) -> None:
    app = create(sqlite_database, boss)
    words_only = shown(app)
    app.radio(key="brief pictures").set_value("openai").run()
    assert "About $" in words_only
    assert "based on list prices" in shown(app)
    assert words_only != shown(app)


@pytest.mark.usefixtures("server")
def test_a_language_is_offered_where_a_model_writes(sqlite_database: Database, boss: User) -> None:
    app = visit(sqlite_database, boss, "studio/create.py")
    assert "Language" not in [box.label for box in app.selectbox]
    app.radio(key="brief provider").set_value("openai").run()
    app.selectbox(key="brief language").set_value("ar")
    press(app, "Create story")
    with sqlite_database.read() as session:
        assert session.query(Story).one().brief.language == "ar"


@pytest.mark.usefixtures("server")
def test_what_is_private_or_not_for_children_is_pointed_out_before_it_is_sent(
    sqlite_database: Database, boss: User
) -> None:
    app = visit(sqlite_database, boss, "studio/create.py")
    app.text_input(key="brief theme").set_value("how Mia Smith found a gun").run()
    assert not app.warning  # it stays on this machine
    app.radio(key="brief provider").set_value("openai").run()
    assert ["gun" in warning.value or "Mia Smith" in warning.value for warning in app.warning] == [True, True]


def test_what_a_server_lacks_is_said_before_the_click(sqlite_database: Database, boss: User, server: Server) -> None:
    server.missing["moderation"] = "404"
    assert "It does not check text" in shown(create(sqlite_database, boss))


def test_without_a_server_there_is_no_choice_and_no_meter(sqlite_database: Database, boss: User) -> None:
    app = visit(sqlite_database, boss, "studio/create.py")
    assert "this month" in shown(app)
    assert [choice.label for choice in app.radio] == ["Written by"]  # the Kit, or oneself
    assert "used this month" not in shown(app)


def add(database: Database, owner: User) -> Story:
    with database.write() as session:
        story = factories.story(session, owner, brief=BRIEF)
        for number in (1, 2, 3, 4):
            image = factories.image(session, owner, role="page", story_id=story.id, page_number=number)
            level = {"grade": 1.5, "hard_words": ["lantern"]}
            checks = [{"check": "moderation", "flags": [], "scores": {}}]
            facts = {"state": "ready", "image_id": image.id, "made_by": "OpenAI", "level": level, "checks": checks}
            factories.page(session, story, number, **facts)
        story.pages[1].stand_in, story.pages[1].made_by = True, "Story Kit"
        story.pages[1].error = message("picture.stand-in", why=message("The picture was refused."))
        factories.rewrite(session, story.pages[2], level_before={"grade": 6.1})
        like = {"check": "likeness", "flags": [], "reason": "the same fox", "attempt": 1}
        replaced, shown = like | {"scores": {"likeness": 0.4}}, like | {"scores": {"likeness": 0.92}}
        now = {"image": story.pages[3].image_id}
        factories.rewrite(session, story.pages[3], checks=[{"check": "moderation", "skipped": "404"}])
        story.pages[3].image_checks = [replaced | {"image": "another"}, shown | now]
        paid = {"provider": "openai", "model": "gpt-image-2.6-flare", "state": "settled", "story_id": story.id}
        factories.call(session, owner, **paid, cost_usd=Decimal("0.25"))
        factories.call(session, owner, **paid, cost_usd=None)
        factories.call(session, owner, **paid | {"state": "unknown"})
        return story


@pytest.mark.usefixtures("server")
def test_the_panel_tells_who_made_what_and_how_it_was_checked(sqlite_database: Database, boss: User) -> None:
    story = add(sqlite_database, boss)
    app = visit(sqlite_database, boss, "studio/story.py", id=story.id)
    rows = app.table[0].value
    assert list(rows["Picture by"]) == ["OpenAI", "Story Kit", "OpenAI", "OpenAI"]
    assert rows["Reading level"][2] == "grade 1.5 (rewritten; was grade 6.1); hard: lantern"
    assert rows["Checks"][0] == "moderation: fine"
    assert rows["Checks"][3] == "moderation: not checked; likeness: 92 % (the same fox)"
    assert "Cost: \\$0.25 · 1 call unpriced · 1 call may have been charged as well" in shown(app)


@pytest.mark.usefixtures("server", "working")
def test_a_picture_that_the_kit_drew_can_be_tried_again_at_its_price(sqlite_database: Database, boss: User) -> None:
    story = add(sqlite_database, boss)
    app = visit(sqlite_database, boss, "studio/story.py", id=story.id)
    assert "Try again (about \\$0." in button(app, "Try again").label
    press(app, "Try again")
    with sqlite_database.read() as session:
        again = session.get_one(Story, story.id)
        assert (again.state, again.pages[1].attempt, again.pages[1].stand_in) == ("queued", 2, False)


@pytest.mark.usefixtures("server")
def test_administrators_see_the_makers_and_no_key(
    sqlite_database: Database, boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-0123456789")
    app = visit(sqlite_database, boss, "admin/providers.py")
    said = shown(app)
    assert "Available at `http://127.0.0.1:9/v1`, with a key" in said
    assert "very-secret" not in str(app)
    assert formatting.verbatim("gpt-6.1-terra") in said


def test_without_a_server_the_makers_screen_says_how_to_get_one(sqlite_database: Database, boss: User) -> None:
    assert catalog.offered() == ["kit", "own"]
    assert "OPENAI_BASE_URL" in shown(visit(sqlite_database, boss, "admin/providers.py"))


@pytest.mark.usefixtures("server")
def test_the_credit_and_the_panel_tell_what_the_kit_stood_in_for(sqlite_database: Database, boss: User) -> None:
    story = add(sqlite_database, boss)
    change(
        sqlite_database,
        story,
        4,
        stand_in=True,
        error=message("It was refused. The Story Kit drew this picture instead."),
    )
    with sqlite_database.write() as session:
        session.get_one(Story, story.id).cover_stand_in = True
    app = visit(sqlite_database, boss, "studio/story.py", id=story.id)
    assert part(app, "book")["label"].endswith("the cover and pages 2 and 4 drawn by the Story Kit")
    assert "**Cover.** OpenAI could not draw it." in shown(app)
    again = [one.label.partition(" (")[0] for one in app.button if "again" in one.label]
    assert again == ["Try all 3 pictures again", "Try again", "Try again", "Try again"]


@pytest.mark.usefixtures("server")
def test_what_happened_to_several_pages_is_told_once(sqlite_database: Database, boss: User) -> None:
    story = add(sqlite_database, boss)
    for number in (1, 3, 4):
        change(sqlite_database, story, number, stand_in=True, error=message("This would cost about $0.04."))
    app = visit(sqlite_database, boss, "studio/story.py", id=story.id)
    assert shown(app).count("This would cost about $0.04.") == 1
    assert "**Pages 1, 3 and 4.**" in shown(app)
    again = [one.label.partition(" (")[0] for one in app.button if "ry again" in one.label]
    assert again == [f"Page {number}: Try again" for number in (1, 3, 4)] + ["Try again"]


@pytest.mark.usefixtures("server", "working")
def test_everything_that_the_kit_drew_is_tried_again_by_one_click(sqlite_database: Database, boss: User) -> None:
    story = add(sqlite_database, boss)
    with sqlite_database.write() as session:
        session.get_one(Story, story.id).cover_stand_in = True
    press(visit(sqlite_database, boss, "studio/story.py", id=story.id), "Try all 2 pictures again")
    with sqlite_database.read() as session:
        again = session.get_one(Story, story.id)
        assert (again.run, again.cover_stand_in, again.pages[1].attempt) == (2, False, 2)


@pytest.mark.usefixtures("server")
def test_a_page_that_was_blocked_leads_to_its_text_and_trying_again_has_a_price(
    sqlite_database: Database, boss: User
) -> None:
    story = add(sqlite_database, boss)
    change(sqlite_database, story, 3, state="written", image_id=None)
    change(sqlite_database, story, 3, state="failed", error=message("This page needs attention."))
    with sqlite_database.write() as session:
        failed = session.get_one(Story, story.id)
        failed.state = "queued"
        failed.state, failed.error = "failed", message("story.pictures-missing", missing=1)
    app = visit(sqlite_database, boss, "studio/story.py", id=story.id)
    assert "Try again (about \\$" in button(app, "Try again").label
    press(app, "Edit the text")
    assert next(field for field in app.text_area if field.label == "Text").value == "This is page 3."


@pytest.mark.usefixtures("server")
def test_a_budget_that_may_not_be_enough_is_said_before_the_click(sqlite_database: Database, boss: User) -> None:
    with sqlite_database.write() as session:
        session.get_one(User, boss.id).budget_usd = Decimal("0.01")
    warnings = [warning.value for warning in create(sqlite_database, boss).warning]
    assert not warnings  # words alone cost less
    with sqlite_database.write() as session:
        session.get_one(User, boss.id).budget_usd = Decimal("0.0001")
    warnings = [warning.value for warning in create(sqlite_database, boss).warning]
    assert ["of your budget is left" in warning for warning in warnings] == [True]


def change(database: Database, story: Story, number: int, **fields: object) -> None:
    with database.write() as session:
        page = session.get_one(Page, (story.id, number))
        for name, value in fields.items():
            setattr(page, name, value)
