"""A scene in a plain sentence, as alt text and as what the screen shows before the click."""

from __future__ import annotations

from storylib.story import Actor, Scene
from storylib.text import article, listed

_DOES = {
    "stand": "stands", "wave": "waves", "cheer": "cheers", "point": "points", "hold": "holds", "carry": "carries",
    "think": "thinks", "cower": "crouches", "shy": "looks aside", "hips": "stands", "walk": "walks", "run": "runs",
    "jump": "jumps", "dance": "dances", "reach": "reaches out", "climb": "climbs", "swim": "swims", "fly": "flies",
    "kneel": "kneels", "sit": "sits", "read": "reads", "eat": "eats", "sleep": "sleeps", "hug": "gives a hug",
    "hold_hands": "holds hands", "open": "spreads both arms",
}  # fmt: skip
_TOGETHER = {
    "hug": "{0} hugs {1}", "hold_hands": "{0} and {1} hold hands", "give": "{0} gives {1} something",
    "pull": "{0} pulls {1}", "carry_together": "{0} and {1} carry something together", "look_for": "{0} looks for {1}",
    "hide": "{0} hides from {1}", "chase": "{0} chases {1}", "comfort": "{0} comforts {1}",
    "whisper": "{0} whispers to {1}", "read_together": "{0} and {1} read together", "wash": "{0} and {1} wash",
    "eat_at_table": "{0} and {1} eat at a table", "lie_in_bed": "{0} lies in bed, {1} is there",
    "sit_on_chair": "{0} sits on a chair beside {1}", "queue": "{0} and {1} queue", "examine": "{0} is examined by {1}",
    "point_at": "{0} points at {1}", "high_five": "{0} and {1} do a high five",
    "build_together": "{0} and {1} build something", "play_ball": "{0} and {1} play ball",
    "cuddle_up": "{0} and {1} cuddle up", "wave_goodbye": "{0} waves goodbye to {1}",
    "dance_together": "{0} and {1} dance", "help_up": "{0} helps {1} up",
}  # fmt: skip
_TIMES = {"morning": "in the morning", "day": "", "sunset": "in the evening", "night": "at night"}
_AIR = {
    "clear": "", "cloudy": "under clouds", "rain": "in the rain", "snow": "in the snow", "wind": "in the wind",
    "fog": "in the mist", "rainbow": "under a rainbow", "fireflies": "among fireflies",
}  # fmt: skip
_PLACES = {
    "hill": "on a hill", "mountain": "on a mountain", "beach": "on the beach", "ship": "on a ship",
    "farm": "on the farm",
    "stage": "on a stage", "underwater": "under water", "snow": "in the snow", "space": "in space", "bus": "on the bus",
    "train": "on the train", "aeroplane": "on an aeroplane", "carpet": "on the carpet", "crossing": "at a crossing",
    "dentist": "at the dentist's", "doctor": "at the doctor's", "market": "at the market", "pool": "at the pool",
}  # fmt: skip


def caption(scene: Scene) -> str:
    """Say who does what, where and when: ``Mira runs, Tam sits, sad, in the kitchen at night. Beside them: a cake.``"""
    place = _PLACES.get(scene.setting, f"in the {scene.setting.replace('_', ' ')}")
    where = " ".join(filter(None, (place, _AIR[scene.weather], _TIMES[scene.time])))
    if scene.event and len(scene.cast) > 1:
        first, second, *others = (actor.name for actor in scene.cast)
        who = _TOGETHER[scene.event].format(first, second) + (f", with {listed(others)}" if others else "")
    else:
        who = listed([_told(actor) for actor in scene.cast]) or "Nobody is"
    things = f" There: {listed([article(name.replace('-', ' ')) for name in scene.props])}." if scene.props else ""
    return f"{who} {where}.{things}"


def _told(actor: Actor) -> str:
    held = f" {article(actor.holds.replace('-', ' '))}" if actor.holds else ""
    face = "" if actor.expression == "happy" else f", {actor.expression},"
    return f"{actor.name}{face} {_DOES[actor.pose]}{held}"
