"""The moderator: the server's moderation endpoint, for texts and, where it takes them, for pictures."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from storylib.billing.money import Usage
from storylib.config import Models
from storylib.errors import ProviderError
from storylib.providers.contract import Picture, Verdict
from storylib.providers.openai.chat import data_url
from storylib.providers.openai.dialect import bodies
from storylib.providers.openai.dialect.complaints import listed
from storylib.providers.openai.error_mapping import fault, refuse_complaint
from storylib.providers.openai.server import Server
from storylib.providers.openai.vision import small
from storylib.safety.pseudonyms import Pseudonyms
from storylib.story import CharacterSpec

TEXTS, PICTURES = "moderation", "moderation of pictures"  # features that a server may lack


class OpenAIModerator:
    """Fulfils ``providers.contract.Moderator``."""

    def __init__(self, server: Server, models: Models):
        self.server = server
        self.models = models

    def check(self, subject: str | Picture, cast: Sequence[CharacterSpec] = ()) -> Verdict:
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
        return refuse_complaint(bodies.first(answer.http_response.content))


def _verdict(said: dict[str, Any], model: str) -> Verdict:
    """Everything flagged in any of the results; servers differ in how many they give.

    Raises:
        ProviderError: it is no verdict.
    """
    given = said.get("results")
    found = listed([given] if isinstance(given, dict) else given)
    results = [result for result in found if "flagged" in result or "categories" in result]
    if not results:
        raise fault("bad_output", "no verdict", maybe_paid=False)
    flags: dict[str, None] = {}
    scores: dict[str, float] = {}
    for result in results:
        hits = [str(name) for name, hit in _pairs(result.get("categories")) if hit]
        flags |= dict.fromkeys(hits or (["flagged"] if result.get("flagged") else []))
        for name, score in _pairs(result.get("category_scores")):
            if isinstance(score, int | float):
                scores[name] = max(scores.get(name, 0.0), float(score))
    return Verdict("moderation", tuple(flags), scores, Usage(model=str(said.get("model") or model)))


def _pairs(said: Any) -> list[tuple[str, Any]]:
    """Names and what is said of them; in a list, each name is a hit."""
    if isinstance(said, list):
        return [(str(name), True) for name in said]
    return list(said.items()) if isinstance(said, dict) else []
