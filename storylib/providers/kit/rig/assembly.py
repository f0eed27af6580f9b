"""The order in which a figure is put together: what lies behind is drawn first."""

from __future__ import annotations

from storylib.providers.kit.rig.body import draw_arm, draw_behind, draw_hand, draw_legs, draw_seat, draw_torso
from storylib.providers.kit.rig.figure import Figure
from storylib.providers.kit.rig.head import draw_head, draw_nape
from storylib.providers.kit.rig.outfit import draw_clothes, draw_neckwear
from storylib.providers.kit.rig.poses import Arm

_RAISED = -230  # a hand above this height belongs to an arm that passes behind the head


def draw_upright(figure: Figure, item: str) -> None:
    """Every pose but lying down."""
    with figure.moved(figure.whole):
        with figure.moved(figure.torso):
            draw_behind(figure)
            with figure.moved(figure.head):
                draw_nape(figure)
        draw_legs(figure)
        with figure.moved(figure.torso):
            _draw_trunk(figure)
            _draw_top(figure, item)


def _draw_trunk(figure: Figure) -> None:
    """Torso and clothes, as wide as the build asks."""
    with figure.moved(f"scale({figure.species.build.body:g} 1)"):
        draw_torso(figure)
        draw_clothes(figure)
    if figure.stance.legs == "sit":
        draw_seat(figure)


def _draw_top(figure: Figure, item: str) -> None:
    """Head, neckwear, arms, and the item between arms and hands."""
    behind = [arm for arm in _arms(figure) if _passes_behind(figure, arm[0])]
    before = [arm for arm in _arms(figure) if arm not in behind]
    _draw_arms(figure, behind, item)
    with figure.moved(figure.head):
        draw_head(figure)
    with figure.moved(f"scale({figure.species.build.body:g} 1)"):
        draw_neckwear(figure)
    _draw_arms(figure, before, item)


def _arms(figure: Figure) -> list[tuple[Arm, int]]:
    if figure.stance.spread and figure.species.wings == "feathers":
        return []
    return [(figure.stance.left, -1), (figure.stance.right, 1)]


def _passes_behind(figure: Figure, arm: Arm) -> bool:
    return arm.hand[1] < _RAISED and not figure.species.wide_head and figure.look.hat != "helmet"


def _draw_arms(figure: Figure, arms: list[tuple[Arm, int]], item: str) -> None:
    for arm, side in arms:
        draw_arm(figure, arm, side)
    if item and _holds(figure, arms):
        _draw_item(figure, item)
    for arm, _ in arms:
        draw_hand(figure, arm)


def _holds(figure: Figure, arms: list[tuple[Arm, int]]) -> bool:
    """Whether the hand that holds the item is one of these: the nearer one."""
    hold = figure.stance.item
    if not hold or not arms:
        return False
    nearest = min(_arms(figure), key=lambda arm: abs(arm[0].hand[0] - hold.x))
    return nearest in arms


def _draw_item(figure: Figure, item: str) -> None:
    hold = figure.stance.item
    if hold:
        with figure.moved(f"translate({hold.x:g} {hold.y:g}) scale({hold.size:g})"):
            figure.pen.svg.add(item)


def draw_lying(figure: Figure) -> None:
    """Asleep on the ground: the torso on its side, the head on the hands."""
    pen = figure.pen
    ground = f"{pen.svg.prefix}ground"
    pen.svg.defs[ground] = f'<clipPath id="{ground}"><rect x="-400" y="-500" width="800" height="504"/></clipPath>'
    torso, head = "translate(146 -62) scale(1 .92) rotate(-90)", "translate(-64 158) rotate(-12 0 -180)"
    pen.svg.add(f'<g clip-path="url(#{ground})">')
    with figure.moved("translate(150 -62) scale(.9) rotate(-90) scale(-1 1)"):
        draw_behind(figure)
    with figure.moved(head):
        draw_nape(figure)
    pen.svg.add("</g>")
    with figure.moved(torso):
        _draw_trunk(figure)
        draw_neckwear(figure)
    for x, y in ((132, -40), (120, -18)):
        pen.ball(x, y, 30, 17, "shoes" if figure.look.shoes else "foot", -18)
    with figure.moved(head):
        draw_head(figure)
    for arm, side in _arms(figure):
        draw_hand(figure, arm)
