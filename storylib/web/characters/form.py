"""The form of a character: what it is called, who it is, how it looks; its portrait is drawn anew as it changes.

What is typed lives in the session under ``character``, so that a refused save loses nothing.
"""

from __future__ import annotations

import random
from base64 import b64encode
from functools import partial
from html import escape
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError
from sqlalchemy.orm import Session

from storylib import vocabulary as v
from storylib.db import database
from storylib.errors import Conflict, NotFound, StorylibError
from storylib.generation import portrait_drawing
from storylib.library import characters
from storylib.models import Character
from storylib.providers import catalog
from storylib.story import CharacterSpec
from storylib.web import actions, current_user, fields, forms, gate, labels, navigation, notices
from storylib.web.characters.draft import EXTRAS, FORM, LIST, NONE, PIECES, draft, fill, key, random_character
from storylib.web.components import swatches

NEW: Final = "new"  # instead of an id


def open_(wanted: str) -> None:
    """Fill the form with the character whose id is ``wanted``, or as new; anything being typed stays.

    Raises:
        NotFound: no such character of the user's.
    """
    if st.session_state.get(key("opened")) == wanted and key("name") in st.session_state:
        return
    forms.forget(FORM)
    st.session_state[key("opened")] = wanted
    if wanted == NEW:
        fill(CharacterSpec(name="?", kind="fox", pronouns="they"))
        st.session_state.update({key("name"): "", key("version"): 0})
        return
    if not wanted.isdecimal():
        raise NotFound("character.missing")
    character = actions.read(characters.get, current_user.user().id, int(wanted[:12]))
    fill(character.spec)
    st.session_state[key("version")] = character.version


def _kept(name: str) -> dict[str, Any]:
    """Return what keeps a field unchanged while other pages are shown, and when a slow run is overtaken by the next."""
    return {"key": key(name), "persist_state": "session"}


# --- the fields


@gate.fragment
def editor() -> None:
    """Show the form and the portrait side by side; only this part runs again when something changes."""
    current_user.user()
    navigation.follow()
    left, right = st.columns([2, 3], gap="large")
    with right:
        who, looks = st.tabs(["About", "Looks"])
        with who:
            _who()
        with looks:
            _looks()
        _buttons()
    with left:
        _portrait()


def _who() -> None:
    fields.line("Name", most=40, on_change=gate.callback(forms.forget, FORM), **_kept("name"))
    forms.tell(FORM, "name")
    st.selectbox("Kind", v.KINDS, format_func=labels.word, **_kept("kind"))
    st.segmented_control(
        "Pronouns", v.PRONOUNS, format_func=labels.PRONOUNS.__getitem__, **_kept("pronouns"), required=True
    )
    st.multiselect("Traits (up to three)", v.TRAITS, format_func=labels.word, **_kept("traits"), max_selections=3)
    forms.tell(FORM, "traits")
    fields.area("Describe them in a few words", **_kept("description"), most=300, height=100)
    forms.tell(FORM, "description")


def _looks() -> None:
    if st.session_state[key("kind")] == "child":
        st.pills("Age", v.AGES, format_func=labels.AGES.__getitem__, **_kept("age"), required=True)
        _colour("Skin", "skin", "skin")
        st.pills("Hair", v.HAIRS, format_func=labels.HAIRS.__getitem__, **_kept("hair"), required=True)
        if st.session_state[key("hair")] != "none":
            _colour("Hair colour", "hair_colour", "hair")
    else:
        _colour("Colour", "colour", "coat")
    pieces = st.pills(
        "Clothes", list(PIECES), format_func=PIECES.__getitem__, **_kept("pieces"), selection_mode="multi"
    )
    for piece in pieces:
        _colour(PIECES[piece], piece, "cloth")
    hats = {NONE: "None", **labels.HATS}
    if st.pills("Hat", list(hats), format_func=hats.__getitem__, **_kept("hat"), required=True) != NONE:
        _colour("Hat colour", "hat_colour", "cloth")
    st.pills("Extras", list(EXTRAS), format_func=EXTRAS.__getitem__, **_kept("extras"), selection_mode="multi")
    st.slider("Size", 0.6, 1.25, **_kept("size"), step=0.05, format="percent")
    forms.tell(FORM, "look")


def _colour(label: str, field: str, palette: str) -> None:
    colours = st.session_state[key("colours")]
    swatches.show(key(f"{field} swatches"), label, LIST[palette], colours.get(field, ""), partial(_paint, field))


def _paint(field: str, colour: str) -> None:
    st.session_state[key("colours")] = {**st.session_state[key("colours")], field: colour}


def _buttons() -> None:
    with st.container(horizontal=True):
        st.button("Save", type="primary", icon=":material/check:", on_click=gate.callback(_save))
        st.button("Surprise me", icon=":material/casino:", on_click=gate.callback(_surprise))
        st.button("Cancel", type="tertiary", on_click=gate.callback(_close))
    error = forms.tell_rest(FORM, "name", "traits", "description", "look")
    if isinstance(error, Conflict):
        st.button("Show the current version", icon=":material/refresh:", on_click=gate.callback(_reload))


def _portrait() -> None:
    """Show how the character looks now; an invalid field leaves the last good portrait."""
    try:
        look = draft().look
        kind = st.session_state[key("kind")]
        spec = CharacterSpec(name="?", kind=kind, look=look)
    except (StorylibError, ValidationError):
        st.caption("The portrait appears once the form is filled in correctly.")
        return
    name = st.session_state[key("name")] or f"a {kind}"
    st.html(
        f'<img src="{_drawn(spec)}" alt="A portrait of {escape(name, quote=True)}" width="512" height="512" '
        'style="display:block;margin:0 auto;width:min(100%,22rem,40vh);height:auto;border-radius:1rem">'
    )


@st.cache_data(max_entries=300, show_spinner=False, hash_funcs={CharacterSpec: CharacterSpec.model_dump_json})
def _drawn(spec: CharacterSpec) -> str:
    """Return the portrait as a data URL: it is not kept anywhere."""
    return f"data:image/webp;base64,{b64encode(catalog.stand_in().sketch(spec)).decode()}"


# --- the buttons


def _close() -> None:
    """Go back to the list; what was typed is forgotten."""
    st.session_state.pop(key("opened"), None)
    forms.forget(FORM)
    navigation.send(navigation.CHARACTERS)


def _save() -> None:
    user = current_user.user()
    if done := forms.attempt(FORM, actions.write, _written, user.id):
        notices.say(f"{done.value.name} has been saved.")
        notices.attempt(portrait_drawing.make_portrait, database(), user.id, done.value.id)
        _close()


def _written(session: Session, user_id: int) -> Character:
    opened, version = st.session_state[key("opened")], st.session_state[key("version")]
    if opened == NEW:
        return characters.create(session, user_id, draft())
    return characters.update(session, user_id, int(opened), version, draft())


def _reload() -> None:
    st.session_state.pop(key("opened"))
    st.rerun()


def _surprise() -> None:
    """Fill in a random character; a name that was typed stays."""
    name = st.session_state[key("name")]
    fill(random_character(random.Random()))
    if name:
        st.session_state[key("name")] = name
    forms.forget(FORM)
