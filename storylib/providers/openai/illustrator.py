"""The illustrator: one paid request a picture, with the cast's portraits as references where the server takes them."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

import httpx2
from PIL import Image

from storylib.billing.money import Usage
from storylib.config import Models
from storylib.errors import ProviderError
from storylib.providers.contract import Picture, Unusable
from storylib.providers.openai.chat import media_type
from storylib.providers.openai.dialect import bodies
from storylib.providers.openai.error_mapping import Complained, fault, refuse_complaint, translate
from storylib.providers.openai.fetching import MOST_BYTES, fetch
from storylib.providers.openai.server import Server
from storylib.safety.pseudonyms import Pseudonyms
from storylib.story import ImageRequest, prompts

OPTIONAL = ("response_format", "size", "quality", "output_format", "user", "n")
FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 4096 * 4096
FETCH_TRIES = 3  # of the address of a picture that is drawn and paid already


class OpenAIIllustrator:
    """Fulfils ``providers.contract.Illustrator``. ``user``: the pseudonym of who asks (see ``server.pseudonym``)."""

    def __init__(self, server: Server, models: Models, user: str = ""):
        self.server = server
        self.models = models
        self.user = user

    def draw(self, request: ImageRequest, references: Sequence[bytes] = ()) -> Picture:
        """Draw it. ``references`` are portraits of the request's cast, in its request, as many as there are.

        Raises:
            ProviderError: nothing was drawn, or what came is no picture.
        """
        hidden = Pseudonyms(request.cast, avoid=request.description).hide_in(request)
        if not references or "edits" in self.server.missing:
            return self._drawn(hidden, ())
        try:
            return self._drawn(hidden, tuple(references))
        except ProviderError as error:
            if not self._has_no_edits(error):
                raise
            refusal = error
        picture = self._drawn(hidden, ())  # when this fails too, it is the model that is missing, not the endpoint
        self.server.lacks("edits", refusal)
        return picture

    def _has_no_edits(self, error: ProviderError) -> bool:
        return error.kind == "unsupported" or (error.kind == "bad_request" and not self.server.official)

    def _drawn(self, request: ImageRequest, references: tuple[bytes, ...]) -> Picture:
        shown = [spec.name for spec in request.cast][: len(references)]
        parameters = self._parameters(request, prompts.picture(request, shown))
        with ExitStack() as held:
            said = self.server.call("pictures", partial(self._ask, parameters, references), held)
        return self._picture(said, parameters)

    def _parameters(self, request: ImageRequest, prompt: str) -> dict[str, Any]:
        size = self.models.portrait_size if request.role == "portrait" else self.models.page_size
        # Others may answer with an address; OpenAI refuses the parameter.
        own = {} if self.server.official else {"response_format": "b64_json"}
        official = self.server.only_official(quality=self.models.quality, output_format="webp")
        user = self.server.only_official(user=self.user) if self.user else {}
        wanted = {"model": self.models.picture, "prompt": prompt, "size": size, "n": 1, **own, **official, **user}
        return {name: value for name, value in wanted.items() if name not in self.server.missing}

    def _ask(self, parameters: dict[str, Any], references: tuple[bytes, ...]) -> dict[str, Any]:
        """The answer as it came. What a server does not want is left out when it is asked again: a 400 is free."""
        while True:
            try:
                return self._send(parameters, references)
            except Exception as error:
                refused = translate(error)
                name = _refused(refused, parameters)
                if name is None:
                    raise
            self.server.lacks(name, self.server.told(refused))
            parameters = {each: value for each, value in parameters.items() if each != name}

    def _send(self, parameters: dict[str, Any], references: tuple[bytes, ...]) -> dict[str, Any]:
        images: Any = self.server.sdk.images.with_raw_response
        timeout = self.server.timeout("pictures")
        if not references:
            answer = images.generate(**parameters, timeout=timeout)
        else:
            files = [(f"reference-{number}", data, media_type(data)) for number, data in enumerate(references, 1)]
            answer = images.edit(**parameters, image=files, timeout=timeout)
        return refuse_complaint(bodies.first(answer.http_response.content))

    def _picture(self, said: dict[str, Any], asked: dict[str, Any]) -> Picture:
        usage = _usage(said, asked)
        try:
            data = self._bytes(next(iter(said.get("data") or ()), None))
            return Picture(data, *measured(data), usage)
        except ProviderError as error:
            raise Unusable(error, usage) from None
        except Exception as error:  # noqa: BLE001 (Pillow raises whatever a broken file makes it)
            raise Unusable(self.server.told(fault("bad_output", type(error).__name__)), usage) from None

    def _bytes(self, first: Any) -> bytes:
        if not isinstance(first, dict):
            raise fault("bad_output", "no picture")
        address = str(first.get("url") or "")
        encoded = first.get("b64_json") or (address.partition(",")[2] if address.startswith("data:") else "")
        if encoded:
            return _decoded(str(encoded))
        if address:
            return self._fetch(address)
        raise fault("bad_output", "neither b64_json nor url")

    def _fetch(self, address: str, tries: int = FETCH_TRIES) -> bytes:
        """Get what is drawn and paid already; that may be tried again."""
        try:
            return fetch(self.server, address)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            if tries == 1:
                raise self.server.told(fault("bad_output", type(error).__name__)) from None
        self.server.timer.wait(1.0)
        return self._fetch(address, tries - 1)


def _refused(error: ProviderError, parameters: dict[str, Any]) -> str | None:
    """The parameter that a server calls wrong, if it is one that it can be asked without."""
    if error.kind != "bad_request" or not isinstance(error, Complained):
        return None
    return next((name for name in OPTIONAL if name in parameters and error.complaint.names(name)), None)


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise fault("bad_output", f"base64: {error}") from None


def measured(data: bytes) -> tuple[int, int]:
    """Width and height of a picture, all of it decoded once.

    Raises:
        ProviderError: it is too big, or not in a format that browsers show.
        Exception: it is broken.
    """
    if len(data) > MOST_BYTES:
        raise fault("bad_output", f"{len(data)} bytes")
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise fault("bad_output", f"{image.size} pixels")
        image.load()
        return image.size


def _usage(said: dict[str, Any], asked: dict[str, Any]) -> Usage:
    """What the server counted for one picture, with what its price depends on where tokens are not counted."""
    count: dict[str, Any] = said["usage"] if isinstance(said.get("usage"), dict) else {}
    facts = {name: said.get(name) or asked.get(name) for name in ("size", "quality")}
    return Usage(
        int(count.get("input_tokens") or 0),
        int(count.get("output_tokens") or 0),
        images=1,
        model=str(said.get("model") or asked["model"]),
        raw=count | {name: fact for name, fact in facts.items() if fact},
    )
