"""What Storylib stands on: versions, files, disk, and the way to AI providers."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from storylib.config import settings
from storylib.operations import descriptors as limits
from storylib.operations import vital_signs
from storylib.operations.doctor.finding import Finding
from storylib.providers import catalog

OLDEST_SQLITE: Final = (3, 40, 0)
GIGABYTE: Final = 10**9
TIGHT: Final = GIGABYTE  # bytes free, from which on somebody should look after the disk
FEW: Final = 4096  # files open at once: 600 tabs
OTHERS: Final = 0o077  # the permissions of everybody but the owner


def versions() -> Finding:
    """Look at Python and SQLite."""
    said = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}."
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return Finding(problem=f"{said} SQLite must be 3.40 or newer: use a newer Python, or PostgreSQL.")
    return Finding(said)


def descriptors() -> Finding:
    """Look at how many files and connections a server may have open, once it has raised the limit."""
    limits.raise_limit()
    spare = vital_signs.spare_descriptors()
    if spare < FEW:
        return Finding(
            problem=f"A server may have {spare:.0f} files and connections open, and each open tab takes about six. "
            "Raise the limit of whoever starts it: ulimit -Hn, or LimitNOFILE= of systemd."
        )
    return Finding("As many as are needed." if spare == float("inf") else f"Up to {spare:.0f}.")


def disk() -> Finding:
    """Look at the room for stories."""
    room = vital_signs.room(settings().data)
    said = f"{room / GIGABYTE:.1f} GB free in {settings().data}."
    return Finding(problem=f"{said} Make room before stories cannot be saved.") if room < TIGHT else Finding(said)


def privacy() -> Finding:
    """Look whether other accounts on this machine can read what children are told."""
    open_to_others = [path for path in _ours(settings().data) if path.stat().st_mode & OTHERS]
    if open_to_others:
        named = ", ".join(path.name for path in open_to_others[:3])
        return Finding(
            problem=f"Other accounts of this machine may read {len(open_to_others)} of its files ({named}).",
            mend=lambda: _close(open_to_others),
        )
    return Finding("Nobody else on this machine can read it.")


def _close(paths: list[Path]) -> None:
    for path in paths:
        path.chmod(path.stat().st_mode & ~OTHERS)


def _ours(folder: Path) -> Iterator[Path]:
    yield folder
    yield from (path for path in folder.rglob("*") if not path.is_symlink())


def providers() -> Finding:
    """Look whether those of config.yaml have what they need. Nobody is asked anything."""
    ready = [each.entry.label for each in catalog.providers() if each.ready()]
    waiting = [f"{each.entry.label} waits: {each.setup}" for each in catalog.providers() if not each.ready()]
    return Finding(f"{', '.join(ready)} can be asked. {' '.join(f'{one}.' for one in waiting)}".strip())
