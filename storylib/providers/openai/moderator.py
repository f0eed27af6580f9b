"""The moderator: the server's moderation endpoint, for texts and, where it takes them, for pictures."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from storylib.config import Models
from storylib.errors import ProviderError
from storylib.manuscript import Sheet
from storylib.providers.base import Picture, Usage, Verdict
from storylib.providers.openai.chat import data_url
from storylib.providers.openai.faults import fault
from storylib.providers.openai.server import Server
from storylib.providers.openai.vision import small
from storylib.pseudonyms import Pseudonyms

TEXTS, PICTURES = "moderation", "moderation of pictures"  # features that a server may lack


class OpenAIModerator:
    """Fulfils ``providers.base.Moderator``."""

    def __init__(self, server: Server, models: Models):
        self.server = server
        self.models = models

    def check(self, subject: str | Picture, cast: Sequence[Sheet] = ()) -> Verdict:
        """Check a text (without the names of the ``cast``) or a picture.

        Raises:
            ProviderError: nothing was checked.
        """
        if isinstance(subject, str):
            return self._moderated(TEXTS, Pseudonyms(cast, avoid=subject).hide(subject))
        shown = {"type": "image_url", "image_url": {"url": data_url(small(subject.data))}}
        return self._moderated(PICTURES, [shown])

    def _moderated(self, feature: str, subject: Any) -> Verdict:
        if not self.models.moderation or feature in self.server.missing:
            raise fault("unsupported", "no moderation")
        try:
            with ExitStack() as held:
                said = self.server.call("checks", partial(self._send, subject), held)
        except ProviderError as error:
            error.maybe_paid = False  # the endpoint is free
            if error.kind == "unsupported" or (error.kind == "bad_request" and feature != TEXTS):
                self.server.lacks(feature, error)
            raise
        return _verdict(said, self.models.moderation)

    def _send(self, subject: Any) -> dict[str, Any]:
        moderations: Any = self.server.sdk.moderations.with_raw_response
        timeout = self.server.timeout("checks")
        answer = moderations.create(model=self.models.moderation, input=subject, timeout=timeout)
        said = answer.http_response.json()
        return said if isinstance(said, dict) else {}


def _verdict(said: dict[str, Any], model: str) -> Verdict:
    """Everything flagged in any of the results; servers differ in how many they give."""
    results = [result for result in said.get("results") or () if isinstance(result, dict)]
    if not results:
        raise fault("bad_output", "no results", maybe_paid=False)
    flags: dict[str, None] = {}
    scores: dict[str, float] = {}
    for result in results:
        hits = [name for name, hit in (result.get("categories") or {}).items() if hit]
        flags |= dict.fromkeys(hits or (["flagged"] if result.get("flagged") else []))
        for name, score in (result.get("category_scores") or {}).items():
            scores[name] = max(scores.get(name, 0.0), float(score or 0))
    return Verdict("moderation", tuple(flags), scores, Usage(model=str(said.get("model") or model)))
