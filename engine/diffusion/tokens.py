"""A clip as the transformer sees it: a sequence of tokens, each with its noise level and its place.

B batch (always 1, added in `velocity`), S tokens, C latent channels, F latent frames, H W latent grid.
Tokens run over the grid first and over time last: (f, h, w) with w fastest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """What is denoised: a clip's clean latents, and which tokens of them are made anew (M of Eq 5).

    `strength_F`: the noise level at which each latent's masked tokens begin, 1 for latents that are new.
    `rate`: frames a second. `spatial` and `temporal`: pixels and frames a latent stands for.
    """

    clean_CFHW: Tensor
    mask_FHW: Tensor
    strength_F: Tensor
    rate: Fraction
    spatial: int = 32
    temporal: int = 8

    @property
    def latents(self) -> int:
        return self.clean_CFHW.shape[1]

    @property
    def grid(self) -> tuple[int, int]:
        return self.clean_CFHW.shape[2], self.clean_CFHW.shape[3]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tokens:
    """`coords_3S`: seconds, y and x in pixels. `gate_S`: where audio is heard (M of Eq 6)."""

    values_SC: Tensor
    sigma_S: Tensor
    coords_3S: Tensor
    latent_S: Tensor
    gate_S: Tensor

    @property
    def count(self) -> int:
        return self.values_SC.shape[0]

    def after(self, other: Tokens) -> Tokens:
        """The two sequences as one, this one last."""
        return Tokens(
            values_SC=torch.cat([other.values_SC, self.values_SC]),
            sigma_S=torch.cat([other.sigma_S, self.sigma_S]),
            coords_3S=torch.cat([other.coords_3S, self.coords_3S], dim=1),
            latent_S=torch.cat([other.latent_S, self.latent_S]),
            gate_S=torch.cat([other.gate_S, self.gate_S]),
        )


def sequence(latents_CFHW: Tensor) -> Tensor:
    """[S, C]"""
    return latents_CFHW.flatten(1).T


def latents(tokens_SC: Tensor, grid: tuple[int, int]) -> Tensor:
    """[C, F, H, W], the other way round."""
    latents_CFHW: Tensor = tokens_SC.T.unflatten(1, (-1, *grid))
    return latents_CFHW


def video_tokens(noisy_CFHW: Tensor, scene: Scene, block: Sequence[int], sigma: float) -> Tokens:
    """The tokens of the latents in `block`. Unmasked ones carry noise level 0 (Eq 5)."""
    chosen = torch.as_tensor(block, device=noisy_CFHW.device)
    mask_FHW = scene.mask_FHW[chosen]
    rows, columns = scene.grid
    return Tokens(
        values_SC=sequence(noisy_CFHW[:, chosen]),
        sigma_S=(token_sigma(scene, sigma)[chosen][:, None, None] * mask_FHW).flatten(),
        coords_3S=coordinates(scene, block).to(noisy_CFHW.device),
        latent_S=chosen.repeat_interleave(rows * columns),
        gate_S=mask_FHW.flatten(),
    )


def token_sigma(scene: Scene, sigma: float) -> Tensor:
    """The noise level of each latent's masked tokens at a step: never above where they began. [F]"""
    return scene.strength_F.clamp(max=sigma)


def coordinates(scene: Scene, block: Sequence[int]) -> Tensor:
    """Places in the whole clip, whatever the block (section 3.4): RoPE stays consistent as blocks shift."""
    rows, columns = scene.grid
    seconds = torch.tensor([begins(latent, scene) for latent in block], dtype=torch.float32)
    y = torch.arange(rows, dtype=torch.float32) * scene.spatial
    x = torch.arange(columns, dtype=torch.float32) * scene.spatial
    return torch.stack([axis.flatten() for axis in torch.meshgrid(seconds, y, x, indexing="ij")])


def begins(latent: int, scene: Scene) -> float:
    """Seconds at which a latent's first frame stands; the causal first one stands at 0."""
    first_frame = max(latent * scene.temporal + 1 - scene.temporal, 0)
    # As diffusers' pipeline computes it, product by the reciprocal: it must agree to the bit.
    return float(torch.tensor(first_frame, dtype=torch.float32) * (1.0 / float(scene.rate)))
