"""What the server has to know of Streamlit itself."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import streamlit as st
from streamlit import config, runtime
from streamlit.runtime.pages_manager import PagesManager

from storylib.config import ROOT

LATE = ("numpy", "PIL.ImageFile")  # what Streamlit imports at the first picture


def running() -> bool:
    """Tell whether screens are served."""
    return runtime.exists()


def port() -> int:
    """Return the port on which ``streamlit run`` listens."""
    return int(config.get_option("server.port"))


def base_path() -> str:
    """Return where the site begins, by ``server.baseUrlPath``: empty, or like ``/stories``."""
    path = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def index_html() -> str:
    """Return the page that loads Streamlit's own scripts."""
    return (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")


def load_pages() -> None:
    """Run the import lines of every page, so that the first visitor need not wait for them.

    Streamlit takes a folder ``pages`` for its older way of naming pages until it first meets ``st.navigation``: whoever
    came first after a start, by a link to a page, was told that there is no such page.
    """
    PagesManager.uses_pages_directory = False
    for page in ROOT.glob("pages/*/*.py"):
        tree = ast.parse(page.read_text("utf-8"))
        tree.body = [line for line in tree.body if isinstance(line, ast.Import | ast.ImportFrom)]
        exec(compile(tree, page, "exec"), {})
    for name in LATE:
        import_module(name)


def collect_no_garbage_after_runs() -> None:
    """Turn Streamlit's own collection off, whatever its settings say, now and whenever they are read again."""

    def off() -> None:
        config.set_option("runner.postScriptGC", False, "Storylib")

    config.on_config_parsed(off, force_connect=True)
    off()


def sessions() -> int:
    """Count the connected tabs, as far as Streamlit tells: it has no public way to ask."""
    manager = getattr(runtime.get_instance(), "_session_mgr", None) if runtime.exists() else None
    return int(manager.num_active_sessions()) if manager else 0
