"""Stories asked for, listed, changed and deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from storylib.db import Database
from storylib.errors import Invalid, LimitReached, NotFound
from storylib.errors.messages import message
from storylib.library import stories
from storylib.library.stories import Filter
from storylib.models import Story, StoryCharacter, User, now
from storylib.story import Brief, CharacterSpec
from tests import factories


def _brief(**changes: object) -> Brief:
    return factories.BRIEF.model_copy(update=changes)


def test_asking_writes_the_brief_down_with_a_seed_of_its_own(session: Session) -> None:
    ada = factories.user(session)
    luna = factories.character(session, ada)
    story = stories.ask(session, ada, _brief(theme=" a  lost lantern "), [luna.id])
    session.expire_all()
    assert (story.state, story.brief.theme, story.age_band) == ("queued", "a lost lantern", "3-5")
    assert story.brief.seed > 0
    assert session.get(StoryCharacter, (story.id, luna.id))


def test_a_chosen_seed_is_kept(session: Session) -> None:
    assert stories.ask(session, factories.user(session), _brief(seed=7)).brief.seed == 7


def test_the_next_seed_follows_that_of_the_latest_story(session: Session) -> None:
    ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
    stories.ask(session, ada, _brief(seed=7))
    assert stories.next_seed(session, ada.id) == 8
    stories.ask(session, ada, _brief(seed=2**31 - 1)).created_at = now() + timedelta(seconds=1)
    assert stories.next_seed(session, ada.id) == 1  # never 0, which stands for no seed
    assert 0 <= stories.next_seed(session, ben.id) < 2**31


def test_characters_of_others_are_not_linked(session: Session) -> None:
    ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
    luna = factories.character(session, ben)
    story = stories.ask(session, ada, _brief(), [luna.id])
    assert session.get(StoryCharacter, (story.id, luna.id)) is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"theme": "x" * 201}, "200 characters"),
        ({"theme": "a\0b"}, "control character"),
        ({"provider": "nobody"}, "no AI provider called nobody"),
        ({"moral": "m" * 81}, "80 characters"),
        ({"characters": (factories.LUNA, CharacterSpec(name="LUNA", kind="cat"))}, "same name"),
    ],
)
def test_a_wrong_brief_says_what_is_wrong(session: Session, changes: dict[str, object], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        stories.ask(session, factories.user(session), _brief(**changes))


def test_the_plan_limits_pages_and_requests(session: Session) -> None:
    ada = factories.user(session, plan="free")
    with pytest.raises(LimitReached, match="up to 10 pages"):
        stories.ask(session, ada, _brief(pages=12))
    for _ in range(12):
        stories.ask(session, ada, _brief())
    with pytest.raises(LimitReached, match="12 of 12 this minute") as refused:
        stories.ask(session, ada, _brief())
    assert 0 < (refused.value.retry_after or 0) <= 60


def test_another_teachers_story_is_not_found(session: Session) -> None:
    ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
    story = factories.story(session, ada)
    for act in (
        lambda: stories.get(session, ben.id, story.id),
        lambda: stories.progress(session, ben.id, story.id),
        lambda: stories.set_favourite(session, ben.id, story.id, True),
        lambda: stories.throw_away(session, ben.id, story.id),
        lambda: stories.bring_back(session, ben.id, story.id),
        lambda: stories.retitle(session, ben.id, story.id, "Mine"),
        lambda: stories.rewrite_page(session, ben.id, story.id, 1, "Mine."),
        lambda: stories.set_review(session, ben.id, story.id, "approved"),
        lambda: stories.again(session, ben.id, story.id),
        lambda: stories.redraw(session, ben, story.id, 1),
        lambda: stories.cancel(session, ben.id, story.id),
        lambda: stories.get(session, ben.id, "' OR 1=1 --"),
    ):
        with pytest.raises(NotFound, match="There is no such story"):
            act()


def _shelf(session: Session, ada: User, count: int) -> list[Story]:
    start = now() - timedelta(days=1)
    # two of each time, so that paging must look at the id too
    return [
        factories.story(
            session, ada, title=f"Story {i}", created_at=start + timedelta(minutes=i // 2), search=f"story {i}"
        )
        for i in range(count)
    ]


def test_paging_shows_every_story_once_newest_first(session: Session) -> None:
    ada = factories.user(session)
    made = _shelf(session, ada, 25)
    seen: list[stories.Card] = []
    while page := stories.cards(session, ada.id, after=seen[-1].id if seen else None, count=7):
        seen += page
    assert sorted(card.id for card in seen) == sorted(story.id for story in made)
    assert [card.created_at for card in seen] == sorted((s.created_at for s in made), reverse=True)


def test_filters_narrow_and_combine(session: Session) -> None:
    ada = factories.user(session)
    factories.story(session, ada, age_band="1-2", moral="courage", search="the brave owl")
    factories.story(session, ada, age_band="1-2", tone="calming", favourite=True, search="a 100% calm owl")
    factories.story(session, ada, age_band="9-12", state="failed", search="robot")

    def found(**wanted: object) -> list[str]:
        return sorted(
            s.search for s in (session.get_one(Story, c.id) for c in stories.cards(session, ada.id, Filter(**wanted)))
        )  # type: ignore[arg-type]

    assert found(age_band="1-2") == ["a 100% calm owl", "the brave owl"]
    assert found(search="OWL brave") == ["the brave owl"]
    assert found(search="100%") == ["a 100% calm owl"]
    assert found(search="_") == []
    assert found(favourites=True, tone="calming") == ["a 100% calm owl"]
    assert found(state="failed") == ["robot"]
    assert found(moral="courage") == ["the brave owl"]


def test_a_deleted_story_is_gone_comes_back_and_is_purged_after_a_day(database: Database) -> None:
    with database.write() as session:
        ada = factories.user(session)
        story = factories.story(session, ada)
        stories.throw_away(session, ada.id, story.id)
    with database.write() as session:
        assert not stories.any_of(session, ada.id)
        assert stories.purge(session) == 0
        stories.bring_back(session, ada.id, story.id)
    with database.write() as session:
        assert stories.get(session, ada.id, story.id).pages
        session.get_one(Story, story.id).deleted_at = now() - timedelta(days=2)
    with database.write() as session:
        assert stories.purge(session) == 1
        assert session.get(Story, story.id) is None


def test_progress_counts_the_pages_by_state(session: Session) -> None:
    ada = factories.user(session)
    story = factories.story(session, ada, pages=3, state="illustrating")
    story.pages[0].state, story.pages[1].state, story.pages[1].error = (
        "ready",
        "failed",
        message("portrait.failed"),
    )
    session.flush()
    seen = stories.progress(session, ada.id, story.id)
    assert (seen.pages, seen.written, seen.ready, seen.failed, seen.making) == (4, 3, 1, 1, True)


def test_only_a_finished_story_can_be_approved(session: Session) -> None:
    ada = factories.user(session)
    making, story = factories.story(session, ada, state="illustrating"), factories.story(session, ada)
    with pytest.raises(Invalid, match="Only a finished story"):
        stories.set_review(session, ada.id, making.id, "approved")
    stories.set_review(session, ada.id, story.id, "approved")
    assert story.review == "approved"


def test_a_teacher_changes_title_and_words(session: Session) -> None:
    ada = factories.user(session)
    story = factories.story(session, ada)
    stories.retitle(session, ada.id, story.id, " Lantern  Night ")
    stories.rewrite_page(session, ada.id, story.id, 1, "A new line.")
    assert (story.title, story.pages[0].text) == ("Lantern Night", "A new line.")
    assert stories.cards(session, ada.id, Filter(search="lantern night"))
    with pytest.raises(Invalid, match="Title is required"):
        stories.retitle(session, ada.id, story.id, "  ")
    with pytest.raises(NotFound, match="no such page"):
        stories.rewrite_page(session, ada.id, story.id, 9, "x")


def test_cancelling_keeps_what_is_made_and_leaves_a_finished_story_alone(session: Session) -> None:
    ada = factories.user(session)
    making, made = factories.story(session, ada, pages=2, state="illustrating"), factories.story(session, ada)
    for story in (making, made):
        stories.cancel(session, ada.id, story.id)
    assert (making.state, made.state, len(making.pages)) == ("cancelled", "ready", 2)


def test_a_picture_is_redrawn_only_as_often_as_the_plan_allows(session: Session) -> None:
    ada = factories.user(session, plan="free")
    story = factories.story(session, ada)
    story.pages[0].state = "ready"
    for _ in range(2):
        stories.redraw(session, ada, story.id, 1)
        story.state = "illustrating"
        story.state = story.pages[0].state = "ready"
        story.finished_at = now()
    with pytest.raises(LimitReached, match="allows 2 redraws per picture"):
        stories.redraw(session, ada, story.id, 1)
    assert (story.run, story.pages[0].attempt, story.pages[0].state) == (3, 3, "ready")


def test_a_cover_that_the_kit_stood_in_for_is_asked_for_once_more(session: Session) -> None:
    ada = factories.user(session)
    story = factories.story(session, ada, pages=4, cover_id="0" * 32, cover_stand_in=True)
    again = stories.redraw_cover(session, ada, story.id)
    assert (again.state, again.cover_id, again.cover_stand_in, again.run) == ("queued", None, False, 2)


def test_a_cover_as_it_was_asked_for_is_not_drawn_again(session: Session) -> None:
    ada = factories.user(session)
    story = factories.story(session, ada, pages=4, cover_id="0" * 32)
    with pytest.raises(Invalid, match="the illustrator you chose"):
        stories.redraw_cover(session, ada, story.id)


def test_everything_that_the_kit_stood_in_for_is_asked_for_at_once(session: Session) -> None:
    ada = factories.user(session)
    story = factories.story(session, ada, pages=4, cover_id="0" * 32, cover_stand_in=True)
    for page in story.pages[:3]:
        page.state, page.stand_in = "ready", True
    story.pages[2].attempt = 3  # the free plan's last
    again = stories.redraw_stand_ins(session, ada, story.id)
    assert [(page.attempt, page.stand_in) for page in again.pages[:3]] == [(2, False), (2, False), (3, True)]
    assert (again.state, again.cover_id) == ("queued", None)


def test_where_the_plan_redraws_nothing_more_the_pictures_stay(session: Session) -> None:
    ada = factories.user(session)
    story = factories.story(session, ada, pages=4)
    story.pages[0].stand_in, story.pages[0].attempt = True, 3
    with pytest.raises(LimitReached, match="stay as they are"):
        stories.redraw_stand_ins(session, ada, story.id)
