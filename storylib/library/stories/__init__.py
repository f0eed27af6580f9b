"""Stories: asked for, made page by page, listed, kept and deleted. Only the owner ever finds one."""

from storylib.library.stories.content import changed_since_approval, is_approved
from storylib.library.stories.create import ask, checked, get, next_seed, past_briefs, searchable
from storylib.library.stories.document import document, made_by, title
from storylib.library.stories.edit import page, retitle, rewrite_page, set_review
from storylib.library.stories.gallery import (
    UNDO,
    Card,
    Filter,
    any_of,
    bring_back,
    cards,
    purge,
    set_favourite,
    throw_away,
)
from storylib.library.stories.remake import again, cancel, redraw, redraw_cover, redraw_stand_ins
from storylib.library.stories.retry import retry
from storylib.library.stories.states import MAKING, Progress, next_run, progress

__all__ = [
    "MAKING", "UNDO", "Card", "Filter", "Progress", "again", "any_of", "ask", "bring_back", "cancel", "cards",
    "changed_since_approval", "checked", "document", "get", "is_approved", "made_by", "next_run", "next_seed",
    "page", "past_briefs", "progress", "purge", "redraw", "redraw_cover", "redraw_stand_ins", "retitle", "retry",
    "rewrite_page", "searchable", "set_favourite", "set_review", "throw_away", "title",
]  # fmt: skip
