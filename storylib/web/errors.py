"""What people see when something goes wrong: a sentence, never a trace.

Screens catch errors here and nowhere else. ``attempt`` does something and, if that is refused, reports it in one of
three ways: ``here`` at the spot, ``notices.later`` after the next run, ``forms.beside`` a field.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Generic, NamedTuple, ParamSpec, TypeVar

import streamlit as st

from storylib.errors import StorylibError
from storylib.operations import logs

DEBUG = os.environ.get("STORYLIB_DEBUG") == "1"

P = ParamSpec("P")
T = TypeVar("T")
Report = Callable[[StorylibError], None]


class Done(NamedTuple, Generic[T]):
    """It was carried out, and this is what it answered."""

    value: T


def attempt(report: Report, do: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Done[T] | None:
    """Do something; None says that it was refused, and the reason reported."""
    try:
        return Done(do(*args, **kwargs))
    except StorylibError as error:
        report(error)
        return None


def here(error: StorylibError) -> None:
    """Say at the spot why something was not done."""
    st.error(str(error), icon=":material/info:")


def show(error: Exception) -> bool:
    """Show what happened; an unexpected error is logged, and its id shown.

    The answer is Streamlit's: False leaves showing the details to it, which a developer may ask for.
    """
    if isinstance(error, StorylibError):
        here(error)
        return True
    number = logs.failure(error, st.context.url or "")
    if not DEBUG:
        st.error(
            "Something went wrong on our side. Everything saved so far is kept. Please reload the page; "
            f"if it happens again, give your administrator the number **{number}**.",
            icon=":material/error:",
        )
    return not DEBUG
