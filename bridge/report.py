"""What an edit did, for a person and for a script."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from bridge.edit_plan import ShortenPause
from bridge.revision import Change
from bridge.splice import Splice
from engine.protocol import TICKS_PER_SECOND, Ratio, Signer, Take, Word


class TakeReport(msgspec.Struct, frozen=True, kw_only=True):
    """A take as it lies beside the timeline: fields as in `engine.protocol.Take`."""

    path: str
    frames: int
    rate: Ratio
    source_range: tuple[int, int]
    sha256: str
    content_sha256: str
    renderer: str
    checkpoint: str
    seed: int
    lip_sync: str
    scratch_voice: bool
    reused: bool
    consent: tuple[str, ...]
    marked: bool
    warnings: tuple[str, ...]
    signer: Signer | None = None

    def __str__(self) -> str:
        marks = [f"lip-sync: {self.lip_sync}"]
        marks += ["scratch voice"] * self.scratch_voice + ["as before"] * self.reused
        marks += ["marked: no consent on record"] * self.marked
        return f"take      {self.path} ({self.source_range[1]} frames, {self.renderer}, {', '.join(marks)})"


class EditLine(msgspec.Struct, frozen=True, kw_only=True):
    """One edit. `at`: seconds of media time where its words begin; `words` gave way to `text`."""

    kind: Literal["remove", "insert", "replace", "pause", "rerender", "retime", "dub"]
    words: str = ""
    text: str = ""
    at: float = 0.0
    frames: tuple[int, int] | None = None  # of the clip, for edits of frames

    def __str__(self) -> str:
        if self.frames:
            return f"{self.kind:<9} frames {self.frames[0]} to {self.frames[1]}"
        if self.kind == "dub":
            return f"dub       {self.text}"
        if self.kind == "pause":
            return f'pause     after "{self.words}" at {self.at:.2f} s: {self.text} stay'
        parts = [f'"{self.words}"' * bool(self.words), f'"{self.text}"' * bool(self.text)]
        return f"{self.kind:<9} {' -> '.join(filter(None, parts))} at {self.at:.2f} s"


class EditReport(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `pickup edit --json`. Durations in frames of the timeline.

    `snapped`: frames that the clip has more (or fewer) than the words asked for, its cuts being on the
    grid of latents (`--set grid=latent`); 0 on the grid of frames.
    """

    timeline: str
    takes: tuple[TakeReport, ...]
    edits: tuple[EditLine, ...]
    duration_before: int
    duration_after: int
    rate: Ratio
    snapped: int = 0
    holes: tuple[str, ...] = ()  # places on other tracks where the edit left nothing to play
    losses: tuple[str, ...] = ()  # what the output's format could not carry
    splice: Splice | None = None  # of takes that replaced what was there
    warnings: tuple[str, ...] = ()

    def as_text(self) -> str:
        """The report for a person."""
        change = self.duration_after - self.duration_before
        lines = [str(line) for line in self.edits]
        lines += [str(take) for take in self.takes]
        lines += [f"hole      {hole}" for hole in self.holes]
        lines += [f"lost      {loss}" for loss in self.losses]
        if self.snapped:
            lines.append(f"grid      cuts in steps of 8 frames: {self.snapped:+d} frames against the words")
        lines.append(
            f"timeline  {self.timeline}: {self.duration_before} -> {self.duration_after} frames ({change:+d})"
        )
        return "\n".join(lines)


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


def describe_pause(pause: ShortenPause, words: Sequence[Word]) -> EditLine:
    """The shortened pause in words, its word before named. `words` are those that it counts."""
    before = words[pause.after] if pause.after >= 0 else None
    return EditLine(
        kind="pause",
        words=before.text if before else "",
        text=f"{pause.kept / TICKS_PER_SECOND:.2f} s",
        at=before.end if before else 0.0,
    )


def take_report(take: Take, path: Path, *, scratch_voice: bool, reused: bool) -> TakeReport:
    """Of a take that was copied to `path`; `reused`: it had been rendered before."""
    return TakeReport(
        path=str(path),
        frames=take.frames,
        rate=take.rate,
        source_range=take.source_range,
        sha256=take.sha256,
        content_sha256=take.content_sha256,
        renderer=take.renderer,
        checkpoint=take.checkpoint,
        seed=take.seed,
        lip_sync=take.lip_sync,
        scratch_voice=scratch_voice,
        reused=reused,
        consent=take.consent,
        marked=take.marked,
        warnings=take.warnings,
        signer=take.signer,
    )
