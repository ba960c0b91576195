"""Administrative division codes (GB/T 2260), today's and former ones, as python-stdnum carries them."""

from stdnum import numdb

PERMIT_AREAS = frozenset({"810000", "820000", "830000"})
"""Hong Kong, Macao and Taiwan, as the residence permit for their residents numbers them (law.md §7)."""

KNOWN_AREAS = frozenset(
    province + county
    for _, province, _, _, counties in numdb.get("cn/loc").prefixes
    for _, county, _, _, _ in counties
)
"""Every six-digit area code of the list. New counties may be missing: absence is never a refusal.

Read at import (40 ms), before workers fork: sixteen threads that all read it first would stall a start.
"""
