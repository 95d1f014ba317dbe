"""One piece of a video as the tensors that are trained on. See `shards` for what they are called there.

F latent frames, H W latent grid, N video frames, T feature frames, L layers, A channels, X text tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.latent_grid import frames_of
from engine.face.mask import BoxMasks, face_masks
from engine.face.mesh import Landmarks
from engine.media.audio_decode import sound_file
from engine.media.decode import Reel, Sampling, open_reel
from engine.media.picture import Picture
from engine.media.rgb import ColourMatrix, Rgb, rgb_of
from engine.media.sound import resampled
from engine.model.autoencoder import VideoAutoencoder
from engine.protocol import SAMPLE_RATE, FaceRegion
from engine.speech.features import FeatureExtractor
from engine.speech.pcm import SAMPLE_RATE as HEARING
from engine.training.errors import BadSamples
from engine.training.fitting import Fit
from engine.training.shard_plan import Piece, Recipe, Widths, lead
from engine.training.verdicts import Limits

FindFaces = Callable[[Iterable[Picture]], Iterator[Landmarks | None]]  # as `find_landmarks`: one for one
Boxes = NDArray[np.int32]  # [N, 4]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoders:
    """What a piece is precomputed with. `embed`: of a caption, [X, E]; None where the trainer does it."""

    autoencoder: VideoAutoencoder
    features: FeatureExtractor
    find_faces: FindFaces
    embed: Callable[[str], Tensor] | None = None

    @property
    def widths(self) -> Widths:
        return Widths(
            channels=self.autoencoder.channels,
            feature_rate=self.features.rate,
            layers=self.features.layers,
            feature_channels=self.features.channels,
        )


def encode_piece(path: Path, piece: Piece, recipe: Recipe, encoders: Encoders) -> dict[str, Tensor]:
    """Its tensors, as above. Raises BadMedia (cannot be read, no sound, no face), MissingModel."""
    dtype: torch.dtype = getattr(torch, recipe.precision)
    landmarks: list[Landmarks | None] = []
    sampling = Sampling(offset=piece.source.begins.exact, rate=piece.source.rate.exact)
    with open_reel(path, sampling) as reel:
        size = reel.format.height, reel.format.width
        frames = _frames(reel, piece, encoders.find_faces, landmarks)
        latents_CFHW = encoders.autoencoder.encode(frames)
    share = sum(points is not None for points in landmarks) / piece.fit.frames
    if share < Limits().face_share:
        raise BadSamples(f"{path} shows a face in {share:.0%} of the frames from {piece.first} on")
    boxes = _placed(face_masks(FaceRegion(name=recipe.region), landmarks, size), piece.fit)
    mask_FHW = touched_tokens(boxes, piece.fit)
    if not mask_FHW.any():
        raise BadSamples(f"{path} has its face outside of what is trained on, from frame {piece.first} on")
    found = {
        "latents": latents_CFHW.to("cpu", dtype),
        "mask": torch.from_numpy(mask_FHW.astype(np.uint8)),
        "boxes": torch.from_numpy(boxes),
        "features": torch.from_numpy(_heard(path, piece, recipe, encoders.features)).to(dtype),
        "caption": torch.from_numpy(np.frombuffer(piece.source.caption.encode(), np.uint8).copy()),
    }
    if encoders.embed is not None:
        found["text"] = encoders.embed(piece.source.caption).to("cpu", dtype)
    return found


def _frames(
    reel: Reel, piece: Piece, find_faces: FindFaces, landmarks: list[Landmarks | None]
) -> Iterator[Rgb]:
    """The piece's pictures, fitted, and on the way the face of each: every picture is decoded once."""
    matrix = ColourMatrix.of(reel.format)
    seen: list[Picture] = []

    def passing() -> Iterator[Picture]:
        for picture in reel.pictures(piece.first, piece.first + piece.fit.frames):
            seen[:] = [picture]
            yield picture

    for points in find_faces(passing()):
        landmarks.append(points)
        yield fitted_frame(rgb_of(seen[0], matrix), piece.fit)


def fitted_frame(rgb: Rgb, fit: Fit) -> Rgb:
    """Resized, and cut to its cells."""
    if rgb.shape[:2] != (fit.height, fit.width):
        smaller = fit.height * fit.width < rgb.shape[0] * rgb.shape[1]
        kind = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
        rgb = np.asarray(
            np.clip(cv2.resize(rgb, (fit.width, fit.height), interpolation=kind), 0, 1), np.float32
        )
    down, across = fit.top + fit.rows * fit.cell, fit.left + fit.columns * fit.cell
    return np.ascontiguousarray(rgb[fit.top : down, fit.left : across])


def _placed(masks: BoxMasks, fit: Fit) -> Boxes:
    """The boxes in the fitted picture: whole pixels that the region touches."""
    rows, columns = masks.size
    scale = np.array([fit.width / columns, fit.height / rows])
    shift, limit = np.array([fit.left, fit.top]), np.array([fit.columns * fit.cell, fit.rows * fit.cell])
    boxes = np.zeros((len(masks.boxes), 4), np.int32)
    for frame, box in enumerate(masks.boxes):
        if box is None:
            continue
        low = np.floor(np.array([box.x, box.y]) * scale - shift).clip(0, limit)
        high = np.ceil(np.array([box.x + box.width, box.y + box.height]) * scale - shift).clip(0, limit)
        if (high > low).all():
            boxes[frame] = [*low, *(high - low)]
    return boxes


def touched_tokens(boxes: Boxes, fit: Fit) -> NDArray[np.bool_]:
    """[F, H, W]: the tokens that a box of any of their latent's frames touches."""
    mask = np.zeros((fit.latents, fit.rows, fit.columns), np.bool_)
    for latent in range(fit.latents):
        for left, top, width, height in boxes[frames_of(latent).start : frames_of(latent).stop]:
            if width:
                down, across = -(-(top + height) // fit.cell), -(-(left + width) // fit.cell)
                mask[latent, top // fit.cell : down, left // fit.cell : across] = True
    return mask


def _heard(path: Path, piece: Piece, recipe: Recipe, extractor: FeatureExtractor) -> NDArray[np.float32]:
    """Features [T, L, A] of the sound from `lead` frames before the piece on; silence beyond the file."""
    before, rate = lead(piece, recipe), piece.source.rate.exact
    begin = piece.source.begins.exact + Fraction(piece.first - before) / rate
    seconds = (piece.fit.frames + 2 * before) / rate
    first = round(begin * SAMPLE_RATE)
    sound = sound_file(path).read(first, first + round(seconds * SAMPLE_RATE))
    mono = resampled(sound.mean(axis=1, keepdims=True), SAMPLE_RATE, HEARING)[:, 0]
    return extractor.features(mono).values
