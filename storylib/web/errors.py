"""What people see when something goes wrong: a sentence, never a trace."""

from __future__ import annotations

import os

import streamlit as st

from storylib.errors import StorylibError
from storylib.operations import logs

DEBUG = os.environ.get("STORYLIB_DEBUG") == "1"


def show(error: Exception) -> bool:
    """Show what happened; an unexpected error is logged, and its id shown.

    The answer is Streamlit's: False leaves showing the details to it, which a developer may ask for.
    """
    if isinstance(error, StorylibError):
        st.error(str(error), icon=":material/info:")
        return True
    number = logs.failure(error, st.context.url or "")
    if not DEBUG:
        st.error(
            "Something went wrong on our side. Everything saved so far is kept. Please reload the page; "
            f"if it happens again, give your administrator the number **{number}**.",
            icon=":material/error:",
        )
    return not DEBUG
