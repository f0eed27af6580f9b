"""The administrator's look at the providers: what is offered, with which models, and whether the server answers."""

from __future__ import annotations

import streamlit as st

from storylib.billing import prices
from storylib.config import Models, ProviderConfig
from storylib.providers import catalog
from storylib.providers.contract import Provider, StandIn
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
    "vision": ("Looking at pictures", "inspect"),
    "moderation": ("Checks", "check"),
}


def providers() -> None:
    """Each provider of config.yaml: whether it can be asked here, what it works with, and a test."""
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
        return f"{MARKS[True]} Always there, and free."
    if not provider.ready():
        return f"{MARKS[None]} Not offered to anybody: {provider.setup}."
    facts = ["Offered", provider.address(), "free of charge" if provider.entry.free else ""]
    return f"{MARKS[True]} {', '.join(filter(None, facts))}."


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


def _test(provider: Provider) -> None:
    key = f"{provider.name} plan"
    plan: PlanName = st.segmented_control(
        "Plan", PLANS, default="free", required=True, format_func=str.capitalize, key=key
    )
    st.caption("Asks for three tiny texts and no picture: less than a cent.")
    if st.button("Test the connection", icon=":material/network_check:", type="primary", key=f"{provider.name} test"):
        _probe(provider, plan)


def _probe(provider: Provider, plan: PlanName) -> None:
    gate.ensure()
    with st.spinner("Asking the server for everything it may offer…"):
        found = provider.probe(plan)
    for name, capability in found.items():
        st.markdown(f"{MARKS[capability.offered]} **{NAMES.get(name, name)}**: {capability.reason}")
