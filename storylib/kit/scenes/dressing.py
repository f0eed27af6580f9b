"""Set dressing: where a scene's props go. On free ground, in free air, on water, or behind the cast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storylib import vocabulary as v
from storylib.kit.scenes import figures, props
from storylib.kit.scenes.camera import Camera
from storylib.kit.scenes.composition import HEIGHT, SCALE, Spot, stand_line
from storylib.kit.scenes.events import Placed
from storylib.kit.scenes.places import Place
from storylib.kit.scenes.stage import H, Stage, W
from storylib.story import Scene
from storylib.story.props import Prop
from storylib.story.props import find as find_prop

EDGE = 60


@dataclass(frozen=True)
class Standing:
    """A prop in the picture: its middle at (x, foot - size / 2)."""

    prop: Prop
    x: float
    foot: float
    size: float
    shadow: bool = True
    wet: bool = False  # in the water
    flat: bool = False  # on the floor, under everybody's feet

    @property
    def depth(self) -> float:
        """What it is sorted by among the cast: farthest first."""
        return -1.0 if self.flat else self.foot - (60 if self.prop.place == "behind" else 0)


class Floor:
    """The free stretches of the ground between and beside the cast, left to right."""

    def __init__(self, spots: Sequence[Spot]):
        edges = [EDGE, *(e for s in spots for e in (s.x - s.reach * 0.86, s.x + s.reach * 0.86)), W - EDGE]
        self.free = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]

    def take(self, width: float) -> float:
        """The x of the widest free stretch's middle; that much of it is then taken."""
        if not self.free:
            return W / 2
        start, end = max(self.free, key=lambda stretch: stretch[1] - stretch[0])
        self.free.remove((start, end))
        x = self._place(start, end, width)
        self.free += [(a, b) for a, b in ((start, x - width / 2), (x + width / 2, end)) if b - a > 20]
        return x

    @staticmethod
    def _place(start: float, end: float, width: float) -> float:
        """Near the cast, where the stretch lies at the edge of the picture; else in its middle."""
        if end - start < width * 1.6:
            return (start + end) / 2
        if start <= EDGE:
            return end - width * 0.75
        return start + width * 0.75 if end >= W - EDGE else (start + end) / 2


def arrange(
    stage: Stage, scene: Scene, spots: Sequence[Spot], place: Place, camera: Camera, used: Sequence[str], zoom: float
) -> list[Standing]:
    """Every known prop of the scene, and what the cast could not hold, but for what is ``used`` in an event.

    ``zoom`` sizes them as the cast is sized. Unknown names are left out.
    """
    wanted = [*scene.props, *filter(None, map(figures.put_down, spots))]
    known = [prop for name in wanted if name not in used and (prop := find_prop(name)) and belongs(prop, scene)]
    floor, sky = Floor(spots), Floor(spots)
    scale = SCALE[scene.shot][max(0, len(spots) - 1)] * zoom
    ground = max((spot.y + spot.shadow for spot in spots if spot.shadow >= 0), default=0.0)
    ground = max(stand_line(place, camera, scene.shot), ground - 40)
    out = []
    for prop in known:
        size = prop.size * scale
        if _floats(prop, scene):
            out.append(_in_air(stage, prop, sky.take(size), size, ground, scale))
        elif prop.place == "water" and place.water is not None:
            y = camera.point(0, place.water, 0.9)[1]
            out.append(Standing(prop, floor.take(size), y + 14, size * 0.8, shadow=False, wet=True))
        elif prop.place == "floor":
            out.append(
                Standing(prop, W / 2, min(ground + size * 0.5 + 6, H + size * 0.3), size, shadow=False, flat=True)
            )
        elif prop.place == "wall" and place.indoor:
            out.append(_on_wall(prop, sky.take(size), size, ground, scale))
        elif prop.place == "behind":
            out.append(Standing(prop, floor.take(size), ground - 34, size))
        else:
            foot = min(ground + stage.rng.uniform(6, 40), H - 26)
            out.append(Standing(prop, floor.take(size), foot, size))
    return out


def belongs(prop: Prop, scene: Scene) -> bool:
    """Whether a thing can be there: no fire burns but where a campfire may."""
    return prop.name != "fire" or scene.setting in CAMPS


CAMPS: tuple[v.Setting, ...] = ("forest", "beach", "hill", "mountain", "river", "snow", "desert", "meadow", "cave")


def _on_wall(prop: Prop, x: float, size: float, ground: float, scale: float) -> Standing:
    foot = max(size + 60, ground - HEIGHT * scale * 0.95 + size / 2)
    return Standing(prop, x, foot, size, shadow=False)


def _floats(prop: Prop, scene: Scene) -> bool:
    return prop.place == "air" or (prop.place == "water" and scene.setting == "underwater" and prop.name not in SINKS)


SINKS = ("sailboat", "canoe", "ship", "coral")


def _in_air(stage: Stage, prop: Prop, x: float, size: float, ground: float, scale: float) -> Standing:
    head = max(size * 0.5 + 40, ground - HEIGHT * scale * stage.rng.uniform(0.72, 1.0))
    return Standing(prop, x, head + size / 2, size, shadow=False)


def draw(stage: Stage, item: Standing, dark: bool) -> str:
    """The prop with its shadow; in the dark, what glows lights up its surroundings."""
    x, y = item.x, item.foot - item.size / 2
    if item.prop.glows and dark:
        stage.glow(x, y, item.size * 1.7, "#ffd98a", 0.6)
    shadow = (
        f'<ellipse cx="{x:.0f}" cy="{item.foot - 2:.0f}" rx="{item.size * 0.42:.0f}" ry="{item.size * 0.07:.0f}"'
        ' fill="#2a1633" fill-opacity=".22"/>'
        if item.shadow
        else ""
    )
    drawn = props.drawing(item.prop, item.size, stage.id(), props.LINE)
    return f'{shadow}<g transform="translate({x:.0f} {y:.0f})">{drawn}</g>'


def placed(stage: Stage, thing: Placed) -> str:
    """A piece of furniture or a thing that an event has put in its place."""
    if thing.prop is None:
        return stage.piece(thing.piece, thing.x, thing.y, thing.scale, flip=thing.flip)
    size = (thing.prop.held or thing.prop.size) * thing.scale
    drawn = props.drawing(thing.prop, size, stage.id(), props.LINE)
    return f'<g transform="translate({thing.x:.0f} {thing.y:.0f})">{drawn}</g>'
