"""Stories: asked for, followed, read, changed, approved and deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from storylib.billing import ledger
from storylib.db import database
from storylib.errors import NotFound, Unavailable
from storylib.generation import jobs
from storylib.identity.api_tokens import Caller
from storylib.library import stories
from storylib.models import Story
from storylib.server.api import PATH
from storylib.server.api.answers import IfMatch, Sentence, require_match, told
from storylib.server.api.bodies import Search, Sent, StoryId, Told, strictly
from storylib.server.api.briefs import StoryWanted
from storylib.server.api.callers import Reader, Writer
from storylib.server.api.idempotency import Idempotent, replayed
from storylib.story.document import StoryDocument
from storylib.vocabulary import AgeBand, Review, StoryState, Tone

router = APIRouter(prefix="/stories", tags=["stories"])
LOOK: Final = 0.5  # seconds between looks at a story that is followed
FOLLOWED: Final = 15 * 60  # seconds; whoever wants more asks again
EVENTS: Final = {"text/event-stream": {"schema": {"type": "string"}}}


class Card(Told):
    """A story as the gallery shows it."""

    id: str
    title: str
    state: StoryState
    review: Review
    age_band: AgeBand
    tone: Tone
    moral: str
    favourite: bool
    cover_id: str | None
    created_at: datetime


class Cards(Told):
    """A page of the gallery, newest first. ``next`` is the value of ``after`` for the page behind it."""

    items: tuple[Card, ...]
    next: str | None


class Progress(Told):
    """How far the making is. ``error`` is a sentence, empty if nothing went wrong."""

    state: StoryState
    making: bool
    title: str
    pages: int
    written: int
    ready: int
    failed: int
    error: Sentence


class StoryAccepted(Told):
    """A story that will be made: where it is, and how to follow it."""

    id: str
    progress_url: str
    events_url: str


class StoryChange(Sent):
    """What to change; what is left out stays."""

    title: str | None = Field(default=None, min_length=1, max_length=120)
    favourite: bool | None = None
    review: Literal["draft", "approved"] | None = None


@router.get("", response_model=Cards)
def list_stories(
    request: Request,
    caller: Reader,
    search: Search = "",
    age_band: AgeBand | None = None,
    tone: Tone | None = None,
    state: StoryState | None = None,
    review: Review | None = None,
    favourites: bool = False,
    after: Annotated[str | None, Query(pattern="^[0-9a-f]{32}$", description="``next`` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 24,
) -> Response:
    """List your stories, newest first, a page at a time."""
    wanted = stories.Filter(search, age_band, tone, None, state, review, favourites)
    with database().read() as session:
        found = stories.cards(session, caller.user.id, wanted, after, limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return told(request, Cards.model_validate({"items": found[:limit], "next": more}))


@router.post("", status_code=202, response_model=StoryAccepted)
def create_story(
    request: Request, body: Annotated[StoryWanted, BeforeValidator(strictly(StoryWanted))], once: Idempotent
) -> Response:
    """Ask for a story. It is made in the background; follow it by ``progress`` or ``events``."""
    asked: list[Story] = []

    def ask(session: Session) -> StoryAccepted:
        user = once.caller.user
        asked.append(stories.ask(session, user, body.brief(session, user), body.character_ids))
        return _accepted(asked[0].id)

    answer, again = once.run(ask)
    _submit(*asked)
    accepted = StoryAccepted(**answer)
    return told(request, accepted, 202, Location=f"{PATH}/stories/{accepted.id}", **replayed(again))


@router.get("/{id}", response_model=StoryDocument)
def get_story(request: Request, id: StoryId, caller: Reader) -> Response:
    """Return a story with its pages, whatever state it is in. Pictures are told by their ids."""
    with database().read() as session:
        return told(request, _document(session, caller, id))


@router.patch("/{id}", response_model=StoryDocument)
def change_story(
    request: Request,
    id: StoryId,
    body: Annotated[StoryChange, BeforeValidator(strictly(StoryChange))],
    caller: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Retitle, mark or approve a story. With ``If-Match`` only if it is what you read; to approve needs it."""
    with database().write() as session:
        if if_match or body.review == "approved":
            require_match(if_match, _document(session, caller, id))
        _change(session, caller, id, body)
    return get_story(request, id, caller)


@router.delete("/{id}", status_code=204)
def delete_story(id: StoryId, caller: Writer) -> None:
    """Delete a story. It can come back for a day."""
    with database().write() as session:
        stories.throw_away(session, caller.user.id, id)


@router.post("/{id}/restore", status_code=204)
def restore_story(id: StoryId, caller: Writer) -> None:
    """Bring a story back that was deleted within a day."""
    with database().write() as session:
        stories.bring_back(session, caller.user.id, id)


@router.post("/{id}/cancel", status_code=204)
def cancel_story(id: StoryId, caller: Writer) -> None:
    """Stop the making. Finished pages are kept; a story that is already made stays as it is."""
    with database().write() as session:
        stories.cancel(session, caller.user.id, id)


@router.post("/{id}/resume", status_code=202, response_model=StoryAccepted)
def resume_story(request: Request, id: StoryId, caller: Writer) -> Response:
    """Make what is missing or failed, and keep the rest. What may have been charged and was lost is paid again."""
    with database().write() as session:
        story = stories.again(session, caller.user.id, id)
    return resumed(request, story)


@router.get("/{id}/progress", response_model=Progress)
def get_progress(request: Request, id: StoryId, caller: Reader) -> Response:
    """Tell how far the making is. Cheap: once a second is fine."""
    return told(request, _progress(caller, id))


@router.get("/{id}/events", response_class=StreamingResponse, responses={200: {"content": EVENTS}})
async def follow_story(id: StoryId, caller: Reader) -> StreamingResponse:
    """Follow the making as server-sent events: ``progress`` at each change, until the story is made."""
    first = await run_in_threadpool(_progress, caller, id)
    unbuffered = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(caller, id, first), 200, unbuffered, "text/event-stream")


async def _events(caller: Caller, story_id: str, seen: Progress) -> AsyncIterator[str]:
    yield _event(seen)
    for _ in range(int(FOLLOWED / LOOK)):
        if not seen.making:
            return
        await asyncio.sleep(LOOK)
        before = seen
        try:
            seen = await run_in_threadpool(_progress, caller, story_id)
        except NotFound:
            return  # it was deleted meanwhile
        yield _event(seen) if seen != before else ": still there\n\n"


def _event(progress: Progress) -> str:
    return f"event: progress\ndata: {progress.model_dump_json()}\n\n"


def _progress(caller: Caller, story_id: str) -> Progress:
    with database().read() as session:
        return Progress.model_validate(stories.progress(session, caller.user.id, story_id))


def _document(session: Session, caller: Caller, story_id: str) -> StoryDocument:
    story = stories.get(session, caller.user.id, story_id)
    cost_usd, approval = ledger.story_cost(session, story_id), stories.approval(session, story)
    return stories.document(story, cost_usd=cost_usd, approval=approval)


def _change(session: Session, caller: Caller, story_id: str, wanted: StoryChange) -> None:
    stories.get(session, caller.user.id, story_id)
    if wanted.title is not None:
        stories.retitle(session, caller.user.id, story_id, wanted.title)
    if wanted.favourite is not None:
        stories.set_favourite(session, caller.user.id, story_id, wanted.favourite)
    if wanted.review is not None:
        stories.set_review(session, caller.user.id, story_id, wanted.review)


def resumed(request: Request, story: Story) -> Response:
    """Start the making of a story whose making was asked for again, and tell how to follow it."""
    _submit(story)
    return told(request, _accepted(story.id), 202, Location=f"{PATH}/stories/{story.id}")


def _submit(*asked: Story) -> None:
    for story in asked:
        with suppress(Unavailable):  # it is kept, and starts by itself
            jobs.submit(story)


def _accepted(story_id: str) -> StoryAccepted:
    here = f"{PATH}/stories/{story_id}"
    return StoryAccepted(id=story_id, progress_url=f"{here}/progress", events_url=f"{here}/events")
