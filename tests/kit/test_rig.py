"""The character rig: every kind, pose, expression and garment is drawn, inside its box, the same each time."""

from __future__ import annotations

import io
import itertools
import math
import re
import xml.etree.ElementTree as ET
from functools import cache
from typing import Literal, get_args

import pytest
import resvg_py
from PIL import Image, ImageChops, ImageStat

from storylib import vocabulary as v
from storylib.kit import rig
from storylib.kit.rig.face import feeling
from storylib.kit.rig.figure import Figure
from storylib.kit.rig.poses import LONGEST, stance
from storylib.kit.rig.shapes import Palette, mirrored, part, table
from storylib.story import CharacterSpec, Look

BALL = '<circle r="45" fill="#123456"/>'
WIDTH, HEIGHT, GROUND = 640, 640, 540  # the canvas that figures are rendered on, in rig units
ID = re.compile(r'id="([^"]+)"')
USED = re.compile(r"url\(#([^)]+)\)")
COLOURED = ("shirt", "trousers", "dress", "overalls", "cape", "scarf", "bowtie", "bow", "glasses", "shoes")


def spec(kind: v.Kind, **look: object) -> CharacterSpec:
    return CharacterSpec(name="Somebody", kind=kind, look=Look.model_validate(look))


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(f"<svg>{markup}</svg>")


def png(markup: str, scale: float = 0.25) -> Image.Image:
    """The markup rendered on transparent ground, (0, 0) in the middle of the ground line."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH * scale:g}" height="{HEIGHT * scale:g}" '
        f'viewBox="{-WIDTH / 2:g} {-GROUND} {WIDTH} {HEIGHT}">{markup}</svg>'
    )
    data = bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))
    return Image.open(io.BytesIO(data)).convert("RGBA")


def box(image: Image.Image) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is drawn, in rig units."""
    found = image.getchannel("A").point(lambda a: 255 if a > 20 else 0).getbbox()
    assert found, "nothing is drawn"
    unit = WIDTH / image.width
    left, top, right, bottom = (side * unit for side in found)
    return left - WIDTH / 2, top - GROUND, right - WIDTH / 2, bottom - GROUND


def difference(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int] | None:
    """The box of the pixels that differ, in pixels."""
    return ImageChops.difference(one, other).getbbox(alpha_only=False)


def placed(figure: Figure, side: Literal["left", "right"]) -> tuple[float, float]:
    """Where a hand is in figure units: what the torso's transform makes of its place."""
    x, y = figure.arm(side).hand
    shift, lean = (float(n) for n in re.findall(r"translate\(0 (\S+?)\) rotate\((\S+)", figure.torso)[0])
    turn = math.radians(lean)
    return x * math.cos(turn) - (y + 60) * math.sin(turn), x * math.sin(turn) + (y + 60) * math.cos(turn) - 60 + shift


@cache
def standing(kind: v.Kind) -> Image.Image:
    return png(rig.character(spec(kind), "stand", "happy"))


@pytest.mark.parametrize("kind", v.KINDS)
def test_every_pose_and_every_expression_of_a_kind_is_well_formed(kind: v.Kind) -> None:
    faces = itertools.cycle(v.EXPRESSIONS)
    combinations = [(pose, next(faces)) for pose in v.POSES] + [("stand", face) for face in v.EXPRESSIONS]
    for pose, face in combinations:
        assert len(parsed(rig.character(spec(kind), pose, face, BALL))) > 1


@pytest.mark.parametrize("kind", v.KINDS)
def test_a_standing_figure_fills_its_box_with_its_feet_on_the_ground(kind: v.Kind) -> None:
    left, top, right, bottom = box(standing(kind))
    assert -450 <= top <= -340
    assert -4 <= bottom <= 8
    assert -215 <= left < -100
    assert 100 < right <= 200


@cache
def standing_small(kind: v.Kind) -> Image.Image:
    return png(rig.character(spec(kind), "stand", "happy"), 0.1)


def test_any_two_kinds_look_different() -> None:
    small = {kind: standing(kind).resize((100, 100)) for kind in v.KINDS}
    for one, other in itertools.combinations(v.KINDS, 2):
        difference = ImageStat.Stat(ImageChops.difference(small[one], small[other])).mean
        assert sum(difference) > 6, f"{one} looks like {other}"


@pytest.mark.parametrize("pose", v.POSES)
def test_every_pose_stays_near_the_figure(pose: v.Pose) -> None:
    for kind in ("child", "elephant", "parrot", "dragon"):
        markup = rig.character(spec(kind, cape="#d64c5f", dress="#5aa9d6"), pose, "happy")
        left, top, right, bottom = box(png(markup, 0.2))
        assert (left, top) > (-290, -520), kind
        assert right < 290, kind
        assert bottom < 15, kind


def test_any_two_poses_look_different() -> None:
    drawn = {pose: png(rig.character(spec("fox"), pose, "happy")) for pose in v.POSES}
    for one, other in itertools.combinations(v.POSES, 2):
        assert sum(ImageStat.Stat(ImageChops.difference(drawn[one], drawn[other])).mean) > 1, (one, other)


@pytest.mark.parametrize("kind", ["fox", "child", "owl", "frog", "elephant", "duck", "panda", "robot", "horse"])
def test_any_two_expressions_look_different(kind: v.Kind) -> None:
    drawn = {face: png(rig.character(spec(kind), "stand", face)) for face in v.EXPRESSIONS}
    for one, other in itertools.combinations(v.EXPRESSIONS, 2):
        assert difference(drawn[one], drawn[other]), (one, other)


@pytest.mark.parametrize("pose", ["jump", "fly", "swim", "climb", "cheer"])
def test_who_jumps_flies_swims_or_climbs_leaves_the_ground(pose: v.Pose) -> None:
    assert box(png(rig.character(spec("fox"), pose, "happy")))[3] < -8


def test_who_sleeps_lies_low_with_the_eyes_shut() -> None:
    for kind in v.KINDS:
        awake, asleep = box(standing(kind)), rig.character(spec(kind), "sleep", "excited")
        assert box(png(asleep, 0.1))[1] > 0.85 * awake[1]
        assert asleep == rig.character(spec(kind), "sleep", "sleepy")


def test_who_lies_in_bed_with_a_sad_face_is_awake() -> None:
    assert rig.character(spec("fox"), "sleep", "sad") != rig.character(spec("fox"), "sleep", "sleepy")


@pytest.mark.parametrize("kind", v.KINDS)
def test_a_thing_with_a_grip_is_in_the_hand_and_beside_the_body(kind: v.Kind) -> None:
    bare = png(rig.character(spec(kind), "hold", "happy", "<g/>", grip=(0, 30)))
    with_ball = png(rig.character(spec(kind), "hold", "happy", BALL, grip=(0, 30)))
    changed = difference(bare, with_ball)
    assert changed
    assert changed[0] * WIDTH / bare.width - WIDTH / 2 > 40, "the middle of the body is free"


@pytest.mark.parametrize("kind", v.KINDS)
def test_who_eats_has_it_at_the_mouth_and_in_the_hand(kind: v.Kind) -> None:
    figure = Figure.of(spec(kind), "eat", "happy", "c")
    item = figure.stance.item
    assert item
    assert math.dist((item.x, item.y), figure.species.lips) < 45, "a bite away from the mouth"
    assert math.dist((item.x, item.y), figure.stance.right.hand) < 45, "in the hand"


@pytest.mark.parametrize("kind", v.KINDS)
def test_what_is_carried_lies_between_the_hands(kind: v.Kind) -> None:
    for look in ({}, {"hat": "crown"}):
        stance = Figure.of(spec(kind, **look), "carry", "happy", "c").stance
        assert stance.item
        left, right = stance.left.hand, stance.right.hand
        assert left[0] < stance.item.x < right[0]
        assert abs(stance.item.y - left[1]) < 60


def test_a_hand_goes_where_it_is_asked_to_unless_that_is_too_far() -> None:
    for kind in v.KINDS:
        for pose in ("hug", "hold_hands"):
            figure = Figure.of(spec(kind), pose, "happy", "c").reaching({"right": (150, -110), "left": (90, 400)})
            assert placed(figure, "right") == pytest.approx((150, -110), abs=0.5), kind
            assert math.dist(figure.stance.left.hand, (-50, -164)) <= LONGEST + 1


def test_the_same_sheet_gives_the_same_markup() -> None:
    for kind in v.KINDS:
        first = rig.character(spec(kind, hat="wizard"), "wave", "joyful", BALL)
        assert first == rig.character(spec(kind, hat="wizard"), "wave", "joyful", BALL)


def test_ids_are_unique_in_a_document_of_several_figures() -> None:
    figures = [
        rig.character(spec(kind, cape="#d64c5f"), pose, "happy", prefix=f"c{number}")
        for number, (kind, pose) in enumerate(itertools.product(("fox", "child", "parrot"), ("stand", "sleep", "read")))
    ]
    ids = ID.findall("".join(figures))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("kind", v.KINDS)
def test_every_paint_that_is_used_is_defined(kind: v.Kind) -> None:
    for pose in ("stand", "read", "sleep", "fly"):
        markup = rig.character(spec(kind, cape="#d64c5f", hat="crown"), pose, "happy")
        assert set(USED.findall(markup)) <= set(ID.findall(markup))


@pytest.mark.parametrize("garment", COLOURED)
@pytest.mark.parametrize("kind", ["bear", "child", "duck"])
def test_what_a_character_wears_is_drawn_in_its_colour(kind: v.Kind, garment: str) -> None:
    for pose in ("stand", "sit", "run", "sleep"):
        assert "#13579b" in rig.character(spec(kind, **{garment: "#13579b"}), pose, "happy")


def test_colour_skin_and_hair_are_drawn_where_they_belong() -> None:
    assert "#13579b" in rig.character(spec("fox", colour="#13579b"), "stand", "happy")
    assert "#9a5b3c" in rig.character(spec("child", skin="#9a5b3c"), "stand", "happy")
    for hair in v.HAIRS:
        markup = rig.character(spec("child", hair=hair, hair_colour="#13579b"), "stand", "happy")
        assert ("#13579b" in markup) == (hair != "none")


def test_stripes_lie_on_a_shirt() -> None:
    plain = rig.character(spec("cat", shirt="#ffffff"), "stand", "happy")
    assert plain != rig.character(spec("cat", shirt="#ffffff", stripes="#13579b"), "stand", "happy")


def test_a_child_is_dressed_even_when_the_look_names_no_clothes() -> None:
    bare, dressed = spec("child"), spec("child", shirt="#5aa9d6", trousers="#5b6ea8")
    assert rig.character(bare, "stand", "happy") == rig.character(dressed, "stand", "happy")


def test_every_hairstyle_looks_different() -> None:
    drawn = [png(rig.character(spec("child", hair=hair), "stand", "happy")).tobytes() for hair in v.HAIRS]
    assert len(set(drawn)) == len(v.HAIRS)


@pytest.mark.parametrize("hat", v.HATS)
def test_a_hat_sits_on_every_head(hat: v.Hat) -> None:
    for kind in v.KINDS:
        bare = standing_small(kind)
        change = difference(bare, png(rig.character(spec(kind, hat=hat), "stand", "happy"), 0.1))
        assert change, kind
        left, top, right, bottom = change
        middle = (left + right) / 2 * 10 - WIDTH / 2
        assert abs(middle) < 45, kind
        assert top * 10 - GROUND < -330, kind
        assert bottom * 10 - GROUND < -130, kind


def test_hat_colour_flower_medal_and_shoes_change_the_picture() -> None:
    plain = rig.character(spec("bear"), "stand", "happy")
    assert "#13579b" in rig.character(spec("bear", hat="cap", hat_colour="#13579b"), "stand", "happy")
    for thing in ("flower", "medal"):
        assert plain != rig.character(spec("bear", **{thing: True}), "stand", "happy")


@pytest.mark.parametrize("pose", v.POSES)
def test_an_item_is_drawn_once_exactly_in_the_poses_that_can_hold(pose: v.Pose) -> None:
    for kind in ("child", "fox", "elephant", "owl", "dragon"):
        for look in ({}, {"hat": "helmet"}, {"hat": "cap"}):
            markup = rig.character(spec(kind, **look), pose, "happy", BALL)
            assert markup.count(BALL) == int(rig.can_hold(pose)), kind


def test_who_reads_has_a_book_unless_given_something_else() -> None:
    book = rig.character(spec("fox"), "read", "happy", prefix="c")
    assert 'id="cbook' in book
    assert 'id="cbook' not in rig.character(spec("fox"), "read", "happy", BALL, prefix="c")


@pytest.mark.parametrize("kind", v.KINDS)
def test_a_portrait_is_a_complete_picture(kind: v.Kind) -> None:
    svg = rig.portrait(spec(kind, hat="wizard"))
    root = ET.fromstring(svg)
    assert (root.get("width"), root.get("height")) == ("512", "512")
    assert svg == rig.portrait(spec(kind, hat="wizard"))


def test_the_data_names_every_word_of_the_vocabulary_and_no_other() -> None:
    assert set(table("species")) == set(v.KINDS)
    assert set(table("poses")["pose"]) == {*v.POSES, "carry_in_arms", "hold_up", "carry_up"}
    assert set(table("faces")["expression"]) == set(v.EXPRESSIONS)
    assert set(table("wardrobe")["hair_front"]) == set(table("wardrobe")["hair_back"]) == set(v.HAIRS)
    assert set(table("wardrobe")["hat"]) | {"helmet"} == set(v.HATS)
    assert all(stance(pose) for pose in get_args(v.Pose))
    assert all(feeling(face) for face in v.EXPRESSIONS)


def test_every_drawn_part_reads_without_error_and_is_used_by_name() -> None:
    for source in ("parts", "wardrobe", "faces"):
        for group, entries in table(source).items():
            if group not in ("fit", "expression"):
                for key, shapes in entries.items():
                    assert len(part(f"{group}/{key}")) == len(shapes)


def test_a_mirrored_path_swaps_left_and_right_and_back() -> None:
    assert mirrored("M10,-20 h5 v7 l-3,4 Z") == "M -10 -20 h -5 v 7 l 3 4 Z"
    assert mirrored(mirrored("M10,-20 C1,2 3,4 5,6")) == "M 10 -20 C 1 2 3 4 5 6"


def test_a_palette_mixes_colours_and_refuses_what_is_none() -> None:
    palette = Palette({"base": "#808080"})
    assert palette["base"] == "#808080"
    assert palette["base+100"] == "#ffffff"
    assert palette["#000000+50"] == "#808080"
    with pytest.raises(ValueError, match="not a colour"):
        palette["Base!"]
    with pytest.raises(KeyError):
        palette["fur"]
