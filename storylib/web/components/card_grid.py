"""Cards in a grid, as one element: stories by their covers, characters by their portraits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import streamlit as st

from storylib.web import gate
from storylib.web.components import part

_card_grid = part("card_grid")

Colour = Literal["gray", "green", "orange", "red"]


@dataclass(frozen=True)
class Badge:
    """A word in a coloured field."""

    text: str
    colour: Colour = "gray"


@dataclass(frozen=True)
class Card:
    """What one card shows. ``done`` is the part that is made, 0 to 1, while it is being made."""

    id: str
    title: str
    href: str
    picture: str | None = None
    alt: str = ""
    note: str = ""
    badges: tuple[Badge, ...] = ()
    done: float | None = None
    favourite: bool | None = None  # None: has no heart
    deletable: bool = True


@dataclass(frozen=True)
class Undo:
    """What was deleted just now and may come back."""

    id: str
    text: str


def searched(words: str | None) -> str:
    """Return what was typed into a search box, without invisible characters: no title has them, and no database likes
    them."""
    return "".join(filter(str.isprintable, words or ""))


def show(
    key: str,
    cards: Sequence[Card],
    on: Callable[[str, str], None],
    *,
    shape: Literal["cover", "portrait"] = "cover",
    newest: bool = False,
    older: bool = False,
    undo: Undo | None = None,
) -> None:
    """Lay the cards out. ``on`` is called with what was asked and of which card, before the next run:
    favourite, unfavourite, delete, undo, newest, or older than the last card."""

    def asked() -> None:
        request: dict[str, Any] = st.session_state[key].asked
        on(str(request.get("what")), str(request.get("id")))

    data = {"shape": shape, "cards": [asdict(card) for card in cards], "undo": undo and asdict(undo)}
    _card_grid(key=key, data=data | {"newest": newest, "older": older}, on_asked_change=gate.callback(asked))
