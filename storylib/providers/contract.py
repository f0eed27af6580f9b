"""The contract of every provider: what it is as a whole, and the roles that it fills for one person.

A ``Provider`` is a class in ``catalog.PROVIDERS`` and an entry in config.yaml; screens and jobs ask it what they need
to know and never who it is. Each role has one verb, which returns a frozen result or raises ``ProviderError``.

A role keeps no session, no database and no limits: the caller reserves before and settles after.
One call of a method is at most one paid request: what has to be asked again (missing pages, a text that is too hard)
is asked by the caller, with a row of its own in the ledger. A provider that charges tells the caller's ``watch`` when a
request leaves, for it may long have waited until the server took it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from storylib.billing.money import NO_USAGE, ONE_IMAGE, Usage
from storylib.errors import ProviderError
from storylib.story import Brief, CharacterSpec, ImageRequest, PageDraft, Part
from storylib.vocabulary import PlanName

if TYPE_CHECKING:
    from storylib.config import ProviderConfig

Treatment = Literal["about", "mentioned", "none"]  # what a story makes of its theme


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
        super().__init__(error.message, error.kind, permanent=error.permanent, maybe_paid=True, detail=error.detail)
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


# --- the roles


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


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Who does what for one person, with the models of their plan; None: nobody does it."""

    writer: Writer
    illustrator: Illustrator | None = None
    moderator: Moderator | None = None
    image_moderator: ImageModerator | None = None
    consistency_checker: ConsistencyChecker | None = None
    takes_references: bool = True  # the illustrator draws after portraits, where the cast has some
    takes_quality: bool = True  # the illustrator can be told the quality that the plan names


# --- the whole


@dataclass(frozen=True)
class ThemeReading:
    """What becomes of a brief's theme: asked, how it is treated, by which theme pack, and what of it is not told."""

    asked: str
    treatment: Treatment
    pack: str | None = None
    not_understood: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What a brief will come to, as far as its writer can say before the click.

    ``message`` says what will be told, and each of ``notes`` how a wish was read or that it cannot be met: sentences
    for the teacher. ``pictures`` tells what each page's picture will show, where that is known.
    """

    message: str = ""
    notes: tuple[str, ...] = ()
    title: str = ""
    theme: ThemeReading | None = None
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """Another story that a writer has for a brief: the ``theme`` that asks for it, and what it is, in one line."""

    theme: str
    summary: str


@dataclass(frozen=True)
class Capability:
    """Whether something is offered (None: not known), and why or what that means, in a sentence."""

    offered: bool | None
    reason: str = ""


class Provider(ABC):
    """A provider as a whole, whoever asks; made from its name and entry in config.yaml, at no cost.

    Its label and note are the entry's. What its calls cost is not its business: ``generation.registry`` knows.
    """

    own_words = False  # the teacher writes, and it only reads
    illustrates = True
    hand_written = False  # by people, on this machine: nothing is sent anywhere, and nothing needs to be checked
    tested = False  # there is a server behind it, which ``probe`` asks
    setup = ""  # what an administrator has to do until it is ready, in the imperative

    def __init__(self, name: str, entry: ProviderConfig):
        self.name = name
        self.entry = entry

    @abstractmethod
    def ready(self) -> bool:
        """Tell whether it can be asked here: it has the key or the address that it needs."""

    @abstractmethod
    def languages(self) -> dict[str, str]:
        """Return the languages that it writes in: code → English name."""

    @abstractmethod
    def roles(self, plan: PlanName, user_id: int) -> Roles:
        """Return who works for this person.

        Raises:
            ProviderError: it cannot be reached at all, like a server without its key.
        """

    def address(self) -> str:
        """Return where it is reached, in Markdown: ``at `https://…`, with a key``; empty: in this process."""
        return ""

    def preview(self, brief: Brief) -> Preview:
        """Return what it will make of a brief; empty where only making it can tell."""
        return Preview()

    def suggestions(self, brief: Brief, had: Sequence[Brief] = ()) -> tuple[Suggestion, ...]:
        """Return up to three other stories for a brief, none that the class has ``had``; empty if it knows none."""
        return ()

    def heard(self, brief: Brief, had: Sequence[Brief]) -> str:
        """Return a sentence where the class has ``had`` the story that this brief will be; else nothing."""
        return ""

    def surprise(self, seed: int) -> dict[str, Any]:
        """Return fields of a brief that is known to make a good book; empty if it knows none."""
        return {}

    def warm_up(self) -> None:  # noqa: B027 (most have nothing to warm)
        """Start what the first picture would have to wait for; return at once."""

    def missing(self) -> dict[str, str]:
        """Return what its server turned out not to have: feature → what the server said.

        Raises:
            ProviderError: there is no way to it.
        """
        return {}

    def probe(self, plan: PlanName) -> dict[str, Capability]:
        """Ask its server for everything that the plan may need: feature → finding; at most a cent, and no picture.

        Raises:
            ProviderError: there is no way to it.
        """
        return {}


class StandIn(Provider):
    """A provider that draws where another could not: always ready, free, and hand-written."""

    hand_written = True

    def ready(self) -> bool:
        """Tell that it is."""
        return True

    @abstractmethod
    def sketch(self, spec: CharacterSpec) -> bytes:
        """Return a portrait at once: an encoded picture, drawn in this process."""

    @abstractmethod
    def sketch_scene(self, request: ImageRequest, width: int = 576) -> bytes:
        """Return a page's picture at once, ``width`` pixels wide: encoded, drawn in this process."""

    @abstractmethod
    def print_scene(self, request: ImageRequest, width: int) -> bytes:
        """Return a page's picture for print, without an edge of its own, ``width`` pixels wide: encoded.

        Raises:
            ProviderError: it cannot be drawn.
        """

    @abstractmethod
    def line_scene(self, request: ImageRequest, width: int) -> bytes:
        """Return a page to be coloured in, ``width`` pixels wide: encoded.

        Raises:
            ProviderError: it cannot be drawn.
        """
