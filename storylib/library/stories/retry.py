"""What an administrator does with a story that is somebody else's: have it made again, without reading it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from storylib.errors import NotFound
from storylib.identity import access, audit
from storylib.identity.access import Principal
from storylib.library.stories import remake, states
from storylib.models import Story, User


def retry(session: Session, actor: Principal, story_id: str) -> Story:
    """Start the making of a story that failed once more; one that is stuck is to be queued again as it is.

    Raises:
        Refused: the actor is no administrator.
        NotFound: there is no such story, or its owner deleted it.
    """
    administrator = access.require(session, actor, "retry stories")
    story = session.get(Story, story_id)
    if story is None or story.deleted_at:
        raise NotFound("story.missing")
    before, owner = {"story": story.id, "state": story.state}, session.get_one(User, story.owner_id)
    if story.state not in states.MAKING:
        remake.again(session, story.owner_id, story_id)
    audit.write(session, administrator, "story retried", owner.username, before, {"state": story.state})
    return story
