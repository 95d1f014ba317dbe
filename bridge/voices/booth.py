"""The booth: lines are said once, and kept. What a line costs is told, and agreed to, before it is said."""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bridge.errors import UnwritableOutput, VoiceFailed
from bridge.voices.voice import Voice, VoiceLine

Agree = Callable[[int, str], None]
"""Called with what is to be paid for, and in which unit; raises where it is not agreed to."""

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Booth:
    """A voice, and the folder that keeps what it has said."""

    voice: Voice
    folder: Path
    agree: Agree

    def say(self, lines: Sequence[VoiceLine]) -> tuple[Path, ...]:
        """The lines' files. Raises VoiceFailed, UnwritableOutput, and what `agree` raises."""
        if price := self.price(lines):
            self.agree(price, self.voice.unit)
        for path, line in self._new(lines).items():
            self._say(line, path)
        return tuple(map(self._place, lines))

    def has_said(self, lines: Sequence[VoiceLine]) -> bool:
        """Whether the files of all of them are there. Raises VoiceFailed."""
        return not self._new(lines)

    def price(self, lines: Sequence[VoiceLine]) -> int:
        """What they come to, in the voice's unit; what was said already costs nothing. Raises VoiceFailed."""
        return sum(map(self.voice.price, self._new(lines).values()))

    def _new(self, lines: Sequence[VoiceLine]) -> dict[Path, VoiceLine]:
        """Those that were not said yet, once each, by where they will lie."""
        placed = {self._place(line): line for line in lines}
        return {path: line for path, line in placed.items() if not path.exists()}

    def _say(self, line: VoiceLine, path: Path) -> None:
        beside = path.with_name(f".{path.stem}.{uuid.uuid4().hex}.wav")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.voice.say(line, beside)
            if not beside.is_file() or not beside.stat().st_size:
                raise VoiceFailed(f'the voice wrote nothing for "{_short(line.text)}"')
            beside.replace(path)
        except OSError as error:
            raise UnwritableOutput(f"{path}: cannot be written: {error.strerror or error}") from error
        finally:
            with contextlib.suppress(OSError):
                beside.unlink()

    def _place(self, line: VoiceLine) -> Path:
        said = [self.voice.identity, line.text, line.language, _content(line.reference)]
        return self.folder / f"{hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:32]}.wav"


def _content(path: Path | None) -> str:
    """The sha256 of the file. Raises VoiceFailed."""
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise VoiceFailed(f"{path}: the reference cannot be read: {error.strerror}") from error


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
