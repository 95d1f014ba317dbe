"""A row done: planned, looked up on the record, given an output of its own, dubbed, and noted."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from bridge import captions, dub
from bridge.batch.manifest import BrokenRow, Entry
from bridge.batch.output import Template, template_of
from bridge.batch.record import Line, Record
from bridge.batch.report import RowReport, RowState
from bridge.batch.rows import PlannedRow, Planner
from bridge.dub import DubRequest
from bridge.errors import RENDER_FAILED, BadManifest, BridgeError, exit_code_of
from bridge.files import read_bounded
from bridge.report import EditReport
from engine.client import EngineClient
from engine.errors import EngineError, EngineUnavailable
from engine.messages import Leave
from otio_adapters.errors import TimelineError

_LARGEST_REPORT = 64 * 1024 * 1024
_OURS = (BridgeError, EngineError, TimelineError)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A row's name on the record. `marked`: why its takes are; empty where somebody has consented to them."""

    name: str
    marked: str = ""


class Work:
    """Does one row after the other, with one engine. `folder`: where the manifest lies.

    Its methods raise EngineUnavailable; all else that goes wrong is told of the row.
    """

    def __init__(self, folder: Path, record: Record, engine: EngineClient, *, yes: bool) -> None:
        self._folder = folder
        self._record = record
        self._engine = engine
        self._planner = Planner(engine, folder, yes=yes)

    def planned(self, row: Entry | BrokenRow) -> RowReport:
        """What the row would come to."""
        return _told(row, self._plan_alone)

    def done(self, row: Entry | BrokenRow) -> RowReport:
        """What has become of the row."""
        return _told(row, self._do)

    def _plan(self, entry: Entry, *, note: bool) -> tuple[PlannedRow, Template, _Named]:
        """The row to the frame, what its output is called, and its name on the record.

        Raises ConsentMissing where the engine would refuse its takes; with `note` the ledger tells of it.
        """
        template = template_of(entry, self._folder)
        planned = self._planner.plan(entry.row)
        return planned, template, self._named(planned, f"{planned.hash} {template.text}", note=note)

    def _named(self, planned: PlannedRow, told: str, *, note: bool) -> _Named:
        """What was done by somebody's leave stays done, whatever has become of that since."""
        allowed = _Named(name=_sha256(told))
        known = self._record.of(allowed.name)
        if known is not None and known.state == "done" and Path(known.output).exists():
            return allowed
        marked = _marked(dub.ask(planned.request, planned.dubs, self._engine, note=note))
        # With a record one day, the row is another one than that which is marked for want of it.
        return _Named(name=_sha256(f"{told} marked"), marked=marked) if marked else allowed

    def _plan_alone(self, entry: Entry) -> RowReport:
        if price := self._planner.price(entry.row):  # how long the line is, only saying it would tell
            return RowReport(
                line=entry.line,
                clip=entry.row.clip,
                state="planned",
                output=str(next(self._free("", template_of(entry, self._folder)))),
                language=entry.row.language,
                price=price.count,
                unit=price.unit,
                marked=bool(why := _marked(price.leaves)),
                why=why,
            )
        planned, template, named = self._plan(entry, note=False)
        known = self._record.of(named.name)
        output = Path(known.output) if known else next(self._free(named.name, template))
        state: RowState = "as before" if known and known.state == "done" and output.exists() else "planned"
        return _report(entry, planned, named, state=state, output=output)

    def _do(self, entry: Entry) -> RowReport:
        planned, template, named = self._plan(entry, note=True)
        with self._record.alone_with(named.name):
            begun = self._begun(named.name, template, planned.request)
            output = Path(begun.output)
            if begun.state == "done":
                return _report(entry, planned, named, state="as before", output=output, edit=begun.report)
            try:
                edit = dub.dub(
                    replace(planned.request, out=output),
                    self._engine,
                    lambda *_: None,
                    known=self._planner.engine,
                )
            except _OURS as error:
                failed = {"state": "failed", "error": str(error), "code": exit_code_of(error)}
                self._record.note(msgspec.structs.replace(begun, **failed))
                raise
            self._record.note(msgspec.structs.replace(begun, state="done", report=edit))
            return _report(entry, planned, named, state="done", output=output, edit=edit)

    def _begun(self, name: str, template: Template, request: DubRequest) -> Line:
        """The row as it stands on the record: done already, or begun now with an output of its own."""
        known = self._record.of(name)
        if known is not None and known.state == "begun":
            known = _finished(known, request)
        if known is not None and known.state == "done" and Path(known.output).exists():
            line = known
        else:
            line = Line(row=name, state="begun", output=str(self._output(known, name, template)))
        self._record.note(line)
        return line

    def _output(self, known: Line | None, name: str, template: Template) -> Path:
        """The row's own from before, or one that is nobody else's. Raises BadManifest."""
        # What failed has left nothing behind: a file that is there now is somebody else's.
        if known is not None and not (known.state == "failed" and Path(known.output).exists()):
            return Path(known.output)
        return next(output for output in self._free(name, template) if self._record.claim(output, name))

    def _free(self, name: str, template: Template) -> Iterator[Path]:
        """Outputs that are neither there nor another row's. Raises BadManifest where there can be none."""
        for output in template.versions():
            if self._record.owner(output) not in (None, name):
                reason = "is another row's output: put {version} or a column into its name"
            elif output.exists():
                reason = "is there already, and nothing is overwritten: put {version} into its name"
            else:
                yield output
                reason = "was taken by another row just now"
        raise BadManifest(f"{output} {reason}")


def failed_row(row: Entry | BrokenRow, error: str, code: int) -> RowReport:
    clip = row.row.clip if isinstance(row, Entry) else ""
    return RowReport(line=row.line, clip=clip, state="failed", error=error, code=code)


def _told(row: Entry | BrokenRow, work: Callable[[Entry], RowReport]) -> RowReport:
    """The row's report, whatever goes wrong: a failure that nobody foresaw is one row's too."""
    if isinstance(row, BrokenRow):
        return failed_row(row, str(row), BridgeError.exit_code)
    began = time.monotonic()
    try:
        told = work(row)
    except EngineUnavailable:
        raise
    except Exception as error:  # noqa: BLE001  (see above)
        ours = isinstance(error, _OURS)
        told = failed_row(
            row,
            str(error) if ours else f"{type(error).__name__}: {error}",
            exit_code_of(error) if ours else RENDER_FAILED,
        )
    return msgspec.structs.replace(told, seconds=round(time.monotonic() - began, 3))


def _finished(begun: Line, request: DubRequest) -> Line:
    """A row that an end by force left begun: done, if all of it was written."""
    output = Path(begun.output)
    sidecar = output.with_suffix(".pickup.json")  # written when the timeline is, and captions after it
    written = [output, sidecar]
    if request.captions is not None:
        written.append(captions.beside(output, request.captions))
    if not all(path.exists() for path in written):
        return begun
    try:
        edit = msgspec.json.decode(read_bounded(sidecar, _LARGEST_REPORT), type=EditReport)
    except (msgspec.MsgspecError, BridgeError):
        return begun
    return msgspec.structs.replace(begun, state="done", report=edit)


def _report(
    entry: Entry,
    planned: PlannedRow,
    named: _Named,
    *,
    state: RowState,
    output: Path,
    edit: EditReport | None = None,
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
        marked=bool(named.marked),
        why=named.marked,
        edit=edit,
    )


def _marked(leaves: Iterable[Leave]) -> str:
    """Why the row's takes are marked; empty where none is."""
    return next((leave.why for leave in leaves if leave.marked), "")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
