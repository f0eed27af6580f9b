"""Characters, stories, their pages, and every picture."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import LargeBinary

from storylib import vocabulary as v
from storylib.errors.messages import Message
from storylib.models.columns import Base, Document, Json, Utc, new_id, now, one_of
from storylib.models.revisions import PageRevision
from storylib.story import Brief, CharacterSpec, Extras, Look, Scene


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
    portrait_id: Mapped[str | None] = mapped_column(String(32))  # no foreign key: images already refer to the character
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)
    updated_at: Mapped[datetime] = mapped_column(Utc, default=now, onupdate=now)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def spec(self) -> CharacterSpec:
        """The character as writers and illustrators see it."""
        return CharacterSpec(
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
    batch: Mapped[int] = mapped_column(primary_key=True)  # counts how often portraits were asked for
    position: Mapped[int] = mapped_column(primary_key=True)  # 0–3 in a 2×2 grid, row by row
    attempt: Mapped[int] = mapped_column(default=1)
    provider: Mapped[str] = mapped_column(String(40))
    spec: Mapped[CharacterSpec] = mapped_column(Document(CharacterSpec))  # the character as it was then
    image_id: Mapped[str | None] = mapped_column(ForeignKey("images.id", ondelete="SET NULL"), index=True)
    error: Mapped[Message | None] = mapped_column(Document(Message))  # why there is no picture
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)

    @property
    def drawing(self) -> bool:
        """Still at work."""
        return self.image_id is None and self.error is None


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
    supporting: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # specs that the writer added
    cover_scene: Mapped[Scene | None] = mapped_column(Document(Scene))
    cover_id: Mapped[str | None] = mapped_column(String(32))  # no foreign key: images already refer to the story
    cover_stand_in: Mapped[bool] = mapped_column(default=False)  # the Kit draws it where another illustrator failed
    extras: Mapped[Extras | None] = mapped_column(Document(Extras))
    favourite: Mapped[bool] = mapped_column(default=False)
    search: Mapped[str] = mapped_column(Text, default="")  # casefolded title, theme and names
    error: Mapped[Message | None] = mapped_column(Document(Message))  # what went wrong
    run: Mapped[int] = mapped_column(default=1)  # counts how often the making was started
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(Utc)
    deleted_at: Mapped[datetime | None] = mapped_column(Utc)
    asked_again_at: Mapped[datetime | None] = mapped_column(Utc)  # when the latest run was, if it is not the first
    teacher_title: Mapped[bool] = mapped_column(default=False)  # no writer replaces it
    approved_by: Mapped[int | None]  # no key: whoever approved may be deleted
    approved_at: Mapped[datetime | None] = mapped_column(Utc)
    approved_hash: Mapped[str | None] = mapped_column(String(64))  # of what was approved; a change ends the approval
    revision_id: Mapped[int | None]  # of its ``StoryRevision``, which points back; None: no teacher changed it
    pages: Mapped[list[Page]] = relationship(  # those that stand in the book, in their order
        primaryjoin="and_(Story.id == Page.story_id, Page.position.is_not(None))",
        order_by="Page.position",
        passive_deletes=True,
    )

    @property
    def length(self) -> int:
        """How many pages it has, or will have when it is written: a teacher may have changed what the brief asked."""
        return self.brief.pages if self.revision_id is None else len(self.pages)

    @property
    def cast(self) -> tuple[CharacterSpec, ...]:
        """Everybody who may appear: the teacher's characters, then the plot's."""
        return self.brief.characters + tuple(CharacterSpec.model_validate(spec) for spec in self.supporting)


class StoryCharacter(Base):
    """Which characters star in which stories; a deleted character leaves the story's brief as it was."""

    __tablename__ = "story_characters"

    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    character_id: Mapped[int] = mapped_column(
        ForeignKey("characters.id", ondelete="CASCADE"), primary_key=True, index=True
    )


def _at_its_number(context: Any) -> int:
    """Have a page stand where it was written."""
    number: int = context.get_current_parameters()["number"]
    return number


class Page(Base):
    """One page of a story: how far it is, its picture, and which revision of its words and scene is the current one."""

    __tablename__ = "pages"
    __table_args__ = (one_of("state", v.PAGE_STATES),)

    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # its own for good: pictures, calls and revisions name it
    state: Mapped[v.PageState] = mapped_column(String(16), default="written")
    image_id: Mapped[str | None] = mapped_column(ForeignKey("images.id", ondelete="SET NULL"), index=True)
    made_by: Mapped[str] = mapped_column(String(80), default="")  # who drew the picture
    error: Mapped[Message | None] = mapped_column(Document(Message))
    image_checks: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # of pictures, each with its attempt
    attempt: Mapped[int] = mapped_column(default=1)  # counts the pictures asked for
    stand_in: Mapped[bool] = mapped_column(default=False)  # the Kit draws where another illustrator failed
    revision_id: Mapped[int] = mapped_column(ForeignKey("page_revisions.id"), index=True, unique=True)
    position: Mapped[int | None] = mapped_column(default=_at_its_number)  # in the book, from 1; None: taken out of it
    revision: Mapped[PageRevision] = relationship(lazy="joined", innerjoin=True)  # what it tells and shows now

    @property
    def place(self) -> int:
        """Where it stands, of a page that is in the book."""
        assert self.position is not None
        return self.position

    @property
    def text(self) -> str:
        """What is read."""
        return self.revision.text

    @property
    def alt(self) -> str:
        """What the picture shows, for whoever does not see it."""
        return self.revision.alt

    @property
    def description(self) -> str:
        """What its writer tells an illustrator beside the scene."""
        return self.revision.description

    @property
    def scene(self) -> Scene:
        """What is drawn."""
        return self.revision.scene

    @property
    def teacher_text(self) -> bool:
        """Whether a teacher wrote the text, so that no provider replaces it."""
        return self.revision.provider is None

    @property
    def level(self) -> dict[str, Any] | None:
        """The reading level of the text, as ``reading_level`` measured it."""
        return self.revision.level

    @property
    def level_before(self) -> dict[str, Any] | None:
        """The level of the text before it was rewritten for the age band."""
        return self.revision.level_before

    @property
    def checks(self) -> list[dict[str, Any]]:
        """Which checks of the text ran, and what they said."""
        return self.revision.checks
