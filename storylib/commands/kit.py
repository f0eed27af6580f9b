"""``kit check``, ``kit read`` and ``kit sheet``: look over the Story Kit."""

from __future__ import annotations

import argparse
from pathlib import Path

from storylib.commands.arguments import Subparsers, whole_number
from storylib.errors import Invalid


def register(commands: Subparsers) -> None:
    """Say how they are called."""
    group = commands.add_parser("kit", help="look over the Story Kit").add_subparsers(metavar="COMMAND", required=True)
    command = group.add_parser("check", help="name every mistake in its plots and worlds, by file and line")
    command.set_defaults(run=check)
    command = group.add_parser("read", help="print a book, to be read aloud")
    command.add_argument("--seed", type=whole_number, default=1, metavar="N", help="another number, another book (1)")
    command.set_defaults(run=read)
    command = group.add_parser("sheet", help="draw kinds, poses, places and plots on one sheet")
    command.add_argument("file", type=Path, metavar="OUT.webp")
    command.set_defaults(run=sheet)


def check(_: argparse.Namespace) -> None:
    """Print the mistakes in plots and worlds.

    Raises:
        Invalid: there are some.
    """
    from storylib import kit

    if mistakes := kit.check():
        print(*mistakes, sep="\n")
        raise Invalid("kit.mistakes", mistakes=len(mistakes))
    print("The Kit's plots and worlds are in order.")


def read(options: argparse.Namespace) -> None:
    """Print a book."""
    from storylib import kit

    print(kit.read(options.seed))


def sheet(options: argparse.Namespace) -> None:
    """Draw the sheet, and print how many pictures are on it."""
    from storylib import kit

    print(f"{kit.sheet(options.file)} pictures in {options.file}")
