"""Asking for a story."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from storylib.billing import quotas
from storylib.db import Database
from storylib.models import Character, Story, User, now
from tests import factories
from tests.screens.visit import button, press, shown, visit


@pytest.fixture
def luna(sqlite_database: Database, ada: User) -> Character:
    """Ada's only character."""
    with sqlite_database.write() as session:
        return factories.character(session, ada, "Luna")


pytestmark = pytest.mark.usefixtures("luna")


def create(database: Database, user: User) -> AppTest:
    return visit(database, user, "studio/create.py")


def asked(database: Database) -> list[Story]:
    with database.read() as session:
        return list(session.scalars(select(Story).order_by(Story.created_at)))


def test_the_form_says_who_plays_what_will_be_told_who_makes_it_and_what_it_costs(
    sqlite_database: Database, ada: User
) -> None:
    said = shown(create(sqlite_database, ada))
    assert "**Luna**" in said
    assert "Your story will be" in said
    assert "Story Kit: hand-written plots, drawn by code, no AI. Free." in said
    assert "Stories left this month: 100" in said


def test_what_the_kit_leaves_out_is_said_before_the_click(sqlite_database: Database, ada: User) -> None:
    app = create(sqlite_database, ada)
    app.text_input(key="brief theme").set_value("zorps")
    app.run()
    assert 'The Kit does not know "zorps"' in shown(app)


@pytest.mark.usefixtures("working")
def test_the_click_makes_one_story_of_what_the_form_says(sqlite_database: Database, ada: User) -> None:
    app = create(sqlite_database, ada)
    app.text_input(key="brief theme").set_value("a  lost lantern")
    app.slider(key="brief pages").set_value(5)
    press(app, "Create story")
    assert not app.exception
    story = asked(sqlite_database)[0]
    assert (story.brief.theme, story.brief.pages, story.brief.characters[0].name) == ("a lost lantern", 5, "Luna")
    assert app.query_params["id"] == story.id


@pytest.mark.usefixtures("working")
def test_a_draft_that_was_sent_twice_is_one_story(sqlite_database: Database, ada: User) -> None:
    app = create(sqlite_database, ada)
    draft = app.session_state["brief id"]
    press(app, "Create story")
    app.switch_page("pages/studio/create.py").run()
    app.session_state["brief id"] = draft
    press(app.run(), "Create story")
    assert [story.id for story in asked(sqlite_database)] == [draft]


@pytest.mark.parametrize(
    ("theme", "said"),
    [("dino\0saurs", "hidden control"), ("\u202esruasonid", "hidden control")],
)
def test_a_theme_that_breaks_a_rule_is_told_kept_and_makes_nothing(
    sqlite_database: Database, ada: User, theme: str, said: str
) -> None:
    app = create(sqlite_database, ada)
    app.text_input(key="brief theme").set_value(theme)
    press(app, "Create story")
    assert said in app.error[0].value
    assert app.text_input(key="brief theme").value == theme
    assert not asked(sqlite_database)
    app.text_input(key="brief theme").set_value("dinosaurs").run()
    assert not app.error


@pytest.mark.usefixtures("working")
def test_a_theme_of_code_is_a_theme_like_any_other(sqlite_database: Database, ada: User) -> None:
    hostile = "<script>alert('1')</script> {0} %s '; DROP TABLE stories; --"
    app = create(sqlite_database, ada)
    app.text_input(key="brief theme").set_value(hostile)
    press(app, "Create story")
    assert asked(sqlite_database)[0].brief.theme == hostile


def test_without_a_hero_the_screen_asks_for_one(sqlite_database: Database, ada: User) -> None:
    app = create(sqlite_database, ada)
    app.session_state["brief cast"] = []
    with sqlite_database.write() as session:
        session.delete(session.scalars(select(Character)).one())
    press(app.run(), "Create story")
    assert "needs a hero" in app.error[0].value
    assert not asked(sqlite_database)


@pytest.mark.usefixtures("working")
def test_a_character_made_on_the_spot_joins_the_cast(sqlite_database: Database, ada: User) -> None:
    app = create(sqlite_database, ada)
    app.text_input(key="brief new name").set_value("luna")
    press(app, "Create")
    assert "already have a character" in app.error[0].value
    app.text_input(key="brief new name").set_value("Momo")
    press(app, "Create")
    assert not app.error
    with sqlite_database.read() as session:
        momo = session.scalars(select(Character).where(Character.name == "Momo")).one()
    assert momo.portrait_id
    assert app.multiselect(key="brief cast").value[-1] == momo.id


def test_the_draft_survives_a_look_at_another_page(sqlite_database: Database, ada: User) -> None:
    app = create(sqlite_database, ada)
    app.text_input(key="brief theme").set_value("a lost lantern")
    app.slider(key="brief pages").set_value(4).run()
    app.switch_page("pages/library/gallery.py").run()
    app.switch_page("pages/studio/create.py").run()
    assert app.text_input(key="brief theme").value == "a lost lantern"
    assert app.slider(key="brief pages").value == 4


@pytest.mark.usefixtures("working")
def test_a_surprise_can_be_made_as_it_is(sqlite_database: Database, ada: User) -> None:
    app = press(create(sqlite_database, ada), "Surprise me")
    theme = app.text_input(key="brief theme").value
    assert theme
    press(app, "Create story")
    assert not app.error
    assert asked(sqlite_database)[0].brief.theme == theme


def test_a_plan_that_is_used_up_for_this_minute_says_how_long_to_wait(sqlite_database: Database, ada: User) -> None:
    with sqlite_database.write() as session:
        for _ in range(12):
            factories.story(session, ada)
    app = create(sqlite_database, ada)
    assert "12 of 12 this minute, next in" in shown(app)
    assert button(app, "Create story").disabled


def test_no_more_pages_are_offered_than_the_plan_allows(sqlite_database: Database, ada: User) -> None:
    assert create(sqlite_database, ada).slider(key="brief pages").max == 10


def test_a_limit_is_told_beside_the_button_and_the_form_is_kept(sqlite_database: Database, ada: User) -> None:
    app = create(sqlite_database, ada)
    app.text_input(key="brief theme").set_value("a lost lantern")
    with sqlite_database.write() as session:
        for _ in range(12):
            factories.story(session, ada)
    press(app, "Create story")
    assert "Nothing was started" in app.error[0].value
    assert app.text_input(key="brief theme").value == "a lost lantern"
    with sqlite_database.read() as session:
        assert session.scalar(select(func.count()).select_from(Story)) == 12


@pytest.mark.usefixtures("working")
def test_a_surprise_invents_the_hero_where_there_is_none(sqlite_database: Database, ada: User) -> None:
    with sqlite_database.write() as session:
        session.delete(session.scalars(select(Character)).one())
    app = press(create(sqlite_database, ada), "Surprise me")
    with sqlite_database.read() as session:
        hero = session.scalars(select(Character)).one()
    assert hero.portrait_id
    assert hero.name in app.toast[0].value
    press(app, "Create story")
    assert not app.error
    assert [spec.name for spec in asked(sqlite_database)[0].brief.characters] == [hero.name]


@pytest.mark.parametrize("just_now", [False, True])
def test_a_plan_that_is_used_up_for_this_month_says_so_and_what_can_be_done(
    sqlite_database: Database, ada: User, just_now: bool
) -> None:
    at = now()
    with sqlite_database.write() as session:
        for _ in range(100):
            factories.story(session, ada, created_at=at if just_now else quotas.month_start(at))
    app = create(sqlite_database, ada)
    assert "includes 100 stories a month, and you have used them all" in app.info[0].value
    assert button(app, "Create story").disabled


def test_other_stories_are_offered_and_one_of_them_can_be_chosen(sqlite_database: Database, ada: User) -> None:
    app = create(sqlite_database, ada)
    app.text_input(key="brief theme").set_value("going to the dentist")
    app.run()
    assert "Read as: going to the dentist. The story is about it." in shown(app)
    others = [button for button in app.button if (button.key or "").startswith("brief other ")]
    assert len(others) == 3
    chosen = (others[0].key or "").removeprefix("brief other ")
    others[0].click().run()
    assert app.session_state["brief theme"] == chosen
    assert f"Read as: {chosen}. The story is about it." in shown(app)
