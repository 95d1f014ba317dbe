"""A batch's rows on a Ray cluster: the one that RAY_ADDRESS names, or a new one on this machine.

A row is a task. It holds a processor, and a GPU where its renderer wants one, for as long as it is done. Each
process of Ray's has an engine of its own, which dies with it; the row is then begun again by another process.
What is done stands on the batch's record, and never in Ray alone.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stdout
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from bridge.batch.manifest import BrokenRow, Entry
from bridge.batch.report import BatchReport, RowReport
from bridge.batch.run import Batch, OnRow, run_batch
from bridge.batch.work import failed_row
from bridge.errors import RENDER_FAILED, MissingExtra, exit_code_of
from engine import launcher
from engine.errors import EngineUnavailable
from engine.lock import EngineLock
from engine.paths import EnginePaths

RETRIES = 3  # of a row whose worker died
_MOST_SEATS = 1024  # ours: more processes than one machine has processors for
_LONGEST_REASON = 300  # characters of what Ray says


def run_on_ray(batch: Batch, on_row: OnRow, *, workers: int | None = None) -> BatchReport:
    """As `run.run_batch`. `workers`: rows that are worked on at a time; else as many as there is room for.

    The batch's files lie where every machine sees them under the same name. Raises MissingExtra.
    """
    try:
        import ray  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise MissingExtra("Ray is not installed: pip install 'pickup-editor[cluster]'") from error
    began = time.monotonic()
    told: list[RowReport] = []
    with redirect_stdout(sys.stderr), ExitStack() as ends:  # Ray tells its own troubles on stdout
        if not ray.is_initialized():
            address = os.environ.get("RAY_ADDRESS")
            if address is None:  # else work here would wait for all other programs of this machine
                os.environ.setdefault("RAY_worker_niceness", "0")
            ray.init(address=address, log_to_driver=False, include_dashboard=False)
            ends.callback(ray.shutdown)
        # A row's GPUs are of one machine: Ray would wait for ever for two of two machines.
        gpus = max(int(node["Resources"].get("GPU", 0)) for node in ray.nodes() if node["Alive"])
        for report in _answers(batch, gpus, workers or len(batch.rows)):
            told.append(report)
            on_row(report)
    ordered = tuple(sorted(told, key=lambda row: row.line))
    return BatchReport.of(batch.manifest, ordered, time.monotonic() - began)


def _answers(batch: Batch, gpus: int, at_once: int) -> Iterator[RowReport]:
    """What became of each row, as it comes."""
    import ray  # noqa: PLC0415
    from ray.exceptions import RayError  # noqa: PLC0415

    task = ray.remote(max_retries=RETRIES)(_done)
    waiting = iter(batch.rows)
    under_way: dict[Any, Entry | BrokenRow] = {}
    while True:
        while len(under_way) < at_once and (row := next(waiting, None)) is not None:
            if (wanted := gpus_of(row)) > gpus:
                yield failed_row(row, _too_few(gpus, wanted), MissingExtra.exit_code)
            else:
                alone = replace(batch, rows=(row,), at_once=1)
                under_way[task.options(num_cpus=1, num_gpus=wanted).remote(alone)] = row
        if not under_way:
            return
        (ready, *_), _ = ray.wait(list(under_way), num_returns=1)
        row = under_way.pop(ready)
        try:
            yield msgspec.msgpack.decode(ray.get(ready), type=RowReport)
        except RayError as error:  # its workers died, once more than it was begun again
            reason = " ".join(str(error).split())[:_LONGEST_REASON]
            yield failed_row(row, f"Ray has given the row up: {reason}", RENDER_FAILED)


def gpus_of(row: Entry | BrokenRow) -> int:
    """How many a row holds while it is done."""
    return row.row.gpus if isinstance(row, Entry) else 0


def _too_few(gpus: int, wanted: int) -> str:
    has = f"no machine of the Ray cluster has more than {gpus}" if gpus else "the Ray cluster has none"
    return (
        f"its renderer wants {wanted} GPU{'s' * (wanted > 1)}, and {has}: give it more"
        " (ray start --num-gpus), or do the row here with --executor local"
    )


def _done(batch: Batch) -> bytes:
    """The report of a batch's only row. Runs in a process of Ray's."""
    import ray  # noqa: PLC0415

    # Ray gives a GPU to one row at a time, and so its engine, which keeps models in it.
    gpus = "_".join(map(str, ray.get_gpu_ids()))
    paths = _place(f"gpu{gpus}") if gpus else _seat()
    try:
        (report,) = run_batch(batch, lambda: launcher.ensure_running(paths), lambda _: None).rows
    except EngineUnavailable as error:
        report = failed_row(batch.rows[0], str(error), exit_code_of(error))
    return msgspec.msgpack.encode(report)


@cache
def _seat() -> EnginePaths:
    """A place for an engine that no other process on this machine has until this one ends."""
    for number in range(_MOST_SEATS):
        paths = _place(f"{number}")
        lock = EngineLock(paths.state / "seat.lock")
        if lock.take():
            _taken.append(lock)
            return paths
    raise EngineUnavailable(f"no engine can be locked for this worker in {EnginePaths.default().state}")


_taken: list[EngineLock] = []  # let go of when the process ends


def _place(name: str) -> EnginePaths:
    """Two engines share no job list and no cache. Models and keys are the user's."""
    usual = EnginePaths.default()
    own = Path("ray") / name
    return EnginePaths(state=usual.state / own, cache=usual.cache / own, keys=usual.keys)
