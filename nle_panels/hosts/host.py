"""What the panel knows of an editing program: one protocol, and the values that cross it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from bridge.report import EditReport

Way = Literal["file", "project", "takes", "edit", "timeline"]
"""How an edit got into the program.

file: it lies in a file of its own, which the editor opens. project: it lies in the project's own file, which
the program has to read again. takes, edit, timeline: in the open project, as in `hosts.messages.Way`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSequence:
    """The active sequence, as a file that `otio_adapters` reads. Frames count from its first.

    `clip` is the selected one, in words that `otio_adapters.clip_place.find_clip` understands. `version` is
    another one whenever the sequence's content is. `transcript`: the program's own, where it has one.
    """

    timeline: Path
    name: str
    version: str
    clip: str | None = None
    range: tuple[int, int] | None = None
    playhead: int | None = None
    transcript: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedInHost:
    """What came of an edit in the program. `sequence`: what holds it is called so.

    `next_step` is what is left for the editor to do, "" for nothing. `receipt` is the host's own, for `undo`:
    "" where all there is to undo is files, which the bridge takes back.
    """

    way: Way
    sequence: str
    receipt: str = ""
    next_step: str = ""
    warnings: tuple[str, ...] = ()


class Host(Protocol):
    """An editing program, or a file in place of one.

    Its methods may take minutes, and are called in a thread that may wait; they raise `HostError`s:
    `HostGone`, `HostRefused` (the project is as it was), `HostBroken`. One is called at a time.
    """

    @property
    def name(self) -> str:
        """As in `pickup panel --host NAME`."""

    @property
    def in_place(self) -> bool:
        """Whether takes go into the open project itself, rather than into a file beside it."""

    def sequence(self) -> HostSequence:
        """What is active now."""

    def check(self) -> None:
        """Refuse what `place` or `undo` would be refused, before any file is written for it."""

    def place(self, done: EditReport, timeline: Path) -> PlacedInHost:
        """Bring the edit, whose files the bridge has written, into the program.

        `timeline` is the one it was made of, as `sequence` gave it.
        """

    def undo(self, placed: PlacedInHost) -> None:
        """Take it out of the program; its files are taken back by the bridge afterwards. Takes stay."""

    def close(self) -> None:
        """Let go of the program."""
