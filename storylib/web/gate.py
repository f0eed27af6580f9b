"""The one gate: before every callback, every part of a page that runs alone, every change and every file.

Streamlit runs the callback of a click before the page asks who is there, and a fragment or a dialog without the page.
So a tab that is still open proves nothing: its session may have ended, or its administrator may be none any more.
``tests/test_gate.py`` reads the source: nothing in ``web`` or ``pages`` passes by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, Literal, NoReturn, ParamSpec, TypeVar

import streamlit as st
from sqlalchemy.orm import Session

from storylib.db import database
from storylib.identity import users
from storylib.models import User
from storylib.web import current_user
from storylib.web.sign_in import screens

P = ParamSpec("P")
T = TypeVar("T")
MADE_FOR: Final = "made for"  # the id and the role of whoever this tab's screen was made for
SIGNED_OUT: Final = "You were signed out, so nothing was changed."
DEMOTED: Final = "You are no longer an administrator, so nothing was changed."


class Ended(Exception):
    """Whoever asks may not any more. No StorylibError, so that nothing on the way takes it for a refusal."""


def enter() -> User | None:
    """Return who is there at the beginning of a run, asked of the database; the screen is made for them."""
    current_user.forget(current_user.current_token() or "")
    user = current_user.present()
    if st.session_state.get(MADE_FOR) and not user:
        screens.set_reason(SIGNED_OUT)
    st.session_state[MADE_FOR] = (user.id, user.role) if user else None
    return user


def leave() -> None:
    """Forget for whom the screen was made: they ended their own session, and what they did was done."""
    st.session_state.pop(MADE_FOR, None)


def check(session: Session) -> None:
    """Ask the database whether whoever this screen was made for may still act.

    Raises:
        Ended: no; the next screen says so.
    """
    token = current_user.current_token()
    _let_pass(users.session_user(session, token) if token else None)


def ensure() -> None:
    """Do the same as ``check`` for what handles its own transactions.

    Raises:
        Ended: as for ``check``.
    """
    with database().read() as session:
        check(session)


@contextmanager
def turning_away() -> Iterator[None]:
    """Show whoever has lost access the screen that they may see, in place of all this."""
    try:
        yield
    except Ended:
        st.rerun()


def _let_pass(user: User | None) -> None:
    id_, role = st.session_state.get(MADE_FOR) or (None, None)
    if not user or id_ not in (None, user.id):
        _turn_away(SIGNED_OUT)
    if role == "admin" and user.role != "admin":
        _turn_away(DEMOTED)


def _turn_away(message: str) -> NoReturn:
    screens.set_reason(message)
    current_user.forget(current_user.current_token() or "")
    raise Ended(message)


# --- what Streamlit calls without asking


def callback(do: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs) -> Callable[[], None]:
    """Return a widget's callback: ``st.button("Stop", on_click=gate.callback(stop, story.id))``."""

    def pass_by() -> None:
        with turning_away():
            ensure()
            do(*args, **kwargs)

    return pass_by


def fragment(part: Callable[P, None], *, run_every: float | None = None) -> Callable[P, None]:
    """Wrap ``st.fragment``: a part of a page that runs alone."""
    return st.fragment(_guarded(part), run_every=run_every)


def dialog(
    title: str, *, on_dismiss: Callable[[], object] | None = None, **how: Any
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Wrap ``st.dialog``, which runs alone too."""
    dismissed: Callable[[], None] | Literal["ignore"] = callback(on_dismiss) if on_dismiss else "ignore"

    def decorate(part: Callable[P, None]) -> Callable[P, None]:
        return st.dialog(title, on_dismiss=dismissed, **how)(_guarded(part))

    return decorate


def _guarded(part: Callable[P, None]) -> Callable[P, None]:
    @wraps(part)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        with turning_away():
            _let_pass(current_user.present())
            part(*args, **kwargs)

    return guarded


def file(make: Callable[P, bytes], /, *args: P.args, **kwargs: P.kwargs) -> Callable[[], bytes]:
    """Return the contents of a download, made at the click, outside of any run: for whoever the button was made for."""
    token, made_for = current_user.current_token() or "", st.session_state.get(MADE_FOR)

    def contents() -> bytes:
        with database().read() as session:
            user = users.session_user(session, token)
        if not user or made_for not in (None, (user.id, user.role)):
            raise Ended(SIGNED_OUT)
        return make(*args, **kwargs)

    return contents
