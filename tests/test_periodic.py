"""Background work that is repeated until it is stopped."""

from __future__ import annotations

import threading

from storylib.generation.periodic import Periodic


def test_it_goes_on_after_whatever_breaks_and_ends_when_it_is_stopped() -> None:
    done, failed, enough = [], [], threading.Event()

    def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            raise ValueError("once")
        if len(done) == 3:
            enough.set()

    periodic = Periodic("test", work, lambda: 0.01, failed.append)
    assert not periodic.is_running()
    periodic.start()
    assert enough.wait(10)
    assert periodic.is_running()
    periodic.stop()
    assert not periodic.is_running()
    assert [str(error) for error in failed] == ["once"]


def test_what_is_stopped_together_with_others_does_nothing_more() -> None:
    stopping, done = threading.Event(), []
    stopping.set()
    Periodic("test", lambda: done.append(1), lambda: 0.01, lambda _: None, at_once=False, stopping=stopping).start()
    assert stopping.is_set()
    assert not done
