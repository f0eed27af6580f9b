"""Lines that can be seen on a face: dark ones on light skin, light ones on dark skin, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from storylib.kit.svg import INK, VIOLET, mix

CONTRAST = 3.0  # WCAG 2.2, 1.4.11: what a graphic needs against its ground to be understood
_RESERVE = 0.1
_DARKEST, _LIGHTEST = "#0a0408", "#ffeeda"
_STEPS = 10
_NIGHT = (0.84, 0.85, 0.92)  # what night leaves of the red, green and blue of a figure


@cache
def on(skin: str) -> str:
    """The ink of brows and mouth: the usual one where it can be seen, else one that is as much darker or lighter as
    it needs to be."""
    return _first(skin, [INK, *_towards(INK, _DARKEST), *_towards(skin, _LIGHTEST)])


@cache
def around(skin: str) -> str:
    """The line around a face and its nose: the skin's own shade, as far as that can be seen."""
    return _first(skin, [*_towards(skin, VIOLET), *_towards(VIOLET, _DARKEST), *_towards(skin, _LIGHTEST)])


def seen(line: str, skin: str) -> bool:
    """Whether the line can be told from the skin, wherever the light of the drawing makes it lighter or darker."""
    grounds = (mix(skin, "#ffffff", 0.2), skin, mix(skin, VIOLET, 0.06))
    return all(
        contrast(line, ground) >= CONTRAST + _RESERVE and contrast(_at_night(line), _at_night(ground)) >= CONTRAST
        for ground in grounds
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _first(skin: str, lines: list[str]) -> str:
    return next((line for line in lines if seen(line, skin)), lines[-1])


def _towards(colour: str, end: str) -> Iterator[str]:
    return (mix(colour, end, step / _STEPS) for step in range(4, _STEPS + 1))


def _at_night(colour: str) -> str:
    channels = zip(bytes.fromhex(colour[1:]), _NIGHT, strict=True)
    return "#" + "".join(f"{round(channel * share):02x}" for channel, share in channels)


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
