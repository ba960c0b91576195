"""Clocks that run at the end of the last year that is known."""

import pytest

from tests.conftest import StandingClock
from tests.support.world import World
from tests.workdays.acting import Clocks


@pytest.fixture
def clocks(world: World, standing_clock: StandingClock) -> Clocks:
    standing_clock.day("2026-12-30")
    return Clocks(world)
