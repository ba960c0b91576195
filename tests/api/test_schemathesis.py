"""schemathesis over HTTP: every operation, every check, with credentials that fit; no failure.

The engine runs its four phases (examples, coverage, fuzzing, stateful) in this process. The seed is
fixed and nothing is kept between runs, so a failure here is one that anybody can repeat.
"""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from werkzeug.serving import make_server

from registry.access.rules import PERMITTED, Permission, Role
from tests.support.world import World

SEED = 20261122
EXAMPLES = 12

# What a well-formed request may get beside 2xx. JSON Schema cannot say that a check digit is wrong, a
# birth impossible or a file no list (422), that the law does not allow a designation or that it is
# not in the state for a verb (409), or which ids exist (404). 401 and 403 are not among them: the
# credentials are good, but for the two operations below.
SEMANTIC = ["2xx", "404", "409", "422"]
IF_MATCH = ("submit", "approve", "reject", "suspend", "resume", "vary", "correct", "revoke")
MORE = {
    "make_check": ["403"],  # a purpose of another sector
    "start_rescreen": ["403"],  # likewise
    "enrol": ["401"],  # a code that nobody was given
    # An If-Match may be any text; what names no version of this designation is rightly refused.
    **{f"{verb}_designation": ["412"] for verb in IF_MATCH},
    "repair_credit": ["412"],
}


@schemathesis.serializer("application/x-ndjson")
def _ndjson(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture
def tokens(world: World) -> dict[Role, str]:
    return {
        Role.PARTNER: world.partner("bank"),
        Role.CLERK: world.clerk,
        Role.APPROVER: world.approver,
        Role.APPEAL_OFFICER: world.officer("judge", Role.APPEAL_OFFICER),
        Role.SECURITY_ADMIN: world.officer("admin", Role.SECURITY_ADMIN),
        Role.PUBLISHER: world.officer("publisher", Role.PUBLISHER),
        Role.AUDITOR: world.officer("auditor", Role.AUDITOR),
        Role.SYSTEM_ADMIN: world.officer("system", Role.SYSTEM_ADMIN),
    }


@pytest.fixture
def server(world: World) -> Iterator[str]:
    """The app behind HTTP: the engine of schemathesis 4.32 cannot follow links in a WSGI app."""
    running = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


def credential_for(operation: dict[str, Any], tokens: dict[Role, str]) -> str | None:
    """The first credential that `x-permission` admits; what the clerk drafts the approver decides on."""
    if "x-permission" not in operation:
        return None
    roles = PERMITTED[Permission(operation["x-permission"])]
    return next(token for role, token in tokens.items() if role in roles)


def configuration(description: dict[str, Any], tokens: dict[Role, str]) -> SchemathesisConfig:
    operations = []
    for path, item in description["paths"].items():
        for verb, operation in item.items():
            if verb == "parameters":
                continue
            expected = SEMANTIC + MORE.get(operation.get("operationId", ""), [])
            rule: dict[str, Any] = {
                "include-name": f"{verb.upper()} {path}",
                "checks": {"positive_data_acceptance": {"expected-statuses": expected}},
            }
            if token := credential_for(operation, tokens):
                rule["headers"] = {"Authorization": f"Bearer {token}"}
            operations.append(rule)
    return SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "continue-on-failure": True,
            "suppress-health-check": ["all"],
            "generation": {
                "mode": "all",
                "max-examples": EXAMPLES,
                "deterministic": True,
                "database": "none",
                "no-shrink": True,
                # NUL is refused as unreadable (400) wherever it stands, which no schema here repeats for
                # every text; test_bad_bodies.py sends it everywhere.
                "allow-x00": False,
                "with-security-parameters": False,
            },
            "phases": {
                "coverage": {"generate-duplicate-query-parameters": True},
                "stateful": {"max-steps": 6},
            },
            "operations": operations,
        }
    )


def test_every_operation_passes_every_check(world: World, tokens: dict[Role, str], server: str) -> None:
    description = dict(world.get(None, "/v1/openapi.json").json)
    config = configuration(description, tokens)
    schema = schemathesis.openapi.from_url(f"{server}/v1/openapi.json", config=config)
    seen: dict[str, set[int]] = {}
    checks: set[str] = set()
    failures: dict[str, str] = {}
    for event in engine.from_schema(schema).execute():
        assert not isinstance(event, events.FatalError), event
        if isinstance(event, events.NonFatalError):
            failures.setdefault(f"{event.label}: {event.value!r}", "")
        if not isinstance(event, events.ScenarioFinished):
            continue
        recorder = event.recorder
        for case_id, interaction in recorder.interactions.items():
            if interaction.response is not None and case_id in recorder.cases:
                label = recorder.cases[case_id].value.operation.label
                seen.setdefault(label, set()).add(interaction.response.status_code)
        for case_id, nodes in recorder.checks.items():
            for node in nodes:
                checks.add(node.name)
                if node.failure_info is not None:
                    failure = node.failure_info.failure
                    title = f"{failure.operation}: {node.name}: {failure.title}"
                    answer = recorder.interactions[case_id].response
                    status = answer.status_code if answer is not None else "no answer"
                    text = f"{failure.message}\n{node.failure_info.code_sample}\ngot {status}"
                    failures.setdefault(title, text)
    told = "\n\n".join(f"{title}\n{text}"[:1200] for title, text in sorted(failures.items()))
    assert not failures, f"{len(failures)} failures\n\n{told}"

    documented = {
        f"{verb.upper()} {path}"
        for path, item in description["paths"].items()
        for verb in item
        if verb != "parameters"
    }
    assert seen.keys() == documented
    assert not [label for label, statuses in seen.items() if max(statuses) >= 500]
    assert {"positive_data_acceptance", "negative_data_rejection", "unsupported_method"} <= checks
    assert checks <= set(CHECKS.get_all_names())

    # Nothing was tried in vain with a credential that a run had revoked on its way.
    for token in tokens.values():
        assert world.get(token, "/v1/me").status_code == 200
