"""Alerts on screen: on top of every administrator's page, acknowledged with one click, all of them under Health."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storylib.config import ROOT
from storylib.db import Database
from storylib.errors.messages import message
from storylib.models import Alert, AlertMessage, User, now
from storylib.web.usage import queries
from tests import factories
from tests.alerts import receivers
from tests.alerts.receivers import Webhook
from tests.screens.visit import button, press, shown, visit

PAGES = [page.relative_to(ROOT / "pages").as_posix() for page in sorted((ROOT / "pages/admin").glob("*.py"))]
SENTENCE = "Today's calls have cost $62.10, above the $50.00 threshold."


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What an earlier test's screens remember is not this one's."""
    queries.forget()


@pytest.fixture
def alma(sqlite_database: Database) -> User:
    """An administrator."""
    with sqlite_database.write() as session:
        return factories.user(session, "alma", role="admin", plan="pro", name="Alma")


@pytest.fixture
def alert(sqlite_database: Database) -> Alert:
    """Something is wrong."""
    with sqlite_database.write() as session:
        return factories.alert(session, rule="spend", subject="", message=SENTENCE)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("alert")
def test_what_is_wrong_is_on_top_of_every_page_for_administrators(
    sqlite_database: Database, alma: User, page: str
) -> None:
    app = visit(sqlite_database, alma, page)
    assert SENTENCE in shown(app).replace("\\", "")
    assert button(app, "Acknowledge")


def test_one_click_acknowledges_it_and_says_who_knows(sqlite_database: Database, alma: User, alert: Alert) -> None:
    app = press(visit(sqlite_database, alma, "admin/usage.py"), "Acknowledge")
    assert "Acknowledged by alma at" in shown(app)
    assert not [found for found in app.button if found.label == "Acknowledge"]
    with sqlite_database.read() as session:
        assert session.get_one(Alert, alert.id).state == "acknowledged"


def test_one_that_is_over_meanwhile_is_said_to_be(sqlite_database: Database, alma: User, alert: Alert) -> None:
    app = visit(sqlite_database, alma, "admin/usage.py")
    with sqlite_database.write() as session:
        session.get_one(Alert, alert.id).state = "closed"
    assert press(app, "Acknowledge").toast[0].value == "This alert is already closed. Nothing was changed."


@pytest.mark.usefixtures("alert")
def test_teachers_see_none(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        ada = factories.user(session)
    assert "62.10" not in shown(visit(sqlite_database, ada))


def test_health_keeps_them_all_and_what_became_of_their_messages(sqlite_database: Database, alma: User) -> None:
    with sqlite_database.write() as session:
        ended = factories.alert(session, subject="then", state="closed", closed_at=now(), acknowledged_by="alma")
        going = factories.alert(session, subject="now")
        told: list[dict[str, object]] = [
            {"alert_id": ended.id, "channel": "webhook", "sent_at": now()},
            {"alert_id": ended.id, "channel": "mail", "error": message("It is full.")},
            {"alert_id": going.id, "channel": "webhook", "due_at": now(), "error": message("It answered 500.")},
            {"alert_id": going.id, "channel": "mail", "due_at": now()},
        ]
        session.add_all(AlertMessage(news="open", **facts) for facts in told)
    app = visit(sqlite_database, alma, "admin/health.py")
    [table] = [frame.value for frame in app.dataframe if "Notifications" in frame.value]
    assert table["State"].tolist() == ["Open", "Closed"]
    assert table["Notifications"].tolist() == [
        "webhook will be retried: It answered 500.; e-mail on its way",
        "webhook sent; e-mail gave up: It is full.",
    ]


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    """Somebody to tell."""
    with receivers.webhook() as seen:
        monkeypatch.setenv("STORYLIB_ALERT_WEBHOOK", seen.url)
        yield seen


def test_a_channel_can_be_tried(sqlite_database: Database, alma: User, webhook: Webhook) -> None:
    webhook.answers = [200, 404]
    app = press(visit(sqlite_database, alma, "admin/health.py"), "Send a test message")
    assert "Test webhook sent" in shown(app)
    assert webhook.posted[0]["state"] == "test"
    app = press(app, "Send a test message")
    assert "The webhook answered 404." in shown(app)


def test_where_nobody_else_is_told_it_says_how(sqlite_database: Database, alma: User) -> None:
    assert "docs/alerts.md" in shown(visit(sqlite_database, alma, "admin/health.py"))
