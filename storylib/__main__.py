"""The command line: ``python -m storylib …``. A mistake is one line on stderr and exit code 2."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from storylib import __version__
from storylib.commands import backup, demo, doctor, export, kit, make, migrate, openapi, restore, user, worker
from storylib.errors import StorylibError

COMMANDS = (migrate, user, demo, make, export, kit, worker, backup, restore, doctor, openapi)  # as --help lists them


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except StorylibError as error:
        print(f"storylib: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, without the usage above it."""
        self.exit(2, f"storylib: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m storylib", description="Illustrated stories for a class.")
    parser.add_argument("--version", action="version", version=f"Storylib {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.register(subparsers)
    return parser


if __name__ == "__main__":
    sys.exit(main())
