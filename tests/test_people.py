"""What administrators do with people."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import bcrypt
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storylib.billing import quotas
from storylib.db import Database
from storylib.errors import Invalid, NotFound, Refused, StorylibError, Taken
from storylib.identity import audit, credentials, invitations, one_time_tokens, users
from storylib.identity.users import LOCKED, NewUser
from storylib.library import stories
from storylib.models import Audit, Character, Image, OneTimeToken, Story, User, now
from storylib.people import administration, csv_import, deletion, search
from storylib.people.search import Filter
from tests import factories

GOOD = "a long walk by the sea"
CHEAP = bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4)).decode()  # checks in a millisecond
NEW = NewUser("cleo", "cleo@school.example", "Cleo", CHEAP, "educator", "basic")
GUEST = users.guest("cleo", "cleo@school.example", "Cleo")


def somebody(session: Session, username: str, **fields: object) -> User:
    return factories.user(session, username, **{"password_hash": CHEAP, **fields})


@pytest.fixture
def ada(session: Session) -> User:
    """The only administrator."""
    return somebody(session, "ada", role="admin")


@pytest.fixture
def bea(session: Session) -> User:
    return somebody(session, "bea")


def names(found: list[search.Person]) -> list[str]:
    return [person.username for person in found]


# --- new people


def test_somebody_is_created_with_a_password(session: Session, ada: User) -> None:
    assert administration.create(session, ada, NEW).plan == "basic"
    with pytest.raises(Taken):
        administration.create(session, ada, NEW)


def test_an_invitation_is_a_link_that_works_once_and_is_kept_hashed(database: Database) -> None:
    with database.write() as session:
        code = administration.invite(session, somebody(session, "ada", role="admin"), GUEST)
        assert code not in "".join(session.scalars(select(OneTimeToken.token_hash)))
    for password in ("", GOOD):
        with pytest.raises(Refused):
            credentials.verify(database, "cleo", password)
    assert invitations.choose_password(database, "invite", code, GOOD).username == "cleo"
    assert credentials.verify(database, "cleo", GOOD)
    with pytest.raises(Refused, match="used or has expired"):
        invitations.choose_password(database, "invite", code, GOOD)


def test_a_weak_password_does_not_use_the_link_up(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        code = administration.invite(session, somebody(session, "ada", role="admin"), GUEST)
    with pytest.raises(Invalid):
        invitations.choose_password(sqlite_database, "invite", code, "short")
    assert invitations.choose_password(sqlite_database, "invite", code, GOOD)


def test_a_link_expires_and_serves_one_purpose_only(session: Session, ada: User) -> None:
    code = administration.invite(session, ada, GUEST)
    assert invitations.guest(session, "invite", code).username == "cleo"
    with pytest.raises(Refused):
        invitations.guest(session, "reset", code)
    session.execute(update(OneTimeToken).values(expires_at=now() - timedelta(seconds=1)))
    with pytest.raises(Refused):
        invitations.guest(session, "invite", code)


@pytest.mark.parametrize("code", ["", "\0", "guessed", "' OR 1=1 --", "\ud800", "x" * 10_000])
def test_a_forged_link_is_nobodys(session: Session, code: str) -> None:
    with pytest.raises(Refused):
        invitations.guest(session, "invite", code)


def test_a_new_link_ends_the_one_before_and_a_used_one_ends_all_sessions(database: Database) -> None:
    with database.write() as session:
        ada, bea = somebody(session, "ada", role="admin"), somebody(session, "bea")
        token = users.start_session(session, bea)
        old = administration.link(session, ada, [bea.id])["bea"]
        purpose, code = administration.link(session, ada, [bea.id])["bea"]
    assert (old[0], purpose) == ("reset", "reset")
    with database.read() as session, pytest.raises(Refused):
        invitations.guest(session, "reset", old[1])
    invitations.choose_password(database, "reset", code, "another walk by the sea")
    with database.read() as session:
        assert users.session_user(session, token) is None
    assert credentials.verify(database, "bea", "another walk by the sea")


def test_who_never_chose_a_password_gets_an_invitation_again(session: Session, ada: User) -> None:
    administration.invite(session, ada, GUEST)
    cleo = session.scalars(select(User).where(User.username == "cleo")).one()
    assert administration.link(session, ada, [cleo.id])["cleo"][0] == "invite"


# --- changes


def test_a_selection_is_changed_together_or_not_at_all(session: Session, ada: User, bea: User) -> None:
    administration.set_plan(session, ada, [ada.id, bea.id], "pro")
    assert {ada.plan, bea.plan} == {"pro"}
    with pytest.raises(NotFound):
        administration.set_plan(session, ada, [bea.id, 999], "free")
    assert bea.plan == "pro"


def test_a_personal_budget_goes_before_the_plans_until_it_is_taken_back(session: Session, ada: User, bea: User) -> None:
    administration.set_budget(session, ada, [bea.id], Decimal("7.25"))
    assert quotas.budget(session, bea).budget_usd == Decimal("7.25")
    administration.set_budget(session, ada, [bea.id], None)
    assert quotas.budget(session, bea).budget_usd == quotas.plan(bea).budget_usd


@pytest.mark.parametrize("amount", ["-1", "100001", "NaN", "Infinity"])
def test_a_budget_that_cannot_be_meant_is_refused(session: Session, ada: User, amount: str) -> None:
    with pytest.raises(Invalid):
        administration.set_budget(session, ada, [ada.id], Decimal(amount))


def test_a_locked_person_is_out_at_once_until_unlocked(database: Database) -> None:
    with database.write() as session:
        ada, bea = somebody(session, "ada", role="admin"), somebody(session, "bea")
        token = users.start_session(session, bea)
        code = administration.link(session, ada, [bea.id])["bea"][1]
        administration.lock(session, ada, [bea.id])
        assert users.session_user(session, token) is None
        with pytest.raises(Refused):
            invitations.guest(session, "reset", code)
        with pytest.raises(Refused):
            administration.link(session, ada, [bea.id])
    with pytest.raises(Refused):
        credentials.verify(database, "bea", GOOD)
    with database.write() as session:
        administration.unlock(session, ada, [bea.id])
    assert credentials.verify(database, "bea", GOOD)


def test_wrong_passwords_neither_soften_a_lock_nor_end_a_session(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        ada, bea = somebody(session, "ada", role="admin"), somebody(session, "bea")
        administration.lock(session, ada, [bea.id])
        token = users.start_session(session, ada)
    for name in ("ada", "bea"):
        for _ in range(6):
            with pytest.raises(Refused):
                credentials.verify(sqlite_database, name, "wrong")
    with sqlite_database.read() as session:
        assert session.get_one(User, bea.id).locked_until == LOCKED
        assert users.session_user(session, token)


def test_a_deactivated_person_is_out_and_keeps_the_stories(session: Session, ada: User, bea: User) -> None:
    story = factories.story(session, bea)
    token = users.start_session(session, bea)
    administration.deactivate(session, ada, [bea.id])
    assert users.session_user(session, token) is None
    administration.reactivate(session, ada, [bea.id])
    assert users.session_user(session, token) is None
    assert stories.get(session, bea.id, story.id)


def test_signing_out_everywhere_ends_every_session(session: Session, ada: User, bea: User) -> None:
    tokens = [users.start_session(session, bea) for _ in range(3)]
    administration.sign_out(session, ada, [bea.id])
    assert not any(users.session_user(session, token) for token in tokens)


# --- the last administrator

LOSSES: dict[str, Callable[[Session, User, list[int]], object]] = {
    "role": lambda session, actor, ids: administration.set_role(session, actor, ids, "educator"),
    "lock": administration.lock,
    "deactivate": administration.deactivate,
    "delete": deletion.delete,
}


@pytest.mark.parametrize("loss", LOSSES)
def test_the_last_administrator_stays_one(session: Session, ada: User, bea: User, loss: str) -> None:
    somebody(session, "off", role="admin", active=False)
    somebody(session, "shut", role="admin", locked_until=LOCKED)
    somebody(session, "asked", role="admin", password_hash=users.INVITED)
    for ids in ([ada.id], [ada.id, bea.id]):
        with pytest.raises(Refused, match="without an administrator"):
            LOSSES[loss](session, ada, ids)
    administration.set_role(session, ada, [bea.id], "admin")
    LOSSES[loss](session, ada, [ada.id])


@pytest.mark.parametrize("loss", LOSSES)
def test_of_two_administrators_who_remove_each_other_one_stays(database: Database, loss: str) -> None:
    with database.write() as session:
        pair = [somebody(session, name, role="admin") for name in ("ada", "bea")]
    start = threading.Barrier(2)
    refused: list[StorylibError] = []

    def remove(actor: User, target: User) -> None:
        start.wait()
        try:
            with database.write() as session:
                LOSSES[loss](session, actor, [target.id])
        except StorylibError as error:
            refused.append(error)

    both = [threading.Thread(target=remove, args=couple) for couple in (pair, reversed(pair))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert [type(error) for error in refused] == [Refused]
    with database.read() as session:
        able = select(func.count()).where(User.role == "admin", User.active, users.not_locked())
        assert session.scalar(able) == 1


# --- goodbye


def test_with_a_person_go_their_stories_pictures_and_characters(session: Session, ada: User, bea: User) -> None:
    story = factories.story(session, bea)
    factories.image(session, bea, role="page", story_id=story.id)
    factories.character(session, bea)
    factories.call(session, bea)
    deletion.delete(session, ada, [bea.id])
    for table in (Story, Image, Character):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_an_heir_gets_the_stories_with_their_pictures_and_what_was_in_the_making_stops(
    session: Session, ada: User, bea: User
) -> None:
    cleo = somebody(session, "cleo")
    done, half = factories.story(session, bea, pages=1), factories.story(session, bea, state="writing")
    gone = factories.story(session, bea, deleted_at=now())
    picture = factories.image(session, bea, role="cover", story_id=done.id)
    ids = done.id, half.id, gone.id, picture.id
    deletion.delete(session, ada, [bea.id], heir_id=cleo.id)
    session.expire_all()
    assert stories.get(session, cleo.id, ids[0]).state == "ready"
    assert stories.get(session, cleo.id, ids[1]).state == "cancelled"
    assert session.get(Story, ids[2]) is None
    assert session.get_one(Image, ids[3]).owner_id == cleo.id


def test_stories_go_only_to_somebody_who_stays(session: Session, ada: User, bea: User) -> None:
    with pytest.raises(Invalid):
        deletion.delete(session, ada, [bea.id], heir_id=bea.id)
    off = somebody(session, "off", active=False)
    with pytest.raises(Refused):
        deletion.delete(session, ada, [bea.id], heir_id=off.id)
    with pytest.raises(NotFound):
        deletion.delete(session, ada, [bea.id], heir_id=999)


def test_one_leaves_with_ones_password_only_and_not_as_the_last_administrator(database: Database) -> None:
    with database.write() as session:
        ada, bea = somebody(session, "ada", role="admin"), somebody(session, "bea")
    with pytest.raises(Invalid):
        deletion.delete_own_account(database, bea, "wrong")
    deletion.delete_own_account(database, bea, GOOD)
    with pytest.raises(Refused, match="without an administrator"):
        deletion.delete_own_account(database, ada, GOOD)
    with database.read() as session:
        assert session.scalars(select(User.username)).all() == ["ada"]


# --- the list


def test_people_are_searched_filtered_and_read_on_page_by_page(session: Session, ada: User) -> None:
    somebody(session, "bea", name="Béatrice Müller", plan="pro")
    somebody(session, "cleo", active=False)
    somebody(session, "dan", locked_until=LOCKED)
    somebody(session, "eve", locked_until=now() + timedelta(minutes=5))
    administration.invite(session, ada, users.guest("finn", "finn@school.example", "Finn"))
    everybody = search.people(session, ada)
    assert [person.status for person in everybody] == ["active", "active", "deactivated", "locked", "paused", "invited"]
    for status in search.STATUSES:
        assert {person.status for person in search.people(session, ada, Filter(status=status))} == {status}
    assert names(search.people(session, ada, Filter(search="müller BEA"))) == ["bea"]
    assert names(search.people(session, ada, Filter(plan="pro", role="educator"))) == ["bea"]
    assert names(search.people(session, ada, Filter(search="\0müller\ud800"))) == ["bea"]
    assert search.people(session, ada, Filter(search="%")) == []
    first = search.people(session, ada, count=4)
    assert names(first + search.people(session, ada, after=first[-1].username)) == names(everybody)


# --- from a file

HEADING = "username,name,email,role,plan\n"
BEA = "bea,Bea,bea@school.example,,pro\n"


def report(session: Session, actor: User, data: bytes | str) -> list[tuple[int, str]]:
    with pytest.raises(csv_import.Rejected) as refusal:
        csv_import.load(session, actor, data.encode() if isinstance(data, str) else data)
    assert session.scalars(select(User.username)).all() == [actor.username]
    return [(problem.line, problem.message) for problem in refusal.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", ",;\t")
def test_a_file_invites_everybody_in_it(session: Session, ada: User, encoding: str, delimiter: str) -> None:
    file = (HEADING + BEA + "\nzoë,".replace("zoë", "zoe") + "Zoë,zoe@school.example,admin,\n").replace(",", delimiter)
    codes = csv_import.load(session, ada, file.encode(encoding))
    assert list(codes) == ["bea", "zoe"]
    assert invitations.guest(session, "invite", codes["zoe"]).name == "Zoë"
    found = {person.username: (person.role, person.plan, person.status) for person in search.people(session, ada)}
    assert found["bea"] == ("educator", "pro", "invited")
    assert found["zoe"] == ("admin", "free", "invited")
    assert sorted(row.person for row in audit.entries(session, ada)) == ["bea", "zoe"]


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("", 1, "missing: username, name, email"),
        ("username,name\nbea,Bea\n", 1, "missing: email"),
        ("username,name,email,shoe\n", 1, "Unknown columns: shoe"),
        ("username,name,email,email\n", 1, "twice"),
        (HEADING, 2, "no people in the file"),
        (HEADING + BEA + BEA, 3, "is also on line 2"),
        (HEADING + BEA + "ada,Ada,new@school.example,,\n", 3, "The username ada is already in use"),
        (HEADING + "new,New,ada@school.example,,\n", 2, "ada@school.example is already in use"),
        (HEADING + "b,Bea,bea@school.example,,\n", 2, "username"),
        (HEADING + "bea,Bea,nowhere,,\n", 2, "e-mail"),
        (HEADING + "bea,=1+1,bea@school.example,,\n", 2, "name"),
        (HEADING + "bea,Bea,bea@school.example,king,\n", 2, "no role called king"),
        (HEADING + "bea,Bea,bea@school.example,,gold\n", 2, "no plan called gold"),
        (HEADING + "bea,Bea\n", 2, "different number of fields"),
        (HEADING + "bea,Bea,bea@school.example,,,,more\n", 2, "different number of fields"),
        (HEADING + 'bea,"Bea,bea@school.example,,\n', 2, "cannot be read"),
        (HEADING.encode() + b"bea,B\xe9a,bea@school.example,,\n", 2, "not UTF-8"),
        (b"\xff\xfeabc", 1, "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n", 1, "not UTF-8"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_by_line_and_nobody_is_added(
    session: Session, ada: User, file: bytes | str, line: int, said: str
) -> None:
    assert any(at == line and said in sentence for at, sentence in report(session, ada, file))
    assert session.scalar(select(func.count()).select_from(Audit)) == 0


def test_ten_thousand_people_come_at_once_and_one_more_is_too_many(sqlite_database: Database) -> None:
    rows = [f"person{number},Person,person{number}@school.example,,\n" for number in range(csv_import.MOST)]
    with sqlite_database.write() as session:
        ada = somebody(session, "ada", role="admin")
        assert report(session, ada, HEADING + "".join(rows) + BEA)[0][0] == csv_import.MOST + 2
        assert len(report(session, ada, HEADING + "".join([*rows[:-1], rows[0]]))) == 2
        assert len(csv_import.load(session, ada, (HEADING + "".join(rows)).encode())) == csv_import.MOST
        assert session.scalar(select(func.count()).select_from(OneTimeToken)) == csv_import.MOST
    assert one_time_tokens.LIVES["invite"] == timedelta(days=14)
