"""The administrator's page about AI providers: what is offered, with which models, and whether the server answers."""

from __future__ import annotations

import streamlit as st

from storylib.billing import prices
from storylib.config import Models, ProviderConfig
from storylib.providers import catalog
from storylib.providers.contract import Provider, StandIn
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
    "vision": ("Vision", "inspect"),
    "moderation": ("Moderation", "check"),
}


def providers() -> None:
    """Show each provider of config.yaml: whether it is available here, what it works with, and a test."""
    for provider in catalog.providers():
        with st.container(border=True):
            st.subheader(provider.entry.label, anchor=False)
            st.caption(provider.entry.note)
            st.write(_state(provider))
            if provider.entry.models:
                _models(provider.entry)
            if provider.tested and provider.ready():
                _test(provider)


def _state(provider: Provider) -> str:
    if isinstance(provider, StandIn):
        return f"{MARKS[True]} Always available, and free."
    if not provider.ready():
        return f"{MARKS[None]} Not available yet: {provider.setup}."
    facts = [f"Available {provider.address()}".rstrip(), "free of charge" if provider.entry.free else ""]
    return f"{MARKS[True]} {', '.join(filter(None, facts))}."


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


def _test(provider: Provider) -> None:
    key = f"{provider.name} plan"
    plan: PlanName = st.segmented_control(
        "Plan", PLANS, default="free", required=True, format_func=str.capitalize, key=key
    )
    st.caption("Sends three tiny text requests and draws nothing. Costs less than a cent.")
    if st.button("Test connection", icon=":material/network_check:", type="primary", key=f"{provider.name} test"):
        _probe(provider, plan)


def _probe(provider: Provider, plan: PlanName) -> None:
    gate.ensure()
    with st.spinner("Testing what the server offers…"):
        found = provider.probe(plan)
    for name, capability in found.items():
        st.markdown(f"{MARKS[capability.offered]} **{NAMES.get(name, name)}**: {capability.reason}")
