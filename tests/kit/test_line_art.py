"""Drawings as lines to colour in."""

from __future__ import annotations

import pytest

from storylib.kit.line_art import line_art

WHITE = (255, 255, 255)


def at(markup: str, x: int, y: int) -> bool:
    """Whether there is ink at a point of a picture that is 1536 wide."""
    return line_art([markup], 1536).getpixel((x, y)) != WHITE


SQUARE = '<rect x="100" y="100" width="200" height="200" fill="#d04030"/>'


def test_a_shape_is_white_within_an_outline() -> None:
    assert not at(SQUARE, 200, 200)
    assert at(SQUARE, 98, 200)


def test_what_lies_behind_a_shape_is_hidden() -> None:
    assert not at('<path d="M0,200 H400" stroke="#000000" stroke-width="3"/>' + SQUARE, 200, 200)


@pytest.mark.parametrize("faint", ['opacity=".3"', 'fill-opacity=".2"'])
def test_light_and_shade_are_left_out(faint: str) -> None:
    assert not at(f'<circle cx="200" cy="200" r="15" fill="#101010" {faint}/>', 200, 200)
    assert not at(f'<circle cx="200" cy="200" r="15" fill="#101010" {faint}/>', 185, 200)


def test_a_thick_stroke_such_as_an_arm_has_two_rims() -> None:
    arm = '<path d="M100,200 H400" fill="none" stroke="#d08040" stroke-width="40"/>'
    assert [at(arm, 250, y) for y in (179, 200, 221)] == [True, False, True]


def test_pupils_stay_dark_and_large_dark_shapes_do_not() -> None:
    assert at('<circle cx="200" cy="200" r="12" fill="#2a1a2a"/>', 200, 200)
    assert not at('<circle cx="200" cy="200" r="80" fill="#2a1a2a"/>', 200, 200)


def test_lines_are_as_thick_in_a_group_that_is_enlarged() -> None:
    grown = '<g transform="scale(4)"><rect x="100" y="20" width="50" height="50" fill="#ffffff"/></g>'
    assert [at(grown, x, 200) for x in (392, 398, 404)] == [False, True, False]
