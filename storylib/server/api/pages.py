"""The pages of a story: read, rewritten and drawn anew."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session

from storylib.db import database
from storylib.identity.api_tokens import Caller
from storylib.library import stories
from storylib.server.api.answers import IfMatch, Sentence, require_match, told
from storylib.server.api.bodies import PageNumber, Sent, StoryId, Told, strictly
from storylib.server.api.callers import Reader, Writer
from storylib.server.api.stories import StoryAccepted, resumed
from storylib.story import Scene
from storylib.vocabulary import PageState

router = APIRouter(prefix="/stories/{id}/pages", tags=["pages"])


class Page(Told):
    """A page. ``image_id`` is its picture's, None while there is none; ``error`` is a sentence."""

    number: int
    state: PageState
    text: str
    alt: str
    scene: Scene
    image_id: str | None
    made_by: str
    teacher_text: bool
    error: Sentence


class Pages(Told):
    """The pages of a story that are written."""

    items: tuple[Page, ...]


class PageChange(Sent):
    """The page's new words."""

    text: str = Field(min_length=1, max_length=2000)


@router.get("", response_model=Pages)
def list_pages(request: Request, id: StoryId, caller: Reader) -> Response:
    """List the pages of a story that are written."""
    with database().read() as session:
        found = stories.get(session, caller.user.id, id).pages
        return told(request, Pages.model_validate({"items": found}))


@router.get("/{number}", response_model=Page)
def get_page(request: Request, id: StoryId, number: PageNumber, caller: Reader) -> Response:
    """Return one page."""
    with database().read() as session:
        return told(request, _page(session, caller, id, number))


@router.patch("/{number}", response_model=Page)
def change_page(
    request: Request,
    id: StoryId,
    number: PageNumber,
    body: Annotated[PageChange, BeforeValidator(strictly(PageChange))],
    caller: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Give a page that you read other words: ``If-Match`` is its ETag. This ends the story's approval."""
    with database().write() as session:
        require_match(if_match, _page(session, caller, id, number))
        stories.rewrite_page(session, caller.user.id, id, number, body.text)
    return get_page(request, id, number, caller)


@router.post("/{number}/redraw", status_code=202, response_model=StoryAccepted)
def redraw_page(request: Request, id: StoryId, number: PageNumber, caller: Writer) -> Response:
    """Have another picture drawn; the one that is there stays until then. This ends the story's approval."""
    with database().write() as session:
        story = stories.redraw(session, caller.user, id, number)
    return resumed(request, story)


def _page(session: Session, caller: Caller, story_id: str, number: int) -> Page:
    return Page.model_validate(stories.page(session, caller.user.id, story_id, number))
