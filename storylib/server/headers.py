"""The headers that keep browsers to what is ours, on every answer."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storylib.web import runtime

YEAR = 365 * 24 * 3600  # seconds


def _content_security_policy() -> str:
    inline = re.findall(r"<script>(.*?)</script>", runtime.index_html(), re.DOTALL)  # Streamlit's own
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


# What an answer may say itself if it says what it lets in; frame-ancestors of its policy stands for the second.
ITS_OWN = ("Content-Security-Policy", "X-Frame-Options", "Referrer-Policy")


def _add(headers: MutableHeaders, ours: dict[str, str]) -> None:
    if "Content-Security-Policy" in headers:
        ours = {name: value for name, value in ours.items() if name not in ITS_OWN}
    headers.update(ours)


class Headers:
    """Middleware that puts our headers on every answer. Plain ASGI, so that it delays and buffers nothing."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; change only the beginning of an HTTP answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        ours = ALWAYS | (OVER_HTTPS if scope["scheme"] == "https" else {})

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), ours)
            await send(message)

        await self.app(scope, receive, with_headers)
