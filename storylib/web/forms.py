"""Forms that keep what was typed, and say what is wrong beside the field that it is about.

A button's callback calls ``attempt``; the run that follows shows what was refused, by ``tell`` and ``tell_rest``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import streamlit as st

from storylib.errors import StorylibError
from storylib.web import errors, gate
from storylib.web.errors import Done, Report

P = ParamSpec("P")
T = TypeVar("T")


def attempt(form: str, do: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Done[T] | None:
    """Do it, or keep why not for ``tell``."""
    gate.ensure()
    forget(form)
    return errors.attempt(beside(form), do, *args, **kwargs)


def beside(form: str) -> Report:
    """Have ``tell`` say why something was not done, beside the field that it is about."""

    def keep(error: StorylibError) -> None:
        st.session_state[f"{form} problem"] = error

    return keep


def forget(form: str) -> None:
    """Nothing is wrong any more."""
    st.session_state.pop(f"{form} problem", None)


def tell(form: str, field: str) -> None:
    """Beneath a field: what is wrong with it."""
    error = st.session_state.get(f"{form} problem")
    if error and getattr(error, "field", None) == field:
        st.error(str(error), icon=":material/edit:")


def tell_rest(form: str, *told: str) -> StorylibError | None:
    """Beneath the button: what is wrong with no field that was ``told``. Returns it."""
    error: StorylibError | None = st.session_state.get(f"{form} problem")
    if error and getattr(error, "field", None) not in told:
        st.error(str(error), icon=":material/info:")
        return error
    return None
