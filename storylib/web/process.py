"""What the server has to know of Streamlit itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit import config, runtime


def running() -> bool:
    """Whether screens are served."""
    return runtime.exists()


def port() -> int:
    """Where ``streamlit run`` listens."""
    return int(config.get_option("server.port"))


def index_html() -> str:
    """The page that Streamlit's own scripts begin with."""
    return (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
