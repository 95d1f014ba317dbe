"""What an engine clears away when it starts: jobs that are too old, and files that belong to no job."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.daemon.job_store import JobStore
from engine.paths import EnginePaths

KEPT_MS = 30 * 24 * 3600 * 1000  # jobs, and their takes in the cache, live for 30 days


def sweep(paths: EnginePaths, store: JobStore, now_ms: int) -> None:
    """Forgets old jobs; removes the takes and logs of jobs that are not kept, half takes among them."""
    store.forget_before(now_ms - KEPT_MS)
    kept = store.take_folders()
    for folder in paths.takes.glob("*/*"):
        if folder.name not in kept:
            _remove(folder)
    for folder in paths.unfinished.glob("*"):
        job_hash, _, _ = folder.name.partition(".")  # a dot in front: on its way out
        if not store.is_unfinished(job_hash):
            _remove(folder)
    for file in paths.job_logs.glob("*.log"):
        if not store.knows(file.stem):
            file.unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
