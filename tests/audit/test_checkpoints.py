"""Signed checkpoints: written as the note format says, and believed only when everything fits."""

import hashlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.audit import checkpoints
from registry.audit.checkpoints import CheckpointRefused, Signature

ORIGIN = "registry.example/log"
ROOT = hashlib.sha256(b"some tree").digest()
AT = datetime(2026, 11, 22, 4, 0, 0, 250, UTC)


class Key:
    """An Ed25519 key of a seed, so that every run signs the same."""

    def __init__(self, seed: str) -> None:
        private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())
        self.sign = private.sign
        self.public = private.public_key().public_bytes_raw()


OURS, ELDER, WITNESS = Key("ours"), Key("elder"), Key("witness")
TEXT = checkpoints.make(ORIGIN, 20852163, ROOT, AT, sign=OURS.sign, public=OURS.public)
BODY = TEXT[: TEXT.index("\n\n") + 1]


def signed(body: str, *lines: tuple[str, Key]) -> str:
    """`body` as a note, each signature line made step by step as c2sp.org/signed-note says."""
    note = body + "\n"
    for name, key in lines:
        key_id = hashlib.sha256(name.encode() + b"\x0a\x01" + key.public).digest()[:4]
        note += f"\N{EM DASH} {name} {b64encode(key_id + key.sign(body.encode())).decode()}\n"
    return note


def refusal(text: str, *keys: bytes, origin: str = ORIGIN) -> str:
    with pytest.raises(CheckpointRefused) as caught:
        checkpoints.verify(text, origin, keys or (OURS.public,))
    assert caught.value.slug == "checkpoint-refused"
    return caught.value.sentence.en.removeprefix("The checkpoint is not valid: ")


MALFORMED = "it does not have the right form."


def test_a_checkpoint_is_the_note_that_the_format_describes() -> None:
    body = f"registry.example/log\n20852163\n{b64encode(ROOT).decode()}\ntime 2026-11-22T04:00:00.000250Z\n"
    assert signed(body, (ORIGIN, OURS)) == TEXT


def test_what_was_made_is_what_is_read() -> None:
    found = checkpoints.verify(TEXT, ORIGIN, [OURS.public])
    assert (found.origin, found.size, found.root, found.at) == (ORIGIN, 20852163, ROOT, AT)
    assert found.body == BODY
    assert [(each.name, each.key_hash) for each in found.signatures] == [
        (ORIGIN, checkpoints.key_hash(ORIGIN, OURS.public))
    ]
    assert checkpoints.read(TEXT) == found


@pytest.mark.parametrize(
    ("name", "key"),
    [  # published with their hashes: Go's checksum database, and the example of Go's note package
        ("sum.golang.org", "033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"),
        ("PeterNeumann", "c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
    ],
)
def test_keys_are_named_as_others_name_them(name: str, key: str) -> None:
    hashed, _, encoded = key.partition("+")
    algorithm, public = b64decode(encoded)[:1], b64decode(encoded)[1:]
    assert algorithm == b"\x01"
    assert checkpoints.key_hash(name, public).hex() == hashed


def test_the_instant_is_written_in_utc_whatever_its_zone() -> None:
    beijing = AT.astimezone(timezone(timedelta(hours=8)))
    assert checkpoints.make(ORIGIN, 20852163, ROOT, beijing, sign=OURS.sign, public=OURS.public) == TEXT


def test_every_changed_character_is_refused() -> None:
    for place, character in enumerate(TEXT):
        for other in {"0", "A", "\n", " ", "=", "é", "\ud800", chr(ord(character) ^ 1)} - {character}:
            refusal(TEXT[:place] + other + TEXT[place + 1 :])
        refusal(TEXT[:place] + TEXT[place + 1 :])
        refusal(TEXT[:place])


def test_another_key_another_log_and_no_key_are_refused() -> None:
    assert refusal(TEXT, WITNESS.public) == "no known key has signed it."
    assert refusal(TEXT, origin="registry.example/other") == "it is that of another log."
    with pytest.raises(CheckpointRefused):
        checkpoints.verify(TEXT, ORIGIN, [])


def test_a_key_does_not_verify_what_it_signed_under_another_name() -> None:
    assert refusal(signed(BODY, ("registry.example/other", OURS))) == "no known key has signed it."


def test_checkpoints_of_an_elder_key_stay_valid_beside_the_new_one() -> None:
    elder = checkpoints.make(ORIGIN, 5, ROOT, AT, sign=ELDER.sign, public=ELDER.public)
    assert checkpoints.verify(elder, ORIGIN, [OURS.public, ELDER.public]).size == 5
    assert checkpoints.verify(TEXT, ORIGIN, [OURS.public, ELDER.public]).size == 20852163
    both = signed(BODY, (ORIGIN, ELDER), (ORIGIN, OURS))
    assert checkpoints.verify(both, ORIGIN, [OURS.public]).root == ROOT


def test_signatures_of_witnesses_are_kept_and_not_believed() -> None:
    witnessed = TEXT + signed(BODY, ("witness.example/w1", WITNESS)).removeprefix(BODY + "\n")
    found = checkpoints.verify(witnessed, ORIGIN, [OURS.public])
    assert [each.name for each in found.signatures] == [ORIGIN, "witness.example/w1"]
    assert found.signatures[1] == Signature(
        "witness.example/w1",
        checkpoints.key_hash("witness.example/w1", WITNESS.public),
        WITNESS.sign(BODY.encode()),
    )
    assert refusal(witnessed, WITNESS.public) == "no known key has signed it."


def test_a_false_signature_of_a_known_key_spoils_the_right_one_beside_it() -> None:
    false = b64encode(checkpoints.key_hash(ORIGIN, OURS.public) + bytes(64)).decode()
    line = f"— {ORIGIN} {false}\n"
    assert refusal(TEXT + line) == "a signature does not belong to its text."
    assert (
        refusal(f"{BODY}\n{line}{TEXT.removeprefix(BODY)[1:]}") == "a signature does not belong to its text."
    )


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace("20852163", "020852163"),
        BODY.replace("20852163", "-1"),
        BODY.replace("20852163", "+20852163"),
        BODY.replace("20852163", "２０"),
        BODY.replace("20852163", "2" * 30),
        BODY.replace(b64encode(ROOT).decode(), b64encode(ROOT[:-1]).decode()),
        BODY.replace(b64encode(ROOT).decode(), b64encode(ROOT).decode().rstrip("=")),
        BODY.replace(b64encode(ROOT).decode(), b64encode(ROOT).decode().replace("/", "_")),
        BODY.replace("time ", "at "),
        BODY.replace(".000250Z", "Z"),
        BODY.replace(".000250Z", ".00025Z"),
        BODY.replace(".000250Z", ".000250+00:00"),
        BODY.replace("-11-22T", "-02-30T"),
        BODY.replace("-11-22T", "-11-22 "),
        BODY.replace("\ntime", "\nseen 5\ntime"),
        BODY + "another line\n",
        BODY.replace("\n", "\r\n"),
        BODY.replace(ORIGIN, "registry example/log"),
        BODY.replace(ORIGIN, "registry+example/log"),
        BODY.replace(ORIGIN, ""),
        "\n" + BODY,
        "",
    ],
)
def test_a_well_signed_text_of_another_form_is_refused(body: str) -> None:
    assert body != BODY
    assert refusal(signed(body, (ORIGIN, OURS))) == MALFORMED


def test_base64_has_one_spelling() -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    assert TEXT.endswith("=\n")
    for end in (TEXT.index("=\n"), TEXT.rindex("=\n")):
        twin = alphabet[alphabet.index(TEXT[end - 1]) ^ 1]  # differs in a bit that stands for nothing
        assert refusal(TEXT[: end - 1] + twin + TEXT[end:]) == MALFORMED


def test_signature_lines_of_another_form_are_refused() -> None:
    line = TEXT.removeprefix(BODY + "\n")
    assert BODY + "\n" + line == TEXT
    for wrong in (
        "",
        line.rstrip("\n"),
        line + "\n",
        line.replace("—", "-"),
        line.replace("— ", "—"),
        line.replace(ORIGIN, f"{ORIGIN} "),
        f"— {ORIGIN} {b64encode(b'1234').decode()}\n",
        f"— {ORIGIN} !!!!\n",
        line + "more\n",
    ):
        assert refusal(f"{BODY}\n{wrong}") == MALFORMED
    assert refusal(TEXT.replace("\n\n", "\n")) == MALFORMED
    assert refusal(TEXT + line * 4000) == MALFORMED


def test_nothing_is_made_that_nobody_could_verify() -> None:
    for origin in ("", "registry example", "registry+example", "registry\nexample"):
        with pytest.raises(CheckpointRefused):
            checkpoints.make(origin, 1, ROOT, AT, sign=OURS.sign, public=OURS.public)
    with pytest.raises(CheckpointRefused):
        checkpoints.make(ORIGIN, -1, ROOT, AT, sign=OURS.sign, public=OURS.public)
    with pytest.raises(CheckpointRefused):
        checkpoints.make(ORIGIN, 1, ROOT[:-1], AT, sign=OURS.sign, public=OURS.public)
    with pytest.raises(CheckpointRefused):
        checkpoints.make(ORIGIN, 1, ROOT, AT, sign=WITNESS.sign, public=OURS.public)


@settings(deadline=None)
@given(st.text() | st.builds(lambda a, b, c: a + b + c, st.text(), st.sampled_from([TEXT, BODY]), st.text()))
def test_any_other_text_is_refused_and_no_crash(text: str) -> None:
    if text != TEXT:
        refusal(text)


@settings(deadline=None)
@given(
    st.integers(0, 10**18),
    st.binary(min_size=32, max_size=32),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)
def test_any_tree_at_any_time_goes_there_and_back(size: int, root: bytes, at: datetime) -> None:
    text = checkpoints.make(ORIGIN, size, root, at, sign=OURS.sign, public=OURS.public)
    found = checkpoints.verify(text, ORIGIN, [OURS.public])
    assert (found.size, found.root, found.at) == (size, root, at)
