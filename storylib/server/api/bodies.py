"""What programs send: JSON, strictly, so that ``"8"`` and ``true`` are no numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Path, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, ValidationError

Body = TypeVar("Body", bound=BaseModel)
StoryId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]
PageNumber = Annotated[int, Path(ge=1, le=99)]
Search = Annotated[str, Query(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Sent(BaseModel):
    """The base of every body: a field that there is not is a mistake, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """The base of every answer, read from rows."""

    model_config = ConfigDict(from_attributes=True)


def strictly(model: type[Body]) -> Callable[[Any], Body]:
    """Return a validator that takes JSON's own types only; FastAPI's default makes a number of ``"1"`` and ``false``.

    It goes before the model's own: ``Annotated[Model, BeforeValidator(strictly(Model))]``.
    """

    def validate(data: Any) -> Body:
        try:
            return model.model_validate_json(json.dumps(data), strict=True)
        except ValidationError as error:
            found = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
            raise RequestValidationError(found) from None

    return validate
