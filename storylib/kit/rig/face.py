"""The face: eyes, brows, cheeks and mouth of one expression, placed where the kind has them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from storylib.kit.rig.figure import Figure
from storylib.kit.rig.shapes import table
from storylib.vocabulary import Expression

_HIDDEN = 0.5  # a head turned further hides the cheek on its far side
_MOVING = ("open", "sparkle", "heavy", "fierce")  # eyes that follow a gaze


@dataclass(frozen=True)
class Feeling:
    """What one expression draws (names of faces.yaml)."""

    eye: str
    mouth: str
    brow: str = ""
    left_brow: str = ""
    gaze: tuple[float, float] = (0, 0)
    tear: bool = False
    sweat: bool = False


@cache
def feeling(expression: Expression) -> Feeling:
    """The parts of an expression."""
    row = table("faces")["expression"][expression]
    return Feeling(**row | {"gaze": tuple(row.get("gaze", (0, 0)))})


def draw_eyes(figure: Figure) -> None:
    """Cheeks, both eyes with their brows, tears."""
    pen, species = figure.pen, figure.species
    if species.blush:
        for side in (-1, 1):
            if side * figure.bearing.turn > _HIDDEN:
                continue
            x = side * species.cheek[0] * figure.bearing.narrow
            pen.svg.ellipse(x, species.cheek[1], 19, 12, pen.palette["blush"], extra='opacity=".42"')
    for side in (-1, 1):
        _eye(figure, side)
    if feeling(figure.expression).sweat:
        with figure.moved("translate(92 -318)"):
            pen.part("tear/sweat")


def _eye(figure: Figure, side: int) -> None:
    felt, pen, species = feeling(figure.expression), figure.pen, figure.species
    x, y, size = species.eyes
    moves = felt.eye in _MOVING
    dx, dy = _gaze(figure) if moves else (0, 0)
    narrow = figure.bearing.narrow
    away = narrow if side * figure.bearing.turn > 0 else 1.0  # the eye on the far side of a turned head
    with figure.moved(f"translate({side * x * narrow:g} {y:g}) scale({size * away:g} {size:g})"):
        if moves and (species.eye_white or figure.dark_skinned):
            pen.part("eye/white")
        with figure.moved(f"translate({dx:g} {dy:g})"):
            pen.part(f"eye/{felt.eye}", side)
        brow = (felt.left_brow if side < 0 else "") or felt.brow or ("soft" if figure.human else "")
        if brow and species.brows:
            pen.part(f"brow/{brow}", side)
        if felt.tear and side > 0:
            pen.part("tear/drop")


def _gaze(figure: Figure) -> tuple[float, float]:
    """Where the pupils go: to what is looked at, else as the expression or the pose has them."""
    if figure.bearing.look is not None:
        return figure.bearing.pupils
    felt = feeling(figure.expression).gaze
    return felt if felt != (0, 0) else figure.stance.gaze


def draw_mouth(figure: Figure) -> None:
    """The mouth, in the kind's own manner where it has one."""
    x, y, size = figure.species.mouth
    mouth = feeling(figure.expression).mouth
    own = f"{mouth}_{figure.species.manner}"
    with figure.moved(f"translate({x:g} {y:g}) scale({size * figure.bearing.narrow:g} {size:g})"):
        figure.pen.part("mouth/" + (own if own in table("faces")["mouth"] else mouth))
