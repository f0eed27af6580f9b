"""The documentation page: Swagger UI, shipped with us, so that it needs no network and keeps to our policy."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

FOLDER: Final = Path(__file__).with_name("swagger_ui")
PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Storylib API</title>
<link rel="stylesheet" href="docs/static/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="docs/static/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
# A file of its own, because our policy allows no script inside a page.
START: Final = 'SwaggerUIBundle({url: "openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null})\n'


def _page(_request: Request) -> Response:
    return HTMLResponse(PAGE)


def _start(_request: Request) -> Response:
    return Response(START, media_type="text/javascript")


ROUTES: Final = (
    Route("/docs", _page),
    Route("/docs/start.js", _start),
    Mount("/docs/static", StaticFiles(directory=FOLDER)),
)
