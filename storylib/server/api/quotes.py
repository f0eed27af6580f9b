"""What a story would cost, before it is asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BeforeValidator

from storylib.db import database
from storylib.generation import quotes
from storylib.library import stories
from storylib.server.api.answers import told
from storylib.server.api.bodies import Told, strictly
from storylib.server.api.briefs import StoryWanted
from storylib.server.api.callers import Reader

router = APIRouter(prefix="/quotes", tags=["quotes"])


class Quote(Told):
    """A range in US dollars, and the sentence that the screens show. ``unpriced`` names models without a price."""

    free: bool
    low_usd: Decimal
    usd: Decimal
    high_usd: Decimal
    unpriced: tuple[str, ...]
    message: str


@router.post("", response_model=Quote)
def create_quote(
    request: Request, body: Annotated[StoryWanted, BeforeValidator(strictly(StoryWanted))], caller: Reader
) -> Response:
    """Say what a story would cost. Nothing is kept or started."""
    with database().read() as session:
        found = quotes.quote(session, caller.user, stories.checked(body.brief(session, caller.user)))
    span = found.estimate
    return told(
        request,
        Quote(
            free=found.free, low_usd=span.low, usd=span.usd, high_usd=span.high, unpriced=found.unpriced,
            message=found.message,
        ),
    )  # fmt: skip
