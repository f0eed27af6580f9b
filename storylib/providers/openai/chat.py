"""Asking a language model for one JSON object, in the manner that its server understands.

The best manner is tried first: a strict JSON Schema, streamed, with the count of tokens. What a server calls wrong
(a 400 costs nothing) is left out the next time, and remembered for the model: first the parameter that it names, then
the schema (json_object, schema in the text), then any format. How answers differ is known in ``dialect``.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from storylib.billing.money import Usage
from storylib.errors import ProviderError
from storylib.providers.contract import Unusable
from storylib.providers.openai.dialect import bodies, complaints, streams
from storylib.providers.openai.dialect.streams import Said
from storylib.providers.openai.error_mapping import Complained, broken_off, fault, refuse_complaint, translate
from storylib.providers.openai.json_reader import whole_object
from storylib.providers.openai.server import Server, ServerQuirks
from storylib.story import prompts
from storylib.story.prompts import Prompt

_FORMS = ("json_schema", "json_object", "text")
# What a server may refuse without the answer being worse for it.
_OPTIONAL = (
    "stream_options", "max_completion_tokens", "max_tokens", "reasoning_effort", "safety_identifier", "store", "stream",
)  # fmt: skip
_LIMITS = ("max_completion_tokens", "max_tokens")
PATIENCE = 4  # so many times as long as between two pieces a server may say only that it is still there


@dataclass(frozen=True)
class ChatRequest:
    """One question to a language model. ``limit``: tokens that it may write; ``user``: a pseudonym of who asks."""

    model: str
    prompt: Prompt
    schema: dict[str, Any]
    limit: int
    effort: str | None = None
    user: str = ""
    stream: bool = False


class Answer:
    """One answer while it comes. ``usage`` is there when the server has counted."""

    def __init__(self, server: Server, ask: ChatRequest):
        self._server = server
        self._ask = ask
        self._finish = ""
        self._refused = False
        self.usage: Usage | None = None
        self.streamed = False

    def texts(self, held: ExitStack) -> Iterator[str]:
        """The text piece by piece; in one piece from a server that does not stream.

        Raises:
            ProviderError: it could not be asked, or the answer broke off.
        """
        self.streamed, answer = _opened(self._server, self._ask, held)
        try:
            for said in answer:
                yield from self._take(said)
        except Exception as error:  # noqa: BLE001 (whatever the SDK raises is translated)
            raise self._server.told(translate(error)) from None

    def _take(self, said: Said) -> Iterator[str]:
        if complaint := complaints.inside(said):
            raise broken_off(complaint)
        if isinstance(count := said.get("usage"), dict) and count:
            self.usage = usage(count, str(said.get("model") or self._ask.model))
        for choice in complaints.listed(said.get("choices")):
            part = _part(choice)
            self._finish = choice.get("finish_reason") or self._finish
            self._refused = self._refused or bool(part.get("refusal"))
            if text := _text(part.get("content")):
                yield text

    def judge(self, *, complete: bool) -> None:
        """Whether the answer can be used, now that it has ended.

        Raises:
            ProviderError: refused, blocked, broken off or useless.
        """
        if self._refused:
            raise fault("refused", maybe_paid=True)
        if self._finish == "content_filter":
            raise fault("blocked", "finish_reason: content_filter", maybe_paid=True)
        if not complete:
            ended = self._finish not in ("", "length")
            raise fault("bad_output" if ended else "truncated", f"finish_reason: {self._finish or 'none'}")


def ask(server: Server, question: ChatRequest) -> tuple[dict[str, Any], Usage]:
    """The object that the model answers, at once.

    Raises:
        ProviderError: there is none.
    """
    answer = Answer(server, question)
    with ExitStack() as held:
        text = "".join(answer.texts(held))
    found = whole_object(text)
    usage = answer.usage or Usage(model=question.model)
    try:
        answer.judge(complete=found is not None)
    except ProviderError as error:
        raise Unusable(error, usage) from None
    return found or {}, usage


def usage(count: dict[str, Any], model: str) -> Usage:
    """What the server counted for a chat."""
    raw = {name: value for name, value in count.items() if value is not None}
    return Usage(int(raw.get("prompt_tokens", 0)), int(raw.get("completion_tokens", 0)), model=model, raw=raw)


def _part(choice: Said) -> Said:
    """What a choice adds: servers answer bit by bit although nobody asked for it, and whole although they were to."""
    found = choice.get("delta") or choice.get("message")
    return found if isinstance(found, dict) else {}


def _text(content: Any) -> str:
    """The words in a content: a text, or a list of parts, of which thoughts are none of ours."""
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in complaints.listed(content) if isinstance(part.get("text"), str))


def _opened(server: Server, question: ChatRequest, held: ExitStack) -> tuple[bool, Iterator[Said]]:
    """Whether the answer is streamed, and its objects as they come, after as many quirks as it takes."""
    quirks = server.quirks.get(question.model, ServerQuirks())
    while True:
        parameters = _parameters(server, question, quirks)
        try:
            response = server.call("text", partial(_send, server, parameters, held), held)
        except ProviderError as error:
            quirks = _plainer(quirks, error, parameters)
        else:
            server.quirks[question.model] = quirks
            return response


def _send(server: Server, parameters: dict[str, Any], held: ExitStack) -> tuple[bool, Iterator[Said]]:
    create: Any = server.sdk.chat.completions.with_streaming_response.create
    response = held.enter_context(create(timeout=server.timeout("text"), **parameters))
    if streams.is_stream(response.headers.get("content-type", "")):
        waits = server.timeouts
        said = streams.objects(response.iter_bytes(), PATIENCE * waits.text, waits.whole_text)
        return True, _begun(said)
    return False, _begun(iter(bodies.objects(response.read())))


def _begun(said: Iterator[Said]) -> Iterator[Said]:
    """An answer in which at least one word or thought has come; an error before that is as good as a status.

    Raises:
        Complained: there is one.
    """
    heard: list[Said] = []
    for one in said:
        heard.append(refuse_complaint(one))
        parts = [_part(choice) for choice in complaints.listed(one.get("choices"))]
        if any(value for part in parts for name, value in part.items() if name != "role"):
            break
    return chain(heard, said)


def _plainer(quirks: ServerQuirks, error: ProviderError, parameters: dict[str, Any]) -> ServerQuirks:
    """Less than was asked for, if it is that which the server did not understand.

    Raises:
        ProviderError: it is not, or there is nothing left to leave out.
    """
    if error.kind != "bad_request" or not isinstance(error, Complained):
        raise error
    asked = next((parameters[name] for name in _LIMITS if name in parameters), 0)
    if room := error.complaint.room(asked):
        return replace(quirks, room=room)
    if "context" in error.complaint.said:
        raise error
    for name in _OPTIONAL:
        if name in parameters and error.complaint.names(name):
            return replace(quirks, dropped=quirks.dropped | {name})
    if quirks.form + 1 == len(_FORMS):
        raise error
    return replace(quirks, form=quirks.form + 1)


def _parameters(server: Server, question: ChatRequest, quirks: ServerQuirks) -> dict[str, Any]:
    form = _FORMS[quirks.form]
    limit = "max_completion_tokens" if server.official else "max_tokens"
    stream = question.stream and "stream" not in quirks.dropped
    parameters = {
        "model": question.model,
        "messages": _messages(
            question.prompt if not quirks.form else prompts.in_json(question.prompt, question.schema)
        ),
        "response_format": _format(form, question.schema),
        "stream": question.stream,
        "stream_options": {"include_usage": True} if stream else None,
        limit: min(question.limit, quirks.room or question.limit),
        **server.only_official(store=False, safety_identifier=question.user or None, reasoning_effort=question.effort),
    }
    return {name: value for name, value in parameters.items() if value is not None and name not in quirks.dropped}


def _format(form: str, schema: dict[str, Any]) -> dict[str, Any] | None:
    if form == "json_schema":
        return {"type": form, "json_schema": {"name": "answer", "strict": True, "schema": schema}}
    return {"type": form} if form == "json_object" else None


def _messages(prompt: Prompt) -> list[dict[str, Any]]:
    user: Any = prompt.user
    if prompt.pictures:
        shown = [{"type": "image_url", "image_url": {"url": data_url(data)}} for data in prompt.pictures]
        user = [{"type": "text", "text": prompt.user}, *shown]
    return [{"role": "system", "content": prompt.system}, {"role": "user", "content": user}]


def data_url(picture: bytes) -> str:
    """An encoded picture as a URL that carries it."""
    return f"data:{media_type(picture)};base64,{base64.b64encode(picture).decode()}"


def media_type(picture: bytes) -> str:
    """By the first bytes: JPEG, WebP or PNG."""
    if picture.startswith(b"\xff\xd8"):
        return "image/jpeg"
    return "image/webp" if picture[8:12] == b"WEBP" else "image/png"
