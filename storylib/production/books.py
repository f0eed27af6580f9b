"""A whole book in memory, without a database: what the command line makes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from storylib.manuscript import Brief, Extras, Opening, PageDraft, PictureOrder, Scene
from storylib.production.drawing import COVER, page_seed
from storylib.providers import provider
from storylib.providers.base import Picture
from storylib.vocabulary import ImageRole


@dataclass(frozen=True)
class Book:
    """What a writer wrote and an illustrator drew; ``pictures`` match ``pages``."""

    brief: Brief
    opening: Opening
    pages: tuple[PageDraft, ...]
    extras: Extras
    cover: Picture
    pictures: tuple[Picture, ...]


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
    return Book(brief, opening, pages, extras, cover, tuple(pictures))


def _order(
    brief: Brief, opening: Opening, role: ImageRole, number: int, scene: Scene, description: str
) -> PictureOrder:
    cast = brief.characters + opening.supporting
    return PictureOrder.of(role, scene, cast, brief.style, page_seed(brief.seed, number), description)
