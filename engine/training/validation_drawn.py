"""Drawn clips to validate on: of them all is known, so that a dub's mouth is measured against its speech.

C latent channels, F latent frames, H W latent grid, N video frames, K window length, L feature layers,
A feature channels, X text tokens, E their channels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from engine.evaluation.opening import DrawnMouth
from engine.media.sound import Samples as Sound
from engine.media.sound import resampled
from engine.model.autoencoder import VideoAutoencoder
from engine.model.config import AudioConfig
from engine.protocol import SAMPLE_RATE
from engine.speech.features import FeatureExtractor, LogMelFeatures, windows
from engine.speech.pcm import SAMPLE_RATE as HEARING
from engine.training.clips import HEARD_AROUND, ClipPlan, TrainingClip, draw
from engine.training.fitting import Fit
from engine.training.piece_encoding import touched_tokens
from engine.training.samples import Sample
from engine.training.validation import HeldOut, Truth

CLIPS = 6  # ours: what a person looks at each time


def held_out_drawn(
    plan: ClipPlan,
    autoencoder: VideoAutoencoder,
    audio: AudioConfig,
    text_XE: Tensor,
    count: int = CLIPS,
    *,
    ears: FeatureExtractor | None = None,
) -> tuple[HeldOut, ...]:
    """Clips of other recordings of the plan than it trains on, each with the next one's speech, heard with
    `ears`, log-mel by default.

    Raises MissingModel where the scratch voice is not installed.
    """
    held_out = plan if plan.split != "train" else replace(plan, split="held_out")
    # One of each recording: the others show the same person saying more of the same line.
    clips = [draw(held_out, number * held_out.each) for number in range(count)]
    others = clips[1:] + clips[:1]
    return tuple(
        _held_out(clip, other, autoencoder, _Ears(ears or LogMelFeatures(), audio.window), text_XE)
        for clip, other in zip(clips, others, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Ears:
    extractor: FeatureExtractor
    window: int

    def heard(self, clip: TrainingClip) -> Tensor:
        """[N, K, L, A]"""
        heard = self.extractor.features(clip.samples)
        return torch.from_numpy(windows(heard, clip.rate, HEARD_AROUND, len(clip.frames), self.window))


def _held_out(
    clip: TrainingClip, other: TrainingClip, autoencoder: VideoAutoencoder, ears: _Ears, text_XE: Tensor
) -> HeldOut:
    frames = len(clip.frames)
    height, width = clip.frames.shape[1:3]
    cell = autoencoder.spatial
    fit = Fit(
        height=height, width=width, rows=height // cell, columns=width // cell, frames=frames, cell=cell
    )
    pictures = (np.asarray(frame / np.float32(255), np.float32) for frame in clip.frames)
    sample = Sample(
        clean_CFHW=autoencoder.encode(pictures).float().cpu(),
        mask_FHW=torch.from_numpy(touched_tokens(clip.lower_face, fit)),
        rate=clip.rate,
        text_XE=text_XE,
        windows_NKLA=ears.heard(clip),
        spatial=cell,
        temporal=autoencoder.temporal,
    )
    truth = Truth(
        frames=clip.frames,
        boxes=clip.mouth,
        own_opening=clip.opening.astype(np.float64),
        other_opening=other.opening.astype(np.float64),
        measure=lambda shown: _mouth_of(clip).openings(shown, clip.poses),
    )
    return HeldOut(
        name=f"{clip.index}: {clip.text}"[:60],
        sample=sample,
        other_NKLA=ears.heard(other),
        other_sound=_sound(other),
        truth=truth,
    )


@lru_cache(maxsize=CLIPS)
def _mouth_of(clip: TrainingClip) -> DrawnMouth:
    """Learned once a clip: it takes seconds."""
    return DrawnMouth(clip.figure())


def _sound(clip: TrainingClip) -> Sound:
    """[samples, 2] at 48 kHz, of what is heard while the picture is seen."""
    whole = resampled(clip.samples[:, None], HEARING, SAMPLE_RATE)
    begin, length = (round(count * SAMPLE_RATE / clip.rate) for count in (HEARD_AROUND, len(clip.frames)))
    return np.repeat(whole[begin : begin + length], 2, axis=1)
