"""What a loaded model hears of a clip's sound: each latent its own frames of it, to the frame."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import tiny_checkpoint
import torch

from engine.model import loaded
from engine.model.checkpoint import open_checkpoint
from engine.model.loaded import LoadedModel, load
from engine.protocol import SAMPLE_RATE, Diffusion

LATENTS = 70  # more than are heard at once
HEARS = Fraction(1, 10)  # seconds before and after a frame: half of a window
BLUR = Fraction(2, 100)  # of a spectrum, and of Eq 3's interpolation


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    folder = tiny_checkpoint.make(tmp_path_factory.mktemp("tiny"), audio=True)
    return load(open_checkpoint(folder), Diffusion())


def sound(rate: Fraction, clap: Fraction | None = None) -> np.ndarray:
    """Faint noise for as long as the clip, and one clap."""
    samples = round(8 * LATENTS * SAMPLE_RATE / rate)
    noise = np.random.default_rng(0).standard_normal((samples, 2)).astype(np.float32) / 100
    if clap is not None:
        noise[round(clap * SAMPLE_RATE) :][:48] = 0.9
    return noise


@pytest.mark.parametrize("lead_in", [0, 3, 7])
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)])
def test_a_latent_hears_the_sound_of_its_own_frames(model: LoadedModel, rate: Fraction, lead_in: int) -> None:
    """`lead_in`: of the latents' frames so many come before the sound."""
    silence = model.hear(sound(rate), rate, -lead_in, LATENTS)
    for clap in (Fraction(1, 2), Fraction(3), Fraction(8), Fraction(87, 10)):
        heard = model.hear(sound(rate, clap), rate, -lead_in, LATENTS)
        assert silence is not None
        assert heard is not None
        found = {int(at) for at in (silence != heard).flatten(1).any(dim=1).nonzero()}
        must, may = (_within_earshot(clap, rate, lead_in, HEARS + slack) for slack in (-BLUR, BLUR))
        assert must <= found <= may


def _within_earshot(clap: Fraction, rate: Fraction, lead_in: int, reach: Fraction) -> set[int]:
    first = [max(0, 8 * (latent - 1) + 1) for latent in range(LATENTS)]
    return {
        latent
        for latent in range(LATENTS)
        if (first[latent] - lead_in) / rate - reach <= clap <= (8 * latent - lead_in) / rate + reach
    }


def test_what_is_heard_in_stretches_is_what_is_heard_at_once(
    model: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate = Fraction(30000, 1001)
    stretches = model.hear(sound(rate), rate, -3, LATENTS)
    monkeypatch.setattr(loaded, "_AT_ONCE", LATENTS)
    assert stretches is not None
    torch.testing.assert_close(stretches, model.hear(sound(rate), rate, -3, LATENTS))
