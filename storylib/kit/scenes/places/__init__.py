"""The settings: how each is painted, where its floor is, and what may frame it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from storylib import vocabulary as v
from storylib.kit.scenes.places import built, country, indoors, public, rooms, skies, waters, wild
from storylib.kit.scenes.stage import Stage

Frame = Literal["leaves", "grass", "branch", "rocks", "weed", "none"]


@dataclass(frozen=True)
class Place:
    """A setting. ``floor`` is where feet stand, ``water`` where swimmers float (y); ``bed`` where sleepers lie."""

    paint: Callable[[Stage], None]
    floor: float = 890
    indoor: bool = False
    walls: bool = False  # has two sides of its own, so that it is not mirrored
    sheltered: bool = False  # no weather reaches the cast
    warm: bool = False  # knows no autumn and no winter
    water: float | None = None
    shore: float = 0.85  # what is in the water is painted before the layers nearer than this
    bed: tuple[float, float] | None = None
    frames: tuple[Frame, ...] = ("none",)
    tinted: bool = True  # takes the light of the hour


def _room(name: str, bed: tuple[float, float] | None = None) -> Place:
    return Place(rooms.painter(name), 925, indoor=True, walls=True, sheltered=True, bed=bed)


GREEN: tuple[Frame, ...] = ("leaves", "grass", "branch", "none")
PLACES: dict[v.Setting, Place] = {
    "meadow": Place(country.meadow, frames=GREEN),
    "garden": Place(country.garden, frames=GREEN),
    "park": Place(country.park, frames=GREEN),
    "playground": Place(country.playground, 900, frames=("grass", "branch", "none")),
    "town": Place(built.town, 900),
    "market": Place(built.market, 915),
    "forest": Place(wild.forest, frames=GREEN),
    "treehouse": Place(wild.treehouse, 910, frames=GREEN),
    "hill": Place(country.hilltop, 890, frames=("grass", "none")),
    "mountain": Place(wild.mountain, 895, frames=("rocks", "grass", "none")),
    "cave": Place(wild.cave, 900, sheltered=True, frames=("rocks", "none")),
    "river": Place(country.river, 930, water=836, shore=0.9, frames=GREEN),
    "beach": Place(waters.beach, 890, water=690, frames=("leaves", "none", "none")),
    "ship": Place(waters.ship, 915, water=660, shore=0.5),
    "underwater": Place(waters.underwater, 905, water=720, sheltered=True, frames=("weed", "none")),
    "farm": Place(country.farm, 895, frames=("grass", "branch", "none")),
    "barn": Place(indoors.barn, 905, indoor=True, sheltered=True),
    "castle": Place(built.castle, frames=GREEN),
    "throne_room": Place(indoors.throne_room, 925, indoor=True, sheltered=True),
    "snow": Place(wild.snow, frames=("rocks", "none")),
    "desert": Place(wild.desert, warm=True, frames=("rocks", "none")),
    "jungle": Place(wild.jungle, warm=True, frames=("leaves", "leaves", "branch")),
    "space": Place(skies.space, 900, sheltered=True, tinted=False),
    "spaceship": Place(skies.spaceship, 915, indoor=True, sheltered=True, tinted=False),
    "bedroom": Place(
        rooms.either("bedroom", indoors.bedroom), 925, indoor=True, walls=True, sheltered=True, bed=(1215, 668)
    ),
    "kitchen": Place(rooms.either("kitchen", indoors.kitchen), 920, indoor=True, walls=True, sheltered=True),
    "classroom": Place(rooms.either("classroom", indoors.classroom), 926, indoor=True, walls=True, sheltered=True),
    "library": Place(rooms.either("library", indoors.library), 926, indoor=True, walls=True, sheltered=True),
    "bathroom": _room("bathroom"),
    "living_room": _room("living_room"),
    "dining_room": _room("dining_room"),
    "hallway": _room("hallway"),
    "cloakroom": _room("cloakroom"),
    "carpet": _room("carpet"),
    "school_hall": _room("school_hall"),
    "waiting_room": _room("waiting_room"),
    "dentist": _room("dentist"),
    "doctor": _room("doctor"),
    "shop": _room("shop"),
    "bus": _room("bus"),
    "train": _room("train"),
    "aeroplane": _room("aeroplane"),
    "place_of_worship": _room("place_of_worship"),
    "hospital": _room("hospital", bed=(1215, 668)),
    "pool": Place(public.pool, 930, indoor=True, walls=True, sheltered=True, water=850, shore=0.9),
    "stage": Place(public.theatre, 925, indoor=True, walls=True, sheltered=True),
    "garden_bed": Place(public.garden_bed, 915, frames=GREEN),
    "crossing": Place(public.crossing, 905),
}
