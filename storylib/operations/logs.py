"""The log: one JSON object a line on stderr, so that any collector can read it.

``at`` (UTC), ``level``, ``logger``, ``event``, whatever ``extra`` names, and ``trace`` when something was raised.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections import deque
from datetime import UTC, datetime
from secrets import token_hex
from typing import Final, NamedTuple

from prometheus_client import Counter

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_CODE = re.compile(r"\b(setup|invite|reset)=[^&#\s]+")

SERVER: Final = ("uvicorn", "uvicorn.error", "uvicorn.access")  # they would write plain text of their own

log = logging.getLogger("storylib")


class Failure(NamedTuple):
    """An unexpected error."""

    at: datetime
    id: str
    where: str
    error: str


recent: deque[Failure] = deque(maxlen=200)  # of this process, the newest last
FAILURES = Counter("storylib_failures", "Unexpected errors of this process", registry=None)


class Discreet(logging.Filter):
    """Keeps the codes of one-time links out of the log: uvicorn logs every address that is requested."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Hide the codes in a record, and let every record pass."""
        if isinstance(record.args, tuple):
            record.args = tuple(_CODE.sub(r"\1=…", arg) if isinstance(arg, str) else arg for arg in record.args)
        return True


class Lines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as JSON. Extras become fields of their own; what JSON cannot hold is written as text."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _STANDARD},
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure() -> None:
    """Write Storylib's log, uvicorn's lines and the warnings of its libraries as JSON lines, each once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers = [handler]
    log.setLevel(logging.INFO)
    for name in SERVER:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    access = logging.getLogger("uvicorn.access")
    if not any(isinstance(each, Discreet) for each in access.filters):
        access.addFilter(Discreet())
    # Streamlit would print every error of a page a second time, as plain text, before ``failure`` logs it.
    logging.getLogger("streamlit.error_util").disabled = True


def failure(error: BaseException, where: str) -> str:
    """Log something unexpected; return an id of eight digits to show and to search for."""
    number = token_hex(4)
    FAILURES.inc()
    recent.append(Failure(datetime.now(UTC), number, where, f"{type(error).__name__}: {error}"[:300]))
    log.error("unexpected error", exc_info=error, extra={"id": number, "where": where, "error": type(error).__name__})
    return number
