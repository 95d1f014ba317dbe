"""What a model's autoencoder alone makes of a clip: the best that anything rendered with it can look.

N frames, H W pixels, C RGB.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from engine.evaluation.cuts import Picture
from engine.media.crop import cropped, padded
from engine.model.assembly import load_autoencoder
from engine.model.autoencoder import VideoAutoencoder
from engine.model.checkpoint import open_checkpoint
from engine.model.small_autoencoder import SmallAutoencoder
from engine.render.demo import HEAD


@lru_cache(maxsize=1)
def autoencoder_of(model: str) -> VideoAutoencoder:
    """Of a checkpoint, by its folder or its name. Raises MissingModel, BadCheckpoint."""
    return load_autoencoder(open_checkpoint(model), torch.float32, torch.device("cpu"))


def seen_size(autoencoder: VideoAutoencoder, size: int) -> int:
    """Pixels of a head that fills a picture of `size`, as the model sees it."""
    return HEAD if isinstance(autoencoder, SmallAutoencoder) else size


def rebuilt(autoencoder: VideoAutoencoder, frames_NHWC: NDArray[np.uint8]) -> Iterator[Picture]:
    """The frames, encoded and decoded."""
    height, width = frames_NHWC.shape[1:3]
    pixels = (padded(frame.astype(np.float32) / 255, autoencoder.spatial) for frame in frames_NHWC)
    decoded = autoencoder.decode(autoencoder.encode(pixels), 0)
    for frame, _ in zip(decoded, frames_NHWC, strict=False):  # the last latent may reach beyond the clip
        yield np.rint(np.clip(cropped(frame, height, width), 0, 1) * 255).astype(np.uint8)
