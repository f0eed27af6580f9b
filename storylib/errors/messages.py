"""What went wrong, as a code and what varies: kept in rows, compared in tests, put into words here and nowhere else.

``messages.yaml`` has a sentence for each code. Its fields say how they are written: ``{name}`` as it is,
``{pages:page}`` counted, ``{left:One:story/stories}`` counted with a word for one and a plural of its own,
``{cost:$}`` in dollars and ``{cost:cents}`` to the cent, ``{names}`` and ``{names:or}`` as a list, ``{field:Capital}``
as the beginning of a sentence.
"""

from __future__ import annotations

import re
from decimal import Decimal
from string import Formatter
from typing import Any

from pydantic import BaseModel, ConfigDict

from storylib import tables
from storylib.text import cents, counted, listed, usd

PLAIN = "text"  # the code of a sentence that has none: it says ``text`` as it is

_CODE = re.compile(r"[a-z_]+\.[a-z0-9_-]+")


class Message(BaseModel):
    """A code of the catalogue with its parameters; ``str`` puts it into words."""

    model_config = ConfigDict(frozen=True)

    code: str
    params: dict[str, Message | int | float | str | tuple[str, ...]] = {}

    def __str__(self) -> str:
        return _Words().vformat(sentences()[self.code], (), self.params)


def message(code: str, /, **params: Any) -> Message:
    """Return what a code says; a whole sentence in place of a code stands for itself.

    Raises:
        KeyError: the catalogue has no such code.
    """
    if not _CODE.fullmatch(code):
        return Message(code=PLAIN, params={"text": code})
    sentences()[code]
    return Message(code=code, params={name: _storable(value) for name, value in params.items()})


def sentences() -> dict[str, str]:
    """Return the catalogue: the sentence of each code."""
    return tables.beside(__file__)  # type: ignore[no-any-return]


def _storable(value: Any) -> Any:
    if isinstance(value, (Message, int, float, str)):
        return value
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


class _Words(Formatter):
    def format_field(self, value: Any, spec: str) -> str:
        if isinstance(value, tuple):
            return listed(value, spec or "and")
        if spec == "$":
            return usd(float(value))
        if spec == "cents":
            return cents(Decimal(value))
        if spec == "Capital":
            return str(value).capitalize()
        return _counted(value, spec) if spec else str(value)


def _counted(number: int, spec: str) -> str:
    one, _, what = spec.rpartition(":")
    return counted(number, *what.split("/"), one=one or "1")
