"""``doctor``: say in one screen whether everything is well."""

from __future__ import annotations

import argparse
from textwrap import fill
from typing import TYPE_CHECKING

from storylib.commands.arguments import Subparsers

if TYPE_CHECKING:
    from storylib.operations.doctor.finding import Finding

MARGIN = 29  # characters


def register(commands: Subparsers) -> None:
    """Say how it is called."""
    command = commands.add_parser("doctor", help="say whether everything is well (exit code 1: something is not)")
    command.add_argument("--fix", action="store_true", help="mend what can be mended safely")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a line for each thing that was looked at; return how the command exits."""
    from storylib.operations import doctor

    ill = 0
    for name, found in doctor.examine(mend=options.fix):
        ill += bool(found.problem)
        print(_line(name, found), flush=True)
    return 1 if ill else 0


def _line(name: str, found: Finding) -> str:
    way_out = " --fix mends it." if found.problem and found.mend else ""
    head = f"{'not well' if found.problem else 'well':10}{name:{MARGIN - 10}}"
    return fill(f"{found.problem or found.said}{way_out}", 118, initial_indent=head, subsequent_indent=" " * MARGIN)
