"""Stories: asked for, made page by page, listed, kept and deleted. Only the owner ever finds one."""

from storylib.library.stories.arrange import delete, duplicate, insert, join, move, split
from storylib.library.stories.content import changed_since_approval, content_hash, is_approved
from storylib.library.stories.copies import copy
from storylib.library.stories.create import ask, checked, get, next_seed, past_briefs, searchable
from storylib.library.stories.document import document, made_by, title
from storylib.library.stories.edit import page, redo, restore, restore_page, retitle, rewrite_page, set_review, undo
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
from storylib.library.stories.remake import again, cancel, change_scene, redraw, redraw_cover, redraw_stand_ins
from storylib.library.stories.retry import retry
from storylib.library.stories.review import approval, checklist
from storylib.library.stories.states import MAKING, Progress, next_run, progress

__all__ = [
    "MAKING", "UNDO", "Card", "Filter", "Progress", "again", "any_of", "approval", "ask", "bring_back", "cancel",
    "cards", "change_scene", "changed_since_approval", "checked", "checklist", "content_hash", "copy", "delete",
    "document", "duplicate", "get", "insert", "is_approved", "join", "made_by", "move", "next_run", "next_seed",
    "page", "past_briefs", "progress", "purge", "redo", "redraw", "redraw_cover", "redraw_stand_ins", "restore",
    "restore_page", "retitle", "retry", "rewrite_page", "searchable", "set_favourite", "set_review", "split",
    "throw_away", "title", "undo",
]  # fmt: skip
