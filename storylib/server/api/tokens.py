"""The access tokens of whoever asks. They are made on the Profile screen only: no token can make another."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response

from storylib.db import database
from storylib.identity import api_tokens
from storylib.identity.api_tokens import Scope
from storylib.server.api.answers import told
from storylib.server.api.bodies import RowId, Told
from storylib.server.api.callers import Reader, Writer

router = APIRouter(prefix="/tokens", tags=["tokens"])


class Token(Told):
    """An access token that works, but for the secret itself."""

    id: int
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class Tokens(Told):
    """Your access tokens, newest first."""

    items: tuple[Token, ...]


@router.get("", response_model=Tokens)
def list_tokens(request: Request, caller: Reader) -> Response:
    """List your access tokens."""
    with database().read() as session:
        return told(request, Tokens.model_validate({"items": api_tokens.of(session, caller.user.id)}))


@router.delete("/{id}", status_code=204)
def end_token(id: RowId, caller: Writer) -> None:
    """End one of your access tokens at once."""
    with database().write() as session:
        api_tokens.end(session, caller.user.id, id)
