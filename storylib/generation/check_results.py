"""What follows from what was found of a page's pictures for its next picture.

A finding carries the attempt that it is about; it has ``flags`` where the picture was rejected.
"""

from __future__ import annotations

from typing import Any

from storylib.errors.messages import Message
from storylib.models import Page

UNLIKE = "unlike"  # the flag of a cast that does not look like its portraits


def skipped(check: str, why: Message) -> dict[str, Any]:
    """Return the finding of a check that could not be made."""
    return {"check": check, "skipped": why.model_dump(mode="json")}


def rejections(page: Page) -> list[dict[str, Any]]:
    """Return the findings that rejected a picture, of whatever attempt."""
    return [found for found in page.image_checks if found.get("flags")]


def is_blocked(page: Page) -> bool:
    """Tell whether a picture from the writer's prose was not fit for children: the next is of the scene alone."""
    return any(found["flags"] != [UNLIKE] for found in rejections(page))


def nth(page: Page) -> int:
    """Return the number of the next picture, from 1: those that the teacher asked for and the rejected ones count."""
    return page.attempt + len(rejections(page))


def likenesses(page: Page) -> list[dict[str, Any]]:
    """Return what was found of the likeness of this attempt's pictures, in order."""
    return [found for found in page.image_checks if found["check"] == "likeness" and found["attempt"] == page.attempt]
