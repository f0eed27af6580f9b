"""The one place where words for models are put together, from a brief, a page, a scene and a look.

What goes in has invented names already (see ``pseudonyms``): nothing here knows or needs a real one. The wording is in
words.yaml.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from storylib.story import Actor, Brief, CharacterSpec, ImageRequest, Opening, PageDraft, Part, reading_level
from storylib.story.prompts.looks import colours, person, said, thing
from storylib.vocabulary import INDOORS, MORALS, AgeBand

__all__ = [
    "SUPPORTING", "Prompt", "colours", "in_json", "languages", "likeness", "person", "picture", "picture_check",
    "rewrite", "story", "words_expected",
]  # fmt: skip

SUPPORTING = 3  # characters that a writer may add
QUESTIONS = 4
WORDS = 5
_ROOM = 0.85  # of a band's limits is asked for: writers overshoot


@dataclass(frozen=True)
class Prompt:
    """What a model is told and shown. ``pictures`` are encoded."""

    system: str
    user: str
    pictures: tuple[bytes, ...] = ()


def languages() -> dict[str, str]:
    """Return the languages a story can be written in: code → English name."""
    return {code: name.split(" (")[0] for code, name in said()["languages"].items()}


def story(brief: Brief, written: Sequence[Part] = (), missing: Iterable[str] = ()) -> Prompt:
    """Ask for a book, or for what is ``missing`` of it ("page 5", "questions") after what is ``written``."""
    system = said()["writer"].format(
        pages=brief.pages,
        tone=said()["tones"][brief.tone],
        supporting=SUPPORTING,
        questions=QUESTIONS,
        word_count=WORDS,
        **_readers(brief),
    )
    user = [_wishes(brief)]
    if written:
        user += [_finished(written), said()["continued"].format(missing=", ".join(missing))]
    return Prompt(system, "\n\n".join(user))


def _readers(brief: Brief) -> dict[str, Any]:
    band = reading_level.BANDS[brief.age_band]
    return {
        "language": said()["languages"].get(brief.language, brief.language),
        "age_band": brief.age_band,
        "reading": said()["reading"][brief.age_band],
        "words": round(_ROOM * band.words_on_page),
        "sentence": round(_ROOM * band.words_per_sentence),
        "longest": round(_ROOM * band.longest_sentence),
    }


def _wishes(brief: Brief) -> str:
    hero, *others = (f"- {spec.name}: {person(spec)}" for spec in brief.characters)
    lines = ["The hero:", hero, *(["Also in the story:", *others] if others else [])]
    if brief.theme:
        lines.append(f"What the teacher wishes it to be about: {json.dumps(brief.theme, ensure_ascii=False)}")
    if brief.world:
        lines.append(f"World: {brief.world}.")
    return "\n".join([*lines, _moral(brief.moral)])


def _moral(moral: str) -> str:
    known: str | None = said()["morals"].get(moral)
    return known if moral in MORALS and known else f"The story shows: {json.dumps(moral, ensure_ascii=False)}"


def _finished(written: Sequence[Part]) -> str:
    told = []
    for part in written:
        if isinstance(part, Opening):
            told.append(f"Title: {part.title}")
            told += [f"- {spec.name} (supporting): {person(spec)}" for spec in part.supporting]
        elif isinstance(part, PageDraft):
            told.append(f"Page {part.number} ({part.scene.setting}): {part.text}")
    return "\n".join(told)


def rewrite(brief: Brief, page: PageDraft, problem: str) -> Prompt:
    """Ask for another text of one page. ``problem``: what is wrong with this one, in plain words."""
    system = said()["rewrite"].format(**_readers(brief))
    return Prompt(system, f"Page {page.number}:\n{page.text}\n\nAlt text: {page.alt}\n\nWhat has to change: {problem}")


def in_json(prompt: Prompt, schema: dict[str, Any]) -> Prompt:
    """Return the same prompt for a server that cannot be given a schema: it is put into the text."""
    told = said()["json"].format(schema=json.dumps(schema, separators=(",", ":")))
    return Prompt(f"{prompt.system}\n{told}", prompt.user, prompt.pictures)


def likeness(cast: Sequence[CharacterSpec], page: bytes, portraits: Sequence[bytes]) -> Prompt:
    """Ask whether a page shows the cast of the portraits."""
    listed = "\n".join(f"{number}. {person(spec)}" for number, spec in enumerate(cast, start=1))
    return Prompt(said()["likeness"], f"The portraits show:\n{listed}", (page, *portraits))


def picture_check(picture: bytes) -> Prompt:
    """Ask whether a picture is suitable for children."""
    return Prompt(said()["picture_check"], "The picture:", (picture,))


def picture(request: ImageRequest, shown: Sequence[str] = ()) -> str:
    """Return the prompt for an illustrator. ``shown``: the names on the reference images, in order."""
    words = said()
    style = words["styles"][request.style]
    if request.role == "portrait":
        return str(words["portrait"].format(style=style, cast="\n".join(map(person, request.cast))))
    scene = request.scene
    text = words["picture"].format(
        role=words["roles"][request.role],
        style=style,
        place=words["places"][scene.setting].capitalize(),
        light=_light(request),
        mood=words["moods"][scene.mood],
        shot=words["shots"][scene.shot],
        cast=_cast(request, shown),
        event=_event(request),
        view=words["views"][scene.view] if scene.view else "",
        props=f"Also seen: {', '.join(map(thing, scene.props))}." if scene.props else "",
        moment=f"THE MOMENT: {request.description}" if request.description else "",
        as_shown=" and as shown in the reference pictures" if shown else "",
    )
    return "\n".join(line for line in str(text).splitlines() if line.strip())


def _light(request: ImageRequest) -> str:
    scene, words = request.scene, said()
    if scene.setting in INDOORS:
        return f"{words['times'][scene.time]}."
    return f"{words['times'][scene.time]}, {words['weathers'][scene.weather]}, {scene.season}."


def _cast(request: ImageRequest, shown: Sequence[str]) -> str:
    specs = {spec.name: spec for spec in request.cast}
    present = [actor for actor in request.scene.cast if actor.name in specs]
    if not present:
        return "Nobody is in the picture."
    lines = [f"- {actor.name}, {_seen(specs[actor.name], shown)}: {_acts(actor)}" for actor in present]
    count = "one character" if len(lines) == 1 else f"{len(lines)} characters, from left to right"
    return "\n".join([f"CHARACTERS ({count}, nobody twice):", *lines])


def _seen(spec: CharacterSpec, shown: Sequence[str]) -> str:
    where = f" (reference picture {shown.index(spec.name) + 1})" if spec.name in shown else ""
    return f"{person(spec)}{where}"


def _acts(actor: Actor) -> str:
    holds = f", holding {thing(actor.holds)}" if actor.holds else ""
    words = said()
    turned = f", {words['facings'][actor.facing]}" if actor.facing else ""
    eyes = f", eyes {words['gazes'].get(actor.looks, f'on {actor.looks}')}" if actor.looks else ""
    worn = f", wearing {words['wears'][actor.wears]}" if actor.wears else ""
    return f"{words['poses'][actor.pose]}{holds}{worn}, looking {actor.expression}{turned}{eyes}"


def _event(request: ImageRequest) -> str:
    """What the first two do together, or the first alone."""
    present = {spec.name for spec in request.cast}
    who = [actor.name for actor in request.scene.cast if actor.name in present][:2]
    told: dict[str, str] = said()["events" if len(who) > 1 else "alone"]
    event = request.scene.event
    if not who or event not in told:
        return ""
    return f"WHAT HAPPENS: {told[event].format(first=who[0], second=who[-1])}."


def words_expected(band: AgeBand) -> int:
    """Return the words per page that the writer is asked for, for estimates."""
    return round(_ROOM * reading_level.BANDS[band].words_on_page)
