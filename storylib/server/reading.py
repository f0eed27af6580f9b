"""Stories as pages of their own, beside Streamlit: behind a link for anybody, and before a class for their owner.

Whatever a link does not lead to looks alike: guessed, ended and expired links, pictures of other stories. No cookie is
set or read behind a link, and no visitor is known afterwards.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from storylib.config import settings
from storylib.db import database
from storylib.errors import NotFound, StorylibError
from storylib.exports import html
from storylib.exports.html import Page, Sources
from storylib.library import stories
from storylib.library.stories import sharing
from storylib.models import Story
from storylib.server.rate_limit import Allowance
from storylib.story.document import StoryDocument
from storylib.vocabulary import IMAGE_SIZES
from storylib.web import current_user, runtime

log = logging.getLogger(__name__)

YEAR: Final = 365 * 24 * 3600  # seconds
GUESSES: Final = Allowance(60, 3600)  # links that never were
REQUESTS: Final = Allowance(3000, 60)  # of a school that opens a book on all its tablets at once
UNSEEN: Final = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
NOBODY: Final = "'none'"
ANY_METHOD: Final = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


# --- behind a link


async def shared(request: Request) -> Response:
    """Send what stands behind a link: its story, or the shelf with its stories."""
    return await _behind(request, _first_page, counted=True)


async def shared_story(request: Request) -> Response:
    """Send one story of a shelf."""
    return await _behind(request, _story_of_shelf)


async def shared_picture(request: Request) -> Response:
    """Send a picture of a story behind a link."""
    return await _behind(request, _picture)


async def gone(_request: Request) -> Response:
    """Say that there is nothing."""
    return _notice(404, "There is no story here", "This link does not lead to a story, or not any more.")


async def _behind(request: Request, answer: Callable[[Request], Response], *, counted: bool = False) -> Response:
    address = request.client.host if request.client else ""
    if REQUESTS.is_spent(address) or GUESSES.is_spent(address):
        return _notice(429, "Too many requests", "Please try again later: too much was asked for from this network.")
    REQUESTS.spend(address)
    try:
        response = await run_in_threadpool(answer, request)
    except NotFound:
        if not await run_in_threadpool(_known, request.path_params["token"]):
            GUESSES.spend(address)
        return await gone(request)
    if counted and request.method == "GET" and "prefetch" not in request.headers.get("sec-purpose", ""):
        response.background = BackgroundTask(_count, request.path_params["token"])
    return response


def _first_page(request: Request) -> Response:
    token = request.path_params["token"]
    with database().read() as session:
        shelf = sharing.resolve(session, token)
        told = {place: _told(session, story) for place, story in shelf.stories.items()}
    if len(told) == 1:
        return _page(html.book(next(iter(told.values())), _sources(token)), embedded=True)
    books = [(f"{_home(token)}/{place}", story) for place, story in told.items()]
    return _page(html.shelf(shelf.title or "Stories", books, _sources(token)), embedded=True)


def _story_of_shelf(request: Request) -> Response:
    token, number = request.path_params["token"], request.path_params["number"]
    with database().read() as session:
        by_place = {str(place): story for place, story in sharing.resolve(session, token).stories.items()}
        if number not in by_place:
            raise NotFound("shelf.story-missing")
        told = _told(session, by_place[number])
    return _page(html.book(told, _sources(token), back=_home(token)), embedded=True)


def _picture(request: Request) -> Response:
    image_id, size = request.path_params["image_id"], request.path_params["size"]
    if not re.fullmatch("[0-9a-f]{32}", image_id) or size not in IMAGE_SIZES:
        raise NotFound("picture.missing")
    with database().read() as session:
        data = sharing.picture(session, request.path_params["token"], image_id, size)
    kept = f"private, max-age={YEAR}, immutable"  # another picture has another id
    return Response(data, media_type="image/webp", headers=UNSEEN | {"Cache-Control": kept})


def _known(token: str) -> bool:
    with database().read() as session:
        return sharing.known(session, token)


def _count(token: str) -> None:
    try:
        with database().write() as session:
            sharing.count_view(session, token)
    except StorylibError as error:  # whoever reads has their page
        log.warning("a view was not counted: %s", error)


# --- before a class


async def present(request: Request) -> Response:
    """Send a story of the signed-in user, approved or not, to be shown to a class."""
    token = request.cookies.get(settings().config.cookie.name, "")
    try:
        return await run_in_threadpool(_presented, token, request.path_params["story_id"])
    except NotFound:
        return _notice(404, "There is no story here", "Sign in, and open the story from your gallery.")


def _presented(token: str, story_id: str) -> Response:
    user = current_user.owner(token) if token else None
    if not user or not re.fullmatch("[0-9a-f]{32}", story_id):
        raise NotFound("story.missing")
    with database().read() as session:
        told = _told(session, stories.get(session, user.id, story_id))
    base = runtime.base_path()
    return _page(html.book(told, html.linked(f"{base}/app/static/img/", f"{base}/")))


# --- pages


def _told(session: Session, story: Story) -> StoryDocument:
    return stories.document(story, approval=stories.approval(session, story))


def _home(token: str) -> str:
    return f"{runtime.base_path()}/s/{token}"


def _sources(token: str) -> Sources:
    return html.linked(f"{_home(token)}/img/", f"{runtime.base_path()}/")


def _notice(status: int, title: str, sentence: str) -> Response:
    return _page(html.notice(title, sentence, html.linked("", f"{runtime.base_path()}/")), status)


def _page(page: Page, status: int = 200, *, embedded: bool = False) -> Response:
    places = settings().config.sharing.embed_in if embedded else ()
    policy = f"{page.policy}; frame-ancestors {' '.join(places) or NOBODY}"
    return HTMLResponse(page.html, status, UNSEEN | {"Content-Security-Policy": policy, "Cache-Control": "no-store"})


ROUTES = [
    Route("/s/{token}", shared),
    Route("/s/{token}/{number}", shared_story),
    Route("/s/{token}/img/{image_id}/{size}.webp", shared_picture),
    Route("/s/{rest:path}", gone, methods=ANY_METHOD),
    Route("/present/{story_id}", present),
]
