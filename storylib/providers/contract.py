"""The contract of every provider: one verb each, a frozen result, or ``ProviderError``.

A provider keeps no session, no database and no limits: the caller reserves before and settles after.
One call of a method is at most one paid request: what has to be asked again (missing pages, a text that is too hard)
is asked by the caller, with a row of its own in the ledger. A provider that charges tells the caller's ``watch`` when a
request leaves, for it may long have waited until the server took it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal, Protocol

from storylib.billing.money import NO_USAGE, ONE_IMAGE, Usage
from storylib.errors import ProviderError
from storylib.story import Brief, CharacterSpec, ImageRequest, PageDraft, Part
from storylib.vocabulary import Operation

# What is asked of somebody. To look at a picture is a check by another model, and portraits have a size of their own.
Duty = Operation | Literal["look", "portrait"]


def operation(duty: Duty) -> Operation:
    """What the ledger calls it."""
    return "check" if duty == "look" else "draw" if duty == "portrait" else duty


class Watch(Protocol):
    """Wants to know what may be charged: a request that never left cannot be."""

    def leaves(self) -> None:
        """A request is about to leave.

        Raises:
            ProviderError: it must not: somebody else has sent it.
        """
        ...

    def returns(self) -> None:
        """It failed, and was certainly not charged."""
        ...


class _Nobody:
    def leaves(self) -> None:
        pass

    def returns(self) -> None:
        pass


_NOBODY = _Nobody()
watch: ContextVar[Watch] = ContextVar("watch", default=_NOBODY)  # the caller's, in its own thread


class Unusable(ProviderError):
    """The server answered and counted, but what it answered is not what was asked for: nothing, and charged."""

    def __init__(self, error: ProviderError, usage: Usage):
        super().__init__(str(error), error.kind, permanent=error.permanent, maybe_paid=True, detail=error.detail)
        self.usage = usage


@dataclass(frozen=True)
class Picture:
    """An encoded picture (``data`` holds WebP, PNG or JPEG bytes), sides in pixels."""

    data: bytes
    width: int
    height: int
    usage: Usage = ONE_IMAGE


@dataclass(frozen=True)
class Verdict:
    """What a check said. ``flags`` are the categories that were hit; empty means fine."""

    check: str
    flags: tuple[str, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    usage: Usage = NO_USAGE


@dataclass(frozen=True)
class Resemblance:
    """How like its portraits a cast looks in a picture: 0 (others) to 1 (the same), and why."""

    score: float
    reason: str
    usage: Usage = NO_USAGE


class Writer(Protocol):
    """Turns a brief into an opening, then exactly ``brief.pages`` pages in order, then extras."""

    def write(self, brief: Brief, written: Sequence[Part] = ()) -> Iterator[Part | Usage]:
        """Yield the parts that are not in ``written`` yet, each as soon as it is ready.

        A paid writer yields the call's ``Usage`` last, once; an error may still follow it.

        Raises:
            ProviderError: what was yielded before stays good; asked again with it as ``written``, only the rest is
                made.
        """
        ...

    def rewrite(self, brief: Brief, page: PageDraft, problem: str) -> tuple[PageDraft, Usage]:
        """The page with another text and alt text that do not have the ``problem``; its scene stays.

        Raises:
            ProviderError: nothing was rewritten.
        """
        ...


class Illustrator(Protocol):
    """Turns a picture order into a picture."""

    def draw(self, request: ImageRequest, references: Sequence[bytes] = ()) -> Picture:
        """Draw it; ``references`` are encoded portraits of the cast.

        Raises:
            ProviderError: nothing was drawn.
        """
        ...


class Moderator(Protocol):
    """Says whether something is fit for children."""

    def check(self, subject: str | Picture, cast: Sequence[CharacterSpec] = ()) -> Verdict:
        """Check a text or a picture. The names of the ``cast`` are kept out of what is sent.

        Raises:
            ProviderError: nothing was checked.
        """
        ...


class ImageModerator(Protocol):
    """Says whether a picture is fit for children, where the moderator cannot."""

    def check(self, picture: Picture, /) -> Verdict:
        """Look at a picture.

        Raises:
            ProviderError: nothing was checked.
        """
        ...


class ConsistencyChecker(Protocol):
    """Says whether a cast looks like its portraits."""

    def compare(self, picture: Picture, portraits: Sequence[tuple[CharacterSpec, bytes]]) -> Resemblance:
        """Compare a picture with the encoded portraits of those who are in it.

        Raises:
            ProviderError: nothing was compared.
        """
        ...
