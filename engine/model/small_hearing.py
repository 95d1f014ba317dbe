"""A small speech encoder: log-mel in, what tells one mouth from another out, 50 times a second.

The paper hears with Whisper, whose features know a vowel when they hear it. Log-mel does not: what a small
model learned from it first, and for long, was that loud is open. This one is trained on drawn speech alone
(`engine.training.hearing`): its features are the layer below a plain readout of the mouth.

B batch, T log-mel frames at 100 Hz, U feature frames at 50 Hz, A feature channels, P parts of a mouth.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.model.small_part import load_part, save_part
from engine.speech.features import Features, LogMelFeatures
from engine.speech.log_mel import Samples

_NAME = "hearing"
CONFIG = f"{_NAME}.json"
RATE = Fraction(50)
_HALVED = 2  # log-mel frames a feature


class HearingConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`channels` of a feature; `width` of the layers before; `parts` of a mouth that are read out of it."""

    channels: int = 64
    width: int = 192
    parts: int = 8


class SmallHearing(nn.Module):
    """See `engine.speech.features.FeatureExtractor`. It hears 0.23 s to either side of a feature."""

    layers = 1
    rate = RATE
    mean_A: Tensor
    deviation_A: Tensor

    def __init__(self, config: HearingConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.enter = nn.Conv1d(LogMelFeatures.channels, width, 5, padding=2)
        self.halve = nn.Conv1d(width, width, 4, stride=_HALVED, padding=1)
        self.around = nn.ModuleList(
            nn.Conv1d(width, width, 3, padding=reach, dilation=reach) for reach in (1, 2, 4, 2)
        )
        self.norms = nn.ModuleList(nn.GroupNorm(1, width) for _ in self.around)
        self.leave = nn.Conv1d(width, config.channels, 1)
        self.read = nn.Linear(config.channels, config.parts)
        # Of the features over much speech: what hears them expects neither offset nor scale.
        self.register_buffer("mean_A", torch.zeros(config.channels))
        self.register_buffer("deviation_A", torch.ones(config.channels))

    @property
    def channels(self) -> int:
        """Of a feature."""
        return self.config.channels

    def raw(self, mel_BTA: Tensor) -> Tensor:
        """[B, U, A], as they come."""
        z = functional.gelu(self.enter(mel_BTA.transpose(1, 2)))
        z = functional.gelu(self.halve(z))
        for norm, layer in zip(self.norms, self.around, strict=True):
            z = z + functional.gelu(layer(norm(z)))
        return torch.tanh(self.leave(z)).transpose(1, 2)

    def mouths(self, mel_BTA: Tensor) -> Tensor:
        """The readout, [B, U, P]: what it is trained by."""
        read: Tensor = self.read(self.raw(mel_BTA))
        return read

    @torch.no_grad()
    def features(self, samples: Samples) -> Features:
        """See `FeatureExtractor`."""
        mel = LogMelFeatures().features(samples).values[:, 0]
        mel = np.pad(mel, ((0, -len(mel) % _HALVED), (0, 0)), mode="edge")
        device = self.mean_A.device
        values_UA = self.standard(torch.from_numpy(mel)[None].to(device))[0]
        return Features(values=values_UA.cpu().numpy()[:, None], rate=RATE)

    def standard(self, mel_BTA: Tensor) -> Tensor:
        """Features of mean 0 and deviation 1 over speech, [B, U, A]."""
        standard: Tensor = (self.raw(mel_BTA) - self.mean_A) / self.deviation_A
        return standard


def save_hearing(hearing: SmallHearing, folder: Path) -> None:
    """Raises DiskFull, RenderFailed."""
    save_part(hearing, hearing.config, folder, _NAME)


def load_hearing(folder: Path) -> SmallHearing:
    """Raises MissingModel (no such files), BadCheckpoint (cut short, or not what they say)."""
    hearing = load_part(SmallHearing, HearingConfig, folder, _NAME, what="small speech encoder")
    return hearing.requires_grad_(False)
