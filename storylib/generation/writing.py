"""The text of a story: stored page by page as it arrives; an answer that breaks off is asked for what it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.billing import ledger
from storylib.billing.money import Usage
from storylib.db import Database
from storylib.errors import LimitReached, ProviderError
from storylib.errors.messages import Message, message
from storylib.generation.calls import admit, ask_of, watched
from storylib.generation.registry import PricedProvider, provider_for
from storylib.generation.stopwatch import Clock
from storylib.library.stories import content, states
from storylib.models import Call, Page, Story, User
from storylib.story import Brief, CharacterSpec, Extras, Opening, PageDraft, Part
from storylib.vocabulary import StoryState

STOPPED = ProviderError("writing.stopped", "truncated", maybe_paid=True)
UNWRITTEN: tuple[StoryState, ...] = ("queued", "writing")
REPAIRS = 2  # how often a writer is asked for the pages that its answer lacked
_BROKEN = ("truncated", "bad_output")  # the server did answer, so the call is over and counted
_PARTS: TypeAdapter[list[Part]] = TypeAdapter(list[Part])


@dataclass(frozen=True)
class _Turn:
    """One call to a writer: what is there already, and its row in the ledger."""

    story_id: str
    run: int
    provider: PricedProvider
    brief: Brief
    written: list[Part]
    call: Call

    def parts(self) -> Iterable[Part | Usage]:
        ledger.refuse_lost(self.call)
        if self.call.state == "settled":
            return _PARTS.validate_python(self.call.result)
        return self.provider.writer.write(self.brief, self.written)


def write(database: Database, story_id: str, run: int) -> None:
    """Write what is not written yet, storing each page as it arrives. A cancelled story is left alone, and so is one
    that was asked for again since this run of it."""
    for repair in range(REPAIRS + 1):
        try:
            turn = _begin(database, story_id, run)
        except (LimitReached, ProviderError) as error:
            _give_up(database, story_id, run, error.message)
            return
        if turn is None or _take(database, turn, last=repair == REPAIRS):
            return


def _begin(database: Database, story_id: str, run: int) -> _Turn | None:
    """Reserve the next call, or None: there is nothing to write."""
    with database.write() as session:
        story = states.held(session, story_id, UNWRITTEN, run)
        if story is None:
            return None
        provider = provider_for(story.provider, session.get_one(User, story.owner_id))
        written = [] if story.revision_id else _written(session, story)
        if story.revision_id or _complete(story.brief, written):  # a teacher changes what is written, and no more comes
            states.move(story, "illustrating")  # an earlier run wrote it all
            _count_cut_off(session, story, provider)
            return None
        states.move(story, "writing")
        return _Turn(story_id, run, provider, story.brief, written, _reserve(session, story, provider, len(written)))


def _written(session: Session, story: Story) -> list[Part]:
    if not (story.title and story.cover_scene):
        return []
    supporting = tuple(CharacterSpec.model_validate(spec) for spec in story.supporting)
    parts: list[Part] = [Opening(title=story.title, supporting=supporting, cover=story.cover_scene)]
    for page in session.scalars(select(Page).where(Page.story_id == story.id).order_by(Page.number)):
        facts = {name: getattr(page, name) for name in ("number", "text", "scene", "description", "alt")}
        parts.append(PageDraft(**facts))
    return [*parts, story.extras] if story.extras else parts


def _complete(brief: Brief, parts: Iterable[Part]) -> bool:
    return sum(isinstance(part, PageDraft) for part in parts) == brief.pages


def _reserve(session: Session, story: Story, provider: PricedProvider, there: int) -> Call:
    mark = ledger.fingerprint(provider.name, provider.model("write"), story.brief, attempt=1 + there)
    ask = ask_of(provider, "write", (story.owner_id, story.id, None), mark, story.brief.pages)
    ledger.give_up_others(session, ask)
    return admit(session, provider, "write", ask)


def _count_cut_off(session: Session, story: Story, provider: PricedProvider) -> None:
    """An earlier run wrote it all and was cut off before it counted what that cost."""
    for call in ledger.left(session, story.id):
        if call.operation == "write" and call.page_number is None and (call.sent_at or provider.free):
            ledger.settle(session, call.id, Usage(), _cost(provider, call, None, story.brief.pages), None)
            ledger.release_fingerprint(session, call)  # which of the parts it brought is not known any more


def _take(database: Database, turn: _Turn, *, last: bool) -> bool:
    """Carry out one call; True when the writing is over, whatever way."""
    clock, arrived, usage, failure = Clock(), list[Part](), None, None
    try:
        with watched(database, turn.provider, "write", turn.call):
            for part in turn.parts():
                if isinstance(part, Usage):
                    usage = part
                elif _store(database, turn, part):
                    arrived.append(part)
                else:
                    _close(database, turn, arrived, usage, STOPPED, clock.ms)
                    return True
    except ProviderError as error:
        failure = error
    complete = _complete(turn.brief, turn.written + arrived)
    _close(database, turn, arrived, usage, None if complete else failure, clock.ms)
    if complete:
        with database.write() as session:
            if story := states.held(session, turn.story_id, ["writing"], turn.run):
                states.move(story, "illustrating")
        return True
    failure = failure or ProviderError("writing.pages-missing", "truncated", maybe_paid=True)
    again = failure.kind in _BROKEN or (failure.kind == "timeout" and not failure.maybe_paid)
    if not last and not failure.permanent and (arrived or again):
        return False
    _give_up(database, turn.story_id, turn.run, message("writing.kept", why=failure.message))
    return True


def _store(database: Database, turn: _Turn, part: Part) -> bool:
    """Keep one part; False when the story was cancelled, deleted or asked for again meanwhile."""
    with database.write() as session:
        story = content.locked(session, turn.story_id)
        if story is None or story.run != turn.run or story.state != "writing":
            return False
        if isinstance(part, Opening):
            content.entitle(story, part.title)
            story.cover_scene = part.cover
            story.supporting = [spec.model_dump(mode="json", exclude_defaults=True) for spec in part.supporting]
        elif isinstance(part, Extras):
            story.extras = part
        elif session.get(Page, (story.id, part.number)) is None:
            session.add(content.new_page(story, part))
    return True


def _close(
    database: Database, turn: _Turn, arrived: list[Part], usage: Usage | None, failure: ProviderError | None, ms: int
) -> None:
    """Settle what brought something; an incomplete answer makes way for the call that asks for the rest."""
    if turn.call.state == "settled":
        return
    with database.write() as session:
        if failure and not (arrived or usage):
            ledger.fail(session, turn.call.id, failure, ms)  # what it cost, if anything, is not known
            if failure.kind in _BROKEN:
                ledger.release_fingerprint(session, session.get_one(Call, turn.call.id))
            return
        result = _PARTS.dump_python(arrived, mode="json")
        cost = _cost(turn.provider, turn.call, usage, turn.brief.pages)
        unusable = failure.kind if failure else None
        ledger.settle(session, turn.call.id, usage or Usage(), cost, ms, result=result, unusable=unusable)
        if failure:
            ledger.release_fingerprint(session, session.get_one(Call, turn.call.id))


def _cost(provider: PricedProvider, call: Call, usage: Usage | None, pages: int) -> Decimal | None:
    """By the server's own count; where the answer broke off before it, the estimate stands."""
    if usage or provider.free:
        return provider.cost("write", usage)
    return expected.high if (expected := provider.estimate("write", pages)) else call.estimate_usd


def _give_up(database: Database, story_id: str, run: int, why: Message) -> None:
    with database.write() as session:
        if story := states.held(session, story_id, UNWRITTEN, run):
            states.move(story, "failed", why)


def break_off(database: Database, story_id: str, run: int) -> None:
    """Something broke that nobody foresaw: say so, and keep what is there."""
    _give_up(database, story_id, run, message("writing.interrupted"))


def is_written(database: Database, story_id: str, run: int, number: int) -> bool | None:
    """Whether a page is there to be drawn by this run of the story; None while that is not yet known."""
    with database.read() as session:
        # First the state: pages only become more.
        state = session.scalar(select(Story.state).where(Story.id == story_id, Story.run == run))
        if state is None:
            return False
        if session.get(Page, (story_id, number)) is not None:  # one that was taken out too: its successors follow it
            return True
        return None if state in UNWRITTEN else False
