"""Short sentences for the next look at a screen: what was done, or why it was not.

For callbacks of parts that refresh themselves: Streamlit lets those show nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, Final, ParamSpec, TypeVar

import streamlit as st
from sqlalchemy.orm import Session

from storylib.errors import StorylibError
from storylib.web import actions, errors, gate
from storylib.web.errors import Done

P = ParamSpec("P")
T = TypeVar("T")
_KEY: Final = "notices"


def say(sentence: str, icon: str = ":material/check:") -> None:
    """Keep a sentence for ``show``."""
    st.session_state[_KEY] = [*st.session_state.get(_KEY, []), (sentence, icon)]


def show() -> None:
    """What was said since the last time."""
    for sentence, icon in st.session_state.pop(_KEY, []):
        st.toast(sentence, icon=icon, duration="long")


def later(error: StorylibError) -> None:
    """Say after the next run why something was not done."""
    say(str(error), ":material/info:")


def attempt(do: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Done[T] | None:
    """Do it, or say why not."""
    gate.ensure()
    return errors.attempt(later, do, *args, **kwargs)


def act(do: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> Done[T] | None:
    """The same for a domain function, in one transaction."""
    return attempt(actions.write, do, *args, **kwargs)


def perform(do: Callable[Concatenate[Session, P], object], /, *args: P.args, **kwargs: P.kwargs) -> None:
    """``act`` as a callback."""
    act(do, *args, **kwargs)
