"""The edit as a sequence of latents: on the grid of frames, or on the paper's grid of latents (section 3.3).

On the frame grid the pictures are edited first and encoded then: exact to the frame. On the latent grid the
source is encoded as it is, and latents are taken out and put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from engine.diffusion.conditioning import EditNoise
from engine.diffusion.latent_grid import LatentCourse, decoded_frames, padded_frames, touched
from engine.media.picture import Picture
from engine.model.autoencoder import Frame, VideoAutoencoder
from engine.render.film import Film
from engine.render.storyboard import Storyboard

# ours: noise on frames of another pace, and on kept ones that fade into what is new. The source's pictures
# stand behind both; what a morph smeared is drawn anew, while pose and mouth, decided above this level, stay.
SHOWN = 0.5
_NOISE = EditNoise()

ToFrame = Callable[[Picture], Frame]


class Sequence(Protocol):
    """What is denoised. The take's frames are `shown` of the decoded ones."""

    @property
    def shown(self) -> slice: ...

    @property
    def levels(self) -> tuple[float, ...]:
        """For each latent the noise level from which all of it is made anew; 0 where it is not."""
        ...

    @property
    def footage(self) -> tuple[bool, ...]:
        """For each latent, whether it shows nothing but the source."""
        ...

    def clean(self, autoencoder: VideoAutoencoder, to_frame: ToFrame) -> Tensor:
        """The latents [C, F, H, W] before anything is made anew."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSequence:
    """See `Sequence`: latent n stands for the take's own frames."""

    film: Film
    board: Storyboard

    @property
    def shown(self) -> slice:
        return slice(0, self.film.frames)

    @property
    def levels(self) -> tuple[float, ...]:
        """What is clean beside new words is where they go on from: it is noised only where it fades."""
        board = self.board
        new, around = touched(board.new), _NOISE.around(board.cuts, board.frames)
        whole = touched([weight > 0 for weight in board.whole])
        return tuple(
            max(float(is_new), SHOWN * is_whole, noise)
            for is_new, is_whole, noise in zip(new, whole, around, strict=True)
        )

    @property
    def footage(self) -> tuple[bool, ...]:
        return tuple(not weighs for weighs in touched([weight > 0 for weight in self.board.whole]))

    def clean(self, autoencoder: VideoAutoencoder, to_frame: ToFrame) -> Tensor:
        return autoencoder.encode(map(to_frame, self.film.pictures()))


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentSequence:
    """See `Sequence`: the source's latents, some of them taken out, others put in."""

    film: Film
    course: LatentCourse

    @property
    def shown(self) -> slice:
        return self.course.shown

    @property
    def levels(self) -> tuple[float, ...]:
        frames = decoded_frames(len(self.course.latents))
        around = _NOISE.around(self.course.cuts, frames)
        return tuple(max(float(new), noise) for new, noise in zip(self.course.new, around, strict=True))

    @property
    def footage(self) -> tuple[bool, ...]:
        return tuple(level == 0 for level in self.levels)

    def clean(self, autoencoder: VideoAutoencoder, to_frame: ToFrame) -> Tensor:
        """New latents are 0: they are noised whole."""
        source_CFHW = autoencoder.encode(map(to_frame, self._source()))
        course = self.course
        kept = torch.tensor([0 if latent is None else latent for latent in course.latents])
        new_F = torch.tensor(course.new, device=source_CFHW.device)
        return torch.where(new_F[:, None, None], 0.0, source_CFHW[:, kept])

    def _source(self) -> Iterator[Picture]:
        return self.film.source(self.course.first, padded_frames(max(1, self.course.encoded)))
