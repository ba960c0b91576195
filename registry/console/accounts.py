"""`/console/accounts`: officers, partners, their credentials and the keys, for the security administrator."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Response, request, url_for

from registry.access.accounts import Institution, Person
from registry.access.rules import OFFICER_ROLES, SEPARATED, PartnerKind, Permission, Role
from registry.access.service import Credential
from registry.api.operation import officer, services
from registry.api.respond import language
from registry.clock import BEIJING, now
from registry.console import words
from registry.console.pages import go_to, page, said
from registry.console.routing import fields, route
from registry.errors import Conflict, Invalid, NotFound
from registry.screening.wording import day_words
from registry.text import Text

PAGE = 30

_OFFICER = "/accounts/officers/<string(length=30):officer_id>"
_PARTNER = "/accounts/partners/<string(length=30):partner_id>"
_USER = f"{_PARTNER}/people/<string(length=30):user_id>"
_OVERLAPS = {"24": 24, "0": 0, "168": 168}
_FIELDS = {"invalid-name": "name", "login-exists": "name", "partner-exists": "name", "invalid-area": "area"}

# -- officers --------------------------------------------------------------------------------------


@route("GET", "/accounts/officers", Permission.ACCOUNT_READ)
def list_officers() -> Response:
    """Everybody, the newest first, and the form for one more."""
    return _officers()


@route("POST", "/accounts/officers", Permission.ACCOUNT_MANAGE)
def add_officer() -> Response:
    """One more; the code, and outside production the token, are shown this once."""
    typed, actor = fields(), officer().actor
    roles = {role for role in OFFICER_ROLES - SEPARATED if typed.get(f"role-{role}")}
    roles |= {role for role in SEPARATED if role == typed.get("separated")}
    authorities = {each.id for each in services().access.authorities().values()}
    faults: dict[str, Text] = {}
    if typed.get("authority") not in authorities:
        faults["authority"] = _NO_AUTHORITY
    if not roles:
        faults["roles"] = _NO_ROLE
    if faults:
        return _officers(typed, faults)
    try:
        issued = services().access.add_officer(actor, typed["authority"], typed.get("name", ""), roles)
    except (Invalid, Conflict) as refused:
        return _officers(typed, {_FIELDS.get(refused.slug, "roles"): refused.sentence})
    shown = [(_CODE if services().config.production else _TOKEN, issued.secret, issued.expires_at)]
    if not services().config.production:
        code = services().accounts.renew_code(actor, issued.id)
        shown.insert(0, (_CODE, code.secret, code.expires_at))
    return _secrets(typed["name"], url_for("console.show_officer", officer_id=issued.id), *shown)


@route("GET", _OFFICER, Permission.ACCOUNT_READ)
def show_officer(officer_id: str) -> Response:
    """One account with its credentials."""
    person = services().accounts.officer(officer_id)
    return page(
        "accounts/officer.html",
        person=_person(person),
        credentials=[_credential(each) for each in services().access.credentials(officer_id)],
        overlaps=said(_OVERLAP_WORDS),
        own=officer_id == officer().id,
        production=services().config.production,
    )


@route("POST", f"{_OFFICER}/code", Permission.ACCOUNT_MANAGE)
def renew_officer_code(officer_id: str) -> Response:
    """A new enrolment code."""
    person = services().accounts.officer(officer_id)
    issued = services().accounts.renew_code(officer().actor, officer_id)
    back = url_for("console.show_officer", officer_id=officer_id)
    return _secrets(person.login, back, (_CODE, issued.secret, issued.expires_at))


@route("POST", f"{_OFFICER}/disable", Permission.ACCOUNT_MANAGE)
def disable_officer(officer_id: str) -> Response:
    """No token and no session of theirs works any more."""
    services().access.disable_officer(officer().actor, officer_id)
    return go_to("console.show_officer", officer_id=officer_id)


@route("POST", f"{_OFFICER}/unlock", Permission.ACCOUNT_MANAGE)
def unlock_officer(officer_id: str) -> Response:
    """Somebody who was locked out may try again."""
    services().accounts.unlock(officer().actor, officer_id)
    return go_to("console.show_officer", officer_id=officer_id)


@route("POST", f"{_OFFICER}/sign-out", Permission.ACCOUNT_MANAGE)
def sign_officer_out(officer_id: str) -> Response:
    """Every session of theirs ends."""
    services().accounts.sign_out(officer().actor, officer_id)
    return go_to("console.show_officer", officer_id=officer_id)


@route("POST", f"{_OFFICER}/token", Permission.ACCOUNT_MANAGE)
def rotate_officer_token(officer_id: str) -> Response:
    """A new token, in production a code for one; the old ones go on for the overlap."""
    person = services().accounts.officer(officer_id)
    issued = services().access.rotate(officer().actor, officer_id, _overlap())
    name = _CODE if services().config.production else _TOKEN
    back = url_for("console.show_officer", officer_id=officer_id)
    return _secrets(person.login, back, (name, issued.secret, issued.expires_at))


@route("POST", f"{_OFFICER}/revoke", Permission.ACCOUNT_MANAGE)
def revoke_officer_credential(officer_id: str) -> Response:
    """End one of their credentials, at once."""
    _revoke(officer_id)
    return go_to("console.show_officer", officer_id=officer_id)


# -- partners --------------------------------------------------------------------------------------


@route("GET", "/accounts/partners", Permission.ACCOUNT_READ)
def list_partners() -> Response:
    """Everybody, the newest first, and the form for one more."""
    return _partners()


@route("POST", "/accounts/partners", Permission.ACCOUNT_MANAGE)
def add_partner() -> Response:
    """One more; its token is shown this once."""
    typed = fields()
    if typed.get("kind") not in set(PartnerKind):
        return _partners(typed, {"kind": _NO_KIND})
    try:
        issued = services().access.add_partner(
            officer().actor, typed.get("name", ""), PartnerKind(typed["kind"]), typed.get("area", "")
        )
    except (Invalid, Conflict) as refused:
        return _partners(typed, {_FIELDS[refused.slug]: refused.sentence})
    back = url_for("console.show_partner", partner_id=issued.id)
    return _secrets(typed["name"], back, (_TOKEN, issued.secret, issued.expires_at))


@route("GET", _PARTNER, Permission.ACCOUNT_READ)
def show_partner(partner_id: str) -> Response:
    """One partner with its credentials and its people."""
    return page(
        "accounts/partner.html",
        institution=_institution(services().accounts.partner(partner_id)),
        people=[_person(person) for person in services().accounts.people(partner_id)],
        credentials=[_credential(each) for each in services().access.credentials(partner_id)],
        overlaps=said(_OVERLAP_WORDS),
    )


@route("POST", f"{_PARTNER}/suspend", Permission.ACCOUNT_MANAGE)
def suspend_partner(partner_id: str) -> Response:
    """No token of it and no session of its people works any more."""
    services().access.suspend_partner(officer().actor, partner_id)
    return go_to("console.show_partner", partner_id=partner_id)


@route("POST", f"{_PARTNER}/token", Permission.ACCOUNT_MANAGE)
def rotate_partner_token(partner_id: str) -> Response:
    """A new token; the old ones go on for the overlap."""
    name = services().accounts.partner(partner_id).name
    issued = services().access.rotate(officer().actor, partner_id, _overlap())
    back = url_for("console.show_partner", partner_id=partner_id)
    return _secrets(name, back, (_TOKEN, issued.secret, issued.expires_at))


@route("POST", f"{_PARTNER}/revoke", Permission.ACCOUNT_MANAGE)
def revoke_partner_credential(partner_id: str) -> Response:
    """End one of its credentials, at once."""
    _revoke(partner_id)
    return go_to("console.show_partner", partner_id=partner_id)


@route("POST", f"{_USER}/code", Permission.ACCOUNT_MANAGE)
def renew_person_code(partner_id: str, user_id: str) -> Response:
    """A new enrolment code for one of its people."""
    issued = services().partner_users.renew_code(officer().actor, partner_id, user_id)
    login = next(each.login for each in services().partner_users.all(partner_id) if each.id == user_id)
    back = url_for("console.show_partner", partner_id=partner_id)
    return _secrets(login, back, (_CODE, issued.secret, issued.expires_at))


@route("POST", f"{_USER}/disable", Permission.ACCOUNT_MANAGE)
def disable_person(partner_id: str, user_id: str) -> Response:
    """No session of theirs works any more."""
    services().partner_users.disable(officer().actor, partner_id, user_id)
    return go_to("console.show_partner", partner_id=partner_id)


@route("POST", f"{_USER}/unlock", Permission.ACCOUNT_MANAGE)
def unlock_person(partner_id: str, user_id: str) -> Response:
    """Somebody who was locked out may try again."""
    services().accounts.unlock(officer().actor, user_id)
    return go_to("console.show_partner", partner_id=partner_id)


@route("POST", f"{_USER}/sign-out", Permission.ACCOUNT_MANAGE)
def sign_person_out(partner_id: str, user_id: str) -> Response:
    """Every session of theirs ends."""
    services().accounts.sign_out(officer().actor, user_id)
    return go_to("console.show_partner", partner_id=partner_id)


# -- keys ------------------------------------------------------------------------------------------


@route("GET", "/signing-keys", Permission.ACCOUNT_MANAGE)
def show_signing_keys() -> Response:
    """Every signing key there ever was, the newest first."""
    keys = services().keys.public_keys()["keys"]
    shown = [
        {
            "id": key["kid"],
            "created": _day(datetime.fromisoformat(key["created_at"])),
            "retired": key["retired_at"] and _day(datetime.fromisoformat(key["retired_at"])),
        }
        for key in keys
    ]
    return page("accounts/keys.html", keys=shown)


@route("POST", "/signing-keys", Permission.ACCOUNT_MANAGE)
def rotate_signing_key() -> Response:
    """A fresh one signs from now on."""
    services().keys.rotate(officer().actor, services().log)
    return go_to("console.show_signing_keys")


# -- inside ----------------------------------------------------------------------------------------


def _officers(typed: Mapping[str, str] | None = None, faults: Mapping[str, Text] | None = None) -> Response:
    before = request.args.get("before") or None
    people, following = services().accounts.officers(PAGE, before)
    authorities = services().access.authorities().values()
    return page(
        "accounts/officers.html",
        422 if faults else 200,
        people=[_person(person) for person in people],
        first=before is None,
        following=following and url_for("console.list_officers", before=following),
        authorities={each.id: each.name for each in authorities},
        roles=said({role: words.ROLES[role] for role in Role if role in OFFICER_ROLES - SEPARATED}),
        separated=said({"": _NONE} | {role: words.ROLES[role] for role in Role if role in SEPARATED}),
        values=typed or {"separated": ""},
        faults=said(faults or {}),
    )


def _partners(typed: Mapping[str, str] | None = None, faults: Mapping[str, Text] | None = None) -> Response:
    before = request.args.get("before") or None
    found, following = services().accounts.partners(PAGE, before)
    return page(
        "accounts/partners.html",
        422 if faults else 200,
        institutions=[_institution(each) for each in found],
        first=before is None,
        following=following and url_for("console.list_partners", before=following),
        kinds=said(words.PARTNER_KINDS),
        values=typed or {},
        faults=said(faults or {}),
    )


def _secrets(name: str, back: str, *shown: tuple[Text, str, datetime]) -> Response:
    """What is shown this once."""
    secrets = [
        {"title": title.into(language()), "secret": secret, "until": _time(until)}
        for title, secret, until in shown
    ]
    return page("accounts/secret.html", name=name, back=back, secrets=secrets)


def _overlap() -> timedelta:
    return timedelta(hours=_OVERLAPS.get(fields().get("overlap", ""), 24))


def _revoke(owner: str) -> None:
    """End one credential of `owner`. Raises NotFound for one of somebody else."""
    which = fields().get("credential", "")
    if which not in {each.id for each in services().access.credentials(owner)}:
        raise NotFound("not-found", _NO_CREDENTIAL)
    services().access.revoke(officer().actor, which)


def _person(person: Person) -> dict[str, Any]:
    reader = language()
    state = "off" if person.disabled_at else "on" if person.enrolled else "waiting"
    return {
        "id": person.id,
        "login": person.login,
        "organisation": person.organisation,
        "roles": [words.ROLES[role].into(reader) for role in person.roles],
        "added": _day(person.created_at),
        "state": state,
        "second_factor": person.second_factor,
        "locked_until": person.locked_until and _time(person.locked_until),
        "signed_in": person.signed_in,
    }


def _institution(institution: Institution) -> dict[str, Any]:
    return {
        "id": institution.id,
        "name": institution.name,
        "kind": words.PARTNER_KINDS[institution.kind].into(language()),
        "area": institution.area,
        "added": _day(institution.created_at),
        "off": institution.suspended_at is not None,
    }


def _credential(credential: Credential) -> dict[str, Any]:
    ended = credential.revoked_at is not None or credential.expires_at <= now()
    return {
        "id": credential.id,
        "use": words.CREDENTIALS[credential.use].into(language()),
        "created": _day(credential.created_at),
        "until": _time(credential.expires_at),
        "ended": ended,
        "revoked": credential.revoked_at is not None,
    }


def _day(instant: datetime) -> str:
    return day_words(instant.astimezone(BEIJING).date()).into(language())


def _time(instant: datetime) -> str:
    return f"{_day(instant)} {instant.astimezone(BEIJING):%H:%M}"


_CODE = Text("登记码", "Enrolment code")
_TOKEN = Text("接口令牌", "Token for the API")
_NONE = Text("不担任", "None of them")
_NO_AUTHORITY = Text("请选择所属机关。", "Choose the authority.")
_NO_ROLE = Text("请至少选择一个角色。", "Choose at least one role.")
_NO_KIND = Text("请选择机构类型。", "Choose what it is.")
_NO_CREDENTIAL = Text("该账号没有此凭据。", "The account has no such credential.")
_OVERLAP_WORDS = {
    "24": Text("旧令牌再用24小时", "The old ones go on for 24 hours"),
    "168": Text("旧令牌再用7天", "The old ones go on for 7 days"),
    "0": Text("旧令牌立即失效", "The old ones end at once"),
}
