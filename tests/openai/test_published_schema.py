"""Everything that is sent to openai.com fits what OpenAI publishes. OPENAI_OPENAPI says where that document lies; it is
not part of this repository."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from storylib.providers.openai.server import Server
from tests.openai.desk import Desk, is_whole

pytestmark = pytest.mark.usefixtures("near")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The published one."""
    path = Path(os.environ.get("OPENAI_OPENAPI", "openapi.json"))
    if not path.is_file():
        pytest.skip("OPENAI_OPENAPI does not name OpenAI's published document")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def faults(document: dict[str, Any], name: str, body: dict[str, Any]) -> list[str]:
    """What is wrong with a body by the schema of that name, and what it names that the schema does not know."""
    reference = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    wrong = [error.message[:200] for error in Draft202012Validator(reference).iter_errors(body)]
    known = set(_properties(document, document["components"]["schemas"][name]))
    return wrong + [f"unknown: {each}" for each in body if each not in known]


def _properties(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    if reference := schema.get("$ref"):
        schema = document["components"]["schemas"][reference.rpartition("/")[2]]
    yield from schema.get("properties", {})
    for part in schema.get("allOf", []):
        yield from _properties(document, part)


def schema_of(body: dict[str, Any]) -> str:
    """By what is in it."""
    if "messages" in body:
        return "CreateChatCompletionRequest"
    return "CreateImageRequest" if "prompt" in body else "CreateModerationRequest"


def test_all_that_a_story_sends_fits_the_published_document(
    document: dict[str, Any], desk: Desk, server: Server
) -> None:
    server.official = True
    assert is_whole(desk.made())
    sent = {schema_of(body): faults(document, schema_of(body), body) for body in desk.mock.bodies}
    sizes = [fault for fault in sent.pop("CreateImageRequest") if "192x128" not in fault]  # only tests draw that small
    assert (sizes, sent) == ([], {"CreateChatCompletionRequest": [], "CreateModerationRequest": []})


def test_what_does_not_fit_is_noticed(document: dict[str, Any]) -> None:
    body = {"model": "m", "messages": [], "store": "no", "colour": 1}
    found = faults(document, "CreateChatCompletionRequest", body)
    assert "unknown: colour" in found
    assert len(found) > 1
