"""What makes the model faster or smaller, each as one setting, and which of them this machine can do."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, cast

import torch
from torch import nn

from engine.errors import NotOnThisMachine
from engine.protocol import Diffusion

if TYPE_CHECKING:
    from diffusers.models.modeling_utils import ModelMixin  # seconds, for the doctor

    from engine.model.transformer import EditYourselfTransformer

Precision = Literal["float32", "bfloat16"]

# Attention kernels as diffusers names them, and the package each needs. Those that diffusers would fetch
# from a hub are left out: that is foreign code, run unasked.
ATTENTION: Mapping[str, str | None] = MappingProxyType(
    {
        "native": None,
        "_native_cudnn": None,
        "_native_flash": None,
        "flash": "flash_attn",
        "_flash_3": "flash_attn_interface",
        "sage": "sageattention",
    }
)
# Ring needs kernels that return the log-sum-exp, which "native" does not in diffusers 0.42.1.
RING_KERNELS = ("_native_cudnn", "_native_flash", "flash", "sage")
FP8_CAPABILITY = (8, 9)  # Ada and Hopper; older ones have no FP8 arithmetic

# Base attention and feed-forward, with an adapter around them or without; of LTX-2 both streams', and what
# goes between them. What is kept in its precision: LoRA, the paper's audio layers, projections, embeddings
# (paper 4.5), gates.
_ATTENTIONS = r"(audio_)?attn[12]|audio_to_video_attn|video_to_audio_attn"
_QUANTISED = re.compile(
    rf"transformer_blocks\.\d+\.(({_ATTENTIONS})\.(to_q|to_k|to_v|to_out\.0)|(audio_)?ff\.net\.(0\.proj|2))"
    r"(\.base_layer)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceleration:
    """`ulysses` and `ring` are numbers of devices. `offload` keeps blocks in main memory until their turn.

    `fp8`: the blocks' layers are FP8 and are computed with so. `fp8_stored`: they only lie in FP8, on any
    device, and are made `precision` again one by one, each time.
    """

    precision: Precision = "float32"
    fp8: bool = False
    fp8_stored: bool = False
    compile: bool = False
    attention: str = "native"
    offload: bool = False
    ulysses: int = 1
    ring: int = 1

    @property
    def devices(self) -> int:
        return self.ulysses * self.ring

    @property
    def in_fp8(self) -> bool:
        """Whether that is how the weights lie."""
        return self.fp8 or self.fp8_stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """Whether a setting works here; if not, `fix` says what it needs."""

    setting: str
    able: bool
    found: str
    fix: str = ""


def acceleration_of(settings: Diffusion, device: torch.device) -> Acceleration:
    """`auto` is bfloat16 on a GPU, and float32 on a CPU, where it is exact and no slower."""
    halved = settings.precision not in ("auto", "float32") or (
        settings.precision == "auto" and device.type != "cpu"
    )
    return Acceleration(
        precision="bfloat16" if halved else "float32",
        fp8=settings.precision == "fp8",
        fp8_stored=settings.precision == "fp8-stored",
        compile=settings.compile,
        attention=settings.attention,
        offload=settings.offload,
        ulysses=settings.ulysses,
        ring=settings.ring,
    )


def accelerate(transformer: ModelMixin, how: Acceleration, device: torch.device) -> None:
    """Bring the model to the device as the settings say. Raises NotOnThisMachine where one cannot be done."""
    refuse_what_cannot_be(how, device)
    if transformer.dtype != getattr(torch, how.precision):
        transformer.to(getattr(torch, how.precision))
    if how.fp8:
        _quantise(transformer, device)
    if how.fp8_stored:
        _store_in_fp8(transformer)
    if how.offload:
        _offload(transformer, device)
    else:
        transformer.to(device)  # type: ignore[arg-type]  # diffusers wraps it
    if how.attention != "native":
        _attend_with(transformer, how.attention)
    if how.devices > 1:
        from engine.model.parallel import parallelise  # noqa: PLC0415  # it needs torch.distributed

        parallelise(cast("EditYourselfTransformer", transformer), ulysses=how.ulysses, ring=how.ring)
    if how.compile:
        # Block by block: one compilation serves all 48. Gated tokens differ from clip to clip in number.
        transformer.compile_repeated_blocks(dynamic=True)


def is_quantised(name: str, module: nn.Module) -> bool:
    """Whether FP8 takes this layer of the transformer."""
    return isinstance(module, nn.Linear) and _QUANTISED.fullmatch(name) is not None


def what_this_machine_can_do() -> tuple[Ability, ...]:
    """For `pickup doctor`."""
    device = best_device()
    return (
        Ability(setting="device", able=True, found=_described(device)),
        _ability("precision=bf16", _no_bfloat16(device)),
        _ability("precision=fp8", _no_fp8(device)),
        _ability("precision=fp8-stored", _no_bfloat16(device)),
        _ability("compile", _no_compiler(device)),
        *(_ability(f"attention={name}", _no_kernels(name, device)) for name in ATTENTION),
        _ability("offload", "" if device.type == "cuda" else "a CUDA GPU"),
        _ability("ulysses, ring", "" if torch.cuda.device_count() > 1 else "two CUDA GPUs or more"),
    )


def best_device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def computes_in_fp8(device: torch.device) -> bool:
    """Whether precision=fp8 works there."""
    return not _no_fp8(device)


def refuse_what_cannot_be(how: Acceleration, device: torch.device) -> None:
    """Raises NotOnThisMachine, which names the setting and what it needs."""
    wanted = (
        ("precision=bf16", how.precision == "bfloat16", _no_bfloat16(device)),
        ("precision=fp8", how.fp8, _no_fp8(device)),
        ("compile", how.compile, _no_compiler(device)),
        (f"attention={how.attention}", True, _no_kernels(how.attention, device)),
        (f"ulysses={how.ulysses}, ring={how.ring}", how.devices > 1, _no_devices(how.devices, device)),
        (f"ring={how.ring}", how.ring > 1, _no_ring(how.attention, device)),
    )
    for setting, asked, lack in wanted:
        if asked and lack:
            raise NotOnThisMachine(f"{setting} needs {lack}; here: {_described(device)}")
    if how.fp8 and how.offload:
        raise NotOnThisMachine("fp8 and offload do not go together; FP8 alone halves the memory")


def _attend_with(transformer: ModelMixin, kernels: str) -> None:
    """In this model alone: diffusers makes the last choice that of all models in the process, where these
    kernels may not do (on the CPU, with a mask). Its context puts back what was.
    """
    from diffusers.models.attention_dispatch import attention_backend  # noqa: PLC0415  # seconds

    with attention_backend("native"):
        transformer.set_attention_backend(kernels)


def _quantise(transformer: ModelMixin, device: torch.device) -> None:
    """Layer by layer on the device, so that the whole model never lies there in both precisions."""
    from torchao.quantization import (  # type: ignore[import-not-found]  # noqa: PLC0415  # optional
        Float8DynamicActivationFloat8WeightConfig,
        PerRow,
        quantize_,
    )

    rows = Float8DynamicActivationFloat8WeightConfig(granularity=PerRow())
    quantize_(transformer, rows, filter_fn=lambda module, name: is_quantised(name, module), device=device)


def _store_in_fp8(transformer: ModelMixin) -> None:
    from diffusers.hooks.layerwise_casting import apply_layerwise_casting_hook  # noqa: PLC0415  # seconds

    for name, layer in transformer.named_modules():
        if is_quantised(name, layer):
            apply_layerwise_casting_hook(layer, torch.float8_e4m3fn, transformer.dtype, non_blocking=True)


def _offload(transformer: ModelMixin, device: torch.device) -> None:
    streams = device.type == "cuda"
    transformer.enable_group_offload(
        onload_device=device, offload_type="block_level", num_blocks_per_group=1, use_stream=streams
    )


def _ability(setting: str, lack: str) -> Ability:
    return Ability(
        setting=setting, able=not lack, found="no" if lack else "yes", fix=lack and f"needs {lack}"
    )


def _described(device: torch.device) -> str:
    if device.type != "cuda":
        return device.type
    card = torch.cuda.get_device_properties(device)
    return f"{card.name}, {card.total_memory / 2**30:.0f} GiB"


def _no_bfloat16(device: torch.device) -> str:
    return "a GPU from Ampere on" if device.type == "cuda" and not torch.cuda.is_bf16_supported(False) else ""


def _no_fp8(device: torch.device) -> str:
    if device.type != "cuda" or torch.cuda.get_device_capability(device) < FP8_CAPABILITY:
        return "a CUDA GPU with FP8 arithmetic (Ada, Hopper or later)"
    return "" if find_spec("torchao") else "torchao: pip install torchao"


def _no_compiler(device: torch.device) -> str:
    if device.type == "cuda":
        return "" if find_spec("triton") else "triton: pip install triton"
    found = any(shutil.which(name) for name in ("c++", "g++", "clang++", "cl"))
    return "" if found else "a C++ compiler"


def _no_kernels(name: str, device: torch.device) -> str:
    if name not in ATTENTION:
        return f"to be one of: {', '.join(ATTENTION)}"
    if name != "native" and device.type != "cuda":
        return "a CUDA GPU"
    package = ATTENTION[name]
    return "" if package is None or find_spec(package) else f"the package {package}"


def _no_devices(wanted: int, device: torch.device) -> str:
    """A CPU may be shared by any number of processes: it is slow, and how the tests run it."""
    if device.type == "cpu":
        return ""
    return "" if torch.cuda.device_count() >= wanted else f"{wanted} CUDA GPUs"


def _no_ring(attention: str, device: torch.device) -> str:
    if device.type == "cuda" and attention in RING_KERNELS:
        return ""
    return f"CUDA GPUs and, for attention, one of: {', '.join(RING_KERNELS)}"
