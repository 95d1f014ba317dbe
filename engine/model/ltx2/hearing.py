"""What LTX-2 hears of a take: its sound as tokens, 25 a second, which stay as they are while it draws.

48 kHz  ->  two sides at 16 kHz  ->  log-mel, 100 frames a second  ->  the model's audio encoder  ->  tokens

Token n lies at 40 ms x n of the sequence whose pictures go with it; diffusers' `prepare_audio_coords` gives
it the stretch from mel frame 4 n - 3 to 4 n + 1. The encoder is causal: it hears the sound up to there (and
half a window, 32 ms, further) and no more than 1.04 s back, so that a long sound can be encoded in pieces.

S samples, X two sides, T mel frames, M mel bands, N tokens, D their width, B batch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl_ltx2_audio import AutoencoderKLLTX2Audio
from torch import Tensor

from engine.errors import BadCheckpoint
from engine.media.sound import Samples, fitted, resampled, stereo
from engine.model.assembly import of_diffusers
from engine.model.config import STRIDE
from engine.protocol import SAMPLE_RATE
from engine.speech.log_mel import HOP, Bands, mel_bands, windowed_spectra
from engine.speech.pcm import SAMPLE_RATE as HEARD_RATE

MEL_BANDS = 64
TOKEN_RATE = 25  # a second
_FFT = 1024
_SILENCE = 1e-5  # the least magnitude that the logarithm is taken of
MEL_FRAMES = HEARD_RATE // HOP // TOKEN_RATE  # a token
_MIDDLE_BLOCKS = 2  # behind the last level, of two convolutions like all
_AT_ONCE = 500  # tokens, 20 s: the real encoder takes some 0.4 GB for them

# What all of LTX-2.0, 2.3 and 2.5 have in audio_vae/config.json, and what is done here rests on.
_KNOWN = {
    "sample_rate": HEARD_RATE,
    "mel_hop_length": HOP,
    "mel_bins": MEL_BANDS,
    "in_channels": 2,
    "causality_axis": "height",
    "norm_type": "pixel",
    "mid_block_add_attention": False,
    "attn_resolutions": None,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hearing:
    """The audio encoder, ready to hear. Make it with `of`."""

    autoencoder: AutoencoderKLLTX2Audio

    @classmethod
    def of(cls, autoencoder: AutoencoderKLLTX2Audio) -> Hearing:
        """Raises BadCheckpoint where it hears otherwise than LTX-2.x does."""
        for name, known in _KNOWN.items():
            found = autoencoder.config[name]
            if found != known:
                raise BadCheckpoint(
                    f"the audio autoencoder has {name} {found}, and LTX-2.0 to 2.5 have {known}:"
                    " audio_vae/ is of another model. Fetch it again"
                )
        return cls(autoencoder=autoencoder)

    def tokens(self, sound: Samples, rate: Fraction, lead_in: int, latents: int) -> Tensor | None:
        """The normalised audio tokens [N, D] of so many latents of picture; None where there is no sound.

        `sound`: [samples, channels] at 48 kHz; it begins when `lead_in` frames are over. They hear silence,
        as do those behind it. Token 0 lies where latent 0 begins, and there are as many as the model itself
        would take for the pictures.
        """
        if not sound.size:
            return None
        lasts = Fraction(STRIDE * (latents - 1) + 1) / rate
        count = max(1, round(lasts * TOKEN_RATE))
        heard_SX = _laid(sound, lead_in / rate, lasts)
        frames = MEL_FRAMES * (count - 1) + 1  # the last that the last token hears
        mel_XTM = torch.from_numpy(np.stack([log_mel(side_S, frames) for side_S in heard_SX.T]))
        return torch.cat(list(self._encoded(mel_XTM, count)))

    @torch.inference_mode()
    def _encoded(self, mel_XTM: Tensor, count: int) -> Iterator[Tensor]:
        """In pieces, each with all that its first token hears; tokens before that one hear too little."""
        vae, back = self.autoencoder, self.reach
        like = next(vae.parameters())
        for first in range(0, count, _AT_ONCE):
            before, last = min(first, back), min(first + _AT_ONCE, count)
            piece_XTM = mel_XTM[:, MEL_FRAMES * (first - before) : MEL_FRAMES * (last - 1) + 1]
            latents = vae.encode(piece_XTM[None].to(like.device, like.dtype)).latent_dist.mode()
            tokens_ND = latents[0].transpose(0, 1).flatten(1)[before:].float()
            yield (tokens_ND - vae.latents_mean.float()) / vae.latents_std.float()

    @property
    def reach(self) -> int:
        """How many tokens before it a token hears: all convolutions are of 3, and look back only."""
        config = self.autoencoder.config
        levels, blocks = len(config["ch_mult"]), int(config["num_res_blocks"])
        strides = [1 << level for level in range(levels)]  # mel frames; a convolution looks back two of them
        in_blocks = 4 * blocks * sum(strides)
        between = 2 * sum(strides[:-1])
        at_the_end = (4 * _MIDDLE_BLOCKS + 2) * strides[-1]
        return math.ceil((2 + in_blocks + between + at_the_end) / MEL_FRAMES)


def load_hearing(folder: Path, device: torch.device) -> Hearing:
    """Of the weights in audio_vae/; in float32: it is small, and hears a take once.

    Raises MissingModel, BadCheckpoint.
    """
    autoencoder = of_diffusers(AutoencoderKLLTX2Audio, folder, torch.float32)
    return Hearing.of(cast(AutoencoderKLLTX2Audio, autoencoder.to(device).eval().requires_grad_(False)))


def log_mel(side_S: Samples, frames: int) -> Bands:
    """The natural logarithm of each mel band's magnitude, [T, M], as LTX-2 was trained with it.

    `side_S`: 16 kHz, full scale 1. Frame t is centred on sample 160 t; the sound is mirrored at both ends.
    """
    half = _FFT // 2
    mirrored_S = np.pad(fitted(side_S[:, None], max(len(side_S), half + 1))[:, 0], half, mode="reflect")
    weights = mel_bands(MEL_BANDS, _FFT)
    levels_TM = np.empty((frames, MEL_BANDS), np.float32)
    for first, spectra in windowed_spectra(mirrored_S, frames, _FFT):
        magnitudes = np.abs(spectra) @ weights
        levels_TM[first : first + len(spectra)] = np.log(np.maximum(magnitudes, _SILENCE))
    return levels_TM


def with_faint_noise(sound: Samples, level: float, seed: int) -> Samples:
    """The sound with white noise of this RMS (of full scale) on each channel; for the model's ears alone.

    Users report that LTX-2 leaves mouths still where speech is cleaner than any recording, as synthetic
    voices are, and that faint noise helps (Wan2GP, issue 1764). The same seed gives the same noise.
    """
    if not level:
        return sound
    noise = np.random.default_rng(seed).standard_normal(sound.shape, np.float32)
    return sound + np.float32(level) * noise


def _laid(sound: Samples, begins: Fraction, lasts: Fraction) -> Samples:
    """[S, X] at 16 kHz, so many seconds: the sound where it begins, silence where there is none."""
    heard = resampled(stereo(sound), SAMPLE_RATE, HEARD_RATE)
    before = np.zeros((round(begins * HEARD_RATE), 2), np.float32)
    return fitted(np.concatenate([before, heard]), round(lasts * HEARD_RATE))
