"""Clean tokens beside a block's own, so that the speaker stays who she is (section 3.4, "Identity").

Face references are of the lower face; each latent they are taken from has a sentinel time before the clip's
start, of its own: with equal times attention would average them. Frame references stand in for the
surroundings where a block has nothing clean at all, at times near it (Eq 7). Neither is noised, nor hears.

S tokens, C latent channels, F latent frames, H W latent grid.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.diffusion.blocks import Block
from engine.diffusion.tokens import Scene, Tokens, begins
from engine.model.audio_attention import NO_LATENT

FACES = 6  # latents that face references are taken from
_NEAR = 3  # latents: a frame reference keeps its own time up to here, and has this distance beyond (Eq 7)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceReferences:
    """See `denoise.References`. Tokens of the lower face, from the block in hand where it has footage.

    `face_FHW`: which tokens are of the lower face. `footage`: for each latent whether its clean values are
    the source's own, even where they are to be made anew. What a block lacks is taken from the nearest
    footage outside it.
    """

    scene: Scene
    face_FHW: Tensor
    footage: Sequence[bool]

    def __call__(self, block: Block) -> Tokens | None:
        chosen = self.chosen(block)
        if not chosen:
            return None
        tokens = None
        for k, latent in zip(range(len(chosen), 0, -1), chosen, strict=True):
            of_latent = _clean_tokens(self.scene, latent, sentinel(k, self.scene), self.face_FHW[latent])
            tokens = of_latent if tokens is None else of_latent.after(tokens)
        return tokens

    def chosen(self, block: Block) -> tuple[int, ...]:
        """The latents that tokens are taken from, in the order of the clip; the last one has sentinel -1."""
        shows_face = self.face_FHW.flatten(1).any(dim=1).tolist()
        usable = [at for at, footage in enumerate(self.footage) if footage and shows_face[at]]
        inside = set(block.latents)
        own = [latent for latent in usable if latent in inside]
        if len(own) >= FACES:
            return _spread(own, FACES)
        near = sorted((at for at in usable if at not in inside), key=lambda at: (_distance(at, inside), at))
        return tuple(sorted([*own, *near[: FACES - len(own)]]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameReferences:
    """See `denoise.References`. Whole clean latents before and after a block that has no clean token."""

    scene: Scene

    def __call__(self, block: Block) -> Tokens | None:
        mask_FS = self.scene.mask_FHW.flatten(1)
        if not bool(mask_FS[torch.as_tensor(block.latents, device=mask_FS.device)].all()):
            return None
        clean = (~mask_FS.any(dim=1)).nonzero().flatten().tolist()
        tokens = None
        for latent, time in placed(clean, block):
            whole = torch.ones_like(self.scene.mask_FHW[latent])
            of_latent = _clean_tokens(self.scene, latent, begins(time, self.scene), whole)
            tokens = of_latent if tokens is None else of_latent.after(tokens)
        return tokens


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IdentityReferences:
    """See `denoise.References`. Face and then frame references, as in Eq 8's z_in."""

    face: FaceReferences
    frame: FrameReferences

    def __call__(self, block: Block) -> Tokens | None:
        face, frame = self.face(block), self.frame(block)
        if face is None or frame is None:
            return face if frame is None else frame
        return frame.after(face)


def sentinel(k: int, scene: Scene) -> float:
    """Seconds of sentinel time -k. ours: as far before the start as k latents; never in the clip, never 0."""
    return -k * scene.temporal / float(scene.rate)


def placed(clean: Collection[int], block: Block) -> tuple[tuple[int, int], ...]:
    """The nearest clean latents before and after a block, each with its time in latents (Eq 7)."""
    start, end = block.latents[0], block.latents[-1]
    wraps = end < start  # then what lies before it and what lies after it is the same middle of the clip
    before = [latent for latent in clean if latent < start and (not wraps or latent > end)]
    after = [latent for latent in clean if latent > end and (not wraps or latent < start)]
    past = [(max(before), max(*before, start - _NEAR))] if before else []
    future = [(min(after), min(*after, end + _NEAR))] if after else []
    return tuple(dict.fromkeys(past + future))


def _spread(latents: Sequence[int], count: int) -> tuple[int, ...]:
    """At most `count` of them, evenly."""
    count = min(count, len(latents))
    return tuple(latents[(2 * index + 1) * len(latents) // (2 * count)] for index in range(count))


def _distance(latent: int, inside: Collection[int]) -> int:
    return min(abs(latent - other) for other in inside)


def _clean_tokens(scene: Scene, latent: int, seconds: float, chosen_HW: Tensor) -> Tokens:
    """Tokens of a clean latent, at a time of our own and at their true places."""
    values_SC = scene.clean_CFHW[:, latent][:, chosen_HW].T
    rows, columns = chosen_HW.nonzero(as_tuple=True)
    count, device = len(rows), values_SC.device
    times = torch.full((count,), seconds, device=rows.device)
    y, x = (rows * scene.spatial).float(), (columns * scene.spatial).float()
    return Tokens(
        values_SC=values_SC,
        sigma_S=torch.zeros(count, device=device),
        coords_3S=torch.stack([times, y, x]).to(device),
        latent_S=torch.full((count,), NO_LATENT, device=device),
        gate_S=torch.zeros(count, dtype=torch.bool, device=device),
    )
