"""The keys of a running process: it signs with the newest one, and says so before it does."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from registry.access.keys import ForeignKeys, Keys
from registry.app import create_app
from registry.audit import export
from registry.audit.models import LogRecord
from registry.audit.service import OPERATOR
from registry.audit.tags import Tag
from registry.audit.verification import verified
from registry.config import Config
from registry.db import engine, reading, transaction
from registry.errors import Unavailable
from registry.services import Services
from registry.vault.keyring import KeyRing, KeyRingMissing, KeyRingRefused, SigningKeyMissing
from registry.vault.signatures import verify


@pytest.fixture
def ring(keys: Path, tmp_path: Path) -> Path:
    """A ring of one's own."""
    path = tmp_path / "ring" / "keys.json"
    path.parent.mkdir()
    shutil.copy(keys, path)
    return path


@pytest.fixture
def services(config: Config, ring: Path) -> Iterator[Services]:
    app = create_app(replace(config, keys=ring))
    with app.app_context():
        yield app.extensions["registry"]
        engine().dispose()


def another_worker(ring: Path) -> Keys:
    """The keys of another process with the same file and database."""
    return Keys(ring, "intl")


def acts() -> list[LogRecord]:
    with reading() as session:
        return list(session.scalars(select(LogRecord).where(LogRecord.tag == Tag.KEY_ROTATED)))


def test_a_rotation_is_in_the_log_with_the_public_key(services: Services) -> None:
    fresh = services.keys.rotate(OPERATOR, services.log)
    (act,) = acts()
    newest = services.keys.public_keys()["keys"][0]
    assert (act.actor, act.facts) == ("operator", newest)
    assert newest["kid"] == fresh
    report = verified(export.lines(services.keys.log_name()), services.keys.public_keys())
    assert (report.unsealed, report.faults) == (1, [])


def test_every_worker_signs_with_the_new_key_and_shows_it_first(services: Services, ring: Path) -> None:
    worker = another_worker(ring)
    old = worker.signer()
    assert worker.signer() is old
    fresh = services.keys.rotate(OPERATOR, services.log)
    assert worker.public_keys()["keys"][0]["kid"] == fresh
    assert worker.signer().key_id == services.keys.signer().key_id == fresh != old.key_id
    for signer in (old, worker.signer()):
        assert verify(signer.sign(b"x", "kind"), worker.public_keys(), "kind") == b"x"


def test_rotation_changes_neither_fingerprint_nor_what_was_sealed(services: Services, ring: Path) -> None:
    sealed = services.keys.vault().seal(b"x", "place")
    before = services.keys.fingerprint()
    services.keys.rotate(OPERATOR, services.log)
    services.keys.verify()
    worker = another_worker(ring)
    assert worker.fingerprint() == before
    assert worker.vault().open(sealed, "place") == b"x"


def test_a_ring_without_a_signing_key_says_so_until_it_is_rotated(services: Services, ring: Path) -> None:
    content = json.loads(ring.read_text()) | {"version": 1}
    del content["signing_keys"]
    ring.write_text(json.dumps(content))
    worker = another_worker(ring)
    worker.verify()
    assert worker.public_keys() == {"keys": []}
    with pytest.raises(SigningKeyMissing):
        worker.signer()
    fresh = services.keys.rotate(OPERATOR, services.log)
    assert worker.signer().key_id == fresh


def test_a_file_that_is_gone_or_damaged_stops_no_signer_but_shows_no_keys(
    services: Services, ring: Path
) -> None:
    signer = services.keys.signer()
    whole = ring.read_bytes()
    ring.chmod(0o644)
    with pytest.raises(KeyRingRefused):
        services.keys.public_keys()
    assert services.keys.signer() is signer
    ring.unlink()
    with pytest.raises(KeyRingMissing):
        services.keys.public_keys()
    assert services.keys.signer() is signer
    with pytest.raises(KeyRingMissing):
        another_worker(ring).signer()
    ring.write_bytes(whole)
    ring.chmod(0o600)
    assert services.keys.signer().key_id == signer.key_id
    assert services.keys.public_keys()["keys"][0]["kid"] == signer.key_id


def test_another_registrys_ring_neither_signs_nor_is_shown_nor_rotated(
    services: Services, ring: Path
) -> None:
    signer = services.keys.signer()
    ring.unlink()
    foreign = KeyRing.create(ring, "intl").signing_key.id
    assert services.keys.signer() is signer
    with pytest.raises(ForeignKeys):
        services.keys.public_keys()
    with pytest.raises(ForeignKeys):
        services.keys.rotate(OPERATOR, services.log)
    with pytest.raises(ForeignKeys):
        another_worker(ring).signer()
    assert KeyRing.load(ring, "intl").signing_key.id == foreign
    assert acts() == []


def test_what_the_log_does_not_take_is_not_rotated(services: Services, ring: Path) -> None:
    content = ring.read_bytes()
    services.keys.verify()
    with transaction() as session:
        session.execute(text("ALTER TABLE log RENAME TO log_elsewhere"))
    try:
        with pytest.raises(Unavailable):
            services.keys.rotate(OPERATOR, services.log)
    finally:
        with transaction() as session:
            session.execute(text("ALTER TABLE log_elsewhere RENAME TO log"))
    assert ring.read_bytes() == content
    assert acts() == []
