"""Money on the screens: what a story has cost, what another picture would, and how much of the month is left."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from storylib import text
from storylib.billing import ledger, policy, quotas
from storylib.billing.money import NOTHING, Estimate
from storylib.generation import registry
from storylib.generation.quotes import Quote
from storylib.models import Call, Story, User
from storylib.providers import catalog
from storylib.vocabulary import Operation
from storylib.web import actions


def usd(amount: Decimal) -> str:
    """Return ``text.price``, for Markdown."""
    return text.price(amount).replace("$", "\\$")


def of_story(story: Story) -> str:
    """Return ``Cost: $0.21``, and whatever is not certain about it; empty for a story that only free providers worked
    on."""
    paid = [call for call in actions.read(ledger.of_story, story.id) if not policy.is_free(call.provider)]
    return " · ".join(filter(None, _facts(paid))) if paid else ""


def _facts(calls: list[Call]) -> list[str]:
    settled = [call for call in calls if call.state == "settled"]
    unpriced = sum(call.cost_usd is None for call in settled)
    lost = [call for call in calls if call.state == "unknown"]
    total = sum((call.cost_usd for call in settled if call.cost_usd), Decimal(0))
    return [
        f"Cost: {usd(total)}",
        f"{text.counted(unpriced, 'call')} unpriced" if unpriced else "",
        f"{text.counted(len(lost), 'call')} may have been charged as well" if lost else "",
    ]


def of_picture(user: User, story: Story) -> str:
    """Return what one more picture by the story's illustrator would cost: ``about $0.04``, ``free`` or ``unpriced``."""
    return of_pictures(user, story.brief.illustrator)


def of_pictures(user: User, illustrator: str, count: int = 1) -> str:
    """Return what so many pictures would cost: ``about $0.04``, ``free`` or ``unpriced``."""
    return _price([_estimate(user, illustrator, "draw", count)])


def of_portraits(user: User, illustrator: str, count: int = 1) -> str:
    """Return the same for portraits."""
    return _price([_estimate(user, illustrator, "portrait", count)])


def of_the_rest(user: User, story: Story) -> str:
    """Return what finishing a story would cost, in the same words; empty for one that only free providers work on."""
    unwritten = story.length - len(story.pages)
    undrawn = sum(page.image_id is None for page in story.pages) + unwritten + (not story.cover_id)
    estimates = [
        _estimate(user, story.provider, "write", 1, unwritten),
        _estimate(user, story.brief.illustrator, "draw", undrawn),
    ]
    return "" if all(estimate == NOTHING for estimate in estimates) else _price(estimates)


def _estimate(user: User, provider: str, operation: Operation, times: int, pages: int = 1) -> Estimate | None:
    if not times or not pages:
        return NOTHING
    if provider not in catalog.offered():
        return None
    each = registry.provider_for(provider, user).estimate(operation, pages)
    return each and each * times


def _price(estimates: list[Estimate | None]) -> str:
    if not all(estimates):
        return "unpriced"
    total = sum((estimate.usd for estimate in estimates if estimate), Decimal(0))
    return f"about {usd(total)}" if total else "free"


def warn(user: User, quote: Quote) -> None:
    """Warn when what is left of the month may not be enough."""
    left = actions.read(quotas.budget, user).left_usd
    if left is not None and quote.estimate.high > left:
        st.warning(
            f"{usd(left)} of your budget is left this month. If it runs out, the Story Kit draws the other pictures; "
            "if it does not cover the text, the story is not started.", icon=":material/payments:",
        )  # fmt: skip


def month(user: User) -> None:
    """Show the meter of this month's budget, where there is something to spend it on."""
    if all(provider.entry.free for provider in catalog.providers() if provider.ready()):
        return
    has = actions.read(quotas.budget, user)
    pictures = f"{has.images:,} of {has.images_allowed:,} AI pictures" if has.images_allowed is not None else ""
    if has.budget_usd is None:
        st.caption(" · ".join(filter(None, [f"{usd(has.used_usd)} used this month", pictures])))
        return
    share = float(has.used_usd / has.budget_usd) if has.budget_usd else 1.0
    used = f"{usd(has.used_usd)} of {usd(has.budget_usd)} used this month"
    st.progress(min(1.0, share), text=f":small[{' · '.join(filter(None, [used, pictures]))}]")
