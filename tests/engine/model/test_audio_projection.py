"""Windows of features become tokens of latents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.model.audio_projection import AudioProjection
from engine.model.config import TINY, AudioConfig

AUDIO = replace(TINY.audio, layers=3, channels=12, width=20, window=9)


def windows(frames: int, audio: AudioConfig = AUDIO) -> torch.Tensor:
    draw = torch.Generator().manual_seed(frames)
    return torch.randn(2, frames, audio.window, audio.layers, audio.channels, generator=draw)


def pooled(values: np.ndarray, width: int) -> np.ndarray:
    """NumPy's reading: means over layers and groups of frames, channels as far as they go, normalised."""
    series = values.mean(axis=3)
    groups = [series[:, :1], *(series[:, start : start + 8] for start in range(1, series.shape[1], 8))]
    means = np.stack([group.mean(axis=1) for group in groups], axis=1)
    tokens = np.zeros((*means.shape[:3], width))
    shared = min(width, means.shape[3])
    tokens[..., :shared] = means[..., :shared]
    centred = tokens - tokens.mean(axis=3, keepdims=True)
    return centred / np.sqrt(centred.var(axis=3, keepdims=True) + 1e-5)


@torch.no_grad()
@pytest.mark.parametrize("frames", [1, 9, 25])
@pytest.mark.parametrize("width", [8, 12, 20])
def test_it_begins_as_average_pooling(frames: int, width: int) -> None:
    values = windows(frames)
    tokens = AudioProjection(replace(AUDIO, width=width))(values).numpy()
    assert tokens.shape == (2, 1 + frames // 8, AUDIO.window, width)
    np.testing.assert_allclose(tokens, pooled(values.numpy().astype(np.float64), width), atol=2e-5)


@torch.no_grad()
@pytest.mark.parametrize(("frame", "latent"), [(0, 0), (1, 1), (8, 1), (9, 2), (16, 2)])
def test_a_frame_is_heard_in_its_own_latent_only(frame: int, latent: int) -> None:
    projection, values = AudioProjection(AUDIO), windows(17)
    before = projection(values)
    values[:, frame] += torch.randn(AUDIO.channels)
    moved = (projection(values) != before).flatten(2).any(dim=2)
    assert moved.tolist() == [[n == latent for n in range(3)]] * 2


@torch.no_grad()
def test_frame_0_has_weights_of_its_own() -> None:
    projection, values = AudioProjection(AUDIO), windows(9)
    before = projection(values)
    projection.first.weight.mul_(torch.rand_like(projection.first.weight))
    after = projection(values)
    assert not torch.equal(after[:, 0], before[:, 0])
    assert torch.equal(after[:, 1], before[:, 1])


@torch.no_grad()
def test_a_position_moves_its_own_token_in_every_latent() -> None:
    projection, values = AudioProjection(AUDIO), windows(17)
    before = projection(values)
    projection.positions[4] += torch.randn(AUDIO.layers, AUDIO.channels)
    moved = (projection(values) != before).any(dim=3)
    assert moved.tolist() == [[[token == 4 for token in range(AUDIO.window)]] * 3] * 2


@pytest.mark.parametrize("frames", [8, 16, 24])
def test_frames_that_are_not_8k_plus_1_are_refused(frames: int) -> None:
    with pytest.raises(ValueError, match=f"{frames} frames"):
        AudioProjection(AUDIO)(windows(frames))
