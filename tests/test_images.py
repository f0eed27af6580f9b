"""Pictures in the database."""

from __future__ import annotations

import io

import pytest
from PIL import Image as Pillow
from sqlalchemy import event
from sqlalchemy.orm import Session

from storylib.errors import NotFound, ProviderError
from storylib.library import images
from storylib.library.images import Subject
from storylib.providers.contract import Picture
from tests import factories, providers


def _decoded(data: bytes) -> Pillow.Image:
    return Pillow.open(io.BytesIO(data))


def test_a_picture_is_kept_as_webp_in_three_sizes(session: Session) -> None:
    ada = factories.user(session)
    prepared = images.prepare(providers.picture(size=(1152, 768)))
    image = images.add(session, prepared, Subject(ada.id, "portrait"), "Story Kit")
    sizes = {size: _decoded(images.data(session, ada, image.id, size)) for size in ("full", "512", "256")}
    assert {size: picture.size for size, picture in sizes.items()} == {
        "full": (1152, 768),
        "512": (512, 341),
        "256": (256, 171),
    }
    assert {picture.format for picture in sizes.values()} == {"WEBP"}
    assert (image.width, image.height, image.version) == (1152, 768, 1)


def test_a_png_becomes_webp_and_loses_its_transparency() -> None:
    buffer = io.BytesIO()
    Pillow.new("RGBA", (40, 30), (9, 9, 9, 0)).save(buffer, "PNG")
    full = _decoded(images.prepare(Picture(buffer.getvalue(), 40, 30)).sizes["full"])
    assert (full.format, full.mode) == ("WEBP", "RGB")


@pytest.mark.parametrize("data", [b"", b"not a picture", providers.picture(size=(600, 600)).data[:60]])
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ProviderError) as refused:
        images.prepare(Picture(data, 1, 1))
    assert refused.value.kind == "bad_output"


def test_another_teachers_picture_is_not_found(session: Session) -> None:
    ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
    image = factories.image(session, ada)
    for asker, wanted in ((ben, image.id), (ada, "no-such-id"), (ada, "")):
        with pytest.raises(NotFound):
            images.data(session, asker, wanted)


def test_versions_count_up_for_each_place_and_come_newest_first(session: Session) -> None:
    ada = factories.user(session)
    story = factories.story(session, ada)
    prepared = images.prepare(providers.picture())
    for number in (1, 1, 2, None):
        images.add(session, prepared, Subject(ada.id, "page" if number else "cover", story.id, number), "Story Kit")
    assert [i.version for i in images.versions(session, ada.id, story.id, 1)] == [2, 1]
    assert [i.version for i in images.versions(session, ada.id, story.id, 2)] == [1]
    assert [i.role for i in images.versions(session, ada.id, story.id, None)] == ["cover"]


def test_a_copy_serves_a_second_place_with_the_same_bytes(session: Session) -> None:
    ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
    first = images.add(session, images.prepare(providers.picture()), Subject(ada.id, "portrait"), "Story Kit")
    second = images.copy(session, first, Subject(ben.id, "portrait"))
    assert second.id != first.id
    assert images.data(session, ben, second.id, "256") == images.data(session, ada, first.id, "256")


def test_listing_pictures_never_loads_bytes(session: Session) -> None:
    ada = factories.user(session)
    story = factories.story(session, ada)
    images.add(session, images.prepare(providers.picture()), Subject(ada.id, "page", story.id, 1), "Story Kit")
    session.flush()
    seen: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *details: seen.append(details[2]))
    images.versions(session, ada.id, story.id, 1)
    assert seen
    assert not [statement for statement in seen if "image_bytes" in statement]
