"""What comes before a written page is drawn: is it fit for children, and can they read it?

Hand-written text needs neither. Text of other writers is checked; what is blocked is softened once, then left for the
teacher. Where whoever is asked answers no verdict, the page says that it is unchecked, and the book goes on.
Text outside the age band is rewritten at most twice; the better version is kept, and both are measured.
A text that the teacher wrote is checked, and never rewritten.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from storylib.billing.money import Usage
from storylib.db import Database
from storylib.errors import LimitReached, ProviderError
from storylib.errors.messages import Message, message
from storylib.generation import check_results
from storylib.generation.calls import Subject, call
from storylib.generation.registry import PricedProvider, provider_for
from storylib.library.stories import content, states
from storylib.models import Page, Story, User
from storylib.providers.contract import Verdict
from storylib.story import Brief, CharacterSpec, Model, PageDraft, reading_level

_Finding = dict[str, Any]
REWRITES = 2  # tries at bringing a page into its band
# A check that ends so leaves the page to the teacher: the server is away, and trying again later helps; or what it said
# is no verdict, but no good sign either.
_NO_WAY_ON = ("unreachable", "blocked")


class _Text(Model):
    """A text to be checked: what the ledger knows the check by."""

    check: str


class _Rewriting(Model):
    """A page to be rewritten, why, and which try it is."""

    page: PageDraft
    problem: str
    attempt: int


@dataclass(frozen=True)
class _Job:
    """One page under the lamp."""

    story_id: str
    owner_id: int
    provider: PricedProvider
    brief: Brief
    cast: tuple[CharacterSpec, ...]
    number: int  # of the page; its draft says where it stands
    draft: PageDraft
    own: bool  # the teacher wrote it, so it stays
    new: bool  # its writer wrote it, and it has not been drawn yet

    @property
    def subject(self) -> Subject:
        return self.owner_id, self.story_id, self.number


def review(database: Database, story_id: str, number: int) -> bool:
    """Whether a page may be drawn and shown, once it is checked and brought into its band."""
    recheck(database, story_id, number)
    if not _check(database, story_id, number):
        return False
    _fit(database, story_id, number)
    return True


def recheck(database: Database, story_id: str, number: int) -> list[str]:
    """Check a text that a teacher wrote in place of a writer's: what is wrong with it, which is written on the page.

    The text stays as it is, and so does the page: what to do about it is the teacher's to decide.
    """
    job = _job(database, story_id, number)
    if job is None or not job.own:
        return []
    try:
        said = _judged(database, job)
    except (ProviderError, LimitReached) as error:
        said = check_results.skipped("moderation", error.message)
    _record(database, job, said)
    return list(said.get("flags", ())) if said else []


def _check(database: Database, story_id: str, number: int) -> bool:
    """What was found is written on the page."""
    job = _job(database, story_id, number)
    if job is None or not job.new:
        return True
    try:
        _record(database, job, said := _judged(database, job))
        if _passes(said):
            return True
        softened = _rewritten(database, job, "Parts of it are not fit for young children. Make it gentle.")
        if _passes(better := _judged(database, softened)):
            _replace(database, softened, better)
            return True
    except (ProviderError, LimitReached) as error:
        _leave(database, job, message("page.unchecked", why=error.message))
        return False
    _leave(database, job, message("page.unfit"))
    return False


def _job(database: Database, story_id: str, number: int) -> _Job | None:
    with database.read() as session:
        story, page = session.get(Story, story_id), session.get(Page, (story_id, number))
        if story is None or page is None or page.position is None:
            return None
        provider = provider_for(story.provider, session.get_one(User, story.owner_id))
        if provider.hand_written:
            return None
        facts = {name: getattr(page, name) for name in ("text", "scene", "description", "alt")}
        new = page.state == "written" and page.image_id is None and not page.teacher_text
        draft = PageDraft(number=page.position, **facts)
        return _Job(story_id, story.owner_id, provider, story.brief, story.cast, number, draft, page.teacher_text, new)


def _judged(database: Database, job: _Job) -> _Finding | None:
    """What a check says of the text; None where its writer's server has none."""
    moderator = job.provider.moderator
    if moderator is None:
        return None

    def ask() -> tuple[Verdict, Usage]:
        verdict = moderator.check(job.draft.text, job.cast)
        return verdict, verdict.usage

    try:
        verdict = call(database, job.provider, "check", _Text(check=job.draft.text), job.subject, ask, Verdict)
    except ProviderError as error:
        if error.kind in _NO_WAY_ON:
            raise
        return check_results.skipped("moderation", error.message)
    return {"check": verdict.check, "flags": list(verdict.flags), "scores": verdict.scores}


def _passes(said: _Finding | None) -> bool:
    return said is None or not said.get("flags")


def _rewritten(database: Database, job: _Job, problem: str, attempt: int = 1) -> _Job:
    what = _Rewriting(page=job.draft, problem=problem, attempt=attempt)

    def ask() -> tuple[PageDraft, Usage]:
        return job.provider.writer.rewrite(job.brief, job.draft, problem)

    draft = call(database, job.provider, "write", what, job.subject, ask, PageDraft)
    return replace(job, draft=draft)


def _fit(database: Database, story_id: str, number: int) -> None:
    """Bring a page into its age band, if its writer can; a try that fails leaves it as it is."""
    job = _job(database, story_id, number)
    if job is None or not job.new:
        return
    best, wrong = job, _outside(job)
    for attempt in range(1, REWRITES + 1):
        if not wrong:
            break
        try:
            again = _rewritten(database, best, f"For ages {job.brief.age_band} it has {'; '.join(wrong)}.", attempt)
        except (ProviderError, LimitReached):
            break
        if len(_outside(again)) < len(wrong):
            best, wrong = again, _outside(again)
    with suppress(ProviderError, LimitReached):
        if best is not job and _passes(said := _judged(database, best)):
            _replace(database, best, said, before=asdict(_measured(job)))


def _outside(job: _Job) -> list[str]:
    return reading_level.outside(_measured(job), job.brief.age_band)


def _measured(job: _Job) -> reading_level.Level:
    return reading_level.of_pages([job.draft.text], job.brief, job.cast)


def _replace(database: Database, job: _Job, said: _Finding | None, before: dict[str, Any] | None = None) -> None:
    """Give the page the better text, unless the teacher wrote one meanwhile."""
    with database.write() as session:
        story = content.locked(session, job.story_id)
        page = session.get(Page, (job.story_id, job.number))
        if story and page:
            content.set_text(story, page, job.draft.text, alt=job.draft.alt, level_before=before)
    _record(database, job, said)


def _record(database: Database, job: _Job, said: _Finding | None) -> None:
    """Write a finding down, if the page still has the text that it is about."""
    with database.write() as session:
        content.locked(session, job.story_id)
        page = session.get(Page, (job.story_id, job.number))
        if page and said and page.text == job.draft.text:
            content.add_check(page, said)


def _leave(database: Database, job: _Job, why: Message) -> None:
    with database.write() as session:
        page = session.get(Page, (job.story_id, job.number))
        if page is not None and page.text == job.draft.text and page.state != "ready":
            states.move_page(page, "failed", why)
