"""The gallery: what it shows, how it is narrowed down, and that more stories do not slow it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from storylib.db import Database
from storylib.library import stories
from storylib.models import Story, User, now
from storylib.story import Brief, CharacterSpec
from tests import factories
from tests.screens.visit import cards, part, shown, visit


def add(database: Database, owner: User, title: str, days: int = 0, **fields: object) -> Story:
    with database.write() as session:
        facts = {"title": title, "search": title.casefold(), "created_at": now() - timedelta(days=days), **fields}
        return factories.story(session, owner, **facts)


def titles(found: list[dict[str, object]]) -> list[object]:
    return [card["title"] for card in found]


def test_an_empty_gallery_says_what_to_do_next(sqlite_database: Database, ada: User) -> None:
    app = visit(sqlite_database, ada)
    assert "Your stories will appear here" in shown(app)
    assert "Create your first story" in [button.label for button in app.button]


def test_the_newest_stories_come_first_and_only_ones_own(sqlite_database: Database, ada: User) -> None:
    add(sqlite_database, ada, "Older", days=2)
    add(sqlite_database, ada, "Newer", days=1)
    with sqlite_database.write() as session:
        eve = factories.user(session, "eve")
    add(sqlite_database, eve, "Somebody else's")
    assert titles(cards(visit(sqlite_database, ada))) == ["Newer", "Older"]


def test_a_card_leads_to_its_story_and_shows_its_cover_by_address(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada, "Luna", cover_id="0" * 32, favourite=True, review="approved", tone="calming")
    card = cards(visit(sqlite_database, ada))[0]
    assert card["href"] == f"story?id={story.id}"
    assert card["picture"] == f"/app/static/img/{'0' * 32}/512.webp"
    assert card["note"] == "3–5 years · Calming"
    assert card["badges"] == [{"text": "Approved", "colour": "green"}]
    assert card["favourite"] is True


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("search", "lantern", ["The Lantern"]),
        ("search", "LANTERN the", ["The Lantern"]),
        ("age", "6–8 years", ["The Boat"]),
        ("tone", "Calming", ["The Lantern"]),
        ("moral", "Honesty", ["The Boat"]),
        ("status", "Approved", ["The Boat"]),
        ("status", "Needs attention", ["The Lantern"]),
        ("favourites", "true", ["The Lantern"]),
        ("search", "nothing like it", []),
    ],
)
def test_the_address_narrows_the_gallery_down(
    sqlite_database: Database, ada: User, name: str, value: str, left: list[str]
) -> None:
    add(sqlite_database, ada, "The Lantern", days=1, tone="calming", favourite=True, state="failed")
    add(sqlite_database, ada, "The Boat", age_band="6-8", moral="honesty", review="approved")
    assert titles(cards(visit(sqlite_database, ada, **{name: value}))) == left


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("age", "Foo"),
        ("status", "<script>"),
        ("favourites", "perhaps"),
        ("moral", "\0"),
        ("id", "x" * 5000),
        ("after", "\0"),
    ],
)
def test_an_address_that_makes_no_sense_shows_everything(
    sqlite_database: Database, ada: User, name: str, value: str
) -> None:
    add(sqlite_database, ada, "Luna")
    assert titles(cards(visit(sqlite_database, ada, **{name: value}))) == ["Luna"]


@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1 --", "<script>", "😀", "x" * 10_000])
def test_hostile_search_words_find_nothing_and_break_nothing(sqlite_database: Database, ada: User, words: str) -> None:
    add(sqlite_database, ada, "Luna")
    app = visit(sqlite_database, ada)
    app.text_input(key="search").set_value(words).run()
    assert "No stories match" in shown(app)
    app.button[-2].click().run()
    assert titles(cards(app)) == ["Luna"]


@pytest.mark.parametrize("words", ["\0", "\u202e"])
def test_what_cannot_be_seen_is_not_searched_for(sqlite_database: Database, ada: User, words: str) -> None:
    add(sqlite_database, ada, "Luna")
    app = visit(sqlite_database, ada)
    app.text_input(key="search").set_value(f"lu{words}na").run()
    assert titles(cards(app)) == ["Luna"]


def test_older_stories_are_a_page_of_their_own(sqlite_database: Database, ada: User) -> None:
    for number in range(25):
        add(sqlite_database, ada, f"Story {number}", days=number)
    app = visit(sqlite_database, ada)
    newest = cards(app)
    assert titles(newest) == [f"Story {number}" for number in range(24)]
    assert (part(app, "card_grid")["newest"], part(app, "card_grid")["older"]) == (False, True)
    app = visit(sqlite_database, ada, after=str(newest[-1]["id"]))
    assert titles(cards(app)) == ["Story 24"]
    assert (part(app, "card_grid")["newest"], part(app, "card_grid")["older"]) == (True, False)


def test_another_filter_begins_with_the_newest(sqlite_database: Database, ada: User) -> None:
    add(sqlite_database, ada, "The Boat", days=2)
    add(sqlite_database, ada, "The Lantern", days=1)
    last = add(sqlite_database, ada, "The Lantern again")
    app = visit(sqlite_database, ada, after=last.id)
    assert titles(cards(app)) == ["The Lantern", "The Boat"]
    app.text_input(key="search").set_value("lantern").run()
    assert titles(cards(app)) == ["The Lantern again", "The Lantern"]


def test_a_story_in_the_making_shows_how_far_it_is_and_cannot_be_deleted(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada, "", state="illustrating", brief=Brief(characters=(factories.LUNA,), pages=4))
    with sqlite_database.write() as session:
        for number in (1, 2, 3, 4):
            factories.page(session, story, number, state="ready" if number < 3 else "written")
    card = cards(visit(sqlite_database, ada))[0]
    assert card["done"] == 0.75
    assert card["badges"] == [{"text": "Being drawn", "colour": "orange"}]
    assert card["deletable"] is False


def test_hostile_titles_travel_as_plain_data(sqlite_database: Database, ada: User) -> None:
    hostile = "<img src=x onerror=alert(1)> {braces} \u202eright to left"
    add(sqlite_database, ada, hostile, brief=Brief(characters=(CharacterSpec(name="Luna", kind="fox"),), pages=4))
    assert titles(cards(visit(sqlite_database, ada))) == [hostile]


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_stories(
    sqlite_database: Database, ada: User
) -> None:
    asked: list[str] = []
    event.listen(sqlite_database.engine, "before_cursor_execute", lambda *details: asked.append(details[2]))
    counts = []
    for number in range(30):
        add(sqlite_database, ada, f"Story {number}", days=number)
        if number in (0, 29):
            app = visit(sqlite_database, ada)
            asked.clear()
            app.run()
            counts.append(sum("stories" in statement for statement in asked))
    assert counts == [1, 1]


def test_a_deleted_story_is_gone_and_can_come_back(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada, "Luna")
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    next(button for button in app.button if button.label == "Delete").click().run()
    app.switch_page("pages/library/gallery.py").run()
    assert cards(app) == []
    assert part(app, "card_grid")["undo"] == {"id": story.id, "text": "“Luna” was deleted."}
    with sqlite_database.write() as session:
        stories.bring_back(session, ada.id, story.id)
    assert titles(cards(app.run())) == ["Luna"]
