"""What became of each row: a file of JSON lines that only grows, each line on the disk before the next step.

    begun  the row, and the output that is its own from here on
    done   its report            failed  why

A line that a power cut left half is no line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from bridge.errors import UnwritableOutput
from bridge.report import EditReport


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A row, by its hash, in a state. `seconds`: how long it took; `code`: exit code of what went wrong."""

    row: str
    state: Literal["begun", "done", "failed"]
    output: str
    report: EditReport | None = None
    error: str = ""
    code: int = 0
    seconds: float = 0.0


_lines = msgspec.json.Decoder(Line)


class Record:
    """For one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._latest = {line.row: line for line in _read(path)}

    def of(self, row: str) -> Line | None:
        """What is known last of the row; None where it was never begun."""
        return self._latest.get(row)

    @property
    def outputs(self) -> frozenset[Path]:
        """Those that belong to a row already."""
        return frozenset(Path(line.output) for line in self._latest.values())

    def note(self, line: Line) -> None:
        """On return it is on the disk. Raises UnwritableOutput."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            torn = self._path.exists() and _is_torn(self._path)
            with self._path.open("ab") as file:
                file.write((b"\n" if torn else b"") + msgspec.json.encode(line) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UnwritableOutput(f"{self._path}: cannot be written: {error.strerror}") from error
        self._latest[line.row] = line


def _read(path: Path) -> Iterator[Line]:
    if not path.exists():
        return
    for written in path.read_bytes().splitlines():
        try:
            yield _lines.decode(written)
        except (msgspec.MsgspecError, RecursionError):
            continue


def _is_torn(path: Path) -> bool:
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
