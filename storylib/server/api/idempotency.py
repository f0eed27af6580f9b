"""Idempotency-Key: a request that is sent again is answered as the first time, and does nothing.

The answer is written in the transaction that does the work, so that there are both or neither. Of two requests at the
same time the second waits for the first one's row, on whatever process it is. What failed leaves nothing, and may be
tried again with the same key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storylib.db import database
from storylib.errors import Conflict
from storylib.identity.api_tokens import Caller
from storylib.models import IdempotentAnswer, now
from storylib.server.api.callers import Writer

LIVES: Final = timedelta(days=1)
Key = Annotated[
    str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")
]  # fmt: skip


@dataclass(frozen=True)
class Once:
    """One request, which does its work once under its key; without a key it does it each time."""

    caller: Caller
    key: str | None
    request_hash: str

    def run(self, do: Callable[[Session], BaseModel]) -> tuple[dict[str, Any], bool]:
        """Do the work in one transaction; return its answer as JSON, and whether it is that of an earlier time.

        Raises:
            Conflict: the key was used for another request.
            StorylibError: as the work does.
        """
        with database().write() as session:
            before = self._claim(session)
            if before:
                return self._same(before), True
            answer = do(session).model_dump(mode="json")
            if self.key:
                session.get_one(IdempotentAnswer, (self.caller.user.id, self.key)).answer = answer
            return answer, False

    def _claim(self, session: Session) -> IdempotentAnswer | None:
        """Take the key; return what it was used for before."""
        if not self.key:
            return None
        session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.at < now() - LIVES))
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        mine = {"user_id": self.caller.user.id, "key": self.key}
        row = insert(IdempotentAnswer).values(**mine, request_hash=self.request_hash, at=now())
        if session.scalar(row.on_conflict_do_nothing().returning(IdempotentAnswer.key)):
            return None
        return session.get_one(IdempotentAnswer, (self.caller.user.id, self.key))

    def _same(self, before: IdempotentAnswer) -> dict[str, Any]:
        if before.request_hash != self.request_hash:
            raise Conflict("api.key-used")
        answer: dict[str, Any] = before.answer or {}
        return answer


async def _once(request: Request, caller: Writer, key: Key = None) -> Once:
    asked = b"\n".join([request.method.encode(), request.url.path.encode(), await request.body()])
    return Once(caller, key, hashlib.sha256(asked).hexdigest())


Idempotent = Annotated[Once, Depends(_once)]


def replayed(again: bool) -> dict[str, str]:
    """Return the header that tells a repeated answer from a first one."""
    return {"Idempotent-Replayed": "true"} if again else {}
