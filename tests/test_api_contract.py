"""The API against its own description: schemathesis sends what that allows, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from storylib.db import Database
from storylib.generation import jobs
from storylib.identity import api_tokens
from storylib.models import User
from storylib.server import api
from tests import factories

EXAMPLES = 6  # for each operation and mode
# Not "what fits the description is accepted": rules such as "a name needs a letter" are answered 422.
ANSWERS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]


@pytest.fixture
def token(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(jobs, "submit", lambda _story: None)
    monkeypatch.setattr(jobs, "submit_portraits", lambda _asked: None)
    monkeypatch.setattr(api_tokens, "A_MINUTE", 100_000)
    with sqlite_database.write() as session:
        chief: User = factories.user(session, role="admin", plan="pro")
        factories.story(session, chief)
        factories.character(session, chief)
        return api_tokens.create(session, chief, "contract", api_tokens.SCOPES, 1)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_sent_is_answered_as_described(token: str, mode: GenerationMode) -> None:
    load_all_checks()
    schema = schemathesis.openapi.from_asgi("/openapi.json", api.application())
    for result in schema.get_all_operations():
        _try(result.ok(), mode, {"Authorization": f"Bearer {token}"})


def _try(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(mode))
    def send(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=ANSWERS)

    send()
