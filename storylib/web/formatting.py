"""Facts as people read them."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

# What a browser calls itself holds the names of others too, so the order matters.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}

_SIGNS = re.compile(r"[\\`*_{}\[\]<>()#+!|$~:-]")


def local(time: datetime) -> datetime:
    """Return a time on the clock of the person who looks."""
    return time.astimezone(ZoneInfo(zone()))


def zone() -> str:
    """Return the time zone of the person who looks; UTC when the browser does not say, or names an unknown one."""
    try:
        return ZoneInfo(st.context.timezone or "UTC").key
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"


def verbatim(words: str) -> str:
    """Escape words for Markdown so that they show as they are: two amounts in dollars are no formula, and stars no
    emphasis."""
    return _SIGNS.sub(r"\\\g<0>", words)


def browser_name(agent: str) -> str:
    """Return ``Firefox on Windows`` from a User-Agent header."""
    browser = next((name for sign, name in BROWSERS.items() if sign in agent), "A browser")
    system = next((name for sign, name in SYSTEMS.items() if sign in agent), None)
    return f"{browser} on {system}" if system else browser
