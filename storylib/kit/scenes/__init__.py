"""The scene compositor: a picture order becomes a drawing, and a drawing becomes a picture.

``compose`` paints the place, the cast and the props as SVG; ``finish.develop`` adds sky, light and paper.
The same order always gives the same drawing; another seed or another scene gives another view.
"""

from __future__ import annotations

from storylib import vocabulary as v
from storylib.kit.scenes.compose import Drawing, compose
from storylib.story import ImageRequest, Scene
from storylib.story.props import find as find_prop

__all__ = ["Drawing", "check", "compose", "svg"]


def svg(request: ImageRequest) -> str:
    """The drawn part of the picture as one SVG document of 1536 × 1024; the sky is left transparent."""
    return compose(request).svg


def check(scene: Scene) -> list[str]:
    """What the Kit cannot draw in this scene, in plain words; empty when it can draw everything."""
    problems = [f"unknown prop: {name}" for name in scene.props if find_prop(name) is None]
    for actor in scene.cast:
        prop = find_prop(actor.holds) if actor.holds else None
        if actor.holds and prop is None:
            problems.append(f"{actor.name} holds an unknown prop: {actor.holds}")
        elif prop and not prop.held:
            problems.append(f"{actor.name} cannot hold something as big as: {actor.holds}")
        if actor.looks and not _seen(scene, actor.looks):
            problems.append(f"{actor.name} looks at what is not there: {actor.looks}")
    return problems


def _seen(scene: Scene, looked_at: str) -> bool:
    """Whether somebody can look there: in a direction, at somebody of the scene, or at a thing of it."""
    return looked_at in v.GAZES or looked_at in {*scene.props, *(actor.name for actor in scene.cast)}
