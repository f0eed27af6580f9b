"""Events: where two stand who do something together, where their hands go, and what furniture that needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from storylib import tables
from storylib import vocabulary as v
from storylib.kit.rig.poses import Side
from storylib.kit.scenes.composition import MARGIN, Spot
from storylib.kit.scenes.stage import W
from storylib.story.props import Prop
from storylib.story.props import find as find_prop

Point = tuple[float, float]
_PIECES: dict[str, dict[v.Setting, str]] = {"seat": {"dentist": "treatment-chair"}}  # where it is another one
_TABLE, _TABLE_WIDTH, _TABLE_TOP = "laid-table", 780.0, 150.0  # the piece, how wide and how high it is
_ON_TABLE = 180  # units: what is larger stands beside it
_BESIDE = 250.0  # between those who watch, at scale 1


@dataclass(frozen=True)
class Part:
    """What one of the two does; the fields are told in events.yaml."""

    pose: v.Pose | None = None
    facing: v.Facing = "front"
    same: bool = False
    lean: float = 0.0
    seat: float = 0.0
    tucked: bool = False
    near: Point | None = None
    far: Point | None = None
    look: Point | None = None
    dx: float = 0.0
    up: float = 0.0
    size: float = 1.0


@dataclass(frozen=True)
class Furniture:
    """A set piece of an event, in the event's own measures."""

    piece: str
    across: float
    up: float
    scale: float
    where: Literal["behind", "before"]
    alone: float | None = None  # where it is across for somebody alone


@dataclass(frozen=True)
class Plan:
    """An event, as events.yaml tells it."""

    gap: float
    first: Part = Part()
    second: Part = Part()
    floor: float = 0.0
    thing: tuple[float, float, float] | None = None
    otherwise: str | None = None
    furniture: tuple[Furniture, ...] = ()


@dataclass(frozen=True)
class Placed:
    """Something of an event in the picture: a piece's foot, or the middle of a thing."""

    x: float
    y: float
    scale: float
    foot: float  # what it is sorted by among the cast
    piece: str = ""
    prop: Prop | None = None
    flip: bool = False


@dataclass(frozen=True)
class Staged:
    """The cast of an event, and what belongs to it. ``used``: the things that are in their hands, or on their table."""

    spots: list[Spot]
    things: list[Placed] = field(default_factory=list)
    used: tuple[str, ...] = ()


@cache
def plan(event: v.Event) -> Plan:
    """The plan of an event."""
    row: dict[str, Any] = dict(tables.beside(__file__, "events")[event])
    first, second = _part(row.pop("first", {})), _part(row.pop("second", {}))
    furniture = tuple(Furniture(*entry) for entry in row.pop("set", ()))
    thing = row.pop("thing", None)
    otherwise = row.pop("else", None)
    return Plan(
        **row, first=first, second=second, furniture=furniture, thing=thing and tuple(thing), otherwise=otherwise
    )


def _part(row: dict[str, Any]) -> Part:
    told: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Part(**told)


def stage(event: v.Event, spots: Sequence[Spot], named: str | None, setting: v.Setting, indoor: bool) -> Staged:
    """Stage an event among the cast: the first two of it act, or the first alone; others watch.

    ``named`` is the thing that the scene gives them; what the plan needs otherwise is brought along.
    """
    told = plan(event)
    pair = _Pair.of(told, _line_up(told, spots))
    things = [thing for one in told.furniture if (thing := _furnish(pair, one, setting, indoor))]
    name = named or told.otherwise
    prop = find_prop(name) if name and told.thing else None
    if prop and told.thing and len(spots) > 1:
        things.append(_lay(pair, told.thing, prop))
    return Staged(pair.acting(told), things, (name,) if name and prop else ())


def laid(staged: Staged, names: Sequence[str]) -> Staged:
    """The same event with these things on its table, if it has one, as far as they fit on it."""
    table = next((thing for thing in staged.things if thing.piece == _TABLE), None)
    fitting = [(name, prop) for name in names if (prop := find_prop(name)) and prop.held and prop.size <= _ON_TABLE]
    if table is None or not fitting:
        return staged
    step = _TABLE_WIDTH * table.scale / (len(fitting) + 1)
    left = table.x - _TABLE_WIDTH * table.scale / 2
    things = []
    for i, (_, prop) in enumerate(fitting):
        foot = table.y - (_TABLE_TOP if i % 2 else _TABLE_TOP - 16) * table.scale
        y = foot - prop.held * table.scale / 2
        things.append(Placed(left + step * (i + 1), y, table.scale, table.foot + 1 + i % 2, prop=prop))
    return replace(staged, things=[*staged.things, *things], used=tuple(name for name, _ in fitting))


def _line_up(told: Plan, spots: Sequence[Spot]) -> list[Spot]:
    """Everybody in a row with the event's gap between the first two, in the middle, smaller where they must be."""
    scale = min(spot.scale / spot.size for spot in spots)
    ground = max(spot.y + max(spot.shadow, 0) for spot in spots)
    gaps = [told.gap * (spots[0].size + spots[1].size) / 2] if len(spots) > 1 else []
    gaps += [_BESIDE + 20 for _ in spots[2:]]
    scale = min(scale, (W - 2 * MARGIN) / (sum(gaps) + 2 * _BESIDE))
    x = W / 2 - sum(gaps) * scale / 2
    out = []
    for spot, gap in zip(spots, [*gaps, 0.0], strict=True):
        out.append(replace(spot, x=x, y=ground + told.floor * scale, scale=scale * spot.size, shadow=0, flip=x > W / 2))
        x += gap * scale
    return out


@dataclass(frozen=True)
class _Pair:
    """The two who act, and those who watch."""

    first: Spot
    second: Spot | None
    others: list[Spot]

    @classmethod
    def of(cls, told: Plan, spots: list[Spot]) -> _Pair:
        first = _moved(spots[0], told.first, flip=False)
        second = _moved(spots[1], told.second, flip=not told.second.same) if len(spots) > 1 else None
        return cls(first, second, [replace(spot, flip=not told.second.same) for spot in spots[2:]])

    def point(self, at: Point) -> Point:
        """A place of the event in the picture; somebody alone has it beside them."""
        across, up = at
        one = self.first
        other = self.second or replace(one, x=one.x + 330 * one.scale)
        share = min(max(across, 0.0), 1.0)
        scale, y = one.scale + (other.scale - one.scale) * share, one.y + (other.y - one.y) * share
        return one.x + (other.x - one.x) * across, y - up * scale

    def acting(self, told: Plan) -> list[Spot]:
        """Everybody, with hands and eyes where the event has them."""
        acting = [_with_hands(self, self.first, told.first)]
        if self.second:
            acting.append(_with_hands(self, self.second, told.second))
        return [*acting, *self.others]


def _moved(spot: Spot, part: Part, flip: bool) -> Spot:
    actor = spot.actor.model_copy(update={"pose": part.pose or spot.actor.pose})
    x, y = spot.x + part.dx * spot.scale, spot.y - part.up * spot.scale
    facing = spot.actor.facing or part.facing
    return replace(
        spot, actor=actor, x=x, y=y, scale=spot.scale * part.size, flip=flip, facing=facing, lean=part.lean,
        seat=part.seat, tucked=part.tucked, shadow=-1 if part.tucked else spot.shadow,
    )  # fmt: skip


def _with_hands(pair: _Pair, spot: Spot, part: Part) -> Spot:
    """The hand nearer to the other is the right one, unless the other is behind one's back."""
    sides: tuple[Side, Side] = ("left", "right") if part.same and spot is pair.second else ("right", "left")
    wanted = dict(zip(sides, (part.near, part.far), strict=True))
    hands = {side: pair.point(at) for side, at in wanted.items() if at}
    return replace(spot, hands=hands, sight=pair.point(part.look) if part.look else None)


def _furnish(pair: _Pair, one: Furniture, setting: v.Setting, indoor: bool) -> Placed | None:
    """A piece of furniture; somebody in a wheelchair needs no other seat."""
    sitter = pair.second if one.across else pair.first
    if one.piece == "seat" and (sitter is None or sitter.spec.look.wheelchair):
        return None
    across = one.across if pair.second or one.alone is None else one.alone
    x, y = pair.point((across, one.up))
    scale = one.scale * (pair.second or pair.first).scale
    ground = pair.point((one.across, 0))[1]
    name = _PIECES.get(one.piece, {}).get(setting) or _usual(one.piece, indoor)
    return Placed(x, y, scale, ground + (60 if one.where == "before" else -60), piece=name)


def _usual(piece: str, indoor: bool) -> str:
    return {"hideout": "hiding-chair" if indoor else "hedge", "seat": "low-chair"}.get(piece, piece)


def _lay(pair: _Pair, at: tuple[float, float, float], prop: Prop) -> Placed:
    across, up, size = at
    x, y = pair.point((across, up))
    scale = min(pair.first.scale, (pair.second or pair.first).scale) * size
    return Placed(x, y, scale, pair.point((across, 0))[1] + 50, prop=prop)
