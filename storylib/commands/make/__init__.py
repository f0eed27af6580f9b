"""``make``: make a book from a brief, without a browser or a database."""

from __future__ import annotations

import argparse
from pathlib import Path

from storylib.commands.arguments import Subparsers


def register(commands: Subparsers) -> None:
    """Say how it is called."""
    command = commands.add_parser("make", help="make a book from a brief, without a browser or a database")
    command.add_argument("brief", type=Path, metavar="BRIEF.yaml")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="where story.json and pictures go")
    command.add_argument("--format", default="", metavar="F,F", help="exports beside them, such as pdf,booklet,epub")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Make the book, and print its title."""
    from storylib.commands import export
    from storylib.commands.make import folder
    from storylib.exports.formats import chosen, of_book

    formats = chosen(options.format.split(","))
    made = folder.make(folder.read_brief(options.brief), options.out)
    print(f"{made.opening.title}: {len(made.pages)} pages in {options.out}")
    export.write(of_book(made), formats, options.out)
