"""A server that speaks like OpenAI, on loopback: llmock (faults, limits, journal) and the endpoints of a story.

    with StoryServer() as server:
        Server(server.url, "sk-test", timer=Timer(speed=100))

    python -m tests.openai.mock 8089      # to try the app against it: OPENAI_BASE_URL=http://127.0.0.1:8089/v1

It fills the schema it is given with a small book, draws plain pictures, and keeps a bill of everything it would
charge for. ``lacks`` names what it does not offer, ``picture`` how it answers when asked to draw.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import re
import sys
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from llmock.completion import Completion, plan_of
from llmock.ratelimit import Admission, LimitSettings, Quota
from llmock.routers import openai as llmock_openai
from llmock.routers._chat import openai_stream, raw_body
from llmock.simulation import estimate_tokens
from llmock.streaming import text_pieces
from llmock.testing import LLMockServer
from PIL import Image
from starlette.types import ASGIApp, Receive, Scope, Send

MODELS = ("gpt-6-luna", "gpt-6.1-terra", "gpt-image-2.6-flare", "gpt-image-2.6-sunburst", "omni-moderation-latest")
FLAGGED = {"kill": "violence", "blood": "violence/graphic", "naked": "sexual", "stupid": "harassment"}
CATEGORIES = ("harassment", "hate", "illicit", "self-harm", "sexual", "sexual/minors", "violence", "violence/graphic")
OUTPUT_TOKENS = {"low": 196, "medium": 1756, "high": 7024}


@dataclass
class Bill:
    """Something that was made and would be charged: the endpoint, the model, and the usage that was told."""

    path: str
    model: str
    usage: dict[str, Any]


@dataclass
class Behaviour:
    """What may be changed while it runs."""

    lacks: set[str] = field(default_factory=set)  # edits, images, moderation, schema, json, stream, usage …
    refuses: set[str] = field(default_factory=set)  # parameters that it calls wrong
    picture: str = "png"  # png, webp, url, data, gif, html, truncated, empty, garbage
    picture_seconds: float = 0.0
    pictures: float = float("inf")  # so many; whoever orders more waits for ever
    answer: str | None = None  # instead of a book
    refusal: str | None = None
    page_text: str = "{hero} looks for the light on page {number}."
    score: float = 0.9  # of likeness
    found: tuple[str, ...] = ()  # by the check of pictures
    # What is answered in the place of an answer, by "chat", "images" and "moderations"; None: the usual one.
    instead: dict[str, Callable[[dict[str, Any]], Response | None]] = field(default_factory=dict)


class Limiter:
    """Requests a minute, as llmock counts them, on a clock that runs ``speed`` times as fast."""

    def __init__(self, limit: int, speed: float, headers: bool = True):
        self.settings = LimitSettings(rpm=limit)
        self._rate = limit * speed / 60
        self._limit, self._level, self._at = limit, float(limit), time.monotonic()
        self._headers = headers
        self._speed = speed

    def admit(self, provider: str, key: str, tokens: int) -> Admission:
        """Take one request, or say how long to wait, in seconds of the fast clock."""
        now = time.monotonic()
        self._level, self._at = min(self._limit, self._level + (now - self._at) * self._rate), now
        allowed = self._level >= 1
        self._level -= allowed
        quota = Quota(self._limit, int(self._level), (self._limit - self._level) * self._speed / self._rate)
        wait = None if allowed else (1 - self._level) * self._speed / self._rate
        return Admission(allowed, quota if self._headers else None, None, wait, None if allowed else "requests")


class StoryServer(LLMockServer):
    """The server. ``state.scenarios.add(…)`` scripts faults; ``state.journal`` tells what was asked."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port=port)
        self.behaviour = Behaviour()
        self.bills: list[Bill] = []
        self.text = ""  # the last answer
        self.bodies: list[Any] = []  # what chats, pictures and checks were asked with
        self._unlimited = self.state.limiter
        self.resets = 0
        self.app.add_middleware(_Dated, self)
        routes = self.app.router.routes
        theirs = len(routes)
        self.app.include_router(self._router())
        routes[:] = routes[theirs:] + routes[:theirs]  # ours are looked at first

    @property
    def url(self) -> str:
        """For OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def reset(self) -> None:
        """As if new."""
        self.state.limiter = self._unlimited
        self.state.reset()
        self.behaviour = Behaviour()
        self.resets += 1
        self.bills.clear()
        self.bodies.clear()

    def vanish(self) -> None:
        """Go away, hanging up on whoever waits for an answer; ``start`` brings it back to the same address."""
        assert self._server
        loop, self._server.force_exit = self._server.servers[0].get_loop(), True
        for sockets in self._server.servers:
            loop.call_soon_threadsafe(sockets.close)
        for connection in list(self._server.server_state.connections):
            loop.call_soon_threadsafe(connection.transport.abort)
        self.stop()

    def note(self, body: Any) -> None:
        """Keep what this request asks with, unless the test that it came in is over."""
        if _came.get() == self.resets:
            self.bodies.append(body)

    def charge(self, bill: Bill) -> None:
        """Put it on the bill, unless the test that it came in is over."""
        if _came.get() == self.resets:
            self.bills.append(bill)

    def calls(self, path: str = "", wait: float = 2.0) -> list[int]:
        """The status of every request whose path contains ``path``, in order of arrival."""
        return [record.status for record in self.state.journal.records(wait=wait) if path in record.path]

    def chunks_before(self, mark: str) -> int:
        """How many events of the last streamed answer come before a piece of its text."""
        return 1 + len(text_pieces(self.text[: self.text.index(mark)]))

    def _router(self) -> APIRouter:
        router = APIRouter(prefix="/v1")
        router.get("/models")(self._models)
        router.post("/chat/completions")(self._chat)
        router.post("/images/generations")(self._generate)
        router.post("/images/edits")(self._edit)
        router.post("/moderations")(self._moderate)
        router.get("/files/picture.png")(self._file)
        return router

    def _instead(self, what: str, asked: dict[str, Any]) -> Response | None:
        return self.behaviour.instead.get(what, lambda _: None)(asked)

    async def _models(self) -> Any:
        return {
            "object": "list",
            "data": [{"id": name, "object": "model", "created": 1, "owned_by": "x"} for name in MODELS],
        }

    async def _chat(self, request: Request) -> Any:
        body = raw_body(request)
        self.note(body)
        if said := self._instead("chat", body):
            return said
        form = (body.get("response_format") or {}).get("type", "text")
        for name, lacking in (("json_schema", "schema"), ("json_object", "json")):
            if form == name and lacking in self.behaviour.lacks:
                return wrong(400, f"Invalid parameter: 'response_format' of type '{name}' is not supported.", None)
        for name in sorted(self.behaviour.refuses & body.keys()):
            return wrong(
                400, f"Unsupported parameter: '{name}' is not supported with this model.", "unsupported_parameter"
            )
        if plan_of(request).reply:
            scripted = llmock_openai.ChatCompletionRequest.model_validate(body)
            return llmock_openai.chat_completions(request, scripted)
        return self._answer(request, body)

    def _answer(self, request: Request, body: dict[str, Any]) -> Any:
        self.text = self.behaviour.answer if self.behaviour.answer is not None else answer(body, self.behaviour)
        tokens = estimate_tokens(*(part["content"] for part in body["messages"])), max(1, estimate_tokens(self.text))
        usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
        self.charge(Bill("/chat/completions", body["model"], usage))
        done = Completion(self.text, (), "stop", *tokens)
        if body.get("stream") and "stream" not in self.behaviour.lacks:
            return openai_stream(request, done, model=body["model"])
        message = {"role": "assistant", "content": self.text, "refusal": self.behaviour.refusal}
        said = {
            "id": "c", "object": "chat.completion", "created": 1, "model": body["model"],
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        }  # fmt: skip
        return said if "usage" in self.behaviour.lacks else {**said, "usage": usage}

    async def _generate(self, request: Request) -> Any:
        return await self._draw("/images/generations", await request.json(), 0)

    async def _edit(self, request: Request) -> Any:
        if "edits" in self.behaviour.lacks:
            return wrong(404, "Invalid URL (POST /v1/images/edits)", None)
        async with request.form() as form:
            references = [*form.getlist("image[]"), *form.getlist("image")]
            asked = {name: value for name, value in form.items() if isinstance(value, str)}
            if not any(getattr(file, "size", 0) for file in references):
                return wrong(400, "Missing required parameter: 'image'", "missing_required_parameter")
        return await self._draw("/images/edits", asked, len(references))

    async def _draw(self, path: str, asked: dict[str, Any], references: int) -> Any:
        self.note(asked)
        if said := self._instead("images", asked):
            return said
        prompt = str(asked.get("prompt") or "")
        if "images" in self.behaviour.lacks:
            return wrong(404, f"Invalid URL (POST /v1{path})", None)
        if not prompt:
            return wrong(400, "Missing required parameter: 'prompt'", "missing_required_parameter")
        for name in sorted(self.behaviour.refuses & asked.keys()):
            return wrong(400, f"Unknown parameter: '{name}'.", "unknown_parameter")
        if "[blocked]" in prompt:
            kind = "image_generation_user_error"
            return wrong(400, "Your request was rejected by the safety system.", "moderation_blocked", kind)
        await asyncio.sleep(self.behaviour.picture_seconds)
        if sum("/images/" in bill.path for bill in self.bills) >= self.behaviour.pictures:
            await asyncio.Event().wait()
        return self._picture(path, asked, prompt, references)

    def _picture(self, path: str, asked: dict[str, Any], prompt: str, references: int) -> Any:
        size = str(asked.get("size") or "1024x1024")
        quality = str(asked.get("quality") or "low")
        seen, read, drawn = 323 * references, len(prompt) // 4, OUTPUT_TOKENS[quality]
        usage: dict[str, Any] = {
            "input_tokens": read + seen, "output_tokens": drawn, "total_tokens": read + seen + drawn,
            "input_tokens_details": {"text_tokens": read, "image_tokens": seen},
        }  # fmt: skip
        if "output_details" not in self.behaviour.lacks:
            usage["output_tokens_details"] = {"text_tokens": 0, "image_tokens": drawn}
        self.charge(Bill(path, str(asked["model"]), usage))
        said = {"created": 1, "size": size, "quality": quality, "data": self._encoded(size, prompt)}
        return said if "usage" in self.behaviour.lacks else {**said, "usage": usage}

    def _encoded(self, size: str, prompt: str) -> list[dict[str, str]]:
        how = self.behaviour.picture
        if how == "url":
            return [{"url": f"{self.url}/files/picture.png"}]
        broken = {"html": b"<html>Bad gateway</html>", "truncated": picture(size, prompt, "PNG")[:-200]}
        anew = f"{prompt} {len(self.bills)}"  # nobody draws the same picture twice
        data = broken.get(how) or picture(size, anew, {"gif": "GIF", "webp": "WEBP"}.get(how, "PNG"))
        encoded = base64.b64encode(data).decode()
        return {
            "data": [{"url": f"data:image/png;base64,{encoded}"}],
            "empty": [],
            "garbage": [{"b64_json": "*** no base64 ***"}],
        }.get(how, [{"b64_json": encoded}])

    async def _file(self) -> Response:
        return Response(picture("1024x1024", "", "PNG"), media_type="image/png")

    async def _moderate(self, request: Request) -> Any:
        if "moderation" in self.behaviour.lacks:
            return wrong(404, "Invalid URL (POST /v1/moderations)", None)
        asked = await request.json()
        self.note(asked)
        if said := self._instead("moderations", asked):
            return said
        given = asked["input"]
        if isinstance(given, list) and "picture moderation" in self.behaviour.lacks:
            return wrong(400, "Invalid type for 'input'.", "invalid_type")
        said = given.lower() if isinstance(given, str) else ""
        hit = {category for word, category in FLAGGED.items() if word in said}
        result = {
            "flagged": bool(hit),
            "categories": {name: name in hit for name in CATEGORIES},
            "category_scores": {name: 0.9 if name in hit else 0.0001 for name in CATEGORIES},
        }
        return {"id": "modr-1", "model": asked["model"], "results": [result]}


_came: ContextVar[int] = ContextVar("came")  # after how many resets the request came that is being answered


class _Dated:
    """Remembers when a request came: one that is answered late must not count in the test that runs by then."""

    def __init__(self, app: ASGIApp, server: StoryServer):
        self._app = app
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _came.set(self._server.resets)
        await self._app(scope, receive, send)


def wrong(status: int, message: str, code: str | None, kind: str = "invalid_request_error") -> JSONResponse:
    """An error as OpenAI words it."""
    return JSONResponse({"error": {"message": message, "type": kind, "param": None, "code": code}}, status)


@lru_cache(maxsize=64)
def picture(size: str, prompt: str, kind: str) -> bytes:
    """A picture of one colour, chosen by the prompt."""
    red, green, blue = hashlib.sha256(prompt.encode()).digest()[:3]
    buffer = io.BytesIO()
    width, height = map(int, size.split("x"))
    Image.new("RGB", (width, height), (red, green, blue)).save(buffer, kind)
    return buffer.getvalue()


def answer(body: dict[str, Any], behaviour: Behaviour) -> str:
    """What a model answers: the schema it was given, filled; a book that names the hero and counts its pages."""
    system, user = body["messages"][0]["content"], body["messages"][1]["content"]
    user = user if isinstance(user, str) else user[0]["text"]
    form = (body.get("response_format") or {}).get("json_schema", {}).get("schema") or schema_in(system)
    hero = (re.findall(r"The hero:\n- (.+?):", user) or ["Somebody"])[0]
    filled = {
        "title": f"{hero} and the Lantern", "supporting": [companion()], "cover": scene(hero),
        "pages": [page(number, hero, behaviour) for number in numbers(form)],
        "questions": [{"about": "why", "question": f"Why did {hero} go?", "answer": "To find the light."}],
        "words": [{"word": "lantern", "meaning": "A lamp that one can carry."}],
        "text": f"{hero} goes softly.", "alt": f"{hero} tiptoes.",
        "score": behaviour.score, "reason": "The scarf has another colour.", "found": list(behaviour.found),
        "word": "hello",
    }  # fmt: skip
    return json.dumps({name: filled[name] for name in form.get("properties", {})}, ensure_ascii=False)


def schema_in(system: str) -> dict[str, Any]:
    """The schema that stands in the text, for a server that cannot be given one."""
    found: dict[str, Any] = json.loads(system[system.index('{"type"') :]) if '{"type"' in system else {}
    return found


def numbers(form: dict[str, Any]) -> list[int]:
    """Of the pages that are asked for."""
    pages = form.get("properties", {}).get("pages", {})
    found: list[int] = pages.get("items", {}).get("properties", {}).get("number", {}).get("enum", [])
    return found


def companion() -> dict[str, Any]:
    look = {
        "colour": "grey",
        "skin": None,
        "hair_colour": None,
        "shirt": None,
        "scarf": "red",
        "hair": None,
        "hat": None,
    }
    return {"name": "Hoot", "kind": "owl", "pronouns": "they", "look": look}


def scene(hero: str) -> dict[str, Any]:
    actors = [
        {"name": hero, "pose": "walk", "expression": "happy", "holds": "candle"},
        {"name": "Hoot", "pose": "fly", "expression": "happy", "holds": None},
    ]
    facts = {"setting": "forest", "time": "night", "weather": "fireflies", "season": "autumn", "mood": "wonder"}
    return {**facts, "shot": "mid", "cast": actors, "props": ["mushroom"]}


def page(number: int, hero: str, behaviour: Behaviour) -> dict[str, Any]:
    text = behaviour.page_text.format(hero=hero, number=number)
    described = f"{hero} walks through the dark forest, Hoot flies above. Page {number}."
    return {"number": number, "text": text, "scene": scene(hero), "description": described, "alt": f"{hero} walks."}


if __name__ == "__main__":
    with StoryServer(int(sys.argv[1])) as running:
        print(running.url, flush=True)
        while True:
            time.sleep(1)
