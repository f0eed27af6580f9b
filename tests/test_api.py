"""The API: rights, strictness, what a repeated request does, and what each noun answers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount
from starlette.testclient import TestClient

from storylib.__main__ import main
from storylib.config import ROOT
from storylib.db import Database
from storylib.generation import jobs
from storylib.identity import api_tokens
from storylib.identity.api_tokens import SCOPES, Scope
from storylib.models import Character, ImageBytes, Story, User
from storylib.people import administration
from storylib.server import api
from tests import factories

LUNA = {"name": "Luna", "kind": "fox", "pronouns": "she", "traits": ["shy"]}
STORY = {"characters": [LUNA], "theme": "a lost lantern", "pages": 4}
FOREIGN_STORY, FOREIGN_CHARACTER = "0" * 32, 987654


class Program:
    """A program with somebody's token; ``started`` are the ids of the stories whose making it began."""

    def __init__(self, http: TestClient, database: Database, started: list[str]):
        self.http, self.database, self.started = http, database, started
        with database.write() as session:
            self.user = factories.user(session)
        self.token = self.token_with("read", "write")

    def token_with(self, *scopes: Scope, user: User | None = None) -> str:
        with self.database.write() as session:
            return api_tokens.create(session, user or self.user, "test", scopes, 30)

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"Authorization": f"Bearer {self.token if token is None else token}"} | named
        return self.http.request(method, f"/api/v1{path}", json=body, headers=named)

    def story(self, **fields: Any) -> Story:
        with self.database.write() as session:
            return factories.story(session, self.user, **fields)

    def stranger(self) -> User:
        with self.database.write() as session:
            return factories.user(session, "eve", role="admin")


@pytest.fixture
def program(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    started: list[str] = []
    monkeypatch.setattr(jobs, "submit", lambda story: started.append(story.id))
    monkeypatch.setattr(jobs, "submit_portraits", lambda asked: started.extend(str(one.position) for one in asked))
    mounted = Starlette(routes=[Mount(api.PATH, api.Api())])
    with TestClient(mounted, base_url="http://localhost", raise_server_exceptions=False) as http:
        yield Program(http, database, started)


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    found: dict[str, Any] = answer.json()
    assert (found["status"], found["code"]) == (status, code)
    assert found["detail"].endswith("."), found
    return found


# --- who may


@pytest.mark.parametrize("shown", ["", "storylib_forged", "x" * 5000])
def test_without_a_valid_token_nothing_is_answered(program: Program, shown: str) -> None:
    answer = program.ask("GET", "/characters", token=shown)
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_that_was_ended_works_no_more(program: Program) -> None:
    [one] = program.ask("GET", "/tokens").json()["items"]
    assert program.ask("DELETE", f"/tokens/{one['id']}").status_code == 204
    problem(program.ask("GET", "/tokens"), 401, "unauthenticated")


def test_an_expired_token_works_no_more(program: Program, set_clock: Any) -> None:
    set_clock(datetime.now(UTC) + timedelta(days=31))
    problem(program.ask("GET", "/tokens"), 401, "unauthenticated")


def test_a_locked_persons_token_works_no_more(program: Program) -> None:
    chief = program.stranger()
    with program.database.write() as session:
        administration.lock(session, chief, [program.user.id])
    problem(program.ask("GET", "/tokens"), 401, "unauthenticated")


def test_a_token_does_no_more_than_its_scopes_say(program: Program) -> None:
    reading, writing = program.token_with("read"), program.token_with("write")
    problem(program.ask("POST", "/characters", LUNA, reading), 403, "refused")
    problem(program.ask("GET", "/characters", token=writing), 403, "refused")
    problem(program.ask("GET", "/usage/site"), 403, "refused")
    with program.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Character)) == 0


def test_the_scope_admin_is_worth_nothing_without_the_role(program: Program) -> None:
    chief = program.stranger()
    token = program.token_with("admin", user=chief)
    assert program.ask("GET", "/usage/site", token=token).status_code == 200
    with program.database.write() as session:
        session.get_one(User, chief.id).role = "educator"
    problem(program.ask("GET", "/usage/site", token=token), 403, "refused")


def test_what_is_somebody_elses_is_not_there(program: Program) -> None:
    eve = program.stranger()
    with program.database.write() as session:
        story, character = factories.story(session, eve), factories.character(session, eve)
        image = factories.image(session, eve)
        session.add(ImageBytes(image_id=image.id, size="256", data=b"small"))
    program.token = program.token_with(*SCOPES[:2])
    for method, path, body in [
        ("GET", f"/stories/{story.id}", None), ("DELETE", f"/stories/{story.id}", None),
        ("PATCH", f"/stories/{story.id}", {"title": "Mine"}), ("GET", f"/stories/{story.id}/progress", None),
        ("GET", f"/stories/{story.id}/events", None), ("GET", f"/stories/{story.id}/pages", None),
        ("PATCH", f"/stories/{story.id}/pages/1", {"text": "Mine"}), ("POST", f"/stories/{story.id}/cancel", None),
        ("POST", f"/stories/{story.id}/resume", None), ("POST", f"/stories/{story.id}/restore", None),
        ("POST", f"/stories/{story.id}/pages/1/redraw", None), ("GET", f"/stories/{story.id}/exports/zip", None),
        ("GET", f"/characters/{character.id}", None), ("PUT", f"/characters/{character.id}", LUNA),
        ("DELETE", f"/characters/{character.id}", None), ("GET", f"/characters/{character.id}/portraits", None),
        ("POST", f"/characters/{character.id}/portraits", {}), ("DELETE", f"/characters/{character.id}/portrait", None),
        ("PUT", f"/characters/{character.id}/portrait", {"position": 0}),
        ("POST", "/stories", {"character_ids": [character.id]}), ("GET", f"/images/{image.id}/256", None),
    ]:  # fmt: skip
        problem(program.ask(method, path, body, If_Match="*", If_None_Match=f'"{image.id}-256"'), 404, "not_found")
    assert program.started == []


def test_requests_are_counted_and_the_last_ones_refused(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_tokens, "A_MINUTE", 2)
    answers = [program.ask("GET", "/usage") for _ in range(6)]  # a minute may end between them
    refused = answers[-1]
    assert answers[0].headers["ratelimit-policy"] == '"minute";q=2;w=60'
    assert answers[0].headers["ratelimit"].startswith('"minute";r=1;t=')
    problem(refused, 429, "limit_reached")
    assert 1 <= int(refused.headers["retry-after"]) <= 60


# --- bodies


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"Luna"', b"\xff\xfe", b'{"name": "Luna"}', b'{"name": NaN, "kind": "fox"}',
        b'{"name": 1, "kind": "fox"}', b'{"name": "Luna", "kind": "wolfdragon"}', b'{"name": "!!!", "kind": "fox"}',
        b'{"name": "Luna", "kind": "fox", "nmae": "x"}', b'{"name": "\\ud800", "kind": "fox"}',
        b'{"name": "Lu\\u0000na", "kind": "fox"}', b'{"name": "Luna", "kind": "fox", "look": {"size": true}}',
        b'{"name": "Luna", "kind": "fox", "look": {"size": NaN}}', b"[" * 50_000,
        b'{"name": "Luna", "kind": "fox", "look": {"size": ' + b"9" * 5000 + b"}}",
    ],
)  # fmt: skip
def test_a_broken_body_is_refused_and_changes_nothing(program: Program, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {program.token}", "Content-Type": "application/json"}
    answer = program.http.post("/api/v1/characters", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    with program.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Character)) == 0


@pytest.mark.parametrize("pages", ["4", True, 4.5, None, 0, 10**30])
def test_a_number_is_a_number_within_its_bounds(program: Program, pages: Any) -> None:
    found = problem(program.ask("POST", "/stories", STORY | {"pages": pages}), 422, "malformed")
    assert found["errors"][0]["field"] == "pages"


def test_a_huge_body_is_refused_unread(program: Program) -> None:
    problem(program.ask("POST", "/characters", LUNA | {"description": "x" * 300_000}), 413, "too_large")
    headers = {"Authorization": f"Bearer {program.token}", "Content-Type": "application/json"}
    endless = program.http.post("/api/v1/characters", content=iter([b"{"]), headers=headers)
    problem(endless, 413, "too_large")


def test_what_there_is_not_is_a_problem_too(program: Program) -> None:
    problem(program.ask("GET", "/nothing"), 404, "not_found")
    problem(program.ask("PATCH", "/characters"), 405, "method_not_allowed")
    problem(program.ask("GET", "/stories/not-an-id"), 422, "malformed")


# --- once


def test_a_request_sent_again_does_nothing_and_is_answered_alike(program: Program) -> None:
    first, second = (program.ask("POST", "/stories", STORY, Idempotency_Key="k1") for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"] == f"/api/v1/stories/{first.json()['id']}"
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert program.started == [first.json()["id"]]


def test_a_key_for_another_request_is_a_conflict(program: Program) -> None:
    program.ask("POST", "/characters", LUNA, Idempotency_Key="k1")
    problem(program.ask("POST", "/characters", LUNA | {"name": "Max"}, Idempotency_Key="k1"), 409, "conflict")
    problem(program.ask("POST", "/stories", STORY, Idempotency_Key="k1"), 409, "conflict")
    assert len(program.ask("GET", "/characters").json()["items"]) == 1


def test_a_key_is_its_persons_own(program: Program) -> None:
    token = program.token_with("write", user=program.stranger())
    program.ask("POST", "/characters", LUNA, Idempotency_Key="k1")
    assert program.ask("POST", "/characters", LUNA, token, Idempotency_Key="k1").status_code == 201


def test_a_request_that_failed_may_be_tried_again_with_its_key(program: Program) -> None:
    with program.database.write() as session:
        luna = factories.character(session, program.user)
    problem(program.ask("POST", "/characters", LUNA, Idempotency_Key="k1"), 409, "taken")
    assert program.ask("DELETE", f"/characters/{luna.id}").status_code == 204
    assert program.ask("POST", "/characters", LUNA, Idempotency_Key="k1").status_code == 201


def test_a_key_is_forgotten_after_a_day(program: Program, set_clock: Any) -> None:
    program.ask("POST", "/stories", STORY, Idempotency_Key="k1")
    set_clock(datetime.now(UTC) + timedelta(days=1, minutes=1))
    answer = program.ask("POST", "/stories", STORY, Idempotency_Key="k1")
    assert "idempotent-replayed" not in answer.headers
    assert len(program.started) == 2


# --- characters


def test_a_character_is_created_read_changed_and_deleted(program: Program) -> None:
    created = program.ask("POST", "/characters", LUNA)
    where = created.headers["location"].removeprefix("/api/v1")
    assert created.status_code == 201
    read = program.ask("GET", where)
    assert read.json() == created.json()
    changed = program.ask("PUT", where, LUNA | {"description": "Very shy."}, If_Match=read.headers["etag"])
    assert (changed.status_code, changed.json()["description"]) == (200, "Very shy.")
    assert program.ask("GET", "/characters?search=lun").json()["items"] == [changed.json()]
    assert program.ask("GET", "/characters?search=max").json()["items"] == []
    assert program.ask("DELETE", where).status_code == 204
    problem(program.ask("GET", where), 404, "not_found")


def test_a_character_that_was_changed_meanwhile_is_not_overwritten(program: Program) -> None:
    where = program.ask("POST", "/characters", LUNA).headers["location"].removeprefix("/api/v1")
    etag = program.ask("GET", where).headers["etag"]
    assert program.ask("PUT", where, LUNA | {"description": "First."}, If_Match=etag).status_code == 200
    problem(program.ask("PUT", where, LUNA | {"description": "Second."}, If_Match=etag), 412, "precondition_failed")
    problem(program.ask("PUT", where, LUNA), 428, "precondition_required")
    assert program.ask("GET", where).json()["description"] == "First."


def test_what_a_program_has_is_not_sent_again(program: Program) -> None:
    program.ask("POST", "/characters", LUNA)
    first = program.ask("GET", "/characters")
    again = program.ask("GET", "/characters", If_None_Match=f'"other", W/{first.headers["etag"]}')
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["vary"] == "Authorization"
    program.ask("POST", "/characters", LUNA | {"name": "Max"})
    assert program.ask("GET", "/characters", If_None_Match=first.headers["etag"]).status_code == 200


def test_portraits_are_asked_for_and_one_is_chosen(program: Program) -> None:
    where = program.ask("POST", "/characters", LUNA).headers["location"].removeprefix("/api/v1")
    asked = program.ask("POST", f"{where}/portraits", {"count": 2})
    assert (asked.status_code, program.started) == (202, ["0", "1"])
    assert program.ask("GET", f"{where}/portraits").json() == asked.json()
    problem(program.ask("PUT", f"{where}/portrait", {"position": 1}), 422, "invalid")
    with program.database.write() as session:
        from storylib.library import portraits

        id_ = int(where.rpartition("/")[2])
        image = factories.image(session, program.user, character_id=id_)
        portraits.candidate_at(session, program.user.id, id_, 1).image_id = image.id
    assert program.ask("PUT", f"{where}/portrait", {"position": 1}).json()["portrait_id"] == image.id
    assert program.ask("DELETE", f"{where}/portrait").status_code == 204
    assert program.ask("GET", where).json()["portrait_id"] is None


# --- stories


def test_a_story_is_accepted_and_can_be_followed(program: Program) -> None:
    hero = program.ask("POST", "/characters", LUNA).json()["id"]
    asked = program.ask("POST", "/stories", {"character_ids": [hero], "theme": "a lost lantern", "pages": 4})
    assert asked.status_code == 202
    assert program.started == [asked.json()["id"]]
    document = program.ask("GET", asked.headers["location"].removeprefix("/api/v1")).json()
    assert (document["state"], document["brief"]["characters"][0]["name"]) == ("queued", "Luna")
    told = program.ask("GET", asked.json()["progress_url"].removeprefix("/api/v1")).json()
    assert (told["state"], told["making"], told["pages"], told["written"]) == ("queued", True, 4, 0)


def test_events_end_when_a_story_is_made(program: Program) -> None:
    answer = program.ask("GET", f"/stories/{program.story().id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    [event] = answer.text.strip().split("\n\n")
    assert json.loads(event.partition("data: ")[2])["state"] == "ready"


def test_a_plans_limit_is_told_as_one_that_waiting_does_not_help(program: Program) -> None:
    answer = program.ask("POST", "/stories", STORY | {"pages": 20})
    problem(answer, 403, "limit_reached")
    assert "retry-after" not in answer.headers


def test_an_unknown_provider_is_refused(program: Program) -> None:
    problem(program.ask("POST", "/stories", STORY | {"provider": "nobody"}), 422, "invalid")
    problem(program.ask("POST", "/stories", STORY | {"characters": []}), 422, "malformed")
    assert program.started == []


def test_stories_are_listed_a_page_at_a_time(program: Program) -> None:
    made = [program.story().id for _ in range(5)]
    found, after = [], ""
    while after is not None:
        answer = program.ask("GET", f"/stories?limit=2{after and '&after=' + after}").json()
        found += [card["id"] for card in answer["items"]]
        after = answer["next"]
    assert found == made[::-1]
    assert program.ask("GET", "/stories?state=failed").json() == {"items": [], "next": None}


def test_a_pages_text_is_changed_by_whoever_read_it(program: Program) -> None:
    where = f"/stories/{program.story().id}/pages/2"
    etag = program.ask("GET", where).headers["etag"]
    changed = program.ask("PATCH", where, {"text": "My own words."}, If_Match=etag)
    assert (changed.json()["text"], changed.json()["teacher_text"]) == ("My own words.", True)
    problem(program.ask("PATCH", where, {"text": "Too late."}, If_Match=etag), 412, "precondition_failed")
    problem(program.ask("PATCH", where, {"text": "Unseen."}), 428, "precondition_required")
    assert [page["number"] for page in program.ask("GET", where.rpartition("/")[0]).json()["items"]] == [1, 2, 3, 4]
    problem(program.ask("GET", f"{where}9"), 404, "not_found")


def test_a_page_is_drawn_anew(program: Program) -> None:
    story = program.story()
    assert program.ask("POST", f"/stories/{story.id}/pages/2/redraw").status_code == 202
    assert program.started == [story.id]
    problem(program.ask("POST", f"/stories/{story.id}/pages/2/redraw"), 422, "invalid")


def test_a_story_is_approved_as_it_was_read_only(program: Program) -> None:
    where = f"/stories/{program.story().id}"
    etag = program.ask("GET", where).headers["etag"]
    problem(program.ask("PATCH", where, {"review": "approved"}), 428, "precondition_required")
    program.ask("PATCH", where, {"title": "Another"})
    problem(program.ask("PATCH", where, {"review": "approved"}, If_Match=etag), 412, "precondition_failed")
    etag = program.ask("GET", where).headers["etag"]
    approved = program.ask("PATCH", where, {"review": "approved"}, If_Match=etag).json()
    assert (approved["review"], approved["title"]) == ("approved", "Another")
    assert program.ask("PATCH", where, {"review": "draft"}).json()["review"] == "draft"


def test_a_story_is_stopped_resumed_deleted_and_brought_back(program: Program) -> None:
    story = program.story(state="writing")
    where = f"/stories/{story.id}"
    assert program.ask("POST", f"{where}/cancel").status_code == 204
    assert program.ask("GET", f"{where}/progress").json()["state"] == "cancelled"
    assert program.ask("POST", f"{where}/resume").status_code == 202
    assert program.started == [story.id]
    problem(program.ask("POST", f"{where}/resume"), 422, "invalid")
    assert program.ask("DELETE", where).status_code == 204
    problem(program.ask("GET", where), 404, "not_found")
    assert program.ask("POST", f"{where}/restore").status_code == 204
    assert program.ask("GET", where).status_code == 200


def test_an_unfinished_story_is_not_exported(program: Program) -> None:
    problem(program.ask("GET", f"/stories/{program.story(state='writing').id}/exports/zip"), 422, "invalid")


def test_a_finished_one_is(program: Program) -> None:
    answer = program.ask("GET", f"/stories/{program.story().id}/exports/epub")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/epub+zip")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''Luna.epub"
    assert answer.content[:2] == b"PK"


# --- pictures, prices, themes, usage


def test_a_picture_is_kept_for_ever_by_whoever_may_see_it(program: Program) -> None:
    with program.database.write() as session:
        image = factories.image(session, program.user)
        session.add(ImageBytes(image_id=image.id, size="256", data=b"small"))
    answer = program.ask("GET", f"/images/{image.id}/256")
    assert (answer.content, answer.headers["content-type"]) == (b"small", "image/webp")
    assert "immutable" in answer.headers["cache-control"]
    assert program.ask("GET", f"/images/{image.id}/256", If_None_Match=answer.headers["etag"]).status_code == 304
    problem(program.ask("GET", f"/images/{image.id}/1024"), 422, "malformed")


def test_a_quote_costs_nothing_and_keeps_nothing(program: Program) -> None:
    found = program.ask("POST", "/quotes", STORY).json()
    assert (found["free"], found["message"]) == (True, "Free.")
    assert program.ask("GET", "/stories").json()["items"] == []


def test_a_theme_is_looked_at_before_it_is_asked_for(program: Program) -> None:
    found = program.ask("POST", "/themes", STORY).json()
    assert found["asked"] == "a lost lantern"
    assert found["treatment"] in ("about", "mentioned", "none")


def test_usage_is_of_this_month(program: Program) -> None:
    found = program.ask("GET", "/usage").json()
    program.ask("POST", "/stories", STORY)
    after = program.ask("GET", "/usage").json()
    assert (found["plan"], found["used_usd"]) == ("free", "0")
    assert after["stories_left"] == found["stories_left"] - 1


# --- documents


def test_the_description_and_its_page_need_no_token_and_no_network(program: Program) -> None:
    document = program.http.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    page = program.http.get("/api/v1/docs").text
    assert "<script>" not in page
    assert "://" not in page
    for name in ("static/swagger-ui.css", "static/swagger-ui-bundle.js", "start.js"):
        assert program.http.get(f"/api/v1/docs/{name}").status_code == 200


def test_the_start_does_not_wait_for_fastapi() -> None:
    code = "import sys, storylib.server; sys.exit('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_command_line_prints_the_description(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi"]) == 0
    assert json.loads(capsys.readouterr().out) == api.application().openapi()


def test_events_end_when_a_story_is_deleted(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from storylib.server.api import stories

    story = program.story(state="writing")
    monkeypatch.setattr(stories.asyncio, "sleep", lambda _seconds: run_in_threadpool(program.ask, "DELETE", where))
    where = f"/stories/{story.id}"
    events = program.ask("GET", f"{where}/events").text.strip().split("\n\n")
    assert len(events) == 1
