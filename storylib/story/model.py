"""The base of every model of a story: frozen, strict, and its colours."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$", description="lower-case hex, like #4f9fcf")]


class Model(BaseModel):
    """Frozen, and strict about unknown fields: a typing error in a brief is reported, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Grown(Model):
    """A model that gained fields: they are written only where they say something.

    So what was asked for before they were known keeps its fingerprint, and its picture.
    """

    GAINED: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _said(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = write(self)
        silent = {name for name in self.GAINED if getattr(self, name) == type(self).model_fields[name].default}
        return {name: value for name, value in fields.items() if name not in silent}
