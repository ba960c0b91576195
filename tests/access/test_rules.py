"""Who may do what, and which authority stands above which."""

from itertools import combinations

import pytest
from flask import Flask

from registry.access.rules import (
    OFFICER_ROLES,
    PERMITTED,
    SECTOR_OF,
    SEPARATED,
    PartnerKind,
    Permission,
    Role,
    governs,
    permits,
    territory,
)
from registry.api.operation import PERMISSIONS
from registry.audit.service import OPERATOR
from registry.errors import Invalid
from registry.law.words import Level
from tests.support.world import World

COUNTY, CITY, PROVINCE, MINISTRY = Level.COUNTY, Level.CITY, Level.PROVINCE, Level.MINISTRY


@pytest.mark.parametrize(
    ("area", "digits"),
    [
        ("140000", "14"),
        ("140900", "1409"),
        ("140921", "140921"),
        ("110000", "11"),
        ("110105", "110105"),
        ("441000", "4410"),
        ("500000", "50"),
        ("510100", "5101"),
        ("429004", "429004"),
        ("441900", "4419"),
        ("810000", "81"),
    ],
)
def test_the_territory_of_an_area_code(area: str, digits: str) -> None:
    assert territory(area) == digits


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [
        # A city and what is below it.
        ((CITY, "140900"), (COUNTY, "140921"), True),
        ((CITY, "140900"), (COUNTY, "140100"), False),
        ((CITY, "140900"), (COUNTY, "140981"), True),
        ((CITY, "140900"), (CITY, "140900"), False),
        ((CITY, "140900"), (PROVINCE, "140000"), False),
        # A province.
        ((PROVINCE, "140000"), (CITY, "140900"), True),
        ((PROVINCE, "140000"), (COUNTY, "140921"), True),
        ((PROVINCE, "140000"), (CITY, "410100"), False),
        ((PROVINCE, "140000"), (PROVINCE, "130000"), False),
        # A municipality: its districts are of city level, though their codes look like a county's.
        ((PROVINCE, "110000"), (CITY, "110105"), True),
        ((CITY, "110105"), (COUNTY, "110105"), True),
        ((CITY, "110105"), (COUNTY, "110106"), False),
        ((CITY, "110105"), (CITY, "110106"), False),
        # A county directly under its province: no city governs it.
        ((PROVINCE, "420000"), (CITY, "429004"), True),
        ((PROVINCE, "420000"), (COUNTY, "429004"), True),
        ((CITY, "420100"), (COUNTY, "429004"), False),
        # A city without districts.
        ((PROVINCE, "440000"), (CITY, "441900"), True),
        ((CITY, "441900"), (COUNTY, "441901"), True),
        # The ministry, wherever its seat is.
        ((MINISTRY, "110000"), (PROVINCE, "650000"), True),
        ((MINISTRY, "110000"), (COUNTY, "140921"), True),
        ((MINISTRY, "110000"), (MINISTRY, "110000"), False),
        ((PROVINCE, "110000"), (MINISTRY, "110000"), False),
        # A wider area with a lower level governs nobody.
        ((COUNTY, "140000"), (COUNTY, "140921"), False),
    ],
)
def test_who_stands_above_whom(upper: tuple[Level, str], lower: tuple[Level, str], expected: bool) -> None:
    assert governs(*upper, *lower) is expected
    assert not (governs(*upper, *lower) and governs(*lower, *upper))


def test_every_permission_has_roles_and_every_role_something_to_do() -> None:
    assert set(PERMITTED) == set(Permission)
    assert all(PERMITTED.values())
    for role in Role:
        assert any(permits({role}, permission) for permission in Permission)


def test_partners_and_their_tellers_check_and_nobody_else_does() -> None:
    for permission in (Permission.CHECK_MAKE, Permission.CHECK_READ):
        assert PERMITTED[permission] == {Role.PARTNER, Role.TELLER}
    rescreens = {Permission.RESCREEN_START, Permission.RESCREEN_READ, Permission.RESCREEN_END}
    own = {Permission.CHECK_MAKE, Permission.CHECK_READ, Permission.CHECK_RESOLVE}
    own |= {Permission.APPEAL_ANSWER, Permission.SELF_READ, Permission.LOG_PROVE}
    assert {each for each in Permission if permits({Role.PARTNER}, each)} == own | rescreens
    assert {each for each in Permission if permits({Role.TELLER}, each)} == {
        Permission.CHECK_MAKE,
        Permission.CHECK_READ,
        Permission.CHECK_RESOLVE,
        Permission.SELF_READ,
    }


def test_drafting_and_deciding_are_different_roles() -> None:
    assert PERMITTED[Permission.DESIGNATION_DRAFT].isdisjoint(PERMITTED[Permission.DESIGNATION_APPROVE])
    assert PERMITTED[Permission.IMPORT_UPLOAD].isdisjoint(PERMITTED[Permission.IMPORT_RELEASE])


def test_the_three_administrators_see_no_designation() -> None:
    for permission in Permission:
        if permission.value.split(".")[0] in ("designation", "import", "check"):
            assert PERMITTED[permission].isdisjoint(SEPARATED), permission


def test_every_kind_of_partner_has_a_sector_of_its_own() -> None:
    assert set(SECTOR_OF) == set(PartnerKind)
    assert len(set(SECTOR_OF.values())) == len(PartnerKind)


def test_every_route_of_the_api_declares_who_may_take_it(app: Flask) -> None:
    public = {name for name, permission in PERMISSIONS.items() if permission is None}
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/v1")}
    assert {each for each in routes if each not in PERMISSIONS} <= {"description.openapi"}
    assert "accounts.enrol" in public
    assert not {each for each in public if each.startswith(("checks.", "designations."))}


def test_no_account_holds_two_of_the_separated_roles(world: World) -> None:
    assert {"auditor", "security_admin", "system_admin"} == SEPARATED
    for number, pair in enumerate(combinations(sorted(SEPARATED), 2)):
        with pytest.raises(Invalid, match="separated-roles"):
            world.services.access.add_officer(OPERATOR, world.city, f"two-{number}", set(pair))
    with pytest.raises(Invalid, match="separated-roles"):
        world.services.access.add_officer(OPERATOR, world.city, "all", set(OFFICER_ROLES))
    for roles in (set(), {Role.PARTNER}, {Role.CLERK, Role.PARTNER}):
        with pytest.raises(Invalid, match="unknown-role"):
            world.services.access.add_officer(OPERATOR, world.city, "none", roles)
