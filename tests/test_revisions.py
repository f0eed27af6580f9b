"""What a page told stays as it was told: another text is another revision, and the page points to it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, event, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storylib.db import Database
from storylib.library import stories
from storylib.library.stories import content
from storylib.models import Page, PageRevision, User
from storylib.story import PageDraft
from tests import factories

CHECK: dict[str, Any] = {"check": "moderation", "flags": []}


def revisions(session: Session) -> list[PageRevision]:
    """All, from the first to the last."""
    return list(session.scalars(select(PageRevision).order_by(PageRevision.id)))


def test_each_text_is_kept_with_its_author_and_the_page_tells_the_last(session: Session) -> None:
    ada = factories.user(session)
    story = factories.story(session, ada, state="writing")
    page = content.new_page(story, PageDraft(number=1, text="Luna naps.", scene=factories.MEADOW, alt="Luna."))
    session.add(page)
    session.flush()
    assert content.set_text(story, page, "Luna sleeps.", level_before=page.level)
    assert stories.rewrite_page(session, ada.id, story.id, 1, "Luna dreams.")
    assert not content.set_text(story, page, "Luna snores.")
    kept = revisions(session)
    assert [(one.text, one.provider, one.teacher_id) for one in kept] == [
        ("Luna naps.", "kit", None),
        ("Luna sleeps.", "kit", None),
        ("Luna dreams.", None, ada.id),
    ]
    assert kept[1].level_before == kept[0].level
    assert (page.revision, page.text, page.alt, page.scene) == (kept[2], "Luna dreams.", "Luna.", factories.MEADOW)


def test_a_revision_has_one_author(session: Session) -> None:
    story = factories.story(session, factories.user(session))
    for authors in ({"provider": "kit", "teacher_id": 1}, {"provider": None}):
        with pytest.raises(IntegrityError), session.begin_nested():
            facts = {"text": "Luna naps.", "alt": "Luna.", "scene": factories.MEADOW, **authors}
            session.add(PageRevision(story_id=story.id, page_number=1, **facts))


CHANGES = (
    {"text": "Another."}, {"alt": "Another."}, {"description": "Another."}, {"scene": factories.MEADOW.model_copy()},
    {"provider": "openai"}, {"provider": None, "teacher_id": 1}, {"page_number": 2}, {"level": {"grade": 2.0}},
    {"level_before": {"grade": 2.0}}, {"checks": []}, {"checks": [{"check": "another"}, CHECK]},
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_nothing_of_a_revision_changes(sqlite_database: Database, change: dict[str, Any]) -> None:
    with sqlite_database.write() as session:
        story = factories.story(session, factories.user(session))
        page = factories.page(session, story, level={"grade": 1.0}, checks=[CHECK])
        if "scene" in change:
            change = {"scene": factories.MEADOW.model_copy(update={"setting": "forest"})}
        for name, value in change.items():
            setattr(page.revision, name, value)
        with pytest.raises(TypeError, match="another text is another revision"):
            session.flush()
        session.rollback()


def test_what_a_page_tells_cannot_be_set_on_the_page() -> None:
    for name in ("text", "alt", "description", "scene", "level", "level_before", "checks", "teacher_text"):
        with pytest.raises(AttributeError):
            setattr(Page(), name, None)


def test_what_is_measured_and_found_later_is_added(database: Database) -> None:
    with database.write() as session:
        story = factories.story(session, factories.user(session), pages=1)
        page = story.pages[0]
        content.add_check(page, CHECK)
        page.revision.level = {"grade": 1.0}
    with database.write() as session:
        page = session.get_one(Page, (story.id, 1))
        for finding in (CHECK, CHECK | {"flags": ["knife"]}):
            content.add_check(page, finding)
    with database.read() as session:
        assert [found["flags"] for found in revisions(session)[0].checks] == [[], ["knife"]]
        assert revisions(session)[0].level == {"grade": 1.0}


def test_revisions_are_not_deleted_but_with_their_story(session: Session) -> None:
    story = factories.story(session, factories.user(session), pages=2)
    for statement in (update(PageRevision).values(text="Another."), delete(PageRevision)):
        with pytest.raises(TypeError, match="neither changed nor deleted"):
            session.execute(statement)
    spare = PageRevision(story_id=story.id, page_number=1, provider="kit", text="-", alt="-", scene=factories.MEADOW)
    session.add(spare)
    session.flush()
    with pytest.raises(TypeError, match="as long as its story"), session.begin_nested():
        session.delete(spare)
        session.flush()
    session.expunge_all()
    session.execute(delete(User))
    assert revisions(session) == []


def test_findings_of_pictures_stay_with_the_page_and_go_with_its_attempt(session: Session) -> None:
    ada = factories.user(session)
    story = factories.story(session, ada, pages=1)
    page = story.pages[0]
    for attempt, flags in ((1, []), (1, ["unlike"]), (2, [])):
        page.attempt = attempt
        content.add_image_check(page, check="likeness", flags=flags)
    stories.rewrite_page(session, ada.id, story.id, 1, "Another text.")
    assert len(page.image_checks) == 3
    image = factories.image(session, ada, role="page", story_id=story.id, page_number=1)
    content.show_picture(session, page, image.id, "kit")
    assert [(found["attempt"], found["flags"]) for found in page.image_checks] == [(1, ["unlike"]), (2, [])]


def test_reading_a_story_takes_no_query_for_each_page(database: Database) -> None:
    with database.write() as session:
        ada = factories.user(session)
        story = factories.story(session, ada, brief=factories.BRIEF.model_copy(update={"pages": 12}))
    queries: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *asked: queries.append(asked[2]))
    with database.read() as session:
        read = stories.get(session, ada.id, story.id)
        assert [page.text for page in read.pages] == [f"This is page {number}." for number in range(1, 13)]
        assert not stories.is_approved(read)
        assert stories.cards(session, ada.id)
    assert len([query for query in queries if query.startswith("SELECT")]) == 3
