"""Steps saved by keeping what a block's layers added: after TeaCache (section 3.4's "adaptive caching").

Between two steps a block's layers change the sequence by nearly the same if what enters them has hardly
changed. The relative L1 change of the first layer's modulated input is rescaled by a polynomial and summed;
while the sum stays below a threshold, the layers are passed over and what they last added is added again.

B batch, S tokens, M those of them that are made anew, D width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

# Highest power first, as numpy.polyval has it. ours: the change itself, as it is measured, since TeaCache's
# authors fitted a polynomial to LTX-Video 0.9.1 (2B) and nobody has to the 13B model.
UNFITTED = (1.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockMemory:
    """Of one block: what entered its layers last, what they last added, and the `change` summed since then.

    It lies in main memory: on a GPU it would grow with the clip. The residual is [B, M, D] where `compact`;
    else of this device's share of the sequence, and other processes have theirs.
    """

    anew_S: Tensor
    signal_BMD: Tensor
    residual: Tensor
    compact: bool
    change: float

    def of_tokens(self, anew_S: Tensor, signal_BMD: Tensor) -> bool:
        """Whether it is of just these tokens."""
        return torch.equal(self.anew_S, anew_S.cpu()) and self.signal_BMD.shape == signal_BMD.shape


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CacheState:
    """All that a cache knows between two steps. Its tensors are never changed in place."""

    calls: int
    skips: int
    memories: Mapping[str, BlockMemory]

    @property
    def whole(self) -> bool:
        """Whether all of it is in this process."""
        return all(memory.compact for memory in self.memories.values())


class TeaCache:
    """What the blocks of one render keep between steps, and how often that saved work.

    `threshold`: the summed change below which layers are passed over; 0 never passes over.
    """

    def __init__(self, threshold: float, coefficients: Sequence[float] = UNFITTED) -> None:
        self.threshold, self.coefficients = threshold, tuple(coefficients)
        self.calls = 0
        self.skips = 0
        self.memories: dict[str, BlockMemory] = {}

    def call(self, name: str, anew_S: Tensor, *, last: bool = False) -> BlockCall:
        """One evaluation of the block called `name`.

        `anew_S`: which tokens are made anew; only they count and only for them is anything kept, so that the
        cache of a lips-only edit is small, and the still rest of the picture does not pass for stillness.
        `last`: the last step before the partition moves, in which the layers run whatever was kept.
        """
        return BlockCall(self, name, anew_S, last)

    def forget(self) -> None:
        """The partition has moved: what was kept is of other latents."""
        self.memories.clear()

    @property
    def state(self) -> CacheState:
        """For a render that is to go on from here."""
        return CacheState(calls=self.calls, skips=self.skips, memories=dict(self.memories))

    def restore(self, state: CacheState) -> None:
        """Be as the cache was that gave this state."""
        self.calls, self.skips, self.memories = state.calls, state.skips, dict(state.memories)


class BlockCall:
    """The transformer's `BlockCache` for one evaluation: asked once whether to skip, told what was added."""

    def __init__(self, cache: TeaCache, name: str, anew_S: Tensor, last: bool) -> None:
        self.name = name
        self._cache, self._anew_S, self._last = cache, anew_S, last
        self._like: Tensor | None = None
        self._signal_BMD: Tensor | None = None  # None where nothing is to be kept

    def skip(self, signal_BSD: Tensor) -> bool:
        """Whether the layers may be passed over; the answer is counted."""
        self._like = signal_BSD
        skips = self._unchanged(signal_BSD)
        self._cache.calls += 1
        self._cache.skips += skips
        return skips

    @property
    def residual(self) -> Tensor | None:
        """What the layers last added [B, S, D], 0 for tokens that are not made anew; None if not kept."""
        memory, like = self._cache.memories.get(self.name), self._like
        if memory is None or like is None:
            return None
        kept = memory.residual
        if not memory.compact:
            return kept.to(like.device)
        whole_BSD = kept.new_zeros((kept.shape[0], self._anew_S.numel(), kept.shape[2]))
        whole_BSD[:, self._anew_S.cpu()] = kept
        return whole_BSD.to(like.device)

    def keep(self, residual_BSD: Tensor) -> None:
        """What the layers have just added; where the sequence is split over devices, to this one's share."""
        if self._signal_BMD is None:
            return
        compact = residual_BSD.shape[1] == self._anew_S.numel()
        kept = residual_BSD[:, self._anew_S] if compact else residual_BSD
        self._cache.memories[self.name] = BlockMemory(
            anew_S=self._anew_S.cpu(),
            signal_BMD=self._signal_BMD,
            residual=kept.detach().to("cpu", copy=True),
            compact=compact,
            change=0.0,
        )

    def _unchanged(self, signal_BSD: Tensor) -> bool:
        cache = self._cache
        memory = cache.memories.pop(self.name, None)
        if cache.threshold <= 0 or self._last:
            return False
        signal_BMD = signal_BSD[:, self._anew_S].detach()
        self._signal_BMD = signal_BMD.to("cpu", copy=True)
        if memory is None or not memory.of_tokens(self._anew_S, signal_BMD):
            return False
        step = relative_change(signal_BMD, memory.signal_BMD.to(signal_BMD.device))
        change = memory.change + max(0.0, _polynomial(step, cache.coefficients))
        if not change < cache.threshold:
            return False
        cache.memories[self.name] = replace(memory, signal_BMD=self._signal_BMD, change=change)
        return True


def relative_change(now: Tensor, before: Tensor) -> float:
    """Relative L1 distance, in float32."""
    now, before = now.float(), before.float()
    size = before.abs().mean()
    return float((now - before).abs().mean() / size.clamp(min=torch.finfo(torch.float32).tiny))


def _polynomial(x: float, coefficients: Sequence[float]) -> float:
    value = 0.0
    for coefficient in coefficients:
        value = value * x + coefficient
    return value
