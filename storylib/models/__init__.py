"""The tables. Closed words are CHECKed from the vocabulary; what belongs to a row dies with it."""

from storylib.models import moves, sums  # whoever imports the tables has moves guarded and sums kept
from storylib.models.api import ApiToken, IdempotentAnswer
from storylib.models.columns import Base, new_id, now
from storylib.models.identity import AuthSession, OneTimeToken, User
from storylib.models.ledger import Call, CallHour, Measures, StoryCost, StoryHour
from storylib.models.library import Candidate, Character, Image, ImageBytes, Page, Story, StoryCharacter
from storylib.models.operations import Alert, AlertMessage, Audit, Sample, ScheduledRun, Worker
from storylib.models.revisions import PageRevision, StoryRevision
from storylib.models.sharing import SharedStory, ShareLink

__all__ = [
    "Alert",
    "AlertMessage",
    "ApiToken",
    "Audit",
    "AuthSession",
    "Base",
    "Call",
    "CallHour",
    "Candidate",
    "Character",
    "IdempotentAnswer",
    "Image",
    "ImageBytes",
    "Measures",
    "OneTimeToken",
    "Page",
    "PageRevision",
    "Sample",
    "ScheduledRun",
    "ShareLink",
    "SharedStory",
    "Story",
    "StoryCharacter",
    "StoryCost",
    "StoryHour",
    "StoryRevision",
    "User",
    "Worker",
    "moves",
    "new_id",
    "now",
    "sums",
]  # fmt: skip
