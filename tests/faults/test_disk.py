"""A full disk: refused, never answered without a log record; and back when there is space."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.place import Place, furnish
from tests.faults.service import BACK_WITHIN, Service, serving

pytestmark = pytest.mark.xdist_group("faults")

DISK = 12 << 20


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[Service, bool], None]]:
    """`folder` as a disk of its own that can be filled; gives `full(service, whether)`.

    Where nothing may be mounted, the workers' own limit on the size of files does for it.
    """
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], capture_output=True
    )
    if mounted.returncode == 0:
        ballast = folder / "ballast"

        def fill(_service: Service, full: bool) -> None:
            if not full:
                ballast.unlink()
                return
            with ballast.open("wb", buffering=0) as file:
                try:
                    while file.write(b"\0" * 4096):
                        pass
                except OSError:
                    pass

        try:
            yield fill
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
    else:

        def limit(service: Service, full: bool) -> None:
            service.limit_files(4096 if full else -1)

        yield limit


def test_a_full_disk_refuses_checks_and_loses_none(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as fill:
        place = furnish(f"sqlite:///{tmp_path}/disk/registry.sqlite3", tmp_path)
        with serving(place, tmp_path / "gunicorn.log") as service:
            _fill_and_free(place, fill, service)


def test_a_full_disk_with_temporary_files_and_the_log_on_it_refuses_checks_and_loses_none(
    tmp_path: Path,
) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk) as fill:
        place = furnish(f"sqlite:///{disk}/registry.sqlite3", tmp_path)
        with serving(place, disk / "gunicorn.log", piped=False, TMPDIR=str(disk)) as service:
            _fill_and_free(place, fill, service)


def _fill_and_free(place: Place, fill: Callable[[Service, bool], None], service: Service) -> None:
    with service.load("disk", clients=4, keyed=2).running() as load:
        for _ in range(2):
            load.until_answered(20, BACK_WITHIN)
            fill(service, True)
            load.until_refused(30, BACK_WITHIN)
            service.await_status("/readyz", 503)
            service.await_status("/healthz", 200)
            fill(service, False)
            load.until_answered(20, BACK_WITHIN)
    print(load)
    service.await_status("/readyz", 200)
    assert not load.lost, f"a worker died of the full disk: {load}"
    place.reconcile(load)
    assert not service.crashes()
