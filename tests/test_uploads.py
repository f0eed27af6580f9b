"""Files come in only where an administrator's screen asks for one."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from storylib.config import ROOT
from storylib.identity import users
from storylib.models import User
from tests import factories, running
from tests.tabs import Tab

MEGABYTE = 2**20


@pytest.fixture(scope="module")
def tokens(app: running.App) -> dict[str, str]:
    """Who is signed in: an administrator, another, and a teacher."""
    with app.database().write() as session:
        for name, role in (("ada", "admin"), ("bea", "admin"), ("cem", "educator")):
            factories.user(session, name, role=role)
    with app.database().write() as session:
        everyone = session.query(User).all()
        return {user.username: users.start_session(session, user) for user in everyone}


@pytest.fixture
def people(app: running.App, tokens: dict[str, str]) -> Iterator[Tab]:
    """Ada's tab with the list of people."""
    with Tab(app.url, "people", cookie=f"storylib={tokens['ada']}") as tab:
        yield tab


def send(app: running.App, tab: str, token: str, size: int = 20, file: str = "f", length: int | None = None) -> int:
    """Send a file; the status of the answer. With a ``length`` it is only announced, and the answer is awaited."""
    head, tail = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n', b"\r\n--B--\r\n"
    body = head + b"x" * size + tail
    lines = [
        f"PUT /_stcore/upload_file/{tab}/{file} HTTP/1.1",
        f"Host: 127.0.0.1:{app.port}",
        f"Content-Length: {length or len(body)}",
        "Content-Type: multipart/form-data; boundary=B",
    ]
    with socket.create_connection(("127.0.0.1", app.port), timeout=20) as connection:
        crossing = _crossing(app)
        lines += [f"Cookie: storylib={token}; _streamlit_xsrf={crossing}", f"X-Xsrftoken: {crossing}", "", ""]
        connection.sendall("\r\n".join(lines).encode() + (b"" if length else body))
        answer = connection.recv(MEGABYTE)
        status = int(answer.split()[1])
        if status in (401, 403, 413) and length:
            assert b"connection: close" in answer.lower()
            while connection.recv(MEGABYTE):
                pass  # the server ends the connection, though nothing of the body came
        return status


def _crossing(app: running.App) -> str:
    """Streamlit's own token against other sites, which anybody gets."""
    with socket.create_connection(("127.0.0.1", app.port), timeout=20) as connection:
        connection.sendall(f"GET /_stcore/health HTTP/1.1\r\nHost: x:{app.port}\r\nConnection: close\r\n\r\n".encode())
        found = re.search(rb'_streamlit_xsrf="?([^";]+)', connection.recv(MEGABYTE))
    assert found
    return found[1].decode()


def test_an_administrator_whose_screen_asks_sends_a_file(app: running.App, people: Tab, tokens: dict[str, str]) -> None:
    people.press("Import a CSV file")
    assert send(app, people.session, tokens["ada"]) == 204


@pytest.mark.parametrize(("name", "status"), [("", 401), ("forged", 401), ("cem", 403), ("bea", 403)])
def test_nobody_else_sends_one_there_and_nothing_of_it_is_read(
    app: running.App, people: Tab, tokens: dict[str, str], name: str, status: int
) -> None:
    people.press("Import a CSV file")
    assert send(app, people.session, tokens.get(name, name), length=4 * MEGABYTE) == status


def test_a_screen_that_asks_for_none_takes_none(app: running.App, people: Tab, tokens: dict[str, str]) -> None:
    assert send(app, people.session, tokens["ada"], length=MEGABYTE) == 403
    people.press("Import a CSV file")
    people.run()
    assert send(app, people.session, tokens["ada"], length=MEGABYTE) == 403


def test_a_tab_that_is_closed_takes_none(app: running.App, tokens: dict[str, str]) -> None:
    with Tab(app.url, "people", cookie=f"storylib={tokens['ada']}") as tab:
        tab.press("Import a CSV file")
    assert send(app, "nowhere", tokens["ada"], length=MEGABYTE) == 403
    running.until(lambda: send(app, tab.session, tokens["ada"], length=MEGABYTE) == 403)


def test_a_teachers_or_a_strangers_tab_takes_none(app: running.App, tokens: dict[str, str]) -> None:
    for name in ("cem", ""):
        with Tab(app.url, cookie=f"storylib={tokens.get(name, '')}") as tab:
            assert send(app, tab.session, tokens.get(name, ""), length=MEGABYTE) in (401, 403)


def test_a_file_that_is_too_large_is_refused_by_its_length(
    app: running.App, people: Tab, tokens: dict[str, str]
) -> None:
    people.press("Import a CSV file")
    assert send(app, people.session, tokens["ada"], length=6 * MEGABYTE) == 413


def test_a_tab_holds_one_file(app: running.App, people: Tab, tokens: dict[str, str]) -> None:
    people.press("Import a CSV file")
    assert app.process
    process = psutil.Process(app.process.pid)
    assert send(app, people.session, tokens["ada"], 4 * MEGABYTE) == 204
    before = process.memory_info().rss
    for number in range(20):
        assert send(app, people.session, tokens["ada"], 4 * MEGABYTE, f"f{number}") == 204
    assert process.memory_info().rss - before < 40 * MEGABYTE


def test_there_is_one_way_to_ask_for_a_file() -> None:
    sources = [path for folder in ("pages", "storylib") for path in (ROOT / folder).rglob("*.py")]
    asking = [path for path in sources if ".file_uploader(" in path.read_text("utf-8")]
    assert asking == [Path(ROOT / "storylib/web/uploader.py")]
