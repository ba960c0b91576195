"""`exposure verify`: a published file is held to its signature with the key set and nothing else."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from registry.exposures.public import PublicList, PublicRow
from registry.exposures.rules import State
from registry.publishing import statements
from registry.publishing.layout import Issue
from registry.publishing.writing import Form, write
from registry.text import Text
from registry.vault.keyring import KeyRing
from registry.vault.signatures import Signer, key_set
from tests.cli.shell import Shell

DAY, AT = date(2026, 11, 22), datetime(2026, 11, 22, 4, tzinfo=UTC)
LIST = PublicList(
    id="exl_" + "0" * 26,
    version=2,
    state=State.PUBLISHED,
    batch="2026年第1批",
    title="惩戒曝光名单",
    authority="忻州市公安局",
    legal_basis=Text("依据", "Basis"),
    measures=Text("措施", "Measures"),
    rows_total=1,
    published_at=AT,
    changed_at=AT,
    withdrawn_at=None,
    reason=None,
)
ROW = PublicRow(
    id="exe_" + "0" * 26,
    serial=1,
    name="王某某",
    sex=None,
    document="resident_id",
    number="1409" + "*" * 10 + "1234",
    ground=Text("出租银行账户", "renting out bank accounts"),
    measures=(Text("一", "one"), Text("二", "two")),
    starts_on=DAY,
    ends_on=DAY,
    authority="忻州市公安局",
    decided_on=DAY,
    shown_until=DAY,
)


@pytest.fixture(params=Form)
def issued(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """A file of some registry, and what its `/v1/keys` was saved to."""
    signer = Signer(KeyRing.create(tmp_path / "keys.json", "intl"))
    keys = tmp_path / "keys.jwks"
    keys.write_text(json.dumps(key_set(KeyRing.load(tmp_path / "keys.json", "intl"))))
    kept = tmp_path / f"kept.{request.param}"
    with kept.open("wb") as target:
        issue = Issue(LIST, DAY, "zh-CN", "https://registry.example.cn/public/verify")

        def sign(digest: object) -> str:
            statement = statements.of_file(LIST, DAY, "zh-CN", digest)  # type: ignore[arg-type]
            return signer.sign(statement, statements.FILE_KIND)

        write(target, request.param, issue, [ROW], sign)
    return kept, keys


@pytest.fixture
def nowhere(tmp_path: Path) -> Shell:
    """A machine with the software on it and neither key ring nor database."""
    return Shell(tmp_path / "nowhere")


def test_a_genuine_file_is_told(nowhere: Shell, issued: tuple[Path, Path]) -> None:
    kept, keys = issued
    said = nowhere.json("exposure", "verify", "--keys", str(keys), str(kept))
    assert (said["list_id"], said["version"], said["day"], said["rows"]) == (LIST.id, 2, "2026-11-22", 1)
    assert not nowhere.keys.exists()


def test_a_file_that_was_changed_is_refused(nowhere: Shell, issued: tuple[Path, Path]) -> None:
    kept, keys = issued
    if kept.suffix == ".xlsx":
        import openpyxl

        book = openpyxl.load_workbook(kept)
        for row in book.active.iter_rows():  # type: ignore[union-attr]
            for cell in row:
                if cell.value == "王某某":
                    cell.value = "李某某"
        book.save(kept)
    else:
        kept.write_bytes(kept.read_bytes().replace("王".encode(), "李".encode()))
    told = nowhere.run("exposure", "verify", "--keys", str(keys), str(kept))
    assert told.status != 0
    assert "rows-changed" in told.err


def test_another_key_set_refuses_it(nowhere: Shell, issued: tuple[Path, Path], tmp_path: Path) -> None:
    kept, keys = issued
    keys.write_text(json.dumps(key_set(KeyRing.create(tmp_path / "other.json", "intl"))))
    told = nowhere.run("exposure", "verify", "--keys", str(keys), str(kept))
    assert told.status != 0
    assert "signature-broken" in told.err
