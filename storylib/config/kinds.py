"""What the values of config.yaml may be. A rule that is broken says what to write."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field


def _checked(pattern: str, advice: str) -> AfterValidator:
    """A rule for a text: whatever does not match is refused with what to write."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(advice)
        return text

    return AfterValidator(check)


Name = Annotated[str, _checked(r"[^\W_](.{0,58}\S)?", "write a name of 1 to 60 characters on one line")]
Amount = Annotated[Decimal, Field(ge=0, le=1_000_000)]  # US dollars
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Web = Annotated[
    str, _checked(r"(https?://[^\s/?#@]+(:\d+)?(/\S*)?)?", "write an address, such as https://ai.school.example/v1")
]
Pixels = Annotated[
    str, _checked(r"([1-9]\d{2}|[1-3]\d{3})x([1-9]\d{2}|[1-3]\d{3})", "write width x height, such as 1536x1024")
]
CookieName = Annotated[
    str, _checked(r"(?!_streamlit)[A-Za-z0-9_.-]{1,40}", "write a name of letters, digits, dots, - and _")
]
Domain = Annotated[
    str,
    _checked(r"([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}", "write a domain, such as school.example"),
]
Host = Annotated[
    str, _checked(r"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?", "write a host, such as smtp.school.example")
]
Model = Annotated[str, _checked(r"\S{1,80}", "write the name of a model, without spaces")]
Address = Annotated[
    str, _checked(r"(?=.{3,254}$)[^@\s,;<>]+@[^@\s,;<>]+", "write an e-mail address, such as office@school.example")
]
