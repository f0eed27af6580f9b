"""From SVG to pixels, by resvg. It is given no fonts: no picture has text."""

from __future__ import annotations

import io

import resvg_py
from PIL import Image

WIDTH, HEIGHT = 1536, 1024  # of a picture, in units


def document(markup: str) -> str:
    """Markup in picture units as a complete SVG document."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">{markup}</svg>'
    )


def raster(svg: str, width: int) -> Image.Image:
    """An SVG document as RGBA pixels, ``width`` wide."""
    png = resvg_py.svg_to_bytes(svg_string=svg, width=width, skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA")
