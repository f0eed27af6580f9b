"""Small tools for drawing: colours that mix warmly, and a writer of SVG elements with its own gradients."""

from __future__ import annotations

VIOLET = "#2a1633"  # shade towards warm violet, never to dead black
INK = "#3a2436"


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(a: str, b: str, t: float) -> str:
    """The colour ``t`` of the way from ``a`` to ``b`` (hex strings, straight in sRGB)."""
    pairs = zip(_rgb(a), _rgb(b), strict=True)
    return "#" + "".join(f"{max(0, min(255, round(x + (y - x) * t))):02x}" for x, y in pairs)


def lighten(colour: str, t: float) -> str:
    """``t`` of the way to white."""
    return mix(colour, "#ffffff", t)


def darken(colour: str, t: float) -> str:
    """``t`` of the way to the shade colour."""
    return mix(colour, VIOLET, t)


class Svg:
    """Collects elements in drawing request, and the gradients they use.

    ``prefix`` keeps gradient ids apart when several drawings share one document.
    """

    def __init__(self, prefix: str = "g"):
        self.prefix = prefix
        self.parts: list[str] = []
        self.defs: dict[str, str] = {}

    def add(self, markup: str) -> None:
        """Append raw markup."""
        self.parts.append(markup)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, fill: str, stroke: str = "", width: float = 0, extra: str = ""
    ) -> None:
        """An ellipse around (x, y)."""
        line = f' stroke="{stroke}" stroke-width="{width:g}"' if stroke else ""
        self.add(f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="{fill}"{line} {extra}/>')

    def path(self, d: str, fill: str = "none", stroke: str = "", width: float = 0, extra: str = "") -> None:
        """A path with round caps and joins."""
        line = (
            f' stroke="{stroke}" stroke-width="{width:g}" stroke-linecap="round" stroke-linejoin="round"'
            if stroke
            else ""
        )
        self.add(f'<path d="{d}" fill="{fill}"{line} {extra}/>')

    def shade(self, colour: str, light: float = 0.22, dark: float = 0.16) -> str:
        """A soft radial gradient around ``colour``, lit from the upper left; returns its paint."""
        key = f"{self.prefix}{colour[1:]}{int(light * 100)}_{int(dark * 100)}"
        self.defs[key] = (
            f'<radialGradient id="{key}" cx=".35" cy=".28" r=".95">'
            f'<stop offset="0" stop-color="{lighten(colour, light)}"/><stop offset=".45" stop-color="{colour}"/>'
            f'<stop offset="1" stop-color="{darken(colour, dark)}"/></radialGradient>'
        )
        return f"url(#{key})"

    def markup(self) -> str:
        """Gradients, then elements."""
        return f"<defs>{''.join(self.defs.values())}</defs>{''.join(self.parts)}"
