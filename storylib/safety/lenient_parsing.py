"""Lenient parsing of data that does not quite fit a model: what is too long is cut, what is wrong gets its default."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

AnyModel = TypeVar("AnyModel", bound=BaseModel)


def mended(model: type[AnyModel], data: Any) -> AnyModel:
    """Check ``data`` against a model, mending what can be mended.

    Raises:
        ValidationError: something is missing or wrong that has no default.
    """
    data = copy.deepcopy(data)
    while True:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            if not all(_mend(data, problem) for problem in reversed(error.errors())):
                raise


def _mend(data: Any, problem: Any) -> bool:
    """Cut or drop what is wrong; False when it is not there at all."""
    *way, last = problem["loc"] or ("",)
    for step in way:
        data = data[step]
    if isinstance(data, dict) and last in data:
        pass
    elif not isinstance(data, list) or not isinstance(last, int) or last >= len(data):
        return False
    limit = problem.get("ctx", {}).get("max_length")
    if limit and len(data[last]) > limit:
        data[last] = data[last][:limit]
    else:
        del data[last]
    return True
