"""Transcripts on disk, and the part of one that a clip shows."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from bridge import transcript
from bridge.errors import TranscriptMismatch
from bridge.transcript import Window
from engine.protocol import AudioInfo, MediaInfo, Ratio, Transcript, Word

WORDS = tuple(Word(text=f"w{i}", start=i * 0.5, end=i * 0.5 + 0.4) for i in range(8))
HEARD = Transcript(
    fingerprint="abc123", duration=Ratio(num=4), words=WORDS, energy=bytes(range(200)), source="aligned"
)


def media(fingerprint: str = "abc123") -> MediaInfo:
    sound = AudioInfo(channels=1, sample_rate=48000, codec="pcm_s16le")
    return MediaInfo(
        path="/clips/a.mov", fingerprint=fingerprint, duration=Ratio(num=4), video=None, audio=sound
    )


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    transcript.save(HEARD, tmp_path / "t.json")
    assert transcript.load(tmp_path / "t.json") == HEARD


def test_a_transcript_is_remembered_for_its_media_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path))
    transcript.remember(HEARD)
    assert transcript.recall(media()) == HEARD
    assert transcript.recall(media("other")) is None


def test_a_fingerprint_is_never_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path))
    with pytest.raises(TranscriptMismatch, match="no fingerprint"):
        transcript.recall(media("../../etc/passwd"))


def test_a_window_has_the_words_whose_middle_it_shows() -> None:
    assert transcript.window(WORDS, Fraction(6, 10), Fraction(26, 10)) == Window(start=1, stop=5)


def test_a_window_without_words_is_empty() -> None:
    assert transcript.window(WORDS, Fraction(100), Fraction(200)).of(WORDS) == ()


def test_a_transcript_of_other_media_is_refused() -> None:
    with pytest.raises(TranscriptMismatch, match=r"does not belong to a\.mov"):
        transcript.check_belongs(HEARD, media("other"))


def test_a_word_that_ends_before_it_starts_is_refused_by_number(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    transcript.save(HEARD, path)
    path.write_text(path.read_text().replace('"end": 0.9', '"end": 0.2'))
    with pytest.raises(TranscriptMismatch, match='word 2, "w1"'):
        transcript.load(path)
