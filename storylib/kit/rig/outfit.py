"""Clothes: what a look puts on the torso, at the neck and on the head."""

from __future__ import annotations

from storylib.kit.rig.figure import Figure
from storylib.kit.rig.shapes import EDGE, table
from storylib.kit.rig.species import Placement

_RIM = -156  # where a helmet ends, in head units
_OVER_TORSO = ("apron", "safety_vest", "white_coat")
_ROUND_TORSO = {"safety_vest": "put_on/safety_vest", "white_coat": "put_on/white_coat_behind"}  # seen from behind
_OVER_EYES = ("dark_glasses", "goggles")
_ON_TORSO = ("trousers", "shirt", "stripes", "dress", "overalls")


def draw_clothes(figure: Figure) -> None:
    """What covers the torso, in torso units."""
    look, pen = figure.look, figure.pen
    for name in _ON_TORSO:
        if getattr(look, name):
            pen.part(f"cloth/{name}")
    if figure.worn in _OVER_TORSO and not figure.from_behind:
        pen.part(f"put_on/{figure.worn}")
    elif figure.worn in _ROUND_TORSO:
        pen.part(_ROUND_TORSO[figure.worn])


def draw_load(figure: Figure) -> None:
    """What is carried on the back, seen from behind, in torso units."""
    if figure.worn == "backpack":
        figure.pen.part("put_on/backpack_behind")


def draw_neckwear(figure: Figure) -> None:
    """What lies around neck and shoulders, over the arms' roots, in torso units."""
    look, pen = figure.look, figure.pen
    if figure.from_behind:
        return
    if figure.worn == "backpack":
        pen.part("put_on/backpack")
    if look.overalls:
        pen.part("cloth/straps")
    if figure.human and not look.scarf and look.hair != "hijab":
        pen.part("cloth/round_collar" if look.dress else "cloth/collar")
    if look.cape and not look.scarf:
        pen.part("cloth/cape_tie")
    for name in ("scarf", "bowtie"):
        if getattr(look, name):
            pen.part(f"cloth/{name}")
    if look.medal:
        pen.part("cloth/medal")


def draw_headwear(figure: Figure) -> None:
    """Glasses, hat, bow and flower, in head units."""
    look, pen = figure.look, figure.pen
    if look.age == "grandparent" and figure.human and not figure.from_behind:
        with figure.moved("translate({:.1f} {:.1f})".format(*figure.bearing.shift)):
            pen.part("aid/lines")
    if look.hearing_aids:
        pen.part("aid/hearing")
    if not figure.from_behind:
        _draw_eyewear(figure)
    if figure.worn == "plaster" and not figure.from_behind:
        pen.part("put_on/plaster")
    if figure.worn == "bike_helmet":
        _draw_hat(figure, "put_on/bike_helmet")
    elif look.hat:
        _draw_hat(figure, f"hat/{look.hat}")
    if look.ear_defenders:
        pen.part("aid/defenders")
    if look.bow:
        with figure.moved("translate(62 -330) rotate(18)"):
            pen.part("worn/bow")
    if look.flower:
        pen.part("worn/flower")


def _draw_eyewear(figure: Figure) -> None:
    """Glasses, and what is put on over the eyes, turned as the face is."""
    worn = [f"put_on/{figure.worn}"] if figure.worn in _OVER_EYES else []
    parts = (["worn/glasses"] if figure.look.glasses else []) + worn
    dx, dy = figure.bearing.shift
    place = f"translate({dx:.1f} {figure.species.eyes[1] + 266 + dy:.1f}) scale({figure.bearing.narrow:.3g} 1)"
    with figure.moved(place):
        figure.pen.parts(tuple(parts))


def _draw_hat(figure: Figure, hat: str) -> None:
    if hat == "hat/helmet":
        _draw_helmet(figure)
        return
    x, y, size = _fit(figure)
    with figure.moved(f"translate({x:g} {y - 310:g}) scale({size:g}) translate(0 310)"):
        figure.pen.part(hat)


def _fit(figure: Figure) -> Placement:
    """How a hat sits: on big hair if there is some, else as the kind's head asks."""
    if not figure.human:
        return figure.species.hat
    x, y, size = table("wardrobe")["fit"].get(figure.look.hair, figure.species.hat)
    return x, y, size


def _draw_helmet(figure: Figure) -> None:
    """A glass dome that clears ears and horns."""
    half, top = figure.species.dome
    rx, ry = half + 22, (_RIM - top + 12) / 2
    y = _RIM - ry
    svg = figure.pen.svg
    svg.ellipse(0, y, rx, ry, "#d6eeff", extra='opacity=".12"')
    svg.ellipse(0, y, rx, ry, "none", "#eef6fb", 9)
    start, bend, end = ((-0.72 * rx, y - 0.5 * ry), (-0.5 * rx, y - 0.8 * ry), (-0.16 * rx, y - 0.86 * ry))
    shine = f"M{start[0]:.0f},{start[1]:.0f} Q{bend[0]:.0f},{bend[1]:.0f} {end[0]:.0f},{end[1]:.0f}"
    svg.path(shine, stroke="#ffffff", width=3 * EDGE, extra='opacity=".8"')
