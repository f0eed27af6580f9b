"""The Kit looked over from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from storylib import __main__ as command_line
from storylib.errors import Unavailable
from storylib.kit import review


def test_a_sheet_shows_every_kind_setting_and_plot() -> None:
    orders = list(review.orders())
    assert {sheet.kind for request in orders for sheet in request.cast} >= set(review.v.KINDS)
    assert {request.scene.setting for request in orders} == set(review.v.SETTINGS)


def test_a_sheet_is_one_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some = list(review.orders())[::60]
    monkeypatch.setattr(review, "orders", lambda: iter(some))
    assert review.sheet(tmp_path / "sheet.webp") == len(some)
    with Image.open(tmp_path / "sheet.webp") as sheet:
        assert sheet.width == review.COLUMNS * review.CELL[0]
    with pytest.raises(Unavailable, match="cannot be written"):
        review.sheet(tmp_path / "nowhere" / "sheet.webp")


def test_a_seed_prints_a_whole_book_and_always_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["kit", "read", "--seed", "5"]) == 0
    printed = capsys.readouterr().out
    assert printed == review.read(5) + "\n"
    assert review.read(6) != review.read(5)


def test_the_kit_has_no_mistakes(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["kit", "check"]) == 0
    assert "in order" in capsys.readouterr().out
