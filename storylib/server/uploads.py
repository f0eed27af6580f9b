"""Uploads are accepted only where a screen asked for one. Streamlit itself takes them from any tab, into memory."""

from __future__ import annotations

import re
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from storylib.config import settings
from storylib.web import current_user, uploader

PLACE: Final = "/_stcore/upload_file"
FRAMING: Final = 64 * 1024  # bytes of a form around its file
AT_ONCE: Final = {"Connection": "close", "Cache-Control": "no-store"}  # the rest of the body is not read


class Uploads:
    """Middleware that refuses a file before it is read. Plain ASGI, so that it delays and buffers nothing."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything else on."""
        app: ASGIApp = self.app
        if scope["type"] == "http" and PLACE in scope["path"]:
            refusal: ASGIApp | None = await run_in_threadpool(_refusal, Request(scope))
            app = self.app if refusal is None else refusal
        await app(scope, receive, send)


def _refusal(request: Request) -> ASGIApp | None:
    user = current_user.owner(request.cookies.get(settings().config.cookie.name, ""))
    if not user:
        return PlainTextResponse("Please sign in.", 401, AT_ONCE)
    found = re.search(f"{PLACE}/([^/]+)/[^/]+$", request.scope["path"])
    tab = found[1] if found else ""
    most = uploader.allowed(tab, user)
    if not most:
        return PlainTextResponse("No open screen is asking for a file.", 403, AT_ONCE)
    if request.method != "PUT":
        return None
    if not _fits(request.headers.get("content-length", ""), most):
        return PlainTextResponse(f"A file may be at most {most // uploader.MEGABYTE} MB.", 413, AT_ONCE)
    uploader.make_room(tab)
    return None


def _fits(length: str, most: int) -> bool:
    """Tell whether the file is small enough. Browsers always say how long it is; whatever does not is not one."""
    return length.isdecimal() and int(length) <= most + FRAMING
