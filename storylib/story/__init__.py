"""What a story is, without a database: the brief, the characters, the scenes and the pages."""

from storylib.story.brief import Brief
from storylib.story.character_spec import CharacterSpec, Look
from storylib.story.model import Colour, Model
from storylib.story.page import Extras, Opening, PageDraft, Part, Question, Word
from storylib.story.scene import Actor, ImageRequest, Scene

__all__ = [
    "Actor",
    "Brief",
    "CharacterSpec",
    "Colour",
    "Extras",
    "ImageRequest",
    "Look",
    "Model",
    "Opening",
    "PageDraft",
    "Part",
    "Question",
    "Scene",
    "Word",
]
