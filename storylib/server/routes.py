"""What is served besides the screens: health, pictures and the sign-in cookie."""

from __future__ import annotations

import os
import re
import tempfile
from typing import Any
from urllib.parse import urlsplit

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from storylib.config import settings
from storylib.db import database
from storylib.errors import NotFound, Refused
from storylib.generation import jobs
from storylib.identity import login_throttle, one_time_tokens, users
from storylib.library import images
from storylib.models import User
from storylib.operations import vital_signs
from storylib.people import data_export
from storylib.vocabulary import IMAGE_SIZES, ImageSize
from storylib.web import current_user, runtime

YEAR = 365 * 24 * 3600  # seconds
NEVER_KEPT = {"Cache-Control": "no-store"}


# --- is it well?


async def healthz(_request: Request) -> Response:
    """Say that the process is up."""
    return JSONResponse({"status": "ok"}, headers=NEVER_KEPT)


async def readyz(_request: Request) -> Response:
    """Say whether everything that a story needs is there; 503 names what is not."""
    missing = await run_in_threadpool(_missing)
    answer = {"status": "not ready", "missing": missing} if missing else {"status": "ok"}
    return JSONResponse(answer, 503 if missing else 200, headers=NEVER_KEPT)


def _missing() -> list[str]:
    checks = {"jobs": jobs.running, "screens": runtime.running}
    return vital_signs.missing() + [name for name, check in checks.items() if not check()]


# --- the home page by its name


async def gallery(request: Request) -> Response:
    """Redirect the gallery to the home page, whose address Streamlit knows only as "/"."""
    return RedirectResponse(f"/?{request.url.query}".rstrip("?"))


# --- pictures


async def picture(request: Request) -> Response:
    """Send one of the signed-in user's pictures. Whatever is not theirs is 404, and nothing more."""
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
    user = current_user.owner(token)
    if not user:
        return None
    try:
        with database().read() as session:
            return images.data(session, user, image_id, size)
    except NotFound:
        return None


def _not_found() -> Response:
    return Response("Not found", 404, media_type="text/plain", headers=NEVER_KEPT)


# --- everything of one's own


async def export(request: Request) -> Response:
    """Send all data of the signed-in user as a ZIP file, which is removed when it is sent."""
    user = await run_in_threadpool(current_user.owner, request.cookies.get(settings().config.cookie.name, ""))
    if not user:
        return _not_found()
    file = await run_in_threadpool(_packed, user)
    name = f"storylib-{user.username}.zip"
    return FileResponse(file, filename=name, headers=NEVER_KEPT, background=BackgroundTask(os.unlink, file))


def _packed(user: User) -> str:
    with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as file:  # for our eyes only (mode 600)
        try:
            data_export.write(database(), user, file)
        except BaseException:
            os.unlink(file.name)
            raise
        return file.name


# --- the sign-in cookie


async def fetch_cookie(request: Request) -> Response:
    """Trade a one-time token for the cookie."""
    if not _from_our_own_page(request):
        return Response(status_code=403)
    try:
        token = await run_in_threadpool(_token, request.headers.get("x-one-time-token", ""))
    except Refused as error:
        return JSONResponse({"error": str(error)}, 403, headers=NEVER_KEPT)
    answer = Response(status_code=204, headers=NEVER_KEPT)
    answer.set_cookie(**_cookie(request), value=token, max_age=settings().config.cookie.days * 24 * 3600)
    if user := await run_in_threadpool(current_user.owner, token):
        known = _cookie(request) | {"key": settings().config.cookie.device_token}
        answer.set_cookie(**known, value=login_throttle.device_token(user.id), max_age=YEAR)
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
    """Tell whether the request comes from our own page: no other site may sign its visitors in or out here."""
    if site := request.headers.get("sec-fetch-site"):
        return site == "same-origin"
    return urlsplit(request.headers.get("origin", "")).netloc == request.headers.get("host")


def _cookie(request: Request) -> dict[str, Any]:
    https = request.url.scheme == "https"
    return {"key": settings().config.cookie.name, "httponly": True, "secure": https, "samesite": "lax", "path": "/"}


def _token(code: str) -> str:
    with database().write() as session:
        return one_time_tokens.fetch(session, code)


def _end(token: str) -> None:
    with database().write() as session:
        users.end_session(session, token)
    current_user.forget(token)


ROUTES = [
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/gallery", gallery),
    Route("/app/static/img/{image_id}/{size}.webp", picture),
    Route("/account/export.zip", export),
    Route("/auth/cookie", fetch_cookie, methods=["POST"]),
    Route("/auth/cookie", drop_cookie, methods=["DELETE"]),
]
