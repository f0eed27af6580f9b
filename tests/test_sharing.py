"""Links by which anybody reads approved stories: made by their owner, dead as soon as they should be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storylib.errors import Conflict, Invalid, NotFound
from storylib.library import stories
from storylib.library.stories import content, sharing
from storylib.models import ShareLink, Story, User, now
from storylib.people import deletion
from tests import factories


@pytest.fixture
def ada(session: Session) -> User:
    return factories.user(session)


def approved(session: Session, owner: User, title: str = "Luna") -> Story:
    """An approved story with a picture on its first page."""
    story = factories.story(session, owner, title=title)
    image = factories.image(session, owner, role="page", story_id=story.id, page_number=1)
    story.pages[0].image_id = image.id
    stories.set_review(session, owner.id, story.id, "approved")
    session.flush()
    return story


def titles(session: Session, token: str) -> list[str]:
    return [story.title for story in sharing.resolve(session, token).stories.values()]


def is_dead(session: Session, token: str) -> bool:
    session.flush()
    session.expire_all()
    with pytest.raises(NotFound):
        sharing.resolve(session, token)
    return True


# --- making


def test_a_link_leads_to_the_story_and_its_token_is_kept_nowhere(session: Session, ada: User) -> None:
    token = sharing.create(session, ada, [approved(session, ada).id], days=7)
    assert titles(session, token) == ["Luna"]
    row = session.scalars(select(ShareLink)).one()
    assert token not in str(vars(row))
    assert len(token) >= 32
    assert token != sharing.create(session, ada, [sharing.resolve(session, token).stories[1].id], days=7)


def test_only_what_is_approved_is_shared(session: Session, ada: User) -> None:
    draft = factories.story(session, ada, title="A draft")
    with pytest.raises(Invalid, match="“A draft” is not approved"):
        sharing.create(session, ada, [approved(session, ada).id, draft.id], days=7)
    assert session.scalars(select(ShareLink)).all() == []


@pytest.mark.parametrize("days", [0, -1, 367, 10**9])
def test_a_link_works_for_a_reasonable_time(session: Session, ada: User, days: int) -> None:
    with pytest.raises(Invalid):
        sharing.create(session, ada, [approved(session, ada).id], days=days)


def test_a_link_leads_to_at_least_one_story_and_not_to_hundreds(session: Session, ada: User) -> None:
    for ids in ([], [f"{number:032}" for number in range(51)]):
        with pytest.raises(Invalid):
            sharing.create(session, ada, ids, days=1)


def test_nobody_shares_or_ends_or_lists_what_is_somebody_elses(session: Session, ada: User) -> None:
    eve = factories.user(session, "eve", role="admin")
    story = approved(session, ada)
    token = sharing.create(session, ada, [story.id], days=7)
    [link] = sharing.links(session, ada.id, story.id)
    for act in (
        lambda: sharing.create(session, eve, [story.id], days=7),
        lambda: sharing.create(session, eve, ["no such story"], days=7),
        lambda: sharing.end(session, eve.id, link.id),
        lambda: sharing.end(session, ada.id, 999),
    ):
        with pytest.raises(NotFound):
            act()
    assert sharing.links(session, eve.id, story.id) == []
    assert titles(session, token) == ["Luna"]


def test_whoever_was_deactivated_makes_no_link(session: Session, ada: User) -> None:
    story = approved(session, ada)
    ada.active = False
    with pytest.raises(NotFound):
        sharing.create(session, ada, [story.id], days=7)


# --- dying


def retitle(session: Session, story: Story) -> None:
    stories.retitle(session, story.owner_id, story.id, "Another")


def rewrite(session: Session, story: Story) -> None:
    stories.rewrite_page(session, story.owner_id, story.id, 1, "Other words.")


def show_another_picture(session: Session, story: Story) -> None:
    owner = session.get_one(User, story.owner_id)
    image = factories.image(session, owner, role="page", story_id=story.id, page_number=1)
    content.show_picture(session, story.pages[0], image.id, "kit")


def change_behind_our_back(session: Session, story: Story) -> None:
    factories.rewrite(session, story.pages[0], alt="Something that nobody approved.")


def withdraw(session: Session, story: Story) -> None:
    stories.set_review(session, story.owner_id, story.id, "draft")


def throw_away(session: Session, story: Story) -> None:
    stories.throw_away(session, story.owner_id, story.id)


def deactivate(session: Session, story: Story) -> None:
    session.get_one(User, story.owner_id).active = False


def give_away(session: Session, story: Story) -> None:
    story.owner_id = factories.user(session, "heir").id


def remove(session: Session, story: Story) -> None:
    session.execute(delete(Story).where(Story.id == story.id))


DEATHS = [
    retitle, rewrite, show_another_picture, change_behind_our_back, withdraw, throw_away, deactivate, give_away, remove,
]  # fmt: skip


@pytest.mark.parametrize("death", DEATHS, ids=lambda death: death.__name__)
def test_a_link_is_dead_at_once(session: Session, ada: User, death: Callable[[Session, Story], None]) -> None:
    story = approved(session, ada)
    image_id = story.pages[0].image_id
    assert image_id
    token = sharing.create(session, ada, [story.id], days=7)
    assert sharing.picture(session, token, image_id, "full") == b"."
    death(session, story)
    assert is_dead(session, token)
    with pytest.raises(NotFound):
        sharing.picture(session, token, image_id, "full")


def test_a_link_that_was_ended_stays_dead(session: Session, ada: User) -> None:
    story = approved(session, ada)
    token, other = (sharing.create(session, ada, [story.id], days=7) for _ in range(2))
    first = sharing.links(session, ada.id, story.id)[-1]
    sharing.end(session, ada.id, first.id)
    assert is_dead(session, token)
    assert titles(session, other) == ["Luna"]
    assert len(sharing.links(session, ada.id, story.id)) == 1
    with pytest.raises(NotFound):
        sharing.end(session, ada.id, first.id)


def test_a_link_expires(session: Session, ada: User, set_clock: Callable[[datetime], None]) -> None:
    story = approved(session, ada)
    moment = now()
    set_clock(moment)
    token = sharing.create(session, ada, [story.id], days=7)
    set_clock(moment + timedelta(days=7, seconds=-1))
    assert titles(session, token) == ["Luna"]
    set_clock(moment + timedelta(days=7))
    assert is_dead(session, token)
    assert sharing.links(session, ada.id, story.id) == []


def test_a_link_works_again_once_the_story_is_approved_again(session: Session, ada: User) -> None:
    story = approved(session, ada)
    token = sharing.create(session, ada, [story.id], days=7)
    retitle(session, story)
    assert sharing.links(session, ada.id, story.id)[0].paused
    stories.set_review(session, ada.id, story.id, "approved")
    assert titles(session, token) == ["Another"]
    assert not sharing.links(session, ada.id, story.id)[0].paused


@pytest.mark.parametrize("token", ["", "guess", "x" * 10_000, "\x00", "' OR 1=1 --", "\ud800", "ἀ"])
def test_a_guess_leads_nowhere(session: Session, ada: User, token: str) -> None:
    sharing.create(session, ada, [approved(session, ada).id], days=7)
    assert is_dead(session, token)
    assert not sharing.known(session, token)


def test_the_hash_that_is_kept_opens_nothing(session: Session, ada: User) -> None:
    sharing.create(session, ada, [approved(session, ada).id], days=7)
    assert is_dead(session, session.scalars(select(ShareLink.token_hash)).one())


def test_an_old_link_is_told_from_a_guess(session: Session, ada: User) -> None:
    story = approved(session, ada)
    token = sharing.create(session, ada, [story.id], days=7)
    sharing.end(session, ada.id, sharing.links(session, ada.id, story.id)[0].id)
    assert sharing.known(session, token)


def test_a_person_who_leaves_takes_their_links_along(session: Session, ada: User) -> None:
    root = factories.user(session, "root", role="admin")
    heir = factories.user(session, "heir")
    token = sharing.create(session, ada, [approved(session, ada).id], days=7)
    deletion.delete(session, root, [ada.id], heir.id)
    assert is_dead(session, token)
    assert session.scalars(select(ShareLink)).all() == []


# --- what stands behind it


def test_a_shelf_keeps_its_order_and_shows_what_is_approved_now(session: Session, ada: User) -> None:
    several = [approved(session, ada, title) for title in ("C", "A", "B")]
    token = sharing.create(session, ada, [story.id for story in several], days=7, title=" Class 2 ")
    assert sharing.resolve(session, token).title == "Class 2"
    assert titles(session, token) == ["C", "A", "B"]
    withdraw(session, several[1])
    session.flush()
    assert titles(session, token) == ["C", "B"]
    assert list(sharing.resolve(session, token).stories) == [1, 3]


def test_a_picture_of_another_story_is_not_behind_the_link(session: Session, ada: User) -> None:
    story, other = approved(session, ada), approved(session, ada, "Other")
    token = sharing.create(session, ada, [story.id], days=7)
    portrait = factories.image(session, ada)
    former = factories.image(session, ada, role="page", story_id=story.id, page_number=1)
    for image_id in (other.pages[0].image_id, portrait.id, former.id, "0" * 32, ""):
        with pytest.raises(NotFound):
            sharing.picture(session, token, image_id or "", "full")


def test_views_are_counted_and_nothing_else_is(session: Session, ada: User) -> None:
    story = approved(session, ada)
    token = sharing.create(session, ada, [story.id], days=7)
    for _ in range(3):
        sharing.count_view(session, token)
    session.expire_all()
    assert sharing.links(session, ada.id, story.id)[0].views == 3
    assert set(ShareLink.__table__.columns.keys()) == {
        "id", "owner_id", "token_hash", "title", "created_at", "expires_at", "ended_at", "views",
    }  # fmt: skip


# --- the gallery


def found(session: Session, ada: User, review: str) -> list[str]:
    return [card.title for card in stories.cards(session, ada.id, stories.Filter(review=review))]  # type: ignore[arg-type]


def test_the_gallery_calls_shared_what_a_link_leads_to_at_this_moment(session: Session, ada: User) -> None:
    story = approved(session, ada)
    approved(session, ada, "Kept")
    assert found(session, ada, "shared") == []
    sharing.create(session, ada, [story.id], days=7)
    assert found(session, ada, "shared") == ["Luna"]
    assert set(found(session, ada, "approved")) == {"Kept", "Luna"}
    shown = {card.title: card.review for card in stories.cards(session, ada.id)}
    assert shown == {"Kept": "approved", "Luna": "shared"}
    withdraw(session, story)
    session.flush()
    assert found(session, ada, "shared") == []
    assert found(session, ada, "draft") == ["Luna"]
    stories.set_review(session, ada.id, story.id, "approved")
    sharing.end(session, ada.id, sharing.links(session, ada.id, story.id)[0].id)
    assert found(session, ada, "shared") == []


def test_an_expired_link_shares_nothing(session: Session, ada: User) -> None:
    sharing.create(session, ada, [approved(session, ada).id], days=7)
    session.execute(update(ShareLink).values(expires_at=now() - timedelta(seconds=1)))
    assert found(session, ada, "shared") == []


# --- the review


def test_nobody_approves_what_they_have_not_seen(session: Session, ada: User) -> None:
    story = factories.story(session, ada)
    seen = stories.content_hash(story)
    stories.rewrite_page(session, ada.id, story.id, 1, "Other words.")
    with pytest.raises(Conflict):
        stories.set_review(session, ada.id, story.id, "approved", seen=seen)
    assert story.review == "draft"
    stories.set_review(session, ada.id, story.id, "approved", seen=stories.content_hash(story))
    assert stories.is_approved(story)


def open_items(story: Story) -> str:
    return "; ".join(phrase for item in stories.checklist(story) for phrase in item.open)


def test_a_story_in_order_has_nothing_open_but_its_missing_cover(session: Session, ada: User) -> None:
    story = factories.story(session, ada, cover_id="0" * 32)
    for page in story.pages:
        page.image_id = factories.image(session, ada, role="page", story_id=story.id, page_number=page.number).id
    assert open_items(story) == ""
    story.cover_id = None
    assert open_items(story) == "there is no cover"


def test_what_is_open_before_an_approval_names_its_page(session: Session, ada: User) -> None:
    story = factories.story(session, ada, cover_stand_in=True, cover_id="0" * 32)
    factories.page(session, story, 1, state="ready", text="Luna ran and " + "ran and " * 40 + "ran.", alt=" ")
    factories.page(session, story, 2, state="ready", checks=[{"check": "moderation", "flags": ["violence"]}])
    factories.page(
        session, story, 3, state="ready", checks=[{"check": "moderation", "skipped": "no answer"}], stand_in=True
    )
    factories.page(session, story, 4, state="ready", teacher_id=ada.id)
    session.expire(story, ["pages"])
    said = open_items(story)
    for phrase in (
        "the cover: drawn by the Story Kit instead", "page 1: no description", "page 2: violence",
        "page 3: moderation not checked", "page 4: your own text, not checked", "page 4: no picture",
    ):  # fmt: skip
        assert phrase in said
    assert any("page 1: " in phrase for phrase in stories.checklist(story)[1].open)


def test_a_finding_about_a_picture_that_was_replaced_is_not_open(session: Session, ada: User) -> None:
    story = factories.story(session, ada)
    story.pages[0].attempt = 2
    story.pages[0].image_checks = [{"check": "moderation", "flags": ["violence"], "attempt": 1}]
    assert "violence" not in open_items(story)
    story.pages[0].image_checks = [{"check": "moderation", "flags": ["violence"], "attempt": 2}]
    assert "page 1: violence" in open_items(story)


def test_the_record_says_who_approved_and_is_void_after_a_change(session: Session, ada: User) -> None:
    ada.name = "Ada Lovelace"
    story = factories.story(session, ada)
    assert stories.approval(session, story) is None
    stories.set_review(session, ada.id, story.id, "approved")
    record = stories.approval(session, story)
    assert record is not None
    assert (record.by, record.at) == ("Ada Lovelace", story.approved_at)
    assert stories.document(story, approval=record).approval == record
    change_behind_our_back(session, story)
    assert stories.approval(session, story) == record.model_copy(update={"holds": False})
