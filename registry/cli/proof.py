"""`audit`, `receipt`, `exposure`: what the registry did and said, and whether it is genuine."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import IO, Any

import click
import orjson
from flask.cli import AppGroup

from registry.audit import export as log_export
from registry.audit.retention import KEPT_YEARS, retire
from registry.audit.service import OPERATOR
from registry.audit.verification import verified
from registry.cli.answering import answering
from registry.errors import Conflict, Invalid
from registry.publishing import verdicts
from registry.screening import receipts
from registry.services import Services
from registry.text import Text
from registry.vault.signatures import verify

_LARGEST = 1 << 30
"""Bytes of a file that is verified here; it is held in memory."""


def commands(services: Services) -> list[click.Command]:
    """The commands of this subject."""
    return [_audit(services), _receipt(), _exposure()]


def _audit(services: Services) -> AppGroup:
    group = AppGroup("audit", help="The log.")

    @group.command("seal", help="Seal what is new; the worker does this every few seconds.")
    @answering
    def seal() -> dict[str, Any]:
        return {"sealed": services.sealer.seal()}

    @group.command("export", help="Write the log as lines that can be verified anywhere.")
    @click.argument("target", type=click.File("wb", lazy=False))
    @answering
    def export(target: IO[bytes]) -> dict[str, Any]:
        count = 0
        for line in log_export.lines(services.keys.log_name()):
            target.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
            count += "record" in line
        return {"records": count}

    @group.command("verify", help="Hold every record, seal and deleted month to the signed hashes.")
    @click.option(
        "--checkpoint", "kept", multiple=True, type=click.File("r"), help="a checkpoint that was kept"
    )
    @answering
    def verify_log(kept: Sequence[IO[str]]) -> dict[str, Any]:
        report = verified(
            log_export.lines(services.keys.log_name()),
            services.keys.public_keys(),
            [checkpoint.read() for checkpoint in kept],
        )
        if report.faults:
            raise Conflict(
                "log-altered",
                Text("日志被改动：\n{faults}", "The log was altered:\n{faults}").format(
                    faults="\n".join(map(str, report.faults[:50]))
                ),
                facts={"faults": len(report.faults)},
            )
        return {
            "records": report.sealed + report.unsealed,
            "unsealed": report.unsealed,
            "retired": report.retired,
        }

    @group.command("retire", help="Delete whole months that are older than five years.")
    @click.option("--years", type=click.IntRange(min=1), default=KEPT_YEARS, show_default=True)
    @answering
    def retire_months(years: int) -> dict[str, Any]:
        return {"months": retire(OPERATOR, services.log, services.keys.signer, years)}

    return group


def _receipt() -> AppGroup:
    group = AppGroup("receipt", help="Receipts of checks.")

    @group.command("verify", help="Print what a receipt says, if it is genuine. Needs the key set alone.")
    @click.option(
        "--keys", "key_set", required=True, type=click.File("rb"), help="what GET /v1/keys answered"
    )
    @click.argument("receipt", type=click.File("rb"), default="-")
    @answering
    def check(key_set: IO[bytes], receipt: IO[bytes]) -> dict[str, Any]:
        token = receipt.read().decode("ascii", "replace").strip()
        payload: dict[str, Any] = orjson.loads(verify(token, _key_set(key_set.read()), receipts.KIND))
        return payload | {"text": orjson.dumps(payload, option=orjson.OPT_INDENT_2).decode()}

    return group


def _exposure() -> AppGroup:
    group = AppGroup("exposure", help="Files of exposure lists.")

    @group.command("verify", help="Say what a published file is, if it is genuine. Needs the key set alone.")
    @click.option(
        "--keys", "key_set", required=True, type=click.File("rb"), help="what GET /v1/keys answered"
    )
    @click.argument("file", type=click.File("rb"))
    @answering
    def check(key_set: IO[bytes], file: IO[bytes]) -> dict[str, Any]:
        examined = verdicts.examine_file(file, file.name, _key_set(key_set.read()), _LARGEST)
        if not examined.unchanged:
            raise Conflict(
                "rows-changed",
                Text(
                    "签名属实，但各行与签发时不一致：文件被改动过，请勿采信。",
                    "The signature is genuine, but the rows are not those that were signed: do not rely on "
                    "them.",
                ),
            )
        return asdict(examined.said)

    return group


def _key_set(content: bytes) -> dict[str, Any]:
    try:
        jwks = orjson.loads(content)
    except orjson.JSONDecodeError:
        jwks = None
    if not isinstance(jwks, dict) or not isinstance(jwks.get("keys"), list):
        raise Invalid(
            "key-set-wrong",
            Text(
                "--keys 所指文件不是 JWK 集合。请保存 GET /v1/keys 的答复并指向该文件。",
                "The file of --keys is not a JWK set. Save what GET /v1/keys answers and point at that.",
            ),
        )
    return jwks
