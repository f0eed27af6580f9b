"""A tab without a browser: it speaks Streamlit's websocket protocol, fills in forms, and may come from anywhere."""

from __future__ import annotations

from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

PATIENCE = 60  # seconds for a run on a busy machine


class Tab:
    """``with Tab(url, source="127.0.0.2") as tab``: opens the page; ``fill`` and ``press`` take labels."""

    def __init__(self, url: str, page: str = "", source: str = "", **headers: str):
        self.page, self.page_hash, self.session = page, "", ""
        self.ids: dict[str, str] = {}
        self.filled: dict[str, str] = {}
        self.texts: list[str] = []
        address = url.replace("http", "ws", 1) + "/_stcore/stream"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {"source_address": (source, 0)} if source else {}
        self.socket = connect(
            address, subprotocols=["streamlit"], additional_headers=named, max_size=None, compression=None, **options
        )

    def __enter__(self) -> Self:
        self.socket.__enter__()
        self.run()
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.__exit__(None, None, None)

    def fill(self, **fields: str) -> None:
        """What the next runs find in these fields, by label."""
        self.filled |= {self.ids[label.replace("_", " ")]: value for label, value in fields.items()}

    def press(self, label: str) -> list[str]:
        """Press a button; what is then to be read."""
        return self.run(self.ids[label])

    def run(self, button: str = "") -> list[str]:
        """Run the page to its end."""
        message = BackMsg()
        state = message.rerun_script
        state.page_name, state.page_script_hash = self.page, self.page_hash
        for name, value in self.filled.items():
            state.widget_states.widgets.add(id=name, string_value=value)
        if button:
            state.widget_states.widgets.add(id=button, trigger_value=True)
        self.texts = []
        self.socket.send(message.SerializeToString())
        while not self._ends(ForwardMsg.FromString(self.socket.recv(PATIENCE))):  # type: ignore[arg-type]
            pass
        return self.texts

    def _ends(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id or self.session
        elif kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._note(message.delta.new_element)
        return kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def _note(self, element: Any) -> None:
        shown = getattr(element, element.WhichOneof("type") or "empty")
        if getattr(shown, "id", "") and getattr(shown, "label", ""):
            self.ids[shown.label] = shown.id
        self.texts.append(str(getattr(shown, "body", "")))
