"""The finish: a drawing is rasterised, laid on its sky, lit, and printed on paper in one of three styles.

Large soft things (sky, glows, vignette) are made here from tiny images that are scaled up: the rasteriser would need
60–200 ms for each (measured at 1152 × 768), Pillow needs 2.
"""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageChops, ImageEnhance

from storylib import vocabulary as v
from storylib.errors import ProviderError
from storylib.kit import cutout, paper, rig
from storylib.kit.line_art import line_art
from storylib.kit.raster import document, raster
from storylib.kit.scenes.compose import Drawing, compose
from storylib.kit.scenes.light import MOODS, Feeling
from storylib.kit.scenes.stage import Glow, H, W
from storylib.kit.sizes import PAGE, PORTRAIT
from storylib.providers import webp
from storylib.story import CharacterSpec, ImageRequest

LIGHT_WIDTH, LIGHT_HEIGHT = 192, 128
DROP = LIGHT_WIDTH / W
HAZE = [level * 46 // 100 for level in range(256)] * 3


def picture(request: ImageRequest, width: int = PAGE[0], *, edge: bool = True) -> bytes:
    """The order as an encoded WebP picture: pages and covers ``width`` by two thirds of it, portraits 512 × 512.

    Without ``edge`` a page is painted to its rim, as print needs it that is trimmed.

    Raises:
        ProviderError: a portrait was ordered of nobody.
    """
    if request.role == "portrait":
        if not request.cast:
            raise ProviderError("kit.no-character", "bad_request", permanent=True)
        expression = request.scene.cast[0].expression if request.scene.cast else "happy"
        return portrait(request.cast[0], expression, request.style)
    return webp.encode(develop(compose(request), width, edge=edge))


def lines(request: ImageRequest, width: int) -> bytes:
    """A page to be coloured in: black lines on white, WebP, ``width`` by two thirds of it."""
    return webp.encode(line_art(compose(request).layers, width))


def portrait(spec: CharacterSpec, expression: v.Expression = "happy", style: v.Style = "storybook") -> bytes:
    """One character on a plain ground, WebP, 512 × 512."""
    image = raster(rig.portrait(spec, expression), PORTRAIT[0]).convert("RGB")
    painted = paper.STYLES[style](image)
    return webp.encode(painted if style == "storybook" else paper.mounted(painted, style))


def develop(drawing: Drawing, width: int = 1152, *, edge: bool = True) -> Image.Image:
    """The finished picture, ``width`` by two thirds of it, RGB; with the torn ``edge`` of its style, or to the rim."""
    size = (width, width * H // W)
    layers = drawing.layers if drawing.style == "storybook" else cutout.flattened(drawing.layers)
    picture = raster(document("".join(layers)), width)
    image = sky(drawing, size)
    image.paste(picture, mask=picture.getchannel("A"))
    if drawing.style == "cutout":
        image = cutout.cast_shadows(image, drawing.layers)
    image = light(image, drawing)
    painted = paper.STYLES[drawing.style](image)
    return paper.mounted(painted, drawing.style) if edge else painted


def sky(drawing: Drawing, size: tuple[int, int]) -> Image.Image:
    """Colours from top to bottom, and the halo of the sun or the moon."""
    column = Image.new("RGB", (1, len(drawing.sky)))
    column.putdata([_rgb(colour) for colour in drawing.sky])
    # a scaled-up column blends its colours; the horizon is at four fifths of the height
    image = column.resize((1, size[1] * 4 // 5), Image.Resampling.BICUBIC, box=(0, 0.4, 1, len(drawing.sky) - 0.4))
    full = Image.new("RGB", (1, size[1]), drawing.sky[-1])
    full.paste(image)
    halo = lamps(drawing.halos).resize(size, Image.Resampling.BICUBIC)
    return ImageChops.screen(full.resize(size), halo)


def light(image: Image.Image, drawing: Drawing) -> Image.Image:
    """Lamps, then the mood: colour, wash and dark corners."""
    feeling = MOODS[drawing.mood]
    image = shine(image, drawing.glows)
    if drawing.role == "cover":
        image = _calm_top(image, drawing.sky[0])
    image = ImageEnhance.Color(image).enhance(feeling.colour)
    return ImageChops.multiply(image, _shade(image.size, feeling))


def shine(image: Image.Image, glows: tuple[Glow, ...]) -> Image.Image:
    """Light up the surroundings of lamps: colours show, and a little haze hangs in the air."""
    if not glows:
        return image
    lamp = lamps(glows).resize(image.size, Image.Resampling.BICUBIC)
    lit = ImageChops.add(image, ImageChops.multiply(image, lamp))
    return ImageChops.screen(lit, lamp.point(HAZE))


def lamps(glows: tuple[Glow, ...]) -> Image.Image:
    """The pools of light on black, small."""
    lamp = Image.new("RGB", (LIGHT_WIDTH, LIGHT_HEIGHT))
    for glow in glows:
        spot = Image.new("RGB", lamp.size)
        r = max(1, round(glow.r * DROP))
        corner = (round(glow.x * DROP) - r, round(glow.y * DROP) - r)
        spot.paste(_rgb(glow.colour), (*corner, corner[0] + 2 * r, corner[1] + 2 * r), _falloff(2 * r, glow.strength))
        lamp = ImageChops.screen(lamp, spot)
    return lamp


@cache
def _falloff(side: int, strength: float) -> Image.Image:
    """A disc that fades from its middle to its rim, as a mask."""
    disc = Image.radial_gradient("L")  # 256 × 256: 0 in the middle, 181 at the middle of each side
    faded = disc.point([round(255 * strength * max(0.0, 1 - level / 178) ** 1.7) for level in range(256)])
    return faded.resize((side, side), Image.Resampling.BILINEAR)


@cache
def _shade(size: tuple[int, int], feeling: Feeling) -> Image.Image:
    """The mood's wash, darker towards the corners."""
    corners = Image.radial_gradient("L").resize((LIGHT_WIDTH, LIGHT_HEIGHT), Image.Resampling.BILINEAR)
    mask = corners.point([round(255 * feeling.corners * max(0.0, (level - 120) / 135) ** 1.5) for level in range(256)])
    wash = Image.new("RGB", mask.size, feeling.wash)
    wash.paste((42, 22, 51), mask=mask)
    return wash.resize(size, Image.Resampling.BICUBIC)


def _calm_top(image: Image.Image, colour: str) -> Image.Image:
    """Quieten the upper third, where the title will stand."""
    veil = Image.new("L", (1, 12))
    veil.putdata([104, 104, 96, 74, 36, 8, 0, 0, 0, 0, 0, 0])
    return Image.composite(
        Image.new("RGB", image.size, colour), image, veil.resize(image.size, Image.Resampling.BICUBIC)
    )


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
