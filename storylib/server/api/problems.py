"""Errors as RFC 9457 problems: the sentence that the screens show, a code for programs, and the status."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from storylib import errors
from storylib.errors import LimitReached, StorylibError
from storylib.operations import logs


class PreconditionFailed(errors.Conflict):
    """It is not what the program read any more, by its ETag."""


class PreconditionRequired(errors.Invalid):
    """A change must say by If-Match what it changes."""


STATUS: Final[Mapping[type[StorylibError], HTTPStatus]] = {  # the first that fits
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Refused: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Taken: HTTPStatus.CONFLICT,
    PreconditionRequired: HTTPStatus.PRECONDITION_REQUIRED,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.LimitReached: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ProviderError: HTTPStatus.BAD_GATEWAY,
    StorylibError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
MEDIA_TYPE: Final = "application/problem+json"


class Mistake(BaseModel):
    """One mistake in what was sent."""

    field: str = Field(description="where: brief.pages")
    message: str


class Problem(BaseModel):
    """What went wrong (RFC 9457). ``code`` is for programs, ``detail`` for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[Mistake] = []


RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}, "description": "Refused"},
    "5XX": {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}, "description": "Failed"},
}


def schemas() -> dict[str, Any]:
    """Return the schemas to which ``RESPONSES`` refers."""
    found = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    return {**found.pop("$defs"), "Problem": found}


def answer(
    request: Request,
    status: HTTPStatus,
    code: str,
    detail: str,
    mistakes: list[Mistake] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem as a response."""
    problem = Problem(
        title=status.phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        code=code,
        errors=mistakes or [],
    )
    return JSONResponse(problem.model_dump(), status, headers, MEDIA_TYPE)


def answer_errors(app: FastAPI) -> None:
    """Have every error of an application answered as a problem."""
    handlers: dict[type[Exception], Any] = {
        StorylibError: _ours,
        RequestValidationError: _malformed,
        HTTPException: _of_http,
        Exception: _unexpected,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def _ours(request: Request, error: StorylibError) -> Response:
    kind = next(kind for kind in STATUS if isinstance(error, kind))
    status = STATUS[kind]
    if isinstance(error, LimitReached) and error.retry_after is None:
        status = HTTPStatus.FORBIDDEN  # 429 would have programs try again, which cannot help
    field = getattr(error, "field", None)
    mistakes = [Mistake(field=field, message=str(error))] if field else None
    return answer(request, status, _code(kind), str(error), mistakes, _headers(error, status))


def _code(kind: type[StorylibError]) -> str:
    """Return ``limit_reached`` for LimitReached."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).lstrip("_")


def _headers(error: StorylibError, status: HTTPStatus) -> dict[str, str]:
    wait = getattr(error, "retry_after", None)
    found = {} if wait is None else {"Retry-After": str(math.ceil(wait))}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        found = {"Retry-After": "5"}
    return found | ({"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {})


def _malformed(request: Request, error: RequestValidationError) -> Response:
    mistakes = [
        Mistake(field=".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0]), message=one["msg"])
        for one in error.errors()
    ]
    detail = "; ".join(f"{one.field}: {one.message}" for one in mistakes[:5])
    return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "malformed", f"{detail}. Nothing was changed.", mistakes)


def _of_http(request: Request, error: HTTPException) -> Response:
    status = HTTPStatus(error.status_code)
    allow = {"Allow": error.headers["Allow"]} if error.headers and "Allow" in error.headers else {}
    return answer(request, status, status.name.lower(), f"{status.description or status.phrase}.", headers=allow)


def _unexpected(request: Request, error: Exception) -> Response:
    number = logs.failure(error, str(request.url))
    detail = f"Something went wrong on our side. Give your administrator the number {number}."
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", detail)


async def too_large(scope: Any, receive: Any, send: Any) -> None:
    """Answer a request whose body is too large, or of an unknown length, without reading it."""
    detail = "The body is too large, or does not say how long it is (Content-Length). Nothing was read."
    refused = answer(
        Request(scope), HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail, headers={"Connection": "close"}
    )
    await refused(scope, receive, send)
