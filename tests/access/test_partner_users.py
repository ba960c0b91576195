"""The people of a partner: looked after by its own administrator, unseen by every other partner."""

import pytest

from registry.access.rules import OFFICER_ROLES, PartnerKind, Role
from registry.audit.service import OPERATOR, Actor
from registry.errors import Invalid, InvalidState, NotFound
from tests.access.signing import PASSWORD
from tests.support.world import World


@pytest.fixture
def bank(world: World) -> str:
    return world.services.access.add_partner(OPERATOR, "行", PartnerKind.BANK, "140900").id


def test_accounts_are_listed_as_they_are(world: World, bank: str) -> None:
    people = world.services.partner_users
    boss = people.add(OPERATOR, bank, "boss", {Role.PARTNER_ADMIN, Role.TELLER}, PASSWORD)
    teller = people.add(Actor(boss.id, bank), bank, "a-teller", {Role.TELLER})
    people.disable(Actor(boss.id, bank), bank, teller.id)
    first, second = people.all(bank)
    assert (first.login, first.enrolled, first.disabled_at is None) == ("a-teller", False, False)
    assert (second.login, second.enrolled, second.disabled_at) == ("boss", True, None)
    assert second.roles == (Role.PARTNER_ADMIN, Role.TELLER)
    assert teller.secret.startswith("rge_")


@pytest.mark.parametrize("roles", [set(), {Role.PARTNER}, {Role.TELLER, Role.CLERK}, set(OFFICER_ROLES)])
def test_they_have_roles_of_partners_people_only(world: World, bank: str, roles: set[Role]) -> None:
    with pytest.raises(Invalid, match="unknown-role"):
        world.services.partner_users.add(OPERATOR, bank, "t", roles)


def test_those_of_another_partner_do_not_exist(world: World, bank: str) -> None:
    people = world.services.partner_users
    other = world.services.access.add_partner(OPERATOR, "另一行", PartnerKind.BANK, "140900").id
    teller = people.add(OPERATOR, other, "t-1", {Role.TELLER})
    assert people.all(bank) == []
    for act in (people.disable, people.renew_code):
        for user_id in (teller.id, "usr_nobody"):
            with pytest.raises(NotFound):
                act(OPERATOR, bank, user_id)
    with pytest.raises(NotFound):
        people.add(OPERATOR, "ptn_nobody", "t-2", {Role.TELLER})


def test_nobody_disables_themselves(world: World, bank: str) -> None:
    boss = world.services.partner_users.add(OPERATOR, bank, "boss", {Role.PARTNER_ADMIN})
    with pytest.raises(InvalidState):
        world.services.partner_users.disable(Actor(boss.id, bank), bank, boss.id)


def test_names_of_people_stand_in_the_history_of_what_they_did(world: World, bank: str) -> None:
    from registry.access.history import history
    from registry.db import reading

    boss = world.services.partner_users.add(OPERATOR, bank, "boss", {Role.PARTNER_ADMIN})
    teller = world.services.partner_users.add(Actor(boss.id, bank), bank, "t-1", {Role.TELLER})
    with reading() as session:
        (added,) = history(session, world.services.log, teller.id)
    assert (added["act"], added["by"]) == ("partner-user.added", "boss")
