"""Recordings as files, and the list of who says what."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from bridge.errors import BridgeError
from nle_panels.record.lines import as_wav, free_name, load, save


def test_a_recording_is_a_wav_of_its_samples(tmp_path: Path) -> None:
    samples = bytes(range(200)) * 48
    (tmp_path / "line.wav").write_bytes(as_wav(samples))
    with wave.open(str(tmp_path / "line.wav")) as read:
        assert (read.getframerate(), read.getnchannels(), read.getsampwidth()) == (48_000, 1, 2)
        assert read.readframes(read.getnframes()) == samples


def test_a_recording_is_named_after_its_words_and_never_written_over(tmp_path: Path) -> None:
    first = free_name(tmp_path, "We meet, on Monday!")
    assert first.name == "we_meet_on_monday_001.wav"
    first.touch()
    assert free_name(tmp_path, "We meet, on Monday!").name == "we_meet_on_monday_002.wav"


@pytest.mark.parametrize(("text", "name"), [("…?", "line_001.wav"), ("月曜日 ﻿", "月曜日_001.wav")])
def test_words_without_letters_and_in_any_script_name_a_file(tmp_path: Path, text: str, name: str) -> None:
    assert free_name(tmp_path, text).name == name


def test_voices_are_kept_and_those_whose_file_is_gone_are_not(tmp_path: Path) -> None:
    here = tmp_path / "a.wav"
    here.touch()
    save({"on Monday": here, "on Friday": tmp_path / "gone.wav"}, tmp_path / "voices.json")
    assert load(tmp_path / "voices.json") == {"on Monday": here}
    assert load(tmp_path / "none.json") == {}


def test_a_file_that_is_no_list_of_voices_is_said(tmp_path: Path) -> None:
    (tmp_path / "voices.json").write_text("[1]")
    with pytest.raises(BridgeError, match="not the panel's list of recordings"):
        load(tmp_path / "voices.json")
