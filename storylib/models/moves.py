"""Which states may follow which; what is not listed is refused, whoever tries it.

The attributes of ``Story`` and ``Page`` do it, and a statement that would go past them is refused as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Update, event
from sqlalchemy.orm import InstrumentedAttribute, ORMExecuteState, Session

from storylib.models.library import Page, Story
from storylib.vocabulary import PageState, StoryState

MOVES: Mapping[StoryState, frozenset[StoryState]] = {
    "queued": frozenset({"writing", "illustrating", "failed", "cancelled"}),  # illustrating: an earlier run wrote it
    "writing": frozenset({"illustrating", "failed", "cancelled"}),
    "illustrating": frozenset({"ready", "failed", "cancelled"}),
    "ready": frozenset({"queued"}),  # asked for again, as the next two
    "failed": frozenset({"queued"}),
    "cancelled": frozenset({"queued"}),
}
# A page is ready until another picture is asked for: nothing that comes late takes its picture away.
PAGE_MOVES: Mapping[PageState, frozenset[PageState]] = {
    "written": frozenset({"drawing", "ready", "failed"}),  # ready: a picture that waited on disk
    "drawing": frozenset({"written", "ready", "failed"}),  # written: cut off
    "ready": frozenset({"written"}),
    "failed": frozenset({"written", "drawing", "ready"}),  # drawing: the step that failed is repeated after a crash
}


def _guard(attribute: InstrumentedAttribute[Any], moves: Mapping[Any, frozenset[Any]]) -> None:
    """Refuse to set a state that may not follow; a new row may begin in any."""

    @event.listens_for(attribute, "set", active_history=True)
    def refuse_illegal_move(_row: object, after: str, before: Any, _initiator: object) -> None:
        if before in moves and after != before and after not in moves[before]:
            raise ValueError(f"A {attribute.class_.__name__.lower()} that is {before} does not become {after}.")


_guard(Story.state, MOVES)
_guard(Page.state, PAGE_MOVES)


@event.listens_for(Session, "do_orm_execute")
def _refuse_many_at_once(state: ORMExecuteState) -> None:
    if isinstance(state.statement, Update) and _moves(state.statement):
        raise TypeError("States are moved one by one, through the session, so that no illegal move goes by.")


def _moves(statement: Update) -> bool:
    """Whether an UPDATE sets the state of stories or pages."""
    guarded = statement.entity_description["table"] in (Story.__table__, Page.__table__)
    return guarded and "state" in statement.compile().params
