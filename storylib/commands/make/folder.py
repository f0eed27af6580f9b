"""A book as files: a brief in YAML goes in, a folder with story.json and the pictures comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from storylib.errors import Invalid, Unavailable, explain_validation
from storylib.generation.books import Book, document, make_book
from storylib.library import images, stories
from storylib.library.characters import Draft
from storylib.providers.own import splitting
from storylib.story import Brief
from storylib.vocabulary import AGE_BANDS


def read_brief(path: Path) -> Brief:
    """A brief from a YAML file, checked like one from the screen.

    Raises:
        Invalid: the file cannot be read, is no YAML, or breaks a rule; the message names the field.
    """
    try:
        written = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise Invalid("make.unreadable", path=path, reason=error.strerror) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Invalid("make.yaml", path=path, problem=error) from None
    try:
        brief = stories.checked(Brief.model_validate(_paged(written)))
        sheets = [Draft(**dict(sheet)).spec() for sheet in brief.characters]
    except ValidationError as error:
        raise Invalid("make.invalid", path=path, problem=explain_validation(error)) from None
    except Invalid as error:
        raise Invalid("make.invalid", error.field, path=path, problem=error.message) from None
    return brief.model_copy(update={"characters": tuple(sheets)})


def _paged(written: Any) -> Any:
    """Split a ``text`` that is given as a whole into pages."""
    if not (isinstance(written, dict) and isinstance(written.get("text"), str)):
        return written
    band = written.get("age_band", "3-5")
    pages = splitting.split(written["text"], band if band in AGE_BANDS else "3-5")
    return {"provider": "own", "moral": "none", **written, "text": pages, "pages": len(pages)}


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
        raise Unavailable("make.unwritten", folder=folder, reason=error.strerror) from None
    return book


def _write(book: Book, folder: Path) -> None:
    for stale in folder.glob("page-??.webp"):
        stale.unlink()
    told = document(book)
    files = [told.cover.picture, *(page.picture for page in told.pages)]
    for name, picture in zip(filter(None, files), (book.cover, *book.pictures), strict=True):
        (folder / name).write_bytes(images.prepare(picture).sizes["full"])
    (folder / "story.json").write_text(told.as_json(), "utf-8")
