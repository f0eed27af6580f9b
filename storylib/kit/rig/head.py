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
    if figure.from_behind:
        _draw_back(figure)
    else:
        _draw_front(figure)


def _draw_front(figure: Figure) -> None:
    """A face, moved on its head as far as the head is turned: a snout more than the eyes."""
    pen, species = figure.pen, figure.species
    dx, dy = figure.bearing.shift
    pen.parts(tuple(mark for mark in species.marks if not _moves(mark)))
    with figure.moved(f"translate({dx:.1f} {dy:.1f})"):
        pen.parts(tuple(mark for mark in species.marks if _moves(mark)))
        draw_eyes(figure)
        with figure.moved(f"translate({dx * 0.4:.1f} {dy * 0.4:.1f})"):
            if species.nose:
                pen.part(species.nose)
            draw_mouth(figure)
        pen.parts(species.front)
    if figure.human:
        with figure.moved(f"translate({dx * 0.2:.1f} 0)"):
            pen.part(f"hair_front/{figure.look.hair or 'short'}")
    draw_headwear(figure)


def _moves(mark: str) -> bool:
    """Whether a mark is a snout, which turns with the face; others lie on the skull."""
    return mark.startswith(("mark/muzzle", "mark/snout"))


def _draw_back(figure: Figure) -> None:
    """A head from behind: hair, fur, and the hat; no face."""
    if figure.human and figure.look.hair != "none":
        figure.pen.part("hair_behind/cloth" if figure.look.hair == "hijab" else "hair_behind/all")
        figure.pen.parts((f"hair_back/{figure.look.hair or 'short'}",))
    draw_headwear(figure)
