"""``demo``: fill an empty database with sample people, stories and a year of calls."""

from __future__ import annotations

import argparse
import sys

from storylib.commands.arguments import Subparsers, whole_number
from storylib.commands.migrate import migrated


def register(commands: Subparsers) -> None:
    """Say how it is called."""
    command = commands.add_parser("demo", help="fill an empty database with sample people, stories and a year of calls")
    command.add_argument("--calls", type=whole_number, default=20_000, metavar="N", help="calls in that year (20000)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Make them, and print who can sign in with which password."""
    from storylib.commands.demo.sample import furnish

    print("Making sample people, stories and calls…", file=sys.stderr)
    for person in furnish(migrated(), options.calls):
        print(f"{person.username:8}  {person.password:40}  {person.role}, plan {person.plan}")
