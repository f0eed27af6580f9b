"""From a pack's scene to a scene of the vocabulary: the first of what it names that can be drawn."""

from __future__ import annotations

from dataclasses import dataclass

from storylib import vocabulary as v
from storylib.kit.casting import Cast
from storylib.kit.pack import PackScene, drawable
from storylib.kit.staging import TONES
from storylib.story import Actor, CharacterSpec, Scene, props
from storylib.story.prompts.looks import said

PROPS = 4  # that a scene may have
ANOTHER: dict[v.Shot, v.Shot] = {"wide": "mid", "mid": "close", "close": "mid"}  # on a step's second page


@dataclass(frozen=True)
class PackStage:
    """Makes scenes; the same for the whole book but for what each step says."""

    tone: v.Tone
    cast: Cast
    season: v.Season
    world: v.World | None

    def scene(self, asked: PackScene, part: int = 0, company: tuple[CharacterSpec, ...] = ()) -> Scene:
        """The scene of a step, or of its ``part``-th page; the ``company`` stands beside those who act."""
        setting = drawable(asked.at, v.SETTINGS) or "park"
        actors = [*(self._actor(spec, asked) for spec in asked.cast), *(Actor(name=spec.name) for spec in company)]
        return Scene(
            setting=setting,
            world=self.world,
            time=asked.time,
            weather="clear" if setting in v.INDOORS else asked.weather,
            season=self.season,
            mood=TONES[self.tone].moods.get(asked.mood, asked.mood),
            shot=ANOTHER[asked.shot] if part % 2 else "mid" if len(actors) > 2 else asked.shot,
            cast=tuple(actors[:5]),
            props=_drawn(asked.things),
            event=drawable(asked.event, v.EVENTS) if asked.event and len(asked.cast) > 1 else None,
            view=drawable(asked.view, v.VIEWS) if asked.view else None,
        )

    def _actor(self, spec: str, asked: PackScene) -> Actor:
        role, pose, expression, *thing = spec.split()
        holds = next((name for name in thing[:1] if props.known(name)), None)
        return Actor.model_validate({
            "name": self.cast[role].spec.name, "holds": holds, "looks": self._looks(role, asked),
            "pose": drawable(pose, v.POSES), "expression": drawable(expression, v.EXPRESSIONS),
        })  # fmt: skip

    def _looks(self, role: str, asked: PackScene) -> str | None:
        """Whom, what or where a role looks at; None where that is not in the picture."""
        target = asked.looks.get(role)
        if target in {spec.split()[0] for spec in asked.cast}:
            return self.cast[target].spec.name
        return target if target in (*v.GAZES, *_drawn(asked.things)) else None


def _drawn(things: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the things that there are pictures of."""
    names = ("-".join(thing.lower().split()) for thing in things)
    return tuple(dict.fromkeys(name for name in names if props.known(name)))[:PROPS]


def where(setting: v.Setting) -> str:
    """A place as a caption says it: "in a kitchen", "inside a cave"."""
    place: str = said()["places"][setting]
    return place if place.startswith(_PLACED) else f"{_ON.get(setting, 'in')} {place}"


_PLACED = ("in ", "inside ", "on ", "under ", "before ", "at ")
_ON: dict[v.Setting, str] = {
    "hill": "on", "river": "on", "beach": "on", "playground": "at", "market": "at", "town": "on",
}  # fmt: skip
