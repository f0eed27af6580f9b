"""A picture by address: only from the server's own host or the public internet, and no more than a picture has."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from storylib.errors import ProviderError
from storylib.providers.openai import fetching
from storylib.providers.openai.server import Server

PUBLIC = "93.184.215.14"


class Host(BaseHTTPRequestHandler):
    """Redirects, and sends pictures that never end."""

    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization", "")))
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
        elif self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
        else:
            self.send_response(200)
            self.end_headers()
            self._send(10**9 if self.path == "/endless" else 7)

    def _send(self, count: int) -> None:
        piece = b"x" * min(count, 2**20)
        try:
            for _ in range(max(1, count // len(piece))):
                self.wfile.write(piece)
        except OSError:
            pass  # whoever asked has hung up

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def host() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    asked: list[tuple[str, str]] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Host,), {"asked": asked})) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}", asked
        listening.shutdown()
        thread.join()


@pytest.fixture
def own() -> Iterator[tuple[Server, str, list[tuple[str, str]]]]:
    """A server with a key, its address, and what was asked of it."""
    with host() as (address, asked):
        server = Server(f"{address}/v1", "sk-hidden")
        yield server, address, asked
        server.close()


Own = tuple[Server, str, list[tuple[str, str]]]


def test_the_servers_own_host_is_asked_with_the_key(own: Own) -> None:
    server, address, asked = own
    assert fetching.fetch(server, f"{address}/picture.png") == b"x" * 7
    assert fetching.fetch(server, f"{address}/to//picture.png") == b"x" * 7
    assert {key for _, key in asked} == {"Bearer sk-hidden"}


@pytest.mark.parametrize(
    "address",
    [
        "http://10.0.0.1/printer", "https://10.0.0.1/printer", "https://192.168.1.1/", "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest/meta-data", "http://93.184.215.14/a.png",
        "file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://x", "https://", "https:///a", "//10.0.0.1/a", "a.png",
        "https://no.such.host.example/a", "https://[/a", "https://" + "a" * 300,
    ],
)  # fmt: skip
def test_no_other_machine_of_the_network_is_asked(own: Own, address: str) -> None:
    server, here, asked = own
    with pytest.raises(ProviderError) as refusal:
        fetching.fetch(server, address)
    assert "neither the server's own host nor public https" in refusal.value.detail
    with pytest.raises(ProviderError):
        fetching.fetch(server, f"{here}/to/{address}" if "://" in address else f"{here}/loop")
    assert all(path.startswith(("/to/", "/loop")) for path, _ in asked)


def test_a_name_that_leads_home_is_not_public(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    server, _, _ = own
    answers = {"pictures.example": [PUBLIC, "10.0.0.1"]}

    def resolved(name: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port)) for found in answers[name]]

    monkeypatch.setattr(fetching.socket, "getaddrinfo", resolved)
    assert not fetching._is_public("https://pictures.example/a.png")
    answers["pictures.example"] = [PUBLIC]
    assert fetching._is_public("https://pictures.example/a.png")
    assert server.base_url


def test_a_picture_that_never_ends_is_read_no_further_than_a_picture(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    server, address, _ = own
    monkeypatch.setattr(fetching, "MOST_BYTES", 5 * 2**20)
    with pytest.raises(ProviderError) as refusal:
        fetching.fetch(server, f"{address}/endless")
    assert "more than" in refusal.value.detail


def test_one_that_comes_too_slowly_is_given_up(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    server, address, _ = own
    monkeypatch.setattr(fetching, "LONGEST", 0.0)
    with pytest.raises(ProviderError) as refusal:
        fetching.fetch(server, f"{address}/endless")
    assert "not there after" in refusal.value.detail
