"""Recorded lines as files, and which recording says which words. Pure but for the disk."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import msgspec

from bridge.errors import BridgeError
from bridge.files import read_bounded, write_whole
from engine.protocol import SAMPLE_RATE

_LARGEST = 16 * 1024 * 1024
_LONGEST_NAME = 40  # characters of the words that a file is named after


def as_wav(samples: bytes) -> bytes:
    """16-bit mono samples at 48 kHz as a file."""
    content = io.BytesIO()
    with wave.open(content, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(samples)
    return content.getvalue()


def free_name(folder: Path, text: str) -> Path:
    """`we_meet_on_monday_001.wav`, or the first number that is free: no recording is written over."""
    stem = re.sub(r"\W+", "_", text.casefold()).strip("_")[:_LONGEST_NAME] or "line"
    names = (folder / f"{stem}_{number:03d}.wav" for number in count(1))
    return next(name for name in names if not name.exists())


def load(path: Path) -> dict[str, Path]:
    """The recordings by the words they say, of those that are there still. Raises BridgeError."""
    if not path.exists():
        return {}
    try:
        kept = msgspec.json.decode(read_bounded(path, _LARGEST), type=dict[str, str])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BridgeError(f"{path}: not the panel's list of recordings: {error}") from error
    return {text: Path(file) for text, file in kept.items() if Path(file).is_file()}


def save(voices: Mapping[str, Path], path: Path) -> None:
    """Raises UnwritableOutput."""
    kept = {text: str(file.absolute()) for text, file in voices.items()}
    write_whole(path, msgspec.json.format(msgspec.json.encode(kept), indent=1))
