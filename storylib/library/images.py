"""Pictures: kept as WebP in three sizes, the bytes apart from the facts."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storylib.errors import ProviderError
from storylib.identity import access
from storylib.identity.access import Principal
from storylib.models import Image, ImageBytes, new_id
from storylib.providers import webp
from storylib.providers.contract import Picture
from storylib.vocabulary import ImageRole, ImageSize

THUMBNAILS: dict[ImageSize, int] = {"512": 512, "256": 256}  # the longer side, pixels


@dataclass(frozen=True)
class Prepared:
    """A picture checked, encoded and shrunk, ready to be stored in one short transaction."""

    width: int
    height: int
    sizes: dict[ImageSize, bytes]

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the full size."""
        return hashlib.sha256(self.sizes["full"]).hexdigest()


@dataclass(frozen=True)
class Subject:
    """Where a picture belongs."""

    owner_id: int
    role: ImageRole
    story_id: str | None = None
    page_number: int | None = None
    character_id: int | None = None
    candidate: int = 0  # position in a 2×2 grid of portraits to choose from


def prepare(picture: Picture) -> Prepared:
    """Decode a picture and encode it in every size.

    Raises:
        ProviderError: the bytes are not a whole picture.
    """
    try:
        with Pillow.open(io.BytesIO(picture.data)) as opened:
            is_webp = opened.format == "WEBP"
            image = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise ProviderError("picture.unreadable", "bad_output", maybe_paid=True) from error
    sizes: dict[ImageSize, bytes] = {"full": picture.data if is_webp else webp.encode(image)}
    for size, side in THUMBNAILS.items():
        image.thumbnail((side, side), Pillow.Resampling.LANCZOS)  # largest first: each starts from the one before
        sizes[size] = webp.encode(image)
    return Prepared(picture.width, picture.height, sizes)


def add(session: Session, prepared: Prepared, subject: Subject, made_by: str) -> Image:
    """Store a picture as the newest version of its subject."""
    image = Image(
        id=new_id(),
        **vars(subject),
        version=1 + _versions(session, subject),
        width=prepared.width,
        height=prepared.height,
        bytes=len(prepared.sizes["full"]),
        sha256=prepared.sha256,
        made_by=made_by,
    )
    session.add(image)
    session.flush()
    session.add_all(ImageBytes(image_id=image.id, size=size, data=data) for size, data in prepared.sizes.items())
    return image


def copy(session: Session, image: Image, subject: Subject) -> Image:
    """Store the same picture under another subject, so that a result paid for once serves twice."""
    sizes = dict(session.execute(select(ImageBytes.size, ImageBytes.data).where(ImageBytes.image_id == image.id)).all())
    return add(session, Prepared(image.width, image.height, sizes), subject, image.made_by)


def _versions(session: Session, subject: Subject) -> int:
    query = select(func.coalesce(func.max(Image.version), 0)).where(Image.role == subject.role)
    if subject.character_id is not None:
        query = query.where(Image.character_id == subject.character_id)
    else:
        query = query.where(
            Image.story_id == subject.story_id, Image.page_number.is_not_distinct_from(subject.page_number)
        )
    return session.scalar(query) or 0


def data(session: Session, actor: Principal, image_id: str, size: ImageSize = "full") -> bytes:
    """Return the encoded bytes of one of the user's own pictures.

    Raises:
        NotFound: there is no such picture, or it is somebody else's.
    """
    asked = select(Image.owner_id, ImageBytes.data).join(ImageBytes, ImageBytes.image_id == Image.id)
    found = session.execute(asked.where(Image.id == image_id, ImageBytes.size == size)).one_or_none()
    encoded: bytes = access.require_own(actor, "see picture", found).data
    return encoded


def versions(session: Session, user_id: int, story_id: str, page_number: int | None) -> list[Image]:
    """Return a page's pictures, newest first; ``page_number`` None asks for covers."""
    return list(
        session.scalars(
            select(Image)
            .where(Image.owner_id == user_id, Image.story_id == story_id)
            .where(Image.page_number.is_not_distinct_from(page_number))
            .order_by(Image.version.desc())
        )
    )
