"""Whole stories from servers that answer otherwise than OpenAI: each ends complete, or says exactly why not."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.responses import HTMLResponse, JSONResponse, Response

from storylib.billing.money import Usage
from storylib.config import Deadlines, Models, settings
from storylib.errors import ProviderError
from storylib.providers.openai import chat
from storylib.providers.openai.server import Server, Timeouts, timeouts
from storylib.providers.openai.writer import OpenAIWriter
from storylib.reporting.analytics import health
from storylib.story import Part
from tests.openai import mock as mocked
from tests.openai.desk import BRIEF, PAGES, Desk, is_whole, stand_ins
from tests.openai.mock import StoryServer

pytestmark = pytest.mark.usefixtures("near")
Answering = Callable[[dict[str, Any]], Response | None]


def chunk(delta: dict[str, Any], **more: Any) -> str:
    return f"data: {json.dumps({'model': 'gpt-6-luna', 'choices': [{'index': 0, 'delta': delta}], **more})}\n\n"


def book(body: dict[str, Any]) -> list[str]:
    """The events of a whole answer."""
    text = mocked.answer(body, mocked.Behaviour())
    usage = {"prompt_tokens": 700, "completion_tokens": 900}
    words = [chunk({"content": text[at : at + 50]}) for at in range(0, len(text), 50)]
    return [chunk({"role": "assistant", "content": ""}), *words, chunk({}, usage=usage), "data: [DONE]\n\n"]


def streaming(change: Callable[[int, str], str]) -> Answering:
    """A server that streams as ``change`` makes it, event by event."""

    def answer(body: dict[str, Any]) -> Response | None:
        if not body.get("stream"):
            return None
        events = "".join(change(number, event) for number, event in enumerate(book(body)))
        return Response(events, media_type="text/event-stream")

    return answer


def refusing(status: int, name: str, said: Any) -> Answering:
    return lambda body: JSONResponse(said, status) if name in body else None


# --- checks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({"error": "Unexpected endpoint or method. (POST /v1/moderations)"}),
        JSONResponse({"error": {"message": "Internal", "code": 500}}),
        JSONResponse({"results": []}),
        JSONResponse({"results": [{"flags": 1}]}),
        JSONResponse({"results": "fine"}),
        JSONResponse({"choices": [{"message": {"content": "safe"}}]}),
        JSONResponse([]),
        HTMLResponse("<!DOCTYPE html><title>Welcome</title>"),
        Response('{"results": [{"flagged": fal', media_type="application/json"),
        Response(""),
        Response("ok"),
        JSONResponse({"error": {"message": "Invalid model name passed in model=omni-moderation-latest"}}, 400),
        JSONResponse({"error": {"message": "Bad request"}}, 400),
        JSONResponse({"detail": "Unprocessable"}, 422),
        JSONResponse({"detail": "Not Found"}, 404),
        JSONResponse({"error": "no"}, 401),
        JSONResponse({"error": "no"}, 500),
        HTMLResponse("<title>502 Bad Gateway</title>", 502),
        HTMLResponse("<title>524</title>", 524),
    ],
    ids=lambda answer: f"{answer.status_code} {answer.body[:40].decode()}",
)
def test_a_check_that_brings_no_verdict_leaves_the_page_unchecked_and_the_book_goes_on(
    answer: Response, desk: Desk
) -> None:
    desk.mock.behaviour.instead["moderations"] = lambda _: answer
    story = desk.made()
    assert is_whole(story)
    assert stand_ins(story) == 0
    for page in story.pages:
        assert (page.checks[0]["check"], bool(page.checks[0]["skipped"]), page.error) == ("moderation", True, None)
    assert desk.cost(story) == desk.bill()  # checks are free, also those that failed


@pytest.mark.parametrize(
    ("result", "flags"),
    [
        ({"flagged": False, "categories": None, "category_scores": None}, []),
        ({"flagged": False, "categories": {"hate": False}, "category_scores": {"violence": None, "hate": "low"}}, []),
        ({"categories": ["violence"]}, ["violence"]),
        ({"flagged": True}, ["flagged"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("alone", [False, True])
def test_a_verdict_is_read_in_every_shape(result: dict[str, Any], flags: list[str], alone: bool, desk: Desk) -> None:
    desk.mock.behaviour.instead["moderations"] = lambda _: JSONResponse({"results": result if alone else [result]})
    story = desk.made()
    assert [page.checks[0]["flags"] for page in story.pages] == [flags] * PAGES


def test_a_check_that_says_blocked_leaves_the_page_to_the_teacher(desk: Desk) -> None:
    said = {"error": {"code": "content_filter", "message": "The content was blocked"}}
    desk.mock.behaviour.instead["moderations"] = lambda body: (
        JSONResponse(said, 400) if "page 2" in str(body["input"]) else None
    )
    story = desk.made()
    assert [page.state for page in story.pages] == ["ready", "failed", *["ready"] * (PAGES - 2)]
    assert "could not be checked" in str(story.pages[1].error)


# --- streams ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda _, event: f"retry: 3000\n\n{event}",
        lambda number, event: f"id: {number}\n{event}: ping\n\n",
        lambda _, event: f"event: message\n{event}",
        lambda _, event: f"data:\n\n{event}",
        lambda _, event: f"data: : OPENROUTER PROCESSING\n\n{event}",
        lambda _, event: event.replace("data: ", "data:").replace("[DONE]", "[ DONE ]"),
        lambda _, event: event.replace("\n\n", "\n"),
        lambda _, event: event.replace("\n", "\r\n"),
        lambda _, event: event.removeprefix("data: "),
        lambda _, event: event.replace('"content": "', '"content": [{"type": "text", "text": "').replace(
            '"}}]', '"}]}}]'
        ),
        lambda _, event: 'data: {"choices": [{"index": 0, "finish_reason": null}], "usage": null}\n\n' + event,
    ],
)
def test_a_story_comes_whole_however_its_stream_is_kept_open(change: Callable[[int, str], str], desk: Desk) -> None:
    desk.mock.behaviour.instead["chat"] = streaming(change)
    story = desk.made()
    assert is_whole(story)
    (row,) = desk.calls(story, "write")
    assert (row.state, row.tokens_in, row.tokens_out, row.error_kind) == ("settled", 700, 900, None)


@pytest.mark.parametrize("kind", ["text/event-stream", "text/plain", "application/json"])
@pytest.mark.parametrize("behind", ["", "\n\ndata: [DONE]\n\n"])
def test_a_whole_answer_is_read_whatever_it_is_called(kind: str, behind: str, desk: Desk) -> None:
    def answer(body: dict[str, Any]) -> Response:
        message = {"role": "assistant", "content": mocked.answer(body, mocked.Behaviour())}
        said = {"choices": [{"message": message}], "usage": {"prompt_tokens": 7, "completion_tokens": 9}}
        return Response(json.dumps(said) + behind, media_type=kind)

    desk.mock.behaviour.instead["chat"] = answer
    desk.mock.behaviour.lacks = {"moderation"}  # so that a model looks at the pictures, which is not streamed
    story = desk.made()
    assert is_whole(story)
    assert {page.image_checks[0]["check"] for page in story.pages} == {"vision of the picture"}


def test_a_server_that_streams_unasked_is_read(desk: Desk) -> None:
    desk.mock.behaviour.lacks = {"moderation"}
    desk.mock.behaviour.instead["chat"] = lambda body: Response("".join(book(body)), media_type="text/event-stream")
    story = desk.made()
    assert is_whole(story)
    assert {page.image_checks[0]["check"] for page in story.pages} == {"vision of the picture"}


def test_signs_of_life_alone_end_in_time(desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "PATIENCE", 0)
    server.timeouts = Timeouts(text=1.5)
    desk.mock.behaviour.instead["chat"] = lambda _: Response(": ping\n\n" * 20, media_type="text/event-stream")
    story = desk.made()
    assert story.state == "failed"
    assert "did not answer in time" in str(story.error)
    assert desk.states(story, "write") == ["unknown"]


@pytest.mark.parametrize(
    "around",
    [
        'Like {"title": "..."}? Four pages.\n</think>\n\n%s',
        "{\n\n%s\n\n  ",
        '{"story": %s}',
        '{"answer": %s, "note": "done"}',
    ],
)
def test_a_book_is_found_in_whatever_it_is_wrapped(around: str, desk: Desk) -> None:
    def answer(body: dict[str, Any]) -> Response:
        text = around % mocked.answer(body, mocked.Behaviour())
        events = [chunk({"content": text[at : at + 50]}) for at in range(0, len(text), 50)]
        return Response("".join(events), media_type="text/event-stream")

    desk.mock.behaviour.instead["chat"] = answer
    story = desk.made()
    assert is_whole(story)
    assert len(desk.mock.calls("/chat/")) == 1


# --- time and room ---------------------------------------------------------------------------------------------------


def test_a_text_that_never_ends_is_ended(desk: Desk, server: Server) -> None:
    server.timeouts = Timeouts(whole_text=0.0)
    story = desk.made()
    assert story.state == "failed"
    assert "did not answer in time" in str(story.error)


def test_a_free_server_that_is_too_slow_is_asked_again_and_nobody_speaks_of_charges(
    desk: Desk, server: Server, tmp_path: Path
) -> None:
    config = tmp_path / "config.yaml"
    note = "    note: text and pictures by AI models"
    config.write_text(config.read_text("utf-8").replace(note, f"{note}\n    free: true"), "utf-8")
    settings.cache_clear()
    server.timeouts = Timeouts(whole_text=0.0)
    story = desk.made()
    assert "Nothing was charged" in str(story.error)
    assert desk.states(story, "write") == ["failed"] * 3


@pytest.mark.parametrize(
    "said",
    [
        "maximum context length is 8192 tokens. However, you requested 14000 tokens (3600 in the messages)",
        "'max_tokens' is too large: 9000. Maximum context length is 8192 tokens and your request has 3600 input tokens",
        "the request exceeds the available context size",
        "`max_tokens` must be less than or equal to `4592`",
        "max_tokens is too large: 9000. This model supports at most 4592 completion tokens",
    ],
)
def test_a_server_with_little_room_is_asked_for_less(said: str, desk: Desk, server: Server) -> None:
    def answer(body: dict[str, Any]) -> Response | None:
        return JSONResponse({"message": said, "code": 400}, 400) if body["max_tokens"] > 5400 else None

    desk.mock.behaviour.instead["chat"] = answer
    assert is_whole(desk.made())
    (quirks,) = server.quirks.values()
    assert quirks.room == (5250 if "available" in said else 4592)
    assert desk.mock.calls("/chat/") == [400, 200]


def test_without_any_room_it_is_told_and_not_tried_for_ever(desk: Desk) -> None:
    said = {"error": {"message": "exceeds the available context size", "n_ctx": 512, "n_prompt_tokens": 3600}}
    desk.mock.behaviour.instead["chat"] = lambda _: JSONResponse(said, 400)
    story = desk.made()
    assert "did not understand" in str(story.error)
    assert len(desk.mock.calls("/chat/")) < 8


def test_a_model_that_is_loading_is_waited_for(desk: Desk) -> None:
    loading = iter([JSONResponse({"error": {"code": 503, "message": "Loading model"}}, 503)] * 14)
    desk.mock.behaviour.instead["chat"] = lambda _: next(loading, None)
    story = desk.made()
    assert is_whole(story)
    assert desk.states(story, "write") == ["settled"]


def test_a_model_that_never_is_loaded_is_given_up(desk: Desk, server: Server) -> None:
    server.timeouts = Timeouts(loading=20.0)
    said = JSONResponse({"error": {"code": 503, "message": "Loading model"}}, 503)
    desk.mock.behaviour.instead["chat"] = lambda _: said
    story = desk.made()
    assert story.state == "failed"
    assert 2 < len(desk.mock.calls("/chat/")) < 8


def test_deadlines_are_those_of_the_configuration_and_own_servers_have_longer_ones() -> None:
    assert timeouts(Deadlines(), free=False) == Timeouts()
    assert timeouts(Deadlines(), free=True).text > Timeouts().text
    chosen = timeouts(Deadlines(silence=7, text=70, picture=8, check=9, loading=0), free=True)
    assert chosen == Timeouts(text=7, whole_text=70, pictures=8, checks=9, loading=0)


# --- errors ----------------------------------------------------------------------------------------------------------

FASTAPI = {"type": "extra_forbidden", "loc": ["body", "stream_options", "include_usage"], "msg": "Extra inputs"}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, {"error": "Unknown argument stream_options"}),
        (400, [{"error": {"message": "x " * 300 + 'Unknown name "stream_options"', "status": "INVALID_ARGUMENT"}}]),
        (400, {"error": {"message": "Bad Request", "param": "stream_options", "code": 400}}),
        (422, {"detail": [FASTAPI]}),
        (422, {"detail": "stream_options is not supported"}),
        (400, {"object": "error", "message": "[{'loc': ('body', 'stream_options')}]", "code": 40001}),
        (200, {"error": {"message": "Unknown parameter: stream_options", "code": 400}}),
        (200, {"error": "Unknown parameter: stream_options"}),
    ],
)
def test_a_refused_parameter_of_a_text_is_left_out(status: int, said: Any, desk: Desk, server: Server) -> None:
    desk.mock.behaviour.instead["chat"] = refusing(status, "stream_options", said)
    story = desk.made()
    assert is_whole(story)
    assert desk.mock.calls("/chat/") == [status, 200]
    (quirks,) = server.quirks.values()
    assert (quirks.form, quirks.dropped) == (0, {"stream_options"})


def test_a_server_that_cannot_stream_by_a_schema_keeps_the_schema(desk: Desk, server: Server) -> None:
    said = {"error": {"message": "`response_format` does not support streaming"}}
    desk.mock.behaviour.instead["chat"] = lambda body: JSONResponse(said, 400) if body.get("stream") else None
    assert is_whole(desk.made())
    assert desk.mock.calls("/chat/") == [400, 200]
    assert [quirks.form for quirks in server.quirks.values()] == [0]


@pytest.mark.parametrize("name", ["size", "response_format", "n"])
@pytest.mark.parametrize("status", [200, 400, 422])
def test_a_refused_parameter_of_a_picture_is_left_out(name: str, status: int, desk: Desk, server: Server) -> None:
    said = {"code": str(status), "error": f"Argument not supported: '{name}'"}
    if status == 200:
        said["code"] = "unsupported"
    desk.mock.behaviour.instead["images"] = refusing(status, name, said)
    story = desk.made()
    assert is_whole(story)
    assert stand_ins(story) == 0
    assert desk.cost(story) == desk.bill()
    assert f"'{name}'" in server.missing[name]


@pytest.mark.parametrize(
    ("answer", "calls", "sentence", "state"),
    [
        (JSONResponse({"error": {"message": "Insufficient credits", "code": 402}}), 1, "no credit left", "failed"),
        (JSONResponse({"error": {"message": "No auth", "code": 401}}), 1, "does not accept our key", "failed"),
        (JSONResponse({"error": {"message": "Boom", "code": 500}}), 3, "has a problem of its own", "failed"),
        (JSONResponse({"error": "model luna not found"}), 1, "or this model", "failed"),
        (Response(f"data: {json.dumps({'error': {'message': 'Insufficient credits', 'code': 402}})}\n\n",
                  media_type="text/event-stream"), 1, "no credit left", "failed"),
        (Response(chunk({"role": "assistant"}) + 'data: {"error": {"message": "Busy", "code": 429}}\n\n',
                  media_type="text/event-stream"), 6, "too busy", "failed"),
        (JSONResponse({"detail": "Not authenticated"}, 403), 1, "does not accept our key", "failed"),
        (HTMLResponse("<title>524: A timeout occurred</title>", 524), 1, "did not answer in time", "unknown"),
        (HTMLResponse("<title>522</title>", 522), 1, "did not answer in time", "unknown"),
        (HTMLResponse("<title>504</title>", 504), 1, "did not answer in time", "unknown"),
        (HTMLResponse("<title>521: Web server is down</title>", 521), 3, "cannot be reached", "failed"),
    ],
)  # fmt: skip
def test_an_error_instead_of_a_text_is_told_exactly(
    answer: Response, calls: int, sentence: str, state: str, desk: Desk
) -> None:
    desk.mock.behaviour.instead["chat"] = lambda _: answer
    story = desk.made()
    assert story.state == "failed"
    assert sentence in str(story.error)
    assert (len(desk.mock.calls("/chat/")), desk.states(story, "write")) == (calls, [state])


def test_too_busy_with_status_200_is_waited_out(desk: Desk) -> None:
    said = iter([JSONResponse({"error": {"message": "Rate limit exceeded", "code": 429}})] * 3)
    desk.mock.behaviour.instead["chat"] = lambda _: next(said, None)
    story = desk.made()
    assert is_whole(story)
    assert (len(desk.mock.calls("/chat/")), desk.states(story, "write")) == (4, ["settled"])


def test_an_error_inside_a_stream_keeps_the_pages_before_it(server: Server, mock: StoryServer, models: Models) -> None:
    error = 'data: {"error": {"code": 502, "message": "Provider disconnected"}}\n\n'
    mock.behaviour.instead["chat"] = streaming(lambda number, event: event + error * (number == 50))
    parts: list[Part | Usage] = []
    with pytest.raises(ProviderError) as caught:
        for part in OpenAIWriter(server, models).write(BRIEF):
            parts.append(part)
    assert 1 < len(parts) < 1 + PAGES
    assert (caught.value.kind, caught.value.maybe_paid) == ("truncated", True)
    assert caught.value.detail == "Provider disconnected code: 502"


@pytest.mark.parametrize("status", [504, 522, 524])
def test_a_gateway_that_gave_up_on_a_picture_may_have_been_charged(status: int, desk: Desk) -> None:
    once = iter([HTMLResponse(f"<title>{status}</title>", status)])
    desk.mock.behaviour.instead["images"] = lambda _: next(once, None)
    story = desk.made()
    assert is_whole(story)
    assert stand_ins(story) == 1
    assert desk.states(story, "draw") == ["settled"] * PAGES + ["unknown"]
    assert desk.mock.calls("/images/").count(status) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (JSONResponse({"detail": "This machine is asleep"}, 400), "This machine is asleep"),
        (JSONResponse({"error": "This machine is asleep"}), "This machine is asleep"),
        (HTMLResponse("<html><head><title>It works!</title></head></html>"), "It works!"),
        (HTMLResponse("<title>524: A timeout occurred</title>", 524), "524: A timeout occurred"),
    ],
)
def test_the_log_and_the_calls_of_a_story_tell_the_administrator_what_was_said(
    said: Response, told: str, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.mock.behaviour.instead["images"] = lambda _: said
    with caplog.at_level(logging.WARNING):
        story = desk.made()
    assert stand_ins(story) == PAGES + 1
    assert told in caplog.text
    with desk.database.read() as session:
        calls = health.story_calls(session, story.id)
    words = calls.groupby(["operation", "provider"])["said"].agg(set)
    assert words["draw", "openai"] == {told}
    assert words["write", "openai"] == {""}


def test_a_picture_that_wants_the_key_gets_it_from_its_own_server_only(server: Server) -> None:
    assert "sk-test" in server.authorization(f"{server.base_url}/files/1.png")["Authorization"]
    assert server.authorization("http://127.0.0.1:1/v1/files/1.png") == {}
    assert server.authorization(server.base_url.replace("http", "https") + "/files/1.png") == {}
    assert server.authorization("http://elsewhere.example/1.png") == {}
