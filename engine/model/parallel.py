"""Context parallelism: the tokens of one clip shared out over several devices, through diffusers.

**Ulysses** gives each device all tokens of some heads inside attention. It runs on every backend, gloo on
the CPU too. **Ring** passes keys and values round instead; it needs attention kernels that also return the
log-sum-exp. PyTorch's own ("native", the only one on a CPU) does not return it in diffusers 0.42.1, so Ring
asks for a GPU and one of `RING_KERNELS`. Ring is therefore not run by the tests; its refusal is.

What diffusers' plan for LTX lacks, and is added here: timesteps of each token are split as the tokens are;
so is who hears what. Audio itself is not split: each device attends from its own tokens to all that they
hear, without a word to the others. Text padding cannot be masked: pass no `encoder_attention_mask`.

B batch, S tokens, D width.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import torch
import torch.distributed as dist
from diffusers.hooks.context_parallel import (
    EquipartitionSharder,
    PartitionAnythingSharder,
    apply_context_parallel,
)
from diffusers.models._modeling_parallel import ContextParallelConfig, ContextParallelInput, ParallelConfig
from diffusers.models.transformers.transformer_ltx import LTXAttention
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh

from engine.errors import NotOnThisMachine
from engine.model.acceleration import RING_KERNELS
from engine.model.transformer import EditYourselfTransformer

_SPLIT = ContextParallelInput(split_dim=1, expected_dims=2)


def plan() -> dict[str, Any]:
    """Diffusers' plan for LTX, and what it lacks."""
    stock = cast(Mapping[str, Any], EditYourselfTransformer._cp_plan)
    root = {name: split for name, split in stock[""].items() if name != "encoder_attention_mask"}
    return {**stock, "": {**root, "timestep": _SPLIT, "audio_latent": _SPLIT, "audio_gate": _SPLIT}}


def parallelise(transformer: EditYourselfTransformer, *, ulysses: int = 1, ring: int = 1) -> None:
    """Share every forward out over `ulysses * ring` devices: every process calls it and runs the same steps.

    torch.distributed must be set up. Raises NotOnThisMachine where the attention backend cannot do Ring, and
    ValueError for a degree that the heads do not divide by.
    """
    if ulysses * ring == 1:
        return
    heads = transformer.heads
    if heads % ulysses:
        raise ValueError(f"{heads} heads do not divide by a Ulysses degree of {ulysses}")
    if ring > 1:
        _check_ring(transformer)
    shared = ContextParallelConfig(ulysses_degree=ulysses, ring_degree=ring)
    _enable(transformer, shared)
    # It runs before diffusers' own hooks.
    transformer.register_forward_pre_hook(_Share(shared), with_kwargs=True)
    transformer.gather = lambda signal_BSD: _gathered(signal_BSD, shared)


def _enable(transformer: EditYourselfTransformer, shared: ContextParallelConfig) -> None:
    """What `enable_parallelism` does, and on a CPU too, where that one divides by the number of GPUs."""
    device = transformer.proj_in.weight.device
    mesh = init_device_mesh(device.type, shared.mesh_shape, mesh_dim_names=shared.mesh_dim_names)
    config = ParallelConfig(context_parallel_config=shared)
    config.setup(dist.get_rank(), dist.get_world_size(), device, mesh=mesh)
    transformer._parallel_config = config
    for module in transformer.modules():
        if isinstance(module, LTXAttention):
            cast(Any, module.processor)._parallel_config = config
    apply_context_parallel(transformer, shared, plan())


class _Share:
    """Makes a call ready to be split: every keyword of the plan is there, and an uneven count is allowed for.

    diffusers looks for all of the plan's names, and raises where one is not passed. It splits evenly, or, as
    a setting, any count of tokens, for which each attention first asks all devices for their counts: so only
    where references make the count uneven. gloo cannot gather uneven parts, NCCL can (not run by the tests).
    """

    def __init__(self, shared: ContextParallelConfig) -> None:
        self.shared = shared

    def __call__(
        self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        del module
        if args or kwargs.get("encoder_attention_mask") is not None:
            raise ValueError("context parallelism takes keywords only, and no encoder_attention_mask")
        tokens, text = (kwargs[name].shape[1] for name in ("hidden_states", "encoder_hidden_states"))
        self._allow_for(tokens, text)
        timestep = kwargs["timestep"]
        if timestep.ndim == 1:  # one for all tokens
            timestep = timestep[:, None]
        spelt = {"audio_latent": None, "audio_gate": None, **kwargs}
        return args, {**spelt, "timestep": timestep.expand(-1, tokens)}

    def _allow_for(self, *counts: int) -> None:
        ulysses, ring = int(self.shared.ulysses_degree or 1), int(self.shared.ring_degree or 1)
        uneven = any(count % (ulysses * ring) for count in counts)
        if uneven and ((ulysses > 1 and ring > 1) or dist.get_backend() == "gloo"):
            raise ValueError(
                f"{' and '.join(map(str, counts))} tokens (video, text) cannot be shared evenly by "
                f"{ulysses * ring} devices; only Ulysses alone or Ring alone, over NCCL, can share any count"
            )
        self.shared.ulysses_anything = uneven and ulysses > 1
        self.shared.ring_anything = uneven and ring > 1


def _gathered(signal_BSD: Tensor, shared: ContextParallelConfig) -> Tensor:
    """The tokens of all devices, in order."""
    if shared.ulysses_anything or shared.ring_anything:
        return PartitionAnythingSharder.unshard_anything(signal_BSD, 1, shared._flattened_mesh)
    return EquipartitionSharder.unshard(signal_BSD, 1, shared._flattened_mesh)


def _check_ring(transformer: EditYourselfTransformer) -> None:
    backend = cast(Any, transformer.transformer_blocks[0]).attn1.processor._attention_backend
    name = getattr(backend, "value", backend) or "native"
    if name not in RING_KERNELS or not torch.cuda.is_available():
        raise NotOnThisMachine(
            f"Ring attention needs a GPU and attention kernels that return the log-sum-exp; {name!r} on "
            f"{'cuda' if torch.cuda.is_available() else 'cpu'} does not. Use Ulysses, or one of: "
            f"{', '.join(RING_KERNELS)}"
        )
