"""What a model in training makes of clips it is not trained on: as they are, and dubbed with another's.

C latent channels, F latent frames, H W latent grid or pixels, N video frames, K window length, L feature
layers, A feature channels.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.conditioning import by_frame
from engine.diffusion.denoise import Sampling, denoise, no_references
from engine.diffusion.references import FaceReferences
from engine.diffusion.schedule import linear_quadratic
from engine.diffusion.tokens import Scene
from engine.diffusion.velocity import Guided, TransformerVelocity
from engine.evaluation.opening import Openings, correlation
from engine.media.sound import Samples as Sound
from engine.model.autoencoder import VideoAutoencoder
from engine.model.prompt import Prompt
from engine.model.seams import levelled
from engine.model.transformer import EditYourselfTransformer
from engine.training.config import Recipe
from engine.training.objective import loss, questions
from engine.training.samples import NOISE, Sample, generator
from engine.whole_file import save_whole

STEPS = 12  # ours: of denoising; enough to see lips, and half a minute less than the product's 40
METRICS = "metrics.jsonl"
_FLOW_DRAWS = 4  # noise levels that a held-out clip's loss is the mean of

Pictures = NDArray[np.uint8]  # [N, H, W, 3]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """What is known of a clip besides latents. `boxes` [N, 4]: of the mouth: left, top, width, height.

    `opening`: of the mouth in each frame, as the clip's own speech and as the `other` opens it. `measure`
    finds it in pictures.
    """

    frames: Pictures
    boxes: NDArray[np.int32] | None = None
    own_opening: Openings | None = None
    other_opening: Openings | None = None
    measure: Callable[[Pictures], Openings] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldOut:
    """A clip, and the audio windows of another's speech for it. The sound is [samples, 2] at 48 kHz."""

    name: str
    sample: Sample
    other_NKLA: Tensor
    other_sound: Sound | None = None
    truth: Truth | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """A held-out clip's pictures: `truth` where it is known, through the autoencoder, with its own speech,
    and with the other's.
    """

    clip: HeldOut
    reconstruction: Pictures
    own: Pictures
    other: Pictures

    @property
    def truth(self) -> Pictures | None:
        return None if self.clip.truth is None else self.clip.truth.frames


Show = Callable[[Sequence[Seen], int], None]
Note = Callable[[Mapping[str, float], int], None]


class Validation:
    """See `trainer.Validate`: renders the clips, shows them, and notes what can be measured."""

    def __init__(
        self,
        clips: Sequence[HeldOut],
        autoencoder: VideoAutoencoder,
        recipe: Recipe,
        *,
        show: Show,
        note: Note,
        steps: int = STEPS,
    ) -> None:
        self._clips, self._autoencoder, self._recipe = tuple(clips), autoencoder, recipe
        self._show, self._note, self._steps = show, note, steps

    def __call__(self, model: EditYourselfTransformer, step: int) -> None:
        halved = self._recipe.precision == "bfloat16"
        with torch.autocast(model.device.type, torch.bfloat16, enabled=halved), torch.no_grad():
            flow = held_out_flow(model, self._clips, self._recipe)
            seen = [self._seen(model, clip) for clip in self._clips]
        self._note({"held_out_flow": flow} | mean_of([measured(one) for one in seen]), step)
        self._show(seen, step)

    def _seen(self, model: EditYourselfTransformer, clip: HeldOut) -> Seen:
        references = self._recipe.stage == "lora" and self._recipe.objective.conditions.identity > 0

        def made(windows_NKLA: Tensor | None) -> Pictures:
            led = self._recipe.guidance
            latents_CFHW = dubbed(
                model, clip.sample, windows_NKLA, steps=self._steps, references=references, guidance=led
            )
            return self._decoded(latents_CFHW, clip.sample.mask_FHW)

        return Seen(
            clip=clip,
            reconstruction=self._decoded(clip.sample.clean_CFHW),
            own=made(clip.sample.windows_NKLA),
            other=made(clip.other_NKLA),
        )

    def _decoded(self, latents_CFHW: Tensor, made_FHW: Tensor | None = None) -> Pictures:
        device = latents_CFHW.device.type
        with torch.autocast(device, enabled=False):
            shown = self._autoencoder.decode(latents_CFHW.float(), seed=0)
            if made_FHW is not None and self._autoencoder.seams:
                shown = levelled(shown, by_frame(made_FHW))
            frames = list(shown)
        return np.asarray(np.rint(np.stack(frames) * 255), np.uint8)


def dubbed(
    model: EditYourselfTransformer,
    sample: Sample,
    windows_NKLA: Tensor | None,
    *,
    steps: int = STEPS,
    references: bool = False,
    guidance: float = 1.0,
    seed: int = 0,
) -> Tensor:
    """The sample's latents with its region made anew, as it sounds."""
    scene = _on(sample.scene, model.device)
    text_BXE = sample.text_XE[None].to(model.device, model.dtype)
    mask_BX = torch.ones(text_BXE.shape[:2], dtype=torch.bool, device=model.device)
    text = Prompt(embeddings_BXE=text_BXE, mask_BX=mask_BX)
    led = windows_NKLA is not None and guidance != 1
    velocity = TransformerVelocity(
        model=model,
        text=text,
        audio_FTD=None if windows_NKLA is None else model.hear(windows_NKLA[None])[0],
        guided=(Guided(text=text, audio_FTD=None, scale=guidance),) if led else (),
    )
    faces = FaceReferences(scene=scene, face_FHW=scene.mask_FHW, footage=(True,) * scene.latents)
    sampling = Sampling(sigmas=linear_quadratic(steps), seed=seed)
    return denoise(scene, velocity, sampling, references=faces if references else no_references)


def _on(scene: Scene, device: torch.device) -> Scene:
    return replace(
        scene,
        clean_CFHW=scene.clean_CFHW.to(device),
        mask_FHW=scene.mask_FHW.to(device),
        strength_F=scene.strength_F.to(device),
    )


@torch.no_grad()
def held_out_flow(model: EditYourselfTransformer, clips: Sequence[HeldOut], recipe: Recipe) -> float:
    """The loss of Eq 8 on them, always with the same noise: comparable from one validation to the next."""
    told = [
        float(loss(model, questions([clip.sample], generator(0, draw, NOISE), recipe.objective), 0.0).flow)
        for clip in clips
        for draw in range(_FLOW_DRAWS)
    ]
    return sum(told) / len(told)


# ------------------------------------------------------------------------------------ what is measured


def measured(seen: Seen) -> dict[str, float]:
    """In the mouth's box, PSNR in dB; of the mouth's opening, Pearson's r with what is said."""
    truth = seen.clip.truth
    if truth is None:
        return {}
    found = {
        "psnr_reconstruction": psnr(seen.reconstruction, truth.frames, truth.boxes),
        "psnr_own": psnr(seen.own, truth.frames, truth.boxes),
    }
    if truth.measure is not None and truth.own_opening is not None:
        own, other = truth.measure(seen.own), truth.measure(seen.other)
        found["r_reconstruction"] = correlation(truth.measure(seen.reconstruction), truth.own_opening)
        found["r_own"] = correlation(own, truth.own_opening)
        found["r_source_in_dub"] = correlation(other, truth.own_opening)
        if truth.other_opening is not None:
            found["r_dub"] = correlation(other, truth.other_opening)
    return found


def psnr(one: Pictures, other: Pictures, boxes: NDArray[np.int32] | None) -> float:
    """In dB, over all boxes together, or whole pictures without any."""
    if boxes is None:
        parts = [one.astype(np.float64) - other]
    else:
        parts = [
            a[y : y + h, x : x + w].astype(np.float64) - b[y : y + h, x : x + w]
            for a, b, (x, y, w, h) in zip(one, other, boxes, strict=True)
        ]
    squares = np.concatenate([part.ravel() for part in parts]) ** 2
    return float(10 * np.log10(255**2 / max(float(squares.mean()), 1e-9))) if squares.size else math.nan


def mean_of(told: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Of each figure, over the clips that have it."""
    names = dict.fromkeys(name for one in told for name in one)
    return {name: _mean([one[name] for one in told if name in one]) for name in names}


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return sum(known) / len(known) if known else math.nan


# ------------------------------------------------------------------------------------ kept


def note_metrics(folder: Path, told: Mapping[str, float], step: int) -> None:
    """A line in metrics.jsonl, in the place of what a run that did not keep them said of these steps.

    Raises DiskFull, RenderFailed.
    """
    path = folder / METRICS
    line = {"step": step} | {name: value if math.isfinite(value) else None for name, value in told.items()}
    kept = [one for one in read_metrics(folder) if one["step"] < step]
    save_whole(path, "".join(json.dumps(one) + "\n" for one in [*kept, line]).encode())


def read_metrics(folder: Path) -> list[dict[str, Any]]:
    """In the order of steps; none where nothing was noted. A line that is not whole is passed over."""
    found: list[dict[str, Any]] = []
    try:
        lines = (folder / METRICS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict) and isinstance(told.get("step"), int):
            found.append(told)
    return found
