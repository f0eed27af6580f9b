"""The health report's last part: the processes, the providers of stories, the versions, and the ledger's sums."""

from __future__ import annotations

from typing import Final, NamedTuple

import streamlit as st

from storylib import __version__
from storylib.billing import ledger
from storylib.db import HEAD, database
from storylib.generation import jobs, registry
from storylib.models import sums
from storylib.operations import process_metrics
from storylib.providers import catalog
from storylib.providers.contract import Provider
from storylib.reporting import charts
from storylib.reporting.analytics.span import Span
from storylib.text import listed
from storylib.web import actions, ai_providers, gate, navigation, runtime
from storylib.web.current_user import admin
from storylib.web.usage import explorer, queries

REFRESH: Final = 10.0  # seconds between two measurements of the process
GIGABYTES: Final = 10_000  # megabytes from which they are said in gigabytes


def _figures() -> None:
    """Show this process's figures now."""
    admin()
    now = process_metrics.look(runtime.sessions())
    with st.grid(4, min_column_width=150):
        for what in _FIGURES:
            value = getattr(now, what.name)
            st.metric(what.label, "—" if value is None else _amount(value, what.unit), border=True)
    st.caption("Live figures for the process serving this page.")


figures = gate.fragment(_figures, run_every=REFRESH)


def course(span: Span) -> None:
    """Chart every process's figures."""
    found = queries.processes(span)
    if found.empty:
        st.caption("The first figures will appear shortly.")
        return
    with st.grid(3, min_column_width=280):
        for name, label, unit in _FIGURES:
            if unit == "MB" and found[name].max() >= GIGABYTES:
                found, unit = found.assign(**{name: found[name] / 1000}), "GB"
            with st.container(border=True):
                st.markdown(f"**{label}**" + (f" :small[{unit}]" if unit else ""))
                explorer.draw(charts.over_a_while(found, span.step, name, label, unit))
    st.caption(
        "Every process records its figures every three minutes, and they are kept for thirty days. CPU time is "
        "a percentage of one core."
    )


class _Figure(NamedTuple):
    name: str
    label: str
    unit: str = ""


_FIGURES: Final = (
    _Figure("cpu", "CPU", "%"),
    _Figure("memory", "Memory", "MB"),
    _Figure("sessions", "Open tabs"),
    _Figure("threads", "Threads"),
    _Figure("database", "Database", "MB"),
    _Figure("disk_free", "Free disk", "MB"),
)


def _amount(value: float, unit: str) -> str:
    if unit == "MB" and value >= GIGABYTES:
        return f"{value / 1000:,.0f} GB"
    number = f"{value:,.1f}" if unit == "MB" and value < 10 else f"{value:,.0f}"
    return f"{number} {unit}".rstrip()


# --- the providers


def providers() -> None:
    """Show what each provider does here, and what its server turned out not to have."""
    facts = {provider.entry.label: _provider(provider) for provider in catalog.providers()}
    st.table(facts, border="horizontal", width="content")
    st.page_link(navigation.PROVIDERS, label="Models, prices and connection test", icon=":material/brush:")


def _provider(provider: Provider) -> str:
    price = "free" if provider.entry.free else "paid"
    if not provider.ready():
        return f"{price}; {ai_providers.MARKS[False]} not available: no key or address is set"
    made = registry.provider_for(provider.name)
    able = [verb for verb, field in _VERBS.items() if getattr(made, field) is not None]
    lacks = [ai_providers.NAMES.get(feature, feature).lower() for feature in provider.missing()]
    said = f"{price}; {ai_providers.MARKS[True]} {listed(able)}"
    said += "; hand-written, so not checked" if made.hand_written else ""
    return f"{said}; its server lacks {listed(lacks)}" if lacks else said


_VERBS: Final = {
    "text": "writer",
    "pictures": "illustrator",
    "safety checks": "moderator",
    "likeness checks": "consistency_checker",
}


# --- the whole


def about() -> None:
    """Show versions, and the check of the ledger's totals."""
    revision = database().revision()
    facts = {
        "Storylib": __version__,
        "Database": f"{database().engine.dialect.name}, migration {revision}"
        + ("" if revision == HEAD else " (out of date)"),
        "Story generation": "in this process" if jobs.running() else "not in this process",
    }
    st.table(facts, border="horizontal", width="content")
    if st.button(
        "Check the ledger totals", icon=":material/calculate:", help="Adds up every call, which takes a while."
    ):
        wrong = actions.read(sums.differing)
        if wrong:
            st.error(f"{wrong} totals do not match the calls.", icon=":material/error:")
            st.button("Recalculate all totals", on_click=gate.callback(actions.perform, ledger.rebuild_sums, admin()))
        else:
            st.success("All totals match the calls.", icon=":material/check:")
