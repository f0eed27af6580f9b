"""What people call a provider, as config.yaml says."""

from __future__ import annotations

from storylib.config import settings


def label(name: str) -> str:
    """Return ``Story Kit`` for ``kit``; for a provider that is configured no more, its name."""
    known = settings().config.providers.get(name)
    return known.label if known else name


def credit(name: str) -> str:
    """Return a provider and what it is: ``Story Kit: hand-written plots, drawn by code, no AI``."""
    known = settings().config.providers.get(name)
    return f"{label(name)}: {known.note}" if known and known.note else label(name)
