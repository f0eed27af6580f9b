"""What may be asked of a story after its making was first asked for: to stop it, to make it again, other pictures."""

from __future__ import annotations

from sqlalchemy.orm import Session

from storylib.billing import ledger, quotas
from storylib.errors import Invalid, LimitReached
from storylib.library.stories import content, edit
from storylib.library.stories.create import get
from storylib.library.stories.restart import restart
from storylib.library.stories.states import MAKING, held, move, move_page
from storylib.models import Page, Story, User
from storylib.story import Scene


def again(session: Session, user_id: int, story_id: str) -> Story:
    """Start the making once more: what is there is kept, what failed or is missing is made. This ends an approval.

    What may have been charged and was lost is asked for again: whoever calls this has accepted that.

    Raises:
        NotFound: as for ``get``.
        Invalid: it is being made already.
    """
    story = get(session, user_id, story_id)
    for failed in (page for page in story.pages if page.state == "failed"):
        move_page(failed, "written")
        failed.error = None
    ledger.accept_lost(session, story_id)
    return restart(story)


def redraw(session: Session, user: User, story_id: str, number: int) -> Story:
    """Ask for another picture of a page; the one that is there stays until the new one is drawn. This ends an approval.

    What was lost of this page may be paid for again: whoever calls this has accepted that. Nothing else is touched.

    Raises:
        NotFound: no such page of yours.
        Invalid: the story is being made.
        LimitReached: the plan allows no more redraws of a picture, or the requests come too fast.
    """
    allowed = quotas.plan(user).redraws
    wanted = edit.page(session, user.id, story_id, number)
    if wanted.attempt > allowed:
        raise LimitReached("quota.redraws", allowed=allowed)
    quotas.allow_request(session, user)
    story = restart(get(session, user.id, story_id))
    ledger.accept_lost(session, story_id, number)
    _another(wanted)
    return story


def change_scene(session: Session, user: User, story_id: str, number: int, scene: Scene) -> Story:
    """Have a page drawn with another scene; its words stay, and so does its picture until the new one is drawn.

    Raises:
        NotFound, LimitReached: as for ``redraw``.
        Invalid: the story is being made, the scene is the one that is there, or somebody in it is not in the story.
    """
    story = get(session, user.id, story_id)
    if strangers := {actor.name for actor in scene.cast} - {spec.name for spec in story.cast}:
        raise Invalid("scene.strangers", "cast", names=sorted(strangers))
    story = redraw(session, user, story_id, number)
    if not content.set_scene(story, edit.page(session, user.id, story_id, number), scene):
        raise Invalid("scene.same")
    return story


def _another(page: Page) -> None:
    move_page(page, "written")
    page.attempt, page.stand_in = page.attempt + 1, False


def redraw_cover(session: Session, user: User, story_id: str) -> Story:
    """Ask once more for a cover where the Kit stood in.

    Raises:
        NotFound: as for ``get``.
        Invalid: the story is being made, or its cover is as it was asked for.
        LimitReached: the requests come too fast.
    """
    if not get(session, user.id, story_id).cover_stand_in:
        raise Invalid("cover.no-stand-in")
    quotas.allow_request(session, user)
    return _without_stand_in_cover(again(session, user.id, story_id))


def redraw_stand_ins(session: Session, user: User, story_id: str) -> Story:
    """Ask once more for everything that the Kit drew where another illustrator failed.

    Raises:
        NotFound: as for ``get``.
        Invalid: the story is being made.
        LimitReached: the plan redraws none of these pictures any more, or the requests come too fast.
    """
    quotas.allow_request(session, user)
    story, allowed = again(session, user.id, story_id), quotas.plan(user).redraws
    wanted = [page for page in story.pages if page.stand_in and page.attempt <= allowed]
    if not wanted and not story.cover_stand_in:
        raise LimitReached("quota.redraws-of-all", allowed=allowed)
    for page in wanted:
        _another(page)
    return _without_stand_in_cover(story)


def _without_stand_in_cover(story: Story) -> Story:
    if story.cover_stand_in:
        story.cover_id, story.cover_stand_in = None, False
    return story


def cancel(session: Session, user_id: int, story_id: str) -> None:
    """Stop the making; finished pages are kept. A story that is already made stays as it is.

    Raises:
        NotFound: as for ``get``.
    """
    story = get(session, user_id, story_id)
    if making := held(session, story.id, MAKING):
        move(making, "cancelled")
