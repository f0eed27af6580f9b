"""What a writer has to fill, as strict JSON Schemas made from our own models.

Strict means what OpenAI enforces and every compatible server understands: all fields required, no others, no
defaults, no limits of length or number; a field that may be missing is nullable. Key order is the order of writing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import BaseModel

from storylib.story import Actor, CharacterSpec, Look, PageDraft, Question, Scene, Word, prompts, props

Schema = dict[str, Any]

# Of a supporting character only what tells it from others; each field more delays the first page.
COMPANION = ("name", "kind", "pronouns")
COLOURED = ("colour", "skin", "hair_colour", "shirt", "scarf")
COMPANION_LOOK = (*COLOURED, "hair", "hat")
_KEPT = ("type", "enum", "items", "anyOf", "properties", "$ref")


def fields(model: type[BaseModel], names: Iterable[str]) -> Schema:
    """Fields of a model as strict properties; other models in them become references."""
    found = model.model_json_schema()["properties"]
    return {name: _strict(found[name]) for name in names}


def _strict(schema: Schema) -> Schema:
    kept = {key: value for key, value in schema.items() if key in _KEPT}
    if "items" in kept:
        kept["items"] = _strict(kept["items"])
    if "anyOf" in kept:
        kept["anyOf"] = [_strict(option) for option in kept["anyOf"]]
    return kept


def record(properties: Schema) -> Schema:
    """An object with exactly these."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def ref(name: str) -> Schema:
    """A reference to one of ``_definitions``."""
    return {"$ref": f"#/$defs/{name}"}


def listed(items: Schema) -> Schema:
    """A list of them."""
    return {"type": "array", "items": items}


def nullable(schema: Schema) -> Schema:
    """It, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


@cache
def _definitions() -> Schema:
    """The parts that stories are made of. Props are those that the Kit can draw, so that it can draw any scene.

    Colours are words, which a model of language chooses better than numbers.
    """
    scene = fields(Scene, ("setting", "time", "weather", "season", "mood", "shot", "cast", "props"))
    actor = fields(Actor, ("name", "pose", "expression"))
    spec = fields(CharacterSpec, COMPANION)
    look = fields(Look, COMPANION_LOOK) | {name: nullable(ref("Colour")) for name in COLOURED}
    return {
        "Colour": {"type": "string", "enum": list(prompts.colours())},
        "Prop": {"type": "string", "enum": list(props.names())},
        "Actor": record({**actor, "holds": nullable(ref("Prop"))}),
        "Scene": record({**scene, "cast": listed(ref("Actor")), "props": listed(ref("Prop"))}),
        "Companion": record({**spec, "look": record(look)}),
        "Question": record(fields(Question, ("about", "question", "answer"))),
        "Word": record(fields(Word, ("word", "meaning"))),
    }


def book(numbers: Iterable[int], *, opening: bool, extras: bool) -> Schema:
    """A whole book, or what is missing of it: the pages of these numbers, and what comes before and after."""
    parts: Schema = {}
    if opening:
        parts |= {"title": {"type": "string"}, "supporting": listed(ref("Companion")), "cover": ref("Scene")}
    if pages := list(numbers):
        prose = fields(PageDraft, ("text", "scene", "description", "alt"))
        number = {"type": "integer", "enum": pages}
        parts["pages"] = listed(record({"number": number, **prose, "scene": ref("Scene")}))
    if extras:
        parts |= {"questions": listed(ref("Question")), "words": listed(ref("Word"))}
    return {**record(parts), "$defs": _used(parts)}


def _used(parts: Schema) -> Schema:
    """Of the definitions, those that are referred to, directly or by another."""
    used: Schema = {}
    waiting = [parts]
    while waiting:
        text = str(waiting.pop())
        for name, definition in _definitions().items():
            if name not in used and f"#/$defs/{name}'" in text:
                used[name] = definition
                waiting.append(definition)
    return used


PAGE = record(fields(PageDraft, ("text", "alt")))
JUDGEMENT = record({"score": {"type": "number"}, "reason": {"type": "string"}})
FINDINGS = record({"found": listed({"type": "string"}), "score": {"type": "number"}})
