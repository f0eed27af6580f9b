"""Pages moved, added, taken out, split and joined: each keeps its own picture, words and checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.db import Database
from storylib.errors import Conflict, Invalid, NotFound
from storylib.errors.messages import message
from storylib.identity.access import SYSTEM
from storylib.library import images, stories
from storylib.library.stories import content, history
from storylib.models import Image, Page, PageRevision, Story, StoryRevision, User
from tests import factories, states

CHECK = {"check": "moderation", "flags": []}


def illustrated(session: Session, ada: User) -> Story:
    """A finished, approved story; each page with a text, a check and a picture that no other has."""
    story = factories.story(session, ada)
    for number in range(1, story.brief.pages + 1):
        shown = factories.image(session, ada, role="page", story_id=story.id, page_number=number)
        facts = {"state": "ready", "image_id": shown.id, "made_by": "kit"}
        factories.page(session, story, number, text=f"Luna counts to {number}. She smiles.", checks=[CHECK], **facts)
    session.expire(story)
    content.approve(story, ada.id)
    session.flush()
    return story


def texts(story: Story) -> list[str]:
    """What is read, in order, by the first number in it."""
    return [page.text for page in story.pages]


def numbers(story: Story) -> list[int]:
    """Which pages stand in the book."""
    return [page.number for page in story.pages]


@pytest.fixture
def ada(session: Session) -> User:
    return factories.user(session)


@pytest.fixture
def story(session: Session, ada: User) -> Story:
    return illustrated(session, ada)


def test_a_page_that_is_moved_takes_its_words_and_picture_along(session: Session, ada: User, story: Story) -> None:
    told = {page.number: (page.text, page.image_id, page.checks) for page in story.pages}
    count = len(story.pages)
    stories.move(session, ada.id, story.id, 1, count)
    assert numbers(story) == [*range(2, count + 1), 1]
    assert [page.position for page in story.pages] == [*range(1, count + 1)]
    assert {page.number: (page.text, page.image_id, page.checks) for page in story.pages} == told
    assert [page.number for page in stories.document(story).pages] == [*range(1, count + 1)]


@pytest.mark.parametrize(("to", "place"), [(-3, 1), (99, None)])
def test_beyond_the_ends_is_the_end(session: Session, ada: User, story: Story, to: int, place: int | None) -> None:
    stories.move(session, ada.id, story.id, 2, to)
    assert next(page.position for page in story.pages if page.number == 2) == place or len(story.pages)


CHANGES: list[Callable[..., Any]] = [
    lambda *who: stories.move(*who, 1, 2),
    lambda *who: stories.delete(*who, 1),
    lambda *who: stories.insert(*who, 1, "Luna naps.", factories.MEADOW),
    lambda *who: stories.duplicate(*who, 1),
    lambda *who: stories.split(*who, 1, 18),
    lambda *who: stories.join(*who, 1),
]


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_ends_the_approval_and_an_undo_takes_it_back(
    session: Session, ada: User, story: Story, change: Callable[..., Any]
) -> None:
    before = [(page.number, page.text, page.image_id) for page in story.pages]
    change(session, ada.id, story.id)
    session.flush()
    assert not stories.is_approved(story)
    assert story.review == "draft"
    changed = [(page.number, page.text) for page in story.pages]
    if story.state != "ready":
        finish(session, story)
    stories.undo(session, ada.id, story.id)
    assert [(page.number, page.text, page.image_id) for page in story.pages] == before
    stories.redo(session, ada.id, story.id)
    assert [(page.number, page.text) for page in story.pages] == changed
    assert states.broken(session) == []


def finish(session: Session, story: Story) -> None:
    """Draw what is missing, as the workers would."""
    for page in story.pages:
        if page.state != "ready":
            shown = factories.image(session, session.get_one(User, story.owner_id), role="page", story_id=story.id,
                                    page_number=page.number)  # fmt: skip
            page.state, page.image_id = "ready", shown.id
    for state in ("illustrating", "ready"):
        stories.states.move(story, state)
    session.flush()


def test_a_page_that_is_taken_out_is_kept(session: Session, ada: User, story: Story) -> None:
    stories.delete(session, ada.id, story.id, 2)
    assert session.get_one(Page, (story.id, 2)).image_id
    with pytest.raises(NotFound):
        stories.rewrite_page(session, ada.id, story.id, 2, "Gone.")


def test_the_number_of_a_page_that_is_taken_out_is_not_given_again(session: Session, ada: User, story: Story) -> None:
    count = len(story.pages)
    stories.delete(session, ada.id, story.id, count)
    stories.duplicate(session, ada.id, story.id, 1)
    assert numbers(story) == [1, count + 1, *range(2, count)]


def test_a_copy_of_a_page_has_a_picture_of_its_own(session: Session, ada: User, story: Story) -> None:
    stories.duplicate(session, ada.id, story.id, 1)
    first, second = (session.get_one(Image, page.image_id) for page in story.pages[:2])
    assert first.id != second.id
    assert images.data(session, SYSTEM, first.id) == images.data(session, SYSTEM, second.id)
    assert second.page_number == story.pages[1].number
    assert story.pages[1].checks == [CHECK]


def test_an_inserted_page_is_drawn_by_the_kit_and_nothing_else_is(session: Session, ada: User, story: Story) -> None:
    stories.insert(session, ada.id, story.id, 2, "Luna naps.", factories.MEADOW)
    assert story.pages[1].text == "Luna naps."
    assert story.pages[1].teacher_text
    assert [page.state for page in story.pages].count("written") == 1
    assert (story.state, story.run) == ("queued", 2)


def test_what_is_split_is_joined_again(session: Session, ada: User, story: Story) -> None:
    stories.split(session, ada.id, story.id, 1, len("Luna counts to 1."))
    assert texts(story)[:2] == ["Luna counts to 1.", "She smiles."]
    assert story.pages[0].checks == []
    assert story.pages[1].image_id
    stories.join(session, ada.id, story.id, 1)
    assert texts(story)[0] == "Luna counts to 1.\n\nShe smiles."


@pytest.mark.parametrize(
    "refused",
    [
        lambda *who: stories.split(*who, 1, 0),
        lambda *who: stories.split(*who, 1, 2000),
        lambda *who: stories.join(*who, factories.BRIEF.pages),
        lambda *who: stories.insert(*who, 1, " ", factories.MEADOW),
        lambda *who: stories.insert(*who, 1, "a" * 2001, factories.MEADOW),
        lambda *who: stories.undo(*who),
        lambda *who: stories.redo(*who),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    session: Session, ada: User, story: Story, refused: Callable[..., Any]
) -> None:
    with pytest.raises(Invalid):
        refused(session, ada.id, story.id)
    assert stories.is_approved(story)


def test_the_last_page_stays(session: Session, ada: User, story: Story) -> None:
    for number in numbers(story)[1:]:
        stories.delete(session, ada.id, story.id, number)
    with pytest.raises(Invalid, match="at least one page"):
        stories.delete(session, ada.id, story.id, 1)


def test_a_full_story_takes_no_more(session: Session, ada: User, story: Story) -> None:
    while len(story.pages) < 20:
        stories.duplicate(session, ada.id, story.id, 1)
    for more in (CHANGES[2], CHANGES[3], CHANGES[4]):
        with pytest.raises(Invalid, match="up to 20 pages"):
            more(session, ada.id, story.id)


@pytest.mark.parametrize("change", CHANGES)
def test_a_story_in_the_making_is_left_alone(session: Session, ada: User, change: Callable[..., Any]) -> None:
    story = factories.story(session, ada, state="illustrating", pages=factories.BRIEF.pages)
    with pytest.raises(Invalid, match="being made"):
        change(session, ada.id, story.id)


def test_a_story_with_unwritten_pages_is_written_first(session: Session, ada: User) -> None:
    story = factories.story(session, ada, state="failed", pages=2, error=message("Cut off."))
    with pytest.raises(Invalid, match="not finished"):
        stories.move(session, ada.id, story.id, 1, 2)


def test_nobody_else_arranges_it(session: Session, story: Story) -> None:
    bob = factories.user(session, "bob")
    for change in CHANGES:
        with pytest.raises(NotFound):
            change(session, bob.id, story.id)


def test_what_another_window_changed_is_not_overwritten(session: Session, ada: User, story: Story) -> None:
    seen, opened = stories.content_hash(story), story.pages[0].revision_id
    stories.rewrite_page(session, ada.id, story.id, 1, "Luna hums.", seen=opened)
    with pytest.raises(Conflict, match="another window"):
        stories.move(session, ada.id, story.id, 1, 2, seen)
    with pytest.raises(Conflict, match="another window"):
        stories.rewrite_page(session, ada.id, story.id, 1, "Luna sings.", seen=opened)
    assert texts(story)[0] == "Luna hums."


def test_the_history_says_who_did_what_and_goes_back(session: Session, ada: User, story: Story) -> None:
    first = texts(story)
    stories.rewrite_page(session, ada.id, story.id, 1, "Luna hums.")
    stories.move(session, ada.id, story.id, 1, 2)
    stories.retitle(session, ada.id, story.id, "Luna counts")
    steps = history.of_story(session, story)
    assert [(step.act, step.teacher_id, step.position) for step in steps] == [
        ("title", ada.id, None), ("move", ada.id, 1), ("text", ada.id, 1), ("made", None, None),
    ]  # fmt: skip
    stories.restore(session, ada.id, story.id, steps[-1].id)
    assert (texts(story), story.title) == (first, "Luna")
    assert history.of_story(session, story)[0].act == "restore"
    stories.undo(session, ada.id, story.id)
    assert (texts(story)[1], story.title) == ("Luna hums.", "Luna counts")


def test_a_page_goes_back_to_its_original_with_author_and_checks(session: Session, ada: User, story: Story) -> None:
    original = story.pages[0].revision
    stories.rewrite_page(session, ada.id, story.id, 1, "Luna hums.")
    told = history.of_page(session, story, 1)
    assert [(one.text, one.provider) for one in told[:2]] == [("Luna hums.", None), (original.text, "kit")]
    stories.restore_page(session, ada.id, story.id, 1, original.id)
    assert (story.pages[0].text, story.pages[0].teacher_text) == (original.text, False)
    assert story.pages[0].checks == [CHECK]


def test_a_picture_of_another_scene_stays_when_the_words_go_back(session: Session, ada: User, story: Story) -> None:
    page = story.pages[0]
    original = page.revision
    content.set_scene(story, page, page.scene.model_copy(update={"setting": "forest"}))
    session.flush()
    stories.rewrite_page(session, ada.id, story.id, 1, "Luna hums.")
    stories.restore_page(session, ada.id, story.id, 1, original.id)
    assert (page.text, page.scene.setting) == (original.text, "forest")
    assert "forest" in page.alt


def test_no_page_says_what_another_said(session: Session, ada: User, story: Story) -> None:
    with pytest.raises(NotFound):
        stories.restore_page(session, ada.id, story.id, 1, story.pages[1].revision_id)
    other = illustrated(session, ada)
    stories.move(session, ada.id, other.id, 1, 2)
    with pytest.raises(NotFound):
        stories.restore(session, ada.id, story.id, other.revision_id or 0)


def test_a_step_is_never_changed(session: Session, ada: User, story: Story) -> None:
    stories.move(session, ada.id, story.id, 1, 2)
    step = session.scalars(select(StoryRevision)).first()
    assert step
    step.title = "Another"
    with pytest.raises(TypeError, match="never changed"):
        session.flush()
    session.rollback()


def test_a_copied_story_is_changed_apart_from_the_first(session: Session, ada: User, story: Story) -> None:
    stories.delete(session, ada.id, story.id, 2)
    copy = stories.copy(session, ada, story.id)
    assert (copy.title, copy.state, copy.review) == ("Luna (copy)", "ready", "draft")
    assert texts(copy) == texts(story)
    assert not {page.image_id for page in copy.pages} & {page.image_id for page in story.pages}
    stories.rewrite_page(session, ada.id, copy.id, 1, "Luna hums.")
    stories.delete(session, ada.id, copy.id, 2)
    assert texts(story)[0] == "Luna counts to 1. She smiles."
    assert states.broken(session) == []


def test_a_story_that_is_not_finished_is_not_copied(session: Session, ada: User) -> None:
    story = factories.story(session, ada, state="failed", error=message("Cut off."))
    with pytest.raises(Invalid, match="finished"):
        stories.copy(session, ada, story.id)


ACTS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 19), st.integers(0, 21)), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_is_done_every_page_has_its_own_picture_words_and_checks(
    sqlite_database: Database, acts: list[tuple[int, int, int]]
) -> None:
    with sqlite_database.write() as session:
        ada = factories.user(session, f"ada{len(session.scalars(select(User)).all())}")
        story = illustrated(session, ada)
        changed = [_try(session, ada, story, *act) for act in acts]
        assert states.broken(session) == []
        assert [page.position for page in story.pages] == [*range(1, len(story.pages) + 1)]
        for page in story.pages:
            shown = session.get_one(Image, page.image_id)
            assert (shown.story_id, shown.page_number) == (story.id, page.number)
            told = session.get_one(PageRevision, page.revision_id)
            assert (told.story_id, told.page_number) == (story.id, page.number)
            assert page.teacher_text or page.checks == [CHECK]
        assert stories.is_approved(story) != any(changed)


def _try(session: Session, ada: User, story: Story, what: int, which: int, to: int) -> bool:
    """Do one thing to one page; True if it was done."""
    page = story.pages[which % len(story.pages)]
    who = session, ada.id, story.id
    acts: list[Callable[[], object]] = [
        lambda: stories.move(*who, page.number, to),
        lambda: stories.delete(*who, page.number),
        lambda: stories.insert(*who, to, f"Luna naps {to} times. She snores.", factories.MEADOW),
        lambda: stories.duplicate(*who, page.number),
        lambda: stories.split(*who, page.number, page.text.find(".") + 1),
        lambda: stories.join(*who, page.number),
        lambda: stories.undo(*who),
        lambda: stories.redo(*who),
    ]
    try:
        acts[what]()
    except Invalid:
        return False
    session.flush()
    if story.state != "ready":
        finish(session, story)
    return True
