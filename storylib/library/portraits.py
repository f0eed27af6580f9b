"""Portraits to choose from: up to four at a time, drawn by an illustrator that may cost money; one is chosen.

A request makes a batch of candidates. Each is stored before it is drawn, so a closed tab or a crash loses none.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storylib.billing import quotas
from storylib.errors import Invalid, NotFound
from storylib.library import characters
from storylib.models import Candidate, Character, User

MOST = 4  # candidates at a time: a 2×2 grid


def choose(session: Session, user_id: int, character_id: int, position: int) -> None:
    """Make a candidate of the latest batch the character's portrait.

    Raises:
        NotFound: there is none.
        Invalid: it is not drawn.
    """
    candidate = candidate_at(session, user_id, character_id, position)
    if candidate.image_id is None:
        raise Invalid("portrait.undrawn")
    set_portrait(session, character_id, candidate.image_id)


def clear_portrait(session: Session, user_id: int, character_id: int) -> None:
    """Leave a character without a portrait, until the Kit draws it.

    Raises:
        NotFound: no such character of yours.
    """
    characters.get(session, user_id, character_id)
    set_portrait(session, character_id, None)


def set_portrait(session: Session, character_id: int, image_id: str | None) -> None:
    """Make a picture the character's portrait."""
    # Past the ORM: another portrait is no edit, so it must not make an open form conflict.
    session.execute(update(Character).where(Character.id == character_id).values(portrait_id=image_id))


def latest(session: Session, user_id: int, character_id: int) -> list[Candidate]:
    """Return the candidates of the latest batch, by position; empty if there never was one.

    Raises:
        NotFound: no such character of yours.
    """
    characters.get(session, user_id, character_id)
    newest = select(Candidate.batch).where(Candidate.character_id == character_id).order_by(Candidate.batch.desc())
    query = select(Candidate).where(
        Candidate.character_id == character_id, Candidate.batch == newest.limit(1).scalar_subquery()
    )
    return list(session.scalars(query.order_by(Candidate.position)))


def batches_left(user: User, candidates: Sequence[Candidate]) -> int:
    """Return how many more batches the user's plan allows after these: one, and then as many as it allows redraws of a
    picture."""
    return max(0, quotas.plan(user).redraws + 1 - max((candidate.batch for candidate in candidates), default=0))


def fits(session: Session, character: Character) -> bool:
    """Tell whether the current portrait was chosen from the candidates and shows the character as it is now."""
    if character.portrait_id is None:
        return False
    shown = session.scalar(
        select(Candidate).where(
            Candidate.character_id == character.id, Candidate.image_id == character.portrait_id
        ).limit(1)
    )  # fmt: skip
    return shown is not None and shows(shown, character)


def shows(candidate: Candidate, character: Character) -> bool:
    """Tell whether a candidate was requested with the look that the character has now."""
    return (candidate.spec.kind, candidate.spec.look) == (character.kind, character.look)


def waiting(session: Session) -> list[Candidate]:
    """Return everyone's candidates that are still to be drawn."""
    return list(session.scalars(select(Candidate).where(Candidate.image_id.is_(None), Candidate.error.is_(None))))


def locked(session: Session, user_id: int, character_id: int) -> Character:
    """Fetch a character of the user's and lock it, so that two who ask at once are served one after the other."""
    character = characters.get(session, user_id, character_id)
    session.execute(select(Character.id).where(Character.id == character_id).with_for_update())
    return character


def candidate_at(session: Session, user_id: int, character_id: int, position: int) -> Candidate:
    """Fetch a candidate of the latest batch.

    Raises:
        NotFound: there is none.
    """
    found = next((one for one in latest(session, user_id, character_id) if one.position == position), None)
    if found is None:
        raise NotFound("portrait.missing")
    return found
