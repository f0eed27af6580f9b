"""``user add``: add a person, whose password is typed or read from stdin."""

from __future__ import annotations

import argparse
import re
import sys
from getpass import getpass

from storylib.commands.arguments import Subparsers
from storylib.commands.migrate import migrated
from storylib.vocabulary import PLANS, ROLES


def register(commands: Subparsers) -> None:
    """Say how it is called."""
    people = commands.add_parser("user", help="manage people").add_subparsers(metavar="COMMAND", required=True)
    command = people.add_parser("add", help="add a person; the password is read from stdin")
    command.add_argument("username", metavar="NAME")
    command.add_argument("--email", required=True, metavar="E")
    command.add_argument("--role", choices=ROLES, default="educator")
    command.add_argument("--plan", choices=PLANS, default="free")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Add the person, who is shown as their username suggests."""
    from storylib.identity import users

    shown = re.sub("[._-]+", " ", options.username).strip().title()
    new = users.new_user(options.username, options.email, shown, _password(), options.role, options.plan)
    with migrated().write() as session:
        user = users.create(session, new)
    print(f"{user.username} can sign in ({user.role}, plan {user.plan}).")


def _password() -> str:
    if sys.stdin.isatty():
        return getpass("Password: ")
    return sys.stdin.readline().rstrip("\r\n")
