"""Reads a stream of server-sent events, as servers really send it.

Some put comments, ids, ``retry:`` and empty or worded ``data:`` between the events to keep a connection open, some
leave out the space or the empty line, some send the object with no ``data:`` at all. What is no object is passed over;
only an object that is broken is an error, for a piece of the text may be lost with it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

Said = dict[str, Any]

_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")  # a carriage return at the end may be half of one
_DONE = re.compile(r"\[?\s*done\s*\]?", re.IGNORECASE)
_WHOLE = re.compile(r"html|json(?!l|-seq|.*stream)", re.IGNORECASE)  # media types of what does not come bit by bit


def is_stream(media_type: str) -> bool:
    """Whether an answer comes bit by bit; where nothing is said it is read as if it did."""
    return "ndjson" in media_type or not _WHOLE.search(media_type)


def objects(pieces: Iterable[bytes], patience: float = float("inf"), deadline: float = float("inf")) -> Iterator[Said]:
    """Every object in a stream, until it says that it is done; one that it was cut off in is left out.

    Raises:
        TimeoutError: for ``patience`` seconds there were only signs of life, or it lasted longer than ``deadline``.
        ValueError: an object is broken.
    """
    event, began = _Event(), time.monotonic()
    heard = began
    for line in lines(pieces):
        if (now := time.monotonic()) - heard > patience or now - began > deadline:
            raise TimeoutError
        for said in event.take(line):
            yield said
            heard = time.monotonic() if said.get("choices") else heard
        if event.is_last:
            return
    yield from event.rest()


def lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """The lines of a stream, however they end; separators that Unicode knows and the standard does not are text."""
    rest = b""
    for piece in pieces:
        *whole, rest = _LINE_END.split(rest + piece)
        yield from (line.decode("utf-8-sig", "replace") for line in whole)
    yield rest.decode("utf-8-sig", "replace").rstrip("\r")


class _Event:
    """One event after another, line by line."""

    def __init__(self) -> None:
        self.is_last = False
        self._name = ""
        self._open: list[str] = []  # lines of an object that has begun

    def take(self, line: str) -> list[Said]:
        """The objects that a line completes.

        Raises:
            ValueError: an object is broken.
        """
        field, colon, value = line.partition(":")
        if not line.strip():
            return self._ended()
        if field == "event":
            self._name = value.strip()
        elif field == "error":
            return self._heard(value) or [{"error": value.strip()}]
        elif not (colon and field in ("", "id", "retry")):
            return self._heard(value if field == "data" else line)
        return []

    def rest(self) -> list[Said]:
        """What is whole at the end of the stream."""
        found = _parsed("\n".join(self._open)) if self._open else None
        return [self._named(one) for one in found or ()]

    def _ended(self) -> list[Said]:
        """At an empty line: what had begun is whole now, or broken."""
        told, begun = self.rest(), self._open
        self._open, self._name = [], ""
        if not told and any(line.lstrip().startswith("{") for line in begun):
            raise ValueError("a broken object in the stream")
        return told

    def _heard(self, value: str) -> list[Said]:
        """Take a line of data: an object, a piece of one, or words."""
        plain = value.strip()
        self.is_last = bool(_DONE.fullmatch(plain))
        if self.is_last:
            return self.rest()
        if not self._open and not plain.startswith(("{", "[")):
            return [{"error": plain}] if plain and self._name == "error" else []
        self._open.append(value)
        found = _parsed(value) if len(self._open) == 1 else None
        if found is None:
            return []
        self._open = []
        return [self._named(one) for one in found]

    def _named(self, said: Said) -> Said:
        return {"error": said} if self._name == "error" and "error" not in said else said


def _parsed(text: str) -> list[Said] | None:
    """The objects in it: one, or those of a list; None where it is no JSON."""
    try:
        found = json.loads(text, strict=False)
    except ValueError:
        return None
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]
