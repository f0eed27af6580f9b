"""What a drawn picture goes through: is it fit for children, and does its cast look like its portraits?

The Kit's pictures need neither. Of others, one that is not fit is drawn once more from its scene alone, without the
writer's prose; then the Kit draws. A portrait that is not fit is not shown; the teacher may ask for another. A page
that is unlike its portraits is drawn once more, within the budget, and the better one is shown. What was found is
written on the page; of a cover and of a portrait only the ledger knows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from storylib.billing import ledger, quotas
from storylib.db import Database
from storylib.errors import LimitReached, ProviderError
from storylib.generation import check_results
from storylib.generation.calls import Place, call
from storylib.generation.drawing import COVER, turn_down
from storylib.generation.portrait_drawing import Spot, portraits_of, turn_down_candidate
from storylib.generation.registry import Provider, provider
from storylib.library import images, pending_images
from storylib.library.stories import content
from storylib.models import Candidate, Character, Page, Story, User
from storylib.providers.contract import Duty, Onlooker, Picture, Resemblance, Usage, Verdict
from storylib.story.manuscript import Model, Sheet

LIKE_ENOUGH = 0.6  # of 1; under it a picture is drawn once more


class _Seen(Model):
    """A picture that is looked at, by its SHA-256, and beside what."""

    looked_at_for: str
    picture: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Look:
    """A picture under the lamp."""

    maker: Provider
    place: Place
    picture: Picture

    def sight(self, why: str, beside: tuple[bytes, ...] = ()) -> _Seen:
        """What the ledger knows it by."""
        return _Seen(looked_at_for=why, picture=_sha(self.picture.data), beside=tuple(map(_sha, beside)))


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- fit for children


def inspect(database: Database, story_id: str, number: int, fingerprint: str) -> bool:
    """Whether a drawn picture may be shown; one that may not is charged, dropped, and to be drawn otherwise.

    Raises:
        Unavailable: the database does not take it now; to be repeated.
    """

    def find(session: Session, picture: Picture) -> _Look | None:
        story, page = session.get(Story, story_id), session.get(Page, (story_id, number))
        if story is None or (page.stand_in if page else story.cover_stand_in):
            return None
        return _lit(session, story.brief.illustrator, (story.owner_id, story_id, number or None), picture)

    return _is_fit(database, fingerprint, find, partial(turn_down, database, story_id, number))


def inspect_candidate(database: Database, spot: Spot, fingerprint: str) -> bool:
    """The same for a portrait to choose from; the teacher is told of one that may not be shown.

    Raises:
        Unavailable: the database does not take it now; to be repeated.
    """

    def find(session: Session, picture: Picture) -> _Look | None:
        candidate, character = session.get(Candidate, spot), session.get(Character, spot.character_id)
        if candidate is None or character is None:
            return None
        return _lit(session, candidate.provider, (character.owner_id, None, None), picture)

    return _is_fit(database, fingerprint, find, partial(turn_down_candidate, database, spot))


def _lit(session: Session, name: str, place: Place, picture: Picture) -> _Look | None:
    maker = provider(name, session.get_one(User, place[0]))
    return None if maker.hand_written else _Look(maker, place, picture)


def _is_fit(
    database: Database,
    fingerprint: str,
    find: Callable[[Session, Picture], _Look | None],
    turn_down: Callable[[str, Verdict], None],
) -> bool:
    with database.read() as session:
        row, spooled = ledger.find(session, fingerprint), pending_images.get(fingerprint)
        look = find(session, spooled[0]) if spooled else None
    if row is not None and ledger.is_spoilt(row):
        pending_images.drop(fingerprint)  # a crash came in between
        return False
    verdict = _judged(database, look) if look else None
    if verdict is None:
        return True
    if verdict.flags:
        turn_down(fingerprint, verdict)
        return False
    _note(database, look, verdict)
    return True


def _judged(database: Database, look: _Look) -> Verdict | None:
    """By the first that can: the moderation endpoint, else a model that looks; None, and a note why, if nobody can."""
    sentence = "Nobody checks pictures here."
    checkers: list[tuple[Duty, Onlooker | None]] = [("check", look.maker.moderator), ("look", look.maker.onlooker)]
    for duty, checker in checkers:
        if checker is None:
            continue
        try:
            return call(database, look.maker, duty, look.sight("fitness"), look.place, _asking(checker, look), Verdict)
        except (ProviderError, LimitReached) as error:
            sentence = str(error)
    _note(database, look, sentence)
    return None


def _asking(checker: Onlooker, look: _Look) -> Callable[[], tuple[Verdict, Usage]]:
    def ask() -> tuple[Verdict, Usage]:
        verdict = checker.check(look.picture)
        return verdict, verdict.usage

    return ask


def _note(database: Database, look: _Look | None, found: Verdict | str) -> None:
    with database.write() as session:
        page = session.get(Page, look.place[1:]) if look and look.place[2] else None
        if page and isinstance(found, str):
            check_results.note(page, check="moderation of the picture", skipped=found)
        elif page and isinstance(found, Verdict):
            check_results.note(page, check=f"{found.check} of the picture", flags=[], scores=found.scores)


# --- like its portraits


def compare(database: Database, story_id: str, number: int) -> bool:
    """Whether another picture is to be drawn because this one is unlike the portraits: once for each asked for.

    Raises:
        Unavailable: the database does not take it now; to be repeated.
    """
    with database.read() as session:
        page = session.get(Page, (story_id, number)) if number != COVER else None
        if page is None or page.image_id is None or page.stand_in:
            return False
        if any(found["image"] == page.image_id for found in check_results.likenesses(page)):
            return page.state != "ready"  # a crash came in between
        look, beside = _shown(session, page)
    if not beside or look.maker.likeness is None:
        return False
    try:
        said = _compared(database, look, beside)
    except (ProviderError, LimitReached):
        return False  # nice to know, and no more than that
    return _conclude(database, look, said)


def _shown(session: Session, page: Page) -> tuple[_Look, list[tuple[Sheet, bytes]]]:
    story = session.get_one(Story, page.story_id)
    maker = provider(story.brief.illustrator, session.get_one(User, story.owner_id))
    data = images.data(session, story.owner_id, str(page.image_id))
    seen = {actor.name for actor in page.scene.cast}
    cast = [sheet for sheet in story.cast if sheet.name in seen]
    look = _Look(maker, (story.owner_id, story.id, page.number), Picture(data, 0, 0))
    return look, portraits_of(session, story, cast)


def _compared(database: Database, look: _Look, beside: list[tuple[Sheet, bytes]]) -> Resemblance:
    def ask() -> tuple[Resemblance, Usage]:
        assert look.maker.likeness
        said = look.maker.likeness.compare(look.picture, beside)
        return said, said.usage

    sight = look.sight("likeness", tuple(portrait for _, portrait in beside))
    return call(database, look.maker, "look", sight, look.place, ask, Resemblance)


def _conclude(database: Database, look: _Look, said: Resemblance) -> bool:
    with database.write() as session:
        page = session.get(Page, look.place[1:])
        if page is None:
            return False
        earlier, unlike = check_results.likenesses(page), said.score < LIKE_ENOUGH
        again = unlike and not earlier and _affordable(session, look)
        check_results.note(
            page,
            check="likeness",
            image=page.image_id,
            flags=[check_results.UNLIKE] if unlike else [],
            scores={"likeness": said.score},
            reason=said.reason,
        )
        if again:
            page.state = "written"
        elif earlier:
            best = max(check_results.likenesses(page), key=lambda found: float(found["scores"]["likeness"]))
            content.show_picture(session, page, best["image"], page.made_by)
        return again


def _affordable(session: Session, look: _Look) -> bool:
    try:
        user = session.get_one(User, look.place[0])
        quotas.allow_cost(session, user, look.maker.reservation("draw"), images=1)
    except LimitReached:
        return False
    return True
