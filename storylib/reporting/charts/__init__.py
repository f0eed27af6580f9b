"""Charts: Altair pictures of frames, each with a sentence that says what it shows."""

from storylib.reporting.charts.figures import Figure
from storylib.reporting.charts.health import error_rate, latency, over_a_while
from storylib.reporting.charts.usage import BRUSH, by_person, over_time, rhythm, story_costs, volumes

__all__ = [
    "BRUSH",
    "Figure",
    "by_person",
    "error_rate",
    "latency",
    "over_a_while",
    "over_time",
    "rhythm",
    "story_costs",
    "volumes",
]
