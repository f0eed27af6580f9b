"""A drawing as lines to colour in: every shape white with an outline, without light, shade and texture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import sqrt
from xml.etree import ElementTree as ET

from PIL import Image, ImageColor

from storylib.kit.raster import document, raster

INK, WHITE = "#222222", "#ffffff"
LINE = 3.5  # units of a picture that is 1536 wide
FAINT = 0.7  # what is less opaque is light or shade
PUPIL = 22.0  # units: dark ovals up to this radius stay dark, as eyes and noses are
DARK = 90  # of 255
SVG = "http://www.w3.org/2000/svg"
SHAPES = ("path", "circle", "ellipse", "rect", "polygon", "polyline", "line")
_SCALE = re.compile(r"scale\(\s*(-?[\d.]+)(?:[\s,]+(-?[\d.]+))?")


def line_art(layers: Sequence[str], width: int) -> Image.Image:
    """Return layers of a drawing, back to front, as black lines on white, ``width`` by two thirds of it."""
    root = ET.fromstring(document("".join(layers)))  # drawn by us
    _outline(root, 1.0)
    ET.register_namespace("", SVG)
    drawn = raster(ET.tostring(root, encoding="unicode"), width)
    page = Image.new("RGB", drawn.size, WHITE)
    page.paste(drawn, mask=drawn.getchannel("A"))
    return page


def _outline(parent: ET.Element, scale: float) -> None:
    for element in list(parent):
        name = element.tag.removeprefix(f"{{{SVG}}}")
        if name == "defs":
            continue
        if _faint(element):
            parent.remove(element)
            continue
        here = scale * _scale(element)
        if name in SHAPES and element.get("fill", "none" if element.get("stroke") else "") == "none":
            _as_strip(parent, element, here)
        elif name in SHAPES:
            _as_shape(element, here)
        _outline(element, here)


def _faint(element: ET.Element) -> bool:
    """Whether it is light or shade: see-through, or filled with something see-through and not outlined."""
    filled = float(element.get("opacity", 1)) * float(element.get("fill-opacity", 1))
    lined = float(element.get("opacity", 1)) * float(element.get("stroke-opacity", 1))
    return (lined if element.get("fill") == "none" else filled) < FAINT


def _scale(element: ET.Element) -> float:
    """How much a transformation enlarges what is in it."""
    scale = 1.0
    for x, y in _SCALE.findall(element.get("transform", "")):
        scale *= sqrt(abs(float(x) * float(y or x)))
    return scale or 1.0


def _as_shape(element: ET.Element, scale: float) -> None:
    """Fill it white, behind an outline that goes round all of its parts at once."""
    element.set("fill", INK if _is_pupil(element, element.get("fill", ""), scale) else WHITE)
    element.set("stroke", INK)
    element.set("paint-order", "stroke")
    element.set("stroke-width", f"{2 * LINE / scale:.3f}")  # the inner half lies under the fill


def _as_strip(parent: ET.Element, element: ET.Element, scale: float) -> None:
    """Make a stroke a line, or a strip with a rim, such as an arm: white over wider black."""
    across, line = float(element.get("stroke-width", 1)), LINE / scale
    wide = across > 2.5 * line
    if wide:
        inside = ET.Element(element.tag, {**element.attrib, "fill": "none", "stroke": WHITE})
        parent.insert(list(parent).index(element) + 1, inside)
    element.attrib |= {"fill": "none", "stroke": INK, "stroke-width": f"{across + 2 * line if wide else line:.3f}"}


def _is_pupil(element: ET.Element, fill: str, scale: float) -> bool:
    radius = max(float(element.get(name, 0)) for name in ("r", "rx", "ry")) * scale
    if not fill.startswith("#") or not 0 < radius <= PUPIL or element.tag.endswith("rect"):
        return False
    return max(ImageColor.getrgb(fill)[:3]) < DARK
