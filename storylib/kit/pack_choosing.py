"""Which pack a brief gets: the one that its theme asks for, if it suits the band and is fit for the theme."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from storylib.kit import matching
from storylib.kit.choosing import plot_called
from storylib.kit.pack import Pack
from storylib.kit.pack_catalog import Listed, PackCatalog
from storylib.kit.themes import understand
from storylib.story import Brief

_SOCIAL = re.compile(r"\b(as )?a? ?social stor(y|ies)( (about|on|for|of))?\b:?", re.IGNORECASE)


@dataclass(frozen=True)
class PackChoice:
    """A pack for a brief, the words of its theme that the pack does not know, and whether a social story is asked."""

    pack: Pack
    unknown: tuple[str, ...] = ()
    social: bool = False


def choose_pack(brief: Brief, packs: PackCatalog) -> PackChoice | None:
    """The pack that the theme asks for or names; None: there is none that suits, or a plot is about just this."""
    theme, social = spoken(brief.theme)
    there = suitable(brief, packs)
    named = any(theme.lower() == pack.card.name.lower() for pack in there)
    if not theme or (not named and not social and brief.age_band != "1-2" and has_plot(theme)):
        return None
    found = matching.match(theme, there)
    return PackChoice(found.pack.pack(), found.unknown, social) if found else None


def near_pack(brief: Brief, packs: PackCatalog) -> Listed | None:
    """A pack that the theme asks for, but that is for other bands."""
    theme, _ = spoken(brief.theme)
    others = tuple(pack for pack in _fit(theme, packs.packs()) if brief.age_band not in pack.card.bands)
    found = matching.match(theme, others) if theme and others else None
    return found.pack if found else None


def suitable(brief: Brief, packs: PackCatalog) -> tuple[Listed, ...]:
    """The packs for the brief's band that are fit for its theme."""
    theme, _ = spoken(brief.theme)
    return tuple(pack for pack in _fit(theme, packs.packs()) if brief.age_band in pack.card.bands)


def spoken(theme: str) -> tuple[str, bool]:
    """The theme without "a social story about", and whether it had that."""
    bare = _SOCIAL.sub(" ", theme)
    return " ".join(bare.strip(" :,.").split()), bare != theme


def has_plot(theme: str) -> bool:
    """Tell whether all of a theme is what one of the plots is about."""
    if plot_called(theme):
        return True
    read = understand(theme)
    return not read.unknown and len(read.themes) == 1 and bool(read.themes[0].plot) and read.themes[0].about


def _fit(theme: str, packs: Iterable[Listed]) -> Iterable[Listed]:
    """Those that may tell of a grave theme, where it is one."""
    groups = understand(theme).groups
    return (pack for pack in packs if not groups or groups & set(pack.card.fit_for))
