"""``worker``: make stories for the server, in a process of its own."""

from __future__ import annotations

import argparse

from storylib.commands.arguments import Subparsers
from storylib.commands.migrate import migrated


def register(commands: Subparsers) -> None:
    """Say how it is called."""
    command = commands.add_parser("worker", help="make stories for the server, in a process of its own")
    command.set_defaults(run=run)


def run(_: argparse.Namespace) -> None:
    """Work on the queues until the process is asked to end."""
    from storylib.generation import jobs
    from storylib.operations import descriptors, logs, process_metrics
    from storylib.operations.alerts import watch

    logs.configure()
    descriptors.raise_limit()
    migrated()
    watch.start()
    process_metrics.start(lambda: None)
    jobs.work()
