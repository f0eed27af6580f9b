"""The one way to ask for a file: the server accepts none that no screen asked for."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from storylib.identity import access
from storylib.models import User

MEGABYTE: Final = 2**20  # bytes, as Streamlit counts

_asked: dict[str, tuple[int, int]] = {}  # by Streamlit's id of the tab: whom, and for how many bytes at most


def ask(label: str, admin: User, *, types: list[str], megabytes: int) -> UploadedFile | None:
    """Ask an administrator for one file; return None until it is there."""
    for tab in list(_asked):
        if not _open(tab):
            _asked.pop(tab, None)
    if access.can(admin, "manage people"):
        _asked[_this_tab()] = admin.id, megabytes * MEGABYTE
    return st.file_uploader(label, type=types, max_upload_size=megabytes)


def withdraw() -> None:
    """Stop accepting what the last run asked for: each run of the whole app shows its screens anew."""
    _asked.pop(_this_tab(), None)


def allowed(tab: str, user: User) -> int:
    """Return how many bytes this person may send for this tab: none unless it is theirs, and asks for a file."""
    whom, most = _asked.get(tab, (0, 0))
    return most if access.can(user, "manage people") and user.id == whom and _open(tab) else 0


def make_room(tab: str) -> None:
    """Delete what this tab sent before: a screen asks for one file at a time."""
    runtime.get_instance().uploaded_file_mgr.remove_session_files(tab)


def _open(tab: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(tab)


def _this_tab() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else ""
