"""What service and worker have in common about a stored rescreening: limits, its end, its certificate."""

from pathlib import Path
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from registry import clock
from registry.errors import Conflict, Invalid, invalid_field
from registry.rescreens.findings import Findings, unpack
from registry.rescreens.models import UNFINISHED, RescreenChunkRow, RescreenRow
from registry.subjects.service import UNSYNCED
from registry.text import Text
from registry.vault.vault import Vault

MAX_ROWS = 10_000_000


def too_many_rows() -> Invalid:
    """More rows than one rescreening may have."""
    return invalid_field(
        "too-many-rows",
        Text(
            "超过 {most} 行；请分成几个文件上传。",
            "There are more than {most} rows; divide them into several uploads.",
        ).format(most=f"{MAX_ROWS:,}"),
        "/file",
    )


def no_rows() -> Invalid:
    """Nothing to screen."""
    return invalid_field("no-rows", Text("没有任何数据行。", "There is no row at all."), "/file")


def close(session: Session, job_id: str, keep: bool = False) -> None:
    """The end of a job, whatever its state is now: nobody works on it, and nothing opens its upload any more.

    With `keep` its findings stay, and the tokens it was asked to keep.
    """
    columns: dict[str, Any] = {"done_at": clock.now(), "owner": None, "lease_until": None}
    columns |= {"sealed_input_key": None}
    if not keep:
        columns |= {"sealed_tokens_key": None, "tokens_of": None}
        drop_findings(session, job_id)
    session.execute(update(RescreenRow).where(RescreenRow.id == job_id).values(columns))


def forget(session: Session, job_id: str) -> None:
    """Delete a job that has ended, with its findings; what was kept for it serves no other any more.

    Raises Conflict (`rescreen-in-use`) while a later rescreening reads what this one left.
    """
    reader = session.scalar(
        select(RescreenRow.id).where(
            or_(RescreenRow.since == job_id, RescreenRow.tokens_of == job_id),
            RescreenRow.id != job_id,
            RescreenRow.state.in_(map(str, UNFINISHED)),
        )
    )
    if reader is not None:
        raise Conflict(
            "rescreen-in-use",
            Text(
                "任务 {id} 正在使用其数据；请等其完成或先取消。",
                "The rescreening {id} is reading it; wait for that one or cancel it first.",
            ).format(id=reader),
        )
    drop_findings(session, job_id)
    session.execute(delete(RescreenRow).where(RescreenRow.id == job_id))
    session.execute(update(RescreenRow).where(RescreenRow.tokens_of == job_id).values(tokens_of=None))


def drop_findings(session: Session, job_id: str) -> None:
    """Forget what was found."""
    session.execute(
        delete(RescreenChunkRow).where(RescreenChunkRow.rescreen_id == job_id), execution_options=UNSYNCED
    )


def drop_files(folder: Path, job_id: str, keep: bool = False) -> None:
    """Remove the upload, and unless `keep` the tokens too."""
    for kind in ("input", "rows", *(() if keep else ("tokens",))):
        (folder / f"{job_id}.{kind}").unlink(missing_ok=True)


def findings(session: Session, vault: Vault, job_id: str, number: int) -> Findings:
    """What was found in a chunk."""
    row = session.get(RescreenChunkRow, (job_id, number))
    if row is None:
        return Findings()
    return unpack(vault.open(row.sealed, f"rescreen_chunks.sealed:{job_id}:{number}"))


def certified(job: RescreenRow) -> dict[str, Any]:
    """What a certificate says: what was screened, against what, and how many were found."""
    return {
        "input_sha256": (job.input_digest or b"").hex(),
        "since": job.since,
        "rows": job.rows_done,
        "valid": job.rows_done - job.invalid,
        "invalid": job.invalid,
        "matches": job.matches,
        "possible_matches": job.possible_matches,
        "list_version": job.list_version,
        "law_day": job.law_day.isoformat() if job.law_day else None,
        "law_version": job.law_version,
    }
