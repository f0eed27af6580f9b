"""Reads one JSON object while it is still being written, each character once.

Models do not only write the object: some think aloud first, with braces of their own, and some begin it twice. Where it
turns out that what was read belonged to no answer, the reading starts afresh behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

AFRESH: Final = ""  # the name of the member that says: what was read so far was none of the answer

_ENDS = r"</think(?:ing)?>|</thoughts?>|</reason(?:ing)?>|\[/THINK\]|◁/think▷|<\|channel\|>final<\|message\|>"
_THOUGHT = re.compile(_ENDS, re.IGNORECASE)  # how thoughts end; whether they say that they begin differs
_OPENED = re.compile(r"\s*(?:<think(?:ing)?>|<thoughts?>|<reason(?:ing)?>|\[THINK\]|◁think▷)", re.IGNORECASE)
_LONGEST = 32  # characters of a mark at most
_TEXT = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)  # the inside of a string, as far as it is there
_MARK = re.compile(r'["{}\[\],:]')
_CANDIDATES = 50  # braces at which a finished answer may begin
_BROKEN = (ValueError, RecursionError)


def whole_object(text: str) -> dict[str, Any] | None:
    """The JSON object in a finished answer, whatever stands around it; None when there is none."""
    plain = _THOUGHT.split(text)[-1]
    starts = [found.start() for found in re.finditer("{", plain)][:_CANDIDATES]
    return next(filter(None, (_object_at(plain, start) for start in starts)), None)


def _object_at(text: str, start: int) -> dict[str, Any] | None:
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(text, start)
    except _BROKEN:
        return None
    return found if isinstance(found, dict) else None


class JsonReader:
    """Takes an answer in pieces; gives each member, and each object in a list, as soon as its last character is there.

    What stands before the first brace (a code fence, thoughts) and after the last one is left out.
    """

    def __init__(self) -> None:
        self._tail = ""  # the end of what came, where a mark may have begun
        self._begin_afresh("")

    def _begin_afresh(self, text: str) -> None:
        self.closed: set[str] = set()  # members that are complete
        self.done = False  # the object is complete, or cannot be read on
        self._text = text
        self._waiting: list[str] = []  # pieces not joined to the text yet
        self._at = 0  # read as far as here
        self._quote = -1  # where the open string began
        self._depth = 0
        self._key = ""
        self._string = ""  # the last one seen, with its quotes
        self._start = -1  # of the value that is being read
        self._list = False  # that value is a list

    def feed(self, piece: str) -> Iterator[tuple[str, Any]]:
        """Read on; yields (member, value), (member, item) for objects in a list, and (``AFRESH``, None)."""
        seen = self._tail + piece
        self._tail = seen[-_LONGEST:]
        if ends := list(_THOUGHT.finditer(seen)):
            self._tail = rest = seen[ends[-1].end() :]
            self._begin_afresh(rest)
            yield AFRESH, None
        else:
            self._waiting.append(piece)
        if self._quote < 0 or '"' in piece:
            yield from self._read()

    def _read(self) -> Iterator[tuple[str, Any]]:
        self._text += "".join(self._waiting)
        self._waiting.clear()
        try:
            while not self.done and (token := self._next()):
                yield from self._take(*token)
        except _BROKEN:
            self.done = True
        self._forget_read()

    def _next(self) -> tuple[str, int] | None:
        """The next mark or whole string, and where it begins; None when it is not there yet."""
        if self._quote < 0:
            if not self._depth and not self._find_first():
                return None
            if not (found := _MARK.search(self._text, self._at)):
                self._at = len(self._text)
                return None
            self._at = found.end()
            if found[0] != '"':
                return found[0], found.start()
            self._quote = found.start()
        return self._string_end()

    def _find_first(self) -> bool:
        """Go to the first brace that is not among thoughts."""
        if _OPENED.match(self._text):
            return False
        self._at = self._text.find("{", self._at)
        if self._at < 0:
            self._at = len(self._text)
        return self._at < len(self._text)

    def _string_end(self) -> tuple[str, int] | None:
        inside = _TEXT.match(self._text, self._at)
        self._at = inside.end() if inside else self._at
        if not self._text.startswith('"', self._at):
            return None
        start, self._quote = self._quote, -1
        self._at += 1
        return self._text[start : self._at], start

    def _forget_read(self) -> None:
        """Let go of what nobody asks for again, so that long books are not copied with every piece."""
        needed = [at for at in (self._start, self._quote, self._at) if at >= 0]
        if self._depth and (past := min(needed)) > len(self._text) // 2:
            self._text = self._text[past:]
            self._at -= past
            self._quote -= past if self._quote >= 0 else 0
            self._start -= past if self._start >= 0 else 0

    def _take(self, mark: str, start: int) -> Iterator[tuple[str, Any]]:
        if mark == "{" and self._depth == 1 and self._start < 0:
            self._begin_afresh(self._text[start:])
            yield AFRESH, None
        elif mark in "{[":
            self._open(mark, start)
        elif mark in "}]":
            yield from self._close(mark)
        elif mark == ":" and self._depth == 1:
            self._key, self._start, self._list = json.loads(self._string, strict=False), self._at, False
        elif mark == "," and self._depth == 1:
            yield from self._member(start)
        elif mark.startswith('"') and self._depth == 1:
            self._string = mark

    def _open(self, mark: str, start: int) -> None:
        self._depth += 1
        if self._depth == 2:
            self._list = mark == "["
        elif self._depth == 3 and self._list and mark == "{":
            self._start = start

    def _close(self, mark: str) -> Iterator[tuple[str, Any]]:
        self._depth -= 1
        if self._depth == 2 and self._list and mark == "}":
            yield self._key, self._value(self._at)
        elif self._depth == 1:
            yield from self._member(self._at)
        elif self._depth == 0:
            yield from self._member(self._at - 1)
            self.done = True

    def _member(self, end: int) -> Iterator[tuple[str, Any]]:
        """The member that has just ended, unless it is told already."""
        if self._key and self._start >= 0 and self._key not in self.closed:
            self.closed.add(self._key)
            if not self._list:
                yield self._key, self._value(end)
        self._start = -1

    def _value(self, end: int) -> Any:
        return json.loads(self._text[self._start : end], strict=False)
