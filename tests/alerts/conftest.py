"""A site with rules of the test's own, and somebody to tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from storylib import config
from storylib.config import ROOT
from tests.alerts import receivers
from tests.alerts.receivers import Mailbox, Webhook

Configure = Callable[..., Path]


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """``configure(rules={…}, mail={…}, budget="10")`` writes a config.yaml that counts from now on; its path."""

    def write(budget: str | None = None, **alerts: Any) -> Path:
        facts = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
        facts["site"]["budget_usd"], facts["alerts"] = budget, {"rules": {}, **alerts}
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(facts), "utf-8")
        monkeypatch.setenv("STORYLIB_CONFIG", str(path))
        config.settings.cache_clear()
        return path

    return write


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    """Somebody to tell."""
    with receivers.webhook() as seen:
        monkeypatch.setenv("STORYLIB_ALERT_WEBHOOK", seen.url)
        yield seen


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that asks nobody for a password."""
    with receivers.mail_server() as box:
        yield box
