"""The form of a character: what it is called, who it is, how it looks; its portrait is drawn anew as it changes.

What is typed lives in the session under ``character``, so that a refused save loses nothing.
"""

from __future__ import annotations

import random
from base64 import b64encode
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, Final

import streamlit as st
import yaml
from pydantic import ValidationError
from sqlalchemy.orm import Session

from storylib import characters, production
from storylib import vocabulary as v
from storylib.characters import Draft
from storylib.db import database
from storylib.errors import Conflict, Invalid, NotFound, StorylibError
from storylib.manuscript import Look, Sheet, problems
from storylib.models import Character
from storylib.providers.kit.illustrator import preview
from storylib.web import actions, forms, labels, notices, places, swatches, visitor

FORM: Final = "character"
LIST: Final[dict[str, Any]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
PIECES: Final[dict[str, str]] = LIST["pieces"]
NEW: Final = "new"  # instead of an id
NONE: Final = "none"  # of hats
STATE: Final = ("name", "kind", "pronouns", "traits", "description", "pieces", "hair", "hat", "extras", "size")
EXTRAS: Final = {"flower": "Flower", "medal": "Medal"}


def open_(wanted: str) -> None:
    """Fill the form with the character whose id is ``wanted``, or as new; what is being typed stays.

    Raises:
        NotFound: no such character of the user's.
    """
    if st.session_state.get(_key("opened")) == wanted and _key("name") in st.session_state:
        return
    forms.forget(FORM)
    st.session_state[_key("opened")] = wanted
    if wanted == NEW:
        _fill(Sheet(name="?", kind="fox", pronouns="they"))
        st.session_state.update({_key("name"): "", _key("version"): 0})
        return
    if not wanted.isdecimal():
        raise NotFound("There is no such character.")
    character = actions.look(characters.get, visitor.user().id, int(wanted[:12]))
    _fill(character.sheet)
    st.session_state[_key("version")] = character.version


def _key(name: str) -> str:
    return f"{FORM} {name}"


def _kept(name: str) -> dict[str, Any]:
    """What keeps a field as it is whatever is shown meanwhile, and when a slow run is overtaken by the next."""
    return {"key": _key(name), "persist_state": "session"}


def _fill(sheet: Sheet) -> None:
    look = sheet.look
    worn = [piece for piece in PIECES if getattr(look, piece)]
    values = {
        "name": sheet.name,
        "kind": sheet.kind,
        "pronouns": sheet.pronouns,
        "traits": list(sheet.traits),
        "description": sheet.description,
        "pieces": [piece for piece in worn if piece != "shirt" or "stripes" not in worn],
        "hair": look.hair or "short",
        "hat": look.hat or NONE,
        "extras": [name for name in EXTRAS if getattr(look, name)],
        "size": look.size,
        "colours": {name: value for name, value in look.model_dump(exclude_none=True).items() if str(value)[0] == "#"},
    }
    st.session_state.update({_key(name): value for name, value in values.items()})


# --- the fields


@st.fragment
def editor() -> None:
    """The form and the portrait side by side; only this part runs again when something changes."""
    visitor.user()
    places.follow()
    left, right = st.columns([2, 3], gap="large")
    with right:
        who, looks = st.tabs(["Who", "Looks"])
        with who:
            _who()
        with looks:
            _looks()
        _buttons()
    with left:
        _portrait()


def _who() -> None:
    st.text_input("Name", max_chars=40, on_change=forms.forget, args=(FORM,), **_kept("name"))
    forms.tell(FORM, "name")
    st.selectbox("Kind", v.KINDS, format_func=labels.word, **_kept("kind"))
    st.segmented_control(
        "Pronouns", v.PRONOUNS, format_func=labels.PRONOUNS.__getitem__, **_kept("pronouns"), required=True
    )
    st.multiselect("Traits (up to three)", v.TRAITS, format_func=labels.word, **_kept("traits"), max_selections=3)
    forms.tell(FORM, "traits")
    st.text_area("Something about them", **_kept("description"), max_chars=300, height=100)
    forms.tell(FORM, "description")


def _looks() -> None:
    if st.session_state[_key("kind")] == "child":
        _colour("Skin", "skin", "skin")
        st.pills("Hair", v.HAIRS, format_func=labels.HAIRS.__getitem__, **_kept("hair"), required=True)
        if st.session_state[_key("hair")] != "none":
            _colour("Hair colour", "hair_colour", "hair")
    else:
        _colour("Colour", "colour", "coat")
    pieces = st.pills("Wears", list(PIECES), format_func=PIECES.__getitem__, **_kept("pieces"), selection_mode="multi")
    for piece in pieces:
        _colour(PIECES[piece], piece, "cloth")
    hats = {NONE: "None", **labels.HATS}
    if st.pills("Hat", list(hats), format_func=hats.__getitem__, **_kept("hat"), required=True) != NONE:
        _colour("Hat colour", "hat_colour", "cloth")
    st.pills("And", list(EXTRAS), format_func=EXTRAS.__getitem__, **_kept("extras"), selection_mode="multi")
    st.slider("Size", 0.6, 1.25, **_kept("size"), step=0.05, format="percent")
    forms.tell(FORM, "look")


def _colour(label: str, field: str, palette: str) -> None:
    colours = st.session_state[_key("colours")]
    swatches.show(_key(f"{field} swatches"), label, LIST[palette], colours.get(field, ""), partial(_paint, field))


def _paint(field: str, colour: str) -> None:
    st.session_state[_key("colours")] = {**st.session_state[_key("colours")], field: colour}


def _buttons() -> None:
    with st.container(horizontal=True):
        st.button("Save", type="primary", icon=":material/check:", on_click=_save)
        st.button("Surprise me", icon=":material/casino:", on_click=_surprise)
        st.button("Back without saving", type="tertiary", on_click=_close)
    error = forms.tell_rest(FORM, "name", "traits", "description", "look")
    if isinstance(error, Conflict):
        st.button("Show how it is now", icon=":material/refresh:", on_click=_reload)


# --- what the form says


def draft() -> Draft:
    """The character as typed.

    Raises:
        Invalid: a colour is none.
    """
    said = {name: st.session_state.get(_key(name)) for name in STATE}
    return Draft(
        name=said["name"] or "",
        kind=said["kind"] or "",
        pronouns=said["pronouns"] or "",
        traits=tuple(said["traits"] or ()),
        description=said["description"] or "",
        look=_look(said, st.session_state[_key("colours")]),
    )


def _look(said: dict[str, Any], colours: dict[str, str]) -> Look:
    """Only what can be seen: a fox has no hair, and what is not worn has no colour."""
    pieces = set(said["pieces"] or ())
    child = said["kind"] == "child"
    fields: dict[str, Any] = {piece: colours.get(piece) or LIST["cloth"]["Blue"] for piece in pieces}
    if "stripes" in pieces:
        fields.setdefault("shirt", LIST["cloth"]["White"])
    for name in ("skin", "hair_colour") if child else ("colour",):
        fields[name] = colours.get(name) or None
    if child:
        fields["hair"] = said["hair"]
    if said["hat"] not in (None, NONE):
        fields |= {"hat": said["hat"], "hat_colour": colours.get("hat_colour") or None}
    fields |= {name: name in (said["extras"] or ()) for name in EXTRAS}
    try:
        return Look(**fields, size=said["size"])
    except ValidationError as error:
        raise Invalid(f"Please check the looks: {problems(error)}.", "look") from None


def _portrait() -> None:
    """How it looks now; a refused field leaves the last good portrait."""
    try:
        look = draft().look
        kind = st.session_state[_key("kind")]
        sheet = Sheet(name="?", kind=kind, look=look)
    except (StorylibError, ValidationError):
        st.caption("The portrait appears when the form is right.")
        return
    name = st.session_state[_key("name")] or f"a {kind}"
    st.html(
        f'<img src="{_drawn(sheet)}" alt="A portrait of {escape(name, quote=True)}" width="512" height="512" '
        'style="display:block;margin:0 auto;width:min(100%,22rem,40vh);height:auto;border-radius:1rem">'
    )


@st.cache_data(max_entries=300, show_spinner=False, hash_funcs={Sheet: Sheet.model_dump_json})
def _drawn(sheet: Sheet) -> str:
    """The portrait as a data URL: it is not kept anywhere."""
    return f"data:image/webp;base64,{b64encode(preview(sheet)).decode()}"


# --- the buttons


def _close() -> None:
    """Back to the list; what was typed is forgotten."""
    st.session_state.pop(_key("opened"), None)
    forms.forget(FORM)
    places.send(places.CHARACTERS)


def _save() -> None:
    user = visitor.user()
    if done := forms.attempt(FORM, lambda: forms.write(lambda session: _written(session, user.id))):
        notices.say(f"{done.value.name} is saved.")
        notices.attempt(production.make_portrait, database(), user.id, done.value.id)
        _close()


def _written(session: Session, user_id: int) -> Character:
    opened, version = st.session_state[_key("opened")], st.session_state[_key("version")]
    if opened == NEW:
        return characters.create(session, user_id, draft())
    return characters.update(session, user_id, int(opened), version, draft())


def _reload() -> None:
    st.session_state.pop(_key("opened"))
    st.rerun()


def _surprise() -> None:
    """A character by chance; a name that was typed stays."""
    name = st.session_state[_key("name")]
    _fill(random_sheet(random.Random()))
    if name:
        st.session_state[_key("name")] = name
    forms.forget(FORM)


def random_sheet(chance: random.Random) -> Sheet:
    """Anybody."""
    kind = chance.choice(v.KINDS)
    if chance.random() < 0.25:
        kind = "child"  # one kind of 38, and half of the people in stories
    colours: dict[str, Any] = {chance.choice(LIST["by_chance"]): chance.choice(list(LIST["cloth"].values()))}
    if kind == "child":
        colours = {
            "skin": chance.choice(list(LIST["skin"].values())),
            "hair": chance.choice(v.HAIRS[:-1]),
            "hair_colour": chance.choice(list(LIST["hair"].values())[:7]),
            chance.choice(("shirt", "dress", "overalls")): chance.choice(list(LIST["cloth"].values())),
        }
    return Sheet(
        name=chance.choice(LIST["names"]),
        kind=kind,
        pronouns=chance.choice(v.PRONOUNS),
        traits=tuple(chance.sample(v.TRAITS, 2)),
        look=Look(**colours),
    )
