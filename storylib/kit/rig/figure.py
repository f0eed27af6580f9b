"""One character about to be drawn: its kind, what it wears, how it stands and feels, and the pen in hand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from storylib.kit.rig import ink
from storylib.kit.rig.bearing import Bearing
from storylib.kit.rig.poses import Arm, Reach, Side, Stance, stance
from storylib.kit.rig.shapes import Pen
from storylib.kit.rig.species import Species, of_age, palette, species
from storylib.kit.svg import Svg
from storylib.story import CharacterSpec, Look
from storylib.vocabulary import AWAKE, Expression, Pose, Wear

_HAIR = 22  # how far a child's hair stands over the skull
WHEELCHAIR = 62  # how high one sits in it
_EVERYDAY_SHIRT, _EVERYDAY_TROUSERS = "#5aa9d6", "#5b6ea8"


@dataclass(frozen=True)
class Figure:
    """Everything the drawing functions need. Torso, head and figure units differ by the transforms given here."""

    pen: Pen
    species: Species
    look: Look
    stance: Stance
    expression: Expression
    human: bool
    bearing: Bearing = field(default_factory=Bearing)
    worn: Wear | None = None

    @classmethod
    def of(cls, spec: CharacterSpec, pose: Pose, expression: Expression, prefix: str, one_hand: bool = False) -> Figure:
        """The figure of a character; whoever sleeps has the eyes shut, unless the face says that they lie awake."""
        look, human, kind = dressed(spec), spec.kind == "child", aged(spec)
        pen = Pen(Svg(prefix), palette(spec.kind, look))
        felt: Expression = "sleepy" if pose == "sleep" and expression not in AWAKE else expression
        held = holding(pose, one_hand, bool(look.hat) or kind.wide_head)
        if held.overhead:
            held = held.raised(kind.rise + (_HAIR if human else 0))
        if held.mouth:
            held = held.eating(kind.lips)
        return cls(pen, kind, look, held, felt, human)

    def reaching(self, hands: Reach) -> Figure:
        """The same figure with its hands at these places, in figure units, as far as its arms are long."""
        stance = self.stance
        for side, (x, y) in hands.items():
            at = self.in_torso(x, y)
            arm = Arm.to(at, 1 if side == "right" else -1)
            stance = replace(stance, right=arm) if side == "right" else replace(stance, left=arm)
        return replace(self, stance=stance)

    def in_torso(self, x: float, y: float) -> tuple[float, float]:
        """A place in figure units, in the torso's."""
        turn = math.radians(-self.stance.lean)
        y -= self.stance.drop - self.stance.lift - self.legs - 60
        return x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn) - 60

    def borne(self, bearing: Bearing) -> Figure:
        """The same figure, turned, leaning or seated like this; who lies or swims does so all the same."""
        if self.stance.legs in ("lying", "flutter", "trail"):
            return replace(self, bearing=Bearing(look=bearing.look))
        stance = replace(self.stance, lean=self.stance.lean + bearing.lean)
        if self.look.wheelchair:
            bearing = replace(bearing, seat=WHEELCHAIR)
        if bearing.seat:
            stance = replace(stance, legs="sit", feet=(), drop=34, lift=bearing.seat, lean=bearing.lean, knees=False)
        return replace(self, bearing=bearing, stance=stance)

    @property
    def from_behind(self) -> bool:
        """Whether we see its back."""
        return self.bearing.facing == "back"

    @property
    def dark_skinned(self) -> bool:
        """Whether an eye needs its white to be seen, on skin or on a coat that somebody chose."""
        chosen = self.human or (self.look.colour is not None and not self.species.mask)
        return chosen and not ink.seen(self.pen.palette["eye"], self.pen.palette["base"])

    @property
    def whole(self) -> str:
        """From figure units to the page: off the ground and turned."""
        stance = self.stance
        return f"translate(0 {-stance.lift:g}) rotate({stance.turn:g} 0 -150)"

    @property
    def torso(self) -> str:
        """From torso units to figure units."""
        stance = self.stance
        return f"translate(0 {stance.drop - self.legs:g}) rotate({stance.lean:g} 0 -60)"

    @property
    def legs(self) -> float:
        """How much longer the legs are than usual, as far as the pose shows them."""
        return self.species.build.leg if self.stance.feet else 0

    @property
    def head(self) -> str:
        """From head units to torso units: on the neck, turned about it, sized by the build."""
        build = self.species.build
        size = f" translate(0 -176) scale({build.head:g}) translate(0 176)" if build.head != 1 else ""
        return f"translate(0 {4 - build.neck:g}) rotate({self.stance.head:g} 0 -180){size}"

    @property
    def has_spread_wings(self) -> bool:
        """Whether open wings take the place of the arms."""
        return self.stance.spread and self.species.wings == "feathers"

    def arm(self, side: Side) -> Arm:
        """Where the left or the right arm goes."""
        return self.stance.left if side == "left" else self.stance.right

    @contextmanager
    def moved(self, transform: str) -> Iterator[None]:
        """Draw inside a transformed group."""
        self.pen.svg.add(f'<g transform="{transform}">')
        yield
        self.pen.svg.add("</g>")


def holding(pose: Pose, one_hand: bool, wide: bool = False) -> Stance:
    """The stance of a pose with an item that is held in ``one_hand``, or by somebody with a ``wide`` head."""
    if one_hand and pose in ("hold", "carry"):
        return stance("hold_up" if pose == "hold" else "carry_up")
    return stance("carry_in_arms" if pose == "carry" and wide else pose)


def aged(spec: CharacterSpec) -> Species:
    """The species of a character, at its age; whose look says only a size has that size."""
    kind = of_age(species(spec.kind), spec.age)
    return kind if spec.look.age else replace(kind, size=species(spec.kind).size)


def natural_size(spec: CharacterSpec) -> float:
    """How large a character is against a hero of 1: by its look, and by its kind and age."""
    return spec.look.size * aged(spec).size


def dressed(spec: CharacterSpec) -> Look:
    """The look, with everyday clothes where a child has none of its own."""
    look = spec.look
    if spec.kind != "child" or look.dress:
        return look
    everyday: dict[str, str] = {}
    if not look.shirt:
        everyday["shirt"] = look.colour or _EVERYDAY_SHIRT
    if not look.trousers and not look.overalls:
        everyday["trousers"] = _EVERYDAY_TROUSERS
    return look.model_copy(update=everyday)
