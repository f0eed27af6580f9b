"""Those who are told of alerts: a webhook's and a mail server, both on this machine."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "storylib", "a password for tests only"


@dataclass
class Webhook:
    """What was posted, and what is answered: the next of ``answers``, else 200."""

    url: str = ""
    posted: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    hangs: bool = False
    closing: Event = field(default_factory=Event)


@contextmanager
def webhook() -> Iterator[Webhook]:
    """A server that remembers what it is sent."""
    seen = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            assert self.headers["content-type"] == "application/json"
            if seen.hangs:
                seen.closing.wait()
                return
            seen.posted.append(json.loads(body))
            self.send_response(seen.answers.pop(0) if seen.answers else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    seen.url = f"http://127.0.0.1:{server.server_port}/a-secret-path"
    yield seen
    seen.closing.set()
    server.shutdown()
    server.server_close()


@dataclass
class Mailbox:
    """The letters that a mail server took, and its port."""

    letters: list[Message] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    refuses: bool = False
    port: int = 0

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: Envelope) -> str:
        """As aiosmtpd asks."""
        if self.refuses:
            return "452 4.2.2 The mailbox is full"
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content))
        self.receivers += envelope.rcpt_tos
        return "250 OK"

    def check(self, _server: object, _session: object, _envelope: object, _mechanism: str, data: Any) -> AuthResult:
        """Name and password."""
        assert isinstance(data, LoginPassword)
        self.signed_in.append(data.login.decode())
        given = data.login.decode(), data.password.decode()
        return AuthResult(success=given == (USER, PASSWORD), handled=False)


@contextmanager
def mail_server(certificate: Path | None = None, implicit: bool = False) -> Iterator[Mailbox]:
    """A mail server; with a certificate it asks for encryption and a password, from the first byte if ``implicit``."""
    box, more = Mailbox(), {}
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        more = {"authenticator": box.check, "auth_required": not implicit}  # aiosmtpd sees no encryption below itself
        more |= {"ssl_context": context, "auth_require_tls": False} if implicit else {
            "tls_context": context, "require_starttls": True
        }  # fmt: skip
    controller = Controller(box, hostname="127.0.0.1", port=_free_port(), **more)
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def certificate(path: Path) -> Path:
    """A key and a certificate for this machine, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path
