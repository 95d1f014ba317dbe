"""Forced alignment: when each word of a script is said."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from shared_media import shared
from textgrid import words_of

from engine import errors
from engine.media.audio_decode import sound_file
from engine.media.sound import Samples, write_wav
from engine.protocol import Progress, SpokenLine, Transcript
from engine.speech import scratch
from engine.speech.alignment import align
from engine.speech.scratch import speak

LABELLED = (
    ("mary.wav", "mary.TextGrid"),
    ("bobby.wav", "bobby_words.TextGrid"),
    ("mfa_acoustic_27s.wav", "mfa_acoustic_27s.TextGrid"),
)
SPEAKER = (
    "Parents and teachers are working extra hard to give the students the education they deserve. Many of"
    " them will already be feeling the impact of devastating budget cuts our schools have experienced over"
    " the last four years, as the most chil-"
)
HEAD = "parents and teachers are working extra hard"
INTERVIEW = "My biggest weakness is asking for help when needed. I'd like to do better, and I"
JFK = (
    "And so, my fellow Americans: ask not what your country can do for you;"
    " ask what you can do for your country."
)
LINES = (
    "The morning train was late again, so everybody waited on the platform.",
    "Nobody could remember who had locked the garden gate last night.",
    "A quiet river runs behind the old factory, past seven wooden bridges.",
    "She bought a yellow umbrella, two newspapers, and a bag of apples.",
)


def aligned(media: Path, script: str, language: str = "en") -> Transcript:
    return align(media, script, language=language, fingerprint="f", duration=Fraction(1))


def spoken(
    folder: Path, *lines: str, pause: float = 0.7, language: str = "en-us"
) -> tuple[Path, list[float]]:
    """Lines said by the scratch voice, one after another, and the true onset of each word."""
    pieces: list[Samples] = []
    onsets: list[float] = []
    at = 0.0
    for line in lines:
        said: SpokenLine = speak(line, language=language, folder=folder)
        sound = sound_file(Path(said.path)).read(0, round(said.duration.exact * 48_000))
        rest = np.random.default_rng(1).standard_normal((round(pause * 48_000), 1)) * 1e-4
        onsets += [at + word.start for word in said.words]
        pieces += [sound, rest.astype(np.float32)]
        at += (len(sound) + len(rest)) / 48_000
    path = folder / "spoken.wav"
    write_wav(path, np.concatenate(pieces), 48_000)
    return path, onsets


def test_word_onsets_agree_with_hand_and_machine_labels() -> None:
    """Must hold: pooled, median at most 15 ms, 90 % within 50 ms."""
    misses: list[float] = []
    for sound, labels in LABELLED:
        words = words_of(shared(f"media/{labels}"))
        transcript = aligned(shared(f"media/{sound}"), " ".join(word.text for word in words))
        misses += [abs(ours.start - word.start) for ours, word in zip(transcript.words, words, strict=True)]

    assert len(misses) == 66
    assert np.median(misses) <= 0.015
    assert np.mean(np.array(misses) <= 0.05) >= 0.9


@pytest.mark.parametrize(
    ("media", "script", "pauses"),
    [
        ("speaker_458_15s.mp4", SPEAKER, {"deserve.": (4.6, 5.3), "years,": (12.8, 13.9)}),
        ("interview_700_22fps_6s.mp4", INTERVIEW, {"needed.": (2.4, 3.5), "and": (4.5, 6.0)}),
        ("jfk.flac", JFK, {"Americans:": (2.2, 3.25), "not": (4.3, 5.35), "you;": (7.7, 8.1)}),
    ],
)
def test_pauses_of_real_speech_fall_between_the_words_that_they_are_between(
    media: str, script: str, pauses: dict[str, tuple[float, float]]
) -> None:
    transcript = aligned(shared(f"media/{media}"), script)

    assert [word.text for word in transcript.words] == script.split()
    for text, (start, end) in pauses.items():
        index = next(index for index, word in enumerate(transcript.words) if word.text == text)
        assert transcript.words[index].end <= start + 0.1
        assert transcript.words[index + 1].start >= end - 0.1


def test_words_keep_the_spelling_of_the_script_and_have_times_in_order(tmp_path: Path) -> None:
    said = "It was a well known garden; there were 12 kubernetes roses."
    script = "“It was a WELL-KNOWN garden—there were 12 Kubernetes roses.”"
    media, _ = spoken(tmp_path, said)

    words = aligned(media, script).words

    assert [word.text for word in words] == script.split()
    times = [time for word in words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert all(word.confidence is not None and word.confidence > 0.3 for word in words)


def test_a_dash_lies_between_its_neighbours(tmp_path: Path) -> None:
    media, _ = spoken(tmp_path, "The old factory.", "Seven bridges.")

    before, dash, after = aligned(media, "The old factory — seven bridges").words[2:5]

    assert (before.text, dash.text, after.text) == ("factory", "—", "seven")
    assert (dash.start, dash.end) == (before.end, after.start)
    assert dash.confidence is None


def test_a_script_of_minutes_is_walked(tmp_path: Path) -> None:
    lines = LINES * 6
    media, onsets = spoken(tmp_path, *lines)
    seen: list[Progress] = []

    transcript = align(media, " ".join(lines), fingerprint="f", duration=Fraction(1), on_progress=seen.append)

    misses = np.abs(np.array([word.start for word in transcript.words]) - np.array(onsets))
    assert seen[-1].total > 90
    assert np.median(misses) < 0.03
    assert misses.max() < 0.5
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert seen[-1].done == seen[-1].total


@pytest.mark.parametrize(
    ("media", "script", "onsets"),
    [
        ("speaker_458_15s.mp4", "devastating budget cuts our schools", {0: 7.97, 4: 9.73}),
        ("speaker_458_15s.mp4", f"{HEAD} over the last four years", {6: 1.98, 9: 11.43, 11: 12.26}),
        ("noface_timecode_720p_42s.mp4", "you are allowed to use this voice", {0: 5.09, 6: 6.86}),
    ],
    ids=["head and tail", "middle", "half a minute"],
)
def test_a_script_may_leave_out_much_of_what_is_said(
    media: str, script: str, onsets: dict[int, float]
) -> None:
    """The onsets are those that the words have in an alignment of all that is said."""
    transcript = aligned(shared(f"media/{media}"), script)

    found = {index: transcript.words[index].start for index in onsets}
    assert found == pytest.approx(onsets, abs=0.05)
    assert "leaves out" in transcript.warnings[-1]


def test_the_transcript_says_what_it_was_made_of(tmp_path: Path) -> None:
    media, _ = spoken(tmp_path, LINES[0])

    transcript = align(media, LINES[0], fingerprint="abc", duration=Fraction(7, 3))

    assert (transcript.fingerprint, transcript.duration.exact) == ("abc", Fraction(7, 3))
    assert (transcript.source, transcript.language, transcript.warnings) == ("aligned", "en", ())
    assert len(transcript.energy) * 480 >= sound_file(media).frame


def test_a_word_that_is_not_said_is_named_in_a_warning_with_its_time(tmp_path: Path) -> None:
    media, _ = spoken(tmp_path, LINES[0])

    (warning,) = aligned(media, LINES[0].replace("platform", "government")).warnings

    assert "'government.' at 3." in warning
    assert "morning" not in warning


def test_another_files_script_is_placed_with_a_warning_that_it_does_not_fit(tmp_path: Path) -> None:
    media, _ = spoken(tmp_path, LINES[0])

    transcript = aligned(media, LINES[3])

    assert "not what is said" in transcript.warnings[0]
    assert len(transcript.words) == len(LINES[3].split())


def test_a_script_that_cannot_be_placed_at_all_is_refused(tmp_path: Path) -> None:
    media, _ = spoken(tmp_path, LINES[0])

    with pytest.raises(errors.WordsDoNotFit, match="not what is said"):
        aligned(media, LINES[3] + " " + LINES[2])


def test_a_script_that_is_much_too_long_does_not_fit(tmp_path: Path) -> None:
    media, _ = spoken(tmp_path, LINES[0])

    with pytest.raises(errors.WordsDoNotFit, match="words"):
        aligned(media, " ".join(LINES * 100))


@pytest.mark.parametrize("script", ["", " \n ", "— … !", "\0"])
def test_a_script_without_words_is_refused(tmp_path: Path, script: str) -> None:
    media, _ = spoken(tmp_path, "Hello there.")

    with pytest.raises(errors.BadMedia, match="no words"):
        aligned(media, script)


def test_another_language_is_aligned_roughly_and_said_so(tmp_path: Path) -> None:
    lines = ("Der Morgenzug war wieder zu spät.", "Niemand wusste, wer das Gartentor geschlossen hatte.")
    media, onsets = spoken(tmp_path, *lines, language="de")

    transcript = aligned(media, " ".join(lines), "de")

    misses = np.abs(np.array([word.start for word in transcript.words]) - np.array(onsets))
    assert np.median(misses) < 0.05
    assert misses.max() < 0.4
    assert len(transcript.warnings) == 1
    assert "approximate" in transcript.warnings[0]


def test_a_word_in_no_dictionary_needs_the_scratch_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media, _ = spoken(tmp_path, "Kubernetes.")
    monkeypatch.setattr(scratch, "_installed", lambda: False)

    with pytest.raises(errors.MissingModel, match=r"Kubernetes.*pickup-editor\[scratch\]"):
        aligned(media, "Kubernetes")
