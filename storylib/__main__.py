"""The command line: ``python -m storylib …``. A mistake is one line on stderr and exit code 2.

Each command imports what it needs when it runs, so that ``--help`` is there at once.
"""

from __future__ import annotations

import argparse
import re
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from storylib import __version__
from storylib.errors import Invalid, StorylibError
from storylib.vocabulary import PLANS, ROLES

if TYPE_CHECKING:
    from storylib.db import Database


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except StorylibError as error:
        print(f"storylib: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, without the usage above it."""
        self.exit(2, f"storylib: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m storylib", description="Illustrated stories for a class.")
    parser.add_argument("--version", action="version", version=f"Storylib {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    command = commands.add_parser("migrate", help="bring the database up to date (every start does this too)")
    command.set_defaults(run=_migrate)

    people = commands.add_parser("user", help="manage people").add_subparsers(metavar="COMMAND", required=True)
    command = people.add_parser("add", help="add a person; the password is read from stdin")
    command.add_argument("username", metavar="NAME")
    command.add_argument("--email", required=True, metavar="E")
    command.add_argument("--role", choices=ROLES, default="educator")
    command.add_argument("--plan", choices=PLANS, default="free")
    command.set_defaults(run=_add_user)

    command = commands.add_parser("demo", help="fill an empty database with sample people, stories and a year of calls")
    command.add_argument("--calls", type=_whole_number, default=20_000, metavar="N", help="calls in that year (20000)")
    command.set_defaults(run=_demo)

    command = commands.add_parser("make", help="make a book from a brief, without a browser or a database")
    command.add_argument("brief", type=Path, metavar="BRIEF.yaml")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="where story.json and pictures go")
    command.set_defaults(run=_make)

    kit = commands.add_parser("kit", help="look over the Story Kit").add_subparsers(metavar="COMMAND", required=True)
    command = kit.add_parser("check", help="name every mistake in its plots and worlds, by file and line")
    command.set_defaults(run=_kit_check)
    command = kit.add_parser("read", help="print a book, to be read aloud")
    command.add_argument("--seed", type=_whole_number, default=1, metavar="N", help="another number, another book (1)")
    command.set_defaults(run=_kit_read)
    command = kit.add_parser("sheet", help="draw kinds, poses, places and plots on one sheet")
    command.add_argument("file", type=Path, metavar="OUT.webp")
    command.set_defaults(run=_kit_sheet)

    command = commands.add_parser("worker", help="make stories for the server, in a process of its own")
    command.set_defaults(run=_worker)

    command = commands.add_parser("backup", help="copy the database to a new file while everything runs on")
    command.add_argument("file", type=Path, metavar="FILE")
    command.set_defaults(run=_backup)

    command = commands.add_parser("restore", help="put a backup in the place of the database, which is kept aside")
    command.add_argument("file", type=Path, metavar="FILE")
    command.set_defaults(run=_restore)
    return parser


def _whole_number(written: str) -> int:
    if not written.isdecimal():
        raise argparse.ArgumentTypeError(f"{written} is not a whole number")
    return int(written)


def _migrated() -> Database:
    from storylib.db import database

    database().migrate()
    return database()


def _migrate(_: argparse.Namespace) -> None:
    print(f"The tables are up to date ({_migrated().revision()}).")


def _add_user(options: argparse.Namespace) -> None:
    from storylib.identity import users

    shown = re.sub("[._-]+", " ", options.username).strip().title()
    new = users.new_user(options.username, options.email, shown, _password(), options.role, options.plan)
    with _migrated().write() as session:
        user = users.create(session, new)
    print(f"{user.username} can sign in ({user.role}, plan {user.plan}).")


def _password() -> str:
    if sys.stdin.isatty():
        return getpass("Password: ")
    return sys.stdin.readline().rstrip("\r\n")


def _demo(options: argparse.Namespace) -> None:
    from storylib.commands import demo

    print("Making sample people, stories and calls…", file=sys.stderr)
    for person in demo.furnish(_migrated(), options.calls):
        print(f"{person.username:8}  {person.password:40}  {person.role}, plan {person.plan}")


def _make(options: argparse.Namespace) -> None:
    from storylib.commands import make

    made = make.make(make.read_brief(options.brief), options.out)
    print(f"{made.opening.title}: {len(made.pages)} pages in {options.out}")


def _kit_check(_: argparse.Namespace) -> None:
    from storylib import kit

    if mistakes := kit.check():
        print(*mistakes, sep="\n")
        raise Invalid(f"The Kit has {len(mistakes)} mistakes.")
    print("The Kit's plots and worlds are in order.")


def _kit_read(options: argparse.Namespace) -> None:
    from storylib import kit

    print(kit.read(options.seed))


def _kit_sheet(options: argparse.Namespace) -> None:
    from storylib import kit

    print(f"{kit.sheet(options.file)} pictures in {options.file}")


def _worker(_: argparse.Namespace) -> None:
    from storylib.generation import jobs
    from storylib.operations import descriptors, logs, process_metrics
    from storylib.operations.alerts import watch

    logs.configure()
    descriptors.raise_limit()
    _migrated()
    watch.start()
    process_metrics.start(lambda: None)
    jobs.work()


def _backup(options: argparse.Namespace) -> None:
    from storylib.config import settings
    from storylib.operations import backup

    size = backup.save(settings().database_url, options.file)
    print(f"The database is saved in {options.file} ({size / 1e6:.1f} MB).")


def _restore(options: argparse.Namespace) -> None:
    from storylib.config import settings
    from storylib.operations import backup

    aside = backup.restore(settings().database_url, options.file)
    print(
        f"{options.file} is restored and up to date. Start Storylib again; stories in the making go on by themselves."
    )
    if aside:
        print(f"The database as it was is kept in {aside}.")


if __name__ == "__main__":
    sys.exit(main())
