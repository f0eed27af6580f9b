"""What a teacher looks at before a story is approved, and the record of the approval."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from storylib.library.stories.content import is_approved
from storylib.models import Page, Story, User
from storylib.story import reading_level
from storylib.story.document import Approval


@dataclass(frozen=True)
class Item:
    """One thing to look at, and what is still open about it, each as a phrase that names its page."""

    name: str
    open: tuple[str, ...]


def checklist(story: Story) -> tuple[Item, ...]:
    """Look at everything that can be looked at without reading: what is open is for the teacher to decide."""
    return tuple(Item(name, tuple(look(story))) for name, look in _LOOKS.items())


def approval(session: Session, story: Story) -> Approval | None:
    """Return who approved a story, when, and whether it is still as it was then; None if nobody did."""
    if story.approved_at is None:
        return None
    teacher = session.get(User, story.approved_by) if story.approved_by else None
    return Approval(
        by=(teacher and (teacher.name or teacher.username)) or "a teacher",
        at=story.approved_at,
        holds=is_approved(story),
    )


def is_of_now(page: Page, finding: dict[str, Any]) -> bool:
    """Tell whether a finding is about the page as it is, not about a picture that another one has replaced."""
    replaced = finding.get("flags") and finding.get("attempt", page.attempt) < page.attempt
    return finding.get("image") in (None, page.image_id) and not replaced


# --- looks


def _pictures(story: Story) -> Iterator[str]:
    if story.cover_id is None:
        yield "there is no cover"
    elif story.cover_stand_in:
        yield "the cover: drawn by the Story Kit instead"
    for page in story.pages:
        if page.image_id is None:
            yield f"page {page.position}: no picture"
        elif page.stand_in:
            yield f"page {page.position}: drawn by the Story Kit instead"


def _levels(story: Story) -> Iterator[str]:
    for page in story.pages:
        level = reading_level.of_pages([page.text], story.brief, story.cast)
        if found := reading_level.outside(level, story.age_band):
            yield f"page {page.position}: {', '.join(found)}"


def _checks(story: Story) -> Iterator[str]:
    for page in story.pages:
        said = [finding for finding in (*page.checks, *page.image_checks) if is_of_now(page, finding)]
        if page.teacher_text and not page.checks:
            yield f"page {page.position}: your own text, not checked"
        for finding in said:
            if "skipped" in finding:
                yield f"page {page.position}: {finding['check']} not checked"
            elif flags := finding.get("flags"):
                yield f"page {page.position}: {', '.join(flags)}"


def _descriptions(story: Story) -> Iterator[str]:
    for page in story.pages:
        if not page.alt.strip():
            yield f"page {page.position}: no description"


_LOOKS: Final[dict[str, Callable[[Story], Iterator[str]]]] = {
    "Every page has its picture": _pictures,
    "The text is right for the age": _levels,
    "The checks found nothing": _checks,
    "Every picture has a description for children who cannot see it": _descriptions,
}
