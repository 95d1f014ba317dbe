"""A checkpoint in memory, ready to render.

F latent frames, T audio tokens a latent, D their width, N video frames, K window length.
L layers and A channels of a feature.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.errors import BadCheckpoint, NotOnThisMachine
from engine.media.sound import Samples, resampling
from engine.model import warm
from engine.model.acceleration import (
    Acceleration,
    accelerate,
    acceleration_of,
    best_device,
    refuse_what_cannot_be,
)
from engine.model.assembly import load_autoencoder, load_transformer, load_upsampler
from engine.model.autoencoder import VideoAutoencoder
from engine.model.checkpoint import Checkpoint
from engine.model.config import STRIDE, Representation
from engine.model.crew import Crew, muster
from engine.model.footprint import Memory, refuse_what_does_not_fit
from engine.model.prompt import Prompt, load_empty_prompt, load_prompt
from engine.model.small_hearing import load_hearing
from engine.model.transformer import EditYourselfTransformer
from engine.model.upsampler import LatentUpsampler
from engine.protocol import SAMPLE_RATE, Diffusion
from engine.speech.features import FeatureExtractor, Features, LogMelFeatures, load_whisper, windows

_HEARING = 16_000  # Hz
# Latents whose windows of speech become audio tokens at once: Whisper's take 3 MB a latent before they do.
_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoadedModel:
    """`upsample`: None where the checkpoint has no second pass. `crew`: who shares its work, if any."""

    checkpoint: Checkpoint
    transformer: EditYourselfTransformer
    autoencoder: VideoAutoencoder
    upsample: LatentUpsampler | None
    device: torch.device
    crew: Crew | None = None

    def prompt(self, text: str) -> Prompt:
        """The text's embeddings. Raises MissingModel where neither they nor a text encoder are there."""
        return self._read(load_prompt(self.checkpoint, text, self.device))

    def unprompted(self) -> Prompt:
        """The empty prompt's embeddings, for guidance. Raises MissingModel."""
        return self._read(load_empty_prompt(self.checkpoint, self.device))

    @property
    def whole(self) -> bool:
        """Whether all who share its work are still there."""
        return self.crew is None or self.crew.whole

    def release(self) -> None:
        """Part with them."""
        if self.crew is not None:
            self.crew.disband()

    def _read(self, prompt: Prompt) -> Prompt:
        return prompt.unpadded().to(self.device, self.transformer.dtype)

    def hear(self, sound: Samples, rate: Fraction, first_frame: int, latents: int) -> Tensor | None:
        """The audio tokens [F, T, D] of so many latents; None without trained audio weights, or sound.

        `sound`: [samples, channels] at 48 kHz, its beginning that of video frame 0. `first_frame`: of latent
        0, negative where frames come before. Raises MissingModel (Whisper's weights).
        """
        if not self.checkpoint.audio_trained or not sound.size:
            return None
        mixed = sound.mean(axis=1, keepdims=True)
        mono = np.concatenate([piece[:, 0] for piece in resampling([mixed], 1, SAMPLE_RATE, _HEARING)])
        heard = self._extractor().features(mono)
        return torch.cat(list(self._audio_tokens(heard, rate, first_frame, latents)))

    @torch.inference_mode()
    def _audio_tokens(
        self, heard: Features, rate: Fraction, first_frame: int, latents: int
    ) -> Iterator[Tensor]:
        """A stretch of latents at a time. A later one's first stands for the frame before it: dropped."""
        length = self.transformer.audio_config.window
        for start in range(0, latents, _AT_ONCE):
            count, before = min(_AT_ONCE, latents - start), int(start > 0)
            first = first_frame + STRIDE * (start - before)
            part_NKLA = windows(heard, rate, first, STRIDE * (count + before - 1) + 1, length)
            yield self.transformer.hear(torch.from_numpy(part_NKLA)[None])[0, before:]

    def _extractor(self) -> FeatureExtractor:
        wanted = self.transformer.audio_config
        ears = self.checkpoint.hearing or self.checkpoint.whisper
        found = LogMelFeatures() if ears is None else _ears(ears, wanted.representation, str(self.device))
        if (found.layers, found.channels) != (wanted.layers, wanted.channels):
            raise BadCheckpoint(
                f"{ears} gives {found.layers} layers of {found.channels} channels, and"
                f" {self.checkpoint.name} reads {wanted.layers} of {wanted.channels}: it is another model's"
            )
        return found


@functools.lru_cache(maxsize=1)
def _ears(folder: Path, representation: Representation, device: str) -> FeatureExtractor:
    return load_hearing(folder) if representation == "small" else load_whisper(folder, device)


def load(checkpoint: Checkpoint, settings: Diffusion) -> LoadedModel:
    """The model on this machine's best device.

    Raises MissingModel, BadCheckpoint, NotOnThisMachine (a setting that cannot be done here), OutOfMemory and
    OutOfGpuMemory (weights that this machine cannot hold).
    """
    how = acceleration_of(settings, best_device())
    # By what the files hold, wherever they lie.
    return warm.kept((LoadedModel, checkpoint.sha256, how), lambda: _load(checkpoint, how))


def _load(checkpoint: Checkpoint, how: Acceleration) -> LoadedModel:
    device = best_device()
    dtype: torch.dtype = getattr(torch, how.precision)
    refuse_what_cannot_be(how, device)
    if checkpoint.config.transformer.heads % how.ulysses:
        raise NotOnThisMachine(
            f"the {checkpoint.config.transformer.heads} heads of {checkpoint.name} do not divide by"
            f" ulysses={how.ulysses}"
        )
    refuse_what_does_not_fit(checkpoint.config, how, Memory.of(device), checkpoint.beside)
    crew = muster(checkpoint.folder, how) if how.devices > 1 else None
    try:
        # Where it is changed before it runs, it must not lie on the device whole.
        first = torch.device("cpu") if how.in_fp8 or how.offload else device
        transformer = load_transformer(checkpoint, dtype, first)
        if crew is not None:
            crew.meet()
        accelerate(transformer, how, device)
        if crew is not None:
            crew.join_in(transformer)
        autoencoder = load_autoencoder(checkpoint, dtype, device)
        return LoadedModel(
            checkpoint=checkpoint,
            transformer=transformer,
            autoencoder=autoencoder,
            upsample=load_upsampler(checkpoint, autoencoder, dtype, device),
            device=device,
            crew=crew,
        )
    except BaseException:
        if crew is not None:
            crew.disband()
        raise
