"""Every version of the list names the subjects whose answers may differ since."""

from sqlalchemy import select

from registry.access.models import RegisterState
from registry.db import reading
from registry.designations.models import ListChangeRow, SanctionRow
from tests.support.world import World


def changes() -> dict[int, set[str]]:
    with reading() as session:
        found: dict[int, set[str]] = {}
        for version, subject_id in session.execute(select(ListChangeRow.version, ListChangeRow.subject_id)):
            found.setdefault(version, set()).add(subject_id)
        return found


def version() -> int:
    with reading() as session:
        return session.scalars(select(RegisterState.list_version)).one()


def test_each_approval_names_its_subject_and_those_it_joins(world: World) -> None:
    person = world.people.person()
    passport = {"type": "passport", "number": "E12345678"}
    resident = {"type": "resident_id", "number": person.resident_id}
    for documents in ([resident], [passport], [resident, passport]):
        body = world.draft_body(person)
        body["subject"]["documents"] = documents
        draft = world.draft(body)
        before = version()
        world.submit(draft)
        assert version() == before, "nothing has taken effect yet"
        world.approve(draft)
        assert version() == before + 1
    with reading() as session:
        (survivor,) = set(session.scalars(select(SanctionRow.subject_id)))
    found = changes()
    assert sorted(found) == [1, 2, 3]
    assert found[3] == {survivor}
    assert found[1] | found[2] >= {survivor}
