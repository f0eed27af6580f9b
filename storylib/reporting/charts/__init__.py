"""Frames as pictures: Altair charts, each with the sentence that tells what it shows."""

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
