"""Drawn clips, encoded once and kept: what the small model is trained on.

OUT/drawn-00000.safetensors and so on hold, for `PER_FILE` clips each,
    latents     [I, C, F, H, W]  float16, of the small autoencoder, normalised
    features    [I, T, A]        float16, of the sound from `HEARD_AROUND` frames before the picture on
    lower_face  [I, N, 4]        int16: left, top, width, height in pixels; `mouth` likewise
    opening     [I, N]           float32
and in their metadata what they were made of: a run that was stopped goes on with the first that is missing.

I clips, C latent channels, F latent frames, H W latent grid, N video frames, T feature frames, A channels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save
from torch import Tensor

from engine.diffusion.latent_grid import frames_of
from engine.errors import BadCheckpoint
from engine.model.small_autoencoder import SPATIAL, SmallAutoencoder
from engine.model.small_hearing import SmallHearing
from engine.model.weights import read_header
from engine.speech.features import FeatureExtractor, Features, LogMelFeatures, windows
from engine.training.clip_stream import drawn_clips
from engine.training.clips import HEARD_AROUND, ClipPlan, TrainingClip
from engine.training.errors import BadSamples
from engine.training.samples import Sample
from engine.whole_file import save_whole

PER_FILE = 240  # a multiple of every sensible `ClipPlan.each`: a recording is drawn once

_MADE_OF = "made_of"
_VIEWS = 4  # of a clip: other masks and other parts of the picture
# Tokens along a side of a part. ours: what lies farther from the mouth costs more than it tells.
_PART = 6
_FACE = 4  # tokens along a side of what is taken of a lower face for references
_WIDER = 0.5  # of a token: by how much at most a mask is larger than the lower face, on each side
_NO_MORE = np.zeros(4)
# ours: how much a token of the mouth counts. Of the lower face most is skin, collar and backdrop: with all
# alike, 900 steps of stage 1 on log-mel got no further than r = .15.
_ON_MOUTH = 6.0


def draw_set(
    plan: ClipPlan,
    count: int,
    autoencoder: SmallAutoencoder,
    out: Path,
    *,
    ears: FeatureExtractor | None = None,
    workers: int = 0,
    follow: Callable[[range], None] = lambda _: None,
) -> None:
    """Draw and encode `count` clips, as far as they are not there yet; `follow` hears of each file begun.

    `ears`: what they are heard with, log-mel by default.

    Raises BadSamples (the folder holds another set), DiskFull, RenderFailed, MissingModel (no voice).
    """
    if count % PER_FILE or PER_FILE % plan.each:
        raise BadSamples(f"clips are drawn {PER_FILE} at a time, {plan.each} a recording: not {count}")
    ears = ears or LogMelFeatures()
    made_of = _made_of(plan, autoencoder, ears)
    missing = [first for first in range(0, count, PER_FILE) if not _is_there(_path(out, first), made_of)]
    for first in missing:
        follow(range(first, first + PER_FILE))
        tensors = _encoded(drawn_clips(plan, first, first + PER_FILE, workers), autoencoder, ears)
        save_whole(_path(out, first), save(tensors, {_MADE_OF: made_of}))


def _encoded(
    clips: Iterator[TrainingClip], autoencoder: SmallAutoencoder, ears: FeatureExtractor
) -> dict[str, Tensor]:
    rows: dict[str, list[Tensor]] = {}
    for clip in clips:
        for name, value in _tensors(clip, autoencoder, ears).items():
            rows.setdefault(name, []).append(value)
    return {name: torch.stack(values) for name, values in rows.items()}


def _tensors(clip: TrainingClip, autoencoder: SmallAutoencoder, ears: FeatureExtractor) -> dict[str, Tensor]:
    pictures = (np.asarray(frame / np.float32(255), np.float32) for frame in clip.frames)
    heard = ears.features(clip.samples).values[:, 0]
    return {
        "latents": autoencoder.encode(pictures).half(),
        "features": torch.from_numpy(heard).half(),
        "lower_face": torch.from_numpy(clip.lower_face.astype(np.int16)),
        "mouth": torch.from_numpy(clip.mouth.astype(np.int16)),
        "opening": torch.from_numpy(clip.opening),
    }


def _made_of(plan: ClipPlan, autoencoder: SmallAutoencoder, ears: FeatureExtractor) -> str:
    told = msgspec.json.encode(plan, enc_hook=str)
    models = [autoencoder, *([ears] if isinstance(ears, SmallHearing) else [])]
    weights = [at.cpu().numpy().tobytes() for model in models for at in model.state_dict().values()]
    return f"{told.decode()} {hashlib.sha256(b''.join(weights)).hexdigest()}"


def _path(out: Path, first: int) -> Path:
    return out / f"drawn-{first // PER_FILE:05d}.safetensors"


def _is_there(path: Path, made_of: str) -> bool:
    """Raises BadSamples where it is of another set, or was cut short."""
    if not path.exists():
        return False
    try:
        told = read_header(path).metadata.get(_MADE_OF)
    except BadCheckpoint as error:
        raise BadSamples(f"{error}. Delete it, and the same command makes it again") from error
    if told != made_of:
        raise BadSamples(f"{path} is of another set of clips: give another folder, or delete it")
    return True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnSamples:
    """A drawn set as the trainer's `Samples`: `_VIEWS` of each clip, the same ones each time.

    Each shows a part of the picture around the lower face, which is what is to be learned. `window`: of
    audio, K, at `rate` features a second. `text_XE`: the caption, the same for all.
    """

    latents_ICFHW: Tensor
    features_ITA: NDArray[np.float16]
    lower_face_IN4: NDArray[np.int16]
    mouth_IN4: NDArray[np.int16]
    plan: ClipPlan
    window: int
    rate: Fraction
    text_XE: Tensor

    def __len__(self) -> int:
        return len(self.latents_ICFHW) * _VIEWS

    @property
    def fingerprint(self) -> str:
        """Of what is trained on, for the trainer (`samples.Known`)."""
        told = f"{msgspec.json.encode(self.plan, enc_hook=str).decode()} {len(self)} {self.window}"
        return hashlib.sha256(told.encode()).hexdigest()

    def tokens(self, index: int) -> int:
        del index  # all have as many
        _, _, latents, rows, columns = self.latents_ICFHW.shape
        return latents * min(_PART, rows) * min(_PART, columns)

    def __getitem__(self, index: int) -> Sample:
        clip = index // _VIEWS
        chance = np.random.default_rng([self.plan.seed, index])
        part = self._part(clip, chance)
        mask_FHW = self._mask(clip, chance)
        weight_FHW = 1 + (_ON_MOUTH - 1) * self._touched(self.mouth_IN4[clip], _NO_MORE).float()
        beside = self._others(clip)
        around_CRHW = torch.cat([self.latents_ICFHW[at] for at in beside], dim=1).float()
        face_RHW = torch.cat([self._face(at, part) for at in beside])
        return Sample(
            clean_CFHW=self.latents_ICFHW[clip][:, :, *part].float(),
            mask_FHW=mask_FHW[:, *part],
            rate=self.plan.rate,
            text_XE=self.text_XE,
            windows_NKLA=self._heard(clip),
            around_CRHW=around_CRHW[:, :, *part],
            face_RHW=face_RHW,
            weight_FHW=weight_FHW[:, *part],
            spatial=SPATIAL,
        )

    def _others(self, clip: int) -> list[int]:
        """Two clips of the same recording, from around this one; itself where there is no other."""
        first = clip - clip % self.plan.each
        others = [first + (clip - first + step) % self.plan.each for step in (1, 2)]
        return [at for at in dict.fromkeys(others) if at != clip] or [clip]

    def _heard(self, clip: int) -> Tensor:
        values = self.features_ITA[clip][:, None].astype(np.float32)
        heard = Features(values=values, rate=self.rate)
        return torch.from_numpy(windows(heard, self.plan.rate, HEARD_AROUND, self.plan.frames, self.window))

    def _part(self, clip: int, chance: np.random.Generator) -> tuple[slice, slice]:
        """Rows and columns of tokens, the lower face well inside."""
        rows, columns = self.latents_ICFHW.shape[3:]
        left, top, width, height = self.lower_face_IN4[clip].mean(axis=0) / SPATIAL
        row, column = (
            int(np.clip(round(middle - _PART / 2 + chance.uniform(-1, 1)), 0, max(0, most - _PART)))
            for middle, most in ((top + height / 2, rows), (left + width / 2, columns))
        )
        return slice(row, row + _PART), slice(column, column + _PART)

    def _mask(self, clip: int, chance: np.random.Generator) -> Tensor:
        """The tokens that the lower face touches, or a little more of them: renders know it only about."""
        return self._touched(self.lower_face_IN4[clip], chance.uniform(-_WIDER / 2, _WIDER, 4))

    def _face(self, clip: int, part: tuple[slice, slice]) -> Tensor:
        """[F, rows, columns] of the part: as many tokens of the lower face in each latent of every clip, so
        that clips with references run together.
        """
        _, _, latents, rows, columns = self.latents_ICFHW.shape
        size = min(_PART, columns), min(_PART, rows)
        face_FHW = torch.zeros(latents, size[1], size[0], dtype=torch.bool)
        for latent in range(latents):
            box = self.lower_face_IN4[clip][frames_of(latent)].mean(axis=0) / SPATIAL
            middle = box[:2] + box[2:] / 2
            column, row = (
                int(np.clip(round(at - _FACE / 2) - begins.start, 0, max(0, side - _FACE)))
                for at, begins, side in zip(middle, reversed(part), size, strict=True)
            )
            face_FHW[latent, row : row + _FACE, column : column + _FACE] = True
        return face_FHW

    def _touched(self, boxes_N4: NDArray[np.int16], more: NDArray[np.float64]) -> Tensor:
        """[F, H, W]; `more`: tokens to the left, above, to the right and below."""
        _, _, latents, rows, columns = self.latents_ICFHW.shape
        mask_FHW = torch.zeros(latents, rows, columns, dtype=torch.bool)
        for latent in range(latents):
            boxes = boxes_N4[frames_of(latent)] / SPATIAL
            left, top = boxes[:, :2].min(axis=0)
            right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
            across = slice(max(0, int(left - more[0])), int(np.ceil(right + more[2])))
            down = slice(max(0, int(top - more[1])), int(np.ceil(bottom + more[3])))
            mask_FHW[latent, down, across] = True
        return mask_FHW


def open_set(
    out: Path,
    plan: ClipPlan,
    count: int,
    *,
    window: int,
    text_XE: Tensor,
    rate: Fraction = LogMelFeatures.rate,
) -> DrawnSamples:
    """The first `count` clips of the set in a folder, all in memory: 90 kB each.

    Raises BadSamples where not all of them are there.
    """
    files = [_path(out, first) for first in range(0, count, PER_FILE)]
    if missing := [path for path in files if not path.exists()]:
        raise BadSamples(f"{missing[0]} is not there: draw the set to its end first")
    held = [load_file(path) for path in files]
    latents, features, lower_face, mouth = (
        torch.cat([part[name] for part in held])[:count]
        for name in ("latents", "features", "lower_face", "mouth")
    )
    return DrawnSamples(
        latents_ICFHW=latents,
        features_ITA=features.numpy(),
        lower_face_IN4=lower_face.numpy(),
        mouth_IN4=mouth.numpy(),
        plan=plan,
        window=window,
        rate=rate,
        text_XE=text_XE,
    )


def first_clips(plan: ClipPlan, count: int, workers: int = 0) -> list[TrainingClip]:
    """To fit the autoencoder to."""
    return list(islice(drawn_clips(plan, 0, count, workers), count))
