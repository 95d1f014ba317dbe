"""A batch's rows on a Ray cluster: the one that RAY_ADDRESS names, or a new one on this machine.

Each worker has an engine of its own on its machine, which outlives it: a worker that is killed comes back to
the same engine, and the row that it had is begun again there. What is done stands on the batch's record, and
never in Ray alone.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from bridge.batch.manifest import BrokenRow, Entry
from bridge.batch.report import BatchReport, RowReport
from bridge.batch.run import Batch, OnRow, run_batch
from bridge.errors import MissingExtra
from engine import launcher
from engine.paths import EnginePaths

RETRIES = 3  # of a row whose worker died
_CPU_RENDERERS = frozenset({"draft", "demo"})


def run_on_ray(batch: Batch, on_row: OnRow, *, workers: int | None = None) -> BatchReport:
    """As `run.run_batch`. `workers`: as many as the cluster has GPUs, or processors, by default.

    The batch's files lie where every machine sees them under the same name. Raises MissingExtra.
    """
    try:
        import ray  # noqa: PLC0415  (an extra)
        from ray.util import ActorPool  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra("Ray is not installed: pip install 'pickup-editor[cluster]'") from error
    began = time.monotonic()
    told: list[RowReport] = []
    with redirect_stdout(sys.stderr), ExitStack() as ends:  # Ray tells its own troubles on stdout
        if not ray.is_initialized():
            ray.init(address=os.environ.get("RAY_ADDRESS"), log_to_driver=False, include_dashboard=False)
            ends.callback(ray.shutdown)
        gpus = 1 if any(map(_wants_gpu, batch.rows)) else 0
        count = workers or _workers(ray.cluster_resources(), gpus)
        kind = ray.remote(num_cpus=1, num_gpus=gpus, max_restarts=-1, max_task_retries=RETRIES)(_Worker)
        pool = ActorPool([kind.remote(number, batch) for number in range(count)])
        for answer in pool.map_unordered(lambda one, row: one.done.remote(row), list(range(len(batch.rows)))):
            told.append(msgspec.msgpack.decode(answer, type=RowReport))
            on_row(told[-1])
    ordered = tuple(sorted(told, key=lambda row: row.line))
    return BatchReport(manifest=str(batch.manifest), rows=ordered, seconds=time.monotonic() - began)


class _Worker:
    """Runs in a process of Ray's, and does one row after the other."""

    def __init__(self, number: int, batch: Batch) -> None:
        self._batch = batch
        self._paths = _paths_of(number)

    def done(self, index: int) -> bytes:
        """The report of that row of the batch."""
        alone = replace(self._batch, rows=(self._batch.rows[index],), at_once=1)
        (report,) = run_batch(alone, lambda: launcher.ensure_running(self._paths), lambda _: None).rows
        return msgspec.msgpack.encode(report)


def _paths_of(number: int) -> EnginePaths:
    """An engine's of its own: two of them share no job list and no cache. Models and keys are the user's."""
    usual = EnginePaths.default()
    name = Path("ray") / str(number)
    return EnginePaths(state=usual.state / name, cache=usual.cache / name, keys=usual.keys)


def _workers(resources: Mapping[str, Any], gpus: int) -> int:
    return max(1, int(resources.get("GPU" if gpus else "CPU", 1)))


def _wants_gpu(row: Entry | BrokenRow) -> bool:
    return isinstance(row, Entry) and row.row.renderer not in _CPU_RENDERERS
