"""``restore``: put a backup in the place of the database, which is kept aside."""

from __future__ import annotations

import argparse
from pathlib import Path

from storylib.commands.arguments import Subparsers


def register(commands: Subparsers) -> None:
    """Say how it is called."""
    command = commands.add_parser("restore", help="put a backup in the place of the database, which is kept aside")
    command.add_argument("file", type=Path, metavar="FILE")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Restore, and print where the database of before is kept."""
    from storylib.config import settings
    from storylib.operations import backup

    aside = backup.restore(settings().database_url, options.file)
    print(
        f"{options.file} is restored and up to date. Start Storylib again; stories in the making go on by themselves."
    )
    if aside:
        print(f"The database as it was is kept in {aside}.")
