"""What the police type, right and wrong, is found in no log, header, address or table afterwards."""

import io
import json
from typing import cast

from registry.access.rules import Role
from registry.config import Config
from tests.api.canary import Canary, dump, found
from tests.api.test_canary import logs  # noqa: F401
from tests.console.browsing import user
from tests.console.police import act, drafted, typed, upload
from tests.imports.list_files import NAME, NUMBER, person_row, table, xlsx
from tests.support.world import World

CANARY = Canary()


def test_what_the_police_type_stays_on_their_pages_and_in_the_sealed_columns(
    world: World,
    config: Config,
    logs: io.TextIOWrapper,  # noqa: F811
) -> None:
    clerk, approver = user(world, "c", Role.CLERK), user(world, "a", Role.APPROVER)
    person = {"name": CANARY.name, "document_number_0": CANARY.number, "evidence_ref": CANARY.reason}
    fields = typed(world, **person)
    path = drafted(clerk, fields)
    answers = [clerk.get(path), clerk.post("/console/designations", fields)]
    assert CANARY.name in answers[0].text  # the page itself tells whom it is about
    for wrong in (
        {"document_number_0": CANARY.wrong_number},
        {"sex": CANARY.name},
        {CANARY.name: CANARY.number},
    ):
        clerk.get("/console/designations/new")
        answers.append(clerk.post("/console/designations/preview", fields | wrong))
        answers.append(clerk.post("/console/designations", fields | wrong))
    answers.append(act(clerk, path, "submit"))
    answers.append(act(approver, path, "approve", f"{path}/review"))
    for sought in (
        {"number": CANARY.number, "type": "resident_id"},
        {"name": CANARY.name},
        {"state": CANARY.name},
    ):
        answers.append(approver.post("/console/designations/search", sought))
    answers.append(act(approver, path, "suspend", **{"reason-suspend": CANARY.reason}))
    answers.append(act(approver, path, "changes", **{"verb": "correct", "reason-correct": CANARY.reason,
                                                     "name-correct": CANARY.name + "氏"}))  # fmt: skip
    row = person_row(world.people.person(), **{NAME: CANARY.name, NUMBER: CANARY.wrong_number})
    answers.append(upload(clerk, xlsx(table([row])), f"{CANARY.name}.xlsx"))
    answers.append(clerk.get("/console/designation-imports"))
    logged = cast(io.BytesIO, logs.buffer).getvalue()
    assert b'"route":"/console/designations/search"' in logged
    assert not found(logged, CANARY)
    for answer in answers:
        headers = [(name, value) for name, value in answer.headers if name != "Set-Cookie"]
        assert not found(json.dumps(headers, ensure_ascii=False), CANARY), answer.request.path
        assert not found(answer.request.url, CANARY)
    for name, content in dump(config.database_url):
        assert not found(content, CANARY), name
