"""Every provider there is, in one visible table.

A new one is a class that fulfils ``contract.Provider``, a line in the table, and an entry in config.yaml, whose name or
``kind`` is the table's. What a provider works with is imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable

from storylib.config import ProviderConfig, settings
from storylib.errors import Invalid
from storylib.kit import StoryKit
from storylib.providers.contract import Provider, StandIn
from storylib.providers.openai import OpenAIProvider
from storylib.vocabulary import STAND_IN


def _kit(name: str, entry: ProviderConfig) -> StoryKit:
    """The Kit, with the theme packs of this site."""
    kit = StoryKit(name, entry)
    kit.folder = settings().data / "packs"
    return kit


PROVIDERS: dict[str, Callable[[str, ProviderConfig], Provider]] = {"kit": _kit, "openai": OpenAIProvider}


def find(name: str) -> Provider | None:
    """Return the provider of config.yaml's entry ``name``; None for one that a site no longer has.

    Raises:
        Invalid: its kind is none of the table's.
    """
    entry = settings().config.providers.get(name)
    if entry is None:
        return None
    kind = entry.kind or name
    if kind not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise Invalid(f"config.yaml: providers.{name}: there is no provider of the kind {kind} (known: {known}).")
    return PROVIDERS[kind](name, entry)


def provider(name: str) -> Provider:
    """Return the provider of config.yaml's entry ``name``.

    Raises:
        Invalid: there is none, or its kind is none of the table's.
    """
    found = find(name)
    if found is None:
        raise Invalid(f"There is no provider called {name}.", "provider")
    return found


def providers() -> list[Provider]:
    """Return all of config.yaml's, in its order.

    Raises:
        Invalid: the kind of one is none of the table's.
    """
    return [provider(name) for name in settings().config.providers]


def offered() -> list[str]:
    """Return the names of those that can be asked here and now.

    Raises:
        Invalid: the kind of one is none of the table's.
    """
    return [each.name for each in providers() if each.ready()]


def stand_in() -> StandIn:
    """Return the provider that draws where another could not.

    Raises:
        Invalid: config.yaml does not have it.
    """
    found = provider(STAND_IN)
    if not isinstance(found, StandIn):
        raise Invalid(f"The provider {STAND_IN} cannot stand in for others.", "provider")
    return found
