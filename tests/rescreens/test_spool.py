"""An upload on disk: private, whole, in order, or not opened at all."""

import os
import stat
from pathlib import Path

import pytest

from registry.rescreens.spool import SpoolBroken, SpoolFull, Writer, new_key, read
from registry.vault.suites import SUITE_NAMES, Suite, suite

PARTS = [b"one\n", b"two\n" * 1000, b"", b"four\n"]


@pytest.fixture(params=SUITE_NAMES)
def chosen(request: pytest.FixtureRequest) -> Suite:
    return suite(request.param)


def written(path: Path, chosen: Suite, key: bytes) -> list[int]:
    """A whole file of PARTS; where each frame begins."""
    begins = []
    with Writer(path, chosen, key) as writer:
        for part in PARTS:
            begins.append(writer.size)
            writer.write(part)
        begins.append(writer.size)
        writer.finish()
    return begins


def test_what_was_written_is_read(tmp_path: Path, chosen: Suite) -> None:
    key, path = new_key(chosen), tmp_path / "deep" / "rsc_1.input"
    written(path, chosen, key)
    for skip in range(len(PARTS) + 1):
        assert list(read(path, chosen, key, skip)) == PARTS[skip:]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"one" not in path.read_bytes()


def test_every_cut_shows(tmp_path: Path, chosen: Suite) -> None:
    key, path = new_key(chosen), tmp_path / "rsc_1.input"
    begins = written(path, chosen, key)
    whole = path.read_bytes()
    for length in {*begins, 0, 1, len(whole) - 1, begins[1] + 3}:
        path.write_bytes(whole[:length])
        with pytest.raises(SpoolBroken):
            list(read(path, chosen, key))


def test_an_altered_byte_a_new_order_and_another_place_show(tmp_path: Path, chosen: Suite) -> None:
    key, path = new_key(chosen), tmp_path / "rsc_1.input"
    begins = written(path, chosen, key)
    whole = path.read_bytes()
    frames = [whole[a:b] for a, b in zip(begins, [*begins[1:], len(whole)], strict=True)]
    altered = bytearray(whole)
    altered[begins[1] + 40] ^= 1
    forged = [bytes(altered), b"".join([frames[1], frames[0], *frames[2:]]), b"".join(frames[1:])]
    forged.append(b"".join([frames[0], *frames]))
    for content in forged:
        path.write_bytes(content)
        with pytest.raises(SpoolBroken):
            list(read(path, chosen, key))
    other = tmp_path / "rsc_2.input"
    other.write_bytes(whole)
    for place, with_key in ((other, key), (path, new_key(chosen)), (tmp_path / "none", key)):
        path.write_bytes(whole)
        with pytest.raises(SpoolBroken):
            list(read(place, chosen, with_key))


def test_going_on_cuts_off_what_did_not_count(tmp_path: Path, chosen: Suite) -> None:
    key, path = new_key(chosen), tmp_path / "rsc_1.tokens"
    with Writer(path, chosen, key) as writer:
        writer.write(b"one")
        counted = writer.size
        writer.write(b"written by somebody who died")
    with Writer(path, chosen, key, size=counted, frames=1) as writer:
        writer.write(b"two")
        writer.finish()
    assert list(read(path, chosen, key)) == [b"one", b"two"]


def test_a_full_disk_is_said(tmp_path: Path, chosen: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with Writer(tmp_path / "rsc_1.input", chosen, new_key(chosen)) as writer:
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(SpoolFull):
            writer.write(b"x")
