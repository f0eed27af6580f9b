"""One-time tokens: each works once, for what it was given out for, for whom, in its time, and touches no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.errors import Refused
from storylib.identity import one_time_tokens
from storylib.identity.one_time_tokens import LIVES, sha256
from storylib.models import OneTimeToken, User, columns, now
from tests import factories

SECRET = 43  # letters of 32 random bytes


def _kept(session: Session) -> set[str]:
    return set(session.scalars(select(OneTimeToken.token_hash)))


@pytest.fixture
def ada(session: Session) -> User:
    return factories.user(session)


@pytest.fixture
def bea(session: Session) -> User:
    return factories.user(session, "bea")


def test_a_token_cannot_be_guessed_and_is_kept_as_its_hash_without_anything_else(session: Session, ada: User) -> None:
    given = one_time_tokens.issue(session, "setup"), one_time_tokens.hand_over(session, "x")
    given += (one_time_tokens.issue_to(session, "reset", [ada.id])[ada.id],)
    assert [len(token) for token in given] == [SECRET] * 3
    assert _kept(session) == {sha256(token) for token in given}
    assert session.scalar(select(OneTimeToken.payload).where(OneTimeToken.token_hash == sha256(given[0]))) == ""
    assert sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_of_several_each_fetches_what_was_handed_over_with_it(session: Session) -> None:
    first, second = one_time_tokens.hand_over(session, "first"), one_time_tokens.hand_over(session, "second")
    assert one_time_tokens.fetch(session, second) == "second"
    assert one_time_tokens.fetch(session, first) == "first"
    with pytest.raises(Refused):
        one_time_tokens.fetch(session, first)


def test_what_was_given_out_for_something_else_fetches_nothing_and_stays(session: Session, ada: User) -> None:
    setup, reset = one_time_tokens.issue(session, "setup"), one_time_tokens.issue_to(session, "reset", [ada.id])
    for token in (setup, reset[ada.id]):
        with pytest.raises(Refused):
            one_time_tokens.fetch(session, token)
    assert _kept(session) == {sha256(setup), sha256(reset[ada.id])}


@pytest.mark.parametrize("ask", [one_time_tokens.holder, one_time_tokens.redeem])
def test_a_link_is_that_persons_and_for_that_purpose(
    session: Session, ada: User, bea: User, ask: Callable[..., int | None]
) -> None:
    resets = one_time_tokens.issue_to(session, "reset", [ada.id, bea.id])
    assert ask(session, "invite", resets[ada.id]) is None
    assert ask(session, "reset", "forged") is None
    assert [ask(session, "reset", resets[user.id]) for user in (bea, ada)] == [bea.id, ada.id]


def test_looking_whose_a_link_is_leaves_it_and_redeeming_uses_it_up(session: Session, ada: User, bea: User) -> None:
    resets = one_time_tokens.issue_to(session, "reset", [ada.id, bea.id])
    assert [one_time_tokens.holder(session, "reset", resets[ada.id]) for _ in range(2)] == [ada.id] * 2
    assert one_time_tokens.redeem(session, "reset", resets[ada.id]) == ada.id
    assert one_time_tokens.redeem(session, "reset", resets[ada.id]) is None
    assert _kept(session) == {sha256(resets[bea.id])}


def test_a_new_link_ends_ones_own_before_and_nobody_elses(session: Session, ada: User, bea: User) -> None:
    before = one_time_tokens.issue_to(session, "invite", [ada.id, bea.id])
    new = one_time_tokens.issue_to(session, "reset", [ada.id])
    assert _kept(session) == {sha256(before[bea.id]), sha256(new[ada.id])}
    one_time_tokens.withdraw_from(session, [bea.id])
    assert _kept(session) == {sha256(new[ada.id])}


@pytest.mark.parametrize("late", [False, True])
def test_a_token_is_good_to_the_last_moment_and_not_at_its_end(
    session: Session, ada: User, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    moment, setup, cookie = now(), "", ""
    _stop(monkeypatch, moment)
    setup, cookie = one_time_tokens.issue(session, "setup"), one_time_tokens.hand_over(session, "token")
    reset = one_time_tokens.issue_to(session, "reset", [ada.id])[ada.id]
    before_its_end = timedelta(0) if late else timedelta(microseconds=1)
    _stop(monkeypatch, moment + LIVES["cookie"] - before_its_end)
    assert _fetched(session, cookie) == (None if late else "token")
    _stop(monkeypatch, moment + LIVES["reset"] - before_its_end)
    assert one_time_tokens.holder(session, "reset", reset) == (None if late else ada.id)
    assert one_time_tokens.redeem(session, "reset", reset) == (None if late else ada.id)
    assert one_time_tokens.withdraw(session, "setup") == (set() if late else {sha256(setup)})


def test_only_what_is_over_is_swept_away(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = now()
    _stop(monkeypatch, moment)
    setup, _cookie = one_time_tokens.issue(session, "setup"), one_time_tokens.hand_over(session, "token")
    _stop(monkeypatch, moment + LIVES["cookie"])
    one_time_tokens.forget_expired(session)
    assert _kept(session) == {sha256(setup)}


def _stop(monkeypatch: pytest.MonkeyPatch, moment: object) -> None:
    for module in (one_time_tokens, columns):
        monkeypatch.setattr(module, "now", lambda: moment)


def _fetched(session: Session, token: str) -> str | None:
    try:
        return one_time_tokens.fetch(session, token)
    except Refused:
        return None
