"""Reads an answer that came whole: an object, whatever stands behind it, or events although none were asked for."""

from __future__ import annotations

import json

from storylib.providers.openai.dialect import streams
from storylib.providers.openai.dialect.complaints import plain
from storylib.providers.openai.dialect.streams import Said
from storylib.providers.openai.error_mapping import fault


def objects(body: bytes) -> list[Said]:
    """The objects in a body: one, as a rule.

    Raises:
        ProviderError: there is none.
        ValueError: it is broken.
    """
    text = body.decode("utf-8-sig", "replace").strip()
    if text.startswith("{"):
        return [json.JSONDecoder(strict=False).raw_decode(text)[0]]
    found = list(streams.objects([text.encode()]))
    if not found:
        raise fault("bad_output", plain(text) or "an empty answer")
    return found


def first(body: bytes) -> Said:
    """The object in a body.

    Raises:
        ProviderError: there is none.
        ValueError: it is broken.
    """
    return objects(body)[0]
