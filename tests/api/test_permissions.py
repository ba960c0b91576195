"""Who may do what, asked of every route there is: a new route is in here before anybody thinks of it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from registry import clock
from registry.access.models import CredentialRow
from registry.access.rules import (
    OFFICER_ROLES,
    PARTNER_USER_ROLES,
    PERMITTED,
    PartnerKind,
    Permission,
    Role,
)
from registry.api.operation import PERMISSIONS
from registry.appeals.rules import Asks, Capacity, Track
from registry.appeals.submission_rules import Submission
from registry.audit.service import OPERATOR
from registry.console.routing import PERMISSIONS as OF_CONSOLE
from registry.db import transaction
from registry.demo.people import SyntheticPerson
from registry.law.words import Level
from registry.notices.rules import Kind
from tests.api.answers import csv_list, problem
from tests.appeals.appealing import partner_intake
from tests.exposures import exposing
from tests.notices.saying import content
from tests.support.world import World

PUBLIC = {"accounts.enrol", "health.health", "health.ready", "description.openapi", "evidence.list_keys"}
PUBLIC |= {"exposure-files.list_public_exposure_lists", "exposure-files.read_public_exposure_list"}
PUBLIC |= {"exposure-files.read_public_exposure_list_csv", "exposure-files.read_public_exposure_list_xlsx"}
PUBLIC |= {"exposure-files.list_exposure_withdrawals", "exposure-files.read_exposure_feed"}
"""Operations that anybody may call."""

PAGES = {"docs.home", "docs.swagger", "docs.static", "docs.problem_page", "metrics.metrics"}
PAGES |= {"public.home", "public.static", "public.appeals", "public.appeal_status"}
PAGES |= {"public.appeal_designation", "public.appeal_partner"}
PAGES |= {"front", "public.exposure_lists", "public.exposure_list", "public.verify", "public.verified"}
PAGES |= {"console.static"} | OF_CONSOLE.keys()
"""Routes that are no operations of the API: pages – those of the console have a test of their own – and the
metrics with a guard of their own."""

EVERYWHERE = {
    Permission.ACCOUNT_READ,
    Permission.ACCOUNT_MANAGE,
    Permission.CALENDAR_READ,
    Permission.CALENDAR_MANAGE,
}
"""Accounts are the business of the security administrator, whatever organisation they belong to; working days
are the same for all."""


def undeclared(app: Flask) -> list[str]:
    """Routes that nobody has decided about."""
    return [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint not in PERMISSIONS.keys() | PAGES]


def routes(app: Flask) -> Iterator[tuple[Rule, str, Permission | None]]:
    """Every operation with its method and permission."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PERMISSIONS:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, PERMISSIONS[rule.endpoint]


class Others:
    """Another city's police and another bank, with one of everything that a route can name."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.city = world.authority("大同市公安局", "140200", Level.CITY)
        clerk = world.officer("other-clerk", Role.CLERK, authority=self.city)
        bank = world.services.access.add_partner(OPERATOR, "另一银行", PartnerKind.BANK, "140200")
        idle = world.services.access.add_officer(OPERATOR, self.city, "other-idle", {Role.CLERK})
        person = world.people.person()
        check = world.post(bank.secret, "/v1/checks", world.check_body(person.name, person.resident_id))
        draft = world.post(clerk, "/v1/designations", world.draft_body())
        upload = world.http.post(
            "/v1/designation-imports",
            data={"file": (csv_list(world), "list.csv")},
            headers={"Authorization": f"Bearer {clerk}"},
        )
        rescreen = world.http.post(
            "/v1/rescreens?purpose=review_existing_customer",
            data=b"{}\n",
            content_type="application/x-ndjson",
            headers={"Authorization": f"Bearer {bank.secret}"},
        )
        assert (check.status_code, draft.status_code, upload.status_code) == (201, 201, 201)
        assert rescreen.status_code == 202
        self.clerk = clerk
        listed = world.people.person()
        change_id, resolution_id = self._changed(listed)
        self.ids = {
            "change_id": change_id,
            "resolution_id": resolution_id,
            "appeal_id": self._appealed(bank.id),
            "submission_id": self._submitted(),
            "check_id": check.json["id"],
            "designation_id": draft.json["id"],
            "notice_id": self.notice(draft.json["id"]),
            "import_id": upload.json["id"],
            "rescreen_id": rescreen.json["id"],
            "account_id": idle.id,
            "credential_id": idle.credential,
            "officer_id": idle.id,
            "partner_id": bank.id,
            "year": "2027",
        } | self._exposed()

    def _exposed(self) -> dict[str, str]:
        """A draft of an exposure list, and its row."""
        approver = self.world.officer("other-approver", Role.APPROVER, authority=self.city)
        drafted = self.world.post(self.clerk, "/v1/designations", exposing.exposable(self.world)).json["id"]
        for token, verb in ((self.clerk, "submit"), (approver, "approve")):
            assert self.world.post(token, f"/v1/designations/{drafted}/{verb}").status_code == 200
        listed = self.world.post(self.clerk, "/v1/exposure-lists", exposing.list_body(drafted))
        entries = self.world.get(self.clerk, f"/v1/exposure-lists/{listed.json['id']}/entries").json["items"]
        return {"list_id": listed.json["id"], "entry_id": entries[0]["id"]}

    def _changed(self, person: SyntheticPerson) -> tuple[str, str]:
        """A proposed change and a recorded name mismatch."""
        approver = self.world.officer("other-approver", Role.APPROVER, authority=self.city)
        drafted = self.world.post(self.clerk, "/v1/designations", self.world.draft_body(person)).json["id"]
        path = f"/v1/designations/{drafted}"
        for token, verb in ((self.clerk, "submit"), (approver, "approve")):
            assert self.world.post(token, f"{path}/{verb}").status_code == 200
        proposed = self.world.post(self.clerk, f"{path}/revoke", REASON)
        mismatch = RESOLUTION | {"document": {"type": "resident_id", "number": person.resident_id}}
        recorded = self.world.post(self.clerk, "/v1/resolutions", mismatch)
        assert (proposed.status_code, recorded.status_code) == (202, 201)
        return proposed.json["change"], recorded.json["id"]

    def notice(self, designation_id: str) -> str:
        with transaction() as session:
            return self.world.services.notices.draft(
                session, OPERATOR, designation_id, Kind.RELEASE, content(Kind.RELEASE)
            )

    def _appealed(self, partner_id: str) -> str:
        """An appeal that was forwarded to their bank."""
        body = partner_intake(self.world, partner_id=partner_id)
        appeal = self.world.post(self.clerk, "/v1/appeals", body)
        forwarded = self.world.post(self.clerk, f"/v1/appeals/{appeal.json['id']}/forward")
        assert (appeal.status_code, forwarded.status_code) == (201, 200)
        return str(appeal.json["id"])

    def _submitted(self) -> str:
        """What somebody submitted to their police through the public form."""
        someone = self.world.people.person()
        submission = Submission(
            track=Track.DESIGNATION,
            authority_id=self.city,
            name=someone.name,
            type="resident_id",
            number=someone.resident_id,
            capacity=Capacity.SUBJECT,
            representative=None,
            contact="0352-1",
            grounds="错",
            asks=Asks.REVOKE,
        )
        self.world.services.submissions.submit(submission, "")
        (item,) = self.world.get(self.clerk, "/v1/appeal-submissions").json["items"]
        return str(item["id"])

    def ask(self, token: str | None, rule: Rule, method: str, **headers: str) -> TestResponse:
        """The route, for one of their things, without a body: whoever may not pass is told so before."""
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(rf"<[^<>]*\b{name}>", self.ids[name], path)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.world.http.open(path, method=method, headers=headers, json=BODIES.get(rule.endpoint))


REASON = {"reason": "错"}
RESOLUTION = {"name": "某某", "outcome": "another_person", "note": "核对原件"}
BODIES: dict[str, Any] = {
    "designations.reject_designation": REASON,
    "designation-changes.suspend_designation": REASON,
    "designation-changes.resume_designation": REASON,
    "designation-changes.vary_designation": REASON | {"ends_on": "2026-01-01"},
    "designation-changes.revoke_designation": REASON,
    "designation-changes.repair_credit": REASON,
    "designation-changes.correct_designation": REASON | {"birth_on": "1990-01-01"},
    "designation-changes.reject_change": REASON,
    "designation-imports.reject_import": REASON,
    "designation-imports.recall_import": REASON,
    "designation-imports.reject_recall": REASON,
    "resolutions.resolve_check": RESOLUTION | {"party": 0},
    "resolutions.reject_resolution": REASON,
    "notices.record_delivery": {"form": "mail", "delivered_on": "2026-11-22", "proof": "EMS 1"},
    "appeals.refuse_appeal": REASON,
    "appeals.pause_appeal": REASON,
    "appeals.decide_appeal": REASON | {"outcome": "dismissed"},
    "appeals.reject_decision": REASON,
    "appeals.withdraw_appeal": REASON,
    "appeal-submissions.take_in_submission": {"designation_id": "dsg_" + "0" * 26},
    "appeal-submissions.set_aside_submission": {"reason": "repeated"},
    "exposure-lists.draft_exposure_list": exposing.list_body("dsg_" + "0" * 26),
    "exposure-lists.reject_exposure_list": REASON,
    "exposure-lists.withdraw_exposure_list": REASON,
    "exposure-lists.withdraw_exposure_entry": REASON,
    "forwarded-appeals.answer_appeal": REASON | {"outcome": "dismissed", "channel": "柜台", "papers": []},
    "accounts.rotate_credential": {},
}


# -- no route escapes the table --------------------------------------------------------------------


def test_every_route_has_a_declared_permission(app: Flask) -> None:
    assert undeclared(app) == []


def test_a_route_without_one_is_found(app: Flask) -> None:
    app._got_first_request = False
    app.add_url_rule("/v1/forgotten", "forgotten", lambda: "")
    assert undeclared(app) == ["/v1/forgotten"]


def test_only_these_operations_need_no_permission() -> None:
    assert {endpoint for endpoint, permission in PERMISSIONS.items() if permission is None} == PUBLIC


def test_every_permission_is_given_to_somebody_and_used_by_some_route() -> None:
    assert set(PERMITTED) == set(Permission)
    assert all(PERMITTED.values())
    used = {permission for permission in (PERMISSIONS | OF_CONSOLE).values() if permission}
    assert used == set(Permission)


def test_reading_the_log_and_running_the_system_open_no_data() -> None:
    granted = {
        role: {permission for permission, roles in PERMITTED.items() if role in roles}
        for role in (Role.AUDITOR, Role.SYSTEM_ADMIN)
    }
    both = {Permission.SELF_READ, Permission.CALENDAR_READ}
    # Hashes and signatures, acts without their secret part, and answers told again, which name nobody.
    log = {Permission.LOG_PROVE, Permission.LOG_READ}
    assert granted[Role.AUDITOR] == both | log | {Permission.EVIDENCE_ASK}
    assert granted[Role.SYSTEM_ADMIN] == both | {Permission.CALENDAR_MANAGE, Permission.SYSTEM_READ}


# -- the matrix ------------------------------------------------------------------------------------


@pytest.fixture
def others(world: World) -> Others:
    return Others(world)


def test_every_kind_of_thing_in_a_path_has_an_example_of_another_organisation(
    app: Flask, others: Others
) -> None:
    named = {name for rule, _, _ in routes(app) for name in rule.arguments}
    assert named == others.ids.keys()


@pytest.mark.parametrize("role", sorted(set(Role) - PARTNER_USER_ROLES))
def test_a_role_passes_where_the_table_says_and_never_to_another_organisations_thing(
    app: Flask, world: World, others: Others, role: Role
) -> None:
    token = world.partner("bank") if role is Role.PARTNER else world.officer("asker", role)
    world.seal()
    for rule, method, permission in routes(app):
        answer = others.ask(token, rule, method)
        where = f"{role} {method} {rule.rule}: {answer.status_code}"
        if permission is None:
            # A list that nobody published is none to the public.
            assert answer.status_code != 403 and (answer.status_code == 404) is bool(rule.arguments), where
        elif role not in PERMITTED[permission]:
            body = problem(answer, 403, "forbidden")
            assert body["permission"] == permission, where
        elif rule.arguments and permission not in EVERYWHERE:
            problem(answer, 404, "not-found")
        else:
            assert answer.status_code in (200, 201, 415, 422), where


def test_another_organisations_thing_and_none_at_all_look_the_same(
    app: Flask, world: World, others: Others
) -> None:
    tokens = {
        Role.PARTNER: world.partner("bank"),
        Role.CLERK: world.clerk,
        Role.APPROVER: world.approver,
        Role.APPEAL_OFFICER: world.officer("judge", Role.APPEAL_OFFICER),
        Role.PUBLISHER: world.officer("publisher", Role.PUBLISHER),
    }
    for rule, method, permission in routes(app):
        if permission is None or not rule.arguments or permission in EVERYWHERE:
            continue
        token = next(token for role, token in tokens.items() if role in PERMITTED[permission])
        theirs = problem(others.ask(token, rule, method), 404)
        others_ids, others.ids = others.ids, dict.fromkeys(others.ids, "dsg_" + "0" * 26)
        nobodys = problem(others.ask(token, rule, method), 404)
        others.ids = others_ids
        assert theirs | {"instance": ""} == nobodys | {"instance": ""}, rule.rule


CREDENTIALS = [
    "none",
    "garbage",
    "other scheme",
    "revoked",
    "expired",
    "disabled officer",
    "suspended partner",
]


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_no_route_opens_for_a_credential_that_is_none(
    app: Flask, world: World, others: Others, credential: str
) -> None:
    header = {"Authorization": authorization(world, credential)}
    if credential == "none":
        header = {}
    for rule, method, permission in routes(app):
        answer = others.ask(None, rule, method, **header)
        if permission is None:
            assert answer.status_code != 403, rule.rule
        else:
            problem(answer, 401, "unauthenticated")
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def authorization(world: World, credential: str) -> str:
    access = world.services.access
    if credential == "disabled officer":
        roles = OFFICER_ROLES - {Role.AUDITOR, Role.SYSTEM_ADMIN}
        officer = access.add_officer(OPERATOR, world.city, credential, roles)
        access.disable_officer(OPERATOR, officer.id)
        return f"Bearer {officer.secret}"
    if credential == "suspended partner":
        partner = access.add_partner(OPERATOR, "停业银行", PartnerKind.BANK, "140900")
        access.suspend_partner(OPERATOR, partner.id)
        return f"Bearer {partner.secret}"
    officer = access.add_officer(OPERATOR, world.city, credential, {Role.CLERK, Role.APPROVER})
    if credential == "revoked":
        access.revoke(OPERATOR, officer.credential)
    if credential == "expired":
        with transaction() as session:
            session.execute(
                update(CredentialRow)
                .where(CredentialRow.id == officer.credential)
                .values(expires_at=clock.now())
            )
    if credential == "other scheme":
        return f"Basic {officer.secret}"
    return "Bearer garbage" if credential == "garbage" else f"Bearer {officer.secret}"


def test_an_unknown_a_revoked_and_an_expired_token_get_one_answer(world: World) -> None:
    answers = []
    for credential in ("garbage", "revoked", "expired", "disabled officer", "suspended partner"):
        answer = world.http.get("/v1/me", headers={"Authorization": authorization(world, credential)})
        problem(answer, 401)
        headers = {name: value for name, value in answer.headers if name != "X-Request-Id"}
        answers.append((answer.json | {"instance": ""}, headers))
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "bearer\t", "Bearer  x", "x", "Bearer \udcff", "Bearer 令牌", "Bearer a b"],
)
def test_a_malformed_authorization_is_401_and_nothing_else(world: World, header: str) -> None:
    raw = header.encode("utf-8", "surrogateescape").decode("latin-1")
    answer = world.http.get("/v1/me", environ_overrides={"HTTP_AUTHORIZATION": raw})
    problem(answer, 401, "unauthenticated")


def test_a_token_is_no_enrolment_code_and_a_code_no_token(world: World) -> None:
    problem(world.post(None, "/v1/enrolments", {"code": world.clerk}), 401, "unauthenticated")
    assert world.get(world.clerk, "/v1/me").status_code == 200


# -- other organisations, beyond the path ----------------------------------------------------------


def test_lists_and_searches_show_nothing_of_another_city(world: World, others: Others) -> None:
    theirs = world.get(others.clerk, f"/v1/designations/{others.ids['designation_id']}").json
    document = theirs["subject"]["documents"][0]
    mine = world.draft(world.draft_body())
    listed = world.get(world.clerk, "/v1/designations").json["items"]
    assert [each["id"] for each in listed] == [mine]
    assert world.get(world.clerk, f"/v1/designations?import={others.ids['import_id']}").json["items"] == []
    for body in (
        {"document": document},
        {"name": theirs["subject"]["name"]},
        {"decision_no": theirs["decision_no"]},
    ):
        assert world.post(others.clerk, "/v1/designations/search", body).json["items"], body
        found = world.post(world.clerk, "/v1/designations/search", body).json["items"]
        assert others.ids["designation_id"] not in [each["id"] for each in found]


def test_a_designation_cannot_be_linked_to_one_of_another_city(world: World, others: Others) -> None:
    """What belongs to another city is answered exactly like what does not exist."""
    answers = []
    for designation_id in (others.ids["designation_id"], "dsg_" + "0" * 26):
        response = world.post(world.clerk, "/v1/designations", world.draft_body(linked_to=designation_id))
        problem(response, 422)
        answers.append({k: v for k, v in response.json.items() if k != "instance"})
    assert answers[0] == answers[1]
    assert answers[0]["errors"][0]["pointer"] == "/linked_to"


def test_a_higher_authority_sees_below_and_a_lower_one_not_above(world: World) -> None:
    province = world.officer("p", Role.CLERK, authority=world.province)
    county_id = world.authority("某县公安局", "140921", Level.COUNTY)
    county = world.officer("c", Role.CLERK, authority=county_id)
    mine = f"/v1/designations/{world.draft(world.draft_body())}"
    assert world.get(province, mine).status_code == 200
    problem(world.get(county, mine), 404)


# -- four eyes -------------------------------------------------------------------------------------


@pytest.fixture
def three(world: World) -> list[str]:
    """Three officers, each of them clerk and approver."""
    return [world.officer(login, Role.CLERK, Role.APPROVER) for login in ("甲", "乙", "丙")]


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_nobody_decides_on_a_designation_they_drafted_or_submitted(
    world: World, three: list[str], verb: str
) -> None:
    drafter, submitter, third = three
    person = world.people.person()
    path = "/v1/designations/" + world.post(drafter, "/v1/designations", world.draft_body(person)).json["id"]
    assert world.post(submitter, f"{path}/submit").status_code == 200
    reason = {"reason": "材料不齐"} if verb == "reject" else None
    for officer in (drafter, submitter):
        problem(world.post(officer, f"{path}/{verb}", reason), 403, "four-eyes")
        assert world.get(third, path).json["state"] == "submitted"
    assert world.ask("bank", "open_bank_account", person)["direction"] == "proceed"
    decided = world.post(third, f"{path}/{verb}", reason)
    assert decided.json["state"] == ("in_force" if verb == "approve" else "rejected")


def test_one_person_alone_never_gets_a_designation_through_not_even_with_a_second_token(
    world: World, three: list[str]
) -> None:
    alone = three[0]
    path = "/v1/designations/" + world.post(alone, "/v1/designations", world.draft_body()).json["id"]
    world.post(alone, f"{path}/submit")
    me = world.get(alone, "/v1/me").json["id"]
    second = world.services.access.rotate(OPERATOR, me).secret
    for token in (alone, second):
        problem(world.post(token, f"{path}/approve", Idempotency_Key="k"), 403, "four-eyes")


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_nobody_decides_on_a_list_they_uploaded_or_submitted(
    world: World, three: list[str], verb: str
) -> None:
    uploader, submitter, third = three
    uploaded = world.http.post(
        "/v1/designation-imports",
        data={"file": (csv_list(world), "list.csv")},
        headers={"Authorization": f"Bearer {uploader}"},
    )
    path = f"/v1/designation-imports/{uploaded.json['id']}"
    submitted = world.post(submitter, f"{path}/submit")
    assert submitted.status_code == 200, uploaded.json
    reason = {"reason": "材料不齐"} if verb == "reject" else None
    for officer in (uploader, submitter):
        problem(world.post(officer, f"{path}/{verb}", reason), 403, "four-eyes")
        assert world.get(third, path).json["state"] == "submitted"
        assert world.get(third, "/v1/designations").json["items"] == []
    decided = world.post(third, f"{path}/{verb}", reason)
    assert decided.json["state"] == ("released" if verb == "approve" else "rejected")


def test_a_list_cannot_be_used_to_approve_what_one_drafted_alone(world: World, three: list[str]) -> None:
    """Upload, submit and approve by one officer with both roles: refused at the last step."""
    alone = three[0]
    uploaded = world.http.post(
        "/v1/designation-imports",
        data={"file": (csv_list(world), "list.csv")},
        headers={"Authorization": f"Bearer {alone}"},
    )
    path = f"/v1/designation-imports/{uploaded.json['id']}"
    assert world.post(alone, f"{path}/submit").status_code == 200
    problem(world.post(alone, f"{path}/approve"), 403, "four-eyes")
