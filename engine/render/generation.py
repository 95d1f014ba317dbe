"""Latents made anew: the sequence encoded, masked, denoised in one pass or in two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from engine.diffusion.blocks import WIDTH
from engine.diffusion.cache import TeaCache
from engine.diffusion.conditioning import Conditioning, token_mask
from engine.diffusion.denoise import References, Sampling, Step, Velocity, no_references
from engine.diffusion.latent_grid import decoded_frames
from engine.diffusion.references import FaceReferences, FrameReferences, IdentityReferences
from engine.diffusion.schedule import Schedule, Sigmas
from engine.diffusion.tokens import Scene
from engine.diffusion.two_pass import Pass, Planned, Upsample, in_passes
from engine.face.mask import Mask
from engine.media.picture import Picture
from engine.model.autoencoder import Frame, VideoAutoencoder
from engine.protocol import Diffusion
from engine.render.kept_latents import KeptLatents
from engine.render.preview import Previews
from engine.render.regions import Regions
from engine.render.sequence import Sequence
from engine.render.stage import Stage

OnPhase = Callable[[str, int, int], None]


class Model(Protocol):
    """What a generation asks of a model in memory. `upsample`: None where it has no second pass."""

    @property
    def autoencoder(self) -> VideoAutoencoder: ...

    @property
    def upsample(self) -> Upsample | None: ...

    @property
    def device(self) -> torch.device: ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Generation:
    """What is to be made anew of a sequence. `faces`: the lower face, for references; None for none.

    `width`: latents that are denoised together; None for the paper's. `cache`: what the velocity keeps
    between steps, None for nothing.
    """

    model: Model
    velocity: Velocity
    schedule: Schedule
    settings: Diffusion
    width: int | None
    seed: int
    rate: Fraction
    sequence: Sequence
    stage: Stage
    regions: Regions
    faces: Regions | None
    cache: TeaCache | None
    on_phase: OnPhase
    previews: Previews
    kept: KeptLatents

    def latents(self) -> Tensor:
        """[C, F, H, W] on the stage's grid. Raises RenderFailed where the model gives no numbers."""
        passes = self._passes()
        begun = self.kept.begun(passes, self.cache)
        if begun is not None:
            begun = replace(begun, x_CFHW=begun.x_CFHW.to(self.model.device))
        return in_passes(passes, self.model.upsample, self._stepped, begun)

    def _passes(self) -> tuple[Planned, ...]:
        # Of a picture of one cell there is nothing smaller.
        if self.model.upsample is None or self.settings.passes == 1 or min(self.stage.grid) == 1:
            return (self._planned(self.stage, self.schedule.first),)
        small = self._planned(self.stage.halved(), self.schedule.first)
        return small, self._planned(self.stage, self.schedule.second)

    def _planned(self, stage: Stage, sigmas: Sigmas) -> Planned:
        shape = self.model.autoencoder.channels, len(self.sequence.levels), *stage.grid
        return Planned(steps=len(sigmas) - 1, shape=shape, begin=lambda: self._pass(stage, sigmas))

    def _stepped(self, step: Step) -> None:
        self.kept.keep(step, self.cache)
        stage = self.stage if step.scene.grid == self.stage.grid else self.stage.halved()
        self.previews.look(step, self.model.autoencoder, (stage.height, stage.width))
        self.on_phase("denoise", step.done, step.total)

    def _pass(self, stage: Stage, sigmas: Sigmas) -> Pass:
        scene = self._scene(stage)
        return Pass(
            scene=scene,
            velocity=self.velocity,
            references=self._references(scene, stage),
            sampling=Sampling(
                sigmas=sigmas, seed=self.seed, ends=self.settings.ends, width=self.width or WIDTH
            ),
        )

    def _scene(self, stage: Stage) -> Scene:
        """The second pass's mask and clean latents are of its own size, not the first's made larger."""
        autoencoder, device = self.model.autoencoder, self.model.device
        clean_CFHW = self.sequence.clean(autoencoder, self._counted(stage))
        conditioning = self.conditioning(stage)
        return Scene(
            clean_CFHW=clean_CFHW.to(device),
            mask_FHW=conditioning.mask_FHW.to(device),
            strength_F=conditioning.strength_F.to(device),
            rate=self.rate,
            spatial=autoencoder.spatial,
            temporal=autoencoder.temporal,
        )

    def conditioning(self, stage: Stage) -> Conditioning:
        """What is made anew, on a stage's grid."""
        return Conditioning.of(self._tokens(self.regions, stage), self.sequence.levels)

    def _counted(self, stage: Stage) -> Callable[[Picture], Frame]:
        """`stage.frame`, and how many it has made."""
        numbers, total = count(1), decoded_frames(len(self.sequence.levels))

        def frame(picture: Picture) -> Frame:
            self.on_phase("encode", min(next(numbers), total), total)
            return stage.frame(picture)

        return frame

    def _tokens(self, regions: Regions, stage: Stage) -> Tensor:
        """A region as a mask of tokens [F, H, W]."""
        frames = decoded_frames(len(self.sequence.levels))
        empty = np.zeros((stage.height, stage.width), np.bool_)

        def mask(frame: int) -> Mask:
            shown = frame - self.sequence.shown.start
            inside = 0 <= shown < len(regions.wanted)
            found = regions.at(shown) if inside else None
            return empty if found is None else stage.mask(found)

        return token_mask(map(mask, range(frames)), stage.grid, stage.cell)

    def _references(self, scene: Scene, stage: Stage) -> References:
        if self.faces is None:
            return no_references
        face = FaceReferences(
            scene=scene,
            face_FHW=self._tokens(self.faces, stage).to(scene.mask_FHW.device),
            footage=self.sequence.footage,
        )
        return IdentityReferences(face=face, frame=FrameReferences(scene=scene))
