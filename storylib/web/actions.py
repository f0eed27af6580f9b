"""How a page reaches the database: one short transaction for each question or action, never an open session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, Generic, NamedTuple, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from storylib.db import database
from storylib.errors import StorylibError
from storylib.vocabulary import ImageSize
from storylib.web import errors, gate

P = ParamSpec("P")
T = TypeVar("T")


class Done(NamedTuple, Generic[T]):
    """The action succeeded, and this is its result."""

    value: T


def read(ask: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Ask a domain function: ``web.read(stories.get, user.id, story_id)``.

    Raises:
        StorylibError: as the function does; left alone, it ends the page with its sentence.
    """
    with database().read() as session:
        return ask(session, *args, **kwargs)


def write(do: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a domain function in one transaction, if whoever asks still may: no screen changes the database otherwise.

    Raises:
        StorylibError: as the function does.
        Ended: whoever asks was signed out, or lost their role; nothing was changed.
    """
    with database().write() as session:
        gate.check(session)
        return do(session, *args, **kwargs)


def act(do: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> Done[T] | None:
    """Have a domain function change something, in one transaction.

    ``if done := web.act(characters.create, user.id, draft): st.switch_page(…)``. None says that nothing was changed
    and the reason is on the screen; the rest of the page goes on.
    """

    return attempt(write, do, *args, **kwargs)


def perform(do: Callable[Concatenate[Session, P], object], /, *args: P.args, **kwargs: P.kwargs) -> None:
    """``act`` as a callback: ``st.button("Stop", on_click=gate.callback(web.perform, stories.cancel, 1))``."""
    act(do, *args, **kwargs)


def attempt(do: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Done[T] | None:
    """The same for what sees to its own transactions."""
    gate.ensure()
    try:
        return Done(do(*args, **kwargs))
    except StorylibError as error:
        errors.show(error)
        return None


def image_url(image_id: str, size: ImageSize = "512") -> str:
    """Where a browser gets a picture of the signed-in user: ``full`` size, or its longer side 512 or 256 pixels."""
    return f"/app/static/img/{image_id}/{size}.webp"
