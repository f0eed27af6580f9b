"""Where a story of the library comes from: its document, and its pictures, each read when it is needed."""

from __future__ import annotations

from storylib.db import Database
from storylib.errors import NotFound
from storylib.exports.formats import Source
from storylib.identity.access import SYSTEM
from storylib.library import images, stories
from storylib.models import Story


def source(database: Database, story_id: str, owner_id: int | None = None) -> Source:
    """Return a story to export; with ``owner_id``, only one of that person's.

    Raises:
        NotFound: there is none with this id, it was deleted, or it is somebody else's.
    """

    def picture(image_id: str) -> bytes:
        with database.read() as session:
            return images.data(session, SYSTEM, image_id)  # the story named it, and its owner was asked for above

    with database.read() as session:
        story = session.get(Story, story_id)
        if story is None or owner_id not in (None, story.owner_id):
            raise NotFound("There is no such story.")
        story = stories.get(session, story.owner_id, story_id)  # not one that was deleted
        told = stories.document(story, approval=stories.approval(session, story))
    return Source(told, picture)
