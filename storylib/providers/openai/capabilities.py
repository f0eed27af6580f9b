"""What a server offers, found out by asking: for the administrator's "test the connection"."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, fields
from typing import Any

from PIL import Image

from storylib.billing.money import Usage
from storylib.config import Models
from storylib.errors import ProviderError
from storylib.providers.contract import Capability, Picture
from storylib.providers.openai import chat, schema
from storylib.providers.openai.error_mapping import translate
from storylib.providers.openai.moderator import OpenAIModerator
from storylib.providers.openai.server import Server
from storylib.providers.openai.vision import OpenAIVision
from storylib.story.prompts import Prompt

_HELLO = Prompt("You test a connection. Answer in JSON.", 'Answer {"word": "hello"}.')
_WORD = schema.record({"word": {"type": "string"}})
_LIMIT = 500  # tokens, for models that think first


@dataclass(frozen=True)
class Capabilities:
    """What a server offers to a plan's models. ``usage``: what finding out consumed, one a paid call."""

    models: Capability
    text: Capability
    schema: Capability
    streaming: Capability
    pictures: Capability
    references: Capability
    moderation: Capability
    vision: Capability
    usage: tuple[Usage, ...] = ()

    def rows(self) -> list[tuple[str, Capability]]:
        """Name and finding of each, in order."""
        return [(field.name, getattr(self, field.name)) for field in fields(self) if field.name != "usage"]


def probe(server: Server, models: Models) -> Capabilities:
    """ChatRequest for everything once; never raises. Costs three tiny texts and no picture; takes some seconds.

    What was remembered as missing is forgotten first, so a server that has learnt something is believed.
    """
    server.missing.clear()
    server.quirks.clear()
    probe = _Probe(server, models)
    return Capabilities(
        models=probe.ask(probe.models),
        text=probe.ask(probe.text),
        schema=probe.form(),
        streaming=probe.ask(probe.streaming),
        pictures=probe.ask(probe.pictures),
        references=probe.ask(probe.references),
        moderation=probe.ask(probe.moderation),
        vision=probe.ask(probe.vision),
        usage=tuple(probe.used),
    )


class _Probe:
    def __init__(self, server: Server, models: Models):
        self.server = server
        self.plan = models
        self.used: list[Usage] = []

    def ask(self, question: Callable[[], Capability]) -> Capability:
        """What came of a question; an error is an answer too."""
        try:
            return question()
        except Exception as raised:  # noqa: BLE001 (a test of a connection reports, whatever happens)
            error = translate(raised)
            known = error.kind in ("unsupported", "auth", "quota", "bad_request", "bad_output")
            return Capability(False if known else None, f"{error} {error.detail}".strip())

    def models(self) -> Capability:
        with ExitStack() as held:
            listed = self.server.call("checks", lambda: self.server.sdk.models.list(timeout=10), held)
        names = {model.id for model in listed.data}
        wanted = [self.plan.text, self.plan.picture, self.plan.vision, self.plan.moderation]
        absent = [name for name in dict.fromkeys(filter(None, wanted)) if name not in names]
        if absent:
            return Capability(False, f"Not in the server's list of {len(names)} models: {', '.join(absent)}.")
        return Capability(True, f"All in the server's list of {len(names)} models.")

    def text(self) -> Capability:
        said, usage = chat.ask(self.server, chat.ChatRequest(self.plan.text, _HELLO, _WORD, _LIMIT, self.plan.effort))
        self.used.append(usage)
        return Capability(
            True, f"{usage.model} answers." if said.get("word") else f"{usage.model} gives unexpected answers."
        )

    def form(self) -> Capability:
        """Told by the quirks that ``text`` has led to."""
        quirks = self.server.quirks.get(self.plan.text)
        if quirks is None:
            return Capability(None, "Unknown while text fails.")
        if quirks.form:
            return Capability(False, "The format is described in words and the answer is checked here.")
        return Capability(True, "Answers follow a strict schema.")

    def streaming(self) -> Capability:
        question = chat.ChatRequest(self.plan.text, _HELLO, _WORD, _LIMIT, self.plan.effort, stream=True)
        answer = chat.Answer(self.server, question)
        with ExitStack() as held:
            for _ in answer.texts(held):
                pass
        self.used += [answer.usage] if answer.usage else []
        if answer.streamed:
            return Capability(True, "Pages appear one by one.")
        return Capability(False, "A story appears all at once when it is finished.")

    def pictures(self) -> Capability:
        """An empty request, which costs nothing: a server that has the endpoint says that it is wrong."""
        self._wrong(lambda: self.server.sdk.images.generate(model=self.plan.picture, prompt="", timeout=30))
        return Capability(True, "The server can draw (tried with an empty request, which costs nothing).")

    def references(self) -> Capability:
        """The same for edits: a file that is no picture."""
        nothing = ("nothing.png", b"", "image/png")
        self._wrong(lambda: self.server.sdk.images.edit(model=self.plan.picture, image=nothing, prompt="", timeout=30))
        return Capability(True, "The characters' portraits are sent with each request for a picture.")

    def _wrong(self, question: Callable[[], Any]) -> None:
        """ChatRequest something wrong; being called wrong is well."""
        try:
            with ExitStack() as held:
                self.server.call("pictures", question, held)
        except ProviderError as error:
            if error.kind != "bad_request":
                raise

    def moderation(self) -> Capability:
        OpenAIModerator(self.server, self.plan).check("A friendly fox.")
        return Capability(True, "The server checks text and pictures.")

    def vision(self) -> Capability:
        seen = OpenAIVision(self.server, self.plan).check(_plain_picture())
        self.used.append(seen.usage)
        return Capability(True, f"{seen.usage.model} can look at pictures.")


def _plain_picture() -> Picture:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (240, 220, 180)).save(buffer, "PNG")
    return Picture(buffer.getvalue(), 64, 64, Usage())
