"""The rules of config.yaml: what each of them looks at, and the sentence that says what is wrong."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain

import psutil
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from storylib.billing.quotas import month_start
from storylib.config import Rules, settings
from storylib.models import Call
from storylib.providers import catalog
from storylib.reporting.analytics import health, month
from storylib.vocabulary import AlertRule

MACHINE = socket.gethostname()[:80]
GIGABYTE = Decimal(10**9)


@dataclass(frozen=True)
class Finding:
    """A rule that is broken. ``subject`` tells apart what one rule finds: which provider, machine or percentage.

    It takes the place of alerts about the things in ``instead_of``.
    """

    rule: AlertRule
    subject: str
    message: str
    instead_of: tuple[str, ...] = ()


Check = Callable[[Session, Rules, datetime], Iterator[Finding]]


def check(session: Session, checks: tuple[Check, ...], at: datetime) -> list[Finding]:
    """Everything that some of the rules find wrong now."""
    rules = settings().config.alerts.rules
    return list(chain.from_iterable(look(session, rules, at) for look in checks))


def _spend(session: Session, rules: Rules, at: datetime) -> Iterator[Finding]:
    """Since midnight, UTC, as budgets count it: with what is reserved, without the free providers."""
    if rules.spend_a_day_usd is None:
        return
    spent = month.spent_since(session, at.replace(hour=0, minute=0, second=0, microsecond=0))
    if spent > rules.spend_a_day_usd:
        yield Finding(
            "spend", "", f"Today's calls cost ${spent:,.2f}, more than the ${rules.spend_a_day_usd:,.2f} set."
        )


def _errors(session: Session, rules: Rules, at: datetime) -> Iterator[Finding]:
    """By provider, so that one that never fails does not hide one that always does."""
    if rules.error_rate is None:
        return
    failed = func.sum(case((Call.state == "failed", 1), else_=0))
    since = at - timedelta(minutes=rules.error_rate.minutes)
    ended = select(Call.provider, func.count(), failed).where(Call.at > since, Call.state.in_(("settled", "failed")))
    for provider, calls, bad in session.execute(ended.group_by(Call.provider).order_by(Call.provider)):
        if calls >= rules.error_rate.calls and bad / calls > rules.error_rate.share:
            told = f"{bad:,} of the {calls:,} calls of the last {rules.error_rate.minutes} minutes failed"
            yield Finding("errors", provider, f"{catalog.label(provider)}: {told} ({bad / calls:.0%}).")


def _queue(session: Session, rules: Rules, at: datetime) -> Iterator[Finding]:
    queue = health.queue(session)
    if rules.queue_minutes is None or queue.oldest is None:
        return
    minutes = int((at - queue.oldest).total_seconds() // 60)
    if minutes >= rules.queue_minutes:
        yield Finding("queue", "", f"A story has waited its turn for {minutes:,} minutes; {queue.waiting:,} wait.")


def _budget(session: Session, rules: Rules, at: datetime) -> Iterator[Finding]:
    """Of the site's month. 100 % is reached when what is left cannot pay for the dearest kind of call: a budget
    refuses whatever would cross it, so it is hardly ever used up to the last cent."""
    budget = settings().config.site.budget_usd
    if not budget or not rules.budget_percent:
        return
    spent = month.spent_since(session, month_start(at))
    full = spent > 0 and budget - spent < month.dearest_call(session, month_start(at))
    reached = [p for p in sorted(rules.budget_percent) if spent * 100 >= budget * p or (p == 100 and full)]
    if reached:
        told = f"${spent:,.2f} of this month's ${budget:,.2f} are spent or reserved ({spent / budget:.0%})"
        refused = "; paid stories are refused until the month ends or the budget is raised." if full else "."
        *lower, highest = (f"{percent} %" for percent in reached)
        yield Finding("budget", highest, told + refused, tuple(lower))


def _disk(_session: Session, rules: Rules, _at: datetime) -> Iterator[Finding]:
    """Of this machine: what the others have they find out themselves."""
    if rules.free_disk_gb is None:
        return
    free = psutil.disk_usage(str(settings().data)).free / GIGABYTE
    if free < rules.free_disk_gb:
        yield Finding("disk", MACHINE, f"{free:,.1f} GB are left on the disk of {MACHINE}, less than the "
                      f"{rules.free_disk_gb:,f} GB set. Without room nothing can be saved.")  # fmt: skip


# What each round looks at: one for the site, however many machines work for it, and one for each machine.
ROUNDS: dict[str, tuple[Check, ...]] = {
    f"disk of {MACHINE}"[:80]: (_disk,),
    "alerts": (_spend, _errors, _queue, _budget),
}
