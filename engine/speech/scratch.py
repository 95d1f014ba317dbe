"""The scratch voice: a machine says a line, until somebody records it. Also how words are pronounced.

espeak-ng speaks, in a child process (`scratch_voice`). It is an extra of the package; without it every
function here raises MissingModel with the line that installs it. The same text gives the same samples.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np

from engine.errors import BadMedia, MissingModel, RenderFailed
from engine.media.sound import Samples, resampled, write_wav
from engine.protocol import SAMPLE_RATE, Ratio, SpokenLine, Word
from engine.speech.scratch_voice import Event, Request, Said, Say, Spell, Spelled

LONGEST_TEXT = 10_000  # characters, about ten minutes of speech
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,12}){0,3}(\+[a-z0-9]{1,12})?")
_PATIENCE = 120  # seconds; ten minutes of speech take about three


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who speaks, and how: an espeak-ng voice ("en-us", "de", "en-us+f3"), its speed and pitch (0..100)."""

    language: str = "en-us"
    words_per_minute: int = 170
    pitch: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Phoneme:
    """One sound of the line: IPA with its stress mark, and when it sounds, in seconds."""

    ipa: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpokenSound:
    """A line spoken: float32 [samples], mono, and when it says what. Silences are no phonemes."""

    samples: Samples
    sample_rate: int
    words: tuple[Word, ...]
    phonemes: tuple[Phoneme, ...]


def speak_with_phonemes(text: str, voice: Voice | None = None) -> SpokenSound:
    """Say `text`; one `Word` for each of its whitespace tokens that is pronounced, as it is spelled there.

    Raises MissingModel (the extra is not installed), BadMedia (nothing to say, too much, no such voice).
    """
    voice = voice or Voice()
    text = _plain(text)
    request = Say(
        text=text, language=voice.language, words_per_minute=voice.words_per_minute, pitch=voice.pitch
    )
    header, sound = _ask(request)
    said = msgspec.json.decode(header, type=Said)
    if said.error:
        raise BadMedia(f"the scratch voice cannot say this line: {said.error}")
    if not any(event.ipa for event in said.events):
        raise BadMedia(f"there is nothing to say in {_quoted(text)}: give it words")
    pcm = np.frombuffer(sound, dtype="<i2").astype(np.float32) / np.float32(32768)
    return SpokenSound(
        samples=resampled(pcm[:, None], said.sample_rate, SAMPLE_RATE)[:, 0],
        sample_rate=SAMPLE_RATE,
        words=_words(text, said, len(pcm)),
        phonemes=tuple(phoneme for _, phoneme in _sounding(said, len(pcm))),
    )


def speak(text: str, *, language: str = "en-us", folder: Path) -> SpokenLine:
    """Say `text` into a 48 kHz 24-bit mono wav in `folder`, named by what it holds.

    Raises as `speak_with_phonemes`; RenderFailed or DiskFull where the folder cannot be written.
    """
    spoken = speak_with_phonemes(text, Voice(language=language))
    name = hashlib.sha256(spoken.samples.tobytes()).hexdigest()[:24]
    path = folder / f"scratch_{name}.wav"
    if not path.exists():
        write_wav(path, spoken.samples[:, None], spoken.sample_rate)
    return SpokenLine(
        path=str(path),
        fingerprint=hashlib.sha256(path.read_bytes()).hexdigest(),
        duration=Ratio.of(Fraction(len(spoken.samples), spoken.sample_rate)),
        words=spoken.words,
    )


def phonemes(words: tuple[str, ...], language: str = "en-us") -> tuple[tuple[str, ...], ...]:
    """How each word is pronounced: IPA phonemes, stress marks included; none where nothing is.

    Raises as `speak_with_phonemes`.
    """
    plain = tuple(_printable(word)[:LONGEST_TEXT] for word in words)
    header, _ = _ask(Spell(words=plain, language=language))
    spelled = msgspec.json.decode(header, type=Spelled)
    if spelled.error:
        raise BadMedia(f"the words cannot be pronounced: {spelled.error}")
    return spelled.words


def _ask(request: Request) -> tuple[bytes, bytes]:
    """The child's answer: its line of JSON, and the sound after it."""
    if not _installed():
        raise MissingModel("the scratch voice needs espeak-ng: pip install 'pickup-editor[scratch]'")
    if not _LANGUAGE.fullmatch(request.language):
        raise BadMedia(f"{request.language!r} is no language code: write one such as en-us, de or fr-fr")
    try:
        # -P keeps the working folder off sys.path: a file there must not pass for one of our modules.
        done = subprocess.run(
            [sys.executable, "-P", "-m", "engine.speech.scratch_voice"],
            input=msgspec.json.encode(request),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows: no console flashes up
        )
    except subprocess.TimeoutExpired:
        raise RenderFailed(
            f"the scratch voice did not finish within {_PATIENCE} s: shorten the line"
        ) from None
    except OSError as error:
        raise RenderFailed(f"the scratch voice's process does not start: {error}") from error
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise RenderFailed(f"the scratch voice's process failed ({done.returncode}): {' '.join(last)}")
    header, _, sound = done.stdout.partition(b"\n")
    return header, sound


def _installed() -> bool:
    return importlib.util.find_spec("espeakng_loader") is not None


def _plain(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise BadMedia(
            f"the line has {len(text)} characters, more than the {LONGEST_TEXT} that the scratch voice says "
            "at once: split it"
        )
    return _printable(text)


def _printable(text: str) -> str:
    """The text with a space for each character that has no place in it, so that positions hold."""
    return "".join(character if character.isprintable() else " " for character in text)


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _sounding(said: Said, length: int) -> list[tuple[Event, Phoneme]]:
    """The phonemes that are heard; each lasts until the next event."""
    ends = [event.sample for event in said.events[1:]] + [length]
    return [
        (event, Phoneme(ipa=event.ipa, start=event.sample / said.sample_rate, end=end / said.sample_rate))
        for event, end in zip(said.events, ends, strict=True)
        if event.ipa and end > event.sample
    ]


def _words(text: str, said: Said, length: int) -> tuple[Word, ...]:
    """One word a token: from its first phoneme to its last ("3.14" is four spoken words, one token)."""
    tokens = list(re.finditer(r"\S+", text))
    shares: list[list[Phoneme]] = [[] for _ in tokens]
    token = 0
    for event, phoneme in _sounding(said, length):
        while token + 1 < len(tokens) and tokens[token + 1].start() <= event.character:
            token += 1
        shares[token].append(phoneme)
    names = [token.group() for token in tokens]
    _part_merged(names, shares)
    return tuple(
        Word(text=name, start=share[0].start, end=share[-1].end)
        for name, share in zip(names, shares, strict=True)
        if share
    )


def _part_merged(names: list[str], shares: list[list[Phoneme]]) -> None:
    """Give each word of a pair its own phonemes: espeak-ng says "on the" or "of a" as one.

    They are shared out by the number of letters.
    """
    for index in range(1, len(names)):
        pair = shares[index - 1]
        if not shares[index] and len(pair) > 1 and any(map(str.isalnum, names[index])):
            letters = len(names[index - 1]), len(names[index])
            kept = min(max(1, round(len(pair) * letters[0] / sum(letters))), len(pair) - 1)
            shares[index - 1], shares[index] = pair[:kept], pair[kept:]
