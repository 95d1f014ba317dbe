"""Small films made into shards for the tiny model, with a face that is always in the middle."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import tiny_checkpoint
from filmed import drifting, film
from tiny_diffusion import tiny_autoencoder

from engine.face.mesh import Landmarks
from engine.media.fingerprint import fingerprint
from engine.media.picture import Picture
from engine.model.autoencoder import LtxAutoencoder
from engine.model.config import TINY
from engine.protocol import Ratio
from engine.speech.features import LogMelFeatures
from engine.training.fitting import Sizes
from engine.training.piece_encoding import Encoders
from engine.training.shard_plan import Recipe, Source
from engine.training.shards import precompute

SIZE = (64, 96)
FRAMES = 33


def tiny_base(folder: Path) -> Path:
    """A checkpoint without audio weights that tells what it would hear."""
    tiny_checkpoint.make(folder)
    path = folder / "transformer" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | TINY.diffusers()))
    return folder


def tiny_videos(folder: Path, count: int) -> Path:
    """The last one at 30 frames a second, the others at 25."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        rate = Fraction(30 if number == count - 1 else 25)
        pictures = drifting(FRAMES, SIZE, seed=number)
        film(folder / f"{number}.mkv", pictures, seconds=FRAMES / float(rate), rate=rate)
    return folder


def tiny_shards(videos: Path, out: Path, *, seed: int = 0) -> Path:
    """Of all videos in the folder; captions are not embedded."""
    recipe = Recipe(
        tokens=30,
        frames=FRAMES,
        autoencoder="tiny",
        features="logmel",
        sizes=Sizes(fewest=SIZE[0] * SIZE[1], most=SIZE[0] * SIZE[1]),
        precision="float32",
        seed=seed,
    )
    encoders = Encoders(
        autoencoder=LtxAutoencoder(tiny_autoencoder()), features=LogMelFeatures(), find_faces=middle_faces
    )
    sources = [_source(path) for path in sorted(videos.glob("*.mkv"))]
    precompute(videos, sources, recipe, encoders, out=out)
    return out


def middle_faces(pictures: Iterable[Picture]) -> Iterator[Landmarks | None]:
    """A face that looks straight ahead in the middle of each picture."""
    for picture in pictures:
        rows, columns = picture.y.shape
        turn = np.linspace(0, 2 * np.pi, 468)
        points = np.stack([np.cos(turn) * rows * 0.2, np.sin(turn) * rows * 0.3], axis=1)
        points[33], points[263], points[2] = (-rows * 0.1, -2), (rows * 0.1, -2), (0, 4)
        yield np.asarray(points + np.array([columns / 2, rows / 2]), np.float32)


def _source(path: Path) -> Source:
    last = path.stem == str(len(list(path.parent.glob("*.mkv"))) - 1)
    return Source(
        file=path.name,
        fingerprint=fingerprint(path),
        caption="someone",
        width=SIZE[1],
        height=SIZE[0],
        frames=FRAMES,
        rate=Ratio(num=30 if last else 25),
        begins=Ratio(num=0),
    )
