"""Lines to rows: the quick way and the exact way read the same, and every faulty line says what is wrong."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rescreens import rows
from registry.rescreens.faults import count
from registry.rescreens.rows import Rows, read


def line(**changes: Any) -> bytes:
    row = {"ref": "C-1", "name": "张三", "document": {"type": "resident_id", "number": "1"}} | changes
    return orjson.dumps(row) + b"\n"


def columns(read: Rows) -> list[Any]:
    texts = (read.refs, read.names, read.types, read.numbers)
    return [list(read.lines), *map(list, texts), read.faults]


def codes(read: Rows) -> dict[int, list[tuple[str, str]]]:
    """Faults by line number."""
    return {read.lines[at]: [(f.code, f.pointer) for f in faults] for at, faults in read.faults.items()}


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize(
    "form",
    [
        '{"ref":"%s","name":"%s","document":{"type":"10","number":"1"}}',
        ' { "ref" : "%s" ,\t"name": "%s","document": {"type": "10", "number" : "1"} } ',
        '{"document":{"number":"1","type":"10"},"ref":"%s","name":"%s"}',
    ],
)
def test_lines_that_are_alike_are_read_by_comparison(form: str, end: bytes) -> None:
    chunk = b"".join((form % (f"C {n}", "张·三" * (n % 3))).encode() + end for n in range(50))
    found = rows._alike(chunk, 7)
    assert found is not None
    assert list(found.lines) == list(range(8, 58))
    assert (found.refs[49], found.names[49], found.types[49], found.numbers[49]) == (
        "C 49",
        "张·三",
        "10",
        "1",
    )
    assert columns(found) == columns(rows._one_by_one(chunk, 7))


FAULTY = {
    b"\n": None,
    b"\r\n": None,
    b" \n": [("not-json", "")],
    b"nonsense\n": [("not-json", "")],
    b"[1]\n": [("not-json", "")],
    b'{"ref":"\xff"}\n': [("not-json", "")],
    b'{"ref":"a"}{"ref":"b"}\n': [("not-json", "")],
    line()[:-1] + b"," + line(): [("not-json", "")],
    line(ref=""): [("wrong-length", "/ref")],
    line(ref=" "): [("not-visible", "/ref")],
    line(ref="a\u0007"): [("not-visible", "/ref")],
    line(ref="a\0"): [("not-visible", "/ref")],
    line(ref="x" * 65): [("wrong-length", "/ref")],
    line(ref=7): [("not-text", "/ref")],
    line(name=None): [("not-text", "/name")],
    line(extra=1): [("unknown-field", "")],
    line(document=[]): [("not-object", "/document")],
    line(document={"type": "resident_id"}): [("missing", "/document/number")],
    line(document={"type": "10", "number": 1.1e17}): [("not-text", "/document/number")],
    line(document={"type": "10", "number": "1", "x": {}}): [("unknown-field", "/document")],
    line(name="§").replace("§".encode(), b"\xff"): [("not-json", "")],
    line(ref="§").replace("§".encode(), b"\xff"): [("not-json", "")],
    line(document={"type": "10", "number": "§"}).replace("§".encode(), b"\xff"): [("not-json", "")],
    line(name="§").replace("§".encode(), b"\x09"): [("not-json", "")],
    b'{"ref":"a","name":"b"}\n': [("missing", "/document")],
    b'{"name":"b","document":{"type":"10","number":"1"}}\n': [("missing", "/ref")],
}


@pytest.mark.parametrize("faulty", FAULTY)
def test_a_faulty_line_is_found_by_its_number_whatever_stands_around_it(faulty: bytes) -> None:
    found = read(line() + line() + faulty + line(ref="last"), 100)
    expected = FAULTY[faulty]
    assert codes(found) == ({103: expected} if expected else {})
    assert found.lines[-1] == 104
    assert found.refs[-1] == "last"
    assert len(found) == (4 if expected else 3)


def test_two_broken_lines_are_not_taken_for_one_row_beside_a_line_of_two_rows() -> None:
    broken = b'{"ref":"C-2","document":{"type":"resident_id","number":"1"}\n"name":"x"}\n'
    double = line(ref="C-3")[:-1] + b"," + line(ref="C-4")
    found = read(line() + broken + double, 0)
    assert sorted(codes(found)) == [2, 3, 4]
    nested = b'{"ref":"C-2","x":[{}\n{}],"name":"x","document":{"type":"10","number":"1"}}\n'
    assert sorted(codes(read(line() + nested + double, 0))) == [2, 3, 4]


texts = st.text(st.sampled_from('ab张·{}[],:"\\ \t0'), max_size=4)
values = st.one_of(texts, st.none(), st.integers(0, 3), st.lists(texts, max_size=2))
members = st.dictionaries(st.sampled_from(["ref", "name", "type", "x"]), values, max_size=4)
wild = st.one_of(
    st.builds(lambda row, document: row | {"document": document}, members, members),
    st.builds(
        lambda ref, name, no: {"ref": ref, "name": name, "document": {"type": "10", "number": no}},
        texts,
        texts,
        texts,
    ),
)
pieces = st.one_of(
    st.builds(orjson.dumps, wild),
    st.sampled_from([b"", b"\r", b"{", b"}", b"},{", line()[:-1], line()[:-1] + b"\r", line()[:40]]),
)


alike = st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=4).map(
    lambda each: [
        orjson.dumps({"ref": r, "name": n, "document": {"type": "10", "number": x}}) for r, n, x in each
    ]
)


@given(st.one_of(st.lists(pieces, min_size=1, max_size=5), alike))
def test_both_ways_of_reading_agree(parts: list[bytes]) -> None:
    chunk = b"\n".join(parts) + b"\n"
    found = read(chunk, 3)
    assert columns(found) == columns(rows._one_by_one(chunk, 3))
    assert count(chunk) == (chunk.count(b"\n"), len(found))
