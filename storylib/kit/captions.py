"""A scene in words: the alt text for a screen reader, and the longer description for an illustrator."""

from __future__ import annotations

from storylib import vocabulary as v
from storylib.kit import grammar
from storylib.story import Actor, CharacterSpec, Scene
from storylib.text import article, listed

POSES: dict[v.Pose, str] = {
    "stand": "stands", "wave": "waves", "cheer": "cheers with both arms up", "point": "points ahead",
    "hold": "holds something up", "carry": "carries something", "think": "stops to think",
    "cower": "crouches down", "shy": "looks shyly aside", "hips": "stands with hands on hips", "walk": "walks along",
    "run": "runs", "jump": "jumps", "dance": "dances", "reach": "reaches out", "climb": "climbs",
    "swim": "swims", "fly": "flies", "kneel": "kneels", "sit": "sits", "read": "reads",
    "eat": "eats", "sleep": "sleeps", "hug": "gives a hug", "hold_hands": "holds hands",
    "open": "spreads both arms wide",
}  # fmt: skip
WITH: dict[v.Pose, str] = {
    "hold": "holds up {it}", "carry": "carries {it}", "eat": "eats {it}", "read": "reads {it}",
    "reach": "reaches out with {it}", "wave": "waves {it}", "walk": "walks along with {it}",
}  # fmt: skip
FACES: dict[v.Expression, str] = {
    "happy": "smiling", "joyful": "laughing", "excited": "excited", "proud": "proud", "determined": "determined",
    "thinking": "thoughtful", "surprised": "surprised", "worried": "worried", "scared": "scared", "sad": "sad",
    "angry": "cross", "sleepy": "sleepy",
}  # fmt: skip
HOURS: dict[v.Time, str] = {"morning": "in the morning", "day": "", "sunset": "at sunset", "night": "at night"}
AIR: dict[v.Weather, str] = {
    "clear": "", "cloudy": "under soft clouds", "rain": "in the rain", "snow": "in falling snow",
    "wind": "in the wind", "fog": "in the mist", "rainbow": "under a rainbow", "fireflies": "among fireflies",
}  # fmt: skip
DISTANCE: dict[v.Shot, str] = {"wide": "Seen from afar", "mid": "Seen in full", "close": "Seen from close by"}


def alt(scene: Scene, specs: dict[str, CharacterSpec], place: str, props: dict[str, str]) -> str:
    """One sentence: who does what, where ("in the kitchen"), and what lies there; ``props``: a prop to its "a …"."""
    actors = [_does(actor, specs[actor.name], props) for actor in scene.cast]
    where = " ".join(filter(None, (place, AIR[scene.weather], HOURS[scene.time])))
    seen = [props[name] for name in scene.props]
    if not actors:
        return grammar.tidy(f"{grammar.capital(where)}{f' there {_lies(seen)}' if seen else ', with nobody about'}.")
    told = [*actors[:-1], f"{actors[-1]} {where}"]
    there = f"; beside {'them' if len(actors) > 1 else specs[scene.cast[0].name].name} {_lies(seen)}" if seen else ""
    return grammar.tidy(f"{grammar.capital('; '.join(told))}{there}.")


def description(scene: Scene, specs: dict[str, CharacterSpec], alt_text: str) -> str:
    """The picture in prose for an illustrator that has never seen these characters."""
    looks = [f"{s.name} is {article(grammar.noun(s))}" for s in _present(scene, specs)]
    season = f"The season is {scene.season}." if scene.setting not in ("space", "spaceship", "underwater") else ""
    mood = f"The mood is {'celebration' if scene.mood == 'celebrate' else scene.mood}."
    return grammar.tidy(f"{DISTANCE[scene.shot]}: {alt_text} {listed(looks)}. {season} {mood}")


def _present(scene: Scene, specs: dict[str, CharacterSpec]) -> list[CharacterSpec]:
    return [specs[actor.name] for actor in scene.cast]


def _does(actor: Actor, spec: CharacterSpec, props: dict[str, str]) -> str:
    who = spec.name if grammar.grown_up(spec) else f"{spec.name} the {grammar.noun(spec)}"
    it = props[actor.holds] if actor.holds else ""
    if actor.pose == "sleep" and actor.expression in v.AWAKE:
        action = "lies down, awake"
    elif it and actor.pose in WITH:
        action = WITH[actor.pose].format(it=it)
    else:
        action = POSES[actor.pose] + (f" with {it} in hand" if it else "")
    return f"{who}, {FACES[actor.expression]}, {action}"


def _lies(seen: list[str]) -> str:
    return f"{'are' if len(seen) > 1 else 'is'} {listed(seen)}"
