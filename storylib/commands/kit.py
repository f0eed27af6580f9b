"""``kit check``, ``kit read``, ``kit new-pack`` and ``kit sheet``: look over the Story Kit."""

from __future__ import annotations

import argparse
from pathlib import Path

from storylib import vocabulary as v
from storylib.commands.arguments import Subparsers, whole_number
from storylib.errors import Invalid


def register(commands: Subparsers) -> None:
    """Say how they are called."""
    group = commands.add_parser("kit", help="look over the Story Kit").add_subparsers(metavar="COMMAND", required=True)
    command = group.add_parser("check", help="name every mistake in its plots and worlds, by file and line")
    command.set_defaults(run=check)
    command = group.add_parser("read", help="print a book, to be read aloud")
    command.add_argument("--seed", type=whole_number, default=1, metavar="N", help="another number, another book (1)")
    command.add_argument("--pack", metavar="NAME", help="a book of this theme pack")
    command.add_argument("--band", choices=v.AGE_BANDS, default="3-5", help="with --pack: for whom (3-5)")
    command.add_argument("--pages", type=whole_number, default=8, metavar="N", help="with --pack: how long (8)")
    command.set_defaults(run=read)
    command = group.add_parser("new-pack", help="write a theme pack to be filled in, into the data folder")
    command.add_argument("name", metavar="NAME", help="like swimming-lesson")
    command.set_defaults(run=new_pack)
    command = group.add_parser("sheet", help="draw kinds, poses, places and plots on one sheet")
    command.add_argument("file", type=Path, metavar="OUT.webp")
    command.set_defaults(run=sheet)


def check(_: argparse.Namespace) -> None:
    """Print the mistakes in plots and worlds.

    Raises:
        Invalid: there are some.
    """
    from storylib import kit

    if mistakes := kit.check(_packs()):
        print(*mistakes, sep="\n")
        raise Invalid(f"The Kit has {len(mistakes)} mistakes.")
    print("The Kit's plots, worlds and packs are in order.")


def read(options: argparse.Namespace) -> None:
    """Print a book.

    Raises:
        Invalid: there is no such pack, or no such book of it.
    """
    from storylib import kit

    if not options.pack:
        print(kit.read(options.seed))
        return
    if not v.MIN_PAGES <= options.pages <= v.MAX_PAGES:
        raise Invalid(f"A book has {v.MIN_PAGES} to {v.MAX_PAGES} pages, not {options.pages}.")
    print(kit.read_pack(_packs(), options.pack, options.band, options.pages, options.seed))


def new_pack(options: argparse.Namespace) -> None:
    """Write the skeleton of a pack, and print where it is."""
    from storylib import kit

    print(f"{kit.new_pack(_packs(), options.name)} is ready to be filled in. docs/theme-packs.md explains it.")


def _packs() -> Path:
    """The folder for packs of one's own."""
    from storylib.config import settings

    return settings().data / "packs"


def sheet(options: argparse.Namespace) -> None:
    """Draw the sheet, and print how many pictures are on it."""
    from storylib import kit

    print(f"{kit.sheet(options.file)} pictures in {options.file}")
