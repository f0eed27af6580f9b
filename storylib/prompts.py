"""The one place where words for models are put together, from a brief, a page, a scene and a look.

What goes in has invented names already (see ``pseudonyms``): nothing here knows or needs a real one. The wording is in
prompts.yaml.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from storylib import reading
from storylib.manuscript import Actor, Brief, Opening, PageDraft, Part, PictureOrder, Sheet
from storylib.vocabulary import MORALS, AgeBand

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


@cache
def _said() -> dict[str, Any]:
    text = Path(__file__).with_suffix(".yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def languages() -> dict[str, str]:
    """The languages a story can be written in: code → English name."""
    return {
        code: name.split(" with")[0].removeprefix("Modern Standard ") for code, name in _said()["languages"].items()
    }


def story(brief: Brief, written: Sequence[Part] = (), missing: Iterable[str] = ()) -> Prompt:
    """Asks for a book, or for what is ``missing`` of it ("page 5", "questions") after what is ``written``."""
    system = _said()["writer"].format(
        pages=brief.pages,
        tone=_said()["tones"][brief.tone],
        supporting=SUPPORTING,
        questions=QUESTIONS,
        word_count=WORDS,
        **_readers(brief),
    )
    user = [_wishes(brief)]
    if written:
        user += [_finished(written), _said()["continued"].format(missing=", ".join(missing))]
    return Prompt(system, "\n\n".join(user))


def _readers(brief: Brief) -> dict[str, Any]:
    band = reading.BANDS[brief.age_band]
    return {
        "language": _said()["languages"].get(brief.language, brief.language),
        "age_band": brief.age_band,
        "reading": _said()["reading"][brief.age_band],
        "words": round(_ROOM * band.words_on_page),
        "sentence": round(_ROOM * band.words_per_sentence),
        "longest": round(_ROOM * band.longest_sentence),
    }


def _wishes(brief: Brief) -> str:
    hero, *others = (f"- {sheet.name}: {person(sheet)}" for sheet in brief.characters)
    lines = ["The hero:", hero, *(["Also in the story:", *others] if others else [])]
    if brief.theme:
        lines.append(f"What the teacher wishes it to be about: {json.dumps(brief.theme, ensure_ascii=False)}")
    if brief.world:
        lines.append(f"World: {brief.world}.")
    return "\n".join([*lines, _moral(brief.moral)])


def _moral(moral: str) -> str:
    known: str | None = _said()["morals"].get(moral)
    return known if moral in MORALS and known else f"The story shows: {json.dumps(moral, ensure_ascii=False)}"


def _finished(written: Sequence[Part]) -> str:
    told = []
    for part in written:
        if isinstance(part, Opening):
            told.append(f"Title: {part.title}")
            told += [f"- {sheet.name} (supporting): {person(sheet)}" for sheet in part.supporting]
        elif isinstance(part, PageDraft):
            told.append(f"Page {part.number} ({part.scene.setting}): {part.text}")
    return "\n".join(told)


def rewrite(brief: Brief, page: PageDraft, problem: str) -> Prompt:
    """Asks for another text of one page. ``problem``: what is wrong with this one, in plain words."""
    system = _said()["rewrite"].format(**_readers(brief))
    return Prompt(system, f"Page {page.number}:\n{page.text}\n\nAlt text: {page.alt}\n\nWhat has to change: {problem}")


def in_json(prompt: Prompt, schema: dict[str, Any]) -> Prompt:
    """The same for a server that cannot be given a schema: it stands in the text."""
    told = _said()["json"].format(schema=json.dumps(schema, separators=(",", ":")))
    return Prompt(f"{prompt.system}\n{told}", prompt.user, prompt.pictures)


def likeness(cast: Sequence[Sheet], page: bytes, portraits: Sequence[bytes]) -> Prompt:
    """Asks whether a page shows the cast of the portraits."""
    listed = "\n".join(f"{number}. {person(sheet)}" for number, sheet in enumerate(cast, start=1))
    return Prompt(_said()["likeness"], f"The portraits show:\n{listed}", (page, *portraits))


def picture_check(picture: bytes) -> Prompt:
    """Asks whether a picture is fit for children."""
    return Prompt(_said()["picture_check"], "The picture:", (picture,))


def picture(order: PictureOrder, shown: Sequence[str] = ()) -> str:
    """What an illustrator is told. ``shown``: the names on the reference pictures, in their order."""
    said = _said()
    style = said["styles"][order.style]
    if order.role == "portrait":
        return str(said["portrait"].format(style=style, cast="\n".join(map(person, order.cast))))
    scene = order.scene
    text = said["picture"].format(
        role=said["roles"][order.role],
        style=style,
        place=said["places"][scene.setting].capitalize(),
        light=_light(order),
        mood=said["moods"][scene.mood],
        shot=said["shots"][scene.shot],
        cast=_cast(order, shown),
        props=f"Also seen: {', '.join(map(_thing, scene.props))}." if scene.props else "",
        moment=f"THE MOMENT: {order.description}" if order.description else "",
        as_shown=" and as shown in the reference pictures" if shown else "",
    )
    return "\n".join(line for line in str(text).splitlines() if line.strip())


def _light(order: PictureOrder) -> str:
    scene, said = order.scene, _said()
    if scene.setting in said["indoors"]:
        return f"{said['times'][scene.time]}."
    return f"{said['times'][scene.time]}, {said['weathers'][scene.weather]}, {scene.season}."


def _cast(order: PictureOrder, shown: Sequence[str]) -> str:
    sheets = {sheet.name: sheet for sheet in order.cast}
    present = [actor for actor in order.scene.cast if actor.name in sheets]
    if not present:
        return "Nobody is in the picture."
    lines = [f"- {actor.name}, {_seen(sheets[actor.name], shown)}: {_acts(actor)}" for actor in present]
    count = "one character" if len(lines) == 1 else f"{len(lines)} characters, from left to right"
    return "\n".join([f"CHARACTERS ({count}, nobody twice):", *lines])


def _seen(sheet: Sheet, shown: Sequence[str]) -> str:
    where = f" (reference picture {shown.index(sheet.name) + 1})" if sheet.name in shown else ""
    return f"{person(sheet)}{where}"


def _acts(actor: Actor) -> str:
    holds = f", holding {_thing(actor.holds)}" if actor.holds else ""
    return f"{_said()['poses'][actor.pose]}{holds}, looking {actor.expression}"


def _thing(prop: str) -> str:
    words = prop.replace("-", " ")
    return words if words.endswith("s") else _article(words)


_WORN = (
    ("hat_colour", "hat"), ("shirt", "shirt"), ("trousers", "trousers"), ("dress", "dress"), ("overalls", "overalls"),
    ("cape", "cape"), ("scarf", "scarf"), ("bowtie", "bow tie"), ("bow", "bow in the hair"), ("glasses", "glasses"),
    ("shoes", "shoes"),
)  # fmt: skip


def person(sheet: Sheet) -> str:
    """A character in one line: kind, colours, clothes, nature. No name."""
    noun = {"she": "girl", "he": "boy", "they": "child"}[sheet.pronouns] if sheet.kind == "child" else sheet.kind
    look = sheet.look
    said = [f"{'small ' if look.size < 0.85 else ''}{f'{colour(look.colour)} ' if look.colour else ''}{noun}"]
    said += [", ".join(_worn(sheet))] if _worn(sheet) else []
    said += [f"by nature {', '.join(sheet.traits)}"] if sheet.traits else []
    said += [sheet.description.rstrip(".")] if sheet.description else []
    return f"{_article('; '.join(said))} ({sheet.pronouns})"


def _article(words: str) -> str:
    return f"{'an' if words[0] in 'aeio' else 'a'} {words}"  # no u: a unicorn


def _worn(sheet: Sheet) -> list[str]:
    look = sheet.look
    worn = [f"{colour(look.skin)} skin"] if look.skin else []
    if look.hair and look.hair != "none":
        tint = f"{colour(look.hair_colour)} " if look.hair_colour else ""
        worn.append(f"{tint}hijab" if look.hair == "hijab" else f"{tint}{look.hair} hair")
    for field, what in _WORN:
        if value := getattr(look, field):
            worn.append(f"{colour(value)} {look.hat if what == 'hat' and look.hat else what}")
    if look.hat and not look.hat_colour:
        worn.append(f"{look.hat} hat")
    worn += ["flower behind the ear"] * look.flower + ["medal"] * look.medal
    return worn + ([f"stripes of {colour(look.stripes)} on the shirt"] if look.stripes else [])


def colours() -> dict[str, str]:
    """Words for colours, and what they mean: name → lower-case hex."""
    found: dict[str, str] = _said()["colours"]
    return found


@cache
def colour(hexadecimal: str) -> str:
    """The word for a colour: the nearest of those in prompts.yaml, by the "redmean" distance (Riemersma, 2001)."""
    wanted = _rgb(hexadecimal)
    return min(colours(), key=lambda name: _distance(wanted, _rgb(colours()[name])))


def _rgb(hexadecimal: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(hexadecimal[1:])
    return red, green, blue


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    mean = (one[0] + other[0]) / 2
    red, green, blue = ((a - b) ** 2 for a, b in zip(one, other, strict=True))
    return (2 + mean / 256) * red + 4 * green + (2 + (255 - mean) / 256) * blue


def words_expected(band: AgeBand) -> int:
    """Words on a page that the writer is asked for, for estimates."""
    return round(_ROOM * reading.BANDS[band].words_on_page)
