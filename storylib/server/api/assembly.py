"""The application: its routers, what is around each request, and how the OpenAPI document describes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI

from storylib import __version__
from storylib.server.api import (
    characters,
    docs,
    exports,
    images,
    pages,
    problems,
    quotes,
    stories,
    themes,
    tokens,
    usage,
)
from storylib.server.api.edge import Edge

ABOUT: Final = """Illustrated stories for a class: characters, stories and their pages, pictures, prices and usage.

Every request needs `Authorization: Bearer storylib_…` with an access token from your Profile. What is somebody else's
is answered 404. A request that creates something may carry an `Idempotency-Key`: sent again within a day, it is
answered as the first time and does nothing."""
ROUTERS: Final = (characters, stories, pages, exports, images, themes, quotes, usage, tokens)


def build() -> FastAPI:
    """Return the application with all of its routes."""
    app = FastAPI(
        title="Storylib",
        version=__version__,
        description=ABOUT,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=problems.RESPONSES,
    )
    for module in ROUTERS:
        app.include_router(module.router)
    app.router.routes.extend(docs.ROUTES)
    app.openapi = _described(app.openapi)  # type: ignore[method-assign]
    problems.answer_errors(app)
    app.add_middleware(Edge)
    return app


def _described(describe: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """Add to the OpenAPI document what every operation refers to."""

    def openapi() -> dict[str, Any]:
        document = describe()
        document["components"]["schemas"] |= problems.schemas()
        return document

    return openapi
