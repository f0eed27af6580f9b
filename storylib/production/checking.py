"""What comes before a written page is drawn: is it fit for children, and can they read it?

Hand-written text needs neither. Text of other writers is checked; what is blocked is softened once, then left for the
teacher. Where whoever is asked answers no verdict, the page says that it is unchecked, and the book goes on.
Text outside the age band is rewritten at most twice; the better version is kept, and both are measured.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from storylib import reading
from storylib.db import Database
from storylib.errors import LimitReached, ProviderError
from storylib.manuscript import Brief, Model, PageDraft, Sheet
from storylib.models import Page, Story, User
from storylib.production.calls import Place, call
from storylib.providers import Provider, provider
from storylib.providers.base import Usage, Verdict

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
    take: int


@dataclass(frozen=True)
class _Job:
    """One page under the lamp."""

    story_id: str
    owner_id: int
    maker: Provider
    brief: Brief
    cast: tuple[Sheet, ...]
    draft: PageDraft

    @property
    def place(self) -> Place:
        return self.owner_id, self.story_id, self.draft.number


def review(database: Database, story_id: str, number: int) -> bool:
    """Whether a page may be drawn and shown, once it is checked and brought into its band."""
    if not _check(database, story_id, number):
        return False
    _fit(database, story_id, number)
    return True


def _check(database: Database, story_id: str, number: int) -> bool:
    """What was found is written on the page."""
    job = _job(database, story_id, number)
    if job is None or job.maker.hand_written:
        return True
    try:
        if _passes(database, job):
            return True
        softened = _rewritten(database, job, "Parts of it are not fit for young children. Make it gentle.")
        if _passes(database, softened):
            _replace(database, softened)
            return True
    except (ProviderError, LimitReached) as error:
        _leave(database, job, f"This page could not be checked ({error}) Please read it yourself before you use it.")
        return False
    _leave(database, job, "This page needs you: its text was not fit for children. Please write it anew.")
    return False


def _job(database: Database, story_id: str, number: int) -> _Job | None:
    with database.read() as session:
        story, page = session.get(Story, story_id), session.get(Page, (story_id, number))
        if story is None or page is None or page.state != "written" or page.image_id:
            return None
        facts = {name: getattr(page, name) for name in ("number", "text", "scene", "description", "alt")}
        maker = provider(story.provider, session.get_one(User, story.owner_id))
        return _Job(story_id, story.owner_id, maker, story.brief, story.cast, PageDraft(**facts))


def _passes(database: Database, job: _Job) -> bool:
    moderator = job.maker.moderator
    if moderator is None:
        return True

    def ask() -> tuple[Verdict, Usage]:
        verdict = moderator.check(job.draft.text, job.cast)
        return verdict, verdict.usage

    try:
        verdict = call(database, job.maker, "check", _Text(check=job.draft.text), job.place, ask, Verdict)
    except ProviderError as error:
        if error.kind in _NO_WAY_ON:
            raise
        _record(database, job, {"check": "moderation", "skipped": str(error)})
        return True
    _record(database, job, {"check": verdict.check, "flags": list(verdict.flags), "scores": verdict.scores})
    return not verdict.flags


def _rewritten(database: Database, job: _Job, problem: str, take: int = 1) -> _Job:
    what = _Rewriting(page=job.draft, problem=problem, take=take)

    def ask() -> tuple[PageDraft, Usage]:
        return job.maker.writer.rewrite(job.brief, job.draft, problem)

    draft = call(database, job.maker, "write", what, job.place, ask, PageDraft)
    return _Job(job.story_id, job.owner_id, job.maker, job.brief, job.cast, draft)


def _fit(database: Database, story_id: str, number: int) -> None:
    """Bring a page into its age band, if its writer can; a try that fails leaves it as it is."""
    job = _job(database, story_id, number)
    if job is None or job.maker.hand_written:
        return
    best, wrong = job, _outside(job)
    for take in range(1, REWRITES + 1):
        if not wrong:
            break
        try:
            again = _rewritten(database, best, f"For ages {job.brief.age_band} it has {'; '.join(wrong)}.", take)
        except (ProviderError, LimitReached):
            break
        if len(_outside(again)) < len(wrong):
            best, wrong = again, _outside(again)
    with suppress(ProviderError, LimitReached):
        if best is not job and _passes(database, best):
            _replace(database, best, before=asdict(_measured(job)))


def _outside(job: _Job) -> list[str]:
    return reading.outside(_measured(job), job.brief.age_band)


def _measured(job: _Job) -> reading.Level:
    return reading.measure(job.draft.text, job.brief.age_band, [sheet.name for sheet in job.cast])


def _replace(database: Database, job: _Job, before: dict[str, Any] | None = None) -> None:
    with database.write() as session:
        page = session.get(Page, (job.story_id, job.draft.number))
        if page is not None:
            page.text, page.alt, page.level = job.draft.text, job.draft.alt, asdict(_measured(job))
            page.level_before = before or page.level_before


def _record(database: Database, job: _Job, said: dict[str, Any]) -> None:
    with database.write() as session:
        page = session.get(Page, (job.story_id, job.draft.number))
        if page is not None and said not in page.checks:
            page.checks = [*page.checks, said]


def _leave(database: Database, job: _Job, sentence: str) -> None:
    with database.write() as session:
        page = session.get(Page, (job.story_id, job.draft.number))
        if page is not None:
            page.state, page.error = "failed", sentence
