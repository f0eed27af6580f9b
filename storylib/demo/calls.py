"""A year of invented calls that look like a school's: terms and holidays, mornings and nights, good and bad days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from storylib.models import Call, User, now

SEED = 1865
CHUNK = 20_000  # rows a statement
CALLS_OF_A_STORY = 12
HOUR = timedelta(hours=1)
HOURS = 365 * 24


def add_calls(session: Session, sample: dict[str, Any], users: dict[str, User], count: int) -> None:
    """Write ``count`` calls over the year that ends an hour ago; the same each time but for the dates."""
    rows = _Year(sample, users, now().replace(minute=0, second=0, microsecond=0)).rows(count)
    while chunk := list(islice(rows, CHUNK)):
        session.connection().execute(insert(Call.__table__), chunk)


@dataclass
class _Year:
    sample: dict[str, Any]
    users: dict[str, User]
    end: datetime

    def __post_init__(self) -> None:
        self.random = Random(SEED)
        self.hours = [self.end - HOUR * back for back in range(HOURS, 0, -1)]
        errors = self.sample["errors"]
        self.outages = {hour.date() for hour in self.random.sample(self.hours, errors["outages"])}
        self.error_kinds = list(errors["kinds"])

    def rows(self, count: int) -> Iterator[dict[str, Any]]:
        """Oldest first, so that the database appends."""
        callers = self._callers(count)
        for number, at in enumerate(self._times(count)):
            user, kind = next(callers)
            yield self._row(number, at, user, kind)

    def _times(self, count: int) -> list[datetime]:
        weights = [self._busy(hour) for hour in self.hours]
        chosen = sorted(self.random.choices(range(HOURS), weights, k=count))
        return [self.hours[hour] + timedelta(seconds=self.random.randrange(3600)) for hour in chosen]

    def _busy(self, hour: datetime) -> float:
        """How much is done in an hour; twice as much at the year's end as at its start."""
        rhythm = self.sample["rhythm"]
        usual = rhythm["weekday"][hour.weekday()] * rhythm["month"][hour.month - 1] * rhythm["hour"][hour.hour]
        return float(usual * (2 - (self.end - hour) / (HOUR * HOURS)))

    def _callers(self, count: int) -> Iterator[tuple[User, dict[str, Any]]]:
        """Who calls what; people on the free plan call the Kit."""
        people, kinds = self.sample["people"], self.sample["calls"]
        open_to = {"free": [kind for kind in kinds if kind["provider"] == "kit"]}
        pairs = [(person, kind) for person in people for kind in open_to.get(person["plan"], kinds)]
        weights = [person["share"] * kind["weight"] for person, kind in pairs]
        users = [(self.users[person["username"]], kind) for person, kind in pairs]
        return iter(self.random.choices(users, weights, k=count))

    def _row(self, number: int, at: datetime, user: User, kind: dict[str, Any]) -> dict[str, Any]:
        error = self._error(at, kind)
        cost = Decimal(self.random.randint(*(round(usd * 10**6) for usd in kind["cost_usd"]))).scaleb(-6)
        done = error is None
        return {
            "at": at,
            "user_id": user.id,
            "story_id": f"{number // CALLS_OF_A_STORY:032x}",
            "page_number": number % CALLS_OF_A_STORY + 1 if kind["operation"] == "draw" else None,
            "operation": kind["operation"],
            "provider": kind["provider"],
            "model": kind["model"],
            "fingerprint": f"{number:064x}",
            "state": "settled" if done else "unknown" if error == "timeout" else "failed",
            "estimate_usd": cost,
            "cost_usd": cost if done else None,
            "tokens_in": self.random.randint(*kind["tokens_in"]) if done else 0,
            "tokens_out": self.random.randint(*kind["tokens_out"]) if done else 0,
            "images": kind["images"] if done else 0,
            "latency_ms": round(kind["latency_ms"] * self.random.lognormvariate(0, 0.35)),
            "error_kind": error,
        }

    def _error(self, at: datetime, kind: dict[str, Any]) -> str | None:
        errors = self.sample["errors"]
        share = errors["outage_share"] if at.date() in self.outages else errors["share"]
        if kind["provider"] == "kit" or self.random.random() > share:
            return None
        return self.random.choices(self.error_kinds, list(errors["kinds"].values()))[0]
