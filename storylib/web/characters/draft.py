"""A character as its form says it: filled in, read out, or made up.

What is typed lives in the session under ``character``, so that a refused save loses nothing.
"""

from __future__ import annotations

import random
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from storylib import tables
from storylib import vocabulary as v
from storylib.errors import Invalid, explain_validation
from storylib.library.characters import Draft
from storylib.story import CharacterSpec, Look

FORM: Final = "character"
LIST: Final[dict[str, Any]] = tables.beside(__file__)
PIECES: Final[dict[str, str]] = LIST["pieces"]
NONE: Final = "none"  # of hats
STATE: Final = ("name", "kind", "pronouns", "traits", "description", "pieces", "hair", "hat", "extras", "size", "age")
EXTRAS: Final = {
    "flower": "Flower", "medal": "Medal", "wheelchair": "Wheelchair", "walking_frame": "Walking frame",
    "cane": "White cane", "hearing_aids": "Hearing aids", "ear_defenders": "Ear defenders",
}  # fmt: skip


def key(name: str) -> str:
    """Return the session's key of a field."""
    return f"{FORM} {name}"


def fill(spec: CharacterSpec) -> None:
    """Fill the form with this character."""
    look = spec.look
    worn = [piece for piece in PIECES if getattr(look, piece)]
    values = {
        "name": spec.name,
        "kind": spec.kind,
        "pronouns": spec.pronouns,
        "traits": list(spec.traits),
        "description": spec.description,
        "pieces": [piece for piece in worn if piece != "shirt" or "stripes" not in worn],
        "hair": look.hair or "short",
        "hat": look.hat or NONE,
        "age": spec.age or "child",
        "extras": [name for name in EXTRAS if getattr(look, name)],
        "size": look.size,
        "colours": {name: value for name, value in look.model_dump(exclude_none=True).items() if str(value)[0] == "#"},
    }
    st.session_state.update({key(name): value for name, value in values.items()})


def draft() -> Draft:
    """Return the character as typed.

    Raises:
        Invalid: a colour is none.
    """
    said = {name: st.session_state.get(key(name)) for name in STATE}
    return Draft(
        name=said["name"] or "",
        kind=said["kind"] or "",
        pronouns=said["pronouns"] or "",
        traits=tuple(said["traits"] or ()),
        description=said["description"] or "",
        look=_look(said, st.session_state[key("colours")]),
    )


def _look(said: dict[str, Any], colours: dict[str, str]) -> Look:
    """Return only what can be seen: a fox has no hair, and what is not worn has no colour."""
    pieces = set(said["pieces"] or ())
    child = said["kind"] == "child"
    fields: dict[str, Any] = {piece: colours.get(piece) or LIST["cloth"]["Blue"] for piece in pieces}
    if "stripes" in pieces:
        fields.setdefault("shirt", LIST["cloth"]["White"])
    for name in ("skin", "hair_colour") if child else ("colour",):
        fields[name] = colours.get(name) or None
    if child:
        fields["hair"] = said["hair"]
        fields["age"] = said["age"] if said["age"] != _age_of(said["size"]) else None
    if said["hat"] not in (None, NONE):
        fields |= {"hat": said["hat"], "hat_colour": colours.get("hat_colour") or None}
    fields |= {name: name in (said["extras"] or ()) for name in EXTRAS}
    try:
        return Look(**fields, size=said["size"])
    except ValidationError as error:
        raise Invalid("character.look", "look", problem=explain_validation(error)) from None


def _age_of(size: float) -> v.Age | None:
    """Return the age that a person's size tells."""
    return CharacterSpec(name="?", kind="child", look=Look(size=size)).age


def random_character(chance: random.Random) -> CharacterSpec:
    """Return a random character."""
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
    return CharacterSpec(
        name=chance.choice(LIST["names"]),
        kind=kind,
        pronouns=chance.choice(v.PRONOUNS),
        traits=tuple(chance.sample(v.TRAITS, 2)),
        look=Look(**colours),
    )
