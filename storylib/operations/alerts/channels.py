"""How a message is sent: to a webhook as JSON, and by e-mail. Keys come from the environment and are never shown.

The webhook gets one POST: ``text`` is a sentence, which Slack and Mattermost show; the rest is for machines.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from typing import Any

import httpx2

from storylib.config import Mail, secret, settings
from storylib.errors import NotSent
from storylib.vocabulary import CHANNELS, Channel

SECONDS = 10.0  # for each step of a conversation
WEBHOOK = "STORYLIB_ALERT_WEBHOOK"


@dataclass(frozen=True)
class Notice:
    """A message to send. ``news`` is open or closed, or test when nothing happened."""

    site: str
    news: str
    message: str
    alert: int | None = None
    rule: str | None = None
    subject: str | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def text(self) -> str:
        """Return ``Storylib: 12 of 40 calls …``, or that this is resolved."""
        return f"{self.site}: {'resolved: ' if self.news == 'closed' else ''}{self.message}"


def configured() -> list[Channel]:
    """Return the channels that are set up here."""
    there = {"webhook": bool(secret(WEBHOOK)), "mail": settings().config.alerts.mail is not None}
    return [channel for channel in CHANNELS if there[channel]]


def send(channel: Channel, notice: Notice) -> None:
    """Send a notice once.

    Raises:
        NotSent: nobody took it; the sentence says why, without addresses that are secret.
    """
    _SEND[channel](notice)


def _post(notice: Notice) -> None:
    try:
        # The body of the answer does not matter, and may be endless: it is not read.
        with httpx2.stream("POST", secret(WEBHOOK), json=_payload(notice), timeout=SECONDS) as answer:
            status = answer.status_code
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise NotSent("channel.unreachable", reason=type(error).__name__) from None
    if not 200 <= status < 300:
        raise NotSent("channel.status", status=status)


def _payload(notice: Notice) -> dict[str, Any]:
    times = {name: time and time.isoformat(timespec="seconds") for name, time in _times(notice).items()}
    facts = {name: getattr(notice, name) for name in ("site", "alert", "rule", "subject", "message")}
    return {"text": notice.text, "state": notice.news, **facts, **times}


def _times(notice: Notice) -> dict[str, datetime | None]:
    return {"opened_at": notice.opened_at, "closed_at": notice.closed_at}


def _mail(notice: Notice) -> None:
    mail = settings().config.alerts.mail
    if mail is None:
        raise NotSent("channel.no-mail-server")
    try:
        with _connected(mail) as server:
            server.send_message(_letter(mail, notice))
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent("channel.mail-refused", host=mail.host, kind=type(error).__name__, reason=error) from None


def _connected(mail: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=SECONDS)
    try:
        if mail.security == "starttls":
            server.starttls(context=context)
        if user := secret("STORYLIB_SMTP_USER"):
            _sign_in(server, mail, user)
    except BaseException:
        server.close()
        raise
    return server


def _sign_in(server: smtplib.SMTP, mail: Mail, user: str) -> None:
    if mail.security == "none":
        raise NotSent("channel.unencrypted")
    server.login(user, secret("STORYLIB_SMTP_PASSWORD"))


def _letter(mail: Mail, notice: Notice) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = " ".join(notice.text.split())
    letter["From"], letter["To"] = mail.sender, ", ".join(mail.to)
    letter["Date"], letter["Message-ID"] = localtime(), make_msgid(domain=mail.sender.rpartition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"  # so that no out-of-office reply comes back
    lines = [notice.message, ""]
    lines += [
        f"{name.split('_')[0].capitalize()}: {time:%Y-%m-%d %H:%M} UTC" for name, time in _times(notice).items() if time
    ]
    lines += ["", f"See the Health page of {notice.site} for more."]
    letter.set_content("\n".join(lines))
    return letter


_SEND: dict[Channel, Callable[[Notice], None]] = {"webhook": _post, "mail": _mail}
