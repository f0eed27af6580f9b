"""A visitor without a browser: speaks Streamlit's own websocket protocol and times script runs.

The protocol (protobuf over ``/_stcore/stream``) is that of streamlit 1.67's ``BackMsg`` and ``ForwardMsg``.
"""

from __future__ import annotations

import statistics
import time
from types import TracebackType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect


class Visitor:
    """One open page. ``with Visitor(url, "gallery", cookie) as visitor: visitor.rerun()``."""

    def __init__(self, url: str, page: str = "", cookie: str = ""):
        self.url, self.page, self.cookie = url, page, cookie
        self.page_hash = ""
        self.failures: list[str] = []
        self.socket: ClientConnection

    def __enter__(self) -> Visitor:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        self.socket = connect(
            address,
            subprotocols=["streamlit"],
            additional_headers=headers,
            max_size=None,
            compression=None,  # type: ignore[list-item]
        ).__enter__()
        self.rerun()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def rerun(self) -> float:
        """Ask for a script run and wait for its end; seconds.

        Raises:
            AssertionError: the page showed an exception.
        """
        message = BackMsg()
        state = message.rerun_script
        state.page_name, state.page_script_hash = self.page, self.page_hash
        state.context_info.timezone, state.context_info.locale = "UTC", "en-GB"
        state.context_info.url = f"{self.url}/{self.page}"
        began = time.perf_counter()
        self.socket.send(message.SerializeToString())
        while not self._finished(ForwardMsg.FromString(self.socket.recv())):  # type: ignore[arg-type]
            pass
        assert not self.failures, self.failures
        return time.perf_counter() - began

    def _finished(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "navigation":  # a new session's own message names the home page
            self.page_hash = message.navigation.page_script_hash
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            self.failures.append(message.delta.new_element.exception.message)
        return kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def median(self, runs: int = 30) -> float:
        """The median of some reruns after a few that do not count; seconds."""
        for _ in range(3):
            self.rerun()
        return statistics.median(self.rerun() for _ in range(runs))
