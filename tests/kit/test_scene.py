"""Scenes: every place in every light, the cast where the list says, props where they belong, and no text."""

from __future__ import annotations

import math
import random
import re
from itertools import combinations, pairwise

import pytest
from PIL import Image, ImageStat

from storylib import vocabulary as v
from storylib.kit.finish import develop
from storylib.kit.rig import Reach
from storylib.kit.rig.figure import Figure, natural_size
from storylib.kit.rig.poses import Side
from storylib.kit.scenes import check, compose, svg
from storylib.kit.scenes.camera import Camera
from storylib.kit.scenes.composition import FACE, HEIGHT, Spot, stand
from storylib.kit.scenes.cover import TITLE, enlarge
from storylib.kit.scenes.figures import dress, held
from storylib.kit.scenes.pieces import piece
from storylib.kit.scenes.places import PLACES
from storylib.kit.scenes.props import drawing
from storylib.kit.scenes.stage import H, Stage, W
from storylib.kit.scenes.touch import reaches
from storylib.story import Actor, CharacterSpec, ImageRequest, Look, Scene, props

SMALL = 192
LUNA = CharacterSpec(name="Luna", kind="fox", look=Look(scarf="#4f9fcf"))
PIP = CharacterSpec(name="Pip", kind="rabbit", look=Look(overalls="#5b7fb8", size=0.8))
BRAM = CharacterSpec(name="Bram", kind="bear", look=Look(bowtie="#e4576a", size=1.2))
AMINA = CharacterSpec(name="Amina", kind="child", look=Look(shirt="#ffd166"))
BOLT = CharacterSpec(name="Bolt", kind="robot")
BEAR, RABBIT = CharacterSpec(name="Bear", kind="bear"), CharacterSpec(name="Rabbit", kind="rabbit")
CAST = (LUNA, PIP, BRAM, AMINA, BOLT)


def order(scene: Scene, **more: object) -> ImageRequest:
    return ImageRequest.model_validate({"scene": scene, "cast": CAST, "seed": 4, **more})


def scene(setting: str = "meadow", *cast: Actor, **more: object) -> Scene:
    return Scene.model_validate({"setting": setting, "cast": cast, **more})


def act(name: str, pose: v.Pose = "stand", holds: str | None = None) -> Actor:
    return Actor(name=name, pose=pose, holds=holds)


def picture(scene: Scene, **more: object) -> Image.Image:
    return develop(compose(order(scene, **more)), SMALL)


def brightness(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L")).mean[0]


def fingerprint(image: Image.Image) -> list[int]:
    """Sixteen by eleven colours: what the eye sees from afar."""
    return list(image.resize((16, 11), Image.Resampling.BOX).tobytes())


def distance(a: Image.Image, b: Image.Image) -> float:
    """Mean difference of two fingerprints, 0 to 255."""
    pairs = list(zip(fingerprint(a), fingerprint(b), strict=True))
    return sum(abs(x - y) for x, y in pairs) / len(pairs)


def spots(scene: Scene, seed: int = 1) -> list[Spot]:
    specs = {spec.name: spec for spec in CAST}
    players = [(actor, specs[actor.name]) for actor in scene.cast]
    place = PLACES[scene.setting]
    return stand(players, place, Camera(floor=place.floor), scene.shot, random.Random(seed))


@pytest.mark.parametrize("setting", v.SETTINGS)
def test_every_setting_draws_at_every_time(setting: v.Setting) -> None:
    pictures = [picture(scene(setting, time=time)) for time in v.TIMES]
    assert {image.size for image in pictures} == {(SMALL, SMALL * 2 // 3)}
    assert all(max(ImageStat.Stat(image).stddev) > 15 for image in pictures)
    assert all(distance(a, b) > 1 for a, b in combinations(pictures, 2)), "the times look alike"


def test_every_setting_looks_different() -> None:
    pictures = {setting: picture(scene(setting)) for setting in v.SETTINGS}
    alike = [(a, b) for a, b in combinations(v.SETTINGS, 2) if distance(pictures[a], pictures[b]) < 8]
    assert alike == []


def painted(
    setting: v.Setting, world: v.World, time: v.Time = "day", book: str = "book", wall: v.Wall = "window"
) -> str:
    stage = Stage(Scene(setting=setting, world=world, time=time), "page", book, wall)
    PLACES[setting].paint(stage)
    return "".join(part for layer in stage.layers for part in layer.parts)


def colours(setting: v.Setting, seed: int, book: int, wall: v.Wall = "window") -> set[str]:
    """All that a room is painted with."""
    shown = scene(setting, wall=wall)
    return set(re.findall("#[0-9a-f]{6}", "".join(compose(order(shown, seed=seed, book=book)).layers)))


@pytest.mark.parametrize("setting", ["bedroom", "kitchen", "classroom"])
def test_a_room_keeps_its_colours_through_a_book_and_other_books_have_others(setting: v.Setting) -> None:
    assert len({frozenset(colours(setting, seed, book=7)) for seed in range(6)}) == 1
    assert len({frozenset(colours(setting, 1, book)) for book in range(6)}) > 1


TOLD: tuple[v.Setting, ...] = ("bedroom", "kitchen", "classroom", "library", "dentist", "bus", "hospital", "pool")


@pytest.mark.parametrize("setting", TOLD)
def test_two_pages_in_a_row_show_two_sides_of_a_room(setting: v.Setting) -> None:
    first, second = (picture(scene(setting), seed=seed) for seed in (4, 5))
    assert distance(first, second) > 8
    assert distance(first, picture(scene(setting, wall="window"), seed=4)) < 1


@pytest.mark.parametrize("setting", TOLD)
def test_both_sides_of_a_room_have_its_wall_and_its_floor(setting: v.Setting) -> None:
    walls = [re.findall("fill=.(#[0-9a-f]{6})", painted(setting, "town", wall=wall))[0] for wall in v.WALLS]
    assert walls[0] == walls[1]


def test_a_sleeper_sees_to_it_that_the_bed_is_shown() -> None:
    shown = scene("bedroom", act("Luna", "sleep"))
    assert compose(order(shown, seed=5)).svg == compose(order(shown.model_copy(update={"wall": "window"}), seed=5)).svg


@pytest.mark.parametrize("book", range(3))
def test_the_curtains_are_the_same_by_day_and_by_night(book: int) -> None:
    cloth = {"#f08f8a", "#7fb0d9", "#8fc48a", "#c3a2e0"}
    hung = [cloth & set(re.findall("#[0-9a-f]{6}", painted("bedroom", "town", time, str(book)))) for time in v.TIMES]
    assert hung == [hung[0]] * len(v.TIMES)


def test_a_place_is_furnished_and_planted_as_its_world_is() -> None:
    assert piece("fridge", {}) in painted("kitchen", "town")
    assert piece("fridge", {}) not in painted("kitchen", "castle")
    coconut = "#7a4f35"
    assert coconut in painted("river", "jungle")
    assert coconut not in painted("river", "forest")


@pytest.mark.parametrize("weather", v.WEATHERS)
@pytest.mark.parametrize("season", v.SEASONS)
def test_every_weather_draws_in_every_season(weather: v.Weather, season: v.Season) -> None:
    assert picture(scene("park", weather=weather, season=season)).size == (SMALL, SMALL * 2 // 3)


def test_seasons_weathers_and_moods_can_be_told_apart() -> None:
    for field, values, least in (("season", v.SEASONS, 2), ("weather", v.WEATHERS, 1), ("mood", v.MOODS, 1)):
        pictures = [picture(scene("park", **{field: value})) for value in values]
        assert all(distance(a, b) > least for a, b in combinations(pictures, 2)), field


def test_night_is_darker_than_day_outdoors() -> None:
    for setting in ("meadow", "town", "beach", "snow"):
        night, day = (brightness(picture(scene(setting, time=time))) for time in ("night", "day"))
        ratio = night / day
        assert ratio < 0.7, setting


def test_the_three_styles_can_be_told_apart() -> None:
    def edges(style: v.Style) -> bytes:
        return develop(compose(order(scene("meadow", act("Luna")), style=style)), SMALL).tobytes()

    assert len({edges(style) for style in v.STYLES}) == 3


def test_the_same_order_always_gives_the_same_picture() -> None:
    wanted = scene("market", act("Luna", "wave"), act("Pip", "hold", "basket"), props=("balloon",), weather="wind")
    assert picture(wanted).tobytes() == picture(wanted).tobytes()


def test_two_pages_in_one_place_are_seen_from_elsewhere() -> None:
    calm, happy = scene("forest", act("Luna"), mood="calm"), scene("forest", act("Luna", "wave"))
    assert compose(order(calm)).layers[1] != compose(order(happy)).layers[1]
    assert svg(order(calm)) != svg(order(calm, seed=5))


def test_the_drawing_shows_the_colours_of_everybody_in_the_scene() -> None:
    drawn = svg(order(scene("meadow", act("Luna"), act("Pip"), act("Bram"), act("Amina"))))
    for spec in (LUNA, PIP, BRAM, AMINA):
        colours = [colour for colour in spec.look.model_dump().values() if str(colour).startswith("#")]
        assert all(colour in drawn for colour in colours), spec.name


@pytest.mark.parametrize("seed", range(12))
def test_actors_stand_in_the_order_of_the_list_and_hide_no_face(seed: int) -> None:
    rng = random.Random(seed)
    cast = [act(spec.name, rng.choice(v.POSES)) for spec in rng.sample(CAST, rng.randint(1, 5))]
    placed = spots(scene(rng.choice(v.SETTINGS), *cast, shot=rng.choice(v.SHOTS)), seed)
    assert [spot.actor for spot in placed] == cast
    for left, right in pairwise(placed):
        assert right.x - left.x > 0.8 * FACE * (left.scale + right.scale)
    assert all(spot.x - 60 > 0 and spot.x + 60 < W for spot in placed)
    assert all(spot.y - 430 * spot.scale < H - 200 for spot in placed), "a head is below the picture"


def test_a_bigger_look_makes_a_bigger_figure() -> None:
    bram, pip = spots(scene("meadow", act("Bram"), act("Pip")))
    assert bram.scale == pytest.approx(pip.scale * 1.2 / 0.8 * natural_size(BEAR) / natural_size(RABBIT))


def test_kinds_and_ages_have_sizes_of_their_own() -> None:
    ages = [natural_size(AMINA.model_copy(update={"look": Look(age=age)})) for age in v.AGES]
    assert ages == [*sorted(ages[:3]), ages[3]]
    assert ages[3] > ages[1]
    assert natural_size(CharacterSpec(name="a", kind="mouse")) < natural_size(RABBIT) < 1 < natural_size(BEAR)


def test_two_who_stand_side_by_side_look_at_each_other() -> None:
    left, right = spots(scene("meadow", act("Luna"), act("Pip")))
    assert not left.flip
    assert right.flip


def test_friends_who_hug_stand_closer_than_friends_who_do_not() -> None:
    apart = spots(scene("meadow", act("Luna"), act("Bram")))
    close = spots(scene("meadow", act("Luna", "hug"), act("Bram", "hug")))
    assert close[1].x - close[0].x < 0.7 * (apart[1].x - apart[0].x)


SIZES = [("Luna", "Amina"), ("Pip", "Bram"), ("Bram", "Pip"), ("Bolt", "Pip"), ("Amina", "Bram"), ("Pip", "Luna")]


def hand(spot: Spot, reach: Reach, side: Side) -> tuple[float, float]:
    """Where a hand should be, in the picture."""
    x, y = reach[side]
    return spot.x + x * (-spot.scale if spot.flip else spot.scale), spot.y + y * spot.scale


def short(spot: Spot, reach: Reach, side: Side) -> float:
    """How many units the arm is too short to have its hand there."""
    figure = Figure.of(spot.spec, spot.actor.pose, "happy", "c").reaching(reach)
    return math.dist(figure.arm(side).hand, figure.in_torso(*reach[side]))


@pytest.mark.parametrize("shot", v.SHOTS)
@pytest.mark.parametrize("names", SIZES)
def test_the_hands_of_two_who_hold_hands_meet(names: tuple[str, str], shot: v.Shot) -> None:
    left, right = pair = spots(scene("meadow", *(act(name, "hold_hands") for name in names), shot=shot))
    one, other = reaches(pair)
    assert math.dist(hand(left, one, "right"), hand(right, other, "right")) < 1
    assert short(left, one, "right") < 1
    assert short(right, other, "right") < 1


def test_one_between_two_others_gives_each_a_hand() -> None:
    line = spots(scene("meadow", *(act(name, "hold_hands") for name in ("Luna", "Pip", "Bram"))))
    assert [sorted(reach) for reach in reaches(line)] == [["right"], ["left", "right"], ["right"]]


@pytest.mark.parametrize("names", SIZES)
def test_the_hands_of_one_who_hugs_are_on_the_other(names: tuple[str, str]) -> None:
    left, right = pair = spots(scene("meadow", *(act(name, "hug") for name in names)))
    for spot, friend, reach in zip(pair, (right, left), reaches(pair), strict=True):
        for side in reach:
            assert short(spot, reach, side) < 50, "more than a hand"
            x, y = hand(spot, reach, side)
            assert abs(x - friend.x) < 70 * friend.scale
            assert friend.y - 200 * friend.scale < y < friend.y


@pytest.mark.parametrize("pose", ["hug", "hold_hands"])
def test_the_smaller_of_two_who_touch_stands_in_front(pose: v.Pose) -> None:
    for names in (("Pip", "Bram"), ("Bram", "Pip")):
        one, other = spots(scene("meadow", *(act(name, pose) for name in names)))
        assert (one.y - other.y) * (one.scale - other.scale) < 0


def test_nobody_at_a_bedside_stands_before_the_bed() -> None:
    for names in (("Luna", "Bram", "Pip"), ("Pip", "Luna", "Bram", "Amina")):
        cast = [act(name, "open") for name in names[:-1]]
        *others, abed = spots(scene("bedroom", *cast, act(names[-1], "sleep")))
        assert all(spot.x + spot.reach <= abed.x - abed.reach + 1 for spot in others)


def test_a_window_shows_the_world_of_the_book() -> None:
    views = {world: painted("bedroom", world) for world in ("space", "sea", "town", "forest")}
    assert len(set(views.values())) == 4


def test_a_flyer_leaves_the_ground_and_its_shadow_stays() -> None:
    flyer, walker = spots(scene("meadow", act("Luna", "fly"), act("Amina", "walk")))
    assert flyer.y < walker.y - 80
    assert flyer.shadow > 80


@pytest.mark.parametrize("setting", ["river", "beach"])
def test_a_swimmer_is_in_the_water(setting: v.Setting) -> None:
    swimmer = spots(scene(setting, act("Luna", "swim")))[0]
    assert swimmer.afloat


def test_a_swimmer_under_water_is_off_the_sea_floor() -> None:
    swimmer, stander = spots(scene("underwater", act("Luna", "swim"), act("Amina")))
    assert swimmer.y < stander.y - 80
    assert not swimmer.afloat


@pytest.mark.parametrize("names", [("Luna", "Pip"), ("Pip", "Luna")])
def test_a_sleeper_lies_in_the_bed_on_their_side_of_the_picture(names: tuple[str, str]) -> None:
    cast = [act(name, "sleep" if name == "Luna" else "sit") for name in names]
    drawn = compose(order(scene("bedroom", *cast))).svg
    assert "M-60,-118 Q20,-150" in drawn, "no blanket"
    nobody = compose(order(scene("bedroom", act("Luna", "sit")))).svg
    assert "M-60,-118 Q20,-150" not in nobody


def test_everyone_who_breathes_wears_a_helmet_in_space() -> None:
    outside = scene("space")
    assert [dress(spec, outside).look.hat for spec in (LUNA, AMINA, BOLT)] == ["helmet", "helmet", None]
    assert dress(LUNA, scene("spaceship")) == LUNA


def test_a_held_prop_is_in_the_hand_and_what_no_hand_is_free_for_is_put_down() -> None:
    in_hand = spots(scene("meadow", act("Luna", "hold", "basket")))[0]
    hands_full = spots(scene("meadow", act("Luna", "cower", "basket")))[0]
    basket = props.find("basket")
    assert held(in_hand) == basket
    assert held(hands_full) is None
    for pose in ("hold", "cower"):
        with_basket = svg(order(scene("meadow", act("Luna", pose, "basket"))))
        assert len(with_basket) > len(svg(order(scene("meadow", act("Luna", pose))))) + 3000


def test_a_light_in_the_hand_lights_up_the_night() -> None:
    dark = compose(order(scene("forest", act("Luna", "hold", "basket"), time="night")))
    lit = compose(order(scene("forest", act("Luna", "hold", "lantern"), time="night")))
    assert len(lit.glows) > len(dark.glows)


def test_check_names_what_cannot_be_drawn() -> None:
    wrong = scene(
        "meadow", act("Luna", "hold", "grand piano"), act("Pip", "hold", "ladder"), props=("kite", "zeppelin")
    )
    assert check(wrong) == [
        "unknown prop: zeppelin",
        "Luna holds an unknown prop: grand piano",
        "Pip cannot hold something as big as: ladder",
    ]
    assert check(scene("meadow", act("Luna", "hold", "basket"), props=("Birthday cake", "acorns"))) == []


def test_unknown_props_and_actors_without_a_sheet_are_left_out() -> None:
    assert svg(order(scene("meadow", act("Nobody"), props=("zeppelin",)))).count("<svg") == 1


def test_every_prop_has_a_drawing_that_can_be_used_twice() -> None:
    for prop in filter(None, map(props.find, props.names())):
        twice = drawing(prop, 100, "a") + drawing(prop, 100, "b")
        ids = re.findall(r' id="([^"]+)"', twice)
        assert len(ids) == len(set(ids)), prop.name
        assert set(re.findall(r"url\(#([^)]+)\)", twice)) <= set(ids), prop.name


@pytest.mark.parametrize("setting", v.SETTINGS)
def test_no_drawing_has_text_or_an_id_twice(setting: v.Setting) -> None:
    drawn = svg(order(scene(setting, *(act(spec.name) for spec in CAST), props=("kite", "books", "rocket", "fish"))))
    ids = re.findall(r' id="([^"]+)"', drawn)
    assert "<text" not in drawn
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("shot", v.SHOTS)
def test_a_cover_shows_its_heroes_large_below_the_title(shot: v.Shot) -> None:
    page = spots(scene("castle", act("Luna", "wave"), act("Bram"), shot=shot))
    _, cover = enlarge(Camera(), page)
    assert all(spot.y - HEIGHT * spot.scale >= TITLE * H for spot in cover)
    assert all(spot.x - spot.reach >= 0 and spot.x + spot.reach <= W for spot in cover)
    assert max(HEIGHT * spot.scale for spot in cover) > 0.55 * H


def test_the_heroes_of_a_cover_stand_together() -> None:
    _, cover = enlarge(Camera(), spots(scene("castle", act("Luna"), act("Pip"), act("Bram"), shot="wide")))
    assert all(b.x - a.x < 1.1 * (a.reach + b.reach) for a, b in pairwise(cover))


def test_a_cover_is_calm_where_the_title_goes() -> None:
    cover = develop(compose(order(scene("castle", act("Luna")), role="cover")), SMALL).crop((24, 16, SMALL - 24, 40))
    page = picture(scene("castle", act("Luna"))).crop((24, 16, SMALL - 24, 40))
    assert sum(ImageStat.Stat(cover).stddev) < sum(ImageStat.Stat(page).stddev)
