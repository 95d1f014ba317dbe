"""What is made anew, and from which noise level on: the mask M of Eq 5 on the latent grid.

N frames, F latents, H W latent grid, h w pixels.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.latent_grid import frames_of, latent_of, latents_for

PixelMask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditNoise:
    """How much noise the latents around a removal get before they are regenerated.

    `levels`: of the latents that touch the cut, of their neighbours, and so on outwards. ours: two either
    side, the farther one to 0.8. The decoder is not causal, and what it makes of a latent depends most on
    about two either side; at 0.8 large motion is the source's already (it is decided above that), so that the
    pose goes over into what is kept.
    """

    levels: tuple[float, ...] = (1.0, 0.8)

    def around(self, cuts: Collection[int], frames: int) -> tuple[float, ...]:
        """For each latent of a clip of `frames`, its noise level; 0 where no cut is near.

        `cuts`: frames that do not follow on the one before them in the source.
        """
        noise = [0.0] * latents_for(frames)
        for cut in cuts:
            left, right = latent_of(cut - 1), latent_of(cut)
            for distance, level in enumerate(self.levels):
                for latent in {left - distance, right + distance}:
                    if 0 <= latent < len(noise):
                        noise[latent] = max(noise[latent], level)
        return tuple(noise)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conditioning:
    """`mask_FHW`: the tokens made anew. `strength_F`: the noise level at which those of a latent begin."""

    mask_FHW: Tensor
    strength_F: Tensor

    @classmethod
    def of(cls, region_FHW: Tensor, whole: Sequence[float]) -> Conditioning:
        """A region made anew from pure noise, and latents made anew as a whole, each from its own level.

        `whole`: 1 for latents that are new, `EditNoise.around` removals, 0 elsewhere. Where a latent has a
        region too, the whole of it begins as pure noise.
        """
        whole_F = torch.tensor(whole, dtype=torch.float32)
        in_region_F = region_FHW.flatten(1).any(dim=1)
        return cls(
            mask_FHW=region_FHW | (whole_F > 0)[:, None, None],
            strength_F=torch.where(in_region_F, 1.0, whole_F),
        )


def token_mask(masks: Iterable[PixelMask], grid: tuple[int, int], spatial: int = 32) -> Tensor:
    """Pixel masks [h, w], one a frame, as a mask of tokens [F, H, W].

    A token is made anew if any of its pixels is, in any frame of its latent: what moves within a group of 8
    frames is enclosed. `grid` is (H, W), of `spatial` pixels each; masks may end before it does, where the
    picture was padded.
    """
    latents: list[NDArray[np.bool_]] = []
    for frame, mask in enumerate(masks):
        cells = _cells(mask, grid, spatial)
        if latent_of(frame) == len(latents):
            latents.append(cells)
        else:
            np.logical_or(latents[-1], cells, out=latents[-1])
    return torch.from_numpy(np.stack(latents))


def _cells(mask: PixelMask, grid: tuple[int, int], spatial: int) -> NDArray[np.bool_]:
    """Which cells [H, W] of the grid the mask touches."""
    rows, columns = grid
    whole = np.zeros((rows * spatial, columns * spatial), dtype=np.bool_)
    whole[: mask.shape[0], : mask.shape[1]] = mask
    return np.asarray(whole.reshape(rows, spatial, columns, spatial).any(axis=(1, 3)))


def by_frame(mask_FHW: Tensor) -> Iterator[NDArray[np.bool_]]:
    """A mask of tokens for each frame of its latents, [H, W]."""
    for latent, mask_HW in enumerate(mask_FHW.cpu().numpy()):
        yield from (mask_HW for _ in frames_of(latent))
