"""Fields for text that lose nothing: what is too long is cut to what fits, and that is said.

Streamlit's own ``max_chars`` has the browser refuse a text that is pasted and too long, so that the field stays empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import streamlit as st

_FORM: Final = "cut in the form"


class _Cut(NamedTuple):
    """What was kept of a text of so many characters, and whether just now."""

    kept: str
    length: int
    now: bool = True


def line(label: str, *, key: str, most: int | None = None, **how: Any) -> str:
    """Show ``st.text_input`` for at most ``most`` characters; without it, as for a password, all of it is kept."""
    return _field(st.text_input, label, key, most, how)


def area(label: str, *, key: str, most: int, **how: Any) -> str:
    """Show ``st.text_area`` for at most ``most`` characters."""
    return _field(st.text_area, label, key, most, how)


@contextmanager
def form(key: str, **how: Any) -> Iterator[None]:
    """Wrap ``st.form``; its button is ``submit``."""
    st.session_state[_FORM] = False
    with st.form(key, **how):
        yield


def submit(label: str, **how: Any) -> bool:
    """Show ``st.form_submit_button``. A form in which something was cut is not sent before it was seen like that."""
    return bool(st.form_submit_button(label, **how)) and not st.session_state[_FORM]


def cut(key: str) -> bool:
    """Tell whether the field was cut in this run."""
    known: _Cut | None = st.session_state.get(f"{key} cut")
    return bool(known and known.now)


def _field(show: Callable[..., str | None], label: str, key: str, most: int | None, how: dict[str, Any]) -> str:
    known = _fit(key, most)
    text = show(label, key=key, **how) or ""
    if known and text == known.kept:
        st.caption(f":material/content_cut: Kept the first {most:,} of {known.length:,} characters.")
    return text


def _fit(key: str, most: int | None) -> _Cut | None:
    """Cut what was typed to what fits, before the field shows it."""
    typed = st.session_state.get(key) or ""
    known: _Cut | None = st.session_state.get(f"{key} cut")
    if most is not None and len(typed) > most:
        known = _Cut(typed[:most], len(typed))
        st.session_state[key] = known.kept
        st.session_state[_FORM] = True
    elif known:
        known = known._replace(now=False)
    if known:
        st.session_state[f"{key} cut"] = known
    return known
