"""The kinds: which parts each is made of, where its face sits, and the colours it usually has."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from storylib.kit.rig import ink
from storylib.kit.rig.shapes import Palette, table
from storylib.kit.svg import INK, mix
from storylib.story import Look
from storylib.vocabulary import Age, Kind

Placement = tuple[float, float, float]  # x, y, size

_ALWAYS = {
    "ink": INK,
    "pupil": "#2b1d2b",
    "eye": "#2b1d2b",
    "mouth": "#8c2f45",
    "tongue": "#f2849a",
    "nose": "#4a2f36",
    "nostril": "#6b4532",
    "collar": "#ffffff",
}


@dataclass(frozen=True)
class Build:
    """Proportions: width of the body and size of the head against the usual; neck and leg in units longer."""

    body: float = 1.0
    head: float = 1.0
    neck: float = 0.0
    leg: float = 0.0


@dataclass(frozen=True)
class Species:
    """One kind, as species.yaml tells it (the meaning of each field is told there)."""

    colours: dict[str, str]
    tail: str | None = None
    back: tuple[str, ...] = ()
    nape: tuple[str, ...] = ()
    belly: tuple[str, ...] = ()
    neck: str | None = None
    ears: tuple[str, ...] = ()
    skull: str | None = "skull/round"
    marks: tuple[str, ...] = ()
    nose: str | None = "nose/soft"
    front: tuple[str, ...] = ()
    wings: str | None = None
    eyes: Placement = (44, -268, 1)
    eye_white: bool = False
    mouth: Placement = (0, -212, 1)
    manner: str = "line"
    mask: Literal["eyes", "face"] | None = None  # what lies on a patch of its own colour, not on the coat
    blush: bool = True
    cheek: tuple[float, float] = (70, -232)
    brows: bool = True
    hat: Placement = (0, 0, 1)
    dome: tuple[float, float] = (112, -376)
    wide_head: bool = False
    limb_stripes: bool = False
    build: Build = field(default_factory=Build)
    size: float = 1.0

    @property
    def lips(self) -> tuple[float, float]:
        """Where the mouth is in torso units, while the head is upright."""
        x, y, _ = self.mouth
        return x * self.build.head, (y + 176) * self.build.head - 172 - self.build.neck

    @property
    def rise(self) -> float:
        """How much higher the top of the head is than usual, in units."""
        top = self.build.neck + 174 * (self.build.head - 1)
        return top + max(0, -320 - self.eyes[1]) * 1.6

    @property
    def limb_is_body(self) -> bool:
        """Whether arms have the colour of the body."""
        return "limb" not in self.colours


_AGED: dict[Age, tuple[Build, float]] = {
    "baby": (Build(0.95, 1.1, 4, -14), 0.66),
    "adult": (Build(0.94, 0.76, 14, 58), 1.26),
    "grandparent": (Build(1.0, 0.78, 10, 44), 1.18),
}


def of_age(kind: Species, age: Age | None) -> Species:
    """A person's species at an age: a baby is small and mostly head, a grown-up tall with a smaller one."""
    if age not in _AGED:
        return kind
    build, size = _AGED[age]
    return replace(kind, build=build, size=size)


@cache
def species(kind: Kind) -> Species:
    """The species of a kind."""
    row: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in table("species")[kind].items()}
    return Species(**row | {"build": Build(**row.get("build", {}))})


def palette(kind: Kind, look: Look) -> Palette:
    """Every colour of one character: as the kind has it, changed by the look."""
    colours = _ALWAYS | species(kind).colours
    own = look.skin if kind == "child" else look.colour
    if own:
        colours |= {"base": own}
        colours.pop("base_edge", None)
    if kind == "child":
        colours |= _lines(colours["base"])
    elif own and species(kind).mask != "face":
        colours |= _features(kind, colours)
    return Palette(_clothes(look, _derived(colours)))


def _features(kind: Kind, colours: dict[str, str]) -> dict[str, str]:
    """Brows, lids and mouth that can be seen on a coat which somebody chose; a muzzle keeps its own colour."""
    base, told = colours["base"], species(kind)
    mouth = {"ink": ink.on(colours.get("light", base) if _LIGHT_MOUTH & set(told.marks) else base)}
    drawn = colours["ink"] if told.mask else ink.on(base)
    return mouth | {"brow": drawn, "lid": colours.get("lid", drawn)}


_LIGHT_MOUTH = {f"mark/{name}" for name in ("muzzle", "muzzle_small", "muzzle_long", "muzzle_otter", "muzzle_zebra")}
_LIGHT_MOUTH |= {"mark/fox_cheeks", "mark/wolf_cheeks"}


def _lines(skin: str) -> dict[str, str]:
    """Lines that can be seen on this skin."""
    drawn, around = ink.on(skin), ink.around(skin)
    edges = {f"{part}_edge": around for part in ("base", "ear", "limb", "hand")}
    return {"ink": drawn, "lid": drawn, "outline": around, **edges}


def _derived(colours: dict[str, str]) -> dict[str, str]:
    """Fill in what follows from the base colour where the kind does not say otherwise."""
    base = colours["base"]
    limb = colours.get("limb", base)
    hand = colours.get("hand", limb)
    usual = {
        "light": base,
        "ear": base,
        "inner": mix("#f6a9b2", base, 0.15),
        "rosy": mix(base, "#f3a9b0", 0.4),
        "blush": mix(base, "#f2607f", 0.7),
        "limb": limb,
        "hand": hand,
        "foot": hand,
        "lid": colours["eye"],
        "brow": colours["ink"],
    }
    return usual | colours


def _clothes(look: Look, colours: dict[str, str]) -> dict[str, str]:
    worn = look.model_dump(exclude_none=True, include=_WORN)
    chosen = {
        "hair": look.hair_colour or (_GREY if look.age == "grandparent" else "#4b2e2a"),
        "ribbon": look.bow or "#f2748b",
        "hat": look.hat_colour or _HATS.get(look.hat or "", "#e4576a"),
    }
    return colours | worn | chosen


_GREY = "#c4c1c9"
_WORN = {"shirt", "stripes", "trousers", "dress", "overalls", "cape", "scarf", "bowtie", "bow", "glasses", "shoes"}
_HATS = {
    "sunhat": "#f4dfa8",
    "turban": "#d9782f",
    "patka": "#2f5f9c",
    "kippah": "#3f4a6b",
    "headwrap": "#8a3f7f",
    "wizard": "#5b5bb0",
    "crown": "#ffd166",
    "cap": "#3f8fc4",
    "pirate": "#3d3a4c",
}
