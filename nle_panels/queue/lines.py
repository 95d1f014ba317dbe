"""The engine's jobs as lines of a list. Pure: the time is an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from engine.messages import ENDED, JobRecord
from engine.protocol import Progress

# Work that an editor waits for. Looking at files and cutting up previews is done before anyone asks.
SHOWN = ("render", "transcribe", "align")
KEPT = 30  # ours: ended jobs that stay in the list
BESIDE = 10  # ours: so many that wait are listed of the first to come, and of the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A job, and what it is called here. `began`: the clock's seconds when it was first seen to run."""

    job: JobRecord
    label: str = ""
    began: float | None = None

    @property
    def part(self) -> float | None:
        """How much is done, 0 to 1; None where that is not known."""
        progress = self.job.progress
        return progress.done / progress.total if progress and progress.total else None

    @property
    def preview(self) -> str:
        return self.job.progress.preview if self.job.progress else ""

    @property
    def cancellable(self) -> bool:
        return self.job.state not in ENDED

    def seconds_left(self, now: float) -> int | None:
        """At the pace so far; None before there is one."""
        part = self.part
        if self.began is None or not part or self.job.state != "running":
            return None
        return round((now - self.began) * (1 - part) / part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The newest job last, by its id."""

    lines: Mapping[str, Line] = field(default_factory=dict)

    def named(self, job: JobRecord, label: str) -> Lines:
        return self._with(replace(self.lines.get(job.id, Line(job=job)), job=job, label=label))

    def changed(self, job: JobRecord, now: float) -> Lines:
        if job.kind not in SHOWN:
            return self
        line = replace(self.lines.get(job.id, Line(job=job)), job=job)
        if job.state == "running" and line.began is None:
            line = replace(line, began=now)
        lines = self._with(line)
        return lines if line.cancellable else lines._tidied()

    def progressed(self, job_id: str, progress: Progress) -> Lines:
        line = self.lines.get(job_id)
        if line is None:
            return self
        return self._with(replace(line, job=msgspec.structs.replace(line.job, progress=progress)))

    @property
    def open(self) -> int:
        """How many are queued or running."""
        return sum(line.cancellable for line in self.lines.values())

    @property
    def listed(self) -> tuple[Line, ...]:
        """The newest first, without those in the midst of very many that wait: a row is dear."""
        waiting = [key for key, line in self.lines.items() if line.job.state == "queued"]
        between = set(waiting[BESIDE:-BESIDE])
        return tuple(line for key, line in reversed(tuple(self.lines.items())) if key not in between)

    def _with(self, line: Line) -> Lines:
        return Lines(lines={**self.lines, line.job.id: line})

    def _tidied(self) -> Lines:
        ended = [key for key, line in self.lines.items() if not line.cancellable]
        old = set(ended[: max(0, len(ended) - KEPT)])
        return Lines(lines={key: line for key, line in self.lines.items() if key not in old})
