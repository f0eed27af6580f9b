"""A whole book in memory, without a database: what the command line makes.

Without a database nothing is counted, nothing is checked and nobody is asked before money is spent, so it is made by
the Story Kit, for which nothing of this is needed, and by no other.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from decimal import Decimal

from storylib.billing.money import Usage
from storylib.errors import Invalid
from storylib.generation.drawing import COVER, page_seed
from storylib.generation.image_calls import illustrator_of
from storylib.generation.registry import provider_for
from storylib.providers import catalog
from storylib.providers.contract import Picture
from storylib.providers.labels import credit, label
from storylib.story import Brief, CharacterSpec, Extras, ImageRequest, Opening, PageDraft, Scene, reading_level
from storylib.story.document import Cover, PageDocument, StoryDocument, ThemeRecord
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
        Invalid: it names a provider that sends something to a server.
        ProviderError: a part could not be made.
    """
    if others := {name for name in (brief.provider, brief.illustrator) if not catalog.provider(name).hand_written}:
        raise Invalid(
            f"The command line makes books with the Story Kit or of your own words. Use {', '.join(sorted(others))} in "
            "the browser, where you see the price first, spending is counted and every page is checked.",
            "provider",
        )
    writer, illustrator = provider_for(brief.provider), provider_for(brief.illustrator)
    parts = [part for part in writer.writer.write(brief) if not isinstance(part, Usage)]
    opening = next(part for part in parts if isinstance(part, Opening))
    pages = tuple(part for part in parts if isinstance(part, PageDraft))
    extras = next((part for part in parts if isinstance(part, Extras)), Extras())
    orders = [_order(brief, opening, "cover", COVER, opening.cover, opening.title)]
    orders += [_order(brief, opening, "page", page.number, page.scene, page.description) for page in pages]
    with ThreadPoolExecutor(8) as threads:
        cover, *pictures = threads.map(illustrator_of(illustrator).draw, orders)
    return Book(brief, opening, pages, extras, cover, tuple(pictures))


def _order(
    brief: Brief, opening: Opening, role: ImageRole, number: int, scene: Scene, description: str
) -> ImageRequest:
    cast = brief.characters + opening.supporting
    seed = page_seed(brief.seed, number)
    return ImageRequest.of(role, scene, cast, brief.style, seed, description, book=brief.seed)


def document(book: Book) -> StoryDocument:
    """Describe a book; its pictures are called ``cover.webp``, ``page-01.webp`` and so on."""
    cast = book.brief.characters + book.opening.supporting
    return StoryDocument(
        title=book.opening.title,
        made_by=credit(book.brief.provider),
        brief=book.brief,
        supporting=book.opening.supporting,
        cover=_cover(book),
        pages=tuple(_page(book.brief, page, cast) for page in book.pages),
        level=reading_level.of_pages([page.text for page in book.pages], book.brief, cast),
        theme=_theme(book.brief),
        extras=book.extras,
        cost_usd=Decimal(0),
    )


def _theme(brief: Brief) -> ThemeRecord:
    said = catalog.provider(brief.provider).preview(brief).theme
    return ThemeRecord(**asdict(said)) if said else ThemeRecord(asked=brief.theme)


def _cover(book: Book) -> Cover:
    alt = f"The cover of {book.opening.title}."
    return Cover(alt=alt, picture="cover.webp", scene=book.opening.cover, made_by=label(book.brief.illustrator))


def _page(brief: Brief, page: PageDraft, cast: tuple[CharacterSpec, ...]) -> PageDocument:
    return PageDocument(
        **{name: getattr(page, name) for name in ("number", "text", "alt", "scene")},
        picture=f"page-{page.number:02}.webp",
        made_by=label(brief.illustrator),
        author=label(brief.provider),
        level=asdict(reading_level.of_pages([page.text], brief, cast)),
    )
