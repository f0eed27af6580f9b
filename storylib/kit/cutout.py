"""Paper cut-outs: gradients become plain colours, and each spec of paper throws a shadow on those behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageFilter

from storylib.kit.raster import document, raster

_GRADIENT = re.compile(r'<(linear|radial)Gradient id="([^"]+)".*?</\1Gradient>')
_STOP = re.compile(r'stop-color="(#[0-9a-f]{6})"')
_PAINT = re.compile(r'(fill|stroke)="(#[0-9a-f]{6}|url\([^)]*\))"')


def flattened(layers: Sequence[str]) -> tuple[str, ...]:
    """The same layers with each opaque gradient replaced by its middle colour."""
    colours: dict[str, str] = {}
    for layer in layers:
        for found in _GRADIENT.finditer(layer):
            stops = _STOP.findall(found[0])
            if stops and "stop-opacity" not in found[0]:
                colours[found[2]] = stops[len(stops) // 2 - (len(stops) % 2 == 0)]
    return tuple(re.sub(r"url\(#([^)]+)\)", lambda m: colours.get(m[1], m[0]), layer) for layer in layers)


def cast_shadows(image: Image.Image, layers: Sequence[str]) -> Image.Image:
    """Each layer throws a soft shadow on those behind it.

    The layers are drawn once more, small, each in its own grey: a map of distance. Wherever the blurred, shifted map
    is nearer than the map itself there is shadow. One pass, however many layers there are.
    """
    depth = _depth_map(layers, image.width // 3)
    away = depth.width / 384
    shifted = depth.transform(depth.size, Image.Transform.AFFINE, (1, 0, -2 * away, 0, 1, -3.4 * away))
    nearer = ImageChops.subtract(shifted.filter(ImageFilter.GaussianBlur(2.2 * away)), depth)
    shade = nearer.point([255 - min(92, level * 9) for level in range(256)])
    return ImageChops.multiply(image, Image.merge("RGB", [shade.resize(image.size, Image.Resampling.BICUBIC)] * 3))


def _depth_map(layers: Sequence[str], width: int) -> Image.Image:
    layers = [layer for layer in layers if not layer.startswith('<g class="lit"')]  # light has no shadow
    step = 255 // (len(layers) + 1)
    greys = (f"#{(i + 1) * step:02x}{(i + 1) * step:02x}{(i + 1) * step:02x}" for i in range(len(layers)))
    painted = (_PAINT.sub(rf'\1="{grey}"', layer) for layer, grey in zip(layers, greys, strict=True))
    return raster(document("".join(painted)), width).convert("RGB").getchannel("R")
