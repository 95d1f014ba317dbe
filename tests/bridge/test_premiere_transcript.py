"""Premiere's own transcripts: words, speakers and times out of what its Text panel exports."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import premiere_transcript, transcript
from bridge.errors import TranscriptMismatch
from engine.protocol import Analysis, AudioInfo, MediaInfo, Ratio, Word

ANNA, BEN = "0f4c1c5e-7d3c-4a55-9c59-1d9a3f1f6b01", "5a1e8b64-93a5-4d8f-8a0f-5b6f3f6a2c02"


def word(text: str, start: float, duration: float = 0.25, **fields: Any) -> dict[str, Any]:
    usual = {"confidence": 0.5, "eos": False, "tags": [], "type": "word"}
    return {"text": text, "start": start, "duration": duration, **usual, **fields}


def document(*segments: list[dict[str, Any]], speakers: tuple[str, ...] = (ANNA,), **fields: Any) -> bytes:
    return json.dumps(
        {
            "language": "en-us",
            "speakers": [{"id": ANNA, "name": "Anna"}, {"id": BEN, "name": "Ben"}],
            "segments": [
                {"start": 0, "duration": 1, "language": "en-us", "speaker": speaker, "words": words}
                for speaker, words in zip(speakers, segments, strict=True)
            ],
            **fields,
        }
    ).encode()


def words_of(content: bytes) -> tuple[Word, ...]:
    return premiere_transcript.read(content, Path("cut.json")).words


def analysis(seconds: int) -> Analysis:
    sound = AudioInfo(channels=1, sample_rate=48000, codec="pcm_s16le")
    info = MediaInfo(path="/a.mov", fingerprint="f", duration=Ratio(num=seconds), video=None, audio=sound)
    return Analysis(info=info, energy=b"\x20" * 100 * seconds)


def test_words_come_with_their_times_confidence_and_speaker() -> None:
    assert words_of(document([word("So", 0.5), word("today", 1, 0.5, confidence=0.9)])) == (
        Word(text="So", start=0.5, end=0.75, confidence=0.5, speaker="Anna"),
        Word(text="today", start=1, end=1.5, confidence=0.9, speaker="Anna"),
    )


def test_punctuation_belongs_to_the_word_before_it() -> None:
    said = document([word("So", 0.5), word(",", 0.75, 0, type="punctuation"), word("today", 1)])
    assert [w.text for w in words_of(said)] == ["So,", "today"]


def test_punctuation_that_nothing_precedes_is_no_word() -> None:
    assert [w.text for w in words_of(document([word("-", 0, type="punctuation"), word("So", 0.5)]))] == ["So"]


def test_a_space_inside_a_word_ends_it_and_the_parts_share_its_time() -> None:
    assert [(w.text, w.start, w.end) for w in words_of(document([word("10 000", 2, 1)]))] == [
        ("10", 2, 2.5),
        ("000", 2.5, 3),
    ]


def test_speakers_who_interrupt_one_another_come_in_the_order_of_their_words() -> None:
    said = document([word("well", 1), word("no", 2)], [word("yes", 1.5)], speakers=(ANNA, BEN))
    assert [(w.text, w.speaker) for w in words_of(said)] == [("well", "Anna"), ("yes", "Ben"), ("no", "Anna")]


def test_a_speaker_that_is_not_listed_has_no_name() -> None:
    assert words_of(document([word("So", 0.5)], speakers=("nobody",)))[0].speaker is None


@pytest.mark.parametrize(("code", "language"), [("de-de", "de"), ("cmn-hans", "cmn"), ("??-??", "en")])
def test_the_language_is_that_of_the_document(code: str, language: str) -> None:
    said = premiere_transcript.read(document([word("So", 0)], language=code), Path("cut.json"))
    assert (said.language, bool(said.warnings)) == (language, code == "??-??")


def test_load_knows_the_two_kinds_apart(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_bytes(document([word("fingerprint", 0.5), word("segments", 1)]))
    assert [w.text for w in transcript.load(tmp_path / "p.json").words] == ["fingerprint", "segments"]


def test_measured_it_belongs_to_the_media_and_knows_how_loud_it_is() -> None:
    said = premiere_transcript.read(document([word("So", 0.5)]), Path("cut.json"))
    whole = premiere_transcript.measured(said, analysis(3))
    assert (whole.fingerprint, whole.duration, len(whole.energy)) == ("f", Ratio(num=3), 300)
    assert whole.words == said.words


def test_a_transcript_that_outlasts_the_media_is_of_other_media() -> None:
    said = premiere_transcript.read(document([word("So", 60)]), Path("cut.json"))
    with pytest.raises(TranscriptMismatch, match=r"does not belong to a\.mov: its last word ends at 60\.2 s"):
        premiere_transcript.measured(said, analysis(3))


@pytest.mark.parametrize(
    "content",
    [
        document([]),
        document([word("   ", 1)]),
        document([word("So", -1)]),
        document([word("So", 1, -1)]),
        document([word("So", 1e9)]),
        document([word("So", 1, confidence=7)]),
        document([word("So", 1, type="song")]),
        document([word("So", 1)]).replace(b'"So"', b"7"),
        document([word("So", 1)]).replace(b'"start": 1,', b'"start": 1e999,'),
        document([word("So", 1)]).replace(b'"start": 1,', b'"start": NaN,'),
        document([word("So", 1)]).replace(b'"So"', b'"\xff"'),
        b'{"segments": ' + b"[" * 100_000,
        b'{"segments": {}}',
        b"",
    ],
)
def test_what_is_no_transcript_of_premieres_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(TranscriptMismatch, match=r"^cut\.json: no[^\n]*$"):
        premiere_transcript.read(content, Path("cut.json"))


@settings(max_examples=30)
@given(st.binary(max_size=200) | st.integers(1, 90).map(lambda cut: document([word("So", 1)])[:-cut]))
def test_any_bytes_are_read_or_refused_by_name(content: bytes) -> None:
    with contextlib.suppress(TranscriptMismatch):
        premiere_transcript.read(content, Path("cut.json"))


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.text(min_size=1), st.floats(0, 1e4), st.floats(0, 10), st.booleans()), min_size=1)
)
def test_words_are_in_order_and_hold_no_space(said: list[tuple[str, float, float, bool]]) -> None:
    spoken = [word(t, s, d, type="word" if w else "punctuation") for t, s, d, w in said]
    words = words_of(document([word("So", 0), *spoken]))
    assert all(len(w.text.split()) == 1 and w.start <= w.end for w in words)
    assert [w.start for w in words] == sorted(w.start for w in words)
