"""Composition: where everybody in the cast stands, how large, and which way they look."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from storylib import vocabulary as v
from storylib.kit.rig.figure import natural_size
from storylib.kit.rig.poses import Side
from storylib.kit.rig.species import species
from storylib.kit.scenes.camera import Camera
from storylib.kit.scenes.places import Place
from storylib.kit.scenes.stage import H, W
from storylib.story import Actor, CharacterSpec
from storylib.story.props import find as find_prop

MARGIN = 70
EDGE = 36  # how near the frame somebody at a bedside may come
HEIGHT = 430  # of a figure at scale 1
SCALE: dict[v.Shot, tuple[float, ...]] = {  # for a cast of one, two, …
    "wide": (0.86, 0.84, 0.8, 0.74, 0.68),
    "mid": (1.22, 1.2, 1.1, 0.98, 0.86),
    "close": (1.66, 1.5, 1.24, 1.06, 0.92),
}
DROP: dict[v.Shot, float] = {"wide": -16, "mid": 30, "close": 50}  # how far below the floor's line feet are
FACES = 360  # in a close shot the tallest head reaches up to here; feet may be below the picture
SOLES = 34  # how far from the lower edge feet stay
STAGGER = (0, 18, -8, 22, 4)
HALF_WIDTH: dict[v.Pose, int] = {"open": 150, "cheer": 145, "jump": 150, "dance": 150, "run": 145, "reach": 140,
                                 "climb": 140, "point": 140, "swim": 190, "fly": 190, "sleep": 215}  # fmt: skip
EARS, AT_SIDE = 165, 160  # the same for heads with wide ears, for somebody with a thing in one hand
EMBRACE, HAND_IN_HAND = 232, 250  # between two who hug, who hold hands, at scale 1
FACE = 95  # half a face
RISES: dict[v.Pose, tuple[float, float]] = {"fly": (120, 180), "climb": (70, 130)}  # above the ground
SUNK = 150  # how deep a swimmer lies in the water, at scale 1
BED_SCALE = 1.05


@dataclass(frozen=True)
class Spot:
    """Where one actor is: feet at (x, y) in picture units."""

    actor: Actor
    spec: CharacterSpec
    x: float
    y: float
    scale: float
    flip: bool
    afloat: bool = False  # the water hides the lower half
    tucked: bool = False  # in bed, under the blanket
    shadow: float = 0.0  # how far below the feet the ground is
    facing: v.Facing = "front"
    lean: float = 0.0  # degrees, forwards
    seat: float = 0.0  # how high one sits, at scale 1
    hands: Mapping[Side, tuple[float, float]] = field(default_factory=dict)  # where in the picture hands go
    sight: tuple[float, float] | None = None  # what is looked at, where nothing else is said
    squash: float = 1.0  # of the height, seen from above

    @property
    def size(self) -> float:
        """How large this one is against a hero of 1."""
        return natural_size(self.spec)

    @property
    def reach(self) -> float:
        """Half of the width that the figure takes."""
        return _width(self.actor, self.spec) * self.scale


Pair = tuple[Actor, CharacterSpec]


def stand(players: Sequence[Pair], place: Place, camera: Camera, shot: v.Shot, rng: random.Random) -> list[Spot]:
    """A spot for each player, left to right in their request; faces never overlap."""
    if not players:
        return []
    abed = bedside(players, place)
    if abed is not None:
        sleeper = players[0 if abed else -1]
        others = stand(players[1:] if abed else players[:-1], replace(place, bed=None), camera, shot, rng)
        spot = _in_bed(sleeper, place, camera)
        return [spot, *_beside(others, spot)] if abed else [*_beside(others, spot), spot]
    scale = SCALE[shot][len(players) - 1]
    xs, scale = line_up(players, scale, rng)
    ground = stand_line(place, camera, shot)
    if shot == "close":
        ground = max(ground, FACES + HEIGHT * scale * max(natural_size(spec) for _, spec in players))
    spots = []
    for i, (player, x) in enumerate(zip(players, xs, strict=True)):
        actor, spec = player
        y = ground + STAGGER[i] * (len(players) > 1)
        flip, facing = _looks_left(xs, i, rng, players), actor.facing or "front"
        spots.append(Spot(actor, spec, x, y, scale * natural_size(spec), flip, facing=facing))
    return [settle(spot, place, camera, i, rng) for i, spot in enumerate(_small_in_front(spots, players))]


def _small_in_front(spots: list[Spot], players: Sequence[Pair]) -> list[Spot]:
    """Of two who touch the smaller one stands nearer, or the bigger one would hide them."""
    for i in range(len(spots) - 1):
        a, b = spots[i], spots[i + 1]
        if _touching(players[i], players[i + 1]) and (a.y - b.y) * (a.scale - b.scale) > 0:
            spots[i : i + 2] = replace(a, y=b.y), replace(b, y=a.y)
    return spots


def stand_line(place: Place, camera: Camera, shot: v.Shot) -> float:
    """The y on which feet and props stand, inside the picture but in a close shot."""
    line = place.floor + camera.lift + DROP[shot]
    return line if shot == "close" else min(line, H - SOLES)


def bedside(players: Sequence[Pair], place: Place) -> bool | None:
    """Whether the room must be mirrored, so that the bed stands where a sleeper is in the list; None: nobody sleeps.

    The bed is at the right of its room. Somebody in the middle of the list sleeps on the floor.
    """
    if place.bed is None or not players:
        return None
    if players[-1][0].pose == "sleep":
        return False
    return True if players[0][0].pose == "sleep" else None


def _in_bed(sleeper: Pair, place: Place, camera: Camera) -> Spot:
    x, y = camera.point(*(place.bed or (0.0, 0.0)), 1.0)
    scale = BED_SCALE * camera.scale(1.0) * min(natural_size(sleeper[1]), 1.0)
    return Spot(*sleeper, x, y, scale, camera.flip, tucked=True, shadow=-1)


def _beside(others: list[Spot], bed: Spot) -> list[Spot]:
    """The others moved away from the bed, and smaller where they would not all fit between it and the edge."""
    if not others:
        return []
    left, right = min(s.x - s.reach for s in others), max(s.x + s.reach for s in others)
    start, end = (bed.x + bed.reach, W - EDGE) if bed.flip else (EDGE, bed.x - bed.reach)
    shrink = min(1.0, (end - start) / (right - left))
    width = (right - left) * shrink
    begin = min(max(left, start), end - width)
    return [replace(s, x=begin + (s.x - left) * shrink, scale=s.scale * shrink) for s in others]


def line_up(players: Sequence[Pair], scale: float, rng: random.Random) -> tuple[list[float], float]:
    """The x of each player, and the scale; smaller when they would not fit side by side."""
    ends = _half(players[0]) + _half(players[-1])
    gaps = [_gap(a, b) for a, b in pairwise(players)]
    scale = min(scale, (W - 2 * MARGIN) / (ends + sum(gaps)))
    room = W - 2 * MARGIN - (ends + sum(gaps)) * scale
    loose = [i for i, gap in enumerate(gaps) if gap > HAND_IN_HAND * 1.3 or not _touching(players[i], players[i + 1])]
    extra = min(150.0, room / (len(loose) + 1.6)) if loose else 0.0
    steps = [gap * scale + (extra if i in loose else 0) for i, gap in enumerate(gaps)]
    slack = max(0.0, room - extra * len(loose))
    start = MARGIN + _half(players[0]) * scale + slack * rng.choice((0.3, 0.42, 0.55, 0.7))
    xs = [start]
    for step in steps:
        xs.append(xs[-1] + step)
    return xs, scale


def _half(player: Pair) -> float:
    return _width(*player) * natural_size(player[1])


def _width(actor: Actor, spec: CharacterSpec) -> float:
    """Half of the width of a figure at scale 1, with its ears, and with what it holds at its side."""
    prop = find_prop(actor.holds) if actor.holds else None
    one_hand = prop is not None and prop.grip is not None and actor.pose in ("hold", "carry")
    ears = EARS if species(spec.kind).wide_head else 0
    return max(HALF_WIDTH.get(actor.pose, 118), ears, AT_SIDE if one_hand else 0)


def _touching(a: Pair, b: Pair) -> bool:
    return _pose_of(a, b) != ""


def _pose_of(a: Pair, b: Pair) -> str:
    """The touching pose that two neighbours share; one is enough to hug, the other is hugged."""
    poses = {a[0].pose, b[0].pose}
    return "hug" if "hug" in poses else "hold_hands" if "hold_hands" in poses else ""


def _gap(a: Pair, b: Pair) -> float:
    """The distance between two neighbours at scale 1."""
    small, large = sorted((natural_size(a[1]), natural_size(b[1])))
    size = 0.6 * small + 0.4 * large  # whose arms are short stands nearer
    near = {"hug": EMBRACE * size, "hold_hands": HAND_IN_HAND * size}.get(_pose_of(a, b))
    return max(near or (_half(a) + _half(b)) * 1.02, FACE * (natural_size(a[1]) + natural_size(b[1])))


def _looks_left(xs: list[float], i: int, rng: random.Random, players: Sequence[Pair]) -> bool:
    """Right-hand ones look left; somebody alone looks into the picture; who touches turns to whom they touch."""
    if len(xs) == 1:
        return xs[0] > W * 0.52 if abs(xs[0] - W / 2) > 60 else rng.random() < 0.3
    if players[i][0].pose in ("hug", "hold_hands"):
        left = i > 0 and players[i - 1][0].pose in ("hug", "hold_hands")
        return left if i + 1 == len(xs) or left else False
    return i >= len(xs) / 2


def settle(spot: Spot, place: Place, camera: Camera, i: int, rng: random.Random) -> Spot:
    """The spot for what the actor does: in the water, in the air, or on the ground."""
    pose = spot.actor.pose
    if pose == "swim" and place.water is not None:
        return _in_water(spot, place, camera, i, rng)
    if pose in RISES:
        headroom = max(0.0, spot.y - spot.scale * (HEIGHT + 60) - 60)
        lift = min(rng.uniform(*RISES[pose]), headroom)
        return replace(spot, y=spot.y - lift, shadow=lift)
    return spot


def _in_water(spot: Spot, place: Place, camera: Camera, i: int, rng: random.Random) -> Spot:
    water = place.water or 0.0
    if place.floor > water > 715 and place.floor - water > 150:  # under water: swim free of the ground
        return replace(spot, y=min(spot.y, H) - rng.uniform(120, 170) - 30 * (i % 2), shadow=-1)
    y = camera.point(0, water, 0.9)[1] + SUNK * spot.scale * 0.9
    return replace(spot, y=y, scale=spot.scale * 0.9, afloat=True, shadow=-1)
