"""docs/api.md: its Python, line by line, against the real server; its curl, as far as addresses go."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

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
    assert (document["state"], document["review"]) == ("ready", "approved")
    assert document["pages"][0]["text"] == "My own words."
    assert done["picture"][:4] == b"RIFF"  # type: ignore[index]
    assert done["book"][:2] == b"PK"  # type: ignore[index]


def test_every_address_of_its_curl_is_there() -> None:
    known = [re.sub(r"{\w+}", "[^/]+", path) for path in api.application().openapi()["paths"]]
    for called in re.findall(r"\$STORYLIB(/[^\s\"?]*)", GUIDE):
        assert any(re.fullmatch(pattern, called) for pattern in known), called


def test_the_documentation_is_shown_under_our_own_policy(app: running.App, tab: Page) -> None:
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    tab.goto(f"{app.url}{api.PATH}/docs")
    expect(tab.get_by_role("heading", name="Storylib")).to_be_visible()
    expect(tab.get_by_text("/stories/{id}/pages/{number}/redraw")).to_be_visible()
    assert not [text for text in said if "Content Security Policy" in text], said
