"""The scope of a report: whose calls, and which of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from storylib.models import Call, CallHour, StoryCost, StoryHour, User
from storylib.vocabulary import Operation, PlanName

Names = tuple[str, ...]


@dataclass(frozen=True)
class Scope:
    """What a report covers; empty means everything. A person's plan is the one they have today."""

    people: Names = ()  # usernames
    plans: tuple[PlanName, ...] = ()
    providers: Names = ()
    models: Names = ()
    operations: tuple[Operation, ...] = ()

    @property
    def of_people(self) -> bool:
        """Tell whether only some people's calls count."""
        return bool(self.people or self.plans)

    @property
    def of_calls(self) -> bool:
        """Tell whether only some of a story's calls count."""
        return bool(self.providers or self.models or self.operations)

    @property
    def hours(self) -> type[CallHour] | type[StoryHour]:
        """Return the smallest roll-up that can answer the question."""
        return StoryHour if self.of_people else CallHour

    def conditions(self, table: type[Call] | type[CallHour] | type[StoryHour] | type[StoryCost]) -> list[Any]:
        """Return in SQL what a row has to fulfil."""
        found: list[ColumnElement[bool]] = []
        if self.of_people and table is not CallHour:
            found.append(table.user_id.in_(self.members()))  # type: ignore[union-attr]
        if table is not StoryCost:
            wanted = {"provider": self.providers, "model": self.models, "operation": self.operations}
            found += [getattr(table, name).in_(words) for name, words in wanted.items() if words]
        return found

    def members(self) -> Any:
        """Return in SQL the ids of the people."""
        found = select(User.id)
        if self.people:
            found = found.where(User.username.in_(self.people))
        return found.where(User.plan.in_(self.plans)) if self.plans else found


EVERYTHING = Scope()
