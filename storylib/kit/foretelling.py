"""What a brief will come to, said before the click: the book is composed, and what it holds is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from storylib import vocabulary as v
from storylib.kit import choosing
from storylib.kit.book import Book
from storylib.kit.choosing import Choice
from storylib.kit.pack import Pack
from storylib.kit.pack_book import PackBook
from storylib.kit.pack_catalog import PackCatalog
from storylib.kit.pack_choosing import PackChoice, choose_pack, near_pack
from storylib.kit.plot import load_voices, load_world
from storylib.providers.contract import Preview, ThemeReading, Treatment
from storylib.story import Brief, PageDraft
from storylib.text import listed

ENOUGH = 4  # pages for a plot
BAND_NAMES: dict[v.AgeBand, str] = {band: band.replace("-", "–") for band in v.AGE_BANDS}


@dataclass(frozen=True)
class Foretold:
    """The book that will be made, and whether its text and its pictures have the theme."""

    title: str
    choice: Choice
    pages: tuple[PageDraft, ...]
    mentions: bool

    @property
    def shows(self) -> bool:
        """Whether the theme's thing is in a picture."""
        theme = self.choice.theme
        return bool(theme and theme.prop and any(theme.prop in page.scene.props for page in self.pages))

    @property
    def treatment(self) -> Treatment:
        """What is made of the theme."""
        if self.choice.about:
            return "about"
        return "mentioned" if self.mentions or self.shows else "none"


@lru_cache(maxsize=64)
def foretold(brief: Brief) -> Foretold:
    """Compose the book, which takes some milliseconds."""
    book = Book(brief, choosing.choose(brief))
    title = book.opening().title
    pages = tuple(book.pages())
    return Foretold(title, book.choice, pages, book.mentions)


def preview(brief: Brief, packs: PackCatalog) -> Preview:
    """Return what will be told, and how the theme was read, what is left out and who does not appear."""
    if chosen := choose_pack(brief, packs):
        return _of_pack(brief, chosen)
    near = near_pack(brief, packs)
    told = _of_plot(brief)
    if near is None:
        return told
    bands = listed([BAND_NAMES[band] for band in near.card.bands])
    return replace(told, notes=(*told.notes, f"The Kit has a story about {near.card.name}, for ages {bands}."))


def _of_plot(brief: Brief) -> Preview:
    book = foretold(brief)
    setting, subject = book.choice.world.name, book.choice.plot.about
    told = f'Your story will be "{book.title}", set in {setting}: a story about {subject}.'
    return Preview(told, tuple(_notes(brief, book)), book.title, _reading(brief, book))


def _notes(brief: Brief, book: Foretold) -> list[str]:
    choice = book.choice
    found = [*_theme(brief, book), *_absent(brief, book.pages)]
    if brief.pages < ENOUGH:
        found.append(f"This story needs {ENOUGH} pages or more; in fewer, parts of it are missing.")
    found += _about_moral(brief, choice) + _about_world(brief, choice)
    found += _unread(brief)
    return found


def _unread(brief: Brief) -> list[str]:
    """What the Kit makes little or nothing of in any brief."""
    found = []
    if brief.language.split("-")[0].lower() != "en":
        found.append("The Kit writes in English only.")
    found += [
        f'The Kit has no special lines for the trait "{trait}" of {who.name}, and only mentions it.'
        for who in brief.characters[:1] for trait in who.traits[:1] if trait not in load_voices().traits
    ]  # fmt: skip
    if any(c.description for c in brief.characters):
        found.append("The Kit uses kind, traits and looks; it does not read descriptions of characters.")
    return found


def _of_pack(brief: Brief, chosen: PackChoice) -> Preview:
    """What a pack's book will be, said as it is composed."""
    book = PackBook(brief, chosen.pack, social=chosen.social)
    reading = ThemeReading(brief.theme, "about", chosen.pack.id, chosen.unknown)
    notes = [*_of_form(book, chosen), *_absent(brief, list(book.pages())), *_beside_pack(brief, chosen.pack)]
    told = f'Your story will be "{book.title}": a story about {chosen.pack.name}.'
    return Preview(told, (*notes, *_unread(brief)), book.title, reading)


def _of_form(book: PackBook, chosen: PackChoice) -> Iterator[str]:
    yield f"Read as: {chosen.pack.name}. The story is about it."
    yield from (f'The Kit does not know "{word}" and leaves it out.' for word in chosen.unknown)
    if book.form == "board":
        yield "It is a board book: one thing a page, to be played along."
    elif book.form == "social":
        yield "It is told as a social story."
    elif chosen.social:
        yield "There is too little of a social story for so many pages, so it is told as a story."


def _beside_pack(brief: Brief, pack: Pack) -> Iterator[str]:
    """What was chosen on the form and does not suit the pack."""
    if brief.tone not in pack.tones:
        yield f"The tone {brief.tone} does not suit this theme; it is told in a {pack.tones[0]} one."
    if brief.moral not in ("fits", "none"):
        yield f"This theme has a story of its own, which takes precedence over {brief.moral}."
    if brief.world and pack.world and brief.world != pack.world:
        yield f"This story is set in {load_world(pack.world).name}."


def _reading(brief: Brief, book: Foretold) -> ThemeReading:
    read = book.choice.understood
    kept = book.choice.theme if book.treatment != "none" else None
    left_out = (*read.grave, *read.unknown, *(theme.say for theme in read.themes if theme is not kept))
    return ThemeReading(brief.theme, book.treatment, not_understood=left_out)


def _theme(brief: Brief, book: Foretold) -> Iterator[str]:
    """How the theme was read, and whether the story is about it, only mentions it, or does not know it."""
    read, theme = book.choice.understood, book.choice.theme
    if read.grave:
        said = listed([f'"{word}"' for word in read.grave])
        yield f"Left out: {said}. The Kit's stories are comedies, so they leave this theme alone."
    elif book.choice.named:
        yield f"Read as: {book.choice.plot.name}. The story is about it."
    elif theme:
        yield f"Read as: {theme.say}. {_how(book)}"
    elif brief.theme.strip():
        yield "The Kit does not know this theme, so the story is about something else."
    if not read.grave:
        yield from (f'The Kit does not know "{word}" and leaves it out.' for word in read.unknown)
    yield from (
        f'The Kit weaves in one theme at a time and leaves out "{t.say}".' for t in read.themes if t is not theme
    )


def _how(book: Foretold) -> str:
    if book.choice.about:
        return "The story is about it."
    if book.mentions:
        return "The story only mentions it."
    if book.shows:
        return "The story only shows it in the pictures."
    return "The story has no place for it and leaves it out."


def _absent(brief: Brief, pages: Sequence[PageDraft]) -> Iterator[str]:
    """Who of the cast is on no page."""
    for spec in brief.characters:
        seen = any(actor.name == spec.name for page in pages for actor in page.scene.cast)
        named = any(spec.name in page.text for page in pages)
        if not seen and not named:
            yield f"{spec.name} will not appear in this book. More pages or fewer characters leave more room."
        elif not seen:
            yield f"{spec.name} is in the text of this book, but in no picture."


def _about_moral(brief: Brief, choice: Choice) -> list[str]:
    told = choice.plot.moral
    if brief.moral not in v.MORALS and told == "none":
        return [f'The Kit cannot tell a moral in your own words ("{brief.moral}"); it tells a story without one.']
    if brief.moral not in v.MORALS:
        return [f'The Kit cannot tell a moral in your own words ("{brief.moral}"); the nearest it knows is {told}.']
    if brief.moral not in ("fits", "none", told):
        own = "without a moral" if told == "none" else f"about {told}"
        return [f"This theme has a story of its own, {own}, which takes precedence over {brief.moral}."]
    if brief.moral == "none" and told != "none":
        return [f"This story is about {told}; its moral is left unsaid."]
    return []


def _about_world(brief: Brief, choice: Choice) -> list[str]:
    if brief.world and brief.world != choice.world.id:
        return [f"The Kit does not know the world {brief.world} yet; the nearest it knows is {choice.world.name}."]
    return []
