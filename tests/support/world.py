"""A city's police, a bank and a carrier, with clients that ask as each of them would, over HTTP."""

import itertools
import time
from datetime import date
from functools import cached_property
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from registry import worker
from registry.access.rules import PartnerKind, Role
from registry.audit.service import OPERATOR
from registry.demo.people import People, SyntheticPerson
from registry.law.words import Level
from registry.rescreens.run import Runner
from registry.services import Services

PARTNER_OF = {
    "bank": PartnerKind.BANK,
    "payment": PartnerKind.PAYMENT_INSTITUTION,
    "carrier": PartnerKind.CARRIER,
    "internet": PartnerKind.INTERNET_PLATFORM,
}


class World:
    """Everybody who acts. Accounts are made when first asked for."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.services: Services = app.extensions["registry"]
        self.http = app.test_client()
        self.people = People(7, date(2026, 11, 22))
        self._tokens: dict[tuple[str, ...], str] = {}
        self._numbers = itertools.count(1)

    @cached_property
    def city(self) -> str:
        return self.authority("忻州市公安局", "140900", Level.CITY, "0350-110")

    @cached_property
    def province(self) -> str:
        return self.authority("山西省公安厅", "140000", Level.PROVINCE, "0351-110")

    @cached_property
    def runner(self) -> Runner:
        """The worker's hands."""
        return worker.rescreening(self.services)

    def authority(self, name: str, area: str, level: Level, phone: str | None = None) -> str:
        return self.services.access.add_authority(OPERATOR, name, area, level, phone)

    def officer(self, login: str, *roles: Role, authority: str | None = None) -> str:
        """The token of an officer of the city, or of another authority."""
        key = ("officer", login)
        if key not in self._tokens:
            issued = self.services.access.add_officer(OPERATOR, authority or self.city, login, set(roles))
            self._tokens[key] = issued.secret
        return self._tokens[key]

    @property
    def clerk(self) -> str:
        return self.officer("clerk", Role.CLERK)

    @property
    def approver(self) -> str:
        return self.officer("approver", Role.APPROVER)

    def partner(self, sector: str, area: str = "140900") -> str:
        key = ("partner", sector, area)
        if key not in self._tokens:
            name = f"{sector}-{area}"
            issued = self.services.access.add_partner(OPERATOR, name, PARTNER_OF[sector], area)
            self._tokens[key] = issued.secret
        return self._tokens[key]

    # -- HTTP --------------------------------------------------------------------------------------

    def post(self, token: str | None, path: str, body: Any = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            named["Authorization"] = f"Bearer {token}"
        return self.http.post(path, json=body, headers=named)

    def get(self, token: str | None, path: str, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            named["Authorization"] = f"Bearer {token}"
        return self.http.get(path, headers=named)

    # -- what people do ----------------------------------------------------------------------------

    def draft_body(self, person: SyntheticPerson | None = None, **changes: Any) -> dict[str, Any]:
        """A lawful class-2 designation of somebody; `changes` replace top-level fields."""
        someone = person or self.people.person()
        body: dict[str, Any] = {
            "subject": {
                "kind": "person",
                "name": someone.name,
                "sex": None,
                "birth_on": None,
                "documents": [{"type": "resident_id", "number": someone.resident_id}],
            },
            "ground": "facilitated",
            "decided_on": "2025-03-03",
            "decision_no": f"忻公(反诈)认字〔2025〕{next(self._numbers)}号",
            "conduct": {
                "from": "2025-01-01",
                "to": "2025-02-01",
                "behaviours": ["rent"],
                "role": "account_holder",
                "items": 3,
                "times": 1,
                "recipients": 1,
                "offence": None,
            },
            "item_kinds": ["bank_account"],
            "evidence_ref": "E-1",
        }
        return body | changes

    def older_body(self, person: SyntheticPerson, decided_on: str, **changes: Any) -> dict[str, Any]:
        """A designation under the law before 2024-12-01."""
        conduct = {"from": None, "to": None, "behaviours": ["rent"], "role": None, "items": None}
        return self.draft_body(person, decided_on=decided_on, conduct=conduct, **changes)

    def draft(self, body: dict[str, Any]) -> str:
        response = self.post(self.clerk, "/v1/designations", body)
        assert response.status_code == 201, response.json
        return str(response.json["id"])

    def submit(self, designation_id: str) -> None:
        response = self.post(self.clerk, f"/v1/designations/{designation_id}/submit")
        assert response.status_code == 200, response.json

    def approve(self, designation_id: str) -> dict[str, Any]:
        response = self.post(self.approver, f"/v1/designations/{designation_id}/approve")
        assert response.status_code == 200, response.json
        return dict(response.json)

    def designate(self, body: dict[str, Any]) -> dict[str, Any]:
        """Draft, submit, approve; the designation as shown afterwards."""
        designation_id = self.draft(body)
        self.submit(designation_id)
        return self.approve(designation_id)

    def check_body(
        self, name: str, number: str, purpose: str = "open_bank_account", **changes: Any
    ) -> dict[str, Any]:
        party = {"role": "applicant", "name": name, "document": {"type": "resident_id", "number": number}}
        return {"purpose": purpose, "reference": "B-1", "operator": "t-1", "parties": [party]} | changes

    def seal(self) -> int:
        """Seal all there is; somebody else's transaction on the same server may need a moment to end."""
        sealed, deadline = 0, time.monotonic() + 20
        while self.services.sealer.oldest_unsealed():
            assert time.monotonic() < deadline
            sealed += self.services.sealer.seal()
        return sealed

    def ask(
        self, sector: str, purpose: str, person: SyntheticPerson, area: str = "140900", **headers: str
    ) -> dict[str, Any]:
        """The answer a partner of `sector` gets for this person."""
        body = self.check_body(person.name, person.resident_id, purpose)
        response = self.post(self.partner(sector, area), "/v1/checks", body, **headers)
        assert response.status_code == 201, response.json
        return dict(response.json)
