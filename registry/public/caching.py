"""How long anybody may keep what is public: not at all without asking, or five seconds in a shared cache.

Every answer has a strong ETag, so that asking again costs one row and no body. A take-down is seen at once by
whoever asks with `If-None-Match`, and within `SHARED_SECONDS` behind a cache.
"""

import hashlib
from datetime import timedelta
from functools import cache
from math import ceil
from pathlib import Path

from flask import Response, request

from registry import clock
from registry.api.operation import services
from registry.api.respond import language

SHARED_SECONDS = 5
"""The stated time: nobody behind a cache sees anything older."""


def tag(*parts: object) -> str:
    """The ETag of what depends on `parts`, the day, the language, the mask, the law, the address of this site
    and this release, and on nothing else."""
    config = services().config
    whole = (
        *parts,
        clock.today(),
        language(),
        services().mask,
        services().book.version,
        config.public_url,
        _release(),
    )
    return hashlib.sha256("\n".join(map(str, whole)).encode()).hexdigest()[:40]


def unchanged(etag: str) -> Response | None:
    """304, if the reader has it already."""
    # Weak comparison: a proxy that compresses makes the tag a weak one.
    if request.if_none_match.contains_weak(etag):
        return cached(Response(status=304), etag)
    return None


def cached(response: Response, etag: str) -> Response:
    """`response` with its tag and with how long it may be kept."""
    response.set_etag(etag)
    response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={_shared_seconds()}, must-revalidate"
    return response


def _shared_seconds() -> int:
    """Whole seconds, less than until midnight in Beijing, when terms end.

    One less than the stated time: a cache that counts in whole seconds serves to the end of the last one.
    """
    now = clock.now()
    midnight = clock.midnight(clock.beijing_day(now) + timedelta(days=1))
    return min(SHARED_SECONDS - 1, ceil((midnight - now).total_seconds()) - 1)


@cache
def _release() -> str:
    """Another one whenever a line of the program or of a template is."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parents[1]
    for path in sorted(each for each in root.rglob("*") if each.suffix in (".py", ".html", ".xml", ".css")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
