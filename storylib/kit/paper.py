"""Paper: the three styles. A storybook print, a paper cut-out, a crayon drawing.

Every texture is made once per size from a fixed seed, so a picture is the same each time it is drawn.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from storylib import vocabulary as v

CREAM = "#fffaf0"
Size = tuple[int, int]


def noise(size: Size, grain: int, contrast: float, seed: int = 7) -> Image.Image:
    """Grey noise around 128 with specks of about ``grain`` pixels. (PIL's own noise cannot be repeated.)"""
    small = (max(1, size[0] // grain), max(1, size[1] // grain))
    raw = Image.frombytes("L", small, random.Random(seed).randbytes(small[0] * small[1]))
    levels = [max(0, min(255, round(128 + (level - 128) * contrast))) for level in range(256)]
    return raw.point(levels).resize(size, Image.Resampling.BICUBIC)


@cache
def grain(size: Size, strength: float) -> Image.Image:
    """The tooth of the paper, for a soft-light blend."""
    mixed = Image.blend(noise(size, 2, 0.46), noise(size, 9, 0.62, 8), 0.35)
    return Image.merge("RGB", [mixed.point([round(131 + (level - 128) * strength) for level in range(256)])] * 3)


@cache
def deckle(size: Size, wobble: float, radius: int, margin: int, seed: int = 3) -> Image.Image:
    """A mask with rounded corners and a torn edge."""
    rng = random.Random(seed)
    w, h = size[0] / 2, size[1] / 2
    mask = Image.new("L", (round(w), round(h)), 0)
    outline: list[tuple[float, float]] = []
    corners = ((w - margin - radius, margin + radius, -90), (w - margin - radius, h - margin - radius, 0),
               (margin + radius, h - margin - radius, 90), (margin + radius, margin + radius, 180))  # fmt: skip
    for x, y, start in corners:
        outline += _arc(x, y, radius, start)
    ImageDraw.Draw(mask).polygon(_torn(outline, wobble, rng), fill=255)
    return mask.filter(ImageFilter.GaussianBlur(0.9)).resize(size, Image.Resampling.BICUBIC)


def _arc(x: float, y: float, radius: float, start: float) -> list[tuple[float, float]]:
    turns = [math.radians(start + step * 15) for step in range(7)]
    return [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]


def _torn(outline: list[tuple[float, float]], wobble: float, rng: random.Random) -> list[tuple[float, float]]:
    """Points every few pixels along the outline, each a little off."""
    points = []
    for (x0, y0), (x1, y1) in zip(outline, outline[1:] + outline[:1], strict=True):
        steps = max(1, int((abs(x1 - x0) + abs(y1 - y0)) // 6))
        points += [
            (
                x0 + (x1 - x0) * i / steps + rng.uniform(-wobble, wobble),
                y0 + (y1 - y0) * i / steps + rng.uniform(-wobble, wobble),
            )
            for i in range(steps)
        ]
    return points


@cache
def wash(size: Size) -> Image.Image:
    """The tooth of the paper, and where watercolour dried lighter or darker, for a soft-light blend."""
    pools = Image.blend(noise(size, size[0] // 16, 1.0, 31), noise(size, size[0] // 50, 1.0, 37), 0.45)
    w, h = size
    turned = pools.rotate(33, Image.Resampling.BILINEAR, expand=False)  # so that no grid shows
    middle = turned.resize(size, Image.Resampling.BICUBIC, (w * 0.24, h * 0.24, w * 0.76, h * 0.76))
    mottled = middle.point([round(128 + (level - 128) * 0.32) for level in range(256)])
    return ImageChops.add(grain(size, 0.17), Image.merge("RGB", [mottled] * 3), offset=-128)


def printed(image: Image.Image) -> Image.Image:
    """Painted in watercolour on rough paper."""
    return ImageChops.soft_light(image, wash(image.size))


def edge(size: Size, style: v.Style) -> Image.Image:
    """The torn edge of a style, as a mask."""
    width = size[0]
    match style:
        case "storybook":
            return deckle(size, 1.7, width // 34, width // 115)
        case "cutout":
            return deckle(size, 0.2, width // 90, width // 96)
        case "crayon":
            return deckle(size, 4.0 * width / 1152, width // 40, width // 76, seed=5)


def cutout(image: Image.Image) -> Image.Image:
    """Coloured specs of heavy paper."""
    return ImageChops.soft_light(image, grain(image.size, 0.36))


def crayon(image: Image.Image) -> Image.Image:
    """Wax crayon: wavering lines, strokes that leave the paper showing."""
    size = image.size
    image = image.transform(size, Image.Transform.MESH, waver(size), Image.Resampling.BILINEAR)
    rubbed = ImageChops.soft_light(ImageChops.multiply(image, _outlines(image)), strokes(size))
    bare = ImageChops.screen(rubbed, Image.new("RGB", size, HOLLOW))  # some colour reaches the hollows, by night most
    return Image.composite(rubbed, bare, wax(size))


def _outlines(image: Image.Image) -> Image.Image:
    """Soft reddish-brown lines wherever two colours meet."""
    blur = image.width / 1152
    edges = image.convert("L").filter(ImageFilter.GaussianBlur(blur)).filter(ImageFilter.FIND_EDGES)
    joined = edges.filter(ImageFilter.GaussianBlur(1.1 * blur))  # the two sides of an edge become one line
    red, other = ([max(low, round(255 - pull * max(0, level - 9))) for level in range(256)] for low, pull in LINE)
    ink = joined.point(other)
    return Image.merge("RGB", (joined.point(red), ink, ink))


HOLLOW = "#6a665c"  # how much of the paper shows between the grains of wax
LINE = ((150, 4.0), (120, 5.5))  # darkest value, and how fast it is reached: in the red channel, in the others


@cache
def waver(size: Size) -> list[tuple[tuple[int, int, int, int], tuple[float, ...]]]:
    """A mesh that shifts the picture by up to four pixels, differently everywhere."""
    rng, columns, rows = random.Random(11), 36, 24
    reach = size[0] / 330
    shift = {
        (c, r): (rng.uniform(-reach, reach), rng.uniform(-reach, reach))
        if 0 < c < columns and 0 < r < rows
        else (0.0, 0.0)
        for c in range(columns + 1)
        for r in range(rows + 1)
    }

    def corner(c: int, r: int) -> tuple[float, float]:
        dx, dy = shift[c, r]
        return c * size[0] / columns + dx, r * size[1] / rows + dy

    mesh: list[tuple[tuple[int, int, int, int], tuple[float, ...]]] = []
    for c in range(columns):
        for r in range(rows):
            box = (c * size[0] // columns, r * size[1] // rows, (c + 1) * size[0] // columns, (r + 1) * size[1] // rows)
            quad = (*corner(c, r), *corner(c, r + 1), *corner(c + 1, r + 1), *corner(c + 1, r))
            mesh.append((box, quad))
    return mesh


@cache
def hatching(size: Size) -> Image.Image:
    """Grey streaks as a hand makes them that fills a spec bit by bit: in patches, each in another direction."""
    patches = noise(size, size[0] // 5, 7.0, 23)
    return Image.composite(_streaks(size, 32, 13), _streaks(size, -14, 14), patches)


def _streaks(size: Size, angle: float, seed: int) -> Image.Image:
    """Grey streaks, parallel, ``angle`` degrees from level; turned at half the size, as they are soft."""
    small = (size[0] // 40, size[1] * 2 // 3)
    raw = Image.frombytes("L", small, random.Random(seed).randbytes(small[0] * small[1]))
    turned = raw.resize(size, Image.Resampling.BICUBIC).rotate(angle, Image.Resampling.BILINEAR)
    left, top = size[0] // 4, size[1] // 4
    return turned.resize(size, Image.Resampling.BICUBIC, (left, top, left + size[0] // 2, top + size[1] // 2))


@cache
def strokes(size: Size) -> Image.Image:
    """Lighter and darker strokes of wax, for a soft-light blend."""
    return Image.merge("RGB", [hatching(size).point([round(128 + (level - 122) * 0.34) for level in range(256)])] * 3)


@cache
def wax(size: Size) -> Image.Image:
    """Where the crayon left colour, as a mask: between the strokes are grains of bare paper."""
    mixed = Image.blend(hatching(size), noise(size, 2, 1.0, 17), 0.5)
    return mixed.point([max(96, min(255, round(84 + level * 1.9))) for level in range(256)])


STYLES: dict[v.Style, Callable[[Image.Image], Image.Image]] = {
    "storybook": printed,
    "cutout": cutout,
    "crayon": crayon,
}


def mounted(image: Image.Image, style: v.Style) -> Image.Image:
    """A picture whose style shows a torn edge, on cream paper."""
    return Image.composite(image, Image.new("RGB", image.size, CREAM), edge(image.size, style))
