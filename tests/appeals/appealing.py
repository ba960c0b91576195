"""What people do with appeals in these tests, in few words."""

from typing import Any

from werkzeug.test import TestResponse

from registry.access.rules import Role
from tests.support.world import World


def judge(world: World, login: str = "judge") -> str:
    """An appeal officer of the city who had no hand in any designation."""
    return world.officer(login, Role.APPEAL_OFFICER)


def intake(designation_id: str, **changes: Any) -> dict[str, Any]:
    """An appeal of the subject's own, that all of it be revoked."""
    return {
        "track": "designation",
        "designation_id": designation_id,
        "asks": "revoke",
        "received_on": "2026-11-20",
        "channel": "in_person",
        "appellant": {"capacity": "subject", "name": "张三"},
        "grounds": "账户系被盗用，本人并未出租。",
    } | changes


def partner_intake(world: World, sector: str = "bank", **changes: Any) -> dict[str, Any]:
    """An appeal about what a partner has done by its own risk control."""
    someone = world.people.person()
    return {
        "track": "partner",
        "partner_id": changes.get("partner_id") or world.get(world.partner(sector), "/v1/me").json["id"],
        "customer": {
            "name": someone.name,
            "document": {"type": "resident_id", "number": someone.resident_id},
        },
        "received_on": "2026-11-20",
        "channel": "mail",
        "appellant": {"capacity": "representative", "name": "李四", "contact": "代理人电话 0350-1234567"},
        "grounds": "银行自行限制了非柜面业务。",
    } | changes


def received(world: World, body: dict[str, Any], token: str | None = None) -> str:
    response = world.post(token or judge(world), "/v1/appeals", body)
    assert response.status_code == 201, response.json
    assert response.headers["Location"] == f"/v1/appeals/{response.json['id']}"
    return str(response.json["id"])


def act(world: World, appeal_id: str, verb: str, token: str | None = None, **body: Any) -> TestResponse:
    """`verb` as the judge, or as `token` says."""
    return world.post(token or judge(world), f"/v1/appeals/{appeal_id}/{verb}", body or None)


def done(world: World, appeal_id: str, verb: str, token: str | None = None, **body: Any) -> dict[str, Any]:
    response = act(world, appeal_id, verb, token, **body)
    assert response.status_code == (202 if verb == "decide" else 200), response.json
    return dict(response.json)


def accepted(world: World, designation_id: str, **changes: Any) -> str:
    appeal_id = received(world, intake(designation_id, **changes))
    done(world, appeal_id, "accept")
    return appeal_id


def proposed(world: World, designation_id: str, outcome: str = "allowed", **body: Any) -> str:
    """An accepted appeal with a decision that waits for the second judge."""
    appeal_id = accepted(world, designation_id)
    done(world, appeal_id, "decide", outcome=outcome, reason="经查属实", **body)
    return appeal_id


def decided(world: World, designation_id: str, outcome: str = "allowed", **body: Any) -> dict[str, Any]:
    appeal_id = proposed(world, designation_id, outcome, **body)
    return done(world, appeal_id, "decision/approve", judge(world, "second-judge"))


def shown(world: World, appeal_id: str, token: str | None = None) -> dict[str, Any]:
    response = world.get(token or judge(world), f"/v1/appeals/{appeal_id}")
    assert response.status_code == 200, response.json
    return dict(response.json)


def acts(view: dict[str, Any]) -> list[str]:
    """What was done, without the clocks."""
    return [each["act"] for each in view["history"] if each["act"].startswith("appeal.")]


def clocks(view: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(rule, due day, state) of each."""
    return [(each["rule"], each["due_on"], each["state"]) for each in view["clocks"]]
