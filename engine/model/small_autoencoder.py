"""The autoencoder of the small model: the principal components of patches, there and back.

A fixed linear map of each patch of 8 frames and 16x16 pixels to its coefficients: tokens see nothing of each
other, so that what is masked in pixels cannot leak into what is not, and no latent sees what comes after its
frames.

ours: from random weights, neither LTX's autoencoder nor smaller ones came to show a mouth within minutes; a
decoder that learned what the map's inverse lacks gained .03 dB for 1.8 million parameters.

Z channels of a latent, P values of a patch (colour, frame, row, column), N video frames, F latent frames,
H W in pixels for frames and in cells for latents, B batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import Tensor, nn

from engine.model.autoencoder import Frame
from engine.model.small_part import load_part, save_part

SPATIAL, TEMPORAL, COLOURS = 16, 8, 3
PATCH = COLOURS * TEMPORAL * SPATIAL * SPATIAL
_NAME = "autoencoder"
WEIGHTS, CONFIG = f"{_NAME}.safetensors", f"{_NAME}.json"

_AT_ONCE = 8  # latents that are decoded together


class SmallConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`whitening`: latents are coefficients over their deviation to this power, scaled to a mean variance
    of 1. At 1 each has the deviation 1. ours: .7, with which the trial's transformer learned; what matters
    to the eye stays louder than what does not.
    """

    channels: int = 128
    whitening: float = 0.7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patches:
    """The mean patch, the components that patches vary along, and each one's deviation."""

    mean_P: Tensor
    basis_PZ: Tensor
    deviation_Z: Tensor


class SmallAutoencoder(nn.Module):
    """A `VideoAutoencoder`. Pictures inside are -1..1."""

    spatial, temporal = SPATIAL, TEMPORAL
    seams = True
    mean_P: Tensor
    basis_PZ: Tensor
    deviation_Z: Tensor

    def __init__(self, config: SmallConfig, patches: Patches | None = None) -> None:
        super().__init__()
        self.config = config
        zeros = Patches(
            mean_P=torch.zeros(PATCH),
            basis_PZ=torch.zeros(PATCH, config.channels),
            deviation_Z=torch.ones(config.channels),
        )
        patches = patches or zeros
        self.register_buffer("mean_P", patches.mean_P)
        self.register_buffer("basis_PZ", patches.basis_PZ)
        self.register_buffer("deviation_Z", patches.deviation_Z)

    @property
    def channels(self) -> int:
        """Of a latent."""
        return self.config.channels

    @torch.no_grad()
    def encode(self, frames: Iterable[Frame]) -> Tensor:
        """See `VideoAutoencoder`. A latent at a time: none knows of another."""
        coming = iter(frames)
        first = next(coming, None)
        if first is None:
            raise ValueError("there are no frames to encode")
        latents = [self._encode([first] * TEMPORAL)]
        while piece := list(islice(coming, TEMPORAL)):
            latents.append(self._encode(piece + [piece[-1]] * (TEMPORAL - len(piece))))
        return torch.cat(latents, dim=1)

    @torch.no_grad()
    def decode(self, latents_CFHW: Tensor, seed: int) -> Iterator[Frame]:
        """See `VideoAutoencoder`; nothing here is left to chance, so `seed` changes nothing."""
        del seed
        white_BZFHW = self.white(latents_CFHW[None].to(self.mean_P.device, torch.float32))
        for first in range(0, white_BZFHW.shape[2], _AT_ONCE):
            pixels_CNHW = self.inverse(white_BZFHW[:, :, first : first + _AT_ONCE])[0]
            frames_NHWC = pixels_CNHW.permute(1, 2, 3, 0).mul(0.5).add(0.5).clamp(0, 1)
            # Of latent 0's frames, all of which are frame 0, one is shown.
            yield from np.ascontiguousarray(frames_NHWC.cpu().numpy())[0 if first else TEMPORAL - 1 :]

    def coefficients(self, pixels_BCNHW: Tensor) -> Tensor:
        """Of 8 frames a latent, divided by their deviations: [B, Z, F, H, W]."""
        rows_BFHWP = to_patches(pixels_BCNHW)
        white_BFHWZ = (rows_BFHWP - self.mean_P) @ self.basis_PZ / self.deviation_Z
        return white_BFHWZ.permute(0, 4, 1, 2, 3)

    def inverse(self, white_BZFHW: Tensor) -> Tensor:
        """The linear inverse of `coefficients`: [B, 3, N, H, W]."""
        rows_BFHWP = (white_BZFHW.permute(0, 2, 3, 4, 1) * self.deviation_Z) @ self.basis_PZ.T + self.mean_P
        return from_patches(rows_BFHWP)

    def normalised(self, white_BZFHW: Tensor) -> Tensor:
        """As the transformer wants latents."""
        latents_BZFHW: Tensor = white_BZFHW * self._loudness()[:, None, None, None]
        return latents_BZFHW

    def white(self, latents_BZFHW: Tensor) -> Tensor:
        """Each coefficient of deviation 1, from latents."""
        white_BZFHW: Tensor = latents_BZFHW / self._loudness()[:, None, None, None]
        return white_BZFHW

    def _loudness(self) -> Tensor:
        """Of each channel in a latent; its mean square is 1."""
        loud_Z: Tensor = self.deviation_Z ** (1 - self.config.whitening)
        scaled_Z: Tensor = loud_Z / loud_Z.square().mean().sqrt()
        return scaled_Z

    def _encode(self, piece: list[Frame]) -> Tensor:
        height, width = piece[0].shape[:2]
        if height % SPATIAL or width % SPATIAL:
            raise ValueError(f"frames of {width}x{height} are no multiple of {SPATIAL}: pad them first")
        frames_NHWC = torch.from_numpy(np.stack(piece)).to(self.mean_P)
        pixels_BCNHW = frames_NHWC.permute(3, 0, 1, 2)[None] * 2 - 1
        return self.normalised(self.coefficients(pixels_BCNHW))[0]


def to_patches(pixels_BCNHW: Tensor) -> Tensor:
    """[B, F, H, W, P] of pixels [B, 3, N, H, W]: 8 frames, 16 rows, 16 columns each."""
    parts: Tensor = (
        pixels_BCNHW.unflatten(4, (-1, SPATIAL)).unflatten(3, (-1, SPATIAL)).unflatten(2, (-1, TEMPORAL))
    )
    return parts.permute(0, 2, 4, 6, 1, 3, 5, 7).flatten(4)


def from_patches(rows_BFHWP: Tensor) -> Tensor:
    """The pixels of patches."""
    parts: Tensor = rows_BFHWP.unflatten(4, (COLOURS, TEMPORAL, SPATIAL, SPATIAL))
    return parts.permute(0, 4, 1, 5, 2, 6, 3, 7).flatten(6).flatten(4, 5).flatten(2, 3)


def save_small(autoencoder: SmallAutoencoder, folder: Path) -> None:
    """Raises DiskFull, RenderFailed."""
    save_part(autoencoder, autoencoder.config, folder, _NAME)


def load_small(folder: Path) -> SmallAutoencoder:
    """Raises MissingModel (no such files), BadCheckpoint (cut short, or not what they say)."""
    return load_part(SmallAutoencoder, SmallConfig, folder, _NAME, what="small autoencoder")
