"""schemathesis against the app: every operation, every check, with credentials that fit; no failure.

The engine runs its four phases (examples, coverage, fuzzing, stateful) in this process. The seed is
fixed and nothing is kept between runs, so a failure here is one that anybody can repeat.
"""

from typing import Any

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events

from registry.access.rules import PERMITTED, Permission, Role
from tests.support.world import World

SEED = 20261122
EXAMPLES = 12

# What a well-formed request may get beside 2xx. JSON Schema cannot say that a check digit is wrong, a
# birth impossible or a file no list (422), that the law does not allow a designation or that it is
# not in the state for a verb (409), or which ids exist (404). 401 and 403 are not among them: the
# credentials are good, but for the two operations below.
SEMANTIC = ["2xx", "404", "409", "422"]
MORE = {
    "make_check": ["403"],  # a purpose of another sector
    "enrol": ["401"],  # a code that nobody was given
}


@pytest.fixture
def tokens(world: World) -> dict[str, str]:
    return {
        "partner": world.partner("bank"),
        "police": world.officer("both", Role.CLERK, Role.APPROVER),
        "admin": world.officer("admin", Role.SECURITY_ADMIN),
    }


def credential_for(operation: dict[str, Any]) -> str | None:
    """The kind of credential that `x-permission` asks for."""
    if "x-permission" not in operation:
        return None
    roles = PERMITTED[Permission(operation["x-permission"])]
    if Role.PARTNER in roles:
        return "partner"
    return "admin" if Role.SECURITY_ADMIN in roles else "police"


def configuration(description: dict[str, Any], tokens: dict[str, str]) -> SchemathesisConfig:
    operations = []
    for path, item in description["paths"].items():
        for verb, operation in item.items():
            if verb == "parameters":
                continue
            expected = SEMANTIC + MORE.get(operation.get("operationId", ""), [])
            rule: dict[str, Any] = {
                "include-path": path,
                "include-method": verb.upper(),
                "checks": {"positive_data_acceptance": {"expected-statuses": expected}},
            }
            kind = credential_for(operation)
            if kind:
                rule["headers"] = {"Authorization": f"Bearer {tokens[kind]}"}
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
            },
            "phases": {
                "coverage": {"generate-duplicate-query-parameters": True},
                "stateful": {"max-steps": 6},
            },
            "operations": operations,
        }
    )


def test_every_operation_passes_every_check(world: World, tokens: dict[str, str]) -> None:
    description = dict(world.get(None, "/v1/openapi.json").json)
    config = configuration(description, tokens)
    schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", world.app, config=config)
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
        for nodes in recorder.checks.values():
            for node in nodes:
                checks.add(node.name)
                if node.failure_info is not None:
                    failure = node.failure_info.failure
                    title = f"{failure.operation}: {node.name}: {failure.title}"
                    failures.setdefault(title, f"{failure.message}\n{node.failure_info.code_sample}")
    told = "\n\n".join(f"{title}\n{text}"[:1500] for title, text in sorted(failures.items()))
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
