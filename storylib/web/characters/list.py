"""The list of characters by their portraits, and asking before one is deleted."""

from __future__ import annotations

import streamlit as st

from storylib.library import characters
from storylib.models import Character, User
from storylib.web import actions, current_user, fields, gate, labels, navigation, notices
from storylib.web.characters.form import NEW
from storylib.web.components import card_grid
from storylib.web.components.card_grid import Card


def portraits(user: User) -> None:
    """Show the search box and the cards."""
    notices.show()
    words = fields.line(
        "Search", type="search", placeholder="Name or kind", key="character search", icon=":material/search:",
        live=True, label_visibility="collapsed",
    )  # fmt: skip
    words = card_grid.searched(words)
    found = actions.read(characters.listing, user.id, words)
    if found:
        card_grid.show("cast", [_card(character) for character in found], _asked, shape="portrait")
    else:
        _empty(words)
    if doomed := st.session_state.get("doomed character"):
        _ask_first(user, doomed)


def _card(character: Character) -> Card:
    return Card(
        id=str(character.id),
        title=character.name,
        href=f"character?id={character.id}",
        picture=character.portrait_id and actions.image_url(character.portrait_id, "256"),
        alt=f"{character.name}, a {character.kind}",
        note=", ".join([labels.word(character.kind), *character.traits]),
    )


def _empty(words: str) -> None:
    with st.container(horizontal_alignment="center"):
        if words:
            st.markdown("No characters match.", text_alignment="center")
            return
        st.subheader("Who's the hero?", text_alignment="center")
        st.markdown("Characters you create here can star in as many stories as you like.", text_alignment="center")
        if st.button("Create your first character", icon=":material/add:", type="primary"):
            navigation.go(navigation.CHARACTER, NEW)


def _asked(what: str, character_id: str) -> None:
    if what == "delete" and character_id.isdecimal():
        st.session_state["doomed character"] = int(character_id)


def _spare() -> None:
    st.session_state.pop("doomed character", None)


@gate.dialog("Delete this character?", icon=":material/delete:", on_dismiss=_spare)
def _ask_first(user: User, character_id: int) -> None:
    character = actions.read(characters.get, user.id, character_id)
    count = actions.read(characters.stars_in, user.id, character_id)
    st.write(f"**{character.name}** {_stars(count)}")
    with st.container(horizontal=True):
        st.button("Delete", type="primary", icon=":material/delete:", on_click=gate.callback(_delete, character_id))
        st.button("Keep", on_click=gate.callback(_keep))


def _stars(count: int) -> str:
    if not count:
        return "isn't in any story yet."
    if count == 1:
        return "stars in one story. That story stays as it is, but you can't create new ones with this character."
    return (
        f"stars in {count} stories. Those stories stay as they are, but you can't create new ones with this character."
    )


def _delete(character_id: int) -> None:
    _spare()
    notices.act(characters.delete, current_user.user().id, character_id)
    st.rerun()


def _keep() -> None:
    _spare()
    st.rerun()
