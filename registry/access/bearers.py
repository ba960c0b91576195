"""Whose token it is: asked by itself, or within a statement that finds something else as well."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from registry.access.models import AuthorityRow, CredentialRow, OfficerRow, PartnerRow
from registry.access.principals import Authority, Officer, Partner, Principal
from registry.access.rules import PartnerKind, Permission, Role, permits
from registry.db import Among, Statement
from registry.errors import Forbidden, Unauthenticated
from registry.law.words import Level
from registry.text import Text

TOKEN = "token"  # nosec B105: a kind of credential


def digest(secret: str) -> bytes:
    """What is stored of a secret (32 bytes)."""
    # A plain hash is enough: the secret has 256 random bits, so there is nothing to guess.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def bearers(among: Among) -> "Select[*tuple[Any, ...]]":
    """The accounts whose tokens' digests are among the parameter `bearers`, as `principal` reads them."""
    return (
        select(
            CredentialRow.digest.label("bearer"),
            CredentialRow.id.label("credential"),
            CredentialRow.expires_at,
            CredentialRow.revoked_at,
            CredentialRow.officer_id,
            CredentialRow.partner_id,
            OfficerRow.login,
            OfficerRow.roles,
            AuthorityRow.id.label("officer_authority_id"),
            AuthorityRow.name.label("officer_authority"),
            AuthorityRow.level.label("officer_level"),
            AuthorityRow.area.label("officer_area"),
            AuthorityRow.phone.label("officer_phone"),
            PartnerRow.name.label("partner"),
            PartnerRow.kind.label("partner_kind"),
            PartnerRow.area.label("partner_area"),
            func.coalesce(OfficerRow.disabled_at, PartnerRow.suspended_at).label("closed_at"),
        )
        .outerjoin(OfficerRow, OfficerRow.id == CredentialRow.officer_id)
        .outerjoin(AuthorityRow, AuthorityRow.id == OfficerRow.authority_id)
        .outerjoin(PartnerRow, PartnerRow.id == CredentialRow.partner_id)
        .where(among(CredentialRow.digest, "bearers"), CredentialRow.use == TOKEN)
    )


BEARERS = Statement(bearers)


def principal(row: Any, now: datetime) -> Principal:
    """Who `row` of `bearers` is; no row for an unknown token.

    Raises Unauthenticated, the same for unknown, expired and revoked tokens.
    """
    if row is None or row.revoked_at or row.expires_at <= now or row.closed_at:
        raise Unauthenticated(
            "unauthenticated",
            Text("令牌无效、已过期或已撤销。", "The token is unknown, expired or revoked."),
        )
    if row.partner_id:
        kind = PartnerKind(row.partner_kind)
        return Partner(row.partner_id, row.credential, row.partner, kind, row.partner_area, row.expires_at)
    authority = Authority(
        row.officer_authority_id,
        row.officer_authority,
        Level(row.officer_level),
        row.officer_area,
        row.officer_phone,
    )
    roles = frozenset(Role(role) for role in row.roles.split())
    return Officer(row.officer_id, row.credential, row.login, roles, authority, row.expires_at)


def require(caller: Principal, permission: Permission) -> None:
    """Raises Forbidden where none of the caller's roles has `permission`."""
    if not permits(caller.roles, permission):
        raise Forbidden(
            "forbidden",
            Text("您的角色不能执行此操作。", "Your role does not permit this."),
            facts={"permission": permission.value},
        )
