"""Pictures by their ids."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response

from storylib.db import database
from storylib.library import images
from storylib.server.api.answers import kept
from storylib.server.api.callers import Reader
from storylib.vocabulary import ImageSize

router = APIRouter(prefix="/images", tags=["images"])
FOR_EVER: Final = f"private, max-age={365 * 24 * 3600}, immutable"  # a new version has a new id
WEBP: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The picture", "content": {"image/webp": {"schema": {"type": "string"}}}}
}


@router.get("/{id}/{size}", response_class=Response, responses=WEBP)
def get_image(
    request: Request, id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")], size: ImageSize, caller: Reader
) -> Response:
    """Return one of your pictures as WebP: ``full``, or its longer side 512 or 256 pixels."""
    with database().read() as session:
        data = images.data(session, caller.user, id, size)  # its owner is asked before any 304
    return kept(request, data, "image/webp", f'"{id}-{size}"', FOR_EVER)
