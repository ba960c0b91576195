"""Chunks small enough to have borders."""

from collections.abc import Iterator

import pytest

from registry.rescreens import spool


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A few rows in each chunk, so that there are borders to be killed at."""
    monkeypatch.setattr(spool, "CHUNK", 300)
    yield
