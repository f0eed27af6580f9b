"""A model that looks at pictures: whether a cast looks like its portraits, whether a picture is fit for children."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image

from storylib.billing.money import Usage
from storylib.config import Models
from storylib.errors import ProviderError
from storylib.providers.contract import Picture, Resemblance, Unusable, Verdict
from storylib.providers.openai import chat, schema
from storylib.providers.openai.error_mapping import fault
from storylib.providers.openai.server import Server
from storylib.safety.pseudonyms import Pseudonyms
from storylib.story import CharacterSpec, prompts
from storylib.story.prompts import Prompt

SIDE = 512  # pixels of the longer side: enough to see species, colours and clothes, and what costs least
LIMIT = 2_000  # tokens, most of them for thinking


class OpenAIVision:
    """Checks pictures: an ``ImageModerator`` and a ``ConsistencyChecker``. ``user``: the pseudonym of who asks."""

    def __init__(self, server: Server, models: Models, user: str = ""):
        self.server = server
        self.models = models
        self.user = user

    def compare(self, picture: Picture, portraits: Sequence[tuple[CharacterSpec, bytes]]) -> Resemblance:
        """Compare a picture with the encoded portraits of those who are in it.

        Raises:
            ProviderError: nothing was compared.
        """
        names = Pseudonyms(spec for spec, _ in portraits)
        cast = [names.hide_in(spec) for spec, _ in portraits]
        prompt = prompts.likeness(cast, small(picture.data), [small(data) for _, data in portraits])
        said, usage = self._ask(prompt, schema.JUDGEMENT)
        return Resemblance(_score(said, usage), names.reveal(str(said.get("reason") or ""))[:300], usage)

    def check(self, picture: Picture, /) -> Verdict:
        """Whether a picture is fit for children.

        Raises:
            ProviderError: nothing was checked.
        """
        said, usage = self._ask(prompts.picture_check(small(picture.data)), schema.FINDINGS)
        found = said.get("found")
        flags = tuple(str(one)[:40] for one in found) if isinstance(found, list) else ()
        return Verdict("vision", flags, {"unfit": _score(said, usage)}, usage)

    def _ask(self, prompt: Prompt, form: dict[str, Any]) -> tuple[dict[str, Any], Usage]:
        if not self.models.vision or "vision" in self.server.missing:
            raise fault("unsupported", "no model that looks at pictures")
        question = chat.ChatRequest(self.models.vision, prompt, form, LIMIT, self.models.effort, self.user)
        try:
            return chat.ask(self.server, question)
        except ProviderError as error:
            if error.kind == "unsupported" or (error.kind == "bad_request" and not self.server.official):
                self.server.lacks("vision", error)
            raise


def _score(said: dict[str, Any], usage: Usage) -> float:
    """Between 0 and 1.

    Raises:
        Unusable: there is none.
    """
    try:
        return min(1.0, max(0.0, float(said["score"])))
    except (KeyError, TypeError, ValueError):
        raise Unusable(fault("bad_output", "no score"), usage) from None


def small(picture: bytes) -> bytes:
    """A picture as a small JPEG."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
