"""A whole book in memory, without a database: what the command line makes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal

from storylib.manuscript import Brief, Extras, Opening, PageDraft, PictureOrder, Scene
from storylib.production.drawing import COVER, page_seed
from storylib.providers import provider
from storylib.providers.base import Picture, Usage
from storylib.vocabulary import ImageRole


@dataclass(frozen=True)
class Book:
    """What a writer wrote and an illustrator drew; ``pictures`` match ``pages``. ``cost_usd`` None: no known price."""

    brief: Brief
    opening: Opening
    pages: tuple[PageDraft, ...]
    extras: Extras
    cover: Picture
    pictures: tuple[Picture, ...]
    cost_usd: Decimal | None


def make_book(brief: Brief) -> Book:
    """Write and draw a book; the pictures are drawn side by side.

    Raises:
        Invalid: there is no such provider.
        ProviderError: a part could not be made.
    """
    maker = provider(brief.provider)
    parts = list(maker.writer.write(brief))
    opening = next(part for part in parts if isinstance(part, Opening))
    pages = tuple(part for part in parts if isinstance(part, PageDraft))
    extras = next((part for part in parts if isinstance(part, Extras)), Extras())
    orders = [_order(brief, opening, "cover", COVER, opening.cover, opening.title)]
    orders += [_order(brief, opening, "page", page.number, page.scene, page.description) for page in pages]
    with ThreadPoolExecutor(8) as threads:
        cover, *pictures = threads.map(maker.illustrator.draw, orders)
    costs = [maker.cost("write", next((part for part in parts if isinstance(part, Usage)), None))]
    costs += [maker.cost("draw", picture.usage) for picture in (cover, *pictures)]
    return Book(brief, opening, pages, extras, cover, tuple(pictures), _total(costs))


def _total(costs: Sequence[Decimal | None]) -> Decimal | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def _order(
    brief: Brief, opening: Opening, role: ImageRole, number: int, scene: Scene, description: str
) -> PictureOrder:
    cast = brief.characters + opening.supporting
    seed = page_seed(brief.seed, number)
    return PictureOrder.of(role, scene, cast, brief.style, seed, description, book=brief.seed)
