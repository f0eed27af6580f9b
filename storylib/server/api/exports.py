"""A finished story as a file."""

from __future__ import annotations

from typing import Any, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from storylib.db import database
from storylib.exports import formats
from storylib.exports.formats import Source
from storylib.identity.api_tokens import Caller
from storylib.library import images, stories
from storylib.server.api.answers import REVALIDATED, kept, tag
from storylib.server.api.bodies import StoryId
from storylib.server.api.callers import Reader

router = APIRouter(prefix="/stories/{id}/exports", tags=["stories"])
Format = Literal["pdf", "booklet", "booklet-letter", "print-pdf", "epub", "pptx", "zip"]
FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file",
        "content": {form.mime: {"schema": {"type": "string"}} for form in formats.FORMATS.values()},
    },
}


@router.get("/{format}", response_class=Response, responses=FILES)
def export_story(request: Request, id: StoryId, format: Format, caller: Reader) -> Response:
    """Make a file of a finished story. The same story gives the same bytes."""
    file = formats.export(format, _source(caller, id))
    name = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
    return kept(request, file.data, file.mime, tag(file.data), REVALIDATED, 200, name)


def _source(caller: Caller, story_id: str) -> Source:
    def picture(image_id: str) -> bytes:
        with database().read() as session:
            return images.data(session, caller.user, image_id)

    with database().read() as session:
        story = stories.get(session, caller.user.id, story_id)
        return Source(stories.document(story, approval=stories.approval(session, story)), picture)
