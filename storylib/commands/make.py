"""A book as files: a brief in YAML goes in, a folder with story.json and the pictures comes out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from storylib.errors import Invalid, Unavailable, explain_validation
from storylib.generation.books import Book, make_book
from storylib.library import images, stories
from storylib.library.characters import Draft
from storylib.providers import catalog
from storylib.story import Brief, PageDraft, reading_level


def read_brief(path: Path) -> Brief:
    """A brief from a YAML file, checked like one from the screen.

    Raises:
        Invalid: the file cannot be read, is no YAML, or breaks a rule; the message names the field.
    """
    try:
        written = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Invalid(f"{path} is not valid YAML: {error}") from None
    try:
        brief = stories.checked(Brief.model_validate(written))
        sheets = [Draft(**dict(sheet)).spec() for sheet in brief.characters]
    except ValidationError as error:
        raise Invalid(f"{path}: {explain_validation(error)}") from None
    except Invalid as error:
        raise Invalid(f"{path}: {error}", error.field) from None
    return brief.model_copy(update={"characters": tuple(sheets)})


def make(brief: Brief, folder: Path) -> Book:
    """Make a book and write it: the pictures, then story.json. Pages of an earlier, longer book are removed.

    Raises:
        Invalid: it names another provider than the Kit.
        ProviderError: a page could not be made; nothing was written.
        Unavailable: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        book = make_book(brief)
        _write(book, folder)
    except OSError as error:
        raise Unavailable(f"The book cannot be written to {folder}: {error.strerror}.") from None
    return book


def _write(book: Book, folder: Path) -> None:
    for stale in folder.glob("page-??.webp"):
        stale.unlink()
    names = ["cover.webp", *(_file(page) for page in book.pages)]
    for name, picture in zip(names, (book.cover, *book.pictures), strict=True):
        (folder / name).write_bytes(images.prepare(picture).sizes["full"])
    story = json.dumps(as_json(book), ensure_ascii=False, indent=2)
    (folder / "story.json").write_text(story + "\n", "utf-8")


def _file(page: PageDraft) -> str:
    return f"page-{page.number:02}.webp"


def as_json(book: Book) -> dict[str, Any]:
    """What story.json holds."""
    theme = catalog.provider(book.brief.provider).preview(book.brief).theme
    texts, cast = [page.text for page in book.pages], book.brief.characters + book.opening.supporting
    return {
        "title": book.opening.title,
        "made_by": catalog.credit(book.brief.provider),
        "brief": book.brief.model_dump(mode="json", exclude_none=True),
        "pages": [_page(page, catalog.label(book.brief.illustrator)) for page in book.pages],
        "level": asdict(reading_level.of_pages(texts, book.brief, cast)),
        "theme": theme and asdict(theme),
    }


def _page(page: PageDraft, made_by: str) -> dict[str, Any]:
    scene = page.scene.model_dump(mode="json", exclude_none=True)
    facts = {"number": page.number, "text": page.text, "alt": page.alt, "scene": scene}
    return {**facts, "picture": _file(page), "made_by": made_by}
