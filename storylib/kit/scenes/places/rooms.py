"""Rooms that are told as data: two walls each, so that one place need not look the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from storylib import tables
from storylib.kit.scenes.nature import circles, placed
from storylib.kit.scenes.places.interior import carpet, lamp, room
from storylib.kit.scenes.places.windows import window
from storylib.kit.scenes.stage import LEFT, RIGHT, Stage
from storylib.kit.svg import darken, lighten

Entry = dict[str, Any]
_SHADE = '<path d="M-60,40 Q-52,-36 0,-40 Q52,-36 60,40 Z" fill="#fff3c4"/>'


def painter(setting: str) -> Callable[[Stage], None]:
    """The painter of a room of ``rooms.yaml``, for whichever of its walls a stage shows."""

    def paint(stage: Stage) -> None:
        _paint(stage, tables.beside(__file__, "rooms")[setting])

    return paint


def either(setting: str, window_side: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """The painter of a room whose wall with the window is painted by hand, and the other told as data."""
    door_side = painter(setting)
    return lambda stage: (door_side if stage.wall == "door" else window_side)(stage)


def _paint(stage: Stage, told: Entry) -> None:
    wall = stage.kept.choice(told["walls"])
    pattern = PATTERNS[told["pattern"]](wall) if "pattern" in told else ""
    room(stage, wall, told["floor"], planks=told.get("planks", "across"), pattern=pattern)
    for entry in told[stage.wall]:
        next(draw for key, draw in ENTRIES.items() if key in entry)(stage, entry)


def _piece(stage: Stage, entry: Entry) -> None:
    x, y, scale = entry["at"]
    stage.add(stage.piece(entry["piece"], x, y, scale, entry.get("paint"), flip=entry.get("flip", False)))


def _shine(stage: Stage, entry: Entry) -> None:
    x, y, scale = entry["at"]
    markup = stage.piece(entry["shine"], x, y, scale)
    if stage.night:
        stage.add(markup)
        return
    stage.shine(markup)
    stage.glow(x, y - 160 * scale, 260 * scale, "#ffe9c0", 0.2)


def _lamp(stage: Stage, entry: Entry) -> None:
    x, y = entry["lamp"]
    stage.add(placed(x, y, 1, _SHADE))
    lamp(stage, x, y, _SHADE)


def _pictures(stage: Stage, entry: Entry) -> None:
    """Things in frames on the wall, in the middle of the room."""
    for i, name in enumerate(entry["frames"]):
        x = 700 + 220 * i
        frame = f'<rect x="{x - 84}" y="176" width="168" height="168" rx="12" fill="#fffaf0" stroke="#c9a27a"'
        stage.add(f'{frame} stroke-width="10"/>', stage.prop(name, x, 260, 116))


ENTRIES: dict[str, Callable[[Stage, Entry], None]] = {
    "window": lambda stage, entry: window(stage, *entry["window"]),
    "piece": _piece,
    "prop": lambda stage, entry: stage.add(stage.prop(entry["prop"], *entry["at"])),
    "lamp": _lamp,
    "rug": lambda stage, entry: stage.add(carpet(*entry["rug"])),
    "shine": _shine,
    "frames": _pictures,
}


def _lines(path: str, wall: str, width: int = 4) -> str:
    return f'<path d="{path}" stroke="{darken(wall, 0.07)}" stroke-width="{width}" fill="none"/>'


def _tiles(wall: str) -> str:
    down = "".join(f"M{x},380V700" for x in range(LEFT, RIGHT, 80))
    across = "".join(f"M{LEFT},{y}H{RIGHT}" for y in range(380, 700, 80))
    ground = f'<rect x="{LEFT}" y="380" width="{RIGHT - LEFT}" height="330" fill="{lighten(wall, 0.55)}"/>'
    return ground + _lines(down + across, wall)


def _panels(wall: str) -> str:
    """Boards up to the height of a chair."""
    ground = f'<rect x="{LEFT}" y="500" width="{RIGHT - LEFT}" height="210" fill="{darken(wall, 0.05)}"/>'
    down = "".join(f"M{x},512V700" for x in range(LEFT, RIGHT, 96))
    return ground + _lines(down, wall) + _lines(f"M{LEFT},500H{RIGHT}", wall, 14)


def _stripes(wall: str) -> str:
    return _lines("".join(f"M{x},-80V700" for x in range(LEFT, RIGHT, 120)), wall, 44)


def _dots(wall: str) -> str:
    spots = [(LEFT + c * 118 + (r % 2) * 59.0, 30.0 + r * 84, 6.0) for r in range(8) for c in range(16)]
    return circles(spots, darken(wall, 0.06))


PATTERNS = {"tiles": _tiles, "panels": _panels, "stripes": _stripes, "dots": _dots}
