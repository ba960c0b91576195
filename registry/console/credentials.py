"""What the pages on accounts have in common: people, their credentials, and secrets that are shown once."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response

from registry.access.accounts import Person
from registry.access.service import Credential
from registry.api.operation import officer, services
from registry.api.respond import language
from registry.clock import now
from registry.console import words
from registry.console.pages import page
from registry.console.routing import fields
from registry.console.telling import day, moment
from registry.errors import NotFound
from registry.text import Text

CODE = Text("登记码", "Enrolment code")
TOKEN = Text("接口令牌", "Token for the API")
OVERLAPS = {
    "24": Text("旧令牌再用24小时", "The old ones go on for 24 hours"),
    "168": Text("旧令牌再用7天", "The old ones go on for 7 days"),
    "0": Text("旧令牌立即失效", "The old ones end at once"),
}
"""How long the old tokens of an account go on beside a new one, by hours."""
FIELD_OF = {"invalid-name": "name", "login-exists": "name", "partner-exists": "name", "invalid-area": "area"}
"""At which field a refusal is told."""
PAGE = 30

_NO_CREDENTIAL = Text("该账号没有此凭据。", "The account has no such credential.")


def shown_once(name: str, back: str, *shown: tuple[Text, str, datetime]) -> Response:
    """What is shown this once."""
    secrets = [
        {"title": title.into(language()), "secret": secret, "until": moment(until)}
        for title, secret, until in shown
    ]
    return page("accounts/secret.html", name=name, back=back, secrets=secrets)


def overlap() -> timedelta:
    """How long the old tokens go on, as the form chose."""
    asked = fields().get("overlap", "")
    return timedelta(hours=int(asked) if asked in OVERLAPS else 24)


def revoke_one_of(owner: str) -> None:
    """End one credential of `owner`. Raises NotFound for one of somebody else."""
    which = fields().get("credential", "")
    if which not in {each.id for each in services().access.credentials(owner)}:
        raise NotFound("not-found", _NO_CREDENTIAL)
    services().access.revoke(officer().actor, which)


def person_row(person: Person) -> dict[str, Any]:
    """Somebody who signs in, for a row or a page."""
    reader = language()
    state = "off" if person.disabled_at else "on" if person.enrolled else "waiting"
    return {
        "id": person.id,
        "login": person.login,
        "organisation": person.organisation,
        "roles": [words.ROLES[role].into(reader) for role in person.roles],
        "added": day(person.created_at),
        "state": state,
        "second_factor": person.second_factor,
        "locked_until": person.locked_until and moment(person.locked_until),
        "signed_in": person.signed_in,
    }


def credential_row(credential: Credential) -> dict[str, Any]:
    """A credential without its secret."""
    ended = credential.revoked_at is not None or credential.expires_at <= now()
    return {
        "id": credential.id,
        "use": words.CREDENTIALS[credential.use].into(language()),
        "created": day(credential.created_at),
        "until": moment(credential.expires_at),
        "ended": ended,
        "revoked": credential.revoked_at is not None,
    }
