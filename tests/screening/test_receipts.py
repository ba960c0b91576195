"""A receipt says what was asked and answered, in one canonical form, and verifies without the registry."""

import hashlib
import json
from typing import Any

import pytest

from registry.errors import Invalid
from registry.screening import receipts
from registry.vault.signatures import verify
from tests.support.world import World

ANSWER: dict[str, Any] = {
    "id": "chk_1",
    "checked_at": "2026-11-22T04:00:00.000000Z",
    "purpose": "open_bank_account",
    "direction": "limit",
    "parties": [{"result": "match", "direction": "limit"}, {"result": "no_match", "direction": "proceed"}],
    "list_version": 18234,
    "law": {"as_of": "2026-11-22", "rules": ["joint-2024/term", "screening/purposes"]},
}
CHANGED: dict[str, Any] = {
    "id": "chk_2",
    "checked_at": "2026-11-22T04:00:00.000001Z",
    "purpose": "open_payment_account",
    "direction": "proceed",
    "parties": list(reversed(ANSWER["parties"])),
    "list_version": 18235,
    "law": {"as_of": "2026-11-23", "rules": ["joint-2024/term", "screening/purposes"]},
}


@pytest.mark.parametrize("name", ANSWER)
def test_whatever_differs_gives_another_receipt(name: str) -> None:
    same = receipts.payload("ptn_1", "00ff", ANSWER)
    assert receipts.payload("ptn_1", "00ff", ANSWER | {name: CHANGED[name]}) != same


def test_another_partner_or_request_gives_another_receipt() -> None:
    same = receipts.payload("ptn_1", "00ff", ANSWER)
    assert receipts.payload("ptn_2", "00ff", ANSWER) != same
    assert receipts.payload("ptn_1", "00fe", ANSWER) != same


def test_its_form_is_canonical() -> None:
    said = receipts.payload("ptn_1", "00ff", ANSWER)
    canonical = json.dumps(json.loads(said), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert said.decode() == canonical


@pytest.mark.parametrize("listed", [True, False])
def test_hit_and_miss_have_one_that_holds_the_request_and_the_answer(world: World, listed: bool) -> None:
    person = world.people.person()
    if listed:
        world.designate(world.draft_body(person))
    body = json.dumps(world.check_body(person.name, person.resident_id)).encode()
    headers = {"Authorization": f"Bearer {world.partner('bank')}"}
    response = world.http.post("/v1/checks", data=body, content_type="application/json", headers=headers)
    answer: Any = response.json
    keys: Any = world.http.get("/v1/keys").json
    said = json.loads(verify(answer["receipt"], keys, receipts.KIND))
    assert said["request"] == hashlib.sha256(body).hexdigest()
    assert said["result"] == [answer["parties"][0]["result"]] == ["match" if listed else "no_match"]
    for name in ("id", "checked_at", "purpose", "direction", "list_version"):
        assert said[name] == answer[name]
    assert person.name not in json.dumps(said, ensure_ascii=False)
    assert world.get(world.partner("bank"), f"/v1/checks/{answer['id']}").json == answer
    altered = answer["receipt"][:-1] + ("A" if answer["receipt"][-1] != "A" else "B")
    with pytest.raises(Invalid):
        verify(altered, keys, receipts.KIND)
