"""Scenes: what a picture shows, and the request for it.

Every writer fills a ``Scene`` and every illustrator draws from one, so any story can be drawn by any illustrator.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from storylib import vocabulary as v
from storylib.story.character_spec import CharacterSpec
from storylib.story.model import Grown, Model


class Actor(Grown):
    """One member of the cast in one scene, drawn left to right in the order of the list."""

    name: str
    pose: v.Pose = "stand"
    expression: v.Expression = "happy"
    holds: str | None = None  # a prop's name
    looks: str | None = None  # where the eyes go: a gaze, somebody's name in this scene, or a prop's; None: by chance
    facing: v.Facing | None = None  # None: by chance

    wears: v.Wear | None = None  # in this scene, over the usual clothes

    GAINED: ClassVar[frozenset[str]] = frozenset({"looks", "facing", "wears"})


class Scene(Grown):
    """What a page's picture shows: the coin that writers pay and illustrators take."""

    setting: v.Setting
    world: v.World | None = None  # where that is: palms by a river of the jungle, no fridge in a castle; None: at home
    time: v.Time = "day"
    weather: v.Weather = "clear"
    season: v.Season = "summer"
    mood: v.Mood = "happy"
    shot: v.Shot = "mid"
    cast: tuple[Actor, ...] = Field(default=(), max_length=5)
    props: tuple[str, ...] = Field(default=(), max_length=4)
    event: v.Event | None = None  # what the first of the cast does with the second; decides both poses
    view: v.View | None = None  # None: by chance
    wall: v.Wall | None = None  # of a room; None: another one on the next page

    GAINED: ClassVar[frozenset[str]] = frozenset({"event", "view", "wall"})


class ImageRequest(Model):
    """All that decides a picture: the same request always gives the same Kit picture, and the same fingerprint."""

    role: v.ImageRole = "page"
    scene: Scene
    cast: tuple[CharacterSpec, ...]  # the specs of everybody in the scene
    style: v.Style = "storybook"
    seed: int = 0
    description: str = ""
    book: int = 0  # the seed of what stays the same through a book: its rooms, and where its houses stand

    @classmethod
    def of(
        cls,
        role: v.ImageRole,
        scene: Scene,
        cast: tuple[CharacterSpec, ...],
        style: v.Style = "storybook",
        seed: int = 0,
        description: str = "",
        book: int = 0,
    ) -> ImageRequest:
        """Return an image request for a scene, with only those of the ``cast`` who are in it."""
        acting = {actor.name for actor in scene.cast}
        present = tuple(spec for spec in cast if spec.name in acting)
        return cls(role=role, scene=scene, cast=present, style=style, seed=seed, description=description, book=book)
