"""Alerts reach a webhook and a mail server, once, or the row says why not; no secret gets out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from storylib.db import Database
from storylib.errors import NotSent
from storylib.models import AlertMessage
from storylib.operations.alerts import channels, messages, watch
from storylib.operations.alerts.channels import Notice
from tests.alerts import receivers
from tests.alerts.conftest import Configure
from tests.alerts.receivers import PASSWORD, USER, Mailbox, Webhook

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = {"free_disk_gb": "1000000"}
TEST = Notice("Storylib", "test", "This is a test.")


def mail(port: int, **more: Any) -> dict[str, Any]:
    """A mail server's section in config.yaml."""
    there = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "storylib@school.example"}
    return {**there, "to": ["head@school.example", "office@school.example"], **more}


def sent(database: Database) -> list[AlertMessage]:
    with database.read() as session:
        return list(session.scalars(select(AlertMessage).order_by(AlertMessage.id)))


# --- the webhook


def test_a_webhook_is_told_of_the_beginning_and_the_end_once(
    database: Database, configure: Configure, webhook: Webhook
) -> None:
    configure(rules=RULES)
    for minutes in range(3):
        watch.look(database, NOON + minutes * MINUTE)
    configure()
    for minutes in range(10, 13):
        watch.look(database, NOON + minutes * MINUTE)
    assert [(post["state"], post["rule"]) for post in webhook.posted] == [("open", "disk"), ("closed", "disk")]
    first, last = webhook.posted
    assert first["text"] == f"Storylib: {first['message']}"
    assert last["text"] == f"Storylib: resolved: {first['message']}"
    assert (first["opened_at"], first["closed_at"]) == ("2026-03-10T12:00:00+00:00", None)
    assert last["closed_at"] == "2026-03-10T12:10:00+00:00"
    assert all(message.sent_at and message.due_at is None for message in sent(database))


def test_what_does_not_arrive_is_sent_again_later_and_only_then(
    database: Database, configure: Configure, webhook: Webhook
) -> None:
    configure(rules=RULES)
    webhook.answers = [500, 302]
    told = []
    for seconds in (0, 30, 59, 60, 200, 359, 360, 9000):
        watch.look(database, NOON + timedelta(seconds=seconds))
        told.append(len(webhook.posted))
    assert told == [1, 1, 1, 2, 2, 2, 3, 3]  # at once, after a minute, and after five more
    [message] = sent(database)
    assert (message.attempts, message.error, message.due_at) == (3, None, None)


def test_in_the_end_it_is_given_up_and_the_row_says_why(
    database: Database, configure: Configure, webhook: Webhook
) -> None:
    configure(rules=RULES)
    webhook.answers = [503] * 99
    for hours in range(10):
        watch.look(database, NOON + timedelta(hours=hours * 5))
    [message] = sent(database)
    assert (message.attempts, message.sent_at, message.due_at) == (len(messages.WAITS), None, None)
    assert str(message.error) == "The webhook answered 503."


def test_who_crashed_while_sending_is_followed_by_another_a_little_later(
    database: Database, configure: Configure, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(rules=RULES)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing, pytest.raises(KeyboardInterrupt):
        crashing.setattr(channels, "send", crash)
        watch.look(database, NOON)
    assert webhook.posted == []
    watch.look(database, NOON + MINUTE)
    assert len(webhook.posted) == 1


def test_a_crash_in_the_last_attempt_does_not_keep_later_messages_back(
    database: Database, configure: Configure, webhook: Webhook
) -> None:
    configure(rules=RULES)
    webhook.answers = [503]
    watch.look(database, NOON)
    with database.write() as session:  # as the one that crashed left it
        message = session.scalars(select(AlertMessage)).one()
        message.attempts, message.due_at = len(messages.WAITS), NOON
    messages.deliver(database, NOON + timedelta(hours=5))
    [message] = sent(database)
    assert message.sent_at
    assert message.due_at is None


def test_a_webhook_that_does_not_answer_is_not_waited_for_long_nor_told_of(
    configure: Configure, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure()
    monkeypatch.setattr(channels, "SECONDS", 0.2)
    webhook.hangs = True
    with pytest.raises(NotSent, match=r"could not be reached \(ReadTimeout\)") as why:
        channels.send("webhook", TEST)
    monkeypatch.setenv("STORYLIB_ALERT_WEBHOOK", "http://127.0.0.1:1/a-secret-path")
    with pytest.raises(NotSent, match=r"could not be reached \(ConnectError\)") as also:
        channels.send("webhook", TEST)
    monkeypatch.setenv("STORYLIB_ALERT_WEBHOOK", "a-secret-path")
    with pytest.raises(NotSent) as besides:
        channels.send("webhook", TEST)
    assert "secret" not in f"{why.value} {also.value} {besides.value}"


# --- e-mail


def test_a_letter_goes_to_everybody_named(database: Database, configure: Configure, mailbox: Mailbox) -> None:
    configure(rules=RULES, mail=mail(mailbox.port))
    watch.look(database, NOON)
    [letter] = mailbox.letters
    assert mailbox.receivers == ["head@school.example", "office@school.example"]
    assert letter["subject"].startswith("Storylib: ")
    assert letter["auto-submitted"] == "auto-generated"
    body = letter.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "Opened: 2026-03-10 12:00 UTC" in body.decode()


def test_one_channel_that_fails_does_not_repeat_the_other(
    database: Database, configure: Configure, webhook: Webhook, mailbox: Mailbox
) -> None:
    configure(rules=RULES, mail=mail(mailbox.port))
    mailbox.refuses = True
    watch.look(database, NOON)
    assert (len(webhook.posted), mailbox.letters) == (1, [])
    assert "452" in str(sent(database)[1].error)
    mailbox.refuses = False
    watch.look(database, NOON + MINUTE)
    assert (len(webhook.posted), len(mailbox.letters)) == (1, 1)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of this machine, trusted."""
    path = receivers.certificate(tmp_path / "server.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@pytest.fixture(params=["starttls", "tls"])
def guarded(request: pytest.FixtureRequest, certificate: Path, configure: Configure) -> Iterator[Mailbox]:
    """A mail server that takes letters by encryption and password only."""
    with receivers.mail_server(certificate, implicit=request.param == "tls") as box:
        configure(mail=mail(box.port, security=request.param))
        yield box


def test_a_password_is_sent_encrypted(guarded: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYLIB_SMTP_USER", USER)
    monkeypatch.setenv("STORYLIB_SMTP_PASSWORD", PASSWORD)
    channels.send("mail", TEST)
    assert (len(guarded.letters), guarded.signed_in) == (1, [USER])


def test_a_wrong_password_is_told_without_the_password(guarded: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYLIB_SMTP_USER", USER)
    monkeypatch.setenv("STORYLIB_SMTP_PASSWORD", "guessed wrongly")
    with pytest.raises(NotSent, match="535") as why:
        channels.send("mail", TEST)
    assert "guessed" not in str(why.value)
    assert guarded.letters == []


def test_a_stranger_in_the_mail_servers_place_gets_nothing(guarded: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYLIB_SMTP_USER", USER)
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(NotSent, match="certificate verify failed"):
        channels.send("mail", TEST)
    assert guarded.signed_in == []


def test_without_encryption_no_password_is_sent(
    configure: Configure, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(mail=mail(mailbox.port))
    monkeypatch.setenv("STORYLIB_SMTP_USER", USER)
    with pytest.raises(NotSent, match="never sent unencrypted"):
        channels.send("mail", TEST)
    assert mailbox.signed_in == []


def test_a_mail_server_that_is_not_there_is_told(configure: Configure) -> None:
    configure(mail=mail(1))
    with pytest.raises(NotSent, match=r"127\.0\.0\.1 did not accept the message \(ConnectionRefusedError"):
        channels.send("mail", TEST)


def test_no_secret_is_in_the_database(database: Database, configure: Configure, webhook: Webhook) -> None:
    configure(rules=RULES)
    webhook.answers = [500]
    watch.look(database, NOON)
    with database.read() as session:
        tables = [session.execute(text(f"SELECT * FROM {table}")).all() for table in ("alerts", "alert_messages")]
    assert all(tables)
    assert "secret" not in str(tables)
