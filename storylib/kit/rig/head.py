"""The head: ears, skull, face, hair and what is worn on it. Everything here is in head units."""

from __future__ import annotations

from storylib.kit.rig.face import draw_eyes, draw_mouth
from storylib.kit.rig.figure import Figure
from storylib.kit.rig.outfit import draw_headwear


def draw_nape(figure: Figure) -> None:
    """What hangs behind the head and the torso: manes, and a child's long hair."""
    figure.pen.parts(figure.species.nape)
    if figure.human and figure.look.hat != "helmet":
        figure.pen.part(f"hair_back/{figure.look.hair or 'short'}")


def draw_head(figure: Figure) -> None:
    """The whole head, from the ears to the hat."""
    pen, species = figure.pen, figure.species
    if figure.human and figure.look.hair == "hijab":
        pen.part("hair_neck/hijab")
    pen.parts(species.ears)
    if species.skull:
        pen.part(species.skull)
    pen.parts(species.marks)
    draw_eyes(figure)
    if species.nose:
        pen.part(species.nose)
    draw_mouth(figure)
    pen.parts(species.front)
    if figure.human:
        pen.part(f"hair_front/{figure.look.hair or 'short'}")
    draw_headwear(figure)
