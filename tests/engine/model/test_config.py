"""The model's sizes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import pytest

from engine.model.config import EDITYOURSELF_13B, TINY, AudioConfig, TooFewAudioTokens


@pytest.mark.parametrize("window", [1, 7])
def test_too_few_audio_tokens_a_latent_are_refused_by_name(window: int) -> None:
    with pytest.raises(TooFewAudioTokens, match=f"{window} features; at least 8"):
        replace(TINY.audio, window=window)


def test_eight_audio_tokens_are_enough() -> None:
    assert replace(TINY.audio, window=8).window == 8


def test_the_window_of_both_representations_is_a_fifth_of_a_second() -> None:
    def seconds(audio: AudioConfig) -> Fraction:
        return audio.window / audio.rate

    assert seconds(EDITYOURSELF_13B.audio) == seconds(TINY.audio) == Fraction(1, 5)


def test_sizes_are_known_without_torch() -> None:
    code = "import sys, engine.model.config; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
