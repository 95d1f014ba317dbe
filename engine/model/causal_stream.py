"""LTX-Video's and LTX-2's causal encoders, run over a clip piece by piece as if it were run over all of it.

Its convolutions look only back. So each one that looks along time is given the frames it read last instead of
the guess that it begins a clip with (the first frame, repeated). Tiles that overlap, as the paper has them,
do nearly the same; the memory does it exactly, for any length, and encodes no frame twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl_ltx import LTXVideoCausalConv3d, LTXVideoDownsampler3d
from diffusers.models.autoencoders.autoencoder_kl_ltx2 import LTX2VideoCausalConv3d, LTX2VideoDownsampler3d
from torch import Tensor, nn

Downsampler = LTXVideoDownsampler3d | LTX2VideoDownsampler3d
CausalConvolution = LTXVideoCausalConv3d | LTX2VideoCausalConv3d


@contextmanager
def remembering(encoder: nn.Module) -> Iterator[None]:
    """Within it, each call goes on where the one before ended.

    The first call takes 8k + 1 frames, k > 0, and later ones 8k; k latents more come out of each.
    """
    with ExitStack() as hooks:
        for hook in _hooks(encoder):
            hooks.callback(hook.remove)
        yield


def _hooks(module: nn.Module) -> Iterator[Any]:
    if isinstance(module, Downsampler) and module.stride[0] > 1:
        yield from _folding_hooks(module)
    elif isinstance(module, CausalConvolution):
        kernel, stride = module.kernel_size[0], module.conv.stride[0]
        if kernel > stride:
            yield module.conv.register_forward_pre_hook(_Memory(guessed=kernel - 1, past=kernel - stride))
    else:
        for child in module.children():
            yield from _hooks(child)


def _folding_hooks(module: Downsampler) -> Iterator[Any]:
    """It folds two frames into one, and puts a copy of its first frame before all. With three frames of the
    past that makes two folded frames too many, which take the inner convolution's wrong guess with them.
    """
    memory = _Memory(guessed=0, past=3)
    yield module.register_forward_pre_hook(memory)
    yield module.register_forward_hook(lambda _, __, out: out[:, :, 2:] if memory.follows else out)


class _Memory:
    """Puts the last `past` frames that a layer read in place of the first `guessed` of what it reads now."""

    def __init__(self, *, guessed: int, past: int) -> None:
        self._guessed = guessed
        self._count = past
        self._past: Tensor | None = None
        self.follows = False

    def __call__(self, _: nn.Module, arguments: tuple[Tensor]) -> tuple[Tensor]:
        (frames,) = arguments
        if self._past is not None:
            self.follows = True
            frames = torch.cat((self._past, frames[:, :, self._guessed :]), dim=2)
        self._past = frames[:, :, frames.shape[2] - self._count :].clone()
        return (frames,)
