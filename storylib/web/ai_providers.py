"""The administrator's page about AI providers: what is offered, with which models, and whether the server answers."""

from __future__ import annotations

import streamlit as st

from storylib import config
from storylib.billing import prices
from storylib.config import Models, ProviderConfig, settings
from storylib.generation import registry
from storylib.vocabulary import PLANS, Operation, PlanName
from storylib.web import formatting, gate

NAMES = {
    "models": "Models",
    "text": "Text",
    "schema": "Structured output",
    "streaming": "Streaming",
    "pictures": "Pictures",
    "references": "Reference images",
    "moderation": "Moderation",
    "vision": "Vision",
}
MARKS = {
    True: ":green[:material/check_circle:]",
    False: ":orange[:material/cancel:]",
    None: ":gray[:material/help:]",
}
KINDS: dict[str, tuple[str, Operation]] = {
    "text": ("Text", "write"),
    "picture": ("Pictures", "draw"),
    "vision": ("Vision", "check"),
    "moderation": ("Moderation", "check"),
}


def providers() -> None:
    """Show each provider of config.yaml: whether it is available here, what it works with, and a test."""
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
        st.write(f"{MARKS[True]} Always available, and free.")
    elif not offered:
        st.write(
            f"{MARKS[None]} Not available yet: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own, "
            "in the environment or in .streamlit/secrets.toml, then restart Storylib."
        )
    else:
        key = "with a key" if config.secret("OPENAI_API_KEY") else "without a key"
        address = config.secret("OPENAI_BASE_URL") or section.base_url
        st.write(f"{MARKS[True]} Available at `{address}`, {key}{', free of charge' if section.free else ''}.")


def _models(section: ProviderConfig) -> None:
    """Show which model does what, for each plan: side by side where there is room, one below the other on a phone."""
    with st.grid(4, min_column_width=170):
        for field, (label, operation) in KINDS.items():
            with st.container(gap="xxsmall"):
                st.markdown(f"**{label}**")
                named = {plan: _model(section, section.models[plan], field, operation) for plan in PLANS}
                if len(set(named.values())) == 1:
                    st.markdown(f"{formatting.verbatim(named[PLANS[0]])} :gray[on every plan]")
                    continue
                for plan, model in named.items():
                    st.markdown(f":gray[{plan.capitalize()}:] {formatting.verbatim(model)}")


def _model(section: ProviderConfig, models: Models, field: str, operation: Operation) -> str:
    name = str(getattr(models, field))
    if not name:
        return "none"
    priced = prices.estimate(operation, name, quality=models.quality, size=models.page_size)
    return name if section.free or priced else f"{name} (unpriced)"


def _test(section: ProviderConfig) -> None:
    plan: PlanName = st.segmented_control("Plan", PLANS, default="free", required=True, format_func=str.capitalize)
    st.caption("Sends three tiny text requests and draws nothing. Costs less than a cent.")
    if st.button("Test connection", icon=":material/network_check:", type="primary"):
        _probe(section.models[plan])


def _probe(models: Models) -> None:
    gate.ensure()
    from storylib.providers import openai  # half a second that only this needs

    with st.spinner("Testing what the server offers…"):
        found = openai.probe(openai.connect(), models)
    for name, capability in found.rows():
        st.markdown(f"{MARKS[capability.offered]} **{NAMES[name]}**: {capability.reason}")
