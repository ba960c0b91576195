"""The canary is told by a notice, which is printed and delivered with proofs that name people."""

from typing import Any

from registry import clock
from tests.api.canary import Canary


def notices_of_all_kinds(ask: Any, canary: Canary, designation: str) -> None:
    """Listed, printed, delivered; what cannot be a delivery is refused. `ask` keeps what must be clean."""
    path = f"/v1/designations/{designation}/notices"
    delivery = {
        "form": "mail",
        "delivered_on": clock.today().isoformat(),
        "proof": f"{canary.name} {canary.phone} {canary.reference}",
    }
    notices = ask(ask.both, "GET", path).json["items"]
    assert notices
    for notice in notices:
        address = f"{path}/{notice['id']}"
        assert ask(ask.both, "GET", f"{address}/document").content_type == "application/pdf"
        for change, status in (
            ({}, 201),
            ({"delivered_on": "2020-01-01"}, 422),
            ({"form": canary.name}, 422),
            ({"proof": canary.name + "\n"}, 422),
        ):
            answer = ask(ask.both, "POST", f"{address}/deliveries", json=delivery | change)
            assert answer.status_code == status, answer.text
