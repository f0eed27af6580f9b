"""The administrator's look at the providers: what is offered, with which models, and whether the server answers."""

from __future__ import annotations

import streamlit as st

from storylib import config
from storylib.billing import prices
from storylib.config import Models, ProviderConfig, settings
from storylib.generation import registry
from storylib.vocabulary import PLANS, Operation, PlanName
from storylib.web import formatting, gate

NAMES = {
    "models": "The models",
    "text": "Words",
    "schema": "Strict form",
    "streaming": "Page by page",
    "pictures": "Pictures",
    "references": "Pictures after portraits",
    "moderation": "Checks of texts and pictures",
    "vision": "Looking at pictures",
}
MARKS = {
    True: ":green[:material/check_circle:]",
    False: ":orange[:material/cancel:]",
    None: ":gray[:material/help:]",
}
KINDS: dict[str, tuple[str, Operation]] = {
    "text": ("Words", "write"),
    "picture": ("Pictures", "draw"),
    "vision": ("Looking at pictures", "check"),
    "moderation": ("Checks", "check"),
}


def providers() -> None:
    """Each provider of config.yaml: whether it can be asked here, what it works with, and a test."""
    offered = registry.offered()
    for name, section in settings().config.providers.items():
        with st.container(border=True):
            st.subheader(section.label, anchor=False)
            st.caption(section.note)
            _state(section, name in offered)
            if section.models:
                _models(section)
            if section.models and name in offered:
                _test(section)


def _state(section: ProviderConfig, offered: bool) -> None:
    if not section.models:
        st.write(f"{MARKS[True]} Always there, and free.")
    elif not offered:
        st.write(
            f"{MARKS[None]} Not offered to anybody: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own, "
            "in the environment or in .streamlit/secrets.toml, and start Storylib again."
        )
    else:
        key = "with a key" if config.secret("OPENAI_API_KEY") else "without a key"
        address = config.secret("OPENAI_BASE_URL") or section.base_url
        st.write(f"{MARKS[True]} Offered, at `{address}` {key}{', free of charge' if section.free else ''}.")


def _models(section: ProviderConfig) -> None:
    """What does each thing, for each plan: beside each other where there is room, below each other on a telephone."""
    with st.grid(4, min_column_width=170):
        for field, (label, operation) in KINDS.items():
            with st.container(gap="xxsmall"):
                st.markdown(f"**{label}**")
                named = {plan: _model(section, section.models[plan], field, operation) for plan in PLANS}
                if len(set(named.values())) == 1:
                    st.markdown(f"{formatting.verbatim(named[PLANS[0]])} :gray[for all]")
                    continue
                for plan, model in named.items():
                    st.markdown(f":gray[{plan.capitalize()}:] {formatting.verbatim(model)}")


def _model(section: ProviderConfig, models: Models, field: str, operation: Operation) -> str:
    name = str(getattr(models, field))
    if not name:
        return "nobody"
    priced = prices.estimate(operation, name, quality=models.quality, size=models.page_size)
    return name if section.free or priced else f"{name} (unpriced)"


def _test(section: ProviderConfig) -> None:
    plan: PlanName = st.segmented_control("Plan", PLANS, default="free", required=True, format_func=str.capitalize)
    st.caption("Asks for three tiny texts and no picture: less than a cent.")
    if st.button("Test the connection", icon=":material/network_check:", type="primary"):
        _probe(section.models[plan])


def _probe(models: Models) -> None:
    gate.ensure()
    from storylib.providers import openai  # half a second that only this needs

    with st.spinner("Asking the server for everything it may offer…"):
        found = openai.probe(openai.connect(), models)
    for name, capability in found.rows():
        st.markdown(f"{MARKS[capability.offered]} **{NAMES[name]}**: {capability.reason}")
