"""A writer and an illustrator that do as they are told, count what they were asked, and never fail by chance."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from PIL import Image

from storylib.billing.money import NOTHING, Estimate, Usage
from storylib.config import ProviderConfig
from storylib.errors import ProviderError
from storylib.generation import registry
from storylib.generation.registry import PricedProvider
from storylib.kit import StoryKit
from storylib.providers import catalog
from storylib.providers.contract import Picture, Provider, Resemblance, Roles, Verdict, watch
from storylib.providers.openai import OpenAIProvider
from storylib.story import Actor, Brief, CharacterSpec, Extras, ImageRequest, Opening, PageDraft, Part, Scene
from storylib.vocabulary import Operation, PlanName


def picture(red: int = 200, size: tuple[int, int] = (96, 64)) -> Picture:
    """A real, small picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (red % 256, 120, 80)).save(buffer, "WEBP")
    return Picture(buffer.getvalue(), *size)


@dataclass
class Scripted:
    """Writer and illustrator at once; ``fail`` maps a number (page written, picture drawn) to an error, once each."""

    fail_page: dict[int, ProviderError] = field(default_factory=dict)
    fail_picture: list[ProviderError] = field(default_factory=list)
    on_page: Callable[[int], None] = abs
    written: list[int] = field(default_factory=list)
    drawn: list[ImageRequest] = field(default_factory=list)
    references: list[Sequence[bytes]] = field(default_factory=list)
    checked: list[str | Picture] = field(default_factory=list)
    blocked: tuple[str, ...] = ()
    unfit: list[int] = field(default_factory=list)  # the how-manieth pictures that are checked and not fit
    alike: list[float] = field(default_factory=list)  # the scores of likeness, in turn; then all are alike
    texts: dict[int, str] = field(default_factory=dict)  # instead of counting
    rewrites: list[str] = field(default_factory=list)  # what comes of rewriting, in turn
    problems: list[str] = field(default_factory=list)

    def write(self, brief: Brief, written: Sequence[Part] = ()) -> Iterator[Part | Usage]:
        """An opening, the pages, extras; what is there already is left out."""
        watch.get().leaves()
        hero = brief.characters[0].name
        scene = Scene(setting="meadow", cast=(Actor(name=hero),))
        if not written:
            yield Opening(title=f"{hero} and the Test", cover=scene)
        for number in range(max(1, len(written)), brief.pages + 1):
            if error := self.fail_page.pop(number, None):
                raise error
            self.on_page(number)
            self.written.append(number)
            text = self.texts.get(number, f"{hero} counts to {number}.")
            yield PageDraft(number=number, text=text, scene=scene, alt=f"{hero} counts.")
        yield Extras()
        yield Usage(model="scripted")

    def rewrite(self, brief: Brief, page: PageDraft, problem: str) -> tuple[PageDraft, Usage]:
        """The next of ``rewrites``."""
        watch.get().leaves()
        self.problems.append(problem)
        return page.model_copy(update={"text": self.rewrites.pop(0)}), Usage()

    def draw(self, request: ImageRequest, references: Sequence[bytes] = ()) -> Picture:
        """A picture of one colour, another one each time."""
        watch.get().leaves()
        if self.fail_picture:
            raise self.fail_picture.pop(0)
        self.drawn.append(request)
        self.references.append(references)
        return picture(request.seed + 7 * len(self.drawn))

    def check(self, subject: str | Picture, cast: Sequence[CharacterSpec] = ()) -> Verdict:
        """What contains a word of ``blocked`` is flagged."""
        watch.get().leaves()
        self.checked.append(subject)
        if isinstance(subject, Picture):
            seen = sum(isinstance(each, Picture) for each in self.checked)
            return Verdict("scripted", ("violence",) if seen in self.unfit else ())
        return Verdict("scripted", tuple(word for word in self.blocked if word in subject))

    def compare(self, picture: Picture, portraits: Sequence[tuple[CharacterSpec, bytes]]) -> Resemblance:
        """The next of ``alike``."""
        watch.get().leaves()
        return Resemblance(self.alike.pop(0) if self.alike else 1.0, "The scarf has another colour.")

    def provider(self, name: str, entry: ProviderConfig) -> Provider:
        """As a line of the catalog, in the Kit's place."""
        return _Free(name, entry, self)

    def for_money(self, name: str, entry: ProviderConfig) -> Provider:
        """As a line of the catalog that checks and compares too, and is not free; see ``charge``."""
        return _ForMoney(name, entry.model_copy(update={"free": False, "models": {}}), self)


class _Free(StoryKit):
    """The Kit, but for who writes and draws."""

    def __init__(self, name: str, entry: ProviderConfig, scripted: Scripted):
        super().__init__(name, entry)
        self.scripted = scripted

    def roles(self, plan: PlanName, user_id: int) -> Roles:
        return Roles(writer=self.scripted, illustrator=self.scripted, takes_references=False)


class _ForMoney(OpenAIProvider):
    """OpenAI, but for who works and the server."""

    def __init__(self, name: str, entry: ProviderConfig, scripted: Scripted):
        super().__init__(name, entry)
        self.scripted = scripted

    def roles(self, plan: PlanName, user_id: int) -> Roles:
        made = self.scripted
        return Roles(writer=made, illustrator=made, moderator=made, consistency_checker=made)

    def missing(self) -> dict[str, str]:
        return {}


def charge(monkeypatch: pytest.MonkeyPatch, scripted: Scripted, name: str = "openai") -> None:
    """Put ``scripted`` in a provider's place, for money: at the prices of ``Paid``."""
    monkeypatch.setitem(catalog.PROVIDERS, name, scripted.for_money)
    monkeypatch.setattr(registry, "PricedProvider", Paid)


class Paid(PricedProvider):
    """Where it is not free, every page written costs a cent, every picture four."""

    def estimate(self, operation: Operation, pages: int = 1, references: int = 2) -> Estimate:
        """As it will cost."""
        price = PRICES[operation] * (pages if operation == "write" else 1)
        return NOTHING if self.free else Estimate(price, price, price, "a table")

    def reservation(self, operation: Operation, pages: int = 1, references: int = 0) -> Decimal:
        """As it will cost."""
        return self.estimate(operation, pages).high

    def cost(self, operation: Operation, usage: Usage | None) -> Decimal | None:
        """The price of one."""
        return NOTHING.usd if self.free else PRICES[operation]


PRICES: dict[Operation, Decimal] = {
    "write": Decimal("0.01"),
    "draw": Decimal("0.04"),
    "portrait": Decimal("0.04"),
    "check": Decimal(0),
    "inspect": Decimal("0.001"),
    "read": Decimal(0),
}
