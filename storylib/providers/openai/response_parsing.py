"""From what a model answered to parts of a manuscript.

A server without strict schemas fills them as it likes. What does not fit is left out where a default will do, and cut
where it is too long; only what nothing can stand in for (the text of a page) makes an answer useless.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from pydantic import ValidationError

from storylib.errors import ProviderError
from storylib.providers.openai.error_mapping import fault
from storylib.providers.openai.schema import COLOURED
from storylib.safety.lenient_parsing import mended
from storylib.story import CharacterSpec, Extras, Model, Opening, PageDraft, Question, Scene, Word, prompts, props
from storylib.story.props import Prop
from storylib.text import key
from storylib.vocabulary import KINDS, SETTINGS, Setting

AnyModel = TypeVar("AnyModel", bound=Model)
NOWHERE: Setting = "meadow"  # where nobody said where


def lenient(model: type[AnyModel], data: Any) -> AnyModel:
    """Check against a model; mend what can be mended.

    Raises:
        ProviderError: something is missing that has no default.
    """
    try:
        return mended(model, data)
    except ValidationError as error:
        raise fault("bad_output", f"{model.__name__}: {error.errors()[0]['loc']}") from None


def opening(title: Any, supporting: Iterable[Any], cover: Any, cast: Sequence[CharacterSpec]) -> Opening:
    """The title, those who join the ``cast``, and the cover.

    Raises:
        ProviderError: there is no title.
    """
    joining: dict[str, CharacterSpec] = {}
    for one in map(_companion, supporting):
        if one and key(one.name) not in {key(spec.name) for spec in cast}:
            joining.setdefault(key(one.name), one)
    joined = list(joining.values())[: prompts.SUPPORTING]
    drawn = scene(cover, [*cast, *joined])
    facts = {"title": title, "supporting": [spec.model_dump() for spec in joined], "cover": drawn.model_dump()}
    return lenient(Opening, facts)


def _companion(data: Any) -> CharacterSpec | None:
    if not isinstance(data, dict) or data.get("kind") not in KINDS or not str(data.get("name") or "").strip():
        return None
    look = data["look"] if isinstance(data.get("look"), dict) else {}
    colours = {field: prompts.colours().get(str(look.get(field)), look.get(field)) for field in COLOURED}
    return lenient(CharacterSpec, {**data, "name": str(data["name"]).strip(), "look": {**look, **colours}})


def page(data: Any, number: int, cast: Sequence[CharacterSpec], before: Scene | None) -> PageDraft:
    """One page. Without a scene of its own it plays where the page ``before`` did.

    Raises:
        ProviderError: it has no text.
    """
    facts = data if isinstance(data, dict) else {}
    said = {name: str(facts.get(name) or "").strip() for name in ("text", "description", "alt")}
    said["alt"] = said["alt"] or said["description"] or said["text"]
    shown = scene(facts.get("scene"), cast) if facts.get("scene") or not before else before
    return lenient(PageDraft, {**said, "number": number, "scene": shown.model_dump()})


def scene(data: Any, cast: Sequence[CharacterSpec]) -> Scene:
    """A scene with nobody in it but the ``cast``, each once, and no prop that cannot be drawn."""
    facts = dict(data) if isinstance(data, dict) else {}
    names = {key(spec.name): spec.name for spec in cast}
    actors: dict[str, Any] = {}
    for actor in _objects(facts.get("cast")):
        if name := names.get(key(str(actor.get("name", "")))):
            actors.setdefault(name, {**actor, "name": name, "holds": _held(actor.get("holds"))})
    seen = {prop.name: prop for prop in map(_prop, facts.get("props") or ()) if prop}
    if facts.get("setting") not in SETTINGS:
        facts["setting"] = NOWHERE
    return lenient(Scene, {**facts, "cast": list(actors.values())[:5], "props": list(seen)[:4]})


def _prop(name: Any) -> Prop | None:
    return props.find(name) if isinstance(name, str) else None


def _held(name: Any) -> str | None:
    """A prop that a hand can hold, or nothing."""
    prop = _prop(name)
    return prop.name if prop and prop.held else None


def _objects(data: Any) -> list[dict[str, Any]]:
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def extras(questions: Any, words: Any) -> Extras:
    """What the class can talk about; what does not fit is left out."""
    return Extras(questions=tuple(_good(Question, questions)), words=tuple(_good(Word, words)))


def _good(model: type[AnyModel], data: Any) -> Iterator[AnyModel]:
    for one in _objects(data):
        with suppress(ProviderError):
            yield lenient(model, one)
