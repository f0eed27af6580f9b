"""The base of every model of a story: frozen, strict, and its colours."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$", description="lower-case hex, like #4f9fcf")]


class Model(BaseModel):
    """Frozen, and strict about unknown fields: a typing error in a brief is reported, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")
