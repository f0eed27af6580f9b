"""``export``: a story of the library, or of a brief, as files to print, show and send."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from storylib.commands.arguments import Subparsers

if TYPE_CHECKING:
    from storylib.exports.formats import File, Source

Make: TypeAlias = "Callable[[str, Source], File]"


def register(commands: Subparsers) -> None:
    """Say how it is called."""
    command = commands.add_parser("export", help="write a story as PDF, EPUB, slides and more")
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("story", nargs="?", metavar="STORY_ID", help="a story of the library")
    what.add_argument(
        "--brief", type=Path, metavar="BRIEF.yaml", help="a book that is made for this, without a database"
    )
    command.add_argument("--format", default="pdf", metavar="F,F", help="pdf, booklet, print-pdf, epub, pptx, zip …")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the files go")
    command.add_argument("--names", type=Path, metavar="FILE", help="a copy for each child: first names, or a CSV")
    command.add_argument("--dedication", metavar="WORDS", help="with --names; {name} stands for the child's name")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write the files, and print their names with what is not as it should be."""
    from storylib.exports.formats import chosen

    formats = chosen(options.format.split(","))
    each_child = _class_set(options.names, options.dedication, formats) if options.names else None
    source = _of_brief(options.brief) if options.brief else _of_library(options.story)
    write(source, formats, options.out, each_child)


def write(source: Source, formats: Iterable[str], folder: Path, make: Make | None = None) -> None:
    """Write each format into a folder, and print its name; ``make`` makes other files than ``export``.

    Raises:
        Invalid: the story cannot be exported.
        Unavailable: a file cannot be made, or the folder not be written.
    """
    from storylib.errors import Unavailable
    from storylib.exports.formats import export

    for name in formats:
        file = (make or export)(name, source)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / file.name).write_bytes(file.data)
        except OSError as error:
            raise Unavailable(f"{file.name} cannot be written to {folder}: {error.strerror}.") from None
        print("\n  ".join([str(folder / file.name), *file.notes]))


def _class_set(path: Path, dedication: str | None, formats: Iterable[str]) -> Make:
    from storylib.errors import Invalid
    from storylib.exports import class_set

    if other := [name for name in formats if name not in class_set.FORMS]:
        raise Invalid(f"There is no class set as {', '.join(other)}, only as {', '.join(class_set.FORMS)}.", "format")
    children = class_set.names(_read(path))
    wording = class_set.DEDICATION if dedication is None else dedication
    return lambda name, source: class_set.class_set(source, children, wording, cast("class_set.Form", name))


def _read(path: Path) -> str:
    from storylib.errors import Invalid
    from storylib.inputs import decoded

    try:
        return decoded(path.read_bytes())
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.", "names") from None
    except UnicodeDecodeError:
        raise Invalid(f"{path} is not UTF-8. In a spreadsheet, save it as “CSV UTF-8”.", "names") from None


def _of_brief(path: Path) -> Source:
    from storylib.commands.make.folder import read_brief
    from storylib.exports.formats import of_book
    from storylib.generation.books import make_book

    return of_book(make_book(read_brief(path)))


def _of_library(story_id: str) -> Source:
    from storylib.db import database
    from storylib.exports.library import source

    return source(database(), story_id)
