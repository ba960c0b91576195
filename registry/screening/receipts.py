"""What a receipt says: enough to hold question and answer to it years later, and no person in the clear."""

from collections.abc import Mapping
from typing import Any

import orjson

KIND = "check-receipt+jws"
"""Kind of signed statement (see `vault.signatures`)."""


def payload(partner: str, request_digest: str, answer: Mapping[str, Any]) -> bytes:
    """The canonical JSON that is signed: keys sorted, no spaces, UTF-8.

    `partner` is an id; `request_digest` the SHA-256 in hex of the request's body as the partner sent it, so
    that the partner, who keeps it, can show what it asked; `answer` is what the partner gets. Per party
    there are its result and its direction, in the order asked.
    """
    return orjson.dumps(
        {
            "id": answer["id"],
            "checked_at": answer["checked_at"],
            "partner": partner,
            "purpose": answer["purpose"],
            "request": request_digest,
            "result": [party["result"] for party in answer["parties"]],
            "direction": answer["direction"],
            "parties": [party["direction"] for party in answer["parties"]],
            "list_version": answer["list_version"],
            "law": {"as_of": answer["law"]["as_of"], "rules": answer["law"]["rules"]},
        },
        option=orjson.OPT_SORT_KEYS,
    )
