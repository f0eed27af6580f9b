"""A whole book in memory, without a database: what the command line makes.

Without a database nothing is counted, nothing is checked and nobody is asked before money is spent, so it is made by
the Story Kit, for which nothing of this is needed, and by no other.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from storylib.errors import Invalid
from storylib.generation.drawing import COVER, page_seed
from storylib.generation.registry import provider_for
from storylib.providers.contract import Picture
from storylib.story import Brief, Extras, ImageRequest, Opening, PageDraft, Scene
from storylib.vocabulary import STAND_IN, ImageRole


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
        Invalid: it names another provider than the Kit.
        ProviderError: a part could not be made.
    """
    if others := {brief.provider, brief.illustrator} - {STAND_IN}:
        raise Invalid(
            f"The command line makes books of the Story Kit. Others ({', '.join(sorted(others))}) make them in the "
            "browser only, where the price is said before, what is spent is counted and every page is checked.",
            "provider",
        )
    kit = provider_for(STAND_IN)
    parts = list(kit.writer.write(brief))
    opening = next(part for part in parts if isinstance(part, Opening))
    pages = tuple(part for part in parts if isinstance(part, PageDraft))
    extras = next((part for part in parts if isinstance(part, Extras)), Extras())
    orders = [_order(brief, opening, "cover", COVER, opening.cover, opening.title)]
    orders += [_order(brief, opening, "page", page.number, page.scene, page.description) for page in pages]
    with ThreadPoolExecutor(8) as threads:
        cover, *pictures = threads.map(kit.illustrator.draw, orders)
    return Book(brief, opening, pages, extras, cover, tuple(pictures))


def _order(
    brief: Brief, opening: Opening, role: ImageRole, number: int, scene: Scene, description: str
) -> ImageRequest:
    cast = brief.characters + opening.supporting
    seed = page_seed(brief.seed, number)
    return ImageRequest.of(role, scene, cast, brief.style, seed, description, book=brief.seed)
