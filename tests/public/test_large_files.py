"""A list eight times as long takes eight times as long to write, and no more memory."""

import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from registry.db import transaction
from registry.designations.models import DesignationRow, SanctionRow
from registry.exposures.models import ExposureEntryRow, ExposureListRow
from registry.publishing.service import Publishing
from registry.publishing.writing import Form
from tests.conftest import StandingClock
from tests.public.listing import public_list
from tests.support.world import World

_AT_ONCE = 2_500


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """What is measured is written by Python: one database is as good as another."""
    copy = tmp_path / "registry.sqlite3"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"


LIST, ENTRY = ExposureListRow.__table__, ExposureEntryRow.__table__
DESIGNATION, SANCTION = DesignationRow.__table__, SanctionRow.__table__


def multiply(list_id: str, rows: int) -> str:
    """Another published list, of `rows` people who are all like the one on `list_id`; its id."""
    made = f"exl_{rows:026}"
    with transaction() as session:

        def only(table: Any, **like: str) -> dict[str, Any]:
            return dict(session.execute(select(table).filter_by(**like)).mappings().one())

        entry = only(ENTRY, list_id=list_id)
        designation = only(DESIGNATION, id=entry["designation_id"])
        sanction = only(SANCTION, designation_id=designation["id"])
        listed = {"id": made, "batch": str(rows), "rows_total": rows}
        session.execute(insert(LIST), [only(LIST, id=list_id) | listed])
        for first in range(1, rows, _AT_ONCE):
            numbers = [(n, f"{rows}{n:020}") for n in range(first, first + _AT_ONCE)]
            of = [(n, {"designation_id": f"dsg_{tail}"}, tail) for n, tail in numbers]
            session.execute(insert(DESIGNATION), [designation | {"id": f"dsg_{tail}"} for _, tail in numbers])
            session.execute(
                insert(SANCTION), [sanction | mine | {"id": f"snc_{tail}"} for _, mine, tail in of]
            )
            entries = [{"id": f"exe_{tail}", "list_id": made, "serial": n} | mine for n, mine, tail in of]
            session.execute(insert(ENTRY), [entry | own for own in entries])
    return made


def peak(publishing: Publishing, list_id: str, form: Form) -> tuple[int, int]:
    """Bytes of memory at most while the file is made, and its size."""
    tracemalloc.start()
    file = publishing.file(list_id, form, "zh-CN")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(map(len, file.chunks())) == file.size
    return most, file.size


def test_memory_does_not_grow_with_the_list(world: World, standing_clock: StandingClock) -> None:
    list_id, _ = public_list(world, 1)
    small, large = multiply(list_id, 2_500), multiply(list_id, 20_000)
    for form in Form:
        peak(world.services.publishing, list_id, form)  # what is loaded once
        little, short = peak(world.services.publishing, small, form)
        much, long = peak(world.services.publishing, large, form)
        assert long > 7 * short
        assert much < 1.3 * little + (1 << 20), f"{form}: {little} bytes, then {much}"
        assert much < 32 << 20, form
