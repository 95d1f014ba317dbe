"""The scratch voice: a line spoken by a machine, and when it says what."""

from __future__ import annotations

import hashlib
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import errors
from engine.speech import scratch
from engine.speech.scratch import Voice, phonemes, speak, speak_with_phonemes

pytest.importorskip("espeakng_loader", reason="the scratch extra is not installed")


def test_a_line_becomes_a_48_khz_mono_wav_named_by_its_content(tmp_path: Path) -> None:
    line = speak("hello there my friend", folder=tmp_path)

    path = Path(line.path)
    with wave.open(line.path) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (48_000, 1, 3)
        assert wav.getnframes() == line.duration.exact * 48_000
    assert path.parent == tmp_path
    assert line.fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_line_is_the_same_file(tmp_path: Path) -> None:
    assert speak("good morning", folder=tmp_path) == speak("good morning", folder=tmp_path)


def test_words_keep_their_spelling_and_are_in_order() -> None:
    text = "It's well-known: 3.14 is O'Brien's café, e.g. 2024."

    spoken = speak_with_phonemes(text)

    assert [word.text for word in spoken.words] == text.split()
    times = [time for word in spoken.words for time in (word.start, word.end)]
    assert times == sorted(times)


def test_words_that_are_said_as_one_each_have_their_time() -> None:
    text = "out of the blue and on the platform in front of a house"

    words = speak_with_phonemes(text).words

    assert [word.text for word in words] == text.split()
    assert all(word.start < word.end for word in words)
    assert all(one.end <= other.start for one, other in pairwise(words))


def test_a_token_without_sound_is_no_word() -> None:
    assert [word.text for word in speak_with_phonemes("one — two").words] == ["one", "two"]


def test_words_lie_on_the_sound_and_pauses_between_them() -> None:
    spoken = speak_with_phonemes("Stop. Now go on.")

    first, second = spoken.words[:2]
    pause = spoken.samples[int(first.end * 48_000) + 2400 : int(second.start * 48_000) - 480]
    said = spoken.samples[int(first.start * 48_000) : int(first.end * 48_000)]
    assert len(pause) > 4800
    assert np.abs(pause).max() < 0.02 * np.abs(said).max()


def test_phonemes_tile_the_words() -> None:
    spoken = speak_with_phonemes("mama papa")

    assert [phoneme.ipa.strip("ˈˌ") for phoneme in spoken.phonemes][:2] == ["m", "ɑː"]
    assert spoken.phonemes[0].start == spoken.words[0].start
    assert spoken.phonemes[-1].end == spoken.words[-1].end
    assert all(phoneme.start < phoneme.end for phoneme in spoken.phonemes)


def test_voice_speed_and_pitch_are_the_callers() -> None:
    slow = speak_with_phonemes("one two three four", Voice(words_per_minute=120))
    fast = speak_with_phonemes("one two three four", Voice(words_per_minute=240))
    high = speak_with_phonemes("one two three four", Voice(words_per_minute=240, pitch=90))

    assert len(slow.samples) > 1.5 * len(fast.samples)
    assert not np.array_equal(high.samples, fast.samples)


def test_markup_is_read_as_text_and_obeyed_by_nobody() -> None:
    spoken = speak_with_phonemes('<break time="60s"/> <audio src="/etc/passwd"/> hi')

    assert len(spoken.samples) < 15 * 48_000
    assert spoken.words[-1].text == "hi"


def test_nul_and_control_characters_separate_words() -> None:
    assert [word.text for word in speak_with_phonemes("one\0two\x1b three\ud800").words] == [
        "one",
        "two",
        "three",
    ]


@pytest.mark.parametrize("text", ["", "  \n", "— …", "\0"])
def test_nothing_to_say_is_said_so(text: str) -> None:
    with pytest.raises(errors.BadMedia, match="nothing to say"):
        speak_with_phonemes(text)


def test_too_long_a_line_is_refused_before_it_is_spoken() -> None:
    with pytest.raises(errors.BadMedia, match="split it"):
        speak_with_phonemes("word " * 10_000)


@pytest.mark.parametrize("language", ["xx", "../../etc/passwd", "", "en;rm"])
def test_an_unknown_language_is_refused(language: str) -> None:
    with pytest.raises(errors.BadMedia):
        speak_with_phonemes("hello", Voice(language=language))


def test_without_the_extra_the_error_names_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_installed", lambda: False)

    with pytest.raises(errors.MissingModel, match=r"pip install 'pickup-editor\[scratch\]'"):
        speak_with_phonemes("hello")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "nowhere").write_text("a file")
    with pytest.raises(errors.RenderFailed, match="nowhere"):
        speak("hello", folder=tmp_path / "nowhere")


def test_pronunciation_of_words_and_of_what_is_none() -> None:
    spelled = phonemes(("Kubernetes", "—", "well-known"))

    assert [name.strip("ˈˌ") for name in spelled[0]][:3] == ["k", "uː", "b"]
    assert spelled[1] == ()
    assert len(spelled[2]) == 6


@settings(max_examples=8, deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_the_voice(text: str) -> None:
    try:
        spoken = speak_with_phonemes(text)
    except errors.BadMedia:
        return
    length = len(spoken.samples) / spoken.sample_rate
    assert all(0 <= word.start < word.end <= length + 1e-3 for word in spoken.words)
    assert {word.text for word in spoken.words} <= set(scratch._printable(text).split())
