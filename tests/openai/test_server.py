"""The way to a server: what errors become, what is never told, and what the administrator's test finds out."""

from __future__ import annotations

import email.utils
import logging
import threading
import time

import httpx2
import openai
import pytest
from llmock.scenarios import Fail

from storylib import config
from storylib.config import Models
from storylib.errors import ErrorKind, ProviderError
from storylib.providers.contract import Picture
from storylib.providers.openai.capabilities import probe
from storylib.providers.openai.error_mapping import redacted, retry_after, translate
from storylib.providers.openai.moderator import OpenAIModerator
from storylib.providers.openai.rate_limiter import RateLimiter, Timer
from storylib.providers.openai.server import Server, allowance, connect, pseudonym, seconds
from storylib.providers.openai.vision import OpenAIVision
from storylib.providers.openai.writer import OpenAIWriter
from storylib.story import CharacterSpec
from tests.openai.conftest import KEY
from tests.openai.mock import StoryServer, picture
from tests.openai.test_writer import BRIEF

REQUEST = httpx2.Request("POST", "http://127.0.0.1/v1/x")
LUNA = CharacterSpec(name="Luna", kind="fox", pronouns="she")
PAGE = Picture(picture("600x400", "page", "PNG"), 600, 400)


def status_error(status: int, code: str | None = None, message: str = "no") -> openai.APIStatusError:
    response = httpx2.Response(status, request=REQUEST)
    return openai.APIStatusError(message, response=response, body={"code": code, "message": message})


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("raised", "kind", "permanent", "maybe_paid"),
    [
        (status_error(401), "auth", True, False),
        (status_error(403), "auth", True, False),
        (status_error(404), "unsupported", True, False),
        (status_error(400), "bad_request", True, False),
        (status_error(422), "bad_request", True, False),
        (status_error(400, "moderation_blocked"), "blocked", True, False),
        (status_error(400, "content_policy_violation"), "blocked", True, False),
        (status_error(402), "quota", True, False),
        (status_error(429), "rate_limited", False, False),
        (status_error(429, "insufficient_quota"), "quota", True, False),
        (status_error(500), "server", False, False),
        (status_error(504), "timeout", False, True),
        (openai.APITimeoutError(REQUEST), "timeout", False, True),
        (caused(openai.APITimeoutError(REQUEST), httpx2.ConnectTimeout("x")), "unreachable", False, False),
        (caused(openai.APIConnectionError(request=REQUEST), httpx2.ConnectError("x")), "unreachable", False, False),
        (caused(openai.APIConnectionError(request=REQUEST), httpx2.ReadError("x")), "truncated", False, True),
        (httpx2.RemoteProtocolError("peer closed connection"), "truncated", False, True),
        (httpx2.ReadTimeout("x"), "timeout", False, True),
        (openai.APIError("overloaded", REQUEST, body={"code": "server_error"}), "truncated", False, True),
        (openai.APIError("no", REQUEST, body={"code": "insufficient_quota"}), "quota", True, True),
        (ValueError("Expecting value: line 1"), "bad_output", False, True),
        (RuntimeError("Expected to have received"), "bad_output", False, True),
        (KeyError("choices"), "bad_output", False, True),
    ],
)
def test_every_failure_becomes_an_error_that_says_what_to_do(
    raised: Exception, kind: ErrorKind, permanent: bool, maybe_paid: bool
) -> None:
    error = translate(raised)
    assert (error.kind, error.permanent, error.maybe_paid) == (kind, permanent, maybe_paid)
    assert error.code == f"ai_service.{kind}"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_read_in_every_form(headers: dict[str, str], wait: float | None) -> None:
    found = retry_after(httpx2.Headers(headers))
    assert found is None if wait is None else found == pytest.approx(wait, abs=2)


def test_a_date_to_wait_for_is_read() -> None:
    date = email.utils.formatdate(time.time() + 600, usegmt=True)
    assert retry_after(httpx2.Headers({"retry-after": date})) == pytest.approx(600, abs=60)


@pytest.mark.parametrize(
    ("said", "lasts"), [("20ms", 0.02), ("1s", 1), ("1.5s", 1.5), ("6m0s", 360), ("1h2m3s", 3723), ("", 0), ("?", 0)]
)
def test_openais_way_to_write_times_is_read(said: str, lasts: float) -> None:
    assert seconds(said) == pytest.approx(lasts)


def test_headers_that_make_no_sense_are_no_limit() -> None:
    for limit in ("0", "-1", "many"):
        headers = {"x-ratelimit-limit-requests": limit, "x-ratelimit-remaining-requests": "1"}
        assert allowance(httpx2.Headers(headers)) is None


def test_a_key_is_never_told_or_logged(
    mock: StoryServer, server: Server, models: Models, caplog: pytest.LogCaptureFixture
) -> None:
    mock.state.scenarios.add(Fail(401, message=f"Incorrect API key provided: {KEY}. Bearer sk-proj-other123"))
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as caught:
        list(OpenAIWriter(server, models).write(BRIEF))
    told = f"{caught.value}{caught.value.detail}{caught.value.__cause__}{caplog.text}"
    assert KEY not in told
    assert "sk-proj" not in told
    assert "Incorrect API key" in caught.value.detail


def test_what_looks_like_a_key_is_removed() -> None:
    assert redacted("key sk-abc123456 and\n Bearer eyJhbGciOi") == "key … and …"


def test_a_user_is_a_pseudonym_that_cannot_be_guessed() -> None:
    assert pseudonym(b"secret", 1) == pseudonym(b"secret", 1)
    assert len({pseudonym(b"secret", 1), pseudonym(b"secret", 2), pseudonym(b"other", 1)}) == 3
    assert len(pseudonym(b"secret", 1)) <= 64


def test_stopping_ends_every_wait_at_once() -> None:
    timer = Timer()
    limiter = RateLimiter(1, timer)
    limiter.refused(3600)
    errors: list[ProviderError] = []

    def wait() -> None:
        try:
            with limiter.slot():
                pass
        except ProviderError as error:
            errors.append(error)

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    timer.stop()
    for thread in threads:
        thread.join(timeout=60)
    assert [error.maybe_paid for error in errors] == [False] * 3


def test_no_more_than_so_many_are_under_way_at_once() -> None:
    limiter, inside, most = RateLimiter(3, Timer()), [0], [0]
    lock = threading.Lock()

    def work() -> None:
        with limiter.slot():
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            time.sleep(0.005)  # the others need a moment in which they could come in
            with lock:
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 3


def test_openai_without_a_key_is_told_before_anything_is_sent() -> None:
    connect.cache_clear()
    with pytest.raises(ProviderError) as caught:
        connect("openai")
    assert caught.value.kind == "auth"


@pytest.mark.parametrize(
    ("url", "official"),
    [
        ("https://api.openai.com/v1", True), ("https://eu.api.openai.com/v1/", True),
        ("http://localhost:11434/v1", False), ("https://notopenai.com/v1", False),
        ("https://openai.com.example.org/v1", False),
    ],
)  # fmt: skip
def test_only_openai_is_openai(url: str, official: bool) -> None:
    server = Server(url)
    assert server.official is official
    server.close()


def test_the_address_and_the_key_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, mock: StoryServer) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", mock.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    connect.cache_clear()
    server = connect("openai")
    assert (server.base_url, server.official) == (mock.url, False)
    server.close()
    connect.cache_clear()


def test_a_key_in_the_secrets_file_is_found_and_a_broken_file_does_not_quote_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path)) / ".streamlit"
    folder.mkdir()
    monkeypatch.setattr(config, "ROOT", folder.parent)
    assert config.secret("OPENAI_API_KEY") == ""
    (folder / "secrets.toml").write_text('OPENAI_API_KEY = "sk-file"')
    assert config.secret("OPENAI_API_KEY") == "sk-file"
    (folder / "secrets.toml").write_text("OPENAI_API_KEY = sk-file")
    with pytest.raises(config.Invalid) as caught:
        config.secret("OPENAI_API_KEY")
    assert "sk-file" not in str(caught.value)


# --- what the server offers ------------------------------------------------------------------------------------------


def test_the_test_of_the_connection_finds_everything_and_draws_nothing(
    mock: StoryServer, server: Server, models: Models
) -> None:
    found = probe(server, models)
    assert all(capability.offered for _, capability in found.rows()), found.rows()
    assert {bill.path for bill in mock.bills} == {"/chat/completions"}
    assert len(found.usage) == len(mock.bills) == 3


@pytest.mark.parametrize(
    ("lacking", "name"),
    [
        ("schema", "schema"), ("stream", "streaming"), ("images", "pictures"), ("edits", "references"),
        ("moderation", "moderation"),
    ],
)  # fmt: skip
def test_what_is_not_offered_is_said(
    lacking: str, name: str, mock: StoryServer, server: Server, models: Models
) -> None:
    mock.behaviour.lacks = {lacking}
    found = dict(probe(server, models).rows())
    assert found[name].offered is False
    assert found[name].reason
    assert found["text"].offered


def test_a_model_that_is_not_in_the_list_is_named(server: Server, models: Models) -> None:
    found = probe(server, models.model_copy(update={"text": "gpt-nobody"}))
    assert found.models.offered is False
    assert "gpt-nobody" in found.models.reason


def test_a_wrong_key_is_told_by_everything(mock: StoryServer, server: Server, models: Models) -> None:
    mock.state.scenarios.add(Fail(401, times=None))
    found = probe(server, models)
    assert {capability.offered for name, capability in found.rows() if name != "schema"} == {False}
    assert KEY not in str(found)


def test_a_server_that_is_not_there_is_not_known_to_lack_anything(models: Models) -> None:
    server = Server("http://127.0.0.1:9/v1", timer=Timer(200))
    found = probe(server, models)
    assert {capability.offered for _, capability in found.rows()} == {None}
    server.close()


def test_testing_again_forgets_what_was_missing(mock: StoryServer, server: Server, models: Models) -> None:
    mock.behaviour.lacks = {"moderation", "schema"}
    assert not probe(server, models).moderation.offered
    mock.behaviour.lacks = set()
    found = probe(server, models)
    assert found.moderation.offered
    assert found.schema.offered


# --- checks ----------------------------------------------------------------------------------------------------------


def test_a_text_is_checked_without_the_names_in_it(mock: StoryServer, server: Server, models: Models) -> None:
    verdict = OpenAIModerator(server, models).check("Luna wants to kill time.", (LUNA,))
    assert verdict.flags == ("violence",)
    assert verdict.scores["violence"] > 0.5
    assert "Luna" not in str(mock.bodies)


def test_a_harmless_text_and_picture_have_no_flags(mock: StoryServer, server: Server, models: Models) -> None:
    moderator = OpenAIModerator(server, models)
    assert moderator.check("A fox sleeps.").flags == ()
    assert moderator.check(PAGE).flags == ()
    assert mock.bodies[1]["input"][0]["image_url"]["url"].startswith("data:image/jpeg;base64,")


def test_where_no_moderation_is_offered_it_is_said_and_not_asked_again(
    mock: StoryServer, server: Server, models: Models
) -> None:
    mock.behaviour.lacks = {"moderation"}
    moderator = OpenAIModerator(server, models)
    for _ in range(2):
        with pytest.raises(ProviderError) as caught:
            moderator.check("A fox sleeps.")
        assert (caught.value.kind, caught.value.maybe_paid) == ("unsupported", False)
    assert mock.calls() == [404]


@pytest.mark.parametrize("lacking", ["moderation", "picture moderation"])
def test_where_pictures_cannot_be_checked_it_is_remembered(
    lacking: str, mock: StoryServer, server: Server, models: Models
) -> None:
    mock.behaviour.lacks = {lacking}
    for _ in range(2):
        with pytest.raises(ProviderError):
            OpenAIModerator(server, models).check(PAGE)
    assert len(mock.calls()) == 1


def test_a_model_that_sees_says_what_it_found(mock: StoryServer, server: Server, models: Models) -> None:
    mock.behaviour.found, mock.behaviour.score = ("blood",), 0.8
    verdict = OpenAIVision(server, models).check(PAGE)
    assert (verdict.check, verdict.flags, verdict.scores) == ("vision", ("blood",), {"unfit": 0.8})
    assert verdict.usage.tokens_in > 0


def test_likeness_is_a_score_and_a_reason(mock: StoryServer, server: Server, models: Models) -> None:
    mock.behaviour.score = 0.4
    seen = OpenAIVision(server, models).compare(PAGE, [(LUNA, PAGE.data)])
    assert seen.score == 0.4
    assert seen.reason == "The scarf has another colour."
    user = mock.bodies[0]["messages"][1]["content"]
    assert [part["type"] for part in user] == ["text", "image_url", "image_url"]
    assert "Luna" not in user[0]["text"]


@pytest.mark.parametrize(("said", "score"), [('{"score": 7, "reason": ""}', 1.0), ('{"score": "0.5"}', 0.5)])
def test_a_score_is_between_0_and_1(said: str, score: float, mock: StoryServer, server: Server, models: Models) -> None:
    mock.behaviour.answer = said
    assert OpenAIVision(server, models).compare(PAGE, [(LUNA, PAGE.data)]).score == score


def test_no_score_is_an_error(mock: StoryServer, server: Server, models: Models) -> None:
    mock.behaviour.answer = '{"reason": "hm"}'
    with pytest.raises(ProviderError):
        OpenAIVision(server, models).compare(PAGE, [(LUNA, PAGE.data)])


def test_without_a_model_that_looks_nothing_is_asked(mock: StoryServer, server: Server, models: Models) -> None:
    with pytest.raises(ProviderError) as caught:
        OpenAIVision(server, models.model_copy(update={"vision": ""})).compare(PAGE, [(LUNA, PAGE.data)])
    assert caught.value.kind == "unsupported"
    assert mock.calls() == []
