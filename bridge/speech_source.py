"""Where new words' sound comes from: a recorded line, or a scratch voice standing in for one."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from bridge.errors import ImpossibleEdit, UsageError
from bridge.revision import Change
from bridge.voices.booth import Booth
from bridge.voices.voice import VoiceLine
from engine.messages import Leave
from engine.protocol import (
    TICKS_PER_SECOND,
    Analyse,
    Analysis,
    Job,
    MediaInfo,
    Render,
    Result,
    Speak,
    Speech,
    SpokenLine,
    Word,
)

# ours: a recorded line starts and ends where it rises above this many dB below its loudest tick: room and
# breath before it are not speech, a final s or f still is.
_SPEECH_BELOW_PEAK = 40
_NO_SPEECH_BELOW = 60  # dB under full scale: a file with nothing louder holds no line
_SILENT = 255


class Engine(Protocol):
    """What the bridge needs of the engine."""

    def run(self, job: Job) -> Result: ...

    def leaves(self, *jobs: Render, note: bool = False) -> tuple[Leave, ...]: ...


def lines_for(
    changes: Sequence[Change],
    recorded: Sequence[Path | None],
    engine: Engine,
    limit: Fraction,
    booth: Booth | None = None,
) -> tuple[Speech, ...]:
    """A line for each change that says something, in the order given: recorded ones first come first served.
    None, and what comes after the last of them, is said in the booth, or by the scratch voice without one.

    `limit`: the clip's length in seconds; a longer line is surely another file than the one meant.
    """
    saying = [change for change in changes if change.words]
    if len(recorded) > len(saying):
        raise UsageError(
            f"{len(recorded)} --speech files for {len(saying)} insertions and replacements:"
            " the n-th file is the n-th one's voice"
        )
    files = [*recorded, *[None] * (len(saying) - len(recorded))]
    if booth is not None:
        unsaid = [
            VoiceLine(text=change.text) for change, file in zip(saying, files, strict=True) if file is None
        ]
        said = iter(booth.say(unsaid))
        files = [file or next(said) for file in files]
    lines = [
        recorded_line(file, engine) if file else scratch_line(change.text, engine)
        for change, file in zip(saying, files, strict=True)
    ]
    for line in lines:
        seconds = Fraction(line.end - line.start, TICKS_PER_SECOND)
        if seconds > limit:
            raise ImpossibleEdit(
                f"{Path(line.path).name} speaks for {float(seconds):.2f} s, longer than the whole clip"
                f" ({float(limit):.2f} s): give the line alone"
            )
    return tuple(lines)


def recorded_line(path: Path, engine: Engine) -> Speech:
    """The file's speech, without the silence around it."""
    analysis = engine.run(Analyse(media=str(path.absolute()), envelope=True))
    assert isinstance(analysis, Analysis)
    start, end = spoken_ticks(analysis.energy)
    if start == end:
        raise ImpossibleEdit(f"{path.name}: there is no speech in it, only silence")
    return _speech(analysis.info, start, end)


def scratch_line(text: str, engine: Engine) -> Speech:
    """The words in a machine's voice, marked as scratch."""
    speech, _ = scratch_words(text, engine)
    return speech


def scratch_words(text: str, engine: Engine, language: str = "en-us") -> tuple[Speech, tuple[Word, ...]]:
    """The line, and when its words are said, in seconds of its file."""
    line = engine.run(Speak(text=text, language=language))
    assert isinstance(line, SpokenLine)
    analysis = engine.run(Analyse(media=line.path, envelope=True))
    assert isinstance(analysis, Analysis)
    start, end = spoken_ticks(analysis.energy)
    return _speech(analysis.info, start, end, scratch=True), line.words


def _speech(info: MediaInfo, start: int, end: int, *, scratch: bool = False) -> Speech:
    return Speech(path=info.path, fingerprint=info.fingerprint, start=start, end=end, scratch=scratch)


def spoken_ticks(energy: bytes) -> tuple[int, int]:
    """From the first tick of speech to the last; (0, 0) where there is none."""
    if min(energy, default=_SILENT) > _NO_SPEECH_BELOW:
        return 0, 0
    floor = min(min(energy, default=_SILENT) + _SPEECH_BELOW_PEAK, _SILENT - 1)
    loud = [tick for tick, level in enumerate(energy) if level <= floor]
    return (loud[0], loud[-1] + 1) if loud else (0, 0)
