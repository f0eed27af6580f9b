"""What happens can be seen: events, gaze, facing, views, people and the sides of a room, each in a picture."""

from __future__ import annotations

import io
import random
from functools import cache
from itertools import combinations

import pytest
import resvg_py
from PIL import Image, ImageChops, ImageStat

from storylib import vocabulary as v
from storylib.kit import rig
from storylib.kit.finish import develop
from storylib.kit.scenes import check, compose
from storylib.kit.scenes.camera import aim
from storylib.kit.scenes.composition import Spot, stand
from storylib.kit.scenes.events import plan, stage
from storylib.kit.scenes.gaze import Onlookers, face
from storylib.kit.scenes.places import PLACES
from storylib.kit.scenes.stage import H
from storylib.kit.scenes.views import by_chance
from storylib.story import Actor, CharacterSpec, ImageRequest, Look, Scene
from storylib.story.props import find

SMALL = 192
AMINA = CharacterSpec(name="Amina", kind="child", look=Look(skin="#8d5a3b", hair="braids", dress="#f2b84b"))
LUNA = CharacterSpec(name="Luna", kind="fox", look=Look(scarf="#4f9fcf"))
CAST = (AMINA, LUNA)
BOTH = (Actor(name="Amina"), Actor(name="Luna"))


def order(seed: int = 4, **told: object) -> ImageRequest:
    scene = Scene.model_validate({"setting": "park", "cast": BOTH, **told})
    return ImageRequest(scene=scene, cast=CAST, seed=seed, book=2)


@cache
def _drawn(request: ImageRequest) -> Image.Image:
    return develop(compose(request), SMALL)


def picture(seed: int = 4, **told: object) -> Image.Image:
    return _drawn(order(seed, **told))


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def spot(name: str, x: float, flip: bool = False, **told: object) -> Spot:
    spec = next(spec for spec in CAST if spec.name == name)
    return Spot(Actor.model_validate({"name": name, **told}), spec, x, 900, 1.0, flip)


def figure(look: Look | None = None, **bearing: object) -> Image.Image:
    """A child alone, drawn small."""
    spec = AMINA.model_copy(update={"look": look or AMINA.look})
    drawn = rig.character(spec, "stand", "happy", bearing=rig.Bearing(**bearing))  # type: ignore[arg-type]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="120" height="160" viewBox="-180 -440 360 480">{drawn}</svg>'
    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)))).convert("RGB")


@pytest.mark.parametrize("event", v.EVENTS)
def test_every_event_shows_in_the_picture(event: v.Event) -> None:
    shown = picture(event=event)
    assert max(ImageStat.Stat(shown).stddev) > 15
    assert difference(shown, picture()) > 1


def test_every_event_looks_different() -> None:
    drawn = {event: picture(event=event) for event in v.EVENTS}
    alike = [pair for pair in combinations(v.EVENTS, 2) if difference(drawn[pair[0]], drawn[pair[1]]) < 0.8]
    assert alike == []


@pytest.mark.parametrize("event", v.EVENTS)
def test_an_event_is_the_same_each_time_and_can_be_drawn_with_one_or_with_four(event: v.Event) -> None:
    request = order(event=event)
    assert compose(request).svg == compose(request).svg
    bram, pip = CharacterSpec(name="Bram", kind="bear"), CharacterSpec(name="Pip", kind="mouse")
    for cast in (BOTH[:1], (*BOTH, Actor(name="Bram"), Actor(name="Pip"))):
        scene = Scene(setting="hospital", event=event, cast=cast)
        assert compose(ImageRequest(scene=scene, cast=(*CAST, bram, pip))).svg


def test_hands_meet_where_an_event_joins_them() -> None:
    one, other = stage("high_five", [spot("Amina", 500), spot("Luna", 900)], None, "park", False).spots
    (x, y), (ox, oy) = one.hands["right"], other.hands["right"]
    assert abs(x - ox) < 20
    assert abs(y - oy) < 5
    assert one.x < x < other.x
    assert y < one.y - 200


def test_what_is_given_is_between_the_two_and_no_longer_in_a_hand() -> None:
    scene = {"event": "give", "cast": (Actor(name="Amina", pose="hold", holds="red-apple"), BOTH[1])}
    staged = stage("give", [spot("Amina", 500), spot("Luna", 900)], "red-apple", "park", False)
    (thing,) = staged.things
    assert thing.prop == find("red-apple")
    assert staged.spots[0].x < thing.x < staged.spots[1].x
    assert difference(picture(**scene), picture(event="give")) > 0.05  # not the parcel that else is given


def test_somebody_in_a_wheelchair_needs_no_other_chair() -> None:
    seated = Spot(Actor(name="Amina"), AMINA.model_copy(update={"look": Look(wheelchair=True)}), 500, 900, 1, False)
    assert plan("sit_on_chair").furniture
    assert stage("sit_on_chair", [seated], None, "park", False).things == []


@pytest.mark.parametrize(
    ("looks", "way"),
    [("left", (-1, 0)), ("right", (1, 0)), ("up", (0, -1)), ("down", (0, 1)), ("ahead", (0, 0)), ("Luna", (1, 0))],
)
def test_eyes_go_where_the_scene_says(looks: str, way: tuple[float, float]) -> None:
    pair = [spot("Amina", 400, looks=looks), spot("Luna", 1000, flip=True, looks=looks)]
    assert Onlookers(pair, {}, meet=True).looks()[0] == pytest.approx(way)


def test_eyes_follow_a_thing_and_a_flipped_figure_looks_the_right_way() -> None:
    pair = [spot("Amina", 400, looks="kite"), spot("Luna", 1000, flip=True, looks="left")]
    first, second = Onlookers(pair, {"kite": (400, 100)}, meet=True).looks()
    assert first == pytest.approx((0, -1))
    assert second == (1, 0)  # its own right is our left


def test_who_looks_away_does_not_look_at_the_other() -> None:
    look = Onlookers([spot("Amina", 400, looks="away"), spot("Luna", 1000)], {}, meet=True).looks()[0]
    assert look is not None
    assert look[0] == -1


def test_a_name_that_nobody_has_is_looked_at_by_nobody() -> None:
    assert Onlookers([spot("Amina", 400, looks="Zorro")], {}, meet=False).looks() == [None]


@pytest.mark.parametrize("gaze", [gaze for gaze in v.GAZES if gaze != "ahead"])
def test_a_gaze_shows_in_the_picture(gaze: v.Gaze) -> None:
    told = (Actor(name="Amina", looks=gaze), BOTH[1])
    assert difference(picture(cast=told), picture(cast=(Actor(name="Amina", looks="ahead"), BOTH[1]))) > 0.03


def test_each_facing_is_another_figure_and_a_back_shows_no_face() -> None:
    drawn = [figure(facing=facing) for facing in v.FACINGS]
    assert all(difference(one, other) > 1 for one, other in combinations(drawn, 2))
    back = rig.character(AMINA, "stand", "happy", bearing=rig.Bearing("back"))
    assert 'ry="17.5"' in rig.character(AMINA, "stand", "happy")  # the eyes
    assert 'ry="17.5"' not in back


@pytest.mark.parametrize("kind", v.KINDS)
def test_every_kind_can_be_seen_from_the_side_and_from_behind(kind: v.Kind) -> None:
    spec = CharacterSpec(name="x", kind=kind)
    drawn = {facing: rig.character(spec, "walk", "happy", bearing=rig.Bearing(facing)) for facing in v.FACINGS}
    assert len(set(drawn.values())) == len(v.FACINGS)


def test_every_view_looks_different() -> None:
    drawn = {view: picture(view=view) for view in v.VIEWS}
    assert min(difference(drawn[a], drawn[b]) for a, b in combinations(v.VIEWS, 2)) > 3


def test_from_behind_all_show_their_backs_but_who_is_said_to_turn() -> None:
    turned = (Actor(name="Amina", facing="front"), BOTH[1])
    assert difference(picture(view="behind", cast=turned), picture(view="behind")) > 0.5


def test_pages_in_turn_place_the_same_two_differently() -> None:
    drawn = [picture(seed, setting="stage", wall="window") for seed in (4, 5, 6, 7)]
    assert all(difference(one, other) > 1 for one, other in combinations(drawn, 2))


@pytest.mark.parametrize("aid", ["wheelchair", "walking_frame", "cane", "hearing_aids", "ear_defenders"])
def test_what_helps_somebody_is_drawn(aid: str) -> None:
    assert difference(figure(AMINA.look.model_copy(update={aid: True})), figure()) > 0.2


def test_what_somebody_has_put_on_is_seen_and_a_backpack_from_behind() -> None:
    plain, worn = picture(), {wear: picture(cast=(Actor(name="Amina", wears=wear), BOTH[1])) for wear in v.WEARS}
    assert all(difference(drawn, plain) > 0.03 for drawn in worn.values())
    assert len({drawn.tobytes() for drawn in worn.values()}) == len(v.WEARS)
    bag = rig.character(AMINA, "walk", "happy", bearing=rig.Bearing("back"), worn="backpack")
    assert bag != rig.character(AMINA, "walk", "happy", bearing=rig.Bearing("back"))


def test_every_age_is_another_figure() -> None:
    drawn = [figure(AMINA.look.model_copy(update={"age": age})) for age in v.AGES]
    assert all(difference(one, other) > 0.5 for one, other in combinations(drawn, 2))


def test_a_seat_is_under_a_raised_face() -> None:
    low = spot("Amina", 400)
    assert face(Spot(**{**vars(low), "seat": 62}))[1] == face(low)[1] - 62


def test_old_scenes_say_no_more_than_they_did() -> None:
    """So their fingerprints stay, and nothing that was paid for is asked for again."""
    told = Scene(setting="park", cast=(Actor(name="Amina"),)).model_dump()
    assert set(told) == {"setting", "world", "time", "weather", "season", "mood", "shot", "cast", "props"}
    assert set(told["cast"][0]) == {"name", "pose", "expression", "holds"}
    assert not {"age", "wheelchair"} & set(Look().model_dump())
    assert Scene(setting="park", event="hug").model_dump()["event"] == "hug"


def test_an_event_without_anybody_is_an_empty_place() -> None:
    assert max(ImageStat.Stat(picture(cast=(), event="hug")).stddev) > 15


def test_a_look_at_what_is_not_there_is_told() -> None:
    told = Scene(
        setting="park", props=("kite",), cast=(Actor(name="Amina", looks="kite"), Actor(name="Luna", looks="up"))
    )
    assert check(told) == []
    lost = Scene(setting="park", cast=(Actor(name="Amina", looks="the moon"),))
    assert check(lost) == ["Amina looks at what is not there: the moon"]


def test_no_weather_is_told_of_where_none_is_drawn() -> None:
    assert {setting for setting, place in PLACES.items() if place.sheltered} == v.INDOORS


@pytest.mark.parametrize("setting", ["bedroom", "park", "river", "stage"])
@pytest.mark.parametrize("seed", range(8))
def test_feet_are_in_the_picture_unless_it_is_taken_close_by(setting: v.Setting, seed: int) -> None:
    for shot in ("wide", "mid"):
        place = PLACES[setting]
        camera = aim(shot, place.floor, random.Random(seed), page=seed)
        players = [(Actor(name=spec.name), spec) for spec in CAST]
        shown = by_chance(stand(players, place, camera, shot, random.Random(seed)), seed)
        assert max(one.y for one in shown) <= H
