"""A book that takes long is looked at less often, so that a hundred who watch leave room for others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storylib.models import Story, now
from storylib.web.story import progress


@pytest.mark.parametrize(("age", "seconds"), [(0, 0.5), (19, 0.5), (30, 1.0), (100, 2.0), (3600, 4.0)])
def test_the_older_a_story_in_the_making_the_rarer_the_looks(age: int, seconds: float) -> None:
    story = Story(state="writing", created_at=now() - timedelta(seconds=age), pages=[])
    assert progress._pace(story) == seconds


def test_a_finished_story_is_not_watched() -> None:
    assert progress._pace(Story(state="ready", created_at=now(), pages=[])) == 0
