"""The health report's last part: this process, the makers of stories, the versions, and the ledger's sums."""

from __future__ import annotations

from typing import Final

import streamlit as st

from storylib import __version__, jobs, providers, rollup, sampling
from storylib.config import ProviderConfig, settings
from storylib.db import HEAD, database
from storylib.web import actions, connection, labels, places, process, wording
from storylib.web.visitor import admin

REFRESH: Final = 10.0  # seconds between two looks at the process


@st.fragment(run_every=REFRESH)
def figures() -> None:
    """Figures of this process, and how they went."""
    admin()
    seen = sampling.samples() or [sampling.take(process.sessions)]
    last = seen[-1]
    with st.grid(4, min_column_width=150):
        for label, name, unit in _FIGURES:
            value = getattr(last, name)
            shown = "—" if value is None else _amount(value, unit)
            trend = [getattr(sample, name) for sample in seen][:: max(1, len(seen) // 100)]
            st.metric(label, shown, border=True, chart_data=trend if len(trend) > 2 and None not in trend else None)
    st.caption(f"Since {wording.local(seen[0].at):%H:%M}, twice a minute, of this process only.")


_FIGURES: Final = (
    ("Processor", "cpu", " %"),
    ("Memory", "memory", " MB"),
    ("Open tabs", "sessions", ""),
    ("Threads", "threads", ""),
    ("Database", "database", " MB"),
    ("Free disk", "disk_free", " MB"),
)


def _amount(value: float, unit: str) -> str:
    if value >= 10_000:
        return f"{value / 1000:,.0f} GB"
    return f"{value:,.1f}{unit}" if unit == " MB" and value < 10 else f"{value:,.0f}{unit}"


# --- the makers


def makers() -> None:
    """What each provider does here, and what its server turned out not to have."""
    offered = providers.offered()
    facts = {section.label: _maker(name, section, name in offered) for name, section in _sections()}
    st.table(facts, border="horizontal", width="content")
    st.page_link(places.MAKERS, label="Models, prices and a test of the connection", icon=":material/brush:")


def _sections() -> list[tuple[str, ProviderConfig]]:
    return list(settings().config.providers.items())


def _maker(name: str, section: ProviderConfig, offered: bool) -> str:
    price = "free" if section.free else "paid"
    if not offered:
        return f"{price}; {connection.MARKS[False]} not offered: no key and no address is given"
    made = providers.provider(name)
    able = [verb for verb, field in _VERBS.items() if getattr(made, field) is not None]
    lacks = [connection.NAMES.get(feature, feature).lower() for feature in providers.lacking(name)]
    said = f"{price}; {connection.MARKS[True]} {labels.names(able)}"
    said += "; written by people, so not checked" if made.hand_written else ""
    return f"{said}; its server lacks {labels.names(lacks)}" if lacks else said


_VERBS: Final = {"words": "writer", "pictures": "illustrator", "checks": "moderator", "likeness": "likeness"}


# --- the whole


def about() -> None:
    """Versions, and the check of the ledger's sums."""
    revision = database().revision()
    facts = {
        "Storylib": __version__,
        "Database": f"{database().engine.dialect.name}, migration {revision}" + ("" if revision == HEAD else " (old!)"),
        "Making stories": "in this process" if jobs.running() else "not in this process",
    }
    st.table(facts, border="horizontal", width="content")
    if st.button("Check the ledger's sums", icon=":material/calculate:", help="Adds up every call; takes a while."):
        wrong = actions.look(rollup.differing)
        if wrong:
            st.error(f"{wrong} sums differ from the calls.", icon=":material/error:")
            st.button("Add everything up anew", on_click=actions.perform, args=(rollup.rebuild,))
        else:
            st.success("Every sum is what the calls add up to.", icon=":material/check:")
