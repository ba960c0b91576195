"""Running the checkers, and the list of files they and the tests here look at."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENDORED = (
    ROOT / "registry" / "api" / "static",
    ROOT / "registry" / "console" / "static" / "htmx",
    ROOT / "registry" / "notices" / "fonts",
    ROOT / "tests" / "support" / "axe",
)
_GENERATED = {".git", ".venv", "var", "__pycache__", ".hypothesis", ".schemathesis", ".pytest_cache"}


def run(tool: str, *arguments: str) -> None:
    """Run a checker that is installed beside this Python; fail with what it says."""
    command = Path(sys.executable).parent / tool
    assert command.exists(), f"{tool} is not installed beside {sys.executable}: make test installs it"
    done = subprocess.run([command, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{tool} {' '.join(arguments)}\n{done.stdout}{done.stderr}"


def files() -> list[Path]:
    """Every file that is, or is about to be, in the repository; without git, every file of the folder."""
    try:
        # The folder may belong to somebody else, as in a container; listing it is harmless.
        listed = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
        found = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = [p for p in ROOT.rglob("*") if not _GENERATED & set(p.relative_to(ROOT).parts)]
    return sorted(path for path in found if path.is_file())
