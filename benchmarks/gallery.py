"""A rerun of the gallery with 24 covers: against an empty page, against a plain one, and with 10,000 stories."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.serving import Server
from benchmarks.visitor import Visitor
from storylib.config import settings
from storylib.db import Database
from storylib.identity import users
from storylib.kit.finish import picture
from storylib.library import images
from storylib.library.images import Subject
from storylib.models import Story, User, new_id, now
from storylib.providers.contract import Picture
from storylib.story import Brief, CharacterSpec, ImageRequest, Scene

COVERS, MANY = 24, 10_000


def main() -> None:
    """Print the ratios."""
    with _library(COVERS) as (folder, cookie):
        with Server(folder) as server:
            empty, gallery = (_median(server, page, cookie) for page in ("empty", ""))
        with Server(folder, BENCH_COLLECT="1", BENCH_UNFREEZE="1") as server:
            plain = _median(server, "plain", cookie)
    print(f"Gallery of {COVERS} covers: {gallery * 1000:.0f} ms, {gallery / empty:.1f} × an empty page (wanted: 4)")
    print(f"  plain page with bytes and default collection: {plain / gallery:.1f} × the gallery (wanted: 5)")
    with _library(MANY) as (folder, cookie), Server(folder) as server:
        many = _median(server, "", cookie)
    print(f"  with {MANY} stories: {many / gallery:.2f} × the time with {COVERS}")


def _median(server: Server, page: str, cookie: str) -> float:
    with Visitor(server.url, page, cookie) as visitor:
        return visitor.median()


@contextmanager
def _library(count: int) -> Iterator[tuple[Path, str]]:
    """A data folder with one teacher, so many stories with covers, and the teacher's cookie."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'storylib.db'}")
        database.migrate()
        cookie = add_teacher(database, count)
        database.engine.dispose()
        yield folder, cookie


def add_teacher(database: Database, count: int) -> str:
    """Somebody with so many stories, of which some have covers; the cookie."""
    with database.write() as session:
        user = User(username="teacher", email="teacher@school.example", password_hash="-", plan="pro")
        session.add(user)
        session.flush()
        _fill(session, user, count)
        return cookie_of(session, user)


def cookie_of(session: Session, user: User) -> str:
    """Sign somebody in."""
    return f"{settings().config.cookie.name}={users.start_session(session, user, 'benchmark')}"


def _fill(session, user: User, count: int) -> None:  # type: ignore[no-untyped-def]
    brief = Brief(characters=(CharacterSpec(name="Luna", kind="fox"),))
    drawn = images.prepare(Picture(picture(ImageRequest.of("cover", Scene(setting="forest"), ())), 1152, 768))
    start = now() - timedelta(days=300)
    rows = [
        {
            "id": new_id(),
            "owner_id": user.id,
            "title": f"Luna and the lantern {i}",
            "state": "ready",
            "age_band": "3-5",
            "tone": "calming",
            "moral": "courage",
            "provider": "kit",
            "brief": brief,
            "search": f"luna and the lantern {i}",
            "created_at": start + timedelta(minutes=i),
        }
        for i in range(count)
    ]
    session.execute(insert(Story), rows)
    for row in rows[-COVERS:]:
        image = images.add(session, drawn, Subject(user.id, "cover", story_id=row["id"]), "Story Kit")
        session.get_one(Story, row["id"]).cover_id = image.id


if __name__ == "__main__":
    main()
