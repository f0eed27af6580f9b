"""A provider that Storylib does not know: this class and one entry in config.yaml are all there is of it."""

from __future__ import annotations

from typing import Any

from storylib.providers.contract import Capability, Preview, Provider, Roles, ThemeReading
from storylib.story import Brief
from storylib.vocabulary import PlanName
from tests.providers import Scripted

ENTRY: dict[str, Any] = {"kind": "parrot", "label": "Parrot Press", "note": "a parrot that repeats", "free": True}
NAME = "press"  # of the entry


class Parrot(Provider):
    """It has a server of its own, speaks two languages, and says what it will leave out."""

    tested = True
    setup = "feed the parrot"
    awake = True  # for the whole process: a test wakes it up again
    warmed = 0

    def ready(self) -> bool:
        """While it is awake."""
        return self.awake

    def languages(self) -> dict[str, str]:
        """Two."""
        return {"en": "English", "fr": "French"}

    def roles(self, plan: PlanName, user_id: int) -> Roles:
        """One parrot for all."""
        scripted = Scripted()
        return Roles(writer=scripted, illustrator=scripted, moderator=scripted)

    def address(self) -> str:
        """Where it sits."""
        return "at the `window`"

    def preview(self, brief: Brief) -> Preview:
        """What it always tells."""
        theme = ThemeReading(brief.theme, "none", not_understood=("quadratic equations",))
        return Preview("It will repeat itself.", ("The parrot leaves out all verbs.",), "Again", theme)

    def surprise(self, seed: int) -> dict[str, Any]:
        """Its favourite."""
        return {"theme": "crackers", "pages": 4}

    def warm_up(self) -> None:
        """Count how often it was asked to."""
        type(self).warmed += 1

    def missing(self) -> dict[str, str]:
        """What parrots cannot do."""
        return {"vision": "it keeps its eyes shut"}

    def probe(self, plan: PlanName) -> dict[str, Capability]:
        """It answers."""
        return {"text": Capability(True, f"It repeats on the plan {plan}."), "whistling": Capability(False, "No ear.")}
