"""The Kit looked over at a glance: contact sheets, and whole books in print."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from PIL import Image

from storylib import vocabulary as v
from storylib.errors import Invalid, Unavailable
from storylib.kit.composer import KitWriter
from storylib.kit.illustrator import KitIllustrator
from storylib.kit.pack import parse_pack
from storylib.kit.pack_book import PackBook
from storylib.kit.pack_catalog import PackCatalog
from storylib.kit.pack_lint import check_packs
from storylib.kit.plot import load_plot, plot_names, world_names
from storylib.story import Actor, Brief, CharacterSpec, Extras, ImageRequest, Opening, PageDraft, Scene
from storylib.text import listed

CELL = (288, 192)  # pixels of one picture on a sheet
COLUMNS = 8
POSES: tuple[v.Pose, ...] = ("stand", "wave", "climb", "swim", "sleep", "read", "hug", "dance")


def sheet(path: Path) -> int:
    """Draw kinds × poses, settings × times and a row for each plot into one picture; how many there are.

    Raises:
        Unavailable: the file cannot be written.
        ProviderError: a picture cannot be drawn.
    """
    illustrator = KitIllustrator()
    with ThreadPoolExecutor(4) as threads:
        pictures = list(threads.map(lambda request: _small(illustrator.draw(request).data), orders()))
    rows = -(-len(pictures) // COLUMNS)
    canvas = Image.new("RGB", (COLUMNS * CELL[0], rows * CELL[1]), "#fffaf0")
    for i, picture in enumerate(pictures):
        canvas.paste(picture, (i % COLUMNS * CELL[0], i // COLUMNS * CELL[1]))
    try:
        canvas.save(path)
    except (OSError, ValueError) as error:
        raise Unavailable(f"The sheet cannot be written to {path}: {error}.") from None
    return len(pictures)


def orders() -> Iterator[ImageRequest]:
    """The pictures of a contact sheet, row by row."""
    for kind in v.KINDS:
        hero = CharacterSpec(name="Hero", kind=kind)
        yield from (_order((hero,), Scene(setting="meadow", cast=(Actor(name="Hero", pose=p),))) for p in POSES)
    for setting in v.SETTINGS:
        yield from (_order((), Scene(setting=setting, time=time, shot="wide")) for time in v.TIMES)
    for name in plot_names():
        yield from list(_book(_brief(load_plot(name).moral, 0)))[:COLUMNS]


def _order(cast: tuple[CharacterSpec, ...], scene: Scene) -> ImageRequest:
    return ImageRequest.of("page", scene, cast)


def _book(brief: Brief) -> Iterator[ImageRequest]:
    cast = brief.characters
    for part in KitWriter().write(brief):
        if isinstance(part, Opening):
            cast += part.supporting
            yield ImageRequest.of("cover", part.cover, cast, seed=brief.seed, book=brief.seed)
        elif isinstance(part, PageDraft):
            yield ImageRequest.of("page", part.scene, cast, seed=brief.seed + part.number, book=brief.seed)


def _small(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.convert("RGB").resize(CELL, Image.Resampling.LANCZOS)


def _brief(moral: str, seed: int) -> Brief:
    """A brief as seeds have it: every seed another hero, band, tone and world."""
    rng = Random(f"review {seed}")
    hero = CharacterSpec(
        name=rng.choice(("Luna", "Max", "Amina", "Otto", "Pim")),
        kind=rng.choice(v.KINDS),
        pronouns=rng.choice(v.PRONOUNS),
        traits=(rng.choice(v.TRAITS),),
    )
    band, tone, world = rng.choice(v.AGE_BANDS), rng.choice(v.TONES), rng.choice(world_names())
    pages = rng.randint(4, 16)
    return Brief(characters=(hero,), moral=moral, age_band=band, tone=tone, world=world, pages=pages, seed=seed)


def read_pack(packs: Path, name: str, band: v.AgeBand, pages: int, seed: int) -> str:
    """A whole book of a pack as text, to be read aloud.

    Raises:
        Invalid: there is no such pack, it has mistakes, or it is not for the band; each is named.
    """
    files = {path.stem: path for path in PackCatalog.with_folder(packs).files()}
    if (path := files.get(name)) is None:
        raise Invalid(f"There is no pack {name}. There are: {', '.join(files)}.")
    if mistakes := check_packs([path]):
        raise Invalid("\n".join(mistakes))
    pack = parse_pack(path)
    if band not in pack.bands:
        raise Invalid(f"{path.name} is not for the band {band}; it is for {listed(pack.bands)}.")
    brief = _brief("none", seed).model_copy(update={"age_band": band, "pages": pages, "world": None})
    book = PackBook(brief, pack)
    parts = [book.opening(), *book.pages(), book.extras()]
    return "\n\n".join(_lines(parts, f"{pack.name}, {band}, {pages} pages, seed {seed}"))


def read(seed: int) -> str:
    """A whole book as text, to be read aloud."""
    moral = Random(seed).choice([load_plot(name).moral for name in plot_names()])
    brief = _brief(moral, seed)
    asked = f"{brief.age_band}, {brief.tone}, {brief.moral}, {brief.world}, {brief.pages} pages, seed {seed}"
    return "\n\n".join(_lines(KitWriter().write(brief), asked))


def _lines(parts: Iterable[object], asked: str) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Opening):
            yield f"{part.title}\n({asked})"
        elif isinstance(part, PageDraft):
            yield f"{part.number}  {part.text}\n   [{part.alt}]"
        elif isinstance(part, Extras):
            yield "\n".join(f"{asked.question} — {asked.answer}" for asked in part.questions)
            yield "\n".join(f"{word.word}: {word.meaning}" for word in part.words)
