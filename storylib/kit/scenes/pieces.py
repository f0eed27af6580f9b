"""Set pieces: houses, furniture and the like, hand-drawn in ``art/pieces/*.svg`` with their foot at (0, 0)."""

from __future__ import annotations

import re
from functools import cache

from storylib.kit.scenes.props import ART


@cache
def _drawing(name: str) -> str:
    text = (ART / "pieces" / f"{name}.svg").read_text()
    body = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    return re.sub(r">\s+<", "><", body.strip())


def piece(name: str, colours: dict[str, str]) -> str:
    """The piece's markup with some of its colours replaced (all written ``#rrggbb``)."""
    body = _drawing(name)
    for old, new in colours.items():
        body = body.replace(old, new)
    return body
