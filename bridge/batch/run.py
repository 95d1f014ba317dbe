"""A batch: its rows planned, done some at a time, and told of. What fails is one row, never the others.

plan -> its hash is known as done? as before
-> an output of its own, on the record -> dub -> its report on the record
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from bridge.batch.manifest import BrokenRow, Entry
from bridge.batch.record import Record
from bridge.batch.report import BatchReport, RowReport
from bridge.batch.work import Work, failed_row
from bridge.errors import UsageError, exit_code_of
from engine.client import EngineClient
from engine.errors import EngineUnavailable

OpenEngine = Callable[[], AbstractContextManager[EngineClient]]
OnRow = Callable[[RowReport], None]

ATTEMPTS = 3  # ours: at a row under which the engine dies


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What `pickup batch` is asked for. `yes`: paid voices are agreed to; `at_once`: rows that are worked on
    at the same time.
    """

    manifest: Path
    rows: tuple[Entry | BrokenRow, ...]
    record: Path
    yes: bool = False
    at_once: int = 2

    @property
    def folder(self) -> Path:
        return self.manifest.absolute().parent


def plan_batch(batch: Batch, open_engine: OpenEngine, on_row: OnRow) -> BatchReport:
    """What the rows come to; nothing is rendered or written."""
    began = time.monotonic()
    told: list[RowReport] = []
    with open_engine() as engine:
        work = Work(batch.folder, Record(batch.record), engine, yes=batch.yes)
        for row in batch.rows:
            told.append(work.planned(row))
            on_row(told[-1])
    return BatchReport.of(batch.manifest, tuple(told), time.monotonic() - began)


def run_batch(batch: Batch, open_engine: OpenEngine, on_row: OnRow) -> BatchReport:
    """All rows done, or told why not, in the manifest's order. Raises EngineUnavailable where none comes."""
    began = time.monotonic()
    lock, mine = threading.Lock(), threading.local()
    with ExitStack() as ends:

        def one(row: Entry | BrokenRow) -> RowReport:
            if not hasattr(mine, "hands"):  # this thread's first row
                mine.hands = _Hands(batch, open_engine)
                with lock:
                    ends.callback(mine.hands.close)
            report: RowReport = mine.hands.done(row)
            with lock:
                on_row(report)
            return report

        with ThreadPoolExecutor(max_workers=batch.at_once) as pool:
            told = tuple(pool.map(one, batch.rows))
    return BatchReport.of(batch.manifest, told, time.monotonic() - began)


class _Hands:
    """Does rows, one after the other, with an engine, and with another one where it dies."""

    def __init__(self, batch: Batch, open_engine: OpenEngine) -> None:
        self._batch = batch
        self._open_engine = open_engine
        self._engine = ExitStack()
        self._work: Work | None = None

    def done(self, row: Entry | BrokenRow) -> RowReport:
        """What has become of the row. Raises EngineUnavailable where no engine comes."""
        gone = EngineUnavailable()
        for _ in range(ATTEMPTS):
            work = self._work or self._opened()
            try:
                return work.done(row)
            except EngineUnavailable as error:
                gone = error
                self.close()
        return failed_row(row, str(gone), exit_code_of(gone))

    def close(self) -> None:
        self._work = None
        self._engine.close()

    def _opened(self) -> Work:
        engine = self._engine.enter_context(self._open_engine())
        self._work = Work(self._batch.folder, Record(self._batch.record), engine, yes=self._batch.yes)
        return self._work


def chosen(
    rows: Iterable[Entry | BrokenRow], only: Sequence[str], limit: int | None
) -> tuple[Entry | BrokenRow, ...]:
    """Those rows whose line, clip or language is asked for, and no more than so many.

    Raises UsageError where there is none of something that is asked for.
    """
    named = [(row, _names(row)) for row in rows]
    if missing := set(only).difference(*(names for _, names in named)):
        raise UsageError(f"--only {min(missing)}: no row has such a line, clip, language or other column")
    asked = [row for row, names in named if not only or names & set(only)]
    return tuple(asked if limit is None else asked[:limit])


def _names(row: Entry | BrokenRow) -> set[str]:
    if isinstance(row, BrokenRow):
        return {str(row.line)}
    return {str(row.line), *row.row.clips, row.row.language, *row.tags.values()}
