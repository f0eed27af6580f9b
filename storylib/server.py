"""The server around the screens: our own routes, headers on every answer, and what happens at start and stop."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import sys
from argparse import ArgumentParser
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any, cast
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storylib import accounts, images, jobs, observe, passwords, tickets, web
from storylib.config import settings
from storylib.db import HEAD, database
from storylib.errors import NotFound, Refused, StorylibError
from storylib.vocabulary import IMAGE_SIZES, ImageSize
from storylib.web import process, visitor

YEAR = 365 * 24 * 3600  # seconds
NEVER_KEPT = {"Cache-Control": "no-store"}


def parts() -> dict[str, Any]:
    """What ``st.App`` needs besides the script."""
    return {
        "routes": ROUTES,
        "middleware": [Middleware(Headers)],
        "lifespan": lifespan,
        "on_script_error": web.show_error,
    }


# --- is it well?


async def healthz(_request: Request) -> Response:
    """The process is up."""
    return JSONResponse({"status": "ok"}, headers=NEVER_KEPT)


async def readyz(_request: Request) -> Response:
    """Everything that a story needs is there; 503 names what is not."""
    missing = await run_in_threadpool(_missing)
    answer = {"status": "not ready", "missing": missing} if missing else {"status": "ok"}
    return JSONResponse(answer, 503 if missing else 200, headers=NEVER_KEPT)


def _missing() -> list[str]:
    checks = {"database": _migrated, "jobs": jobs.running, "screens": process.running}
    return [name for name, check in checks.items() if not check()]


def _migrated() -> bool:
    try:
        return database().revision() == HEAD
    except StorylibError:
        return False


# --- pictures


async def picture(request: Request) -> Response:
    """One of the signed-in user's pictures. Whatever is not theirs is not there: 404, and nothing more."""
    image_id, size = request.path_params["image_id"], request.path_params["size"]
    token = request.cookies.get(settings().config.cookie.name, "")
    if not re.fullmatch("[0-9a-f]{32}", image_id) or size not in IMAGE_SIZES or not token:
        return _not_found()
    data = await run_in_threadpool(_picture, token, image_id, size)
    if data is None:
        return _not_found()
    # A picture never changes: a new version has a new id.
    kept = {"ETag": f'"{image_id}-{size}"', "Cache-Control": f"private, max-age={YEAR}, immutable"}
    if kept["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=kept)
    return Response(data, media_type="image/webp", headers=kept)


def _picture(token: str, image_id: str, size: ImageSize) -> bytes | None:
    user = visitor.owner(token)
    if not user:
        return None
    try:
        with database().read() as session:
            return images.data(session, user.id, image_id, size)
    except NotFound:
        return None


def _not_found() -> Response:
    return Response("Not found", 404, media_type="text/plain", headers=NEVER_KEPT)


# --- the sign-in cookie


async def fetch_cookie(request: Request) -> Response:
    """Trade a ticket for the cookie."""
    if not _from_our_own_page(request):
        return Response(status_code=403)
    try:
        token = await run_in_threadpool(_token, request.headers.get("x-ticket", ""))
    except Refused as error:
        return JSONResponse({"error": str(error)}, 403, headers=NEVER_KEPT)
    answer = Response(status_code=204, headers=NEVER_KEPT)
    answer.set_cookie(**_cookie(request), value=token, max_age=settings().config.cookie.days * 24 * 3600)
    return answer


async def drop_cookie(request: Request) -> Response:
    """Sign this browser out and take its cookie away."""
    if not _from_our_own_page(request):
        return Response(status_code=403)
    await run_in_threadpool(_end, request.cookies.get(settings().config.cookie.name, ""))
    answer = Response(status_code=204, headers=NEVER_KEPT)
    answer.delete_cookie(**_cookie(request))
    return answer


def _from_our_own_page(request: Request) -> bool:
    """No other site may sign its visitors in or out here."""
    if site := request.headers.get("sec-fetch-site"):
        return site == "same-origin"
    return urlsplit(request.headers.get("origin", "")).netloc == request.headers.get("host")


def _cookie(request: Request) -> dict[str, Any]:
    https = request.url.scheme == "https"
    return {"key": settings().config.cookie.name, "httponly": True, "secure": https, "samesite": "lax", "path": "/"}


def _token(ticket: str) -> str:
    with database().write() as session:
        return tickets.fetch(session, ticket)


def _end(token: str) -> None:
    with database().write() as session:
        accounts.end_session(session, token)
    visitor.forget(token)


ROUTES = [
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/app/static/img/{image_id}/{size}.webp", picture),
    Route("/auth/cookie", fetch_cookie, methods=["POST"]),
    Route("/auth/cookie", drop_cookie, methods=["DELETE"]),
]


# --- headers


def _content_security_policy() -> str:
    inline = re.findall(r"<script>(.*?)</script>", process.index_html(), re.DOTALL)  # Streamlit's own
    hashes = [f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in inline]
    rules = {
        "default-src": ["'self'"],
        "script-src": ["'self'", "blob:", *hashes],  # blob: is how Streamlit loads a component's script
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "media-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


ALWAYS = {
    "Content-Security-Policy": _content_security_policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
OVER_HTTPS = {"Strict-Transport-Security": f"max-age={YEAR}"}


class Headers:
    """Middleware that puts our headers on every answer. Plain ASGI, so that it delays and buffers nothing."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; only the beginning of an HTTP answer is changed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        ours = ALWAYS | (OVER_HTTPS if scope["scheme"] == "https" else {})

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(ours)
            await send(message)

        await self.app(scope, receive, with_headers)


# --- start and stop


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Everything is ready before the first visitor, and finished after the last."""
    observe.configure()
    await asyncio.to_thread(_start)
    # Streamlit collects garbage after each run; what will live for good need not be looked at each time.
    gc.collect()
    gc.freeze()
    yield
    if not await asyncio.to_thread(jobs.stop):
        os._exit(0)  # threads wait for work that another process takes over


def _start() -> None:
    try:
        _open_the_door()
    except StorylibError as error:
        print(f"Storylib cannot start. {error}", file=sys.stderr, flush=True)
        os._exit(2)  # raised, it would drown in the server's own traces


def _open_the_door() -> None:
    database().migrate()
    passwords.load()
    process.load_pages()
    jobs.start()
    print(f"\n  {settings().config.site.name} is at http://localhost:{_port()}\n", flush=True)
    _invite()


def _invite() -> None:
    """While there is nobody, print the link that makes the first administrator."""
    with database().read() as session:
        if not accounts.needs_setup(session):
            return
    with database().write() as session:
        code = accounts.setup_code(session)
    link = f"http://localhost:{_port()}/?setup={code}"
    print(f"  There is nobody here yet. This link makes the first administrator, once:\n\n  {link}\n", flush=True)


def _port() -> int:
    # uvicorn does not tell an app where it listens, but it was told on the command line.
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--port", type=int)
    told = parser.parse_known_args()[0].port
    return cast(int, told) or process.port()
