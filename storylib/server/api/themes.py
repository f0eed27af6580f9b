"""What the providers make of a theme, before a story is asked for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BeforeValidator

from storylib.db import database
from storylib.library import stories
from storylib.providers import catalog
from storylib.server.api.answers import told
from storylib.server.api.bodies import strictly
from storylib.server.api.briefs import StoryWanted
from storylib.server.api.callers import Reader
from storylib.story.document import ThemeRecord

router = APIRouter(prefix="/themes", tags=["themes"])


@router.post("", response_model=ThemeRecord)
def check_theme(
    request: Request, body: Annotated[StoryWanted, BeforeValidator(strictly(StoryWanted))], caller: Reader
) -> Response:
    """Tell whether a story would be about its theme, only mention it, or not know it. Nothing is kept or started."""
    with database().read() as session:
        brief = stories.checked(body.brief(session, caller.user))
    said = catalog.provider(brief.provider).preview(brief).theme
    known = ThemeRecord.model_validate(said, from_attributes=True) if said else ThemeRecord(asked=brief.theme)
    return told(request, known)
