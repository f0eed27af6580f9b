"""What the server answers beside the screens: health, pictures, the sign-in cookie, headers."""

from __future__ import annotations

import io
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from storylib.db import Database
from storylib.generation import jobs
from storylib.identity import login_throttle, one_time_tokens, users
from storylib.identity.login_throttle import Origin
from storylib.models import ImageBytes, User
from storylib.operations import logs
from storylib.server.headers import ALWAYS, Headers
from storylib.server.routes import ROUTES
from storylib.web import current_user
from tests import factories, running

OURS = {"sec-fetch-site": "same-origin"}
HOSTILE = ["../../etc/passwd", "%00", "%2e%2e%2f", "' OR 1=1 --", "0" * 32, "0" * 10_000, "%F0%9F%98%80", "%ff%fe"]


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[TestClient]:  # noqa: ARG001, the database is this process's
    """A browser at our own routes, with nobody's cookie."""
    routes = Starlette(routes=ROUTES, middleware=[Middleware(Headers)])
    with TestClient(routes, base_url="http://localhost") as client:
        yield client


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    with sqlite_database.write() as session:
        return factories.user(session)


def token_of(database: Database, user: User) -> str:
    with database.write() as session:
        return users.start_session(session, user)


def picture_of(database: Database, user: User) -> str:
    with database.write() as session:
        image = factories.image(session, user)
        session.add(ImageBytes(image_id=image.id, size="256", data=b"small"))
        return f"/app/static/img/{image.id}/256.webp"


# --- pictures


def test_ones_own_picture_comes_once_and_is_kept(client: TestClient, sqlite_database: Database, ada: User) -> None:
    address = picture_of(sqlite_database, ada)
    client.cookies.set("storylib", token_of(sqlite_database, ada))
    first = client.get(address)
    assert (first.status_code, first.content, first.headers["content-type"]) == (200, b"small", "image/webp")
    assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
    again = client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_picture_is_not_there_for_anybody_else(client: TestClient, sqlite_database: Database, ada: User) -> None:
    address = picture_of(sqlite_database, ada)
    with sqlite_database.write() as session:
        bea = factories.user(session, "bea", role="admin")
    missing = client.get("/app/static/img/" + "0" * 32 + "/256.webp")
    for token in ("", "forged", "\x00", token_of(sqlite_database, bea)):
        answer = client.get(address, headers={"cookie": f"storylib={token}", "if-none-match": "*"})
        assert (answer.status_code, answer.content) == (404, missing.content)
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_address_finds_nothing(
    client: TestClient, sqlite_database: Database, ada: User, name: str
) -> None:
    client.cookies.set("storylib", token_of(sqlite_database, ada))
    for address in (f"/app/static/img/{name}/256.webp", f"/app/static/img/{'0' * 32}/{name}.webp"):
        assert client.get(address).status_code == 404


def test_a_size_that_was_never_made_is_not_there(client: TestClient, sqlite_database: Database, ada: User) -> None:
    address = picture_of(sqlite_database, ada).replace("256", "512")
    client.cookies.set("storylib", token_of(sqlite_database, ada))
    assert client.get(address).status_code == 404


def test_an_ended_session_sees_no_picture(
    client: TestClient, sqlite_database: Database, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current_user, "FRESH", 0.0)
    address, token = picture_of(sqlite_database, ada), token_of(sqlite_database, ada)
    client.cookies.set("storylib", token)
    assert client.get(address).status_code == 200
    with sqlite_database.write() as session:
        users.end_session(session, token)
    assert client.get(address).status_code == 404


def test_an_answer_about_a_token_is_at_most_two_seconds_old() -> None:
    assert current_user.FRESH <= 2


# --- the sign-in cookie


def ticket_for(database: Database, token: str) -> str:
    with database.write() as session:
        return one_time_tokens.hand_over(session, token)


def test_a_ticket_becomes_a_cookie_that_scripts_cannot_read(
    client: TestClient, sqlite_database: Database, ada: User
) -> None:
    token = token_of(sqlite_database, ada)
    answer = client.post("/auth/cookie", headers={**OURS, "x-one-time-token": ticket_for(sqlite_database, token)})
    assert (answer.status_code, answer.cookies["storylib"]) == (204, token)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_with_the_cookie_comes_a_mark_that_outlives_signing_out(
    client: TestClient, sqlite_database: Database, ada: User
) -> None:
    ticket = ticket_for(sqlite_database, token_of(sqlite_database, ada))
    answer = client.post("/auth/cookie", headers={**OURS, "x-one-time-token": ticket})
    assert login_throttle.familiar(Origin(device_token=answer.cookies["storylib-known"]), ada.id)
    assert answer.headers["set-cookie"].lower().count("httponly") == 2
    client.delete("/auth/cookie", headers=OURS)
    assert "storylib-known" in client.cookies


def test_over_https_the_cookie_is_secure_and_the_browser_told_to_stay_there(
    client: TestClient, sqlite_database: Database, ada: User
) -> None:
    ticket = ticket_for(sqlite_database, token_of(sqlite_database, ada))
    answer = client.post("https://localhost/auth/cookie", headers={**OURS, "x-one-time-token": ticket})
    assert "secure" in answer.headers["set-cookie"].lower()
    assert answer.headers["strict-transport-security"]


def test_a_ticket_works_once(client: TestClient, sqlite_database: Database, ada: User) -> None:
    headers = {**OURS, "x-one-time-token": ticket_for(sqlite_database, token_of(sqlite_database, ada))}
    assert client.post("/auth/cookie", headers=headers).status_code == 204
    answer = client.post("/auth/cookie", headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "foreign",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
    ],
)
def test_no_other_site_signs_anybody_in_or_out(
    client: TestClient, sqlite_database: Database, ada: User, foreign: dict[str, str]
) -> None:
    token = token_of(sqlite_database, ada)
    ticket = ticket_for(sqlite_database, token)
    assert client.post("/auth/cookie", headers={**foreign, "x-one-time-token": ticket}).status_code == 403
    client.cookies.set("storylib", token)
    assert client.delete("/auth/cookie", headers=foreign).status_code == 403
    with sqlite_database.read() as session:
        assert users.session_user(session, token)


def test_an_older_browser_shows_by_its_origin_that_the_page_is_ours(
    client: TestClient, sqlite_database: Database, ada: User
) -> None:
    ticket = ticket_for(sqlite_database, token_of(sqlite_database, ada))
    headers = {"origin": "http://localhost", "x-one-time-token": ticket}
    assert client.post("/auth/cookie", headers=headers).status_code == 204


def test_signing_out_ends_the_session_and_takes_the_cookie_away(
    client: TestClient, sqlite_database: Database, ada: User
) -> None:
    address, token = picture_of(sqlite_database, ada), token_of(sqlite_database, ada)
    headers = {**OURS, "cookie": f"storylib={token}"}
    assert client.get(address, headers=headers).status_code == 200
    answer = client.delete("/auth/cookie", headers=headers)
    assert answer.status_code == 204
    assert 'storylib="";' in answer.headers["set-cookie"]
    assert client.get(address, headers=headers).status_code == 404


# --- health and headers


def test_the_process_says_that_it_is_up(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_the_gallery_is_also_found_by_its_name(client: TestClient) -> None:
    answer = client.get("/gallery?search=lantern", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/?search=lantern")


def test_what_is_not_ready_is_named(client: TestClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "missing": ["jobs", "screens"]}
    assert not jobs.running()


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/app/static/img/x/full.webp", "/nowhere", "/auth/cookie"])
def test_every_answer_carries_the_headers(client: TestClient, address: str) -> None:
    answer = client.get(address)
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value


def test_no_script_may_run_that_is_not_ours() -> None:
    rules = dict(rule.split(" ", 1) for rule in ALWAYS["Content-Security-Policy"].split("; "))
    assert "unsafe" not in rules["script-src"]
    assert rules["object-src"] == rules["frame-ancestors"] == "'none'"
    assert rules["default-src"] == rules["connect-src"] == "'self'"


# --- the real server


def get(app: running.App, path: str) -> tuple[int, dict[str, str], bytes]:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    try:
        with opener.open(app.url + path, timeout=20) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


@pytest.mark.parametrize(
    "path", ["/", "/profile", "/nowhere/at/all", "/static/nothing.js", "/_stcore/health", "/readyz"]
)
def test_the_headers_are_on_streamlits_answers_too(app: running.App, path: str) -> None:
    _, headers, _ = get(app, path)
    assert {name: headers.get(name.lower()) for name in ALWAYS} == ALWAYS


def test_an_unknown_path_is_the_app_itself_and_shows_nothing_of_the_disk(app: running.App) -> None:
    page = get(app, "/")[2]
    for path in (
        "/nowhere",
        "/pages/account/profile.py",
        "/config.yaml",
        "/data/storylib.db",
        "/.streamlit/config.toml",
    ):
        assert get(app, path)[2] == page
    for path in ("/app/static/../config.yaml", "/app/static/%2e%2e/config.yaml", "/app/static/nothing.txt"):
        status, _, body = get(app, path)
        assert status in (400, 404) or body == page


def test_the_font_is_served_and_nothing_else_of_the_site_is_public(app: running.App) -> None:
    status, headers, _ = get(app, "/app/static/fonts/andika-latin-400-normal.woff2")
    assert (status, headers["content-type"]) == (200, "font/woff2")


def test_what_streamlit_counts_is_not_public(app: running.App) -> None:
    status, _, body = get(app, "/_stcore/metrics")
    assert (status, body) == (404, b"Not found")


def test_a_first_start_prints_one_link_that_makes_the_first_administrator(app: running.App) -> None:
    printed = app.log.read_text()
    assert printed.count(f"http://localhost:{app.port}/?setup=") == 1


def test_nothing_is_asked_of_the_internet_at_start(app: running.App) -> None:
    assert "external IP" not in app.log.read_text()


# --- the log


def test_no_code_of_a_link_is_in_the_log_of_addresses() -> None:
    written = io.StringIO()
    handler, log = logging.StreamHandler(written), logging.getLogger("a log of addresses")
    log.addHandler(handler)
    log.addFilter(logs.Discreet())
    log.propagate = False
    for name in {*one_time_tokens.LIVES} - {"cookie"}:
        log.warning('%s - "%s %s HTTP/%s" %d', "::1", "GET", f"/?a=b&{name}=5ecret-code&c=d", "1.1", 200)
    assert "5ecret" not in written.getvalue()
    assert written.getvalue().count("=…&c=d HTTP/1.1") == 3


def test_an_unexpected_error_is_logged_as_one_line_with_the_id_that_the_screen_shows() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Lines())
    logs.log.addHandler(handler)
    try:
        raise ZeroDivisionError("a line\nand another")
    except ZeroDivisionError as error:
        number = logs.failure(error, "/story")
    finally:
        logs.log.removeHandler(handler)
    (line,) = written.getvalue().splitlines()
    entry = json.loads(line)
    assert (entry["id"], entry["where"], entry["error"]) == (number, "/story", "ZeroDivisionError")
    assert len(number) == 8
    assert "a line\nand another" in entry["trace"]
