"""Who a visitor is, and whether the way here is safe, on a socket that serves IPv6 and IPv4 alike."""

from __future__ import annotations

import asyncio
import http.client
import sys
from collections.abc import Iterator

import pytest
from starlette.types import Receive, Scope, Send

from storylib.config import ROOT
from storylib.db import Database
from storylib.identity import one_time_tokens, passwords, users
from storylib.models import User
from storylib.server.proxies import Proxies
from tests import factories, running
from tests.tabs import Tab

GOOD = "a long walk by the sea"
ATTEMPTS = 1  # wrong passwords in a row: few, for each costs a good part of a second
PER_ADDRESS = 6 * ATTEMPTS  # in an hour
REFUSED = "do not match"


class DualStack(running.App):
    """As ``streamlit run`` listens when nobody names an address: ``[::]``, for IPv4 too."""

    def line(self) -> list[str]:
        return [part.replace("127.0.0.1", "::") for part in super().line()]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.App]:
    folder = tmp_path_factory.mktemp("dual")
    own = folder / "config.yaml"
    own.write_text((ROOT / "config.yaml").read_text("utf-8").replace("attempts: 5 ", f"attempts: {ATTEMPTS} "))
    with DualStack(folder, STORYLIB_CONFIG=str(own)) as app:
        with app.database().write() as session:
            for name in ("ada", "bea", "cem"):
                factories.user(session, name, password_hash=passwords.hashed(GOOD))
        yield app


def sign_in(app: running.App, password: str, source: str, name: str = "ada", **headers: str) -> str:
    """What is then to be read."""
    with Tab(app.url, source=source, **headers) as tab:
        return " ".join(_try(tab, name, password))


def _try(tab: Tab, name: str, password: str) -> list[str]:
    tab.fill(**{"Username_or_e-mail_address": name, "Password": password})
    return tab.press("Sign in")


def guess(app: running.App, source: str, **headers: str) -> None:
    with Tab(app.url, source=source, **headers) as tab:
        for number in range(PER_ADDRESS):
            assert REFUSED in " ".join(_try(tab, f"nobody{number}", "wrong"))


def test_who_guesses_from_one_address_of_ipv4_shuts_no_other_out(server: running.App) -> None:
    guess(server, "127.0.0.2")
    assert REFUSED in sign_in(server, GOOD, "127.0.0.2")
    assert REFUSED not in sign_in(server, GOOD, "127.0.0.3")


@pytest.mark.parametrize("written", ["203.0.113.{}", "::ffff:203.0.114.{}", "2001:db8:0:{}::1"])
def test_a_proxy_on_this_machine_is_believed_whom_it_speaks_for(server: running.App, written: str) -> None:
    guess(server, "127.0.0.1", x_forwarded_for=written.format(1))
    assert REFUSED in sign_in(server, GOOD, "127.0.0.1", "bea", x_forwarded_for=written.format(1))
    assert REFUSED not in sign_in(server, GOOD, "127.0.0.1", "bea", x_forwarded_for=written.format(2))


def ticket(database: Database) -> str:
    with database.write() as session:
        cem = session.query(User).filter_by(username="cem").one()
        return one_time_tokens.hand_over(session, users.start_session(session, cem))


def fetch(app: running.App, source: str) -> http.client.HTTPResponse:
    """Ask for the cookie as a proxy that was itself asked over HTTPS."""
    port = app.port
    connection = http.client.HTTPConnection("127.0.0.1", port, source_address=(source, 0), timeout=20)
    headers = {
        "X-Forwarded-Proto": "https",
        "Sec-Fetch-Site": "same-origin",
        "X-One-Time-Token": ticket(app.database()),
    }
    connection.request("POST", "/auth/cookie", headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 204
    return answer


def test_behind_a_proxy_on_this_machine_the_cookie_is_secure(server: running.App) -> None:
    answer = fetch(server, "127.0.0.1")
    assert all("secure" in cookie.lower() for cookie in answer.headers.get_all("set-cookie", []))
    assert answer.headers["strict-transport-security"]


def test_nobody_else_is_believed_to_be_a_proxy(server: running.App) -> None:
    answer = fetch(server, "127.0.0.2")
    assert not any("secure" in cookie.lower() for cookie in answer.headers.get_all("set-cookie", []))
    assert not answer.headers["strict-transport-security"]


# --- how uvicorn was told


def believed(scheme: str, client: str, forwarded: str = "") -> tuple[str, str]:
    """The scheme and the client that are left of a request that came with ``X-Forwarded-*``."""
    seen: list[Scope] = []

    async def note(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope)

    headers = [(b"x-forwarded-proto", scheme.encode()), (b"x-forwarded-for", forwarded.encode())]
    scope = {"type": "http", "scheme": "http", "client": (client, 1), "headers": headers}
    asyncio.run(Proxies(note)(scope, None, None))  # type: ignore[arg-type]
    return seen[0]["scheme"], seen[0]["client"][0]


def test_the_proxy_that_is_named_is_believed_and_its_chain_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.7,10.1.0.0/16")
    chain = "198.51.100.9, ::ffff:203.0.113.5, ::ffff:10.1.2.3"
    assert believed("https", "::ffff:10.0.0.7", chain) == ("https", "203.0.113.5")
    assert believed("https", "::ffff:10.0.0.8", chain) == ("http", "10.0.0.8")
    assert believed("https", "::ffff:127.0.0.1", chain) == ("http", "127.0.0.1")


def test_what_the_command_line_says_goes_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.7")
    monkeypatch.setattr(sys, "argv", ["uvicorn", "Home:app", "--forwarded-allow-ips=10.0.0.8"])
    assert believed("https", "::ffff:10.0.0.8", "203.0.113.5") == ("https", "203.0.113.5")
    assert believed("https", "::ffff:10.0.0.7", "203.0.113.5") == ("http", "10.0.0.7")
    monkeypatch.setattr(sys, "argv", ["uvicorn", "Home:app", "--no-proxy-headers"])
    assert believed("https", "::ffff:10.0.0.7", "203.0.113.5") == ("http", "10.0.0.7")


def test_a_gateway_of_ipv6_is_not_this_machine() -> None:
    assert believed("https", "64:ff9b::127.0.0.1", "203.0.113.5") == ("http", "64:ff9b::127.0.0.1")
