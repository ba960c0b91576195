"""Values that a database may choke on, on both databases: never 500."""

from typing import Any
from urllib.parse import unquote

import pytest

from registry.access.rules import Role
from tests.api.answers import problem
from tests.support.world import World


def paths(odd: str, bank: str, both: str, admin: str, reason: Any) -> list[tuple[str, str, Any]]:
    """Every address with an id in it, whom to ask as, and the body to send."""
    return [
        (bank, f"/v1/checks/{odd}", None),
        (bank, f"/v1/checks/{odd}/slip", None),
        (both, f"/v1/designations/{odd}", None),
        (both, f"/v1/designation-imports/{odd}", None),
        (both, f"/v1/designations/{odd}/submit", {}),
        (both, f"/v1/designations/{odd}/approve", {}),
        (both, f"/v1/designations/{odd}/reject", reason),
        (both, f"/v1/appeals/{odd}", None),
        (both, f"/v1/appeals/{odd}/withdraw", reason),
        (bank, f"/v1/forwarded-appeals/{odd}", None),
        (both, f"/v1/designation-imports/{odd}/submit", {}),
        (both, f"/v1/designation-imports/{odd}/approve", {}),
        (both, f"/v1/designation-imports/{odd}/reject", reason),
        (admin, f"/v1/credentials/{odd}/revoke", {}),
        (admin, f"/v1/credentials/{odd}/rotate", {}),
        (admin, f"/v1/officers/{odd}/disable", {}),
        (admin, f"/v1/partners/{odd}/suspend", {}),
    ]


@pytest.mark.parametrize(
    "odd", ["%00", "a%00b", "%FF", "%ED%A0%80", "%F0%9F", "张三", "%0A", "'; --", "x" * 60]
)
def test_an_odd_value_in_a_query_or_path_never_breaks_anything(world: World, odd: str) -> None:
    for query in (f"cursor={odd}", f"import={odd}"):
        answer = world.get(world.clerk, f"/v1/designations?{query}")
        assert answer.status_code in (200, 400, 422), query
    admin = world.officer("admin", Role.SECURITY_ADMIN)
    both = world.officer("both", Role.CLERK, Role.APPROVER)
    reason = {"reason": "错"}
    # At the length of an id it gets past the routing and reaches the database.
    padded = "dsg_" + odd + "0" * (26 - len(unquote(odd)))
    assert len(unquote(padded)) == 30 or len(odd) > 26
    for token, path, body in (
        each for value in (odd, padded) for each in paths(value, world.partner("bank"), both, admin, reason)
    ):
        answer = world.get(token, path) if body is None else world.post(token, path, body)
        problem(answer, 404, "not-found")
    for value in (odd, padded):
        credentials = world.get(admin, f"/v1/accounts/{value}/credentials")
        assert credentials.status_code in (200, 404)


def test_a_raw_query_that_is_not_utf_8_never_breaks_anything(world: World) -> None:
    token = world.partner("bank")
    for headers in ({}, {"Idempotency-Key": "k"}):
        answer = world.http.post(
            "/v1/checks",
            json=world.check_body("张三", "11010519491231002X"),
            headers={"Authorization": f"Bearer {token}", **headers},
            environ_overrides={"QUERY_STRING": "a=\xff\xfe"},
        )
        assert answer.status_code in (201, 400, 422), headers
