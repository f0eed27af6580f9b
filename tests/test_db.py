"""What the tables keep, refuse and let go of, and what happens when the storage fails, on both kinds of database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from storylib.db import Database
from storylib.errors import Invalid, Unavailable
from storylib.models import (
    AuthSession,
    Base,
    Call,
    Character,
    Image,
    ImageBytes,
    OneTimeToken,
    Page,
    Story,
    StoryCharacter,
    User,
    now,
)
from tests import factories


def count(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


# Money and time


@pytest.mark.parametrize("usd", ["0", "0.000000001", "0.1", "12345678.987654321", "-3.5"])
def test_money_is_exact_to_the_billionth(session: Session, usd: str) -> None:
    call = factories.call(session, cost_usd=Decimal(usd))
    session.expire(call)
    assert call.cost_usd == Decimal(usd)


def test_a_sum_of_money_in_the_database_is_exact(session: Session) -> None:
    for usd in ("0.1", "0.2", "0.000000003"):
        factories.call(session, cost_usd=Decimal(usd))
    assert session.scalar(select(func.sum(Call.cost_usd))) == Decimal("0.300000003")


def test_less_than_a_billionth_is_rounded_not_refused(session: Session) -> None:
    call = factories.call(session, cost_usd=Decimal("0.0000000016"))
    session.expire(call)
    assert call.cost_usd == Decimal("0.000000002")


def test_no_price_is_not_a_price_of_zero(session: Session) -> None:
    call = factories.call(session, cost_usd=None)
    session.expire(call)
    assert call.cost_usd is None


def test_times_come_back_in_utc_wherever_they_were_told(session: Session) -> None:
    told = datetime(2026, 3, 1, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    user = factories.user(session, signed_in_at=told)
    session.expire(user)
    assert user.signed_in_at == told
    assert user.signed_in_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="naive time"), session.begin_nested():
        factories.user(session, signed_in_at=datetime(2026, 3, 1))


# Closed words


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        (User, "role", "owner"),
        (User, "plan", "gold"),
        (Character, "kind", "spoon"),
        (Character, "pronouns", "xx"),
        (Story, "state", "done"),
        (Story, "review", "liked"),
        (Story, "age_band", "3–5"),
        (Story, "tone", "grim"),
        (Page, "state", "lost"),
        (Image, "role", "poster"),
        (Image, "candidate", 4),
        (ImageBytes, "size", "huge"),
        (Call, "operation", "sing"),
        (Call, "state", "paid"),
    ],
)
def test_a_word_outside_the_vocabulary_is_refused(session: Session, table: type[Base], column: str, value: Any) -> None:
    user = factories.user(session)
    factories.character(session, user)
    factories.story(session, user)
    factories.image(session, user)
    factories.call(session, user)
    with pytest.raises(IntegrityError, match=f"ck_{table.__tablename__}_{column}"), session.begin_nested():
        session.connection().execute(update(table).values({column: value}))


# What belongs together


def furnished(session: Session) -> tuple[User, Character, Story]:
    """A person with everything that a person can have."""
    user = factories.user(session)
    character = factories.character(session, user)
    story = factories.story(session, user)
    session.add(StoryCharacter(story_id=story.id, character_id=character.id))
    portrait = factories.image(session, user, character_id=character.id)
    picture = factories.image(session, user, story_id=story.id, page_number=1, role="page")
    session.execute(update(Page).where(Page.number == 1).values(image_id=picture.id))
    character.portrait_id = portrait.id
    factories.call(session, user, story_id=story.id, image_id=picture.id)
    session.add(AuthSession(token_hash="a" * 64, user_id=user.id, expires_at=now()))
    session.add(OneTimeToken(token_hash="b" * 64, purpose="cookie", user_id=user.id, expires_at=now()))
    session.flush()
    return user, character, story


def test_a_deleted_person_leaves_nothing_but_what_was_spent(session: Session) -> None:
    user, _, story = furnished(session)
    told_by = story.id
    session.delete(user)
    session.flush()
    session.expire_all()
    left = {table.__tablename__: count(session, table) for table in (m.class_ for m in Base.registry.mappers)}
    spent = {"calls": 1, "call_hours": 1, "story_hours": 1, "story_costs": 1}
    assert {name: number for name, number in left.items() if number} == spent
    call = session.scalars(select(Call)).one()
    assert (call.user_id, call.image_id, call.story_id) == (None, None, told_by)


def test_a_deleted_story_takes_its_pages_and_pictures_along_and_leaves_the_character(session: Session) -> None:
    _, character, story = furnished(session)
    session.delete(story)
    session.flush()
    assert (count(session, Page), count(session, Image), count(session, ImageBytes)) == (0, 1, 1)
    assert session.scalars(select(Character)).one() is character


def test_a_deleted_character_leaves_the_story_whole(session: Session) -> None:
    _, character, story = furnished(session)
    session.delete(character)
    session.flush()
    session.expire_all()
    assert (count(session, StoryCharacter), count(session, Page)) == (0, 4)
    assert story.brief.characters[0].name == "Luna"


def test_a_deleted_picture_leaves_the_page_without_one(session: Session) -> None:
    furnished(session)
    for picture in session.scalars(select(Image).where(Image.page_number == 1)):
        session.delete(picture)
    session.flush()
    session.expire_all()
    assert [page.image_id for page in session.scalars(select(Page))] == [None] * 4


def test_a_page_of_no_story_is_refused(session: Session) -> None:
    with pytest.raises(IntegrityError), session.begin_nested():
        factories.page(session, Story(id="f" * 32))


def test_two_characters_of_one_person_cannot_share_a_name(session: Session) -> None:
    ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
    factories.character(session, ada, "Luna")
    factories.character(session, ben, "Luna")
    with pytest.raises(IntegrityError), session.begin_nested():
        factories.character(session, ada, "LUNA")


def test_one_thing_has_one_living_call(session: Session) -> None:
    factories.call(session, fingerprint="f" * 64, state="failed")
    factories.call(session, fingerprint="f" * 64, state="failed")
    factories.call(session, fingerprint="f" * 64, state="settled")
    with pytest.raises(IntegrityError), session.begin_nested():
        factories.call(session, fingerprint="f" * 64, state="reserved")


# One transaction


def test_a_write_that_fails_keeps_nothing(database: Database) -> None:
    def break_off() -> None:
        with database.write() as session:
            factories.user(session)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    with database.read() as session:
        assert count(session, User) == 0


def test_a_read_keeps_nothing(database: Database) -> None:
    with database.read() as session:
        factories.user(session)
    with database.read() as session:
        assert count(session, User) == 0


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.write() as writing:
        factories.user(writing)
        with database.read() as reading:
            assert count(reading, User) == 0


# Storage that fails


def test_a_full_disk_is_told_and_nothing_is_half_written(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        factories.user(session)
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages + 3}"))  # the connection stays in the pool
    with pytest.raises(Unavailable, match=r"disk is full.* Nothing"), sqlite_database.write() as session:
        factories.story(session, session.scalars(select(User)).one(), pages=200, state="illustrating")
    with sqlite_database.read() as session:
        assert (count(session, Story), count(session, Page), count(session, User)) == (0, 0, 1)
        session.execute(text("PRAGMA max_page_count = 1000000"))
    with sqlite_database.write() as session:  # with room again, all goes on
        factories.story(session, session.scalars(select(User)).one())


def test_a_full_disk_under_postgresql_is_told_too(postgres_database: Database) -> None:
    no_space = "DO $$ BEGIN RAISE 'cannot extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"

    def fill_up() -> None:
        with postgres_database.write() as session:
            factories.user(session)
            session.execute(text(no_space))

    with pytest.raises(Unavailable, match="disk is full"):
        fill_up()
    with postgres_database.read() as session:
        assert count(session, User) == 0


def test_a_read_only_database_is_told(database: Database) -> None:
    sqlite = database.engine.dialect.name == "sqlite"
    read_only = "PRAGMA query_only = ON" if sqlite else "SET default_transaction_read_only = on"
    database.engine.dispose()
    event.listen(
        database.engine, "connect", lambda connection, _: connection.execute(read_only) and connection.commit()
    )
    with pytest.raises(Unavailable, match="read-only"), database.write() as session:
        factories.user(session)
    with database.read() as session:
        assert count(session, User) == 0


def test_a_busy_database_is_told(sqlite_database: Database) -> None:
    event.listen(sqlite_database.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 1"))
    with sqlite_database.write() as first:
        factories.user(first)
        with pytest.raises(Unavailable, match="busy"), sqlite_database.write() as second:
            factories.user(second, "ben")


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear class, " * 500)
    with pytest.raises(Unavailable, match="is not a database"):
        Database(f"sqlite:///{letter}").migrate()
    assert letter.read_text() == "Dear class, " * 500


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(Unavailable, match="is not responding"):
        Database("postgresql://ada@127.0.0.1:1/storylib").migrate()


@pytest.mark.parametrize("url", ["", "storylib.db", "mysql://localhost/storylib"])
def test_an_address_of_no_known_database_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="must begin with"):
        Database(url)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nowhere"):
        Database(f"sqlite:///{tmp_path}/nowhere/storylib.db")
