"""What is known of a file before it is made."""

from __future__ import annotations

import pytest

from storylib.exports import preflight, typesetting
from storylib.exports.typesetting import Typeset


def test_characters_without_a_font_are_known() -> None:
    assert set(preflight.unset("Luna 😀 and 明 met Zoë and Łukasz, Дима.")) == {"😀", "明"}


def test_latin_letters_need_no_look(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> Typeset:
        raise AssertionError

    monkeypatch.setattr(typesetting, "typeset", never)
    monkeypatch.setattr(preflight, "typeset", never)
    assert preflight.unset("“Zoë’s café” – Łukasz…") == ""
