"""More people, for a year with many calls. Nobody can sign in as them: their password hash matches nothing."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from storylib.models import User, now

SEED = 1865


def add_colleagues(session: Session, sample: dict[str, Any], number: int) -> list[User]:
    """As many as asked for, and at most one of each name."""
    random = Random(SEED)
    names = [f"{first} {family}" for first, family in product(sample["first"], sample["family"])]
    plans = random.choices(list(sample["plans"]), list(sample["plans"].values()), k=len(names))
    chosen = random.sample(list(zip(names, plans, strict=True)), max(0, min(number, len(names))))
    users = [_user(name, plan) for name, plan in chosen]
    session.add_all(users)
    session.flush()
    return users


def _user(name: str, plan: Any) -> User:
    username = name.lower().replace(" ", ".")
    email = f"{username}@school.example"
    joined = now() - timedelta(days=366)
    return User(username=username, email=email, name=name, password_hash="-", plan=plan, created_at=joined)
