"""What Storylib keeps: the database, its tables and sums, the queue, and the pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from storylib.config import settings
from storylib.db import HEAD, SQLITE, Database, database
from storylib.errors import Unavailable
from storylib.generation import queue
from storylib.library import pending_images, stories
from storylib.models import Image, ImageBytes, Page, Story, sums
from storylib.operations.doctor.finding import Finding
from storylib.vocabulary import IMAGE_SIZES

RESTORE: Final = "Stop Storylib and restore your latest backup: python -m storylib restore FILE."
AT_ONCE: Final = 50  # pictures in memory
NAMED: Final = 3  # stories that one line names


def _opened() -> Database:
    """Return the database, which looking does not create.

    Raises:
        Unavailable: there is none.
    """
    url = settings().database_url
    if url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).is_file():
        raise Unavailable("There is no database yet; the first start makes one.")
    return database()


def integrity() -> Finding:
    """Read the whole database, if it is SQLite's; PostgreSQL checks each page as it reads it."""
    ours = _opened()
    with ours.read() as session:
        if not ours.file:
            return Finding(f"PostgreSQL {session.scalar(text('SHOW server_version'))} answers.")
        verdict = session.scalar(text("PRAGMA integrity_check(1)"))
        astray = session.execute(text("PRAGMA foreign_key_check")).first()
    if verdict != "ok":
        return Finding(problem=f"It is damaged ({verdict}). {RESTORE}")
    if astray:
        return Finding(problem=f"A row of {astray[0]} points to a missing row. {RESTORE}")
    return Finding(f"Whole ({ours.file.stat().st_size / 1e6:.1f} MB).")


def migrations() -> Finding:
    """Look whether the tables are those of this release."""
    stands = _opened().revision()
    if stands != HEAD:
        said = f"The tables stand at {stands}, and this Storylib needs {HEAD}. The next start brings them up to date."
        return Finding(problem=said, mend=_opened().migrate)
    return Finding(f"Up to date ({HEAD}).")


def totals() -> Finding:
    """Add up the ledger, and compare it with the sums that are shown."""
    with _opened().read() as session:
        wrong = sums.differing(session)
    if wrong:
        return Finding(problem=f"{wrong} of the ledger's sums are not what its calls add up to.", mend=_add_up)
    return Finding("As the calls add up.")


def _add_up() -> None:
    with _opened().write() as session:
        sums.rebuild(session)


def queued() -> Finding:
    """Look whether every story in the making is somebody's work."""
    with _opened().read() as session:
        runs = {f"{one.id}-{one.run}" for one in session.scalars(select(Story).where(Story.state.in_(stories.MAKING)))}
        lost = runs - queue.open_runs(session, settings().data / "jobs.db")
    if lost:
        said = f"{len(lost)} of {len(runs)} stories in the making are in nobody's queue. "
        return Finding(problem=f"{said}A running server takes them up within a minute; start it if it is not running.")
    return Finding(f"{len(runs)} stories in the making.")


def pictures() -> Finding:
    """Look whether each picture is there in every size, and is as it was stored."""
    with _opened().read() as session:
        bad = {*_incomplete(session), *_altered(session)}
        bare = session.scalar(select(func.count()).where(Page.state == "ready", Page.image_id.is_(None))) or 0
        whose = _whose(session, bad)
        count = session.scalar(select(func.count()).select_from(Image)) or 0
    if bad or bare:
        said = f"{len(bad)} pictures are damaged and {bare} pages have lost theirs"
        return Finding(problem=f"{said}{whose}. Choose “Draw another picture” there, or restore a backup.")
    return Finding(f"{count}, all whole.")


def _incomplete(session: Session) -> Iterator[str]:
    sizes = select(func.count()).where(ImageBytes.image_id == Image.id).scalar_subquery()
    yield from session.scalars(select(Image.id).where(sizes < len(IMAGE_SIZES)))


def _altered(session: Session) -> Iterator[str]:
    full = select(Image.id, Image.sha256, ImageBytes.data).join(ImageBytes, ImageBytes.image_id == Image.id)
    rows = session.execute(full.where(ImageBytes.size == "full").execution_options(yield_per=AT_ONCE))
    yield from (row.id for row in rows if hashlib.sha256(row.data).hexdigest() != row.sha256)


def _whose(session: Session, ids: set[str]) -> str:
    among = select(Story.title).join(Image, Image.story_id == Story.id).where(Image.id.in_(ids)).distinct()
    titles = session.scalars(among.limit(NAMED)).all() if ids else []
    return f" (in {', '.join(titles)})" if titles else ""


def pending() -> Finding:
    """Look at pictures that a crash left on disk: torn ones serve nobody."""
    torn = pending_images.torn()
    if torn:
        return Finding(
            problem=f"{len(torn)} damaged files of pictures were set aside in {torn[0].parent}.",
            mend=pending_images.drop_torn,
        )
    return Finding("None is damaged.")
