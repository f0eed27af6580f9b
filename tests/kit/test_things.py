"""Things: every one can be seen, no two are alike, and each lies, hangs or stands where it would."""

from __future__ import annotations

import io
from itertools import combinations

import pytest
import resvg_py
from PIL import Image, ImageChops, ImageStat

from storylib import vocabulary as v
from storylib.kit.scenes import compose, props
from storylib.kit.scenes.camera import Camera
from storylib.kit.scenes.dressing import Standing, arrange
from storylib.kit.scenes.places import PLACES
from storylib.kit.scenes.stage import H, Stage
from storylib.story import Actor, CharacterSpec, ImageRequest, Scene
from storylib.story.props import find, names

OWN = sorted(path.stem for path in (props.ART / "drawn").glob("*.svg"))
SIDE = 48


def drawn(name: str) -> Image.Image:
    """A thing on a plain ground."""
    thing = find(name)
    assert thing
    markup = props.drawing(thing, SIDE * 0.94, "t", 1)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE}" height="{SIDE}" '
        f'viewBox="{-SIDE / 2} {-SIDE / 2} {SIDE} {SIDE}"><rect x="-99" y="-99" width="199" height="199" '
        f'fill="#cfe3d4"/>{markup}</svg>'
    )
    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)))).convert("RGB")


def arranged(setting: v.Setting, *things: str) -> dict[str, Standing]:
    scene = Scene(setting=setting, props=things)
    place = PLACES[setting]
    standing = arrange(Stage(scene, "p", "b"), scene, [], place, Camera(floor=place.floor), (), 1.0)
    return {item.prop.name: item for item in standing}


def test_at_least_a_hundred_things_are_drawn_in_the_kits_own_hand() -> None:
    assert len(OWN) >= 100
    assert set(OWN) <= set(names())


@pytest.mark.parametrize("name", OWN)
def test_a_thing_can_be_seen_and_takes_the_light(name: str) -> None:
    assert max(ImageStat.Stat(drawn(name)).stddev) > 4
    text = (props.ART / "drawn" / f"{name}.svg").read_text()
    assert "<text" not in text
    assert "rgb(" not in text  # night changes "#rrggbb" only


def test_no_two_things_look_alike() -> None:
    pictures = {name: drawn(name) for name in OWN}
    pairs = combinations(OWN, 2)
    alike = [p for p in pairs if sum(ImageStat.Stat(ImageChops.difference(pictures[p[0]], pictures[p[1]])).sum) < 9000]
    assert alike in ([], [("chalk-line", "line-on-floor")])  # two lines, white and red


@pytest.mark.parametrize("name", [name for name in OWN if "-" in name])
def test_a_thing_is_found_by_its_name_with_spaces(name: str) -> None:
    assert find(name.replace("-", " ")) == find(name)


def test_a_line_lies_on_the_floor_under_everybody() -> None:
    line = arranged("meadow", "line-on-floor")["line-on-floor"]
    assert line.flat
    assert not line.shadow
    assert line.depth < 0


def test_a_clock_hangs_on_the_wall_of_a_room_and_stands_out_of_doors() -> None:
    assert arranged("kitchen", "wall-clock")["wall-clock"].foot < H * 0.6
    assert arranged("meadow", "wall-clock")["wall-clock"].foot > H * 0.8


@pytest.mark.parametrize("setting", ["bedroom", "living_room", "classroom", "playground", "bus"])
def test_no_fire_burns_on_a_rug(setting: v.Setting) -> None:
    assert arranged(setting, "fire", "books").keys() == {"books"}
    fire = find("fire")
    assert fire
    assert fire.held == 0


def test_a_campfire_may_burn_in_the_woods() -> None:
    assert "fire" in arranged("forest", "fire")


def test_what_is_eaten_is_on_the_table() -> None:
    cast = (CharacterSpec(name="A", kind="child"), CharacterSpec(name="B", kind="bear"))
    told = {"setting": "dining_room", "event": "eat_at_table", "cast": (Actor(name="A"), Actor(name="B"))}
    bare = compose(ImageRequest(scene=Scene.model_validate(told), cast=cast))
    laid = compose(ImageRequest(scene=Scene.model_validate({**told, "props": ("cup", "plate")}), cast=cast))
    assert laid.svg.count("M5 8 H23") == 2  # the cup and the line around it, once: not on the floor as well
    assert "M5 8 H23" not in bare.svg
