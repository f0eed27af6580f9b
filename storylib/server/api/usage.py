"""What was used this month: one's own, and for administrators everybody's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request, Response

from storylib.billing import quotas
from storylib.billing.quotas import Budget
from storylib.db import database
from storylib.identity import access
from storylib.server.api.answers import told
from storylib.server.api.bodies import Told
from storylib.server.api.callers import Administrator, Reader
from storylib.vocabulary import PlanName

router = APIRouter(prefix="/usage", tags=["usage"])


class Usage(Told):
    """A calendar month (UTC). ``budget_usd`` and ``images_allowed`` are None where there is no limit."""

    used_usd: Decimal
    budget_usd: Decimal | None
    images: int
    images_allowed: int | None


class OwnUsage(Usage):
    """One's own month, and what the plan still allows."""

    plan: PlanName
    stories_left: int
    pages_allowed: int


@router.get("", response_model=OwnUsage)
def get_usage(request: Request, caller: Reader) -> Response:
    """Tell what you used this month, and what is left of your plan."""
    user = caller.user
    with database().read() as session:
        left, month = quotas.stories_left(session, user), quotas.budget(session, user)
    own = {"plan": user.plan, "stories_left": left, "pages_allowed": quotas.plan(user).pages}
    return told(request, OwnUsage.model_validate(_facts(month) | own))


@router.get("/site", response_model=Usage)
def get_site_usage(request: Request, caller: Administrator) -> Response:
    """Tell what everybody used this month, together. For administrators."""
    with database().read() as session:
        access.require(session, caller.user, "see reports")
        return told(request, Usage.model_validate(_facts(quotas.site_budget(session))))


def _facts(month: Budget) -> dict[str, Any]:
    return {name: getattr(month, name) for name in Usage.model_fields}
