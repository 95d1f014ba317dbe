"""What an edit did, for a person and for a script."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from bridge.revision import Change
from bridge.versions import Version
from engine.protocol import Word


class TakeReport(msgspec.Struct, frozen=True, kw_only=True):
    """A take as the timeline uses it. `frames` and `source_range` as in `engine.protocol.Take`."""

    path: str
    frames: int
    rate: tuple[int, int]
    source_range: tuple[int, int]
    sha256: str
    content_sha256: str
    renderer: str
    seed: int
    lip_sync: str
    scratch_voice: bool
    reused: bool
    warnings: tuple[str, ...]


class EditLine(msgspec.Struct, frozen=True, kw_only=True):
    """One edit. `at`: seconds of media time where its words begin; `words` gave way to `text`."""

    kind: Literal["remove", "insert", "replace", "rerender", "retime"]
    words: str = ""
    text: str = ""
    at: float = 0.0
    frames: tuple[int, int] | None = None  # of the clip, for edits of frames


class EditReport(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `pickup edit --json`. Durations in frames of the timeline."""

    timeline: str
    takes: tuple[TakeReport, ...]
    edits: tuple[EditLine, ...]
    duration_before: int
    duration_after: int
    rate: tuple[int, int]
    holes: tuple[str, ...] = ()  # places on other tracks where the edit left nothing to play
    losses: tuple[str, ...] = ()  # what the output's format could not carry
    warnings: tuple[str, ...] = ()


def describe(change: Change, words: Sequence[Word]) -> EditLine:
    """The change in words. `words` are those that the change counts."""
    gone = words[change.start : change.stop]
    kind: Literal["remove", "insert", "replace"] = (
        "insert" if not gone else "replace" if change.words else "remove"
    )
    before = words[change.start - 1].end if change.start and not gone else 0.0
    return EditLine(
        kind=kind,
        words=" ".join(word.text for word in gone),
        text=change.text,
        at=gone[0].start if gone else before,
    )


def take_report(version: Version) -> TakeReport:
    take, job = version.record.take, version.record.job
    return TakeReport(
        path=str(version.path),
        frames=take.frames,
        rate=(take.rate.num, take.rate.den),
        source_range=take.source_range,
        sha256=take.sha256,
        content_sha256=take.content_sha256,
        renderer=take.renderer,
        seed=take.seed,
        lip_sync=take.lip_sync,
        scratch_voice=any(line.scratch for line in job.speech),
        reused=not version.new,
        warnings=take.warnings,
    )


def sidecar_path(timeline: Path) -> Path:
    """Where the report of an edit lies: `cut.otio` has `cut.pickup.json` beside it."""
    return timeline.with_suffix(".pickup.json")
