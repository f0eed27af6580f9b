"""Pictures drawn anew by the Kit: sharp and to the rim for print, without the torn edge; or as lines to colour in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from PIL import Image, ImageChops, ImageStat

from storylib.errors import ProviderError
from storylib.exports import pictures
from storylib.exports.book import Book, Leaf
from storylib.generation.drawing import COVER, page_seed
from storylib.providers import catalog
from storylib.providers.labels import label
from storylib.story import ImageRequest
from storylib.story.document import StoryDocument
from storylib.vocabulary import STAND_IN

SMALL = (48, 32)  # pixels, for the comparison
ALIKE = 8.0  # levels of 255: the same drawing is at most 4.3 off (crayon), another attempt at least 15 [18 books]


def for_print(document: StoryDocument, book: Book, width: int) -> Book:
    """Return a book whose pictures by the Kit are ``width`` pixels wide; about 0.8 s of CPU each at 2551.

    Where the Kit draws something else today than what was kept and approved, the picture that was kept stays.
    """
    by = {COVER: document.cover.made_by, **{page.number: page.made_by for page in document.pages}}
    requests = {number: asked for number, asked in _requests(document) if by[number] == label(STAND_IN)}
    return _each(book, lambda leaf: _redrawn(leaf, requests.get(leaf.number), width))


def to_colour(document: StoryDocument, book: Book, width: int) -> Book:
    """Return a book with every scene as lines, whoever drew its picture, ``width`` pixels wide; about 0.2 s each.

    Raises:
        ProviderError: a scene cannot be drawn.
    """
    kit, requests = catalog.stand_in(), dict(_requests(document))

    def lines(leaf: Leaf) -> Leaf:
        request = requests.get(leaf.number)
        return replace(leaf, picture=pictures.jpeg(kit.line_scene(request, width)) if request else None)

    return _each(book, lines)


def _each(book: Book, change: Callable[[Leaf], Leaf]) -> Book:
    with ThreadPoolExecutor() as threads:
        leaves = list(threads.map(change, book.leaves))
    return replace(book, cover=leaves[0], pages=tuple(leaves[1:]))


def _requests(document: StoryDocument) -> Iterator[tuple[int, ImageRequest]]:
    """What the Kit is asked for, by the number of the leaf."""
    brief = document.brief
    cast = brief.characters + document.supporting
    if document.cover.scene:
        seed = page_seed(brief.seed, COVER)
        yield COVER, ImageRequest.of("cover", document.cover.scene, cast, brief.style, seed, book=brief.seed)
    for page in document.pages:
        seed = page_seed(brief.seed, page.number, page.attempt)
        yield page.number, ImageRequest.of("page", page.scene, cast, brief.style, seed, book=brief.seed)


def _redrawn(leaf: Leaf, request: ImageRequest | None, width: int) -> Leaf:
    if leaf.picture is None or request is None:
        return leaf
    try:
        drawn = pictures.jpeg(catalog.stand_in().print_scene(request, width))
    except ProviderError:
        return leaf  # what was kept can still be printed, and its resolution is said
    return replace(leaf, picture=drawn) if drawn and _alike(drawn, leaf.picture) else leaf


def _alike(one: bytes, other: bytes) -> bool:
    mean = ImageStat.Stat(ImageChops.difference(_small(one), _small(other))).mean
    return sum(mean) / len(mean) < ALIKE


def _small(encoded: bytes) -> Image.Image:
    """A picture without its rim."""
    with Image.open(io.BytesIO(encoded)) as opened:
        across, down = opened.width / 16, opened.height / 16
        inner = (across, down, opened.width - across, opened.height - down)
        return opened.convert("RGB").resize(SMALL, Image.Resampling.BOX, inner)
