"""How servers that speak like OpenAI differ from it: their streams, their whole answers, their errors."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest

from storylib.errors import ErrorKind, ProviderError
from storylib.providers.openai.dialect import bodies, complaints, streams
from storylib.providers.openai.error_mapping import Complained, broken_off, refuse_complaint, translate

A, B = {"choices": [{"delta": {"content": "a\u2028b"}}]}, {"choices": [{"delta": {"content": "ü"}}]}
ONE, TWO = json.dumps(A, ensure_ascii=False), json.dumps(B, ensure_ascii=False)
PRETTY = "\n".join(f"data: {line}" for line in json.dumps(B, indent=2, ensure_ascii=False).split("\n"))


@pytest.mark.parametrize(
    "stream",
    [
        f"data: {ONE}\n\ndata: {TWO}\n\ndata: [DONE]\n\n",
        f"\ufeffdata: {ONE}\n\ndata: {TWO}\n\ndata: [DONE]\n\n",
        f"data:{ONE}\n\ndata:{TWO}\n\ndata:[DONE]\n\n",
        f"data: {ONE}\r\n\r\ndata: {TWO}\r\n\r\ndata:  [ done ] \r\n\r\n",
        f"data: {ONE}\r\rdata: {TWO}\r\rdata: [DONE]\r\r",
        f"data: {ONE}\ndata: {TWO}\ndata: [DONE]\n",
        f"data: {ONE}\n\ndata: {TWO}",
        f"retry: 3000\n\ndata: {ONE}\n\nretry: 3000\n\ndata: {TWO}\n\n",
        f"id: 1\ndata: {ONE}\n\n: ping\n\nid: 2\ndata: {TWO}\n\n: ping\n\n",
        f"event: message\ndata: {ONE}\n\nevent: ping\ndata: {{}}\n\nevent: message\ndata: {TWO}\n\n",
        f":\n\n: OPENROUTER PROCESSING\n\ndata: {ONE}\n\ndata:\n\ndata: \n\ndata\n\ndata: {TWO}\n\n",
        f"data: : OPENROUTER PROCESSING\n\ndata: {ONE}\n\ndata: ping\ndata: {TWO}\n\ndata: DONE\n\n",
        f'data: null\n\ndata: 7\n\ndata: "ping"\n\ndata: []\n\ndata: {ONE}\n\ndata: {TWO}\n\n',
        f"data: {ONE}\n\n{PRETTY}\n\ndata: [DONE]\n\n",
        f"data: {ONE}\n\n{PRETTY}",
        f"{ONE}\n{TWO}\n",
        f"data: [{ONE}, {TWO}]\n\n",
        f"data: {ONE}\n\ndata: {TWO}\n\ndata: [DONE]\n\ndata: {ONE}\n\n",
        f"data: {ONE}\n\ndata: {TWO}\n\ndata: {TWO[:9]}",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_stream_is_read_however_it_is_kept_open(stream: str, size: int) -> None:
    sent = stream.encode()
    found = streams.objects(sent[at : at + size] for at in range(0, len(sent), size))
    assert [said for said in found if said] == [A, B]


def test_a_broken_object_is_an_error_for_words_may_be_lost_with_it() -> None:
    found = streams.objects([f"data: {ONE}\n\ndata: {TWO[:9]}\n\ndata: {TWO}\n\n".encode()])
    assert next(found) == A
    with pytest.raises(ValueError, match="broken object"):
        next(found)


@pytest.mark.parametrize("sign", [b": ping\n\n", b"data:\n\n", b"data: {}\n\n", b"data: ping\n\n"])
def test_a_server_that_only_says_that_it_is_there_is_not_heard_for_ever(sign: bytes) -> None:
    def pings() -> Iterator[bytes]:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            yield sign

    with pytest.raises(TimeoutError):
        list(streams.objects(pings(), patience=0.05))


@pytest.mark.parametrize(
    "stream",
    [
        'data: {"error": {"message": "Overloaded", "code": 502}}\n\n',
        'event: error\ndata: {"message": "Overloaded"}\n\n',
        "event: error\ndata: Overloaded\n\n",
        'error: {"code": 500, "message": "Overloaded"}\n\n',
        'data: {"object": "error", "message": "Overloaded", "code": 400}\n\n',
        'data: {"choices": [{"delta": {}, "error": {"message": "Overloaded"}}]}\n\n',
        'data: [{"error": {"message": "Overloaded"}}]\n\n',
        'data: {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}\n\n',
        'data: {"detail": "Overloaded"}\n\n',
    ],
)
def test_an_error_in_a_stream_is_found(stream: str) -> None:
    (said,) = streams.objects([stream.encode()])
    complaint = complaints.inside(said)
    assert complaint
    assert "Overloaded" in complaint.said
    assert (broken_off(complaint).kind, broken_off(complaint).maybe_paid) == ("truncated", True)


@pytest.mark.parametrize(
    "said", [A, {"choices": [], "usage": {"total_tokens": 1}}, {"data": [{}], "error": "one of two"}, {}]
)
def test_an_answer_is_not_taken_for_an_error(said: dict[str, Any]) -> None:
    assert refuse_complaint(said) == said


@pytest.mark.parametrize(
    "body",
    [ONE, f"\ufeff\n{ONE}\n", f"{ONE}\n\ndata: [DONE]\n\n", f"data: {ONE}\n\ndata: [DONE]\n\n", f"[{ONE}]",
     json.dumps(A, indent=2)],
)  # fmt: skip
def test_a_whole_answer_is_read_whatever_stands_around_it(body: str) -> None:
    assert bodies.first(body.encode()) == A


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "<!DOCTYPE html><head><title>Welcome to nginx!</title><style>p {}</style></head><p>Hi",
            "Welcome to nginx! Hi",
        ),
        ("no healthy upstream", "no healthy upstream"),
        ("", "an empty answer"),
        ('"pong"', '"pong"'),
    ],
)
def test_what_is_no_answer_is_told_to_the_administrator(body: str, told: str) -> None:
    with pytest.raises(ProviderError) as caught:
        bodies.first(body.encode())
    assert (caught.value.kind, caught.value.detail) == ("bad_output", told)


# --- errors ----------------------------------------------------------------------------------------------------------


def raised(status: int, body: Any, **headers: str) -> Complained:
    """What becomes of an answer with that status, as the SDK raises it."""
    text = body if isinstance(body, str) else json.dumps(body)
    said = httpx2.Response(status, headers=headers, text=text)
    http = httpx2.Client(transport=httpx2.MockTransport(lambda _: said))
    client = openai.OpenAI(api_key="x", base_url="http://127.0.0.1/v1", max_retries=0, http_client=http)
    with pytest.raises(openai.APIStatusError) as caught:
        client.models.list()
    client.close()
    error = translate(caught.value)
    assert isinstance(error, Complained)
    return error


FASTAPI = {"type": "extra_forbidden", "loc": ["body", "size"], "msg": "Extra inputs are not permitted", "input": "Luna"}
REFUSALS: list[Any] = [
    {"error": {"message": "Unknown parameter: 'size'.", "param": "size", "code": "unknown_parameter"}},
    {"error": {"message": "Bad Request", "param": "size", "code": 400}},
    {"error": "Argument not supported: size", "code": "400"},
    {"error": ["no such field", "size"]},
    {"error": {"code": {"a": ["size"]}, "message": "no"}},
    {"detail": "size is not supported"},
    {"detail": [FASTAPI]},
    {"object": "error", "message": {"detail": [FASTAPI]}, "type": "invalid_request_error"},
    {"message": "Unrecognized request argument supplied: size"},
    {"error": "Bad Request", "message": ["property size should not exist"], "statusCode": 400},
    {"errors": {"size": ["This field is not allowed."]}},
    {"title": "Bad Request", "errors": [{"reason": "invalid", "field": "size"}]},
    [{"error": {"code": 400, "message": "x" * 3000 + ' Unknown name "size"', "status": "INVALID_ARGUMENT"}}],
    {"error": {"message": "Provider returned error", "metadata": {"raw": '{"error": {"param": "size"}}'}}},
    json.dumps(json.dumps({"error": "size is unknown"})),
    "size is not supported",
    "<html><body><h1>400</h1>Unknown field <b>size</b></body></html>",
]


@pytest.mark.parametrize("body", REFUSALS, ids=str)
@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_parameter_is_found_in_every_shape(status: int, body: Any) -> None:
    error = raised(status, body)
    assert (error.kind, error.maybe_paid) == ("bad_request", False)
    assert error.complaint.names("size")
    assert not error.complaint.names("quality")
    assert "Error code" not in error.detail
    assert "Luna" not in error.complaint.said


@pytest.mark.parametrize(
    ("said", "parameter", "named"),
    [
        ("`response_format` does not support streaming", "stream", True),
        ("stream_options is only allowed when streaming", "stream_options", True),
        ("Unknown name \"includeUsage\" at 'streamOptions'", "stream_options", True),
        ("stream_options: extra", "stream", False),
        ("upstream is gone", "stream", False),
        ("resize it", "size", False),
        ("It isn't an option", "n", False),
        ("Argument 'n' is not supported", "n", True),
    ],
)
def test_a_parameter_is_not_taken_for_a_part_of_a_word(said: str, parameter: str, named: bool) -> None:
    assert complaints.read(said).names(parameter) is named


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (400, {"error": {"message": "Too long"}}, "Too long"),
        (400, {"error": "Failed to parse grammar"}, "Failed to parse grammar"),
        (422, {"detail": [FASTAPI]}, "Extra inputs are not permitted type: extra_forbidden loc: body.size"),
        (502, "<html><head><title>502 Bad Gateway</title></head></html>", "502 Bad Gateway"),
        (500, "", "status 500"),
        (500, {}, "status 500"),
    ],
)
def test_the_administrator_reads_what_was_said(status: int, body: Any, told: str) -> None:
    assert raised(status, body).detail == told


@pytest.mark.parametrize(
    ("status", "body", "kind", "maybe_paid"),
    [
        (400, {"error": {"message": "/moderations: Invalid model name passed in model=x"}}, "unsupported", False),
        (400, {"error": "model 'luna' not found, try pulling it first"}, "unsupported", False),
        (400, {"message": "This model does not support the parameter"}, "bad_request", False),
        (400, [{"error": {"code": "content_filter"}}], "blocked", False),
        (400, {"error": {"code": "json_validate_failed", "failed_generation": "Luna"}}, "bad_output", True),
        (429, {"error": {"type": "insufficient_quota"}}, "quota", False),
        (429, "slow down", "rate_limited", False),
        (504, "", "timeout", True),
        (522, "", "timeout", True),
        (524, "<title>524: A timeout occurred</title>", "timeout", True),
        (520, "", "truncated", True),
        (521, "", "unreachable", False),
        (502, "", "server", False),
    ],
)
def test_a_status_and_what_is_said_with_it_decide_what_it_is(
    status: int, body: Any, kind: ErrorKind, maybe_paid: bool
) -> None:
    error = raised(status, body)
    assert (error.kind, error.maybe_paid) == (kind, maybe_paid)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"error": {"message": "Rate limit exceeded", "code": 429}}, "rate_limited"),
        ({"error": {"message": "Slow", "code": "429"}}, "rate_limited"),
        ({"error": {"message": "Slow", "status": "RESOURCE_EXHAUSTED"}}, "rate_limited"),
        ({"error": {"message": "Insufficient credits. Add more", "code": 402}}, "quota"),
        ({"error": {"message": "Insufficient balance"}}, "quota"),
        ({"error": "Unexpected endpoint or method. (POST /v1/moderations)"}, "unsupported"),
        ({"error": {"message": "The model `x` does not exist"}}, "unsupported"),
        ({"detail": "Not authenticated", "status": 401}, "auth"),
        ({"error": {"message": "Unknown parameter: size"}}, "bad_request"),
        ({"error": {"message": "Boom", "code": 500}}, "server"),
        ({"error": {"message": "Waited in vain", "code": 524}}, "timeout"),
        ({"message": "no Route matched with those values"}, "bad_request"),
    ],
)
def test_an_error_that_comes_with_status_200_is_that_error(said: dict[str, Any], kind: ErrorKind) -> None:
    with pytest.raises(Complained) as caught:
        refuse_complaint(said)
    assert caught.value.kind == kind
    assert caught.value.maybe_paid is (kind == "timeout")


@pytest.mark.parametrize(
    ("body", "headers", "wait"),
    [
        ([{"error": {"code": 429, "details": [{"retryDelay": "52s"}]}}], {}, 52),
        ({"error": {"message": "slow", "retry_after": 7}}, {}, 7),
        ({"error": {"message": "slow", "retry_after": 7}}, {"retry-after": "3"}, 3),
        ({"error": {"message": "slow", "retry_after": "soon"}}, {}, None),
    ],
)
def test_how_long_to_wait_may_stand_in_the_body(body: Any, headers: dict[str, str], wait: float | None) -> None:
    assert raised(429, body, **headers).retry_after == wait
