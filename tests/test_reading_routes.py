"""What the server answers to whoever has a link, to whoever guesses at one, and to a teacher before a class."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import streamlit as st
from sqlalchemy import select, update
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from storylib import config, server
from storylib.db import Database
from storylib.errors import Invalid
from storylib.identity import users
from storylib.library import stories
from storylib.library.stories import sharing
from storylib.models import ImageBytes, ShareLink, Story, User, now
from storylib.server import reading, routes
from storylib.server.headers import Headers
from storylib.server.rate_limit import Allowance
from tests import factories

HOSTILE = ["guess", "%00", "%2e%2e%2f", "' OR 1=1 --", "0" * 10_000, "%F0%9F%98%80", "%ff%fe", ""]


def browser() -> TestClient:
    """Our own routes, and nobody's cookie."""
    all_ = Starlette(routes=[*routes.ROUTES, *reading.ROUTES], middleware=[Middleware(Headers)])
    return TestClient(all_, base_url="http://localhost", follow_redirects=False)


@pytest.fixture
def client(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:  # noqa: ARG001
    monkeypatch.setattr(reading, "GUESSES", Allowance(60, 3600))
    monkeypatch.setattr(reading, "REQUESTS", Allowance(3000, 60))
    with browser() as client:
        yield client


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    with sqlite_database.write() as session:
        return factories.user(session, name="Ada")


def story_of(database: Database, owner: User, title: str = "Luna", approved: bool = True) -> Story:
    """A story with a cover and a picture on its first page."""
    with database.write() as session:
        story = factories.story(session, owner, title=title)
        cover = factories.image(session, owner, role="cover", story_id=story.id)
        picture = factories.image(session, owner, role="page", story_id=story.id, page_number=1)
        session.add_all(ImageBytes(image_id=each.id, size="512", data=b"small") for each in (cover, picture))
        story.cover_id, story.pages[0].image_id = cover.id, picture.id
        session.flush()
        if approved:
            stories.set_review(session, owner.id, story.id, "approved")
        return story


def share(database: Database, owner: User, *shared: Story, title: str = "") -> str:
    with database.write() as session:
        return sharing.create(session, owner, [story.id for story in shared], days=7, title=title)


def pictures(html: str) -> set[str]:
    return set(re.findall(r'(?:src="|srcset="|, )(/[^" ]+\.webp)', html))


# --- behind a link


def test_anybody_with_the_link_reads_the_story_and_sees_its_pictures(
    client: TestClient, sqlite_database: Database, ada: User
) -> None:
    token = share(sqlite_database, ada, story_of(sqlite_database, ada))
    page = client.get(f"/s/{token}")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for words in ("<title>Luna</title>", "This is page 4.", "Read and approved by Ada"):
        assert words in page.text
    found = pictures(page.text)
    assert len(found) == 4
    for address in found:
        picture = client.get(address)
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
        assert picture.content == (b"small" if "512" in address else b".")


def test_whoever_reads_gets_no_cookie_and_is_not_told_to_search_engines(
    client: TestClient, sqlite_database: Database, ada: User
) -> None:
    token = share(sqlite_database, ada, story_of(sqlite_database, ada))
    page = client.get(f"/s/{token}")
    for answer in (page, client.get(pictures(page.text).pop()), client.get("/s/guess")):
        assert "set-cookie" not in answer.headers
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert '<meta name="robots" content="noindex, nofollow">' in page.text
    assert client.cookies == {}


def test_a_page_keeps_a_policy_of_its_own_and_shows_itself_in_no_frame(
    client: TestClient, sqlite_database: Database, ada: User
) -> None:
    token = share(sqlite_database, ada, story_of(sqlite_database, ada))
    for answer in (client.get(f"/s/{token}"), client.get("/s/guess")):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert policy.endswith("frame-ancestors 'none'")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get("/healthz").headers["x-frame-options"] == "DENY"


def test_sites_that_the_configuration_names_may_show_it_inside_their_pages(
    client: TestClient, sqlite_database: Database, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = share(sqlite_database, ada, story_of(sqlite_database, ada))
    blog = "https://blog.school.example"
    allowed = config.settings().config.model_copy(update={"sharing": config.Sharing(embed_in=(blog,))})
    monkeypatch.setattr(reading, "settings", lambda: type("Settings", (), {"config": allowed}))
    page = client.get(f"/s/{token}")
    assert page.headers["content-security-policy"].endswith(f"frame-ancestors {blog}")
    assert "x-frame-options" not in page.headers
    assert client.get("/s/guess").headers["content-security-policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize("place", ["school.example", "https://a b", "https://x; script-src *", "javascript:x", "*"])
def test_only_an_address_may_be_named_for_that(place: str) -> None:
    with pytest.raises(ValueError, match="embed_in"):
        config.Sharing(embed_in=(place,))


@pytest.mark.parametrize("guess", HOSTILE)
def test_a_guess_finds_our_own_page_that_says_nothing(client: TestClient, guess: str) -> None:
    answers = [client.get(f"/s/{guess}{rest}") for rest in ("", "/1", "/img/" + "0" * 32 + "/full.webp", "/x/y/z")]
    for answer in answers:
        assert answer.status_code == 404
        assert answer.headers["cache-control"] == "no-store"
        assert "There is no story here" in answer.text
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_link_is_for_reading_only(client: TestClient, sqlite_database: Database, ada: User, method: str) -> None:
    token = share(sqlite_database, ada, story_of(sqlite_database, ada))
    assert client.request(method, f"/s/{token}").status_code in (404, 405)


def end(database: Database, owner: User, story: Story) -> None:
    with database.write() as session:
        sharing.end(session, owner.id, sharing.links(session, owner.id, story.id)[0].id)


def expire(database: Database, *_: object) -> None:
    with database.write() as session:
        session.execute(update(ShareLink).values(expires_at=now()))


def throw_away(database: Database, owner: User, story: Story) -> None:
    with database.write() as session:
        stories.throw_away(session, owner.id, story.id)


def change(database: Database, owner: User, story: Story) -> None:
    with database.write() as session:
        stories.rewrite_page(session, owner.id, story.id, 2, "Other words.")


@pytest.mark.parametrize("death", [end, expire, throw_away, change], ids=lambda death: death.__name__)
def test_a_dead_link_looks_like_a_guess(
    client: TestClient, sqlite_database: Database, ada: User, death: object
) -> None:
    story = story_of(sqlite_database, ada)
    token = share(sqlite_database, ada, story)
    addresses = {f"/s/{token}", *pictures(client.get(f"/s/{token}").text)}
    death(sqlite_database, ada, story)  # type: ignore[operator]
    guessed = client.get("/s/guess")
    for address in addresses:
        answer = client.get(address)
        assert (answer.status_code, answer.text) == (404, guessed.text)


def test_nothing_else_is_reachable_through_a_link(client: TestClient, sqlite_database: Database, ada: User) -> None:
    story, other = story_of(sqlite_database, ada), story_of(sqlite_database, ada, "Other")
    token = share(sqlite_database, ada, story)
    for address in (
        f"/s/{token}/img/{other.cover_id}/full.webp",
        f"/s/{token}/img/{story.cover_id}/1024.webp",
        f"/s/{token}/2",
        f"/s/{token}/0",
        f"/s/{token}/-1",
        f"/s/{token}/" + "9" * 5000,
        f"/app/static/img/{story.cover_id}/512.webp",
        f"/present/{story.id}",
        "/account/export.zip",
    ):
        assert client.get(address).status_code == 404, address


def test_a_shelf_leads_to_each_of_its_stories_and_back(
    client: TestClient, sqlite_database: Database, ada: User
) -> None:
    several = [story_of(sqlite_database, ada, title) for title in ("First", "Second", "Third")]
    token = share(sqlite_database, ada, *several, title="Class 2")
    shelf = client.get(f"/s/{token}")
    assert "<h1>Class 2</h1>" in shelf.text
    places = re.findall(f'href="(/s/{token}/[0-9])"', shelf.text)
    assert [re.findall("<title>(.*?)</title>", client.get(place).text) for place in places] == [
        ["First"], ["Second"], ["Third"],
    ]  # fmt: skip
    assert f'href="/s/{token}"' in client.get(places[0]).text
    change(sqlite_database, ada, several[1])
    assert [client.get(place).status_code for place in places] == [200, 404, 200]
    assert "Second" not in client.get(f"/s/{token}").text


def test_views_are_counted_once_an_opening(client: TestClient, sqlite_database: Database, ada: User) -> None:
    token = share(sqlite_database, ada, story_of(sqlite_database, ada))
    page = client.get(f"/s/{token}")
    client.get(pictures(page.text).pop())
    client.head(f"/s/{token}")
    client.get(f"/s/{token}", headers={"sec-purpose": "prefetch"})
    client.get(f"/s/{token}")
    with sqlite_database.read() as session:
        assert session.scalars(select(ShareLink.views)).one() == 2


# --- limits


def test_whoever_guesses_often_is_no_longer_answered(
    client: TestClient, sqlite_database: Database, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "GUESSES", Allowance(3, 3600))
    token = share(sqlite_database, ada, story_of(sqlite_database, ada))
    assert [client.get(f"/s/guess{number}").status_code for number in range(5)] == [404, 404, 404, 429, 429]
    assert client.get(f"/s/{token}").status_code == 429


def test_a_class_that_opens_an_old_link_does_not_guess(
    client: TestClient, sqlite_database: Database, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "GUESSES", Allowance(3, 3600))
    story = story_of(sqlite_database, ada)
    token = share(sqlite_database, ada, story)
    end(sqlite_database, ada, story)
    assert {client.get(f"/s/{token}").status_code for _ in range(10)} == {404}


def test_one_address_cannot_ask_without_end(
    client: TestClient, sqlite_database: Database, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "REQUESTS", Allowance(2, 3600))
    token = share(sqlite_database, ada, story_of(sqlite_database, ada))
    assert [client.get(f"/s/{token}").status_code for _ in range(3)] == [200, 200, 429]


def test_an_allowance_is_of_one_network_and_of_one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("storylib.server.rate_limit.monotonic", lambda: clock[0])
    allowance = Allowance(2, 100)
    for _ in range(2):
        assert not allowance.is_spent("2001:db8::1")
        allowance.spend("2001:db8::1")
    assert allowance.is_spent("2001:db8::2")  # of the same network
    assert not allowance.is_spent("192.0.2.1")
    clock[0] += 100
    assert not allowance.is_spent("2001:db8::1")


# --- before a class


@pytest.mark.parametrize("approved", [True, False])
def test_its_owner_presents_a_story_approved_or_not(
    client: TestClient, sqlite_database: Database, ada: User, approved: bool
) -> None:
    story = story_of(sqlite_database, ada, approved=approved)
    with sqlite_database.write() as session:
        client.cookies.set("storylib", users.start_session(session, ada))
    page = client.get(f"/present/{story.id}")
    assert page.status_code == 200
    assert ("Draft: not yet approved" in page.text) == (not approved)
    for address in pictures(page.text):
        assert client.get(address).status_code == 200


def test_nobody_else_presents_it(client: TestClient, sqlite_database: Database, ada: User) -> None:
    story = story_of(sqlite_database, ada)
    with sqlite_database.write() as session:
        eve = users.start_session(session, factories.user(session, "eve", role="admin"))
        mine = users.start_session(session, ada)
    for token, story_id in (("", story.id), ("forged", story.id), (eve, story.id), (mine, "%00"), (mine, "0" * 32)):
        answer = client.get(f"/present/{story_id}", headers={"cookie": f"storylib={token}"})
        assert answer.status_code == 404
        assert "Luna" not in answer.text


# --- where the site begins


def test_everything_is_there_under_a_base_path_too(sqlite_database: Database, ada: User) -> None:
    token = share(sqlite_database, ada, story_of(sqlite_database, ada))
    st.config.set_option("server.baseUrlPath", "/books/")
    try:
        with TestClient(Starlette(routes=server.parts()["routes"]), base_url="http://localhost") as client:
            page = client.get(f"/books/s/{token}")
            assert page.status_code == 200
            assert all(address.startswith(f"/books/s/{token}/img/") for address in pictures(page.text))
            assert {client.get(address).status_code for address in pictures(page.text)} == {200}
            assert "url(/books/app/static/fonts/" in page.text
            assert client.get("/books/s/guess").status_code == 404
    finally:
        st.config.set_option("server.baseUrlPath", "")


def test_a_wrong_setting_is_named(tmp_path: object) -> None:
    path = tmp_path / "config.yaml"  # type: ignore[operator]
    path.write_text((config.ROOT / "config.yaml").read_text("utf-8").replace("embed_in: []", "embed_in: [everybody]"))
    with pytest.raises(Invalid, match=r"sharing\.embed_in"):
        config.read(path)
