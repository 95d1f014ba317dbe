"""An editing program behind the bridge: Resolve by its script, Premiere by its plug-in."""

from __future__ import annotations

import hashlib
import shutil
from itertools import count
from pathlib import Path
from typing import TypeVar

import msgspec
import opentimelineio as otio

from bridge.report import EditReport
from bridge.splice import Splice
from engine import private_files
from nle_panels.errors import HostBroken, HostGone, HostRefused
from nle_panels.hosts.bridge_server import BridgeServer
from nle_panels.hosts.host import HostSequence, PlacedInHost
from nle_panels.hosts.messages import (
    Answer,
    Export,
    Exported,
    Failed,
    Piece,
    Place,
    Placed,
    Question,
    Ripple,
    State,
    Take,
    Undo,
    Undone,
)
from otio_adapters.clip_place import clip_names, find_clip
from otio_adapters.compare import compare
from otio_adapters.errors import ReadBackMismatch, TimelineError
from otio_adapters.formats import format_of
from otio_adapters.opentime import timeline_rate
from otio_adapters.read import read
from otio_adapters.write import write

_A = TypeVar("_A", bound=Answer)
_EXPORT, _PLACE, _UNDO = 60.0, 300.0, 120.0  # seconds that a program may take, as PROTOCOL.md promises it


class RemoteHost:
    """Asks the script that is connected. `work`: a folder of the panel's own for the timelines it writes."""

    in_place = True

    def __init__(self, name: str, server: BridgeServer, work: Path) -> None:
        self.name = name
        self.server = server
        self._work = work
        self._exports = count(1)
        self._states: dict[Path, State] = {}

    def sequence(self) -> HostSequence:
        exported = self._export()
        path, state = Path(exported.timeline), exported.state
        self._states[path] = state
        return HostSequence(
            timeline=path,
            name=state.name or path.stem,
            version=state.version or hashlib.sha256(path.read_bytes()).hexdigest(),
            clip=_clip_name(path, state),
            range=state.range,
            playhead=state.playhead,
            transcript=Path(exported.transcript) if exported.transcript else None,
        )

    def check(self) -> None:
        self.server.hello()

    def place(self, done: EditReport, timeline: Path) -> PlacedInHost:
        """In the first of the script's ways that comes out as it was meant; each is read back whole."""
        state = self._states.get(timeline)
        if state is None or done.splice is None:
            raise HostRefused(f"{timeline.name} is not what {self.name} has open: take its sequence anew")
        hello = self.server.hello()
        offered = self._in_a_format_of(done, timeline, hello.reads)
        asked = _placing(done, done.splice, state, offered)
        refusals: list[str] = []
        for way in hello.ways:
            try:
                return self._placed(done, msgspec.structs.replace(asked, way=way))
            except _TryAnother as refusal:
                refusals.append(f"{way}: {refusal}")
        raise HostRefused(f"{self.name} did not take the edit, and is as it was. " + "; ".join(refusals))

    def _placed(self, done: EditReport, asked: Place) -> PlacedInHost:
        placed = self._question(asked, _PLACE, Placed)
        try:
            lost = self._read_back(done)
        except (TimelineError, HostRefused) as problem:
            self._take_back(placed.receipt, problem)
            raise _TryAnother(str(problem)) from problem
        except HostGone as problem:
            raise HostBroken(
                f"{problem}, after the edit was placed in {placed.name}: nobody has seen how, so look there"
            ) from problem
        return PlacedInHost(
            way=placed.way,
            sequence=placed.name,
            receipt=placed.receipt,
            warnings=(*placed.warnings, *lost),
        )

    def undo(self, placed: PlacedInHost) -> None:
        self._question(Undo(receipt=placed.receipt), _UNDO, Undone)

    def close(self) -> None:
        self.server.close()

    def _export(self) -> Exported:
        folder = self._work / f"export_{next(self._exports):04d}"
        private_files.make_private_folder(folder)
        exported = self._question(Export(folder=str(folder)), _EXPORT, Exported)
        path = Path(exported.timeline)
        if path.parent.resolve() != folder.resolve() or not path.is_file():
            raise HostRefused(f"{self.name} says that its sequence is in {path}, and it is not")
        return exported

    def _read_back(self, done: EditReport) -> tuple[str, ...]:
        """Compares the whole sequence as the program has it now with what was meant.

        Returns what became of markers: those are no reason to take an edit back. Raises `TimelineError`.
        """
        exported = Path(self._export().timeline)
        found, meant = read(exported), read(Path(done.timeline))
        shutil.rmtree(exported.parent, ignore_errors=True)
        marked = meant.deepcopy(), found.deepcopy()
        for timeline in (meant, found):
            timeline.tracks.markers.clear()
        compare(meant, found, timeline_rate(meant), None)
        return _lost_markers(*marked)

    def _take_back(self, receipt: str, problem: Exception) -> None:
        try:
            self._question(Undo(receipt=receipt), _UNDO, Undone)
        except HostRefused as error:
            raise HostBroken(f"{problem}; and it could not be taken back: {error}") from error

    def _in_a_format_of(self, done: EditReport, timeline: Path, reads: tuple[str, ...]) -> Path:
        made = Path(done.timeline)
        if made.suffix in reads:
            return made
        suffix = next((one for one in reads if _writes(one)), None)
        if suffix is None:
            raise HostRefused(f"{self.name} reads {', '.join(reads)}, and none of them can be written")
        path = self._work / f"{made.stem}{suffix}"
        try:
            write(read(made), path, origin=timeline)
        except TimelineError as error:
            raise HostRefused(f"the edit cannot be written for {self.name}: {error}") from error
        return path

    def _question(self, question: Question, seconds: float, wanted: type[_A]) -> _A:
        answer = self.server.ask(question, seconds)
        if isinstance(answer, wanted):
            return answer
        if not isinstance(answer, Failed):
            raise HostRefused(f"{self.name} answered a question with another answer: {type(answer).__name__}")
        if answer.name == "broken":
            raise HostBroken(answer.message)
        if answer.name in {"unsupported", "failed"} and wanted is Placed:
            raise _TryAnother(answer.message)
        raise HostRefused(answer.message)


class _TryAnother(Exception):
    """It does not fit in the way that was asked for; the project is as it was."""


def _placing(done: EditReport, splice: Splice, state: State, timeline: Path) -> Place:
    """In any way: which one is said later."""
    return Place(
        way="timeline",
        sequence=state.sequence,
        version=state.version,
        rate=done.rate,
        track=splice.track,
        sound_tracks=splice.sound_tracks,
        ripple=splice.ripple,
        pieces=pieces_of(done, splice),
        timeline=str(timeline.absolute()),
        name=f"{state.name or timeline.stem} (Pickup)",
    )


def pieces_of(done: EditReport, splice: Splice) -> tuple[Piece, ...]:
    """The edit's pieces, each with its take."""

    def take(number: int) -> Take:
        made = done.takes[number]
        path = Path(made.path).absolute()
        first, frames = made.source_range
        return Take(path=str(path), name=path.stem, first=first, frames=frames, total=made.frames)

    return tuple(
        Piece(
            start=piece.start,
            length=piece.length,
            take=None if piece.take is None else take(piece.take),
            ripples=tuple(Ripple(at=at, removed=gone, added=come) for at, gone, come in piece.ripples),
        )
        for piece in splice.pieces
    )


def _clip_name(path: Path, state: State) -> str | None:
    """The clip that the host means, by the name that finds it alone; None where there is no telling."""
    if not state.clip:
        return None
    try:
        timeline = read(path)
        twins = [name for name in clip_names(timeline) if state.clip in {name, name.rpartition("#")[0]}]
        if len(twins) > 1:
            twins = [name for name in twins if find_clip(timeline, name).start == state.clip_start]
    except TimelineError:
        return None
    return twins[0] if twins else None


def _lost_markers(meant: otio.schema.Timeline, found: otio.schema.Timeline) -> tuple[str, ...]:
    try:
        compare(meant, found, timeline_rate(meant), None)
    except ReadBackMismatch as error:
        return (str(error),)
    return ()


def _writes(suffix: str) -> bool:
    try:
        return format_of(Path(f"timeline{suffix}"), to_write=True).write is not None
    except TimelineError:
        return False
