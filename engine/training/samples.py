"""Clips to train on, and the order in which batches of them come: a function of seed and number. Pure.

C latent channels, F latent frames, H W latent grid, N video frames, K window length, L feature layers,
A feature channels, X text tokens, E caption channels, R latents from around the clip.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from engine.diffusion.tokens import Scene
from engine.model.config import STRIDE
from engine.training.errors import BadSamples

Order = tuple[tuple[int, ...], ...]
"""Batches of an epoch, each of indices of clips."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """A clip, encoded. On the CPU.

    `mask_FHW`: what is made anew when the footage is given (M of Eq 5). `windows_NKLA`: its audio, a window a
    video frame; None where there is none. `around_CRHW`: latents of the same speaker from around the clip,
    and `face_RHW` which of their tokens are of the lower face: identity references are taken from them.
    `weight_FHW`: how much each token counts, where not all count alike.
    """

    clean_CFHW: Tensor
    mask_FHW: Tensor
    rate: Fraction
    text_XE: Tensor
    windows_NKLA: Tensor | None = None
    around_CRHW: Tensor | None = None
    face_RHW: Tensor | None = None
    weight_FHW: Tensor | None = None
    spatial: int = 32
    temporal: int = STRIDE

    def __post_init__(self) -> None:
        """Raises BadSamples: a mask or audio of another length would train the wrong thing silently."""
        shape = tuple(self.clean_CFHW.shape[1:])
        if tuple(self.mask_FHW.shape) != shape:
            raise BadSamples(f"a mask of {tuple(self.mask_FHW.shape)} tokens does not fit latents of {shape}")
        if not bool(self.mask_FHW.any()):
            raise BadSamples("a clip without any masked token teaches nothing: leave it out")
        frames = STRIDE * (shape[0] - 1) + 1
        if self.windows_NKLA is not None and len(self.windows_NKLA) != frames:
            raise BadSamples(
                f"{len(self.windows_NKLA)} audio windows for {shape[0]} latents, which are {frames} frames"
            )

    @property
    def tokens(self) -> int:
        return self.mask_FHW.numel()

    @property
    def scene(self) -> Scene:
        strength_F = torch.ones(len(self.mask_FHW))
        return Scene(
            clean_CFHW=self.clean_CFHW,
            mask_FHW=self.mask_FHW,
            strength_F=strength_F,
            rate=self.rate,
            spatial=self.spatial,
            temporal=self.temporal,
        )


class Samples(Protocol):
    """Clips by index. Reading one may take time, which the trainer spends beside the step before."""

    def __len__(self) -> int: ...

    def tokens(self, index: int) -> int:
        """How many video tokens a clip has, known without reading it: a batch's are equal (section 4.1)."""
        ...

    def __getitem__(self, index: int) -> Sample: ...


@runtime_checkable
class Varying(Protocol):
    """Clips that are others in each epoch, of the same token counts: other crops of the same videos."""

    def epoch(self, number: int) -> Samples: ...


@runtime_checkable
class Known(Protocol):
    """Clips with a name for all that they are: a training that goes on must go on with the same."""

    @property
    def fingerprint(self) -> str: ...


def fingerprint_of(samples: Samples) -> str:
    """Where clips do not tell their own: of how many there are, and how large."""
    if isinstance(samples, Known):
        return samples.fingerprint
    counts = [samples.tokens(index) for index in range(len(samples))]
    return hashlib.sha256(str(counts).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class InMemory:
    """Clips that are all here."""

    samples: Sequence[Sample]

    @cached_property
    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for sample in self.samples:
            for values in (sample.clean_CFHW, sample.mask_FHW, sample.windows_NKLA):
                digest.update(b"none" if values is None else values.contiguous().numpy().tobytes())
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self.samples)

    def tokens(self, index: int) -> int:
        return self.samples[index].tokens

    def __getitem__(self, index: int) -> Sample:
        return self.samples[index]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """Which clips batch number n holds: in each epoch all of them, shuffled anew, of equal token counts.

    What does not fill a batch is left out of the epoch. Nothing is remembered: a run that goes on needs but
    the number. Raises BadSamples where not even one batch can be filled.
    """

    counts: tuple[int, ...]
    size: int
    seed: int

    def __post_init__(self) -> None:
        if self.an_epoch == 0:
            raise BadSamples(
                f"{len(self.counts)} clips do not fill one batch of {self.size} with the same token count:"
                " give more clips, or a smaller batch"
            )

    @property
    def an_epoch(self) -> int:
        """Batches in it."""
        return sum(len(same) // self.size for same in self._alike())

    def epoch(self, number: int) -> Order:
        draw = generator(self.seed, number, _ORDER)
        batches: list[tuple[int, ...]] = []
        for same in self._alike():
            shuffled = [same[at] for at in torch.randperm(len(same), generator=draw).tolist()]
            whole = len(same) // self.size * self.size
            batches += [tuple(shuffled[at : at + self.size]) for at in range(0, whole, self.size)]
        return tuple(batches[at] for at in torch.randperm(len(batches), generator=draw).tolist())

    def __getitem__(self, number: int) -> tuple[int, ...]:
        epoch, place = divmod(number, self.an_epoch)
        return self.epoch(epoch)[place]

    def _alike(self) -> list[list[int]]:
        """Clips by token count."""
        alike: dict[int, list[int]] = {}
        for index, count in enumerate(self.counts):
            alike.setdefault(count, []).append(index)
        return list(alike.values())


_ORDER, NOISE, WEIGHTS = range(3)  # what is drawn: one purpose's numbers do not repeat another's


def generator(seed: int, number: int, purpose: int) -> torch.Generator:
    """The randomness of the `number`th thing of a kind: nothing to remember when a run goes on."""
    mixed = torch.Generator().manual_seed((seed * 3 + purpose) & 0xFFFF_FFFF)
    base = int(torch.randint(0, 1 << 40, (), generator=mixed))
    return torch.Generator().manual_seed(base + number)
