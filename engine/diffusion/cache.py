"""Steps saved by keeping what a block's layers added: after TeaCache (section 3.4's "adaptive caching").

Between two steps a block's layers change the sequence by nearly the same if what enters them has hardly
changed. The relative L1 change of the first layer's modulated input is rescaled by a polynomial and summed;
while the sum stays below a threshold, the layers are passed over and what they last added is added again.

B batch, S tokens, M those of them that are made anew, D width.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

# Highest power first, as numpy.polyval has it. ours: the change itself, as it is measured, since TeaCache's
# authors fitted a polynomial to LTX-Video 0.9.1 (2B) and nobody has to the 13B model.
UNFITTED = (1.0, 0.0)


class TeaCache:
    """What the blocks of one render keep between steps, and how often that saved work.

    `threshold`: the summed change below which layers are passed over; 0 never passes over.
    """

    def __init__(self, threshold: float, coefficients: Sequence[float] = UNFITTED) -> None:
        self.threshold, self.coefficients = threshold, tuple(coefficients)
        self.calls = 0
        self.skips = 0
        self._memories: dict[str, _Memory] = {}

    def call(self, name: str, anew_S: Tensor, *, last: bool = False) -> BlockCall:
        """One evaluation of the block called `name`.

        `anew_S`: which tokens are made anew; only they count and only for them is anything kept, so that the
        cache of a lips-only edit is small, and the still rest of the picture does not pass for stillness.
        `last`: the last step before the partition moves, in which the layers run whatever was kept.
        """
        return BlockCall(self, name, self._memories.setdefault(name, _Memory()), anew_S, last)

    def forget(self) -> None:
        """The partition has moved: what was kept is of other latents."""
        self._memories.clear()


class _Memory:
    """Of one block. It lies in main memory: on a GPU it would grow with the clip."""

    def __init__(self) -> None:
        self.anew_S: Tensor | None = None
        self.signal_BMD: Tensor | None = None
        self.residual: Tensor | None = None
        self.compact = True  # the residual is of the tokens made anew alone
        self.change = 0.0


class BlockCall:
    """The transformer's `BlockCache` for one evaluation: asked once whether to skip, told what was added."""

    def __init__(self, cache: TeaCache, name: str, memory: _Memory, anew_S: Tensor, last: bool) -> None:
        self.name = name
        self._cache, self._memory, self._anew_S, self._last = cache, memory, anew_S, last
        self._like: Tensor | None = None

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
        kept, like = self._memory.residual, self._like
        if kept is None or like is None:
            return None
        if not self._memory.compact:
            return kept.to(like.device)
        whole_BSD = kept.new_zeros((kept.shape[0], self._anew_S.numel(), kept.shape[2]))
        whole_BSD[:, self._anew_S.cpu()] = kept
        return whole_BSD.to(like.device)

    def keep(self, residual_BSD: Tensor) -> None:
        """What the layers have just added; where the sequence is split over devices, to this one's share."""
        if self._cache.threshold <= 0 or self._last:
            return
        self._memory.compact = residual_BSD.shape[1] == self._anew_S.numel()
        kept = residual_BSD[:, self._anew_S] if self._memory.compact else residual_BSD
        self._memory.residual = kept.detach().to("cpu", copy=True)

    def _unchanged(self, signal_BSD: Tensor) -> bool:
        cache, memory = self._cache, self._memory
        if cache.threshold <= 0 or self._last:
            return False
        signal_BMD = signal_BSD[:, self._anew_S].detach()
        before_BMD = memory.signal_BMD if self._same_tokens(signal_BMD) else None
        memory.anew_S, memory.signal_BMD = self._anew_S.cpu(), signal_BMD.to("cpu", copy=True)
        if before_BMD is not None and memory.residual is not None:
            change = relative_change(signal_BMD, before_BMD.to(signal_BMD.device))
            memory.change += max(0.0, _polynomial(change, cache.coefficients))
            if memory.change < cache.threshold:
                return True
        memory.change, memory.residual = 0.0, None
        return False

    def _same_tokens(self, signal_BMD: Tensor) -> bool:
        memory = self._memory
        if memory.anew_S is None or memory.signal_BMD is None:
            return False
        same = torch.equal(memory.anew_S, self._anew_S.cpu())
        return same and memory.signal_BMD.shape == signal_BMD.shape


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
