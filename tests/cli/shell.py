"""An operator's shell: the commands as processes of their own, with settings that point into one folder."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from registry.app import create_app
from registry.config import Config
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str


@dataclass
class Shell:
    """`settings` beside the database and the key ring, which lie in `folder`."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> Path:
        return self.folder / "keys.json"

    @property
    def database(self) -> Path:
        return self.folder / "registry.sqlite3"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.database}"

    def run(self, *words: str, stdin: str = "", **settings: str) -> Said:
        """Run `flask --app wsgi WORDS`; `settings` without their prefix."""
        named = {"REGISTRY_DATABASE_URL": self.url, "REGISTRY_KEYS": str(self.keys)}
        named |= {f"REGISTRY_{name.upper()}": value for name, value in (self.settings | settings).items()}
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT,
            env=inherited | {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"} | named,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def json(self, *words: str, stdin: str = "", **settings: str) -> dict[str, Any]:
        """The one JSON object of a command that succeeds and says nothing else."""
        said = self.run(*words, "--json", stdin=stdin, **settings)
        assert (said.status, said.err) == (0, "")
        assert said.out.endswith("}\n")
        assert said.out.count("\n") == 1
        answer = json.loads(said.out)
        assert isinstance(answer, dict)
        return answer

    def refused(self, *words: str, stdin: str = "", **settings: str) -> str:
        """The sentence of a command that fails, prints nothing, and shows no traceback."""
        said = self.run(*words, "--json", stdin=stdin, **settings)
        assert said.status != 0
        assert said.out == ""
        assert "Traceback" not in said.err
        assert said.err.strip()
        return said.err

    def copy(self, folder: Path) -> "Shell":
        """The same registry in another folder."""
        shutil.copytree(self.folder, folder)
        return Shell(folder, dict(self.settings))

    def world(self) -> World:
        """The same registry in this process; the caller enters `world.app.app_context()`."""
        return World(create_app(Config(database_url=self.url, keys=self.keys)))
