"""Verifying the newest part of the log in bounded time: what follows a seal that lies far enough back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.audit import checkpoints, export
from registry.audit.models import SealRow
from registry.audit.sealing import latest, tiles
from registry.audit.tree.tiles import TreeBroken, root, subtrees
from registry.audit.verification import Begun, Fault, Report, verified
from registry.db import reading
from registry.errors import RegistryError
from registry.vault.jwk import decoded


@dataclass(frozen=True, slots=True)
class Recent:
    """What was found. Records since `since` (`None`: since the beginning) were held to their seals.

    `size` records are sealed in all; the root over all of them is the one that was signed at `sealed_at`.
    """

    report: Report
    since: datetime | None
    size: int
    sealed_at: datetime | None


def verify_recent(origin: str, jwks: Mapping[str, Any], most: int, kept: Sequence[str] = ()) -> Recent:
    """Hold about the newest `most` records, all their seals and the `kept` checkpoints to the signed hashes.

    Raises Unavailable.
    """
    with reading() as session:
        newest = latest(session)
        size, sealed_at = (newest.size, newest.sealed_at) if newest else (0, None)
        seal = session.scalars(
            select(SealRow).where(SealRow.size <= size - most).order_by(SealRow.size.desc()).limit(1)
        ).first()
        try:
            begun = (
                Begun(seal.size, seal.last_position, subtrees(seal.size, tiles(session))) if seal else None
            )
        except TreeBroken:
            broken = Report(faults=[Fault("the stored hashes of earlier records are not whole")])
            return Recent(broken, None, size, sealed_at)
        vouching = [seal.checkpoint] if seal else []
        since = seal.sealed_at if seal else None
        earlier = [fault for text in kept if (fault := _kept(session, origin, jwks, size, text))]
    first = begun or Begun(0, 0, ())
    report = verified(export.lines(origin, first.size, first.position), jwks, vouching, begun)
    report.faults += earlier
    return Recent(report, since, size, sealed_at)


def _begun(session: Session, seal: SealRow) -> Begun:
    return Begun(seal.size, seal.last_position, subtrees(seal.size, tiles(session)))


def _kept(session: Session, origin: str, jwks: Mapping[str, Any], size: int, text: str) -> Fault | None:
    """What is wrong about a checkpoint that somebody kept."""
    publics = [key for each in jwks["keys"] if (key := decoded(str(each.get("x")))) is not None]
    try:
        checkpoint = checkpoints.verify(text, origin, publics)
    except RegistryError as broken:
        return Fault(f"a kept checkpoint is not this log's: {broken.sentence.en}")
    if checkpoint.size > size:
        return Fault("the log ends before a kept checkpoint", size)
    try:
        same = root(checkpoint.size, tiles(session)) == checkpoint.root
    except TreeBroken:
        same = False
    return None if same else Fault("the log is another one than a kept checkpoint says", checkpoint.size)
