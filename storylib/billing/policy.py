"""Who pays: which providers are free, and whose budget bounds what."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ColumnElement

from storylib.config import settings
from storylib.models import Call, CallHour, StoryHour, User


def is_free(provider: str) -> bool:
    """Tell whether a provider never costs anything; one that is configured no more is not."""
    known = settings().config.providers.get(provider)
    return known is not None and known.free


def is_paid(table: type[Call | CallHour | StoryHour]) -> ColumnElement[bool]:
    """Return the same as a condition: rows of providers that may cost something, which budgets count."""
    free = [name for name, provider in settings().config.providers.items() if provider.free]
    return table.provider.not_in(free)


def budget_of(user: User) -> Decimal:
    """Return what a person may spend in a month, in US dollars: a personal budget goes before the plan's."""
    return settings().config.plans[user.plan].budget_usd if user.budget_usd is None else user.budget_usd


def site_budget() -> Decimal | None:
    """Return what everybody together may spend in a month, in US dollars; None: no bound."""
    return settings().config.site.budget_usd


def left(budget_usd: Decimal | None, used_usd: Decimal) -> Decimal | None:
    """Return what is left of a budget, never below zero; None where there is no bound."""
    return None if budget_usd is None else max(Decimal(0), budget_usd - used_usd)
