"""docs/api.md: its Python, line by line, against the real server; its curl, as far as addresses go."""

from __future__ import annotations

import re

import pytest

from storylib.config import ROOT
from storylib.db import Database
from storylib.identity import api_tokens
from storylib.server import api
from tests import factories, running

GUIDE = (ROOT / "docs" / "api.md").read_text()


def test_its_python_does_what_it_says(app: running.App, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(f"sqlite:///{app.data / 'storylib.db'}")
    with database.write() as session:
        ada = factories.user(session)
        token = api_tokens.create(session, ada, "guide", ["read", "write"], 1)
    database.engine.dispose()
    monkeypatch.setenv("STORYLIB", f"{app.url}{api.PATH}")
    monkeypatch.setenv("TOKEN", token)
    done: dict[str, object] = {}
    exec("\n".join(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)), done)
    http, story = done["http"], done["story"]
    document = http.get(story).json()  # type: ignore[attr-defined]
    assert (document["state"], document["review"], document["pages"][0]["text"]) == (
        "ready",
        "approved",
        "My own words.",
    )
    assert done["picture"][:4] == b"RIFF"  # type: ignore[index]
    assert done["book"][:2] == b"PK"  # type: ignore[index]


def test_every_address_of_its_curl_is_there() -> None:
    known = [re.sub(r"{\w+}", "[^/]+", path) for path in api.application().openapi()["paths"]]
    for called in re.findall(r"\$STORYLIB(/[^\s\"?]*)", GUIDE):
        assert any(re.fullmatch(pattern, called) for pattern in known), called
