"""Hypothesis: what goes in comes back equal, and no text in any field breaks anything."""

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.demo.people import People
from registry.identity.citizen import with_check_digit
from registry.identity.items import ItemKind
from registry.identity.names import normalise_name
from registry.law.words import Behaviour, Ground, Penalty, Role
from tests.designations.acting import shown
from tests.support.world import World

# The world is made once for all examples of a test: that they share a database is what happens in life.
shared = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

RARE = "𠮷㛃䶮〇々\ue000·" + "㐀龥\U00020000"
PEOPLE = People(3, __import__("datetime").date(2026, 11, 22))

names = st.text(st.sampled_from(RARE + "张王欧阳李四abcÀéñ (),（）"), min_size=1, max_size=30).filter(
    lambda raw: normalises_to_itself(raw)
)
days = st.dates(min_value=__import__("datetime").date(2022, 12, 1), max_value=__import__("datetime").date(2025, 3, 3))
lines = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=60)
births = st.dates(min_value=__import__("datetime").date(1930, 1, 1), max_value=__import__("datetime").date(2006, 1, 1))


def normalises_to_itself(raw: str) -> bool:
    from registry.errors import Invalid

    try:
        return normalise_name(raw).display == raw
    except Invalid:
        return False
