"""What happens to jobs, written down: in the engine's log by id and class alone, in each job's own in full.

A job's log is `<state>/job_logs/<id>.log`, begun by the engine; its worker's prints come between (`job_log`).
"""

from __future__ import annotations

import contextlib
from typing import Any

import structlog

from engine import private_files
from engine.daemon.logs import line_of
from engine.messages import Event, JobChanged, JobRecord
from engine.paths import EnginePaths

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Journal:
    """Hears events in their order. That a job comes in is not written: ten thousand may, in a second."""

    def __init__(self, paths: EnginePaths) -> None:
        self._paths = paths
        self._begun: dict[str, int] = {}  # the attempt at each job that runs
        private_files.make_private_folder(paths.job_logs)

    def write_down(self, event: Event) -> None:
        if isinstance(event, JobChanged) and self._is_news(event.job):
            job, values = event.job, values_of(event.job)
            log.info(
                f"job_{job.state}", job=job.id, **values, **({"fault": job.fault.name} if job.fault else {})
            )
            self._append(job, line_of(job.state, **values, **({"fault": job.fault} if job.fault else {})))

    def _is_news(self, job: JobRecord) -> bool:
        """Not that a job came in, nor that one that runs was given another priority."""
        if job.state == "running":
            known = self._begun.get(job.id)
            self._begun[job.id] = job.attempts
            return known != job.attempts
        self._begun.pop(job.id, None)
        return job.state != "queued" or job.attempts > 0 or job.paused

    def _append(self, job: JobRecord, line: bytes) -> None:
        """A disk without room loses lines of the log, and no job."""
        with (
            contextlib.suppress(OSError),
            private_files.append_private(self._paths.job_log(job.id)) as file,
        ):
            file.write(line)


def values_of(job: JobRecord) -> dict[str, Any]:
    """What may be said of the job aloud: no path, and no word of its script."""
    known: dict[str, Any] = {
        "kind": job.kind,
        "client": job.client,
        "device": job.device,
        "attempt": job.attempts,
    }
    if job.started is not None and job.state == "running":
        known["waited"] = (job.started - job.submitted) / 1000
    if job.started is not None and job.ended is not None:
        known["seconds"] = (job.ended - job.started) / 1000
    if job.paused or job.cached:
        known |= {"paused": job.paused, "cached": job.cached}
    return {name: value for name, value in known.items() if value not in ("", None)}
