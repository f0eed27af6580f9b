"""The text of a story: asked of the writer once, stored page by page as it arrives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storylib import ledger, reading
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.manuscript import Brief, Opening, PageDraft, Part
from storylib.models import Call, Page, Story, now
from storylib.production.clock import Clock
from storylib.providers import Provider, provider
from storylib.providers.base import Usage
from storylib.stories import move, searchable

_PARTS: TypeAdapter[list[Part]] = TypeAdapter(list[Part])


def write(database: Database, story_id: str) -> None:
    """Write what is not written yet, storing each page as it arrives. A cancelled story is left alone."""
    begun = _begin(database, story_id)
    if begun is None:
        return
    maker, brief, call = begun
    clock = Clock()
    try:
        written = _store_all(database, story_id, _parts(maker, brief, call))
    except ProviderError as error:
        _give_up(database, story_id, call.id, error, clock.ms)
        return
    if written is not None:
        _finish(database, story_id, maker, call, written, clock.ms)


def _begin(database: Database, story_id: str) -> tuple[Provider, Brief, Call] | None:
    with database.write() as session:
        story = session.get(Story, story_id)
        if story is None or story.state not in ("queued", "writing"):
            return None
        if story.title and _pages(session, story_id) == story.brief.pages:
            story.state = "illustrating"  # an earlier run wrote it all
            return None
        story.state = "writing"
        maker = provider(story.provider)
        mark = ledger.fingerprint(maker.name, maker.model, story.brief)
        ask = ledger.Ask(story.owner_id, "write", maker.name, maker.model, mark, maker.free, story_id=story_id)
        return maker, story.brief, ledger.reserve(session, ask)


def _pages(session: Session, story_id: str) -> int:
    return session.scalar(select(func.count()).select_from(Page).where(Page.story_id == story_id)) or 0


def _parts(maker: Provider, brief: Brief, call: Call) -> Iterable[Part]:
    ledger.refuse_unknown(call)
    if call.state == "settled":
        return _PARTS.validate_python(call.result)
    return (part for part in maker.writer.write(brief) if not isinstance(part, Usage))


def _store_all(database: Database, story_id: str, parts: Iterable[Part]) -> list[Part] | None:
    """Store each part as it comes; None when the story was cancelled or deleted meanwhile.

    The row in the ledger then stays reserved, and is taken up when the teacher goes on.
    """
    written = []
    for part in parts:
        with database.write() as session:
            story = session.get(Story, story_id)
            if story is None or story.state != "writing":
                return None
            _store(session, story, part)
        written.append(part)
    return written


def _store(session: Session, story: Story, part: Part) -> None:
    if isinstance(part, Opening):
        story.title, story.cover_scene = part.title, part.cover
        story.supporting = [sheet.model_dump(mode="json", exclude_defaults=True) for sheet in part.supporting]
        story.search = searchable(part.title, story.brief)
    elif isinstance(part, PageDraft):
        if session.get(Page, (story.id, part.number)) is None:
            session.add(_page(story, part))
    else:
        story.extras = part


def _page(story: Story, draft: PageDraft) -> Page:
    level = reading.measure(draft.text, story.age_band, [sheet.name for sheet in story.cast])
    facts = draft.model_dump(include={"number", "text", "alt", "description"})
    return Page(story_id=story.id, scene=draft.scene, level=asdict(level), **facts)


def _finish(database: Database, story_id: str, maker: Provider, call: Call, written: list[Part], ms: int) -> None:
    with database.write() as session:
        if call.state != "settled":
            result = _PARTS.dump_python(written, mode="json")
            ledger.settle(session, call.id, Usage(), ledger.FREE if maker.free else None, ms, result=result)
        move(session, story_id, "writing", "illustrating")


def _give_up(database: Database, story_id: str, call_id: int, error: ProviderError, ms: int) -> None:
    with database.write() as session:
        ledger.fail(session, call_id, error, ms)
        if move(session, story_id, "writing", "failed"):
            story = session.get_one(Story, story_id, populate_existing=True)
            story.error, story.finished_at = f"{error} The pages that were written are kept.", now()


def is_written(database: Database, story_id: str, number: int) -> bool | None:
    """Whether a page is there to be drawn; None while that is not yet known."""
    with database.read() as session:
        state = session.scalar(select(Story.state).where(Story.id == story_id))  # first: pages only become more
        if session.get(Page, (story_id, number)) is not None:
            return True
        return None if state in ("queued", "writing") else False
