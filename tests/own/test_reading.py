"""A scene is read from a page's words: who, where, when, what they do, feel and hold; what is denied is not drawn."""

from __future__ import annotations

import time

import pytest

from storylib.providers.own import lexicon, reading
from storylib.providers.own.reading import Read
from storylib.story import CharacterSpec, Scene, captions, props
from storylib.vocabulary import EVENTS, EXPRESSIONS, MOODS, POSES, SEASONS, SETTINGS, TIMES, WEATHERS

MIRA = CharacterSpec(name="Mira", kind="child", pronouns="she")
TAM = CharacterSpec(name="Tam", kind="fox", pronouns="he")
JO = CharacterSpec(name="Mary Jo", kind="robot", pronouns="they")
CAST = (MIRA, TAM, JO)


def read(*pages: str) -> list[Read]:
    return reading.read(pages, CAST)


def scene(text: str) -> Scene:
    return read(text)[0].scene


def who(found: Scene) -> list[str]:
    return [actor.name for actor in found.cast]


def acts(found: Scene, name: str) -> tuple[str, str, str | None]:
    return next((actor.pose, actor.expression, actor.holds) for actor in found.cast if actor.name == name)


def test_the_lexicon_says_only_what_a_scene_can_show() -> None:
    closed = {
        "settings": SETTINGS, "times": TIMES, "weathers": WEATHERS, "seasons": SEASONS, "moods": MOODS, "poses": POSES,
        "expressions": EXPRESSIONS, "events": EVENTS, "people": tuple(lexicon.lexicon().people),
    }  # fmt: skip
    for phrase, means in lexicon.lexicon().meanings.items():
        assert len(phrase) <= lexicon.LONGEST
        for group, value in means:
            assert value in closed[group], phrase


@pytest.mark.parametrize("place", SETTINGS)
def test_every_place_can_be_reached_by_its_words(place: str) -> None:
    told = {value for means in lexicon.lexicon().meanings.values() for group, value in means if group == "settings"}
    assert place in told


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Mira sat in the kitchen.", "kitchen"),
        ("We walked to the swimming pool.", "pool"),
        ("They were on the school bus.", "bus"),
        ("Mira looked at the moon from her bedroom.", "bedroom"),
        ("Tam hid in the treehouse.", "treehouse"),
    ],
)
def test_the_place_is_where_they_are_and_not_what_is_mentioned(text: str, place: str) -> None:
    assert scene(text).setting == place


def test_a_story_stays_where_it_is_until_it_goes_somewhere_else() -> None:
    found = read("Mira was in the kitchen.", "She thought of the beach.", "It was late.", "She went to the beach.")
    assert [page.scene.setting for page in found] == ["kitchen", "kitchen", "kitchen", "beach"]


def test_who_is_named_is_there_and_who_is_not_is_not() -> None:
    found = read("Mira met Tam in the park.", "Tam ran.", "Mary Jo’s wheel squeaked.", "Everybody laughed.")
    assert [who(page.scene) for page in found[:3]] == [["Mira", "Tam"], ["Tam"], ["Mary Jo"]]
    assert set(who(found[3].scene)) == {"Mira", "Tam", "Mary Jo"}


def test_each_does_what_is_said_of_them() -> None:
    found = scene("Mira jumped and Tam sat down. Mira was proud, but Tam was sad.")
    assert acts(found, "Mira") == ("jump", "proud", None)
    assert acts(found, "Tam") == ("sit", "sad", None)


def test_a_pronoun_means_the_last_who_goes_by_it() -> None:
    found = scene("Tam waved to Mira. He was tired. She laughed.")
    assert (acts(found, "Tam")[1], acts(found, "Mira")[1]) == ("sleepy", "joyful")


def test_i_is_the_hero() -> None:
    assert acts(scene("I ran to the park."), "Mira")[0] == "run"


def test_what_is_held_is_in_the_hand_and_what_is_there_lies_there() -> None:
    found = scene("Tam carried a lantern. On the grass was a ball.")
    assert acts(found, "Tam")[2] == "lantern"
    assert found.props == ("soccer-ball",)


@pytest.mark.parametrize(
    "text", ["Mira was not sad.", "Mira wasn't sad.", "Mira was never sad.", "Mira had no reason to be sad"]
)
def test_what_is_denied_is_not_drawn(text: str) -> None:
    assert acts(scene(text), "Mira")[1] == "happy"


def test_a_denial_ends_with_its_clause() -> None:
    assert acts(scene("Mira did not wait, she ran."), "Mira")[0] == "run"


def test_what_happens_between_two_names_who_does_it_first() -> None:
    found = scene("In the evening Tam hugged Mira.")
    assert (found.event, who(found), found.time) == ("hug", ["Tam", "Mira"], "sunset")


def test_grandma_and_nan_come_along_as_one_and_old() -> None:
    found = read("Grandma came.", "Nan hugged Mira.")
    assert who(found[1].scene) == ["Grandma", "Mira"]
    [grandma] = reading.extras(found, CAST)
    assert (grandma.name, grandma.look.age) == ("Grandma", "grandparent")


def test_somebody_of_the_cast_who_is_called_like_that_is_themselves() -> None:
    own = CharacterSpec(name="Grandma", kind="bear", pronouns="she")
    found = reading.read(["Grandma sat."], (MIRA, own))
    assert who(found[0].scene) == ["Grandma"]
    assert reading.extras(found, (MIRA, own)) == ()


@pytest.mark.parametrize("text", ["Der Hund bellt.", "猫が走る", "كان يا ما كان", "<b>!</b>", "Zzz"])
def test_words_that_say_nothing_leave_the_scene_before_and_say_so(text: str) -> None:
    found = read("Mira was in the kitchen.", text)
    assert not found[1].understood
    assert (found[1].scene.setting, who(found[1].scene)) == ("kitchen", ["Mira"])


def test_every_scene_can_be_put_into_words() -> None:
    for event in EVENTS:
        found = Scene(setting="park", cast=scene("Mira met Tam.").cast, event=event, props=("kite",))
        assert captions.caption(found).startswith(("Mira", "Tam"))
    for place in SETTINGS:
        assert captions.caption(Scene(setting=place, cast=scene("Mira.").cast)).endswith(".")


def test_a_place_without_anybody_is_told_as_a_place() -> None:
    assert captions.caption(Scene(setting="kitchen", time="night")) == "Nobody is in the kitchen at night."


def test_a_crowd_is_bounded() -> None:
    found = scene("Mira, Tam, Mary Jo, Grandma, Grandpa, Mum and Dad went to the beach with the doctor and the baby.")
    assert len(found.cast) <= 5
    assert all(name in props.names() for name in found.props)


def test_a_thousand_words_are_read_at_once() -> None:
    pages = ["Mira carried the lantern into the kitchen and Tam was not afraid of the dark at all. "] * 60
    read(*pages[:1])
    begun = time.perf_counter()
    read(*pages)
    assert time.perf_counter() - begun < 1  # wanted: 0.2 s; a busy machine is no mistake


def test_who_is_named_without_being_in_the_cast_is_found_and_nobody_else() -> None:
    pages = [
        "On Monday Priya ran to Mira. “Stop,” said Priya. It was Monday.",
        "Stop it! Grandma and Ben ate. Grandma sat.",
    ]
    assert reading.strangers(pages, CAST) == ("Priya",)
