"""Putting takes on the timeline, writing it, and saying what was done."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bridge.clip import OpenClip
from bridge.errors import UnwritableOutput, UsageError
from bridge.files import write_whole
from bridge.report import EditLine, EditReport, TakeReport, take_report
from bridge.shots import Shift, Shot
from bridge.splice import Splice
from bridge.versions import Version
from engine.protocol import Ratio
from otio_adapters import write as timelines
from otio_adapters.errors import UnsupportedFormat
from otio_adapters.formats import format_of
from otio_adapters.media_linker import MediaFacts
from otio_adapters.takes import Lay, Placement, PlaceReport, Ripple, RippleMode, check_lay, put_takes
from otio_adapters.translation import changes_between, losses_between


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where an edit reads from and writes to."""

    timeline: Path
    out: Path

    @property
    def takes(self) -> Path:
        return self.out.parent / "takes"

    @property
    def sidecar(self) -> Path:
        """The report of an edit: `cut.otio` has `cut.pickup.json` beside it."""
        return self.out.with_suffix(".pickup.json")


def check_output(paths: Paths) -> None:
    """Refuse before any work what could not be written after it, and the source as its own output."""
    try:
        format_of(paths.out, to_write=True)
    except UnsupportedFormat as error:
        raise UsageError(str(error)) from error
    folder = paths.out.parent
    if paths.out.exists() and paths.timeline.exists() and paths.out.samefile(paths.timeline):
        raise UsageError(f"{paths.out} is the timeline that is read: write to another file")
    if folder.exists() and not folder.is_dir():
        raise UnwritableOutput(f"{folder} is a file, not a folder: nothing can be written into it")
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not os.access(there, os.W_OK):
        raise UnwritableOutput(f"{there}: no permission to write there; choose another folder with -o")


def check_place(clip: OpenClip, paths: Paths, lay: Lay) -> None:
    """Refuse a placement that the output cannot hold, before anything is rendered for it."""
    check_lay(lay, clip.timeline, paths.out)


def place(
    clip: OpenClip, shots: Sequence[Shot], versions: Sequence[Version], ripple: RippleMode, lay: Lay
) -> PlaceReport:
    """The clip's timeline, changed: the shots' takes are on it."""
    rendered = [shot for shot in shots if shot.plan]
    placements = [_placement(clip, shot, version) for shot, version in zip(rendered, versions, strict=True)]
    trims = [ripple for shot in shots if not shot.plan for ripple in _ripples(clip, shot.shifts)]
    return put_takes(clip.timeline, clip.place, placements, ripple, trims, lay=lay)


def write(placed: PlaceReport, paths: Paths, report: EditReport) -> None:
    """The new timeline, read back and compared before it counts, and the report beside it."""
    paths.out.parent.mkdir(parents=True, exist_ok=True)
    timelines.write(placed.timeline, paths.out, origin=paths.timeline)
    note(report, paths)


def note(report: EditReport, paths: Paths) -> None:
    """The report beside the timeline."""
    write_whole(paths.sidecar, msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")


def report(
    clip: OpenClip, placed: PlaceReport, versions: Sequence[Version], edits: Sequence[EditLine], paths: Paths
) -> EditReport:
    """What was done, for a person and a script."""
    changes = changes_between(placed.timeline, paths.timeline, paths.out)
    takes = tuple(_take_report(version) for version in versions)
    return EditReport(
        timeline=str(paths.out),
        takes=takes,
        edits=tuple(edits),
        duration_before=placed.duration_before,
        duration_after=placed.duration_after,
        rate=Ratio.of(clip.window.rate),
        holes=tuple(
            f"{hole.track}: {hole.frames} frames of nothing at frame {hole.start}, in {hole.clip}"
            for hole in placed.holes
        ),
        losses=losses_between(placed.timeline, paths.timeline, paths.out),
        splice=Splice.of(placed.splice, clip.name) if placed.splice else None,
        warnings=(*changes, *dict.fromkeys(warning for take in takes for warning in take.warnings)),
    )


def _ripples(clip: OpenClip, shifts: Sequence[Shift]) -> tuple[Ripple, ...]:
    return tuple(
        Ripple(at=clip.start + shift.at, removed=shift.removed, added=shift.added) for shift in shifts
    )


def _placement(clip: OpenClip, shot: Shot, version: Version) -> Placement:
    take = version.record.take
    facts = MediaFacts(
        rate=clip.window.rate,
        start=take.timecode,
        frames=take.frames,
        width=take.width,
        height=take.height,
        channels=take.channels,
    )
    return Placement(
        start=clip.start + shot.start,
        length=shot.end - shot.start,
        media=version.path.absolute(),
        name=version.path.stem,
        facts=facts,
        source_range=take.source_range,
        ripples=_ripples(clip, shot.shifts),
        moments=_ripples(clip, shot.moments),
        drop_frame=take.drop_frame,
    )


def _take_report(version: Version) -> TakeReport:
    scratch = any(line.scratch for line in version.record.job.speech)
    return take_report(version.record.take, version.path, scratch_voice=scratch, reused=not version.new)
