"""Accounts and credentials, for the security administrator; and who one is, for everybody."""

from datetime import timedelta
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from registry.access.issuing import Issued
from registry.access.principals import Officer
from registry.access.rules import Permission, Role
from registry.access.service import Credential
from registry.api.fields import Line, Whole
from registry.api.operation import caller, officer, operation, services

blueprint = Blueprint("accounts", __name__, url_prefix="/v1", description="账号与令牌 · Accounts and tokens")


class MeSchema(Schema):
    """Who the token belongs to."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["officer", "partner"]))
    name = fields.String(required=True)
    organisation = fields.String(required=True)
    roles = fields.List(fields.String(validate=validate.OneOf(list(map(str, Role)))), required=True)
    expires_at = fields.String(required=True, metadata={"format": "date-time"})


class EnrolmentSchema(Schema):
    """A one-time code, as printed when the account was made."""

    code = Line(100, required=True)


class IssuedSchema(Schema):
    """A fresh token, shown this once. `id` is the account's."""

    id = fields.String(required=True)
    credential = fields.String(required=True)
    token = fields.String(required=True)
    expires_at = fields.String(required=True, metadata={"format": "date-time"})


class CredentialSchema(Schema):
    """A credential without its secret."""

    id = fields.String(required=True)
    owner = fields.String(required=True)
    use = fields.String(required=True)
    created_at = fields.String(required=True, metadata={"format": "date-time"})
    expires_at = fields.String(required=True, metadata={"format": "date-time"})
    revoked_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})


class CredentialsSchema(Schema):
    """The credentials of one account, newest first."""

    items = fields.List(fields.Nested(CredentialSchema), required=True)


class RotationSchema(Schema):
    """For how long the old tokens go on."""

    overlap_hours = Whole(0, 168, load_default=24)


class RevokedSchema(Schema):
    """How many credentials ended."""

    ended = fields.Integer(required=True)


class ClosedSchema(Schema):
    """The account that was closed."""

    id = fields.String(required=True)


@operation(blueprint, "GET", "/me", Permission.SELF_READ, answer=MeSchema)
def read_me() -> dict[str, Any]:
    """我是谁 · Who the token belongs to, and until when it works"""
    me = caller()
    return {
        "id": me.id,
        "kind": "officer" if isinstance(me, Officer) else "partner",
        "name": me.login if isinstance(me, Officer) else me.name,
        "organisation": me.authority.name if isinstance(me, Officer) else me.name,
        "roles": sorted(me.roles),
        "expires_at": me.expires_at,
    }


@operation(
    blueprint,
    "POST",
    "/enrolments",
    None,
    body=EnrolmentSchema,
    answer=IssuedSchema,
    status=201,
    keep_until=None,
)
def enrol(body: dict[str, Any]) -> dict[str, Any]:
    """登记 · Turn a one-time code into an officer's token"""
    return _issued(services().access.enrol(body["code"]))


@operation(
    blueprint,
    "GET",
    "/accounts/<string(length=30):account_id>/credentials",
    Permission.ACCOUNT_READ,
    answer=CredentialsSchema,
)
def list_credentials(account_id: str) -> dict[str, Any]:
    """账号的令牌 · The credentials of an officer or a partner, without secrets"""
    return {"items": [_credential(each) for each in services().access.credentials(account_id)]}


@operation(
    blueprint,
    "POST",
    "/credentials/<string(length=30):credential_id>/rotate",
    Permission.ACCOUNT_MANAGE,
    body=RotationSchema,
    answer=IssuedSchema,
    status=201,
    keep_until=None,
)
def rotate_credential(credential_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """更换令牌 · A new token; the old ones go on for the overlap"""
    overlap = timedelta(hours=body["overlap_hours"])
    return _issued(services().access.rotate(officer().actor, credential_id, overlap))


@operation(
    blueprint,
    "POST",
    "/credentials/<string(length=30):credential_id>/revoke",
    Permission.ACCOUNT_MANAGE,
    answer=RevokedSchema,
)
def revoke_credential(credential_id: str) -> dict[str, Any]:
    """撤销令牌 · End a credential at once, on all workers"""
    return {"ended": services().access.revoke(officer().actor, credential_id)}


@operation(
    blueprint,
    "POST",
    "/officers/<string(length=30):officer_id>/disable",
    Permission.ACCOUNT_MANAGE,
    answer=ClosedSchema,
)
def disable_officer(officer_id: str) -> dict[str, Any]:
    """停用民警账号 · No token of this officer works any more"""
    services().access.disable_officer(officer().actor, officer_id)
    return {"id": officer_id}


@operation(
    blueprint,
    "POST",
    "/partners/<string(length=30):partner_id>/suspend",
    Permission.ACCOUNT_MANAGE,
    answer=ClosedSchema,
)
def suspend_partner(partner_id: str) -> dict[str, Any]:
    """停用合作机构 · No token of this partner works any more"""
    services().access.suspend_partner(officer().actor, partner_id)
    return {"id": partner_id}


def _issued(issued: Issued) -> dict[str, Any]:
    return {
        "id": issued.id,
        "credential": issued.credential,
        "token": issued.secret,
        "expires_at": issued.expires_at,
    }


def _credential(credential: Credential) -> dict[str, Any]:
    return {
        "id": credential.id,
        "owner": credential.owner,
        "use": credential.use,
        "created_at": credential.created_at,
        "expires_at": credential.expires_at,
        "revoked_at": credential.revoked_at,
    }
