"""What is written on a page of its pictures' checks, and what follows from it for the next picture.

A finding of a picture carries the page's ``take``; it has ``flags`` where the picture was turned down.
"""

from __future__ import annotations

from typing import Any

from storylib.models import Page

UNLIKE = "unlike"  # the flag of a cast that does not look like its portraits


def note(page: Page, **finding: Any) -> None:
    """Write one down."""
    page.checks = [*page.checks, {**finding, "attempt": page.attempt}]


def rejections(page: Page) -> list[dict[str, Any]]:
    """The findings that turned a picture down, of whatever take."""
    return [found for found in page.checks if "attempt" in found and found.get("flags")]


def is_blocked(page: Page) -> bool:
    """Whether a picture after the writer's prose was not fit for children: the next is drawn from the scene alone."""
    return any(found["flags"] != [UNLIKE] for found in rejections(page))


def nth(page: Page) -> int:
    """The how-manieth picture the next one is, counting what the teacher asked for and what was turned down."""
    return page.attempt + len(rejections(page))


def likenesses(page: Page) -> list[dict[str, Any]]:
    """Of this take's pictures, in order."""
    return [found for found in page.checks if found["check"] == "likeness" and found.get("attempt") == page.attempt]
