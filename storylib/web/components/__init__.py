"""Parts of a screen that Streamlit does not have: a script and a style sheet each, without a build step."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent


def part(name: str) -> ComponentRenderer:
    """Return the component whose script and style are ``name.js`` and ``name.css`` beside this file."""
    script, style = ((HERE / f"{name}.{kind}").read_text("utf-8") for kind in ("js", "css"))
    return st.components.v2.component(f"storylib_{name}", js=script, css=style)
