"""A batch: its rows planned, done some at a time, and told of. What fails is one row, never the others.

plan -> its hash is known as done? as before
-> an output of its own, on the record -> dub -> its report on the record
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from bridge import dub
from bridge.batch.manifest import BrokenRow, Entry
from bridge.batch.output import Template, template_of
from bridge.batch.record import Line, Record
from bridge.batch.report import BatchReport, RowReport, RowState
from bridge.batch.rows import PlannedRow, Planner
from bridge.errors import RENDER_FAILED, BadManifest, BridgeError, exit_code_of
from bridge.files import read_bounded
from bridge.report import EditReport
from engine.client import EngineClient
from engine.errors import EngineError, EngineUnavailable
from otio_adapters.errors import TimelineError

OpenEngine = Callable[[], AbstractContextManager[EngineClient]]
OnRow = Callable[[RowReport], None]

_LARGEST_REPORT = 64 * 1024 * 1024
_OURS = (BridgeError, EngineError, TimelineError)


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
        work = _Work(batch, _Desk(Record(batch.record)), Planner(engine, batch.folder, yes=batch.yes))
        for row in batch.rows:
            told.append(work.planned(row))
            on_row(told[-1])
    return BatchReport(manifest=str(batch.manifest), rows=tuple(told), seconds=time.monotonic() - began)


def run_batch(batch: Batch, open_engine: OpenEngine, on_row: OnRow) -> BatchReport:
    """All rows done, or told why not, in the manifest's order. Raises EngineUnavailable where none comes."""
    began = time.monotonic()
    desk, mine = _Desk(Record(batch.record)), threading.local()
    with ExitStack() as engines:

        def one(row: Entry | BrokenRow) -> RowReport:
            if not hasattr(mine, "work"):  # this thread's first row
                with desk.lock:
                    mine.engine = engines.enter_context(open_engine())
                mine.work = _Work(batch, desk, Planner(mine.engine, batch.folder, yes=batch.yes))
            report: RowReport = mine.work.done(row, mine.engine)
            with desk.lock:
                on_row(report)
            return report

        with ThreadPoolExecutor(max_workers=batch.at_once) as pool:
            told = tuple(pool.map(one, batch.rows))
    return BatchReport(manifest=str(batch.manifest), rows=told, seconds=time.monotonic() - began)


class _Desk:
    """What the threads of a batch share."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.lock = threading.Lock()
        self._rows: dict[str, threading.Lock] = {}

    def alone_with(self, row: str) -> threading.Lock:
        """Held by who does the row: the same row twice in a manifest is done once."""
        with self.lock:
            return self._rows.setdefault(row, threading.Lock())


class _Work:
    """Does one row after the other."""

    def __init__(self, batch: Batch, desk: _Desk, planner: Planner) -> None:
        self._batch = batch
        self._desk = desk
        self._planner = planner

    def planned(self, row: Entry | BrokenRow) -> RowReport:
        """What the row would come to."""
        return _told(row, self._plan_alone)

    def done(self, row: Entry | BrokenRow, engine: EngineClient) -> RowReport:
        """What has become of the row."""
        return _told(row, lambda entry: self._do(entry, engine))

    def _plan(self, entry: Entry) -> tuple[PlannedRow, Template, str]:
        """The row to the frame, what its output is called, and its name on the record."""
        template = template_of(entry, self._batch.folder)
        planned = self._planner.plan(entry.row)
        return planned, template, hashlib.sha256(f"{planned.hash} {template.text}".encode()).hexdigest()

    def _plan_alone(self, entry: Entry) -> RowReport:
        planned, template, name = self._plan(entry)
        known = self._desk.record.of(name)
        output = Path(known.output) if known else next(self._free(name, template))
        state: RowState = "as before" if known and known.state == "done" and output.exists() else "planned"
        return _report(entry, planned, state=state, output=output)

    def _do(self, entry: Entry, engine: EngineClient) -> RowReport:
        planned, template, name = self._plan(entry)
        with self._desk.alone_with(name):
            begun = self._begun(name, template)
            output = Path(begun.output)
            if begun.state == "done":
                return _report(entry, planned, state="as before", output=output, edit=begun.report)
            try:
                edit = dub.dub(replace(planned.request, out=output), engine, lambda *_: None)
            except _OURS as error:
                failed = {"state": "failed", "error": str(error), "code": exit_code_of(error)}
                self._desk.record.note(msgspec.structs.replace(begun, **failed))
                raise
            self._desk.record.note(msgspec.structs.replace(begun, state="done", report=edit))
            return _report(entry, planned, state="done", output=output, edit=edit)

    def _begun(self, name: str, template: Template) -> Line:
        """The row as it stands on the record: done already, or begun now with an output of its own."""
        record = self._desk.record
        known = record.of(name)
        if known is not None and known.state == "begun":
            known = _finished(known)
        if known is not None and known.state == "done" and Path(known.output).exists():
            line = known
        else:
            output = Path(known.output) if known is not None else self._claimed(name, template)
            line = Line(row=name, state="begun", output=str(output))
        record.note(line)
        return line

    def _claimed(self, name: str, template: Template) -> Path:
        """An output that is nobody else's. Raises BadManifest."""
        return next(output for output in self._free(name, template) if self._desk.record.claim(output, name))

    def _free(self, name: str, template: Template) -> Iterator[Path]:
        """Outputs that are neither there nor another row's. Raises BadManifest where there can be none."""
        for output in template.versions():
            if self._desk.record.owner(output) not in (None, name):
                reason = "is another row's output: put {version} or a column into its name"
            elif output.exists():
                reason = "is there already, and nothing is overwritten: put {version} into its name"
            else:
                yield output
                reason = "was taken by another row just now"
        raise BadManifest(f"{output} {reason}")


def _told(row: Entry | BrokenRow, work: Callable[[Entry], RowReport]) -> RowReport:
    """The row's report, whatever goes wrong: a failure that nobody foresaw is one row's too."""
    if isinstance(row, BrokenRow):
        return RowReport(line=row.line, clip="", state="failed", error=str(row), code=BridgeError.exit_code)
    began = time.monotonic()
    try:
        told = work(row)
    except EngineUnavailable:
        raise
    except Exception as error:  # noqa: BLE001  (see above)
        ours = isinstance(error, _OURS)
        told = RowReport(
            line=row.line,
            clip=row.row.clip,
            state="failed",
            error=str(error) if ours else f"{type(error).__name__}: {error}",
            code=exit_code_of(error) if ours else RENDER_FAILED,
        )
    return msgspec.structs.replace(told, seconds=round(time.monotonic() - began, 3))


def _finished(begun: Line) -> Line:
    """A row that an end by force left begun: done, if all of it was written."""
    output = Path(begun.output)
    sidecar = output.with_suffix(".pickup.json")  # written last
    if not (output.exists() and sidecar.exists()):
        return begun
    try:
        edit = msgspec.json.decode(read_bounded(sidecar, _LARGEST_REPORT), type=EditReport)
    except (msgspec.MsgspecError, BridgeError):
        return begun
    return msgspec.structs.replace(begun, state="done", report=edit)


def _report(
    entry: Entry, planned: PlannedRow, *, state: RowState, output: Path, edit: EditReport | None = None
) -> RowReport:
    rate = planned.dubs[0].clip.window.rate
    return RowReport(
        line=entry.line,
        clip=entry.row.clip,
        state=state,
        output=str(output),
        language=entry.row.language,
        frames=planned.frames,
        change=round(float(planned.change / rate), 3),
        medias=tuple(one.clip.media.path for one in planned.dubs),
        edit=edit,
    )


def chosen(
    rows: Iterable[Entry | BrokenRow], only: Sequence[str], limit: int | None
) -> tuple[Entry | BrokenRow, ...]:
    """Those rows whose line, clip or language is asked for, and no more than so many."""
    asked = [row for row in rows if not only or _names(row) & set(only)]
    return tuple(asked if limit is None else asked[:limit])


def _names(row: Entry | BrokenRow) -> set[str]:
    if isinstance(row, BrokenRow):
        return {str(row.line)}
    return {str(row.line), *row.row.clips, row.row.language, *row.tags.values()}
