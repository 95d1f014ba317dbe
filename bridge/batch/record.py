"""What became of each row: a folder with a file of JSON lines for each, which only grows, each line on the
disk before the next step. Several programs, on several machines, may write there at once.

    rows/<row>.jsonl      begun: the output that is the row's own from here on
                          done: its report            failed: why
    outputs/<output>      the row that an output belongs to
    locks/<row>           held by who does the row

A line that a power cut left half is no line.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from bridge.errors import UnwritableOutput
from bridge.files import write_new
from bridge.report import EditReport
from engine.lock import lock_now

_PAUSE = 0.05  # seconds between two looks whether a row is free


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A row, by its hash, in a state. `code`: exit code of what went wrong."""

    row: str
    state: Literal["begun", "done", "failed"]
    output: str
    report: EditReport | None = None
    error: str = ""
    code: int = 0


_lines = msgspec.json.Decoder(Line)


class Record:
    """The record in a folder, which need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def exists(self) -> bool:
        return self._folder.is_dir()

    def of(self, row: str) -> Line | None:
        """What is known last of the row; None where it was never begun."""
        return next(_read_backwards(self._file_of(row)), None)

    def note(self, line: Line) -> None:
        """On return it is on the disk. Raises UnwritableOutput."""
        path = self._file_of(line.row)
        with _writing(path):
            torn = path.exists() and not path.read_bytes().endswith(b"\n")
            with path.open("ab") as file:
                file.write((b"\n" if torn else b"") + msgspec.json.encode(line) + b"\n")
                file.flush()
                os.fsync(file.fileno())

    @contextlib.contextmanager
    def alone_with(self, row: str) -> Iterator[None]:
        """Nobody else does the row meanwhile; who does it is waited for. Whoever dies lets go of it.

        Raises UnwritableOutput.
        """
        path = self._folder / "locks" / row
        with _writing(path):
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            with _writing(path):
                while not lock_now(handle):
                    time.sleep(_PAUSE)
            yield
        finally:
            os.close(handle)

    def claim(self, output: Path, row: str) -> bool:
        """Whether the output is the row's from now on; False where it is another's.

        Raises UnwritableOutput.
        """
        write_new(self._claim_of(output), row.encode())
        return self.owner(output) == row

    def owner(self, output: Path) -> str | None:
        """Whose the output is; None where it is nobody's."""
        try:
            return self._claim_of(output).read_text(encoding="ascii")
        except FileNotFoundError:
            return None

    def _file_of(self, row: str) -> Path:
        return self._folder / "rows" / f"{row}.jsonl"

    def _claim_of(self, output: Path) -> Path:
        return self._folder / "outputs" / hashlib.sha256(str(output).encode()).hexdigest()


def _read_backwards(path: Path) -> Iterator[Line]:
    try:
        written = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in reversed(written):
        with contextlib.suppress(msgspec.MsgspecError, RecursionError):
            yield _lines.decode(line)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise UnwritableOutput(f"{path}: cannot be written: {error.strerror}") from error
