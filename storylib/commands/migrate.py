"""``migrate``: bring the database up to date."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from storylib.commands.arguments import Subparsers

if TYPE_CHECKING:
    from storylib.db import Database


def register(commands: Subparsers) -> None:
    """Say how it is called."""
    command = commands.add_parser("migrate", help="bring the database up to date (every start does this too)")
    command.set_defaults(run=run)


def run(_: argparse.Namespace) -> None:
    """Migrate, and print the revision."""
    print(f"The tables are up to date ({migrated().revision()}).")


def migrated() -> Database:
    """Return the site's database, up to date.

    Raises:
        Unavailable: it does not answer, or belongs to a newer release.
    """
    from storylib.db import database

    database().migrate()
    return database()
