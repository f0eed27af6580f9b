"""Answers that can be kept and compared: each has an ETag, by which a program asks again or says what it changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Header, Request, Response
from pydantic import BaseModel, BeforeValidator

from storylib.server.api.problems import PreconditionFailed, PreconditionRequired

REVALIDATED: Final = "private, no-cache"
IfMatch = Annotated[str | None, Header(description="the ETag of what you read", pattern=r"^[\x21-\x7e ]*$")]


Sentence = Annotated[str, BeforeValidator(lambda said: str(said or ""))]  # what went wrong, in words


def tag(data: bytes) -> str:
    """Return the ETag of a body: the same on every process."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def told(request: Request, body: BaseModel, status: int = 200, **headers: str) -> Response:
    """Answer with a model, or 304 if the program has it already."""
    data = body.model_dump_json().encode()
    return kept(request, data, "application/json", tag(data), REVALIDATED, status, headers)


def kept(
    request: Request,
    data: bytes,
    media_type: str,
    etag: str,
    caching: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with bytes, or 304 if the program has them already."""
    known = {"ETag": etag, "Cache-Control": caching, **(headers or {})}
    asked = request.headers.get("if-none-match", "") if request.method in ("GET", "HEAD") else ""
    if etag in (one.strip().removeprefix("W/") for one in asked.split(",")):
        return Response(status_code=304, headers=known)
    return Response(data, status, known, media_type)


def require_match(if_match: str | None, current: BaseModel) -> None:
    """Check that a program changes what it has read.

    Raises:
        PreconditionRequired: it does not say what it read.
        PreconditionFailed: that was changed since.
    """
    if not if_match:
        raise PreconditionRequired("Say by If-Match what you read: its ETag. Nothing was changed.", "If-Match")
    if if_match.strip() not in ("*", tag(current.model_dump_json().encode())):
        raise PreconditionFailed("It was changed since you read it. Nothing was overwritten; please read it again.")
