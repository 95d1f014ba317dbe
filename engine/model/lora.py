"""Low-rank additions to a model's linear layers: what stage 2 of training changes in the base (rank 128).

They are kept beside the layers, so that the base may be FP8 and they bfloat16; where their rank is not low
for a layer, each pass adds them to it first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional

_PREFIXES = ("transformer.", "diffusion_model.", "base_model.model.")  # as diffusers, LTX and peft write them
_DOWN, _UP = ".lora_A.weight", ".lora_B.weight"


class LoraLinear(nn.Module):
    """y = base(x) + scale * B(A(x)); nothing is added until B is trained."""

    def __init__(self, base_layer: nn.Linear, rank: int, scale: float) -> None:
        super().__init__()
        device, dtype = base_layer.weight.device, base_layer.weight.dtype
        self.base_layer = base_layer
        self.lora_A = nn.Linear(base_layer.in_features, rank, bias=False, device=device, dtype=dtype)
        self.lora_B = nn.Linear(rank, base_layer.out_features, bias=False, device=device, dtype=dtype)
        self.scale = scale
        nn.init.zeros_(self.lora_B.weight)

    @property
    def weight(self) -> Tensor:
        """The base's: code that asks for it wants to know type and device."""
        return self.base_layer.weight

    @property
    def is_low(self) -> bool:
        """Whether a step of training costs less with the additions beside the layer than added to it.

        Beside it: twice the layer's products (none for its own gradient), and three times those of A and B.
        Added to it: three times the layer's. A small model's rank is not low: a step was 1.2 times as long.
        """
        wide, tall = self.base_layer.in_features, self.base_layer.out_features
        return 3 * self.lora_A.out_features * (wide + tall) < wide * tall

    def forward(self, x: Tensor) -> Tensor:
        base, added = self.base_layer, self.lora_B
        if self.is_low:
            y: Tensor = base(x) + self.scale * added(self.lora_A(x))
            return y
        weight_OI = base.weight.to(added.weight.dtype) + self.scale * added.weight @ self.lora_A.weight
        bias = None if base.bias is None else base.bias.to(weight_OI.dtype)
        return functional.linear(x, weight_OI, bias)


def add_lora(model: nn.Module, tensors: Mapping[str, Tensor], alpha: float | None) -> None:
    """Put the additions into the model; scale is alpha / rank, 1 by default.

    Raises KeyError, by name, for layers that the model does not have, ValueError for other shapes.
    """
    down = {_layer(name, _DOWN): at for name, at in tensors.items() if name.endswith(_DOWN)}
    up = {_layer(name, _UP): at for name, at in tensors.items() if name.endswith(_UP)}
    if down.keys() != up.keys() or len(down) * 2 != len(tensors):
        raise KeyError("lora_A and lora_B do not come in pairs")
    for layer, down_RI in down.items():
        base = dict(model.named_modules()).get(layer)
        if not isinstance(base, nn.Linear):
            raise KeyError(layer)
        rank = len(down_RI)
        added = LoraLinear(base, rank, 1.0 if alpha is None else alpha / rank)
        if added.lora_A.weight.shape != down_RI.shape or added.lora_B.weight.shape != up[layer].shape:
            raise ValueError(f"{layer} has other sizes")
        with torch.no_grad():
            added.lora_A.weight.copy_(down_RI)
            added.lora_B.weight.copy_(up[layer])
        parent, _, name = layer.rpartition(".")
        setattr(model.get_submodule(parent), name, added)


def alpha_of(metadata: Mapping[str, str]) -> float | None:
    """As a file tells it: our own word for it, or peft's settings, which diffusers writes. None: the rank.

    Raises ValueError where peft scales in a way that is not alpha / rank.
    """
    if "alpha" in metadata:
        return float(metadata["alpha"])
    told = msgspec.json.decode(metadata.get("lora_adapter_metadata", "{}"), type=dict[str, Any])
    settings = {name.removeprefix("transformer."): value for name, value in told.items()}
    for name in ("alpha_pattern", "use_rslora", "use_dora"):
        if settings.get(name):
            raise ValueError(f"it is made with peft's `{name}`, which nobody reads here")
    alpha: float | None = settings.get("lora_alpha")
    return alpha


def _layer(name: str, end: str) -> str:
    layer = name.removesuffix(end)
    for prefix in _PREFIXES:
        layer = layer.removeprefix(prefix)
    return layer
