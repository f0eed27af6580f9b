"""Every word of the vocabulary can be read on a screen."""

from __future__ import annotations

import pytest

from storylib import vocabulary as v
from storylib.text import listed
from storylib.web import labels


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (labels.AGE_BANDS, v.AGE_BANDS),
        (labels.TONES, v.TONES),
        (labels.MORALS, v.MORALS),
        (labels.STATES, v.STORY_STATES),
        (labels.REVIEWS, v.REVIEWS),
        (labels.ROLES, v.ROLES),
        (labels.STYLES, v.STYLES),
        (labels.WORLDS, v.WORLDS),
        (labels.PRONOUNS, v.PRONOUNS),
        (labels.HAIRS, v.HAIRS),
        (labels.HATS, v.HATS),
    ],
)
def test_a_table_has_a_label_for_each_word_in_the_same_order(table: dict[str, str], words: tuple[str, ...]) -> None:
    assert tuple(table) == words


@pytest.mark.parametrize(
    ("several", "said"),
    [([], ""), (["Luna"], "Luna"), (["Luna", "Pip"], "Luna and Pip"), (["A", "B", "C"], "A, B and C")],
)
def test_names_are_listed_as_people_list_them(several: list[str], said: str) -> None:
    assert listed(several) == said
