"""Portraits by an illustrator that may cost something: up to four to choose from, each at its price."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import streamlit as st

from storylib.db import database
from storylib.generation import jobs, portrait_drawing, portrait_requests
from storylib.library import characters, portraits
from storylib.models import Candidate, Character, User
from storylib.providers import catalog
from storylib.providers.labels import label
from storylib.text import counted
from storylib.vocabulary import STAND_IN
from storylib.web import actions, costs, current_user, gate, notices

LOOK: Final = 1.0  # seconds between two checks while portraits are being drawn
WIDTH: Final = 460  # pixels of the grid, at most
WAITING: Final = """<div role="img" aria-label="Portrait {number}: {said}" style="aspect-ratio: 1; display: grid;
  place-content: center; border-radius: 0.75rem; border: 1px dashed #8a7a66">{said}</div>"""


def panel(wanted: str) -> None:
    """Show the portraits of the character with this id, where a provider besides the Kit can draw it."""
    others = [name for name in catalog.illustrators() if name != STAND_IN]
    if not others:
        return
    st.header(f"Portraits by {label(others[0])}", anchor=False, divider="gray")
    st.write(
        "Draw up to four portraits and choose one. It is sent as a reference with every picture of this character, "
        "so that they look the same on every page."
    )
    if not wanted.isdecimal():
        st.caption(":material/info: Save the character first: portraits are drawn from the saved version.")
        return
    character_id = int(wanted[:12])
    candidates = actions.read(portraits.latest, current_user.user().id, character_id)
    watched = _at_work(candidates)
    (_watched if watched else _still)(character_id, others[0], watched)


def _choice(character_id: int, illustrator: str, watched: bool) -> None:
    user = current_user.user()
    character = actions.read(characters.get, user.id, character_id)
    candidates = actions.read(portraits.latest, user.id, character_id)
    if _at_work(candidates) != watched:
        st.rerun()  # from now on they are watched, or no more
    notices.show()
    _order(user, character, candidates, illustrator)
    if candidates:
        _grid(user, character, candidates)
    if any(one.image_id == character.portrait_id for one in candidates):
        st.button(
            "Use the Story Kit's portrait", type="tertiary", icon=":material/undo:",
            on_click=gate.callback(_to_the_kits, user.id, character_id),
        )  # fmt: skip


_watched = gate.fragment(_choice, run_every=LOOK)
_still = gate.fragment(_choice)


def _at_work(candidates: Sequence[Candidate]) -> bool:
    return any(one.drawing for one in candidates)


# --- how many, and what they cost


def _order(user: User, character: Character, candidates: Sequence[Candidate], illustrator: str) -> None:
    left = portraits.batches_left(user, candidates)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        numbers = range(1, portraits.MOST + 1)
        count = st.segmented_control("How many", numbers, default=portraits.MOST, required=True, key="portraits wanted")
        what = counted(count, "portrait", one="one")
        st.button(
            f"Draw {what} ({costs.of_portraits(user, illustrator, count)})", icon=":material/brush:", type="primary",
            disabled=_at_work(candidates) or not left,
            on_click=gate.callback(_start, portrait_requests.ask, user, character.id, illustrator, count),
        )  # fmt: skip
    st.caption(f"Your plan allows {_more(left)} of {character.name}.")
    costs.month(user)


def _more(batches: int) -> str:
    return {0: "no more portraits", 1: "one more set of portraits"}.get(batches, f"{batches} more sets of portraits")


def _start(ask: Callable[..., Sequence[Candidate]], *what: Any) -> None:
    if done := notices.act(ask, *what):
        notices.attempt(jobs.submit_portraits, done.value)


# --- the grid


def _grid(user: User, character: Character, candidates: Sequence[Candidate]) -> None:
    """Show two rows of two."""
    with st.container(width=WIDTH):
        for first in range(0, len(candidates), 2):
            with st.container(horizontal=True, key=f"portraits {first}"):
                for one in candidates[first : first + 2]:
                    with st.container(width="stretch"):
                        _cell(user, character, one)
    if not all(portraits.shows(one, character) for one in candidates):
        st.caption(f":material/info: These show {character.name} with an earlier look.")


def _cell(user: User, character: Character, one: Candidate) -> None:
    number = one.position + 1
    if one.image_id:
        st.image(actions.image_url(one.image_id), alt=f"Portrait {number} of {character.name}", width="stretch")
        _choose(user, character, one)
        return
    st.html(WAITING.format(number=number, said="Being drawn…" if one.drawing else "Not drawn"))
    if one.error:
        st.caption(f":material/info: {one.error}")
        st.button(
            f"Try again ({costs.of_portraits(user, one.provider)})", key=f"again {number}", icon=":material/refresh:",
            width="stretch", on_click=gate.callback(_start, _again, user, character.id, one.position),
        )  # fmt: skip


def _choose(user: User, character: Character, one: Candidate) -> None:
    chosen = one.image_id == character.portrait_id
    st.button(
        "Chosen" if chosen else f"Choose {one.position + 1}", key=f"choose {one.position}", width="stretch",
        icon=":material/check_circle:" if chosen else None, type="primary" if chosen else "secondary",
        on_click=gate.callback(notices.perform, portraits.choose, user.id, character.id, one.position),
    )  # fmt: skip


def _again(*what: Any) -> list[Candidate]:
    return [portrait_requests.again(*what)]


def _to_the_kits(user_id: int, character_id: int) -> None:
    if notices.act(portraits.clear_portrait, user_id, character_id):
        notices.attempt(portrait_drawing.make_portrait, database(), user_id, character_id)
