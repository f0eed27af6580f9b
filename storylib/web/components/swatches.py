"""A colour to choose from a row of them, or any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from storylib.web import gate
from storylib.web.components import part

_swatches = part("swatches")


def show(
    key: str, label: str, colours: Mapping[str, str], value: str, on: Callable[[str], None], usual: str = "Default"
) -> None:
    """Show a row of colours. ``colours`` are hex by name; ``value`` is the chosen one, "" for the default; ``on`` takes
    the next."""

    def chosen() -> None:
        on(str(st.session_state[key].value or ""))

    listed = [{"name": name, "hex": hex_} for name, hex_ in colours.items()]
    data = {"label": label, "colours": listed, "value": value, "usual": usual}
    _swatches(key=key, data=data, on_value_change=gate.callback(chosen))
