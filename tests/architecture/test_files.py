"""What no file of the repository may hold."""

import re
import warnings
from pathlib import Path

from tests.architecture.tools import ROOT, VENDORED, files

# Written so that this file passes its own test.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.:/-])/(?:work|root|home|Users|opt/wheels|opt/pypi)[/]"),
    "the host of a package registry": re.compile(
        r"\b(?:pypi|pythonhosted|npmjs|unpkg|jsdelivr)[.][a-z]{3}\b"
    ),
    "something put off": re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b"),
}
LOCK_LINE = re.compile(r"[a-z0-9.-]+==\S+( ;.*)? \\$|    --hash=sha256:[0-9a-f]{64}( \\)?$|\s*#")
LOOK_TWICE, TOO_LONG = 300, 500


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_holds_traces_of_a_machine_or_work_put_off() -> None:
    found = []
    for path in files():
        third_party = any(path.is_relative_to(folder) for folder in VENDORED)
        # Three letters come about by themselves in what is no text.
        by_chance = third_party or b"\0" in path.read_bytes()
        for number, line in enumerate(_text(path).split("\n"), 1):
            for what, pattern in FORBIDDEN.items():
                if pattern.search(line) and not (by_chance and what == "something put off"):
                    found.append(f"{_name(path)}:{number}: {what}: {line.strip()[:120]}")
    assert not found, "\n".join(found)


def test_locks_name_hashes_and_no_place() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = _text(ROOT / name).splitlines()
        assert [line for line in lines if not LOCK_LINE.match(line)] == []


def test_python_files_stay_short() -> None:
    lengths = {_name(p): len(_text(p).splitlines()) for p in files() if p.suffix == ".py"}
    long = sorted((length, name) for name, length in lengths.items() if length > LOOK_TWICE)
    if long:
        # A warning, because pytest shows it at the end of every run, also with several processes.
        shown = "".join(f"\n{length:5} {name}" for length, name in reversed(long))
        warnings.warn(f"look twice, more than {LOOK_TWICE} lines:{shown}", stacklevel=1)
    assert not [name for name, length in lengths.items() if length > TOO_LONG]
