"""Whom a request is for: its access token, how far that goes, and how often it may be used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from storylib.db import database
from storylib.errors import LimitReached, Refused
from storylib.identity import api_tokens
from storylib.identity.api_tokens import Caller, Scope

_bearer = HTTPBearer(auto_error=False, description="An access token from your Profile")


def _caller(request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    with database().write() as session:
        caller = api_tokens.spend(session, shown.credentials if shown else "")
    request.state.caller = caller
    if caller.remaining < 0:
        raise LimitReached("api.too-fast", caller.reset, most=api_tokens.A_MINUTE, seconds=caller.reset)
    return caller


def _may(scope: Scope) -> Callable[[Caller], Caller]:
    def allowed(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
        if scope not in caller.scopes:
            raise Refused("api.scope", scope=scope)
        return caller

    return allowed


Reader = Annotated[Caller, Depends(_may("read"))]
Writer = Annotated[Caller, Depends(_may("write"))]
Administrator = Annotated[Caller, Depends(_may("admin"))]
