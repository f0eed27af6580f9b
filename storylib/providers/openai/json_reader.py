"""Reads one JSON object while it is still being written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_THINKING = re.compile(r"\s*<think>.*?</think>", re.DOTALL)  # what reasoning models of compatible servers say first
# A string, perhaps not ended yet, or a mark. The string comes first: marks inside it are none.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|(?P<open>\\?\Z))|[{}\[\],:]', re.DOTALL)


def whole_object(text: str) -> dict[str, Any] | None:
    """The JSON object in a finished answer, whatever stands around it; None when there is none."""
    plain = _THINKING.sub("", text, count=1)
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(plain[plain.index("{") :])
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


class JsonReader:
    """Takes an answer in pieces; gives each member, and each object in a list, as soon as its last character is there.

    What stands before the first brace (a code fence, thoughts) and after the last one is left out.
    """

    def __init__(self) -> None:
        self.closed: set[str] = set()  # members that are complete
        self.done = False  # the object is complete
        self._text = ""
        self._at = 0  # read as far as here
        self._depth = 0
        self._key = ""
        self._string = ""  # the last one seen, with its quotes
        self._start = 0  # of the value that is being read
        self._list = False  # that value is a list

    def feed(self, piece: str) -> Iterator[tuple[str, Any]]:
        """Read on; yields (member, value), or (member, item) for objects in a list.

        Raises:
            ValueError: this is no JSON.
        """
        self._text += piece
        if not self._depth and not self._begin():
            return
        while not self.done and (token := _TOKEN.search(self._text, self._at)):
            if token["open"] is not None:
                return
            self._at = token.end()
            yield from self._take(token[0], token)

    def _begin(self) -> bool:
        """Find the first brace after what does not belong to the answer."""
        if self._text.lstrip().startswith("<think>"):
            if not (thoughts := _THINKING.match(self._text)):
                return False
            self._at = thoughts.end()
        self._at = max(self._at, self._text.find("{", self._at))
        return "{" in self._text[self._at :]

    def _take(self, mark: str, token: re.Match[str]) -> Iterator[tuple[str, Any]]:
        if mark in "{[":
            self._open(mark, token.start())
        elif mark in "}]":
            yield from self._close(token)
        elif mark == ":" and self._depth == 1:
            self._key, self._start, self._list = json.loads(self._string), token.end(), False
        elif mark == "," and self._depth == 1:
            yield from self._member(token.start())
        elif mark.startswith('"') and self._depth == 1:
            self._string = mark

    def _open(self, mark: str, start: int) -> None:
        self._depth += 1
        if self._depth == 2:
            self._list = mark == "["
        elif self._depth == 3 and self._list and mark == "{":
            self._start = start

    def _close(self, token: re.Match[str]) -> Iterator[tuple[str, Any]]:
        self._depth -= 1
        if self._depth == 2 and self._list and token[0] == "}":
            yield self._key, self._value(token.end())
        elif self._depth == 1:
            yield from self._member(token.end())
        elif self._depth == 0:
            yield from self._member(token.start())
            self.done = True

    def _member(self, end: int) -> Iterator[tuple[str, Any]]:
        """The member that has just ended, unless it is told already."""
        if self._key and self._key not in self.closed:
            self.closed.add(self._key)
            if not self._list:
                yield self._key, self._value(end)

    def _value(self, end: int) -> Any:
        return json.loads(self._text[self._start : end], strict=False)
