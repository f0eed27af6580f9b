"""A password that others use, or that is made of names, is refused; one's own sentence is not."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from storylib.errors import Invalid
from storylib.identity import common, passwords

NAMES = ("alovelace", "ada.lovelace@school.example", "Ada Lovelace", "Sunny Hill Library")


@pytest.mark.parametrize(
    "password",
    [
        "123456789012", "1q2w3e4r5t6y", "passwordpassword", "Password1234", "P@ssw0rd2026!",
        "sunshine2026!", "!!!Football!!!", "qwertyuiop[]", "abcabcabcabcd", "dragondragon1",
        "AdaLovelace1815", "lovelace-lovelace", "ada.lovelace@school.example", "Sunny Hill 2026!", "A. Lovelace 1",
        "SunnyHillLibrary", "storylib2026",
    ],
)  # fmt: skip
def test_an_easy_one_is_refused_in_any_dress(password: str) -> None:
    with pytest.raises(Invalid, match="too easy to guess"):
        passwords.hashed(password, *NAMES)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple", "Ada reads to seven hedgehogs", "a fox in a lantern", "8317-2940-1187-55",
        "Lovelace hides nine acorns", "ünser Garten blüht", "xkq7-Jm2p-Ww9z", "こんにちは世界のみなさん、元気",
    ],
)  # fmt: skip
def test_ones_own_sentence_is_taken(password: str) -> None:
    assert passwords.matches(password, passwords.hashed(password, *NAMES))


def test_every_one_of_the_list_is_refused_whatever_its_case() -> None:
    packed = (Path(common.__file__).parent / "passwords.txt.gz").read_bytes()
    listed = [word for word in gzip.decompress(packed).decode().split("\n") if word]
    assert len(listed) > 19_000
    assert [word for word in listed if not common.is_easy(word.upper(), ())] == []


def test_the_licence_lies_beside_it() -> None:
    assert "Django Software Foundation" in (Path(common.__file__).parent / "LICENSE-django.txt").read_text("utf-8")
