"""Files of others that we serve ourselves."""

import hashlib
from pathlib import Path

import pytest

from tests.architecture.tools import VENDORED

MANIFEST = "MANIFEST.sha256"
FOLDERS = sorted(path.parent for folder in VENDORED for path in folder.rglob(MANIFEST))


def test_swagger_ui_and_the_fonts_are_there() -> None:
    assert {"swagger-ui", "fonts"} <= {folder.name for folder in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_vendored_files_are_those_of_the_manifest(folder: Path) -> None:
    lines = (folder / MANIFEST).read_text().splitlines()
    pairs = [line.split("  ", 1) for line in lines if not line.startswith("#")]
    listed = {name: digest for digest, name in pairs}
    present = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    assert present == listed
    assert "LICENSE" in present


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_vendored_files_ask_for_no_source_map(folder: Path) -> None:
    assert not list(folder.rglob("*.map"))
    code = [path for path in folder.rglob("*") if path.suffix in {".js", ".css"}]
    asking = [path.name for path in code if b"sourceMappingURL=" in path.read_bytes()]
    assert not asking
