"""The contract of every provider: one verb each, a frozen result, or ``ProviderError``.

A provider keeps no session, no database and no limits: the caller reserves before and settles after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from storylib.manuscript import Brief, Part, PictureOrder


@dataclass(frozen=True)
class Usage:
    """What a call consumed, as the server counted it. Zero where it did not say."""

    tokens_in: int = 0
    tokens_out: int = 0
    images: int = 0


@dataclass(frozen=True)
class Picture:
    """An encoded picture (``data`` holds WebP, PNG or JPEG bytes), sides in pixels."""

    data: bytes
    width: int
    height: int
    usage: Usage = Usage(images=1)


@dataclass(frozen=True)
class Verdict:
    """What a check said. ``flags`` are the categories that were hit; empty means fine."""

    check: str
    flags: tuple[str, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    usage: Usage = Usage()


@dataclass(frozen=True)
class Audio:
    """Encoded speech and its media type."""

    data: bytes
    mime: str
    usage: Usage = Usage()


class Writer(Protocol):
    """Turns a brief into an opening, then exactly ``brief.pages`` pages in order, then extras."""

    def write(self, brief: Brief) -> Iterator[Part]:
        """Yield parts as they are ready.

        Raises:
            ProviderError: what was yielded before stays good.
        """
        ...


class Illustrator(Protocol):
    """Turns a picture order into a picture."""

    def draw(self, order: PictureOrder, references: Sequence[bytes] = ()) -> Picture:
        """Draw it; ``references`` are encoded portraits of the cast.

        Raises:
            ProviderError: nothing was drawn.
        """
        ...


class Moderator(Protocol):
    """Says whether something is fit for children."""

    def check(self, subject: str | Picture) -> Verdict:
        """Check a text or a picture.

        Raises:
            ProviderError: nothing was checked.
        """
        ...


class Narrator(Protocol):
    """Reads a text aloud."""

    def read(self, text: str) -> Audio:
        """Speak it.

        Raises:
            ProviderError: nothing was spoken.
        """
        ...
