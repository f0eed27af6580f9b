"""The Kit's pictures drawn anew for print: sharp, and to the rim, without the torn edge of their paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
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
    requests = dict(_requests(document))
    with ThreadPoolExecutor() as threads:
        leaves = list(threads.map(lambda leaf: _redrawn(leaf, requests.get(leaf.number), width), book.leaves))
    return replace(book, cover=leaves[0], pages=tuple(leaves[1:]))


def _requests(document: StoryDocument) -> Iterator[tuple[int, ImageRequest]]:
    """What the Kit was asked for, by the number of the leaf."""
    brief, kit = document.brief, label(STAND_IN)
    cast = brief.characters + document.supporting
    if document.cover.scene and document.cover.made_by == kit:
        seed = page_seed(brief.seed, COVER)
        yield COVER, ImageRequest.of("cover", document.cover.scene, cast, brief.style, seed, book=brief.seed)
    for page in document.pages:
        if page.made_by == kit:
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
