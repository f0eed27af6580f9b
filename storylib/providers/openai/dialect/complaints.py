"""Reads what a server complains of, in whatever shape it says it.

OpenAI says ``{"error": {"message": …, "param": …, "code": …}}``. Others say a string, a list, ``detail`` as FastAPI
does, ``message`` alone, JSON within a string, a page of HTML; and some say it with status 200.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LEAST_TOKENS = 400  # with less room there is no use in asking
MOST = 20_000  # characters of a complaint that are read

_PLAIN = ("message", "msg", "error", "detail", "errors", "title", "error_message", "error_description")
# What would only quote our own request, or helps nobody.
_SILENT = {
    "input", "failed_generation", "prompt", "messages", "request", "body", "headers", "ctx", "url", "object", "success",
    "id", "request_id", "user_id", "trace", "stack", "stacktrace", "timestamp", "help", "documentation_url", "@type",
}  # fmt: skip
_CODES = {"code", "type", "status", "status_code", "error_code", "error_type", "reason"}
_WAITS = {"retrydelay", "retry_after", "retryafter", "retry_after_seconds"}
_ANSWERS = ("choices", "data", "results", "usage", "created")
_STATUS = {
    "invalid_argument": 400, "failed_precondition": 400, "unauthenticated": 401, "permission_denied": 403,
    "not_found": 404, "resource_exhausted": 429, "rate_limit_exceeded": 429, "internal": 500, "unavailable": 503,
    "deadline_exceeded": 504,
}  # fmt: skip
# What a complaint means where no number says it.
_MEANINGS = (
    (404, r"unexpected endpoint|unknown (path|endpoint|url|route)|invalid url|(path|endpoint|route|page) not found"),
    (429, r"rate.?limit|too many requests|overloaded"),
    (402, r"insufficient (credit|quota|balance|fund)|not enough credit|out of credit|payment required"),
    (401, r"unauthori[sz]ed|(invalid|incorrect|missing) api.?key"),
)
_NO_MODEL = re.compile(
    r"(invalid|unknown|unsupported) model\b|no such model|model_not_found"
    r"|\bmodel\b[^.;]{0,60}?(not found|not exist|not available|not loaded|is unknown)",
    re.IGNORECASE,
)
_LOADING = re.compile(
    r"\bloading\b|\bloaded\b.{0,20}\byet|warming up|starting up|not (yet )?ready|initiali[sz]ing", re.I
)
_TOO_LONG = re.compile(
    r"context.{0,12}(length|size|window)|n_ctx|max_model_len"
    r"|max_(completion_|output_|new_)?tokens\W.{0,60}(too large|at most|less than|exceed|maximum|<=)",
    re.IGNORECASE | re.DOTALL,
)
_MOST_TOKENS = re.compile(
    r"(?:context(?:(?!code|status)[^\d.;]){0,40}|n_ctx\D{0,4}|max_model_len\D{0,4}|at most\D{0,4}"
    r"|less than[^\d.;]{0,20}|<=\W{0,3})(\d{3,})",
    re.IGNORECASE,
)
_USED_TOKENS = re.compile(
    r"(\d+)(?: tokens)? (?:in the messages|input tokens|prompt tokens|(?:from|in|of) (?:the |your )?(?:prompt|input))"
    r"|(?:n_prompt_tokens|prompt contains|input has|prompt (?:is|has))\D{0,12}(\d+)",
    re.IGNORECASE,
)
_NAMES = {  # of parameters, where they are called otherwise too, or are words of English
    "stream_options": r"stream_?options|include_?usage",
    "stream": r"stream(?:ing|ed|s)?",
    "n": r"(?<=['\"`.])n",
    "user": r"(?<=['\"`.])user",
}


@dataclass(frozen=True)
class Complaint:
    """What was said, in words; the codes in it; the status, where it names one; how long to wait, where it does."""

    said: str
    codes: frozenset[str] = frozenset()
    status: int | None = None
    wait: float | None = None

    def names(self, parameter: str) -> bool:
        """Whether it is about a parameter of ours."""
        name = _NAMES.get(parameter, re.escape(parameter))
        return bool(re.search(rf"(?<!\w)(?:{name})(?!\w)", self.said, re.IGNORECASE))

    @property
    def is_loading(self) -> bool:
        """Whether it is about a model that will soon be there."""
        return bool(_LOADING.search(self.said))

    def room(self, asked: int) -> int | None:
        """How many tokens an answer may have, where so many were ``asked`` and that was too much; None: about
        something else, or there is no room for any."""
        if not _TOO_LONG.search(self.said):
            return None
        most, used = (_number(pattern, self.said) for pattern in (_MOST_TOKENS, _USED_TOKENS))
        told = (most or 0) - (used or 0)
        room = told if most and told < asked else asked // 2
        return room if room >= LEAST_TOKENS else None

    @property
    def misses_the_model(self) -> bool:
        """Whether it is about a model that is not there."""
        return bool(_NO_MODEL.search(self.said))

    @property
    def meaning(self) -> int:
        """The status that it should have come with."""
        spoken = (status for status, words in _MEANINGS if re.search(words, self.said, re.IGNORECASE))
        return self.status or next(spoken, 400)


def read(body: Any) -> Complaint:
    """The complaint in a body: what was parsed of it, or its text."""
    facts = list(_facts("", _unpacked(body)))
    codes = [str(value).lower() for key, value in facts if key in _CODES]
    numbers = [int(code) for code in codes if re.fullmatch(r"[45]\d\d", code)]
    named = [_STATUS[code] for code in codes if code in _STATUS]
    waits = [float(found[1]) for key, value in facts if key in _WAITS and (found := _SECONDS.match(str(value)))]
    words = [value if key in _PLAIN else f"{key}: {value}" for key, value in facts if key not in _WAITS]
    said = " ".join(dict.fromkeys(str(word) for word in words))[:MOST]
    return Complaint(said, frozenset(codes), next(iter(numbers + named), None), next(iter(waits), None))


_SECONDS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*s?\s*\Z")


def _number(pattern: re.Pattern[str], said: str) -> int | None:
    found = pattern.search(said)
    return int(next(filter(None, found.groups()))) if found else None


def inside(said: dict[str, Any]) -> Complaint | None:
    """The complaint that stands where an answer should, if it is none."""
    if said.get("data") or said.get("results"):
        return None
    choices = [choice for choice in listed(said.get("choices")) if choice.get("error")]
    spoken = said.get("error") or said.get("object") == "error" or said.get("type") == "error"
    only = not any(name in said for name in _ANSWERS) and any(name in said for name in _PLAIN)
    if choices:
        return read(choices[0]["error"])
    return read(said["error"] if said.get("error") and "choices" in said else said) if spoken or only else None


def listed(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; nothing else is in it, where servers are loose."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def plain(text: str) -> str:
    """A text without the tags of HTML, in one line."""
    if re.search(r"<(!doctype|html|head|body|title|h1)\b", text, re.IGNORECASE):
        text = re.sub(r"(?s)<(script|style)\b.*?</\1>|<!--.*?-->", " ", text[:MOST], flags=re.IGNORECASE)
        text = html.unescape(re.sub(r"<[^>]*>", " ", text))
    return " ".join(text.split())


def _unpacked(value: Any) -> Any:
    """What lies in a text that is JSON; in other texts, the text."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith(("{", "[")):
        try:
            return json.loads(value)
        except ValueError:
            pass
    return plain(value)


def _facts(key: str, value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Each word and number with its name, what is said in plain words first."""
    if depth > 8:
        return
    if isinstance(value, dict):
        for name in sorted(map(str, value), key=lambda name: name.lower() not in _PLAIN):
            if name.lower() not in _SILENT:
                yield from _facts(name.lower(), _unpacked(value.get(name)), depth + 1)
    elif isinstance(value, list):
        if key == "loc":
            yield key, ".".join(map(str, value))
            return
        for one in value:
            yield from _facts(key, _unpacked(one), depth + 1)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
        yield key or "message", value
