"""Everything of one person, to take along."""

from __future__ import annotations

import io
import json
from zipfile import ZipFile

from storylib.db import Database
from storylib.models import Candidate
from storylib.people import data_export
from storylib.story.document import StoryDocument
from tests import factories


def test_the_file_holds_everything_of_ones_own_and_nothing_of_others_and_no_secret(database: Database) -> None:
    with database.write() as session:
        ada, bea = factories.user(session, password_hash="secret hash"), factories.user(session, "bea")
        story = factories.story(session, ada, title="Zoë's lantern")
        picture = factories.image(session, ada, role="page", story_id=story.id, page_number=1)
        luna = factories.character(session, ada)
        portrait = factories.image(session, ada, character_id=luna.id)
        facts = {"character_id": luna.id, "batch": 1, "provider": "openai", "spec": luna.spec}
        session.add(Candidate(position=0, image_id=portrait.id, **facts))
        session.add(Candidate(position=1, error="It was refused.", **facts))
        for _ in range(data_export.CALLS_AT_ONCE + 1):
            factories.call(session, ada)
        factories.call(session, bea)
        other = factories.story(session, bea)
    file = io.BytesIO()
    data_export.write(database, ada, file)
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        read = {name: archive.read(name) for name in archive.namelist()}
    assert json.loads(read["account.json"])["username"] == "ada"
    told = json.loads(read[f"stories/{story.id}/story.json"])
    assert (told["title"], [page["number"] for page in told["pages"]]) == ("Zoë's lantern", [1, 2, 3, 4])
    assert StoryDocument.model_validate(told).brief.theme == story.brief.theme
    record = json.loads(read[f"stories/{story.id}/record.json"])
    assert record["pages"][0]["text"] == record["revisions"][0]["text"] == "This is page 1."
    assert record["pictures"][0]["file"] == f"{picture.id}.webp"
    assert (record["owner_id"], [page["attempt"] for page in record["pages"]]) == (ada.id, [1, 1, 1, 1])
    assert read[f"stories/{story.id}/{picture.id}.webp"] == b"."
    luna_told = json.loads(read[f"characters/{luna.id}/character.json"])
    assert (luna_told["name"], luna_told["pictures"][0]["file"]) == ("Luna", f"{portrait.id}.webp")
    chosen_from = [(one["position"], one["image_id"], one["error"]) for one in luna_told["candidates"]]
    assert chosen_from == [(0, portrait.id, ""), (1, None, "It was refused.")]
    assert luna_told["candidates"][0]["spec"]["kind"] == "fox"
    assert read[f"characters/{luna.id}/{portrait.id}.webp"] == b"."
    assert len(json.loads(read["calls.json"])) == data_export.CALLS_AT_ONCE + 1
    assert not any(other.id in name for name in read)
    assert not any(b"secret hash" in data for data in read.values())
