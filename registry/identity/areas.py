"""Administrative division codes (GB/T 2260), today's and former ones, as python-stdnum carries them."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from stdnum import numdb

_SPAN = re.compile(r"\[[0-9]*-([0-9]*)\]")

PERMIT_AREAS = frozenset({"810000", "820000", "830000"})
"""Hong Kong, Macao and Taiwan, as the residence permit for their residents numbers them (law.md §7)."""


def _last_year(names: str) -> int | None:
    """The end of `[1983-1995]蔡甸区,[2001-2014]…`, the names of one code with their years."""
    spans = [_SPAN.match(name) for name in names.split(",")]
    years = [int(span[1]) for span in spans if span and span[1]]
    return max(years) if len(years) == len(spans) else None


KNOWN_AREAS: Mapping[str, int | None] = MappingProxyType(
    {
        province + county: _last_year(properties["county"])
        for _, province, _, _, counties in numdb.get("cn/loc").prefixes
        for _, county, _, properties, _ in counties
    }
)
"""Every six-digit area code of the list, with the last year of a former one.

New counties may be missing: absence is never a refusal.

Read at import (40 ms), before workers fork: sixteen threads that all read it first would stall a start.
"""
