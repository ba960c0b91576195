"""What a clerk and an approver type, and where."""

import io
import re
from typing import Any

from werkzeug.test import TestResponse

from registry.demo.people import SyntheticPerson
from tests.console.browsing import Browser, form_token
from tests.support.world import World


def typed(world: World, person: SyntheticPerson | None = None, **changes: str) -> dict[str, str]:
    """The form of a lawful class-2 designation; `changes` replace fields, blank ones are left out."""
    someone = person or world.people.person()
    fields = {
        "kind": "person",
        "name": someone.name,
        "document_type_0": "resident_id",
        "document_number_0": someone.resident_id,
        "ground": "facilitated",
        "decided_on": "2025-03-03",
        "decision_no": world.draft_body(someone)["decision_no"],
        "behaviour_rent": "1",
        "kind_bank_account": "1",
        "item_count": "3",
        "conduct_from": "2025-01-01",
        "conduct_to": "2025-02-01",
        "documents_rows": "1",
        "items_rows": "1",
    }
    return {name: value for name, value in (fields | changes).items() if value}


def drafted(browser: Browser, fields: dict[str, str]) -> str:
    """The path of the page of what was drafted."""
    browser.get("/console/designations/new")
    answer = browser.post("/console/designations", fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def submitted(browser: Browser, fields: dict[str, str]) -> str:
    """Likewise, and submitted."""
    path = drafted(browser, fields)
    act(browser, path, "submit")
    return path


def act(browser: Browser, path: str, to: str, at: str = "", **fields: str) -> TestResponse:
    """Open the page at `path` and send one of its forms, with the version that it shows."""
    page = browser.get(at or path).text
    version = re.search(r'name="version" value="(\d+)"', page)
    sent = {"version": version[1]} if version else {}
    answer = browser.post(f"{path}/{to}", sent | fields)
    if answer.status_code == 303:
        browser.get(path)
    return answer


def id_of(path: str) -> str:
    """The id at the end of the path of a page."""
    return path.rsplit("/", 1)[-1]


def upload(browser: Browser, content: bytes, name: str = "名单.xlsx") -> TestResponse:
    """Send a list through the form."""
    page = browser.get("/console/designation-imports")
    data: dict[str, Any] = {"csrf": form_token(page), "file": (io.BytesIO(content), name)}
    answer = browser.client.post(
        "/console/designation-imports",
        data=data,
        headers={"Accept-Language": browser.lang},
        content_type="multipart/form-data",
    )
    return answer
