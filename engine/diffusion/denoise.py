"""Denoising, as the paper has it: steps outside, blocks inside, one Euler step of dx = v dt at a time.

x = start noised where M, clean elsewhere                                         Eq 5
for each step:
    for each block of the step's partition:   v += model(references, x[block])    sections 3.3, 3.4
    x = x + (next sigma - sigma) * v / times evaluated,   where M                 Eq 2
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Protocol

import torch
from torch import Tensor

from engine.diffusion.blocks import WIDTH, Block, Ends, partition
from engine.diffusion.tokens import Scene, Tokens, latents, token_sigma, video_tokens
from engine.errors import RenderFailed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """How far denoising is: step `done` of `total`, which led to noise level `sigma` along `v_CFHW`."""

    done: int
    total: int
    scene: Scene
    x_CFHW: Tensor
    v_CFHW: Tensor
    sigma: float

    @property
    def middle(self) -> int:
        """The latent in the middle of those that are made anew."""
        anew = self.scene.mask_FHW.flatten(1).any(dim=1).nonzero()[:, 0]
        return int(anew[len(anew) // 2])

    def clean_C1HW(self, latent: int) -> Tensor:
        """What the latent will be, as far as can be told: Eq 2 all the way to noise level 0."""
        rest = token_sigma(self.scene, self.sigma)[latent]
        x_C1HW, v_C1HW = (values[:, latent : latent + 1] for values in (self.x_CFHW, self.v_CFHW))
        return torch.where(self.scene.mask_FHW[latent], x_C1HW - rest * v_C1HW, x_C1HW)


OnStep = Callable[[Step], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Begun:
    """Where a render stood that goes on: `done` steps had led to these latents."""

    done: int
    x_CFHW: Tensor


class Velocity(Protocol):
    """A model: the velocity of each token, [S, C], at step `at` (step, steps)."""

    def __call__(self, tokens: Tokens, block: Block, at: tuple[int, int]) -> Tensor: ...


References = Callable[[Block], Tokens | None]
"""Clean tokens that a block looks at besides its own, for identity (section 3.4); None for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """`sigmas` from the first noise level down to 0. `width`: latents that are denoised together."""

    sigmas: tuple[float, ...]
    seed: int
    ends: Ends = "clamped"
    width: int = WIDTH

    @property
    def steps(self) -> int:
        return len(self.sigmas) - 1


def no_references(_: Block) -> None:
    """Blocks look at themselves alone."""


def unwatched(_: Step) -> None:
    """Nobody asks how far it is."""


def denoise(
    scene: Scene,
    velocity: Velocity,
    sampling: Sampling,
    *,
    references: References = no_references,
    start_CFHW: Tensor | None = None,
    begun: Begun | None = None,
    on_step: OnStep = unwatched,
) -> Tensor:
    """The scene's latents [C, F, H, W], made anew where its mask is set; elsewhere the same bits.

    `start_CFHW`: what is noised at the first sigma, the clean latents by default. `begun`: goes on from there
    instead, to the same bits. Raises RenderFailed where the model gives no numbers.
    """
    if begun is None:
        begun = Begun(done=0, x_CFHW=_noised(scene, start_CFHW, sampling))
    x_CFHW = begun.x_CFHW
    if not bool(scene.mask_FHW.any()):
        return x_CFHW
    for step, (sigma, following) in islice(enumerate(pairwise(sampling.sigmas)), begun.done, None):
        v_CFHW = _velocities(x_CFHW, scene, step, sampling, velocity=velocity, references=references)
        x_CFHW = _advanced(x_CFHW, v_CFHW, scene, sigma, following)
        on_step(
            Step(
                done=step + 1,
                total=sampling.steps,
                scene=scene,
                x_CFHW=x_CFHW,
                v_CFHW=v_CFHW,
                sigma=following,
            )
        )
    return x_CFHW


def _noised(scene: Scene, start_CFHW: Tensor | None, sampling: Sampling) -> Tensor:
    """Drawn on the CPU, so that every device begins with the same noise."""
    start_CFHW = scene.clean_CFHW if start_CFHW is None else start_CFHW
    draw = torch.Generator().manual_seed(sampling.seed)
    noise_CFHW = torch.randn(scene.clean_CFHW.shape, generator=draw).to(scene.clean_CFHW)
    sigma_F11 = token_sigma(scene, sampling.sigmas[0])[:, None, None]
    return torch.where(scene.mask_FHW, torch.lerp(start_CFHW, noise_CFHW, sigma_F11), scene.clean_CFHW)


def _velocities(
    x_CFHW: Tensor, scene: Scene, step: int, sampling: Sampling, *, velocity: Velocity, references: References
) -> Tensor:
    """Averaged where two blocks evaluate the same latent. Blocks with nothing to make anew are left out."""
    sigma = sampling.sigmas[step]
    total_CFHW = torch.zeros_like(x_CFHW)
    times_F = torch.zeros(scene.latents, device=x_CFHW.device)
    for block in partition(scene.latents, step, sampling.steps, sampling.ends, sampling.width):
        chosen = torch.as_tensor(block.latents, device=x_CFHW.device)
        if not bool(scene.mask_FHW[chosen].any()):
            continue
        tokens = video_tokens(x_CFHW, scene, block.latents, sigma)
        beside = references(block)
        asked = tokens if beside is None else tokens.after(beside)
        v_SC = velocity(asked, block, (step, sampling.steps))[-tokens.count :]
        total_CFHW.index_add_(1, chosen, latents(v_SC, scene.grid).to(total_CFHW.dtype))
        times_F[chosen] += 1
    v_CFHW = total_CFHW / times_F.clamp(min=1)[:, None, None]
    if not bool(torch.isfinite(v_CFHW).all()):
        raise RenderFailed(
            f"the model gave no numbers (NaN) at step {step + 1} of {sampling.steps}: "
            "its weights or its precision are at fault; try --set precision=float32"
        )
    return v_CFHW


def _advanced(x_CFHW: Tensor, v_CFHW: Tensor, scene: Scene, sigma: float, following: float) -> Tensor:
    """A latent that begins at a lower noise level rests until the schedule has come down to it."""
    change_F = token_sigma(scene, following) - token_sigma(scene, sigma)
    return torch.where(scene.mask_FHW, x_CFHW + change_F[:, None, None] * v_CFHW, x_CFHW)
