"""``openapi``: print the description of the API."""

from __future__ import annotations

import argparse
import json

from storylib.commands.arguments import Subparsers


def register(commands: Subparsers) -> None:
    """Say how it is called."""
    command = commands.add_parser("openapi", help="print the description of the API (OpenAPI 3.1, JSON)")
    command.set_defaults(run=run)


def run(_: argparse.Namespace) -> None:
    """Print it."""
    from storylib.server import api

    print(json.dumps(api.application().openapi(), indent=2))
