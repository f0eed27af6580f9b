"""From a plot's staging to a scene of the vocabulary: where, when, in which light, who holds what."""

from __future__ import annotations

from dataclasses import dataclass, field

from storylib import vocabulary as v
from storylib.kit.casting import Cast
from storylib.kit.plot import Staging, Thing, World
from storylib.kit.template import Chooser
from storylib.story import Actor, Scene


@dataclass(frozen=True)
class Light:
    """How a tone looks: the hour where the plot leaves it open, the air outdoors, moods and distances."""

    times: tuple[v.Time, ...]
    weathers: tuple[v.Weather, ...]
    moods: dict[v.Mood, v.Mood]
    shots: tuple[v.Shot, ...]


TONES: dict[v.Tone, Light] = {
    "whimsical": Light(("day", "morning"), ("clear", "clear", "rainbow"), {"happy": "funny"}, ("mid", "wide", "close")),
    "educational": Light(("day", "morning"), ("clear", "cloudy"), {}, ("mid", "close", "wide")),
    "adventurous": Light(
        ("day", "sunset"), ("wind", "cloudy", "clear"), {"happy": "wonder"}, ("wide", "mid", "wide", "close")
    ),
    "calming": Light(
        ("sunset",), ("clear",), {"happy": "calm", "funny": "calm", "tense": "calm"}, ("mid", "mid", "wide")
    ),
}


@dataclass
class Stage:
    """Sets the scenes of one book; the weather over a place stays what it was, hour by hour."""

    world: World
    tone: v.Tone
    cast: Cast
    things: dict[str, Thing]
    chooser: Chooser
    season: v.Season
    theme_prop: str | None = None
    _skies: dict[tuple[str, str], v.Weather] = field(default_factory=dict)
    _hour: v.Time | None = None

    def scene(self, staging: Staging, page: int = 0, theme: bool = False) -> Scene:
        """The scene for a page; ``theme`` shows the prop of the theme where there is room."""
        light = TONES[self.tone]
        setting = self.world.places[staging.at].setting
        time = staging.time or self._usual_hour(light)
        return Scene(
            setting=setting,
            world=self.world.id,
            time=time,
            weather="clear" if setting in v.INDOORS else self._weather(staging, time),
            season=self.season,
            mood=light.moods.get(staging.mood, staging.mood),
            shot=staging.shot or ("mid" if len(staging.cast) > 2 else light.shots[page % len(light.shots)]),
            cast=tuple(self._actor(spec) for spec in staging.cast),
            props=self._props(staging, theme),
        )

    def _usual_hour(self, light: Light) -> v.Time:
        if self._hour is None:
            chosen: v.Time = self.chooser.one(light.times)
            self._hour = chosen
            return chosen
        return self._hour

    def _weather(self, staging: Staging, time: v.Time) -> v.Weather:
        if staging.weather:
            return self.world.wonder if staging.weather == "wonder" else staging.weather
        key = (staging.at, time)
        if key not in self._skies:
            skies = [*TONES[self.tone].weathers, *self.world.places[staging.at].weather]
            self._skies[key] = self.chooser.one([s for s in skies if s != "rainbow" or time != "night"])
        sky = self._skies[key]
        return "clear" if sky == "rainbow" and staging.mood in ("tense", "sad") else sky

    def _actor(self, spec: str) -> Actor:
        role, pose, expression, *thing = spec.split()
        holds = self.things[thing[0]].prop if thing else None
        name = self.cast[role].spec.name
        return Actor.model_validate({"name": name, "pose": pose, "expression": expression, "holds": holds})

    def _props(self, staging: Staging, theme: bool) -> tuple[str, ...]:
        props = [self.things[p].prop for p in staging.props]
        if theme and self.theme_prop:
            props.append(self.theme_prop)
        return tuple(dict.fromkeys(props))[:4]
