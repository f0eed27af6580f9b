"""Who may do what: every page, route and act with people, for everybody who might try."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from storylib.billing import ledger
from storylib.config import ROOT
from storylib.db import Database
from storylib.errors import Invalid, NotFound, Refused
from storylib.errors.messages import message
from storylib.generation import portrait_requests
from storylib.identity import access, audit, users
from storylib.identity.access import PERMISSIONS, SYSTEM, Permission
from storylib.library import characters, images, portraits, stories
from storylib.library.characters import Draft
from storylib.models import Candidate, Image, ImageBytes, Page, Story, User
from storylib.operations import alerts
from storylib.people import administration, csv_import, deletion, search
from storylib.server.closed import Closed
from storylib.server.routes import ROUTES
from storylib.vocabulary import ROLES, Role
from storylib.web.shell import SCREENS
from tests import factories

WHO = ("signed out", "owner", "other", "admin", "deactivated", "locked")
LET_IN = ("owner", "other", "admin")
GUEST = users.guest("new", "new@school.example", "New")
FILE = b"username,name,email\nfinn,Finn,finn@school.example\n"


@dataclass
class Cast:
    """Everybody who might try, each with a session from before they were locked out."""

    members: dict[str, User]
    tokens: dict[str, str]
    story_id: str
    character_id: int
    image_id: str


@pytest.fixture
def cast(sqlite_database: Database) -> Cast:
    """They are told apart by their usernames."""
    states: dict[str, dict[str, object]] = {
        "admin": {"role": "admin"},
        "deactivated": {"active": False},
        "locked": {"locked_until": users.LOCKED},
    }
    with sqlite_database.write() as session:
        members = {name: factories.user(session, name, password_hash="x", **states.get(name, {})) for name in WHO[1:]}
        tokens = {name: users.start_session(session, user) for name, user in members.items()}
        owner = members["owner"]
        picture = factories.image(session, owner)
        session.add(ImageBytes(image_id=picture.id, size="256", data=b"small"))
        story, hero = factories.story(session, owner), factories.character(session, owner)
        return Cast(members, {"signed out": "forged", **tokens}, story.id, hero.id, picture.id)


# --- pages

NEEDS = {screen.file: ("admin",) if screen.section == "Admin" else LET_IN for screen in SCREENS}


def test_every_page_is_in_the_navigation_and_so_in_this_test() -> None:
    assert {f"pages/{file}" for file in NEEDS} == {str(path.relative_to(ROOT)) for path in ROOT.glob("pages/*/*.py")}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("file", NEEDS)
def test_a_page_opens_for_exactly_those_who_may(cast: Cast, file: str, who: str) -> None:
    home = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30)
    home.session_state["token"] = cast.tokens[who]
    page = home.run().switch_page(f"pages/{file}").run()
    said = "\n".join(str(element.value) for kind in (page.title, page.markdown, page.error) for element in kind)
    asked_to_sign_in = "Picture books for your class" in said
    assert asked_to_sign_in == (who not in LET_IN)
    assert (asked_to_sign_in or "for administrators" in said) == (who not in NEEDS[file])


# --- routes


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[TestClient]:  # noqa: ARG001, the database is this process's
    with TestClient(Starlette(routes=ROUTES), base_url="http://localhost") as client:
        yield client


PUBLIC = {"/healthz", "/readyz", "/gallery", "/auth/cookie"}  # the cookie's one-time token is its own permission
PRIVATE: dict[str, tuple[str, ...]] = {
    "/app/static/img/{image_id}/{size}.webp": ("owner",),
    "/account/export.zip": LET_IN,
}


def test_every_route_is_known_to_be_public_or_private() -> None:
    assert {route.path for route in ROUTES} == PUBLIC | set(PRIVATE)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("route", PRIVATE)
def test_a_route_answers_exactly_those_who_may(client: TestClient, cast: Cast, route: str, who: str) -> None:
    address = route.format(image_id=cast.image_id, size="256")
    answer = client.get(address, headers={"cookie": f"storylib={cast.tokens[who]}"})
    assert answer.status_code == (200 if who in PRIVATE[route] else 404)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("address", ["/_stcore/metrics", "/_stcore/metrics/"])
def test_what_streamlit_counts_is_for_administrators(cast: Cast, address: str, who: str) -> None:
    async def counts(_request: Request) -> Response:
        return PlainTextResponse("counted")

    app = Starlette(routes=[Route(address, counts)], middleware=[Middleware(Closed)])
    with TestClient(app) as client:
        answer = client.get(address, headers={"cookie": f"storylib={cast.tokens[who]}"})
    assert answer.text == ("counted" if who == "admin" else "Not found")


@pytest.mark.parametrize("origin", [{}, {"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_no_other_site_signs_anybody_in_or_out(client: TestClient, origin: dict[str, str]) -> None:
    assert client.post("/auth/cookie", headers=origin).status_code == 403
    assert client.delete("/auth/cookie", headers=origin).status_code == 403


# --- acts with people

ACTS: dict[str, Callable[[Session, User, int], object]] = {
    "administration.create": lambda session, who, _: administration.create(session, who, GUEST),
    "administration.invite": lambda session, who, _: administration.invite(session, who, GUEST),
    "administration.link": lambda session, who, on: administration.link(session, who, [on]),
    "administration.set_role": lambda session, who, on: administration.set_role(session, who, [on], "admin"),
    "administration.set_plan": lambda session, who, on: administration.set_plan(session, who, [on], "pro"),
    "administration.set_budget": lambda session, who, on: administration.set_budget(session, who, [on], Decimal(1)),
    "administration.lock": lambda session, who, on: administration.lock(session, who, [on]),
    "administration.unlock": lambda session, who, on: administration.unlock(session, who, [on]),
    "administration.deactivate": lambda session, who, on: administration.deactivate(session, who, [on]),
    "administration.reactivate": lambda session, who, on: administration.reactivate(session, who, [on]),
    "administration.sign_out": lambda session, who, on: administration.sign_out(session, who, [on]),
    "administration.chosen": lambda session, who, on: administration.chosen(session, who, [on]),
    "deletion.delete": lambda session, who, on: deletion.delete(session, who, [on]),
    "csv_import.load": lambda session, who, _: csv_import.load(session, who, FILE),
    "search.people": lambda session, who, _: search.people(session, who),
    "audit.entries": lambda session, who, _: audit.entries(session, who),
    "ledger.decide": lambda session, who, _: ledger.decide(
        session, who, factories.call(session, state="unknown").id, paid=True
    ),
    "ledger.rebuild_sums": lambda session, who, _: ledger.rebuild_sums(session, who),
    "stories.retry": lambda session, who, on: stories.retry(
        session, who, factories.story(session, session.get_one(User, on), state="failed").id
    ),
    "alerts.acknowledge": lambda session, who, _: alerts.acknowledge(session, who, factories.alert(session).id),
}


def test_every_act_that_takes_an_actor_is_in_this_test() -> None:
    modules = (administration, deletion, csv_import, search, audit, alerts, ledger, stories)
    acts = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in modules
        for name, function in vars(module).items()
        if getattr(function, "__module__", "").startswith(module.__name__)
        and not name.startswith("_")
        and "actor" in getattr(function, "__annotations__", {})
    }
    assert acts - {"audit.write"} == set(ACTS)  # the pen


@pytest.mark.parametrize("who", [*WHO[1:], "deactivated admin", "former admin"])
@pytest.mark.parametrize("act", ACTS)
def test_only_administrators_act(sqlite_database: Database, cast: Cast, act: str, who: str) -> None:
    with sqlite_database.write() as session:
        if who in cast.members:
            actor = cast.members[who]
        else:
            now = {"active": False} if who.startswith("deactivated") else {"role": "educator"}
            actor = factories.user(session, "was", **{"role": "admin", **now})
            actor = User(id=actor.id, username="was", role="admin", active=True)  # as a screen still has them
        if who == "admin":
            ACTS[act](session, actor, cast.members["other"].id)
        else:
            with pytest.raises(Refused):
                ACTS[act](session, actor, cast.members["other"].id)


def test_storylib_itself_may_act_and_the_audit_says_that_it_did(sqlite_database: Database, cast: Cast) -> None:
    with sqlite_database.write() as session:
        call = factories.call(session, cast.members["owner"], state="unknown", estimate_usd=Decimal("0.04"))
        ledger.decide(session, SYSTEM, call.id, paid=True)
        [row] = audit.entries(session, SYSTEM)
    assert (row.actor, row.act, row.person) == (SYSTEM.username, "call decided", "owner")
    with pytest.raises(Invalid):
        users.guest(SYSTEM.username, "system@school.example", "")  # nobody can be taken for it


# --- the rule itself

OWNERS = ("see picture", "share story")
MAY = {permission: ("owner",) if permission in OWNERS else ("admin",) for permission in PERMISSIONS}


@pytest.mark.parametrize("who", [*WHO, "(system)"])
@pytest.mark.parametrize("permission", PERMISSIONS)
def test_the_rule_lets_exactly_those_who_may(cast: Cast, permission: Permission, who: str) -> None:
    actor = SYSTEM if who == "(system)" else cast.members.get(who)
    mine = Image(owner_id=cast.members["owner"].id)
    assert access.can(actor, permission, mine) == (who in (*MAY[permission], "(system)"))


def test_what_is_not_there_is_nobodys_to_see(cast: Cast) -> None:
    for actor in (*cast.members.values(), SYSTEM):
        with pytest.raises(NotFound):
            access.require_own(actor, "see picture", None)


@pytest.mark.parametrize("role", ROLES)
def test_somebody_deactivated_may_nothing_any_more(role: Role) -> None:
    gone = User(id=7, role=role, active=False)
    assert not any(access.can(gone, permission, Image(owner_id=7)) for permission in PERMISSIONS)


# --- what belongs to somebody

DEER = Draft("Fern", "deer", "she")
BEACH = factories.MEADOW.model_copy(update={"setting": "beach"})


def _bring_back(session: Session, who: int, cast: Cast) -> None:
    stories.throw_away(session, cast.members["owner"].id, cast.story_id)
    stories.bring_back(session, who, cast.story_id)


def _undo(session: Session, who: int, cast: Cast) -> None:
    stories.retitle(session, cast.members["owner"].id, cast.story_id, "Once more")
    stories.undo(session, who, cast.story_id)


def _redo(session: Session, who: int, cast: Cast) -> None:
    _undo(session, cast.members["owner"].id, cast)
    stories.redo(session, who, cast.story_id)


def _restore(session: Session, who: int, cast: Cast) -> None:
    stories.retitle(session, cast.members["owner"].id, cast.story_id, "Once more")
    stories.restore(session, who, cast.story_id, session.get_one(Story, cast.story_id).revision_id or 0)


def _redraw_cover(session: Session, who: int, cast: Cast) -> None:
    session.get_one(Story, cast.story_id).cover_stand_in = True
    stories.redraw_cover(session, session.get_one(User, who), cast.story_id)


def _redraw_stand_ins(session: Session, who: int, cast: Cast) -> None:
    session.get_one(Page, (cast.story_id, 1)).stand_in = True
    stories.redraw_stand_ins(session, session.get_one(User, who), cast.story_id)


def _candidate(session: Session, cast: Cast, **fields: object) -> Candidate:
    key = {"character_id": cast.character_id, "batch": 1, "position": 0}
    candidate = Candidate(**key, provider="kit", spec=factories.LUNA, **fields)
    session.add(candidate)
    session.flush()
    return candidate


def _draw_again(session: Session, who: int, cast: Cast) -> None:
    _candidate(session, cast, error=message("It could not be drawn."))
    portrait_requests.again(session, session.get_one(User, who), cast.character_id, 0)


def _candidate_at(session: Session, who: int, cast: Cast) -> None:
    _candidate(session, cast)
    portraits.candidate_at(session, who, cast.character_id, 0)


def _choose(session: Session, who: int, cast: Cast) -> None:
    _candidate(session, cast, image_id=cast.image_id)
    portraits.choose(session, who, cast.character_id, 0)


def _candidate_at(session: Session, who: int, cast: Cast) -> None:
    _candidate(session, cast)
    portraits.candidate_at(session, who, cast.character_id, 0)


OWN: dict[str, Callable[[Session, int, Cast], object]] = {
    "stories.get": lambda session, who, cast: stories.get(session, who, cast.story_id),
    "stories.page": lambda session, who, cast: stories.page(session, who, cast.story_id, 1),
    "stories.progress": lambda session, who, cast: stories.progress(session, who, cast.story_id),
    "stories.retitle": lambda session, who, cast: stories.retitle(session, who, cast.story_id, "Mine"),
    "stories.rewrite_page": lambda session, who, cast: stories.rewrite_page(session, who, cast.story_id, 1, "Mine."),
    "stories.set_review": lambda session, who, cast: stories.set_review(session, who, cast.story_id, "approved"),
    "stories.set_favourite": lambda session, who, cast: stories.set_favourite(session, who, cast.story_id, True),
    "stories.again": lambda session, who, cast: stories.again(session, who, cast.story_id),
    "stories.cancel": lambda session, who, cast: stories.cancel(session, who, cast.story_id),
    "stories.throw_away": lambda session, who, cast: stories.throw_away(session, who, cast.story_id),
    "stories.bring_back": _bring_back,
    "stories.redraw": lambda session, who, cast: stories.redraw(session, session.get_one(User, who), cast.story_id, 1),
    "stories.change_scene": lambda session, who, cast: stories.change_scene(
        session, session.get_one(User, who), cast.story_id, 1, BEACH
    ),
    "stories.copy": lambda session, who, cast: stories.copy(session, session.get_one(User, who), cast.story_id),
    "stories.move": lambda session, who, cast: stories.move(session, who, cast.story_id, 1, 2),
    "stories.delete": lambda session, who, cast: stories.delete(session, who, cast.story_id, 2),
    "stories.insert": lambda session, who, cast: stories.insert(
        session, who, cast.story_id, 1, "Once.", factories.MEADOW
    ),
    "stories.duplicate": lambda session, who, cast: stories.duplicate(session, who, cast.story_id, 1),
    "stories.split": lambda session, who, cast: stories.split(session, who, cast.story_id, 1, 4),
    "stories.join": lambda session, who, cast: stories.join(session, who, cast.story_id, 1),
    "stories.undo": _undo,
    "stories.redo": _redo,
    "stories.restore": _restore,
    "stories.restore_page": lambda session, who, cast: stories.restore_page(
        session, who, cast.story_id, 1, session.get_one(Page, (cast.story_id, 1)).revision_id
    ),
    "stories.redraw_cover": _redraw_cover,
    "stories.redraw_stand_ins": _redraw_stand_ins,
    "characters.update": lambda session, who, cast: characters.update(session, who, cast.character_id, 1, DEER),
    "portraits.locked": lambda session, who, cast: portraits.locked(session, who, cast.character_id),
    "portraits.candidate_at": _candidate_at,
    "portraits.latest": lambda session, who, cast: portraits.latest(session, who, cast.character_id),
    "portrait_requests.ask": lambda session, who, cast: portrait_requests.ask(
        session, session.get_one(User, who), cast.character_id, "kit"
    ),
    "portrait_requests.again": _draw_again,
    "portraits.choose": _choose,
    "portraits.clear_portrait": lambda session, who, cast: portraits.clear_portrait(session, who, cast.character_id),
    "characters.get": lambda session, who, cast: characters.get(session, who, cast.character_id),
    "characters.delete": lambda session, who, cast: characters.delete(session, who, cast.character_id),
    "images.data": lambda session, who, cast: images.data(session, session.get_one(User, who), cast.image_id),
}


LISTS = {"images.versions", "characters.stars_in"}  # empty for others, see below
NEW = {"stories.ask"}  # the id is that of a story to come


def test_everything_that_is_asked_about_one_thing_of_somebodys_is_in_this_test() -> None:
    asked = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in (stories, characters, portraits, portrait_requests, images)
        for name, function in vars(module).items()
        if getattr(function, "__module__", "").startswith(module.__name__)
        and not name.startswith("_")
        and {"user_id", "user", "actor"} & set(getattr(function, "__annotations__", {}))
        and {"story_id", "character_id", "image_id"} & set(function.__annotations__)
    }
    assert asked - set(ACTS) == set(OWN) | LISTS | NEW


@pytest.mark.parametrize("who", WHO[1:])
@pytest.mark.parametrize("act", OWN)
def test_what_is_ones_own_is_there_for_nobody_else(sqlite_database: Database, cast: Cast, act: str, who: str) -> None:
    with sqlite_database.write() as session:
        if who == "owner":
            OWN[act](session, cast.members[who].id, cast)
        else:
            with pytest.raises(NotFound):
                OWN[act](session, cast.members[who].id, cast)


def test_lists_of_what_is_ones_own_are_empty_for_everybody_else(sqlite_database: Database, cast: Cast) -> None:
    with sqlite_database.read() as session:
        for name, user in cast.members.items():
            mine = name == "owner"
            assert bool(stories.cards(session, user.id)) == mine
            assert bool(characters.listing(session, user.id)) == mine
            assert stories.cards(session, user.id, after=cast.story_id) == []
            assert images.versions(session, user.id, cast.story_id, None) == []
            assert characters.stars_in(session, user.id, cast.character_id) == 0
