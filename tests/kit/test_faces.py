"""What a face feels can be seen on every skin, by day and by night: measured on the picture, not on the palette."""

from __future__ import annotations

import io
import re
from functools import cache
from itertools import product

import pytest
import resvg_py
from PIL import Image

from storylib import vocabulary as v
from storylib.kit import rig
from storylib.kit.rig import ink
from storylib.kit.rig.species import palette, species
from storylib.kit.scenes.light import TIMES, overcast, relight
from storylib.story import CharacterSpec, Look
from storylib.web.characters.draft import LIST

SKINS: dict[str, str] = LIST["skin"]
OWN = ["#ffffff", "#e8b48c", "#a5714d", "#94603f", "#7d5a44", "#777777", "#3c241b", "#1d120d", "#000000"]  # typed
BROWS, MOUTH = (-345, -302), (-248, -206)  # from where to where on the figure a face has them
SIDE, TOP = 260, -400


@cache
def face(skin: str, expression: v.Expression) -> str:
    return rig.character(CharacterSpec(name="A", kind="child", look=Look(skin=skin, hair="none")), "stand", expression)


def lit(markup: str, time: v.Time, weather: v.Weather) -> str:
    light = overcast(TIMES[time], weather)
    return relight(markup, light.tint, light.cast)


def pixels(markup: str) -> Image.Image:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE}" height="{SIDE}" '
        f'viewBox="{-SIDE // 2} {TOP} {SIDE} {SIDE}">{markup}</svg>'
    )
    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)))).convert("RGB")


def hex_of(pixel: object) -> str:
    assert isinstance(pixel, tuple)
    return "#" + bytes(pixel).hex()


def weakest(skin: str, expression: v.Expression, time: v.Time, weather: v.Weather) -> float:
    """The least contrast of a whole pixel of ink against the skin that it hides."""
    line = ink.on(skin)
    markup = face(skin, expression)
    bare = re.sub(rf'<(?:path|ellipse)[^>]*stroke="{line}"[^>]*/>', "", markup)
    drawn, ground = pixels(lit(markup, time, weather)), pixels(lit(bare, time, weather))
    wanted = lit(f'"{line}"', time, weather).strip('"')
    found = [
        ink.contrast(wanted, hex_of(ground.getpixel((x, y - TOP))))
        for top, bottom in (BROWS, MOUTH)
        for y, x in product(range(top, bottom), range(SIDE // 2 - 66, SIDE // 2 + 66))
        if hex_of(drawn.getpixel((x, y - TOP))) == wanted
    ]
    assert len(found) > 20, "neither brows nor mouth were found"
    return min(found)


@pytest.mark.parametrize("expression", v.EXPRESSIONS)
@pytest.mark.parametrize("skin", SKINS.values(), ids=SKINS)
def test_brows_and_mouth_stand_out_from_the_skin_by_day_and_by_night(skin: str, expression: v.Expression) -> None:
    assert weakest(skin, expression, "day", "clear") >= ink.CONTRAST
    assert weakest(skin, expression, "night", "clear") >= ink.CONTRAST


@pytest.mark.parametrize(("time", "weather"), list(product(v.TIMES, ("clear", "rain", "fog"))))
def test_they_do_so_in_every_light_on_a_skin_that_somebody_mixed(time: v.Time, weather: v.Weather) -> None:
    least = {skin: weakest(skin, "sad", time, weather) for skin in OWN}
    assert min(least.values()) >= ink.CONTRAST, least


@pytest.mark.parametrize("skin", SKINS.values(), ids=SKINS)
def test_the_outline_of_the_face_and_the_eyes_stand_out_too(skin: str) -> None:
    markup = face(skin, "happy")
    assert f'stroke="{ink.around(skin)}"' in markup
    for colour in (ink.around(skin), "#ffffff" if 'ry="21.5" fill="#ffffff"' in markup else "#2b1d2b"):
        assert ink.contrast(colour, skin) >= ink.CONTRAST
        at_night = lit(f'"{colour}""{skin}"', "night", "clear").strip('"').split('""')
        assert ink.contrast(*at_night) >= ink.CONTRAST


COATS: dict[str, str] = LIST["coat"]
ON_THE_COAT = [kind for kind in v.KINDS if kind != "child" and species(kind).mask is None]


@pytest.mark.parametrize("coat", COATS.values(), ids=COATS)
def test_brows_and_mouth_of_an_animal_stand_out_from_the_coat_that_was_chosen(coat: str) -> None:
    for kind in ON_THE_COAT:
        colours = palette(kind, Look(colour=coat))
        assert ink.seen(colours["brow"], coat), kind
        assert ink.seen(colours["ink"], coat) or ink.seen(colours["ink"], colours["light"]), kind


@pytest.mark.parametrize("kind", ["bear", "rabbit", "frog", "wolf", "elephant"])
def test_an_eye_shows_its_white_on_a_dark_coat(kind: v.Kind) -> None:
    dark, bright = (CharacterSpec(name="A", kind=kind, look=Look(colour=COATS[name])) for name in ("Charcoal", "Cream"))
    assert 'ry="21.5" fill="#ffffff"' in rig.character(dark, "stand", "happy")
    assert kind == "frog" or 'ry="21.5" fill="#ffffff"' not in rig.character(bright, "stand", "happy")


@pytest.mark.parametrize("time", v.TIMES)
@pytest.mark.parametrize("skin", SKINS.values(), ids=SKINS)
def test_the_ink_of_every_skin_is_readable_at_every_hour(skin: str, time: v.Time) -> None:
    for weather in v.WEATHERS:
        line, ground = lit(f'"{ink.on(skin)}""{skin}"', time, weather).strip('"').split('""')
        assert ink.contrast(line, ground) >= ink.CONTRAST, weather
