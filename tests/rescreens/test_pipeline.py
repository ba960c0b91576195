"""The vector part never judges otherwise than the readers that a check uses."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.demo.people import People
from registry.errors import Invalid
from registry.identity.citizen import with_check_digit
from registry.identity.codes import PARTNER_CODES, DocumentType
from registry.identity.documents import parse_document
from registry.identity.names import normalise_name
from registry.rescreens.pipeline import TOKEN, Listed, Tokeniser, heads_of, plain_names, plain_numbers
from registry.rescreens.rows import Rows, read
from registry.vault.keyring import KeyRing
from registry.vault.suites import SUITE_NAMES
from registry.vault.vault import Vault
from tests.rescreens.uploads import ndjson
from tests.rescreens.uploads import row as uploads_row

TODAY = date(2026, 11, 22)
SURROGATES = [chr(code) for code in range(0xD800, 0xE000)]


@pytest.fixture(scope="module", params=SUITE_NAMES)
def vault(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(KeyRing.create(tmp_path_factory.mktemp("ring") / "keys.json", request.param))


digits = st.text(st.sampled_from("0123456789"), min_size=17, max_size=17)
births = st.one_of(
    st.dates(date(1890, 1, 1), date(2030, 12, 31)).map(lambda day: f"{day:%Y%m%d}"),
    st.tuples(st.integers(1890, 2030), st.integers(0, 20), st.integers(0, 40)).map(
        lambda day: f"{day[0]:04}{day[1]:02}{day[2]:02}"
    ),
)
numbers = st.one_of(
    st.builds(lambda all17, birth: with_check_digit(all17[:6] + birth + all17[14:]), digits, births),
    st.builds(
        lambda all17, birth, last: all17[:6] + birth + all17[14:] + last,
        digits,
        births,
        st.sampled_from("0123456789Xx*９"),
    ),
    st.builds(lambda all17: with_check_digit(all17) + " ", digits),
    st.sampled_from(["110105491231002", "11010519491231002x", "１１010519491231002X", "A" * 18, ""]),
    st.text(st.sampled_from("0123456789X/:万 "), min_size=16, max_size=20),
)
types = st.sampled_from([*DocumentType, *PARTNER_CODES, "身份证", ""])
names = st.one_of(
    st.sampled_from(
        ["张三", "买买提·吐尔逊", "Mike Chen", "·", " ", "A·", "", "张\n三", "㐂", "ﬁ", "王" * 101]
    ),
    st.text(st.sampled_from("张三·. aZ\n\u200b\x07\uf900\u3007①\ud800"), max_size=5),
    st.text(max_size=5),
)


@given(st.lists(st.tuples(names, types, numbers), min_size=1, max_size=6))
@example([("张三", "resident_id", with_check_digit("110105203101010" + "02"))])
@example([("张三", "resident_id", with_check_digit("110105190002290" + "02"))])
@example([("张三", "resident_id", with_check_digit("110105200002290" + "02"))])
@example([("张三", "resident_id", with_check_digit("110105202611220" + "02"))])
@example([("张三", "resident_id", with_check_digit("110105202611230" + "02"))])
def test_tokens_and_faults_are_those_of_a_check(vault: Vault, row: list[tuple[str, str, str]]) -> None:
    given_names, given_types, given_numbers = (list(column) for column in zip(*row, strict=True))
    rows = Rows(range(1, len(row) + 1), ["C"] * len(row), given_names, given_types, given_numbers)
    found = Tokeniser(vault).documents(rows, TODAY)
    name_tokens = Tokeniser(vault).names(given_names)
    if not any(surrogate in "".join(given_names) for surrogate in SURROGATES):
        uploaded = read(ndjson(*(uploads_row("C", n, no, t) for n, t, no in row)), 0)
        if not uploaded.faults:  # else there are no such texts in a row
            again = Tokeniser(vault).documents(uploaded, TODAY)
            assert (again.documents, again.faults, again.right_from) == (
                found.documents,
                found.faults,
                found.right_from,
            )
            assert Tokeniser(vault).names(uploaded.names) == name_tokens
    for at, (name, type_, number) in enumerate(row):
        expected: list[tuple[str, str]] = []
        token = bytes(TOKEN)
        try:
            key = normalise_name(name).key
            assert name_tokens[at] == vault.token("name", key)
        except Invalid as fault:
            expected += [(fault.slug, "/name")]
        try:
            token = vault.token("document", parse_document(type_, number, TODAY).key)
        except Invalid as fault:
            expected += [(fault.slug, "/document" + fault.errors[0].pointer)]
        assert [(f.code, f.pointer) for f in found.faults.get(at, [])] == expected
        if at in found.right_from:
            assert found.right_from[at] > TODAY
            token = vault.token("document", parse_document(type_, number, found.right_from[at]).key)
        elif expected:
            token = bytes(TOKEN)
        assert found.documents[at * TOKEN : at * TOKEN + TOKEN] == token


def test_somebody_not_born_yet_is_right_from_that_day(vault: Vault) -> None:
    born = with_check_digit("11010520261201002")
    rows = Rows([1], ["C"], ["张三"], ["resident_id"], [born])
    found = Tokeniser(vault).documents(rows, TODAY)
    assert found.right_from == {0: date(2026, 12, 1)}
    assert not Tokeniser(vault).documents(rows, date(2026, 12, 1)).faults


def test_common_rows_are_plain() -> None:
    """Else all would be right and nothing fast."""
    people = [People(5, TODAY).person() for _ in range(200)]
    text = np.frombuffer("".join(p.resident_id for p in people).encode(), np.uint8)
    assert plain_numbers(text.reshape(-1, 18), TODAY).all()
    assert plain_names([p.name for p in people])[0].all()


@given(st.lists(st.binary(min_size=TOKEN, max_size=TOKEN), max_size=40), st.integers(0, 40), st.randoms())
def test_every_listed_token_is_a_candidate_and_no_other_head(
    tokens: list[bytes], many: int, random: object
) -> None:
    listed = tokens[:many]
    alike = [token[:8] + bytes(24) for token in listed]  # the same head: a candidate, to be confirmed
    asked = tokens + alike
    found = set(Listed(heads_of(b"".join(listed))).candidates(b"".join(asked)).tolist())
    heads = {token[:8] for token in listed}
    assert found == {at for at, token in enumerate(asked) if token[:8] in heads}


def test_a_large_list_is_searched_right(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    heads = random.integers(0, 2**64, 300_000, np.uint64)
    listed = Listed(heads.copy())
    asked = np.zeros((2000, 4), ">u8")
    asked[:, 0] = np.concatenate([heads[:1000], random.integers(0, 2**64, 1000, np.uint64)])
    assert listed.candidates(asked.tobytes()).tolist() == list(range(1000))
    assert len(listed) == 300_000
