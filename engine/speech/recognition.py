"""What is said, by Whisper: faster-whisper with weights that the user has brought. Nothing is downloaded.

Whisper's word times come from its attention and may be anything: after the end, in the wrong order, not a
number. They are mended here; aligning the text afterwards gives better ones.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import BadMedia, MissingModel, RenderFailed
from engine.protocol import Progress, Ratio, Transcript, Word
from engine.speech.envelope import energy_of
from engine.speech.pcm import FULL_SCALE, mono_sound

OnProgress = Callable[[Progress], None]

_FILES = ("model.bin", "config.json", "tokenizer.json")  # without the last it would ask the network
_UNSPACED = ("zh", "ja", "th", "lo", "my", "yue")
_INSTEAD = "or give the words with --script"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A word as Whisper gives it: a space before it begins a new token; its times may be nonsense."""

    text: str
    start: float
    end: float
    probability: float


def transcribe(
    path: Path,
    *,
    language: str | None,
    model: str,
    fingerprint: str,
    duration: Fraction,
    on_progress: OnProgress | None = None,
) -> Transcript:
    """The words of the media, one for each whitespace token; `duration` in seconds.

    `language`: a code such as "en", or None to find it out. `model`: a folder with a converted model, or the
    name of one that faster-whisper has in its cache.

    Raises MissingModel (no faster-whisper, no such weights here), NoSuchStream, MissingMedia, BadMedia.
    """
    whisper = _load(model)
    sound = mono_sound(path).astype(np.float32) / FULL_SCALE
    try:
        segments, info = whisper.transcribe(
            sound,
            language=language,
            word_timestamps=True,
            temperature=0.0,  # no sampling: the same sound gives the same words
            condition_on_previous_text=False,  # an error does not breed the next
            vad_filter=True,  # Whisper makes words up where nobody speaks
        )
        guesses = tuple(_guesses(segments, duration, on_progress))
    except ValueError as error:  # a language code that it does not know
        raise BadMedia(f"{path} cannot be transcribed: {error}") from error
    except RuntimeError as error:  # CTranslate2: the device, its memory, the model's files
        raise RenderFailed(f"the speech model {model} failed on {path}: {error}") from error
    words = mended(joined(guesses, info.language), float(duration))
    return Transcript(
        fingerprint=fingerprint,
        duration=Ratio.of(duration),
        words=words,
        energy=energy_of(path),
        source="recognised",
        language=info.language,
        warnings=() if words else ("no speech was recognised in the media",),
    )


def _load(model: str) -> Any:
    """The model. Raises MissingModel."""
    if not _installed():
        raise MissingModel(
            f"speech recognition needs faster-whisper: pip install 'pickup-editor[whisper]', {_INSTEAD}"
        )
    from faster_whisper import WhisperModel  # noqa: PLC0415  an extra

    folder = _weights(model)
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise MissingModel(
            f"the speech model in {folder} lacks {', '.join(missing)}: copy it there whole, {_INSTEAD}"
        )
    try:
        return WhisperModel(str(folder), local_files_only=True)
    except (RuntimeError, ValueError, OSError) as error:
        raise MissingModel(
            f"the speech model in {folder} cannot be loaded ({error}): copy it there again, {_INSTEAD}"
        ) from error


def _installed() -> bool:
    return importlib.util.find_spec("faster_whisper") is not None


def _weights(model: str) -> Path:
    """The folder of the weights: the one that was named, or the cache's. Raises MissingModel."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    from faster_whisper import download_model  # noqa: PLC0415  an extra

    try:
        return Path(download_model(model, local_files_only=True))
    except (OSError, ValueError) as error:  # not in the cache; no such name
        raise MissingModel(
            f"there are no weights of the speech model {model!r} on this machine, and none are downloaded"
            f" unasked: get them with `hf download Systran/faster-whisper-{Path(model).name}`, or name a"
            f" folder with a converted model, {_INSTEAD}"
        ) from error


def _guesses(segments: Iterable[Any], duration: Fraction, on_progress: OnProgress | None) -> Iterator[Guess]:
    total = math.ceil(duration)
    done = 0
    for segment in segments:
        if math.isfinite(segment.end):
            done = min(total, max(done, math.ceil(segment.end)))
        if on_progress is not None:
            on_progress(Progress(phase="transcribe", done=done, total=total))
        for word in segment.words or ():
            yield Guess(
                text=word.word,
                start=float(word.start),
                end=float(word.end),
                probability=float(word.probability),
            )


def joined(guesses: Iterable[Guess], language: str) -> tuple[Guess, ...]:
    """The guesses by whitespace tokens: "well" and "-known" are one, where the language has spaces."""
    tokens: list[Guess] = []
    for guess in guesses:
        text = "".join(guess.text.split())
        if not text:
            continue
        if tokens and language not in _UNSPACED and not guess.text[0].isspace():
            last = tokens[-1]
            tokens[-1] = Guess(
                text=last.text + text,
                start=last.start,
                end=guess.end,
                probability=min(last.probability, guess.probability),
            )
        else:
            tokens.append(Guess(text=text, start=guess.start, end=guess.end, probability=guess.probability))
    return tuple(tokens)


def mended(guesses: Iterable[Guess], duration: float) -> tuple[Word, ...]:
    """Words in order and inside the media; one that begins after its end is left out."""
    words: list[Word] = []
    reached = 0.0
    for guess in guesses:
        start = max(reached, guess.start) if math.isfinite(guess.start) else reached
        if start >= duration:
            continue
        end = min(duration, max(start, guess.end)) if math.isfinite(guess.end) else start
        sure = min(1.0, max(0.0, guess.probability)) if math.isfinite(guess.probability) else None
        words.append(Word(text=guess.text, start=start, end=end, confidence=sure))
        reached = end
    return tuple(words)
