"""The settings in deploy/ with the real proxies: valid, within the stated time, and leaking nothing."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3
from flask import Flask

from registry.public.caching import SHARED_SECONDS
from tests.public.conftest import Outside
from tests.public.listing import page_of, public_list, take_down
from tests.support.serving import serving
from tests.support.world import World

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NGINX, HAPROXY = Path("/usr/sbin/nginx"), Path("/usr/sbin/haproxy")

pytestmark = pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = Outside
    return app


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """What a proxy does depends on no kind of database."""
    copy = tmp_path / "registry.sqlite3"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"


def installed(program: Path) -> Path:
    assert program.exists(), f"{program} is not there; tests/support/prepare.sh installs it"
    return program


def certificate(folder: Path) -> tuple[Path, Path]:
    chain, key = folder / "fullchain.pem", folder / "key.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout"
    subprocess.run(["openssl", *words.split(), key, "-out", chain], check=True, capture_output=True)
    return chain, key


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Front:
    """A running nginx; `log` is its access log."""

    address: str
    log: Path

    def get(self, path: str, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.get(self.address + path, headers=named, verify=False, timeout=30)


def moved(text: str, **changes: str) -> str:
    """The settings with other places; each must be in them."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.fixture
def front(world: World, tmp_path: Path) -> Iterator[Front]:
    """nginx with the shipped settings in front of the app; only places and ports are others."""
    chain, key = certificate(tmp_path)
    port, plain = free_port(), free_port()
    with serving(world.app) as behind:
        settings = (DEPLOY / "nginx.conf").read_text()
        settings = re.sub(r"\n\s*listen \[::\].*", "", settings)
        places = {
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "/etc/ssl/registry/fullchain.pem": str(chain),
            "/etc/ssl/registry/key.pem": str(key),
            "127.0.0.1:8000": behind.removeprefix("http://"),
            "/run/nginx.pid": f"{tmp_path}/nginx.pid",
            "/var/log/nginx": str(tmp_path),
            "/var/lib/nginx": str(tmp_path),
            "/var/cache/nginx/registry": f"{tmp_path}/cache",
        }
        file = tmp_path / "nginx.conf"
        file.write_text(moved(settings, **places))
        user = "user root; " if os.getuid() == 0 else ""
        command = [installed(NGINX), "-c", file, "-e", tmp_path / "error.log", "-g", f"{user}daemon off;"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            found = Front(f"https://127.0.0.1:{port}", tmp_path / "access.log")
            deadline = time.monotonic() + 20
            while True:
                assert process.poll() is None, process.stderr and process.stderr.read()
                try:
                    assert found.get("/healthz").status_code == 200
                    break
                except requests.ConnectionError:
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
            yield found
        finally:
            process.terminate()
            process.wait(20)


def shown(text: str) -> list[str]:
    return re.findall(r'data-label="序号">(\d+)<', text)


def test_a_take_down_is_seen_at_once_with_if_none_match_and_in_the_stated_time_behind_the_cache(
    world: World, front: Front
) -> None:
    list_id, _ = public_list(world, 3)
    path = page_of(list_id)
    first = front.get(path)
    assert (first.headers["X-Cache"], shown(first.text)) == ("MISS", ["1", "2", "3"])
    assert front.get(path).headers["X-Cache"] == "HIT"
    etag = world.get(None, path).headers["ETag"]
    assert world.get(None, path, If_None_Match=etag).status_code == 304

    take_down(world, list_id, 2)
    committed = time.monotonic()
    asked_itself = world.get(None, path, If_None_Match=etag)
    assert (asked_itself.status_code, shown(asked_itself.text)) == (200, ["1", "3"])
    while shown(front.get(path).text) != ["1", "3"]:
        # Whoever is slower than the stated time was not asked in it: the last look was before it was over.
        assert time.monotonic() - committed < SHARED_SECONDS
        time.sleep(0.1)
    assert front.get(f"{path}.json").json()["shown"] == 2


def test_what_the_cache_keeps_it_asks_for_again_and_never_serves_stale(world: World, front: Front) -> None:
    list_id, _ = public_list(world, 1)
    before = front.get(page_of(list_id))
    time.sleep(SHARED_SECONDS)
    again = front.get(page_of(list_id))
    assert again.headers["X-Cache"] == "REVALIDATED"
    assert again.text == before.text


def test_each_language_is_kept_apart(world: World, front: Front) -> None:
    for _ in range(2):
        assert '<html lang="zh-CN">' in front.get("/public/exposure-lists").text
        assert '<html lang="en">' in front.get("/public/exposure-lists", Accept_Language="en").text


def test_answers_about_somebody_are_never_kept(world: World, front: Front) -> None:
    for _ in range(2):
        answer = front.get("/v1/me", Authorization=f"Bearer {world.clerk}")
        assert answer.status_code == 200
        assert "X-Cache" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    assert front.get("/v1/me").status_code == 401
    for path in ("/public/verify", "/public/appeals/status"):
        assert "X-Cache" not in front.get(path).headers


def test_public_pages_get_neither_cookie_nor_token_and_no_claimed_address(
    world: World, front: Front, app: Flask
) -> None:
    seen: list[dict[str, Any]] = []

    def remember() -> None:
        from flask import request

        seen.append({name.lower(): value for name, value in request.headers.items()})

    app.before_request_funcs.setdefault(None, []).append(remember)
    front.get("/public/", Authorization="Bearer x", Cookie="a=b", X_Forwarded_For="203.0.113.9")
    assert not {"authorization", "cookie"} & seen[-1].keys()
    assert seen[-1]["x-forwarded-for"] == "127.0.0.1"
    front.get("/v1/me", Authorization="Bearer x", X_Forwarded_For="203.0.113.9")
    assert (seen[-1]["authorization"], seen[-1]["x-forwarded-for"]) == ("Bearer x", "127.0.0.1")


def test_the_access_log_names_no_path_and_no_address(world: World, front: Front) -> None:
    front.get("/public/exposure-lists?who=1409")
    time.sleep(0.2)
    written = front.log.read_text()
    assert written.strip()
    assert "exposure" not in written and "1409" not in written and "127.0.0.1" not in written


def test_a_large_body_is_refused_before_the_service_sees_it(world: World, front: Front) -> None:
    answer = requests.post(f"{front.address}/v1/checks", data=b"x" * (2 << 20), verify=False, timeout=30)
    assert answer.status_code == 413


def test_the_settings_of_haproxy_are_valid(tmp_path: Path) -> None:
    chain, key = certificate(tmp_path)
    both = tmp_path / "registry.pem"
    both.write_bytes(chain.read_bytes() + key.read_bytes())
    file = tmp_path / "haproxy.cfg"
    settings = (DEPLOY / "haproxy.cfg").read_text()
    file.write_text(moved(settings, **{"/etc/ssl/registry/registry.pem": str(both)}))
    done = subprocess.run([installed(HAPROXY), "-c", "-f", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
