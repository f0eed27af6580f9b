"""The tables. Closed words are CHECKed from the vocabulary; what belongs to a row dies with it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

from pydantic import BaseModel
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import LargeBinary, TypeDecorator

from storylib import vocabulary as v
from storylib.manuscript import Brief, Extras, Look, Scene, Sheet

Json = JSON().with_variant(JSONB(), "postgresql")
AnyModel = TypeVar("AnyModel", bound=BaseModel)


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A random 32-digit hex id, safe in URLs."""
    return uuid4().hex


class Utc(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps none of the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they are bugs."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive time {value}")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware."""
        return value and (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


class Usd(TypeDecorator[Decimal]):
    """US dollars: Decimal in Python, whole billionths in the database, so sums are exact everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Round to the billionth."""
        return None if value is None else int((Decimal(value) * 10**9).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Back to dollars."""
        return None if value is None else Decimal(int(value)).scaleb(-9)


class Document(TypeDecorator[AnyModel]):
    """A pydantic model kept as JSON."""

    impl = Json
    cache_ok = True

    def __init__(self, model: type[AnyModel]):
        super().__init__()
        self.model = model

    def process_bind_param(self, value: AnyModel | None, dialect: Dialect) -> Any:
        """Only what differs from the defaults."""
        return value and value.model_dump(mode="json", exclude_defaults=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> AnyModel | None:
        """Checked again on the way out."""
        return None if value is None else self.model.model_validate(value)


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can find them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    """A CHECK that a column holds one of the vocabulary's words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class User(Base):
    """A person who can sign in."""

    __tablename__ = "users"
    __table_args__ = (one_of("role", v.ROLES), one_of("plan", v.PLANS))

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)  # lower case
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(80), default="")
    password_hash: Mapped[str] = mapped_column(String(100))
    role: Mapped[v.Role] = mapped_column(String(16), default="educator")
    plan: Mapped[v.PlanName] = mapped_column(String(16), default="free")
    active: Mapped[bool] = mapped_column(default=True)
    budget_usd: Mapped[Decimal | None] = mapped_column(Usd)  # instead of the plan's
    failed_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)
    signed_in_at: Mapped[datetime | None] = mapped_column(Utc)


class AuthSession(Base):
    """One signed-in browser. Only the token's SHA-256 is kept."""

    __tablename__ = "auth_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    agent: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)
    expires_at: Mapped[datetime] = mapped_column(Utc, index=True)
    user: Mapped[User] = relationship()


class Ticket(Base):
    """A one-time permission (set a cookie, make the first administrator …). Only its SHA-256 is kept."""

    __tablename__ = "tickets"

    ticket_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    payload: Mapped[str] = mapped_column(String(300), default="")
    expires_at: Mapped[datetime] = mapped_column(Utc, index=True)


class Image(Base):
    """A picture's facts; its bytes are in ``ImageBytes``, so that lists never load them."""

    __tablename__ = "images"
    __table_args__ = (
        one_of("role", v.IMAGE_ROLES),
        CheckConstraint("candidate BETWEEN 0 AND 3", name="candidate"),
        Index("ix_images_story_id_page", "story_id", "page_number", "version"),
        Index("ix_images_character_id", "character_id", "version"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    story_id: Mapped[str | None] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"))
    character_id: Mapped[int | None] = mapped_column(ForeignKey("characters.id", ondelete="CASCADE"))
    page_number: Mapped[int | None]
    role: Mapped[v.ImageRole] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)
    candidate: Mapped[int] = mapped_column(default=0)  # grid position 0–3 of a 2×2 choice
    format: Mapped[str] = mapped_column(String(8), default="webp")
    width: Mapped[int]  # pixels
    height: Mapped[int]
    bytes: Mapped[int]  # of the full size
    sha256: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)


class ImageBytes(Base):
    """One encoded size of a picture."""

    __tablename__ = "image_bytes"
    __table_args__ = (one_of("size", v.IMAGE_SIZES),)

    image_id: Mapped[str] = mapped_column(ForeignKey("images.id", ondelete="CASCADE"), primary_key=True)
    size: Mapped[v.ImageSize] = mapped_column(String(8), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Character(Base):
    """A reusable character of one teacher."""

    __tablename__ = "characters"
    __table_args__ = (
        one_of("kind", v.KINDS),
        one_of("pronouns", v.PRONOUNS),
        Index("uq_characters_owner_id_name_key", "owner_id", "name_key", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    name_key: Mapped[str] = mapped_column(String(80))  # casefolded, for uniqueness and search
    kind: Mapped[v.Kind] = mapped_column(String(16))
    pronouns: Mapped[v.Pronouns] = mapped_column(String(8))
    traits: Mapped[list[str]] = mapped_column(Json, default=list)
    look: Mapped[Look] = mapped_column(Document(Look))
    description: Mapped[str] = mapped_column(String(300), default="")
    portrait_id: Mapped[str | None] = mapped_column(String(32))  # no key: images already hang on the character
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)
    updated_at: Mapped[datetime] = mapped_column(Utc, default=now, onupdate=now)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def sheet(self) -> Sheet:
        """The character as writers and illustrators see it."""
        return Sheet(
            name=self.name,
            kind=self.kind,
            pronouns=self.pronouns,
            traits=tuple(self.traits),
            look=self.look,
            description=self.description,
        )


class Candidate(Base):
    """A portrait to choose from: one of up to four that were asked for at once. It is being drawn until it has a
    picture or an error."""

    __tablename__ = "candidates"
    __table_args__ = (CheckConstraint("position BETWEEN 0 AND 3", name="position"),)

    character_id: Mapped[int] = mapped_column(ForeignKey("characters.id", ondelete="CASCADE"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)  # counts how often portraits were asked for
    position: Mapped[int] = mapped_column(primary_key=True)  # 0–3 in a 2×2 grid, row by row
    attempt: Mapped[int] = mapped_column(default=1)
    provider: Mapped[str] = mapped_column(String(40))
    sheet: Mapped[Sheet] = mapped_column(Document(Sheet))  # the character as it was then
    image_id: Mapped[str | None] = mapped_column(ForeignKey("images.id", ondelete="SET NULL"), index=True)
    error: Mapped[str] = mapped_column(Text, default="")  # why there is no picture, as a sentence
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)

    @property
    def drawing(self) -> bool:
        """Still at work."""
        return self.image_id is None and not self.error


class Story(Base):
    """A story; the brief holds its characters as they were when it was asked for."""

    __tablename__ = "stories"
    __table_args__ = (
        one_of("state", v.STORY_STATES),
        one_of("review", v.REVIEWS),
        one_of("age_band", v.AGE_BANDS),
        one_of("tone", v.TONES),
        Index("ix_stories_gallery", "owner_id", "deleted_at", "created_at", "id"),
        Index("ix_stories_state", "state", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[v.StoryState] = mapped_column(String(16), default="queued")
    review: Mapped[v.Review] = mapped_column(String(16), default="draft")
    age_band: Mapped[v.AgeBand] = mapped_column(String(8))
    tone: Mapped[v.Tone] = mapped_column(String(16))
    moral: Mapped[str] = mapped_column(String(80))
    provider: Mapped[str] = mapped_column(String(40))
    brief: Mapped[Brief] = mapped_column(Document(Brief))
    supporting: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # Sheets the writer brought along
    cover_scene: Mapped[Scene | None] = mapped_column(Document(Scene))
    cover_id: Mapped[str | None] = mapped_column(String(32))  # no key: images already hang on the story
    cover_stand_in: Mapped[bool] = mapped_column(default=False)  # the Kit draws it where another illustrator failed
    extras: Mapped[Extras | None] = mapped_column(Document(Extras))
    favourite: Mapped[bool] = mapped_column(default=False)
    search: Mapped[str] = mapped_column(Text, default="")  # casefolded title, theme and names
    error: Mapped[str] = mapped_column(Text, default="")  # what went wrong, as a sentence
    run: Mapped[int] = mapped_column(default=1)  # counts how often the making was started
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(Utc)
    deleted_at: Mapped[datetime | None] = mapped_column(Utc)
    asked_again_at: Mapped[datetime | None] = mapped_column(Utc)  # when the latest run was, if it is not the first
    pages: Mapped[list[Page]] = relationship(order_by="Page.number", passive_deletes=True)

    @property
    def cast(self) -> tuple[Sheet, ...]:
        """Everybody who may appear: the teacher's characters, then the plot's."""
        return self.brief.characters + tuple(Sheet.model_validate(sheet) for sheet in self.supporting)


class StoryCharacter(Base):
    """Which characters star in which stories; a deleted character leaves the story's brief as it was."""

    __tablename__ = "story_characters"

    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    character_id: Mapped[int] = mapped_column(
        ForeignKey("characters.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Page(Base):
    """One page of a story."""

    __tablename__ = "pages"
    __table_args__ = (one_of("state", v.PAGE_STATES),)

    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[v.PageState] = mapped_column(String(16), default="written")
    text: Mapped[str] = mapped_column(Text)
    alt: Mapped[str] = mapped_column(String(400))
    description: Mapped[str] = mapped_column(Text, default="")
    scene: Mapped[Scene] = mapped_column(Document(Scene))
    image_id: Mapped[str | None] = mapped_column(ForeignKey("images.id", ondelete="SET NULL"), index=True)
    made_by: Mapped[str] = mapped_column(String(80), default="")  # who drew the picture
    error: Mapped[str] = mapped_column(Text, default="")
    level: Mapped[dict[str, Any] | None] = mapped_column(Json)  # what reading.measure said
    level_before: Mapped[dict[str, Any] | None] = mapped_column(Json)  # … before the text was rewritten for the band
    checks: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # which checks ran and what they said
    take: Mapped[int] = mapped_column(default=1)  # counts the pictures asked for
    stand_in: Mapped[bool] = mapped_column(default=False)  # the Kit draws where another illustrator failed


def _only(name: str, *columns: str, condition: str, unique: bool = False) -> Index:
    """An index of those rows that meet a condition."""
    return Index(name, *columns, unique=unique, sqlite_where=text(condition), postgresql_where=text(condition))


class Call(Base):
    """One provider's call: the ledger that limits, budgets and the dashboard all read."""

    __tablename__ = "calls"
    __table_args__ = (
        one_of("operation", v.OPERATIONS),
        one_of("state", v.CALL_STATES),
        # Only one living row for one thing: what makes "nothing is paid twice" a constraint.
        _only("uq_calls_fingerprint_alive", "fingerprint", condition="state <> 'failed'", unique=True),
        Index("ix_calls_user_id_at", "user_id", "at"),
        Index("ix_calls_at", "at", "operation", "provider", "latency_ms"),  # percentiles read nothing else
        Index("ix_calls_story_id", "story_id"),
        _only("ix_calls_error_kind", "at", "error_kind", condition="error_kind IS NOT NULL"),
        _only("ix_calls_open", "state", "at", condition="state IN ('reserved', 'unknown')"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc, default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    story_id: Mapped[str | None] = mapped_column(String(32))  # kept when the story is gone: money was spent
    page_number: Mapped[int | None]
    operation: Mapped[v.Operation] = mapped_column(String(8))
    provider: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(80))
    fingerprint: Mapped[str] = mapped_column(String(64))
    state: Mapped[v.CallState] = mapped_column(String(16), default="reserved")
    attempts: Mapped[int] = mapped_column(default=1)
    estimate_usd: Mapped[Decimal] = mapped_column(Usd, default=Decimal(0))
    cost_usd: Mapped[Decimal | None] = mapped_column(Usd)  # None: settled without a known price
    tokens_in: Mapped[int] = mapped_column(default=0)
    tokens_out: Mapped[int] = mapped_column(default=0)
    images: Mapped[int] = mapped_column(default=0)
    latency_ms: Mapped[int | None]
    error_kind: Mapped[str | None] = mapped_column(String(16))
    reused: Mapped[int] = mapped_column(default=0)  # how often the result served again, unpaid
    image_id: Mapped[str | None] = mapped_column(ForeignKey("images.id", ondelete="SET NULL"), index=True)
    result: Mapped[Any | None] = mapped_column(Json)  # a written text, so that it is never paid for again


class Worker(Base):
    """A process that makes stories, and when it was last heard of."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(Utc, default=now)
    taken_by: Mapped[str | None] = mapped_column(String(80))


class Measures:
    """What the roll-ups of the ledger add up. ``storylib.rollup`` says how a call counts."""

    calls: Mapped[int] = mapped_column(default=0)
    settled: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    reused: Mapped[int] = mapped_column(default=0)
    unpriced: Mapped[int] = mapped_column(default=0)
    images: Mapped[int] = mapped_column(default=0)
    tokens_in: Mapped[int] = mapped_column(BigInteger, default=0)
    tokens_out: Mapped[int] = mapped_column(BigInteger, default=0)
    cost_usd: Mapped[Decimal] = mapped_column(Usd, default=Decimal(0))
    saved_usd: Mapped[Decimal] = mapped_column(Usd, default=Decimal(0))
    committed_usd: Mapped[Decimal] = mapped_column(Usd, default=Decimal(0))


class CallHour(Measures, Base):
    """The ledger by the hour and by what was called. ``hour`` counts hours since 1970, UTC."""

    __tablename__ = "call_hours"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    model: Mapped[str] = mapped_column(String(80), primary_key=True)
    operation: Mapped[v.Operation] = mapped_column(String(8), primary_key=True)


class StoryHour(Measures, Base):
    """The same for each story and person; ``story_id`` is empty for what belongs to no story."""

    __tablename__ = "story_hours"
    __table_args__ = (
        Index("uq_story_hours", "story_id", "user_id", "hour", "provider", "model", "operation", unique=True),
        Index("ix_story_hours_user_id", "user_id", "hour", "cost_usd"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    hour: Mapped[int]
    story_id: Mapped[str] = mapped_column(String(32))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    provider: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(80))
    operation: Mapped[v.Operation] = mapped_column(String(8))


class StoryCost(Measures, Base):
    """Everything that was called for one story; ``hour`` is that of the first call."""

    __tablename__ = "story_costs"
    __table_args__ = (
        Index("ix_story_costs_hour", "hour", "cost_usd"),
        Index("ix_story_costs_user_id", "user_id", "hour", "cost_usd"),
    )

    story_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    hour: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class Audit(Base):
    """One administrative act on one person. Triggers refuse to change or remove a row, and names outlive people."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_person", "person", "id"), Index("ix_audit_at", "at"))

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc, default=now)
    actor: Mapped[str] = mapped_column(String(64))  # a username
    act: Mapped[str] = mapped_column(String(32))
    person: Mapped[str] = mapped_column(String(64))  # a username
    before: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Alert(Base):
    """Something that an administrator should know; one row from its beginning to its end."""

    __tablename__ = "alerts"
    __table_args__ = (
        one_of("rule", v.ALERT_RULES),
        one_of("state", v.ALERT_STATES),
        # Only one living row for one thing, however many processes look.
        _only("uq_alerts_alive", "rule", "thing", condition="state <> 'closed'", unique=True),
        Index("ix_alerts_opened_at", "opened_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[v.AlertRule] = mapped_column(String(16))
    thing: Mapped[str] = mapped_column(String(80), default="")  # which provider, machine or percentage
    sentence: Mapped[str] = mapped_column(Text)  # as it was when last seen
    state: Mapped[v.AlertState] = mapped_column(String(16), default="open")
    opened_at: Mapped[datetime] = mapped_column(Utc, default=now)
    seen_at: Mapped[datetime] = mapped_column(Utc, default=now)  # when its reason was last there
    acknowledged_at: Mapped[datetime | None] = mapped_column(Utc)
    acknowledged_by: Mapped[str | None] = mapped_column(String(64))  # a username
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    messages: Mapped[list[AlertMessage]] = relationship(order_by="AlertMessage.id", passive_deletes=True)


class AlertMessage(Base):
    """What one channel has to be told of an alert, and whether it was."""

    __tablename__ = "alert_messages"
    __table_args__ = (
        one_of("channel", v.CHANNELS),
        one_of("news", v.ALERT_STATES),
        _only("ix_alert_messages_due", "due_at", condition="due_at IS NOT NULL"),
        Index("ix_alert_messages_alert_id", "alert_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    channel: Mapped[v.Channel] = mapped_column(String(8))
    news: Mapped[v.AlertState] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(Utc)  # None: it was sent, or given up
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
    error: Mapped[str] = mapped_column(String(300), default="")  # why the latest attempt failed


class Round(Base):
    """Something that is done regularly by one of all processes, and when it was last begun."""

    __tablename__ = "rounds"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    begun_at: Mapped[datetime] = mapped_column(Utc)
