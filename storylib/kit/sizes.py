"""How large the Kit's pictures are, in pixels, and what its drawing processes are asked for."""

from __future__ import annotations

from storylib.story import ImageRequest

PAGE = (1152, 768)  # and a cover
PORTRAIT = (512, 512)


class Order(ImageRequest):
    """A picture to draw: a page is ``width`` pixels wide; without ``edge`` it is painted to its rim; ``lines``: to be
    coloured in."""

    width: int = PAGE[0]
    edge: bool = True
    lines: bool = False
