"""One story on the screen: being made, stopped, failed, read, changed."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from storylib.db import Database
from storylib.errors import NotFound
from storylib.errors.messages import message
from storylib.library import stories
from storylib.library.stories import sharing
from storylib.models import Page, Story, User
from storylib.story import Extras, Question, Word
from tests import factories
from tests.screens.visit import button, part, press, shown, visit


def add(database: Database, owner: User, pages: int = 4, drawn: int | None = None, **fields: object) -> Story:
    """A story; the first ``drawn`` pages (all of them if None) have pictures."""
    with database.write() as session:
        story = factories.story(session, owner, **fields)
        for number in range(1, pages + 1):
            done = drawn is None or number <= drawn
            image = (
                factories.image(session, owner, role="page", story_id=story.id, page_number=number) if done else None
            )
            factories.page(session, story, number, state="ready" if done else "written", image_id=image and image.id)
        return story


def current(database: Database, story: Story) -> Story:
    with database.read() as session:
        return stories.get(session, story.owner_id, story.id)


def change(database: Database, story: Story, number: int, **fields: object) -> None:
    with database.write() as session:
        page = session.get_one(Page, (story.id, number))
        for name, value in fields.items():
            setattr(page, name, value)


def approve(app: AppTest) -> None:
    """Open the checklist, and approve what it shows."""
    press(app, "Approve for the class")
    next(button for button in app.button if button.label == "Approve").click().run()


def field(app: AppTest, label: str) -> Any:
    """A text field by its label."""
    return next(box for box in (*app.text_area, *app.text_input) if box.label == label)


@pytest.mark.parametrize("of", ["somebody else's", "0" * 32, "../../etc/passwd", "' OR 1=1 --", "x" * 5000])
def test_a_story_that_is_not_ones_own_is_not_there(sqlite_database: Database, ada: User, of: str) -> None:
    with sqlite_database.write() as session:
        eve = factories.user(session, "eve")
    theirs = add(sqlite_database, eve)
    app = visit(sqlite_database, ada, "studio/story.py", id=theirs.id if of == "somebody else's" else of)
    assert [error.value for error in app.error] == ["There is no such story."]
    assert not app.get("bidi_component")


def test_an_address_without_a_story_leads_to_the_gallery(sqlite_database: Database, ada: User) -> None:
    assert "Which story would you like?" in shown(visit(sqlite_database, ada, "studio/story.py"))


def test_the_book_has_text_picture_and_description_on_every_page_and_says_who_made_it(
    sqlite_database: Database, ada: User
) -> None:
    story = add(sqlite_database, ada, title="Luna and the Lantern")
    book = part(visit(sqlite_database, ada, "studio/story.py", id=story.id), "book")
    assert book["title"] == "Luna and the Lantern"
    assert book["byline"] == "with Luna"
    assert book["label"] == "Story Kit: hand-written plots, drawn by code, no AI"
    assert [page["text"] for page in book["pages"]] == [f"This is page {number}." for number in (1, 2, 3, 4)]
    assert all(page["alt"] and page["picture"].endswith("/full.webp") and not page["note"] for page in book["pages"])


def test_a_story_in_the_making_shows_what_is_there_and_can_be_stopped(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada, pages=3, drawn=1, state="writing")
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    assert app.get("progress")[0].text == "Writing page 4 of 4…"
    book = part(app, "book")
    assert (book["making"], book["editable"]) == (True, False)
    assert [page["note"] for page in book["pages"]] == [
        "",
        "The picture is being drawn…",
        "The picture is being drawn…",
        "Page 4 is being written…",
    ]
    press(app, "Stop")
    assert current(sqlite_database, story).state == "cancelled"
    assert "You stopped this story. 1 of 4 pages are kept." in app.info[0].value
    assert part(app, "book")["pages"][3]["note"] == "This page was not written."


def test_a_story_that_waits_says_so(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada, pages=0, state="queued", title="")
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    assert "In the queue" in app.get("progress")[0].text
    assert part(app, "book")["title"] == "A lost lantern"


@pytest.mark.usefixtures("working")
def test_a_failed_page_shows_its_sentence_and_a_second_try_finishes_the_book(
    sqlite_database: Database, ada: User
) -> None:
    story = add(sqlite_database, ada, drawn=3, state="failed", error=message("One picture could not be drawn."))
    change(sqlite_database, story, 4, state="failed", error=message("The server did not answer."))
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    assert app.error[0].value == "One picture could not be drawn."
    assert part(app, "book")["pages"][3]["note"] == "The server did not answer."
    press(app, "Try again")
    assert current(sqlite_database, story).run == 2
    assert not app.error


def test_a_page_can_be_rewritten_and_nonsense_is_refused_in_place(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada)
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    app.session_state["editing"] = 2
    field(app.run(), "Text").set_value(" ")
    press(app, "Save")
    assert "required" in app.error[0].value
    field(app, "Text").set_value("Luna <b>laughs</b> {loudly}.")
    press(app, "Save")
    assert part(app, "book")["pages"][1]["text"] == "Luna <b>laughs</b> {loudly}."
    assert "Text" not in [box.label for box in app.text_area]


def test_the_title_is_changed_on_the_cover(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada)
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    app.session_state["editing"] = 0
    field(app.run(), "Title").set_value("Luna's Lantern")
    press(app, "Save")
    assert part(app, "book")["title"] == "Luna's Lantern"


@pytest.mark.usefixtures("working")
def test_another_picture_is_drawn_while_the_old_one_stays(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada)
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    app.session_state["editing"] = 2
    press(app.run(), "Draw another picture")
    page = current(sqlite_database, story).pages[1]
    assert page.attempt == 2
    assert page.image_id
    assert "Text" not in [box.label for box in app.text_area]


def test_a_text_that_is_hard_for_its_readers_is_marked_while_it_is_edited(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada)
    with sqlite_database.write() as session:
        long = "Luna ran and " + "ran and " * 40 + "ran."
        factories.rewrite(session, session.get_one(Page, (story.id, 1)), text=long)
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    app.session_state["editing"] = 1
    assert "words on a page" in shown(app.run()) or "a sentence of" in shown(app)


def test_a_finished_story_is_liked_and_approved(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada)
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    press(app, "Add to favourites")
    approve(app)
    kept = current(sqlite_database, story)
    assert (kept.favourite, kept.review) == (True, "approved")
    press(app, "Approved: return to draft")
    assert current(sqlite_database, story).review == "draft"


def test_before_the_approval_the_teacher_sees_what_is_open_and_afterwards_who_approved(
    sqlite_database: Database, ada: User
) -> None:
    story = add(sqlite_database, ada)
    with sqlite_database.write() as session:
        factories.rewrite(session, session.get_one(Page, (story.id, 3)), alt=" ")
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    press(app, "Approve for the class")
    for words in ("page 3: no description", "there is no cover", ":material/check: The text is right for the age"):
        assert words in shown(app).replace("\\", "")
    assert current(sqlite_database, story).review == "draft"
    approve(app)
    assert "Approved by ada" in shown(app)


def test_a_draft_is_not_shared_and_the_screen_says_why(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada)
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    press(app, "Share")
    assert "Only an approved story can be shared" in app.info[0].value
    assert not [button for button in app.button if button.label == "Create link"]


def test_a_link_is_made_shown_once_and_ended(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada)
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    approve(app)
    press(app, "Share")
    press(app, "Create link")
    [code] = app.code
    token = code.value.rpartition("/s/")[2]
    with sqlite_database.read() as session:
        assert sharing.resolve(session, token).stories[1].id == story.id
        [link] = sharing.links(session, ada.id, story.id)
        assert 30 <= (link.expires_at - link.created_at).days <= 31
    assert "not opened yet" in shown(app)
    press(app, "End sharing")
    with sqlite_database.read() as session, pytest.raises(NotFound):
        sharing.resolve(session, token)
    assert not [button for button in app.button if button.label == "End sharing"]
    assert not app.code


def test_several_approved_stories_stand_behind_one_link(sqlite_database: Database, ada: User) -> None:
    with sqlite_database.write() as session:
        first, second = (factories.story(session, ada, review="approved", title=name) for name in ("First", "Second"))
        factories.story(session, ada, title="A draft")
    app = visit(sqlite_database, ada, "studio/story.py", id=first.id)
    press(app, "Share")
    assert app.multiselect[0].options == ["Second"]
    app.multiselect[0].set_value([second.id]).run()
    field(app, "Name of the shelf").set_value("Class 2")
    press(app, "Create link")
    with sqlite_database.read() as session:
        shelf = sharing.resolve(session, app.code[0].value.rpartition("/s/")[2])
    assert (shelf.title, [each.title for each in shelf.stories.values()]) == ("Class 2", ["First", "Second"])


def test_a_link_whose_story_was_changed_is_paused(sqlite_database: Database, ada: User) -> None:
    with sqlite_database.write() as session:
        story = factories.story(session, ada, review="approved")
        sharing.create(session, ada, [story.id], days=7)
        stories.retitle(session, ada.id, story.id, "Another")
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    press(app, "Share")
    assert "Paused until you approve the story again" in shown(app)


def test_a_story_that_is_not_whole_cannot_be_approved(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada, drawn=2, state="cancelled")
    assert button(visit(sqlite_database, ada, "studio/story.py", id=story.id), "Approve").disabled


def test_questions_words_and_reading_level_stand_below_the_book(sqlite_database: Database, ada: User) -> None:
    question = Question(about="why", question="Why did Luna look up?", answer="The light went out.")
    extras = Extras(questions=(question,), words=(Word(word="lantern", meaning="a light to carry"),))
    story = add(sqlite_database, ada, extras=extras)
    said = shown(visit(sqlite_database, ada, "studio/story.py", id=story.id))
    for words in ("Why did Luna look up?", "The light went out.", "**lantern**: a light to carry", "Reading level"):
        assert words in said


def test_a_change_says_before_and_after_that_it_ends_the_approval(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada)
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    approve(app)
    app.session_state["editing"] = 2
    assert "this ends the approval" in app.run().warning[0].value
    field(app, "Text").set_value("Notwithstanding deterioration, Luna perambulated imperturbably.")
    press(app, "Save")
    changed = current(sqlite_database, story)
    assert (changed.review, changed.pages[1].teacher_text) == ("draft", True)
    assert (changed.pages[1].level or {})["grade"] > 20
    assert "so it is no longer approved" in app.info[0].value
    approve(app)
    assert stories.is_approved(current(sqlite_database, story))
    assert not app.info


def test_another_title_says_that_it_ends_the_approval(sqlite_database: Database, ada: User) -> None:
    story = add(sqlite_database, ada)
    app = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    approve(app)
    app.session_state["editing"] = 0
    assert "this ends the approval" in app.run().warning[0].value
    field(app, "Title").set_value("A new title")
    press(app, "Save")
    assert current(sqlite_database, story).review == "draft"
