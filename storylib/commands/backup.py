"""``backup``: copy the database to a new file while everything runs on."""

from __future__ import annotations

import argparse
from pathlib import Path

from storylib.commands.arguments import Subparsers


def register(commands: Subparsers) -> None:
    """Say how it is called."""
    command = commands.add_parser("backup", help="copy the database to a new file while everything runs on")
    command.add_argument("file", type=Path, metavar="FILE")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Save the database, and print the size in megabytes."""
    from storylib.config import settings
    from storylib.operations import backup

    size = backup.save(settings().database_url, options.file)
    print(f"The database is saved in {options.file} ({size / 1e6:.1f} MB).")
