"""The description is valid, whole and true; its page loads nothing from elsewhere."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from flask import Flask

from registry.access.rules import Permission
from tests.support.world import World

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERBS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@pytest.fixture
def description(world: World) -> dict[str, Any]:
    response = world.get(None, "/v1/openapi.json")
    assert response.status_code == 200
    return dict(response.json)


@pytest.fixture
def database_url(sqlite_template: Any, tmp_path: Any) -> str:
    """The description does not depend on the database: SQLite alone will do."""
    return f"sqlite:///{tmp_path / 'registry.sqlite3'}"


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        for verb in VERBS & item.keys():
            yield path, verb, item[verb]


def nested(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside `value`."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nested(inner)


def test_the_description_is_valid_openapi_3_1(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1.")
    schemathesis.openapi.from_dict(description).validate()


def test_every_schema_is_valid_json_schema_and_every_reference_leads_somewhere(
    description: dict[str, Any],
) -> None:
    for name, schema in description["components"]["schemas"].items():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
        assert schema, name
    for each in nested(description):
        if isinstance(reference := each.get("$ref"), str):
            found: Any = description
            for step in reference.removeprefix("#/").split("/"):
                assert step in found, reference
                found = found[step]


def test_patterns_mean_the_same_to_every_reader(description: dict[str, Any]) -> None:
    """JSON Schema has ECMA's patterns: Python's `\\Z` is a plain Z there, and refuses what we accept."""
    foreign = [
        each["pattern"] for each in nested(description) if re.search(r"\\[AZ]", str(each.get("pattern")))
    ]
    assert not foreign


def test_paths_and_methods_are_those_of_the_url_map(app: Flask, description: dict[str, Any]) -> None:
    served = {
        (re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule.rule), verb.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/") or rule.rule in ("/healthz", "/readyz") or _is_public_file(rule.rule)
        for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, verb) for path, verb, _ in operations(description)} == served


def _is_public_file(path: str) -> bool:
    """What the public's programs read, as against pages and what belongs to them."""
    return path.startswith("/public/exposure-") and path.endswith((".json", ".csv", ".xlsx", ".atom"))


def test_every_operation_says_its_name_its_purpose_and_who_may(description: dict[str, Any]) -> None:
    assert description["security"]
    known = description["components"]["securitySchemes"]
    assert all(scheme in known for each in description["security"] for scheme in each)
    names = []
    for path, verb, operation in operations(description):
        where = f"{verb} {path}"
        names.append(operation.get("operationId"))
        assert operation.get("operationId"), where
        assert operation.get("summary", "").strip(), where
        public = operation.get("security") == []
        permission = operation.get("x-permission")
        assert public or permission in set(Permission), where
        assert not (public and permission), where
    assert len(set(names)) == len(names)


def test_every_operation_names_its_path_values_and_answers_errors_as_problems(
    description: dict[str, Any],
) -> None:
    for path, verb, operation in operations(description):
        declared = description["paths"][path].get("parameters", []) + operation.get("parameters", [])
        in_path = {each["name"] for each in declared if each["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path)), path
        assert "default" in operation["responses"], f"{verb} {path}"
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for name, response in description["components"]["responses"].items():
        assert response["content"] == problem, name


def test_the_slip_is_a_page_a_notice_a_pdf_a_bulk_result_lines_and_every_other_answer_json(
    description: dict[str, Any],
) -> None:
    kinds = {
        operation["operationId"]: operation["responses"][status]["content"].keys()
        for _, _, operation in operations(description)
        for status in operation["responses"].keys() & {"200", "201", "202"}
    }
    assert kinds.keys() == {operation["operationId"] for _, _, operation in operations(description)}
    assert kinds.pop("read_slip") == {"text/html"}
    assert kinds.pop("read_notice_document") == {"application/pdf"}
    assert kinds.pop("read_rescreen_result") == {"application/x-ndjson", "text/csv"}
    assert kinds.pop("preview_exposure_list") == {"text/html"}
    assert kinds.pop("read_public_exposure_list_csv") == {"text/csv"}
    assert kinds.pop("read_public_exposure_list_xlsx") == {XLSX}
    assert kinds.pop("read_exposure_feed") == {"application/atom+xml"}
    assert all(kind == {"application/json"} for kind in kinds.values()), kinds


def test_objects_of_requests_refuse_unknown_fields(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    seen: set[str] = set()

    def look(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        for each in nested(schemas[name]):
            if each.get("type") == "object":
                assert each.get("additionalProperties") is False, name
            if reference := each.get("$ref"):
                look(reference.rsplit("/", 1)[1])

    for _, _, operation in operations(description):
        json_body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if json_body:
            look(json_body["schema"]["$ref"].rsplit("/", 1)[1])
    assert {"Check", "Party", "Document", "DesignationDraft", "Conduct"} <= seen


# -- the page --------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page loads, and what it brings along inline."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.inline: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.loads += [values[name] for name in ("src", "href", "action", "data") if name in values]
        self.inline += [name for name in values if name == "style" or name.startswith("on")]
        if tag == "script" and "src" not in values:
            self.inline.append(tag)
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style") and data.strip():
            self.inline.append(self._inside)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


@pytest.mark.parametrize("path", ["/docs", "/problems/not-lawful"])
def test_a_page_loads_only_from_here_and_has_nothing_inline(world: World, path: str) -> None:
    response = world.get(None, path)
    assert response.status_code == 200
    assert response.mimetype == "text/html"
    page = Page()
    page.feed(response.text)
    assert page.loads
    assert not page.inline
    assert not re.search(r"(?i)https?:|[\"'(]//", response.text)
    for address in page.loads:
        assert address.startswith("/")
        part = world.get(None, address)
        assert part.status_code == 200, address
        assert part.headers["X-Content-Type-Options"] == "nosniff"
        if part.mimetype == "text/css":
            assert not re.search(r"(?i)@import|url\(\s*[\"']?(?:https?:)?//", part.text), address


def test_the_page_asks_its_own_server_for_the_description(world: World) -> None:
    script = world.get(None, "/static/docs.js").text
    assert "/v1/openapi.json" in script
    assert not re.search(r"https?://", script)


@pytest.mark.parametrize(
    "path", ["/docs", "/problems/not-lawful", "/v1/openapi.json", "/healthz", "/nowhere"]
)
def test_every_answer_carries_a_strict_policy(world: World, path: str) -> None:
    headers = world.get(None, path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert set(" ".join(policy.values()).split()) <= {"'none'", "'self'", "data:"}
    assert "data:" not in policy.get("script-src", "") + policy.get("style-src", "")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
