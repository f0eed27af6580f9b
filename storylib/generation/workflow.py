"""The making of a story as a durable workflow. Its steps are ``production``'s functions, each of which goes on where a
crash left it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from itertools import count
from typing import Any, ParamSpec

from dbos import DBOS

from storylib.db import database
from storylib.errors import Unavailable
from storylib.errors.messages import message
from storylib.generation import drawing, image_checks, portrait_drawing, text_checks, writing

P = ParamSpec("P")
log = logging.getLogger(__name__)

TRIES = 8  # at one picture, whatever becomes of them: nobody waits for a disk that loses each
POLL = 0.1  # seconds between looks at what a running story waits for


class Count:
    """How many threads are inside; ``with`` goes in and out."""

    def __init__(self) -> None:
        self.inside = 0
        self.changed = threading.Condition()

    def __enter__(self) -> None:
        with self.changed:
            self.inside += 1

    def __exit__(self, *_: object) -> None:
        with self.changed:
            self.inside -= 1
            self.changed.notify_all()

    def wait_for_none(self, seconds: float) -> None:
        """Until nobody is inside, or the time is up."""
        with self.changed:
            self.changed.wait_for(lambda: not self.inside, seconds)


stopping = threading.Event()
pictures_in_hand = Count()


@DBOS.workflow(name="make_story")
def make_story(story_id: str, run: int) -> None:
    """Write; draw each page as soon as it is written; settle. A run that is followed by another one does nothing."""
    writing = DBOS.start_workflow(_write_story, story_id, run)
    drawings = []
    for number in count(1):
        if not _wait_for_page(story_id, run, number):
            break
        drawings.append(DBOS.enqueue_workflow("pictures", _draw_picture, story_id, number))
        if number == 1:
            drawings.append(DBOS.enqueue_workflow("pictures", _draw_picture, story_id, drawing.COVER))
    for task in (writing, *drawings):
        try:
            task.get_result(polling_interval_sec=POLL)
        except Exception as error:  # whatever broke, the book is settled and the teacher is told
            log.error("drawing a picture of story %s failed", story_id, exc_info=error)
    _settle(story_id, run)


@DBOS.workflow(name="write_story")
def _write_story(story_id: str, run: int) -> None:
    try:
        _write(story_id, run)
    except Exception as error:  # whatever broke, nobody must wait for it for ever
        log.error("writing story %s failed", story_id, exc_info=error)
        _break_off(story_id, run)


@DBOS.workflow(name="draw_picture")
def _draw_picture(story_id: str, number: int) -> None:
    if number != drawing.COVER and not _review(story_id, number):
        return
    for _ in range(TRIES):
        if not (fingerprint := _draw(story_id, number)):
            return
        if _inspect(story_id, number, fingerprint):
            if _keep(story_id, number, fingerprint) is False:  # None: as an older release said it
                continue
            if not _compare(story_id, number):
                return


@DBOS.workflow(name="make_candidate")
def make_candidate(character_id: int, batch: int, position: int) -> None:
    """Draw a portrait to choose from; whatever happens, nobody waits for it for ever."""
    key = portrait_drawing.CandidateKey(character_id, batch, position)
    try:
        for _ in range(TRIES):
            if not ((fingerprint := _draw_candidate(key)) and _inspect_candidate(key, fingerprint)):
                break
            if _keep_candidate(key, fingerprint) is not False:
                break
    except Exception as error:  # whatever broke, the teacher is told
        log.error("drawing portrait %s failed", key, exc_info=error)
    _end_candidate(key)


def _persistent(error: BaseException) -> bool:
    return isinstance(error, Unavailable)


def _step(name: str) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """A step that is repeated while storage is unavailable, for about ten minutes."""
    return DBOS.step(
        name=name,
        retries_allowed=True,
        interval_seconds=0.5,
        backoff_rate=1.6,
        max_attempts=14,
        should_retry=_persistent,
    )


@_step("write")
def _write(story_id: str, run: int) -> None:
    writing.write(database(), story_id, run)


@_step("break_off")
def _break_off(story_id: str, run: int) -> None:
    writing.break_off(database(), story_id, run)


@_step("wait_for_page")
def _wait_for_page(story_id: str, run: int, number: int) -> bool:
    while (there := writing.is_written(database(), story_id, run, number)) is None:
        time.sleep(POLL / 2)
    return there


@_step("review")
def _review(story_id: str, number: int) -> bool:
    return text_checks.review(database(), story_id, number)


def _begin_nothing_while_leaving() -> None:
    """A leaving process waits here for its end: whoever takes its work over repeats the step."""
    if stopping.is_set():
        threading.Event().wait()


@_step("draw")
def _draw(story_id: str, number: int) -> str | None:
    _begin_nothing_while_leaving()
    with pictures_in_hand:
        return drawing.draw(database(), story_id, number)


@_step("inspect")
def _inspect(story_id: str, number: int, fingerprint: str) -> bool:
    with pictures_in_hand:
        return image_checks.inspect(database(), story_id, number, fingerprint)


@_step("compare")
def _compare(story_id: str, number: int) -> bool:
    with pictures_in_hand:
        return image_checks.compare(database(), story_id, number)


@_step("keep")
def _keep(story_id: str, number: int, fingerprint: str) -> bool | None:
    with pictures_in_hand:
        return drawing.keep(database(), story_id, number, fingerprint)


@_step("draw_candidate")
def _draw_candidate(key: portrait_drawing.CandidateKey) -> str | None:
    _begin_nothing_while_leaving()
    with pictures_in_hand:
        return portrait_drawing.draw_candidate(database(), portrait_drawing.CandidateKey(*key))


@_step("inspect_candidate")
def _inspect_candidate(key: portrait_drawing.CandidateKey, fingerprint: str) -> bool:
    with pictures_in_hand:
        return image_checks.inspect_candidate(database(), portrait_drawing.CandidateKey(*key), fingerprint)


@_step("keep_candidate")
def _keep_candidate(key: portrait_drawing.CandidateKey, fingerprint: str) -> bool | None:
    with pictures_in_hand:
        return portrait_drawing.keep_candidate(database(), portrait_drawing.CandidateKey(*key), fingerprint)


@_step("end_candidate")
def _end_candidate(key: portrait_drawing.CandidateKey) -> None:
    portrait_drawing.give_up_candidate(database(), portrait_drawing.CandidateKey(*key), message("portrait.failed"))


@_step("settle")
def _settle(story_id: str, run: int) -> None:
    drawing.settle(database(), story_id, run)
