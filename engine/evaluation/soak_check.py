"""Whether a soak lost a job, did one twice or left half a file: what clients were told, against the disk."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from engine.evaluation.soak_client import Told
from engine.messages import ENDED, Fault
from engine.paths import EnginePaths

ENDS = ("done", "failed", "cancelled")
TWICE_KILLED = "WorkerLost"  # the one fault that a kill may have


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A job as the engine has it at the end. `ended`: milliseconds since 1970; `fault`: its name."""

    id: str
    hash: str
    state: str
    ended: int | None
    folder: str
    fault: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, each in a line; and how many jobs ended how."""

    lost: tuple[str, ...]
    twice: tuple[str, ...]
    halves: tuple[str, ...]
    states: dict[str, int]

    @property
    def troubles(self) -> tuple[str, ...]:
        return (*self.lost, *self.twice, *self.halves)


def verdict(paths: EnginePaths, ledgers: Iterable[Path]) -> Verdict:
    """Of an engine that has been stopped, started and stopped again: its sweep has been."""
    kept = {job.id: job for job in jobs_of(paths.jobs)}
    told = [line for ledger in ledgers for line in told_in(ledger)]
    return Verdict(
        lost=tuple(lost(told, kept)),
        twice=tuple(done_twice(kept.values(), {id: begun(paths.job_logs / f"{id}.log") for id in kept})),
        halves=tuple(half_files(paths, {job.folder for job in kept.values() if job.state == "done"})),
        states=dict(Counter(job.state for job in kept.values())),
    )


# ---------------------------------------------------------------------------------------- pure


def lost(told: Iterable[Told], kept: dict[str, Kept]) -> Iterator[str]:
    """Jobs that a client was told of and that are not kept, are other ones, or ended otherwise than told."""
    cancelling = set()
    for line in told:
        job = kept.get(line.job)
        if line.what == "cancelling":
            cancelling.add(line.job)
        if job is None:
            yield f"job {line.job} was {line.what}, and is not kept"
        elif job.hash != line.hash:
            yield f"job {line.job} is another one than was {line.what}"
        elif job.state not in ENDED:
            yield f"job {line.job} was {line.what}, and never ended: {job.state}"
        elif line.what in ENDS and job.state != line.what:
            yield f"job {line.job} was told to be {line.what}, and is kept as {job.state}"
    for job in kept.values():
        if job.state == "cancelled" and job.id not in cancelling:
            yield f"job {job.id} was cancelled, and nobody asked for it"
        if job.state == "failed" and job.fault != TWICE_KILLED:
            yield f"job {job.id} failed, and not since its workers were killed: {job.fault}"


def done_twice(kept: Iterable[Kept], begun: dict[str, tuple[int, ...]]) -> Iterator[str]:
    """Jobs that a worker began after it was written down that they were done."""
    for job in kept:
        for moment in begun.get(job.id, ()):
            if job.state == "done" and job.ended is not None and moment > job.ended:
                yield f"job {job.id} was begun {moment - job.ended} ms after it was done"


# ---------------------------------------------------------------------------------------- the disk


def told_in(ledger: Path) -> Iterator[Told]:
    for line in ledger.read_bytes().splitlines():
        yield msgspec.json.decode(line, type=Told)


def jobs_of(path: Path) -> Iterator[Kept]:
    columns = "id, hash, state, ended, folder, fault"
    with contextlib.closing(sqlite3.connect(path)) as db:
        for job_id, job_hash, state, ended, folder, fault in db.execute(f"SELECT {columns} FROM jobs"):  # noqa: S608
            name = "" if fault is None else msgspec.msgpack.decode(fault, type=Fault).name
            yield Kept(id=str(job_id), hash=job_hash, state=state, ended=ended, folder=folder, fault=name)


def begun(log: Path) -> tuple[int, ...]:
    """When workers began the job, in milliseconds since 1970; a job that was never begun has no log."""
    if not log.exists():
        return ()
    lines = (_line(raw) for raw in log.read_bytes().splitlines())
    return tuple(int(line.at.timestamp() * 1000) for line in lines if line and line.event == "running")


class _Line(msgspec.Struct, frozen=True):
    at: datetime
    event: str


def _line(raw: bytes) -> _Line | None:
    """None for what a worker has printed."""
    try:
        return msgspec.json.decode(raw, type=_Line)
    except msgspec.MsgspecError:
        return None


def half_files(paths: EnginePaths, takes: set[str]) -> Iterator[str]:
    """What was written beside and never renamed, and folders of takes that no job is done with."""
    for root in (paths.state, paths.cache):
        for file in root.rglob("*"):
            if file.name.endswith(".part") or file.name.startswith("."):
                yield f"{file.relative_to(root)} was left half"
    for folder in paths.takes.glob("*/*"):
        if folder.name not in takes:
            yield f"{folder.relative_to(paths.cache)} is no job's"
