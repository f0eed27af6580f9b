"""What every room has: a wall, a floor, a lamp, a rug."""

from __future__ import annotations

from storylib.kit.scenes.nature import flat, placed
from storylib.kit.scenes.stage import BOTTOM, LEFT, RIGHT, Stage
from storylib.kit.svg import darken, lighten


def room(stage: Stage, wall: str, floor: str, edge: float = 720, planks: str = "across", pattern: str = "") -> None:
    """A wall with a pattern on it and a skirting board, and a floor of boards or tiles from ``edge`` down."""
    stage.layer(0.3, f'<rect x="{LEFT}" y="-80" width="{RIGHT - LEFT}" height="{edge + 90}" fill="{wall}"/>', pattern)
    across = "".join(f"M{LEFT},{edge + 20 + i * 58}H{RIGHT}" for i in range(9))
    away = "".join(f"M{768 + (i - 8) * 118},{edge}L{768 + (i - 8) * 200},{BOTTOM}" for i in range(17))
    lines = {"across": across, "away": away, "tiles": across + away}[planks]
    stage.layer(1.0, flat(stage, edge, floor))
    stage.add(f'<path d="{lines}" stroke="{darken(floor, 0.14)}" stroke-width="4" fill="none"/>')
    stage.add(f'<rect x="{LEFT}" y="{edge - 24}" width="{RIGHT - LEFT}" height="28" fill="{lighten(wall, 0.6)}"/>')
    stage.add(f'<rect x="{LEFT}" y="{edge + 4}" width="{RIGHT - LEFT}" height="8" fill="{darken(floor, 0.2)}"/>')


def lamp(stage: Stage, x: float, y: float, shade: str, strength: float = 0.42) -> None:
    """Light from a lamp at night: its shade glows, and so does the room around it."""
    if stage.night:
        stage.shine(placed(x, y, 1, shade))
        stage.glow(x, y, 640, "#ffcf86", strength)


def carpet(x: float, rx: float, rim: str, colour: str) -> str:
    """A round rug, seen as an oval."""
    return (
        f'<ellipse cx="{x}" cy="915" rx="{rx}" ry="88" fill="{rim}"/>'
        f'<ellipse cx="{x}" cy="915" rx="{rx - 70}" ry="70" fill="{colour}"/>'
    )
