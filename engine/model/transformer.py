"""The paper's transformer: LTX-Video's, and one audio cross-attention in each block (paper 3.1, 3.2).

Without audio, and wherever its output projections are still zero, it computes what diffusers' own
LTXVideoTransformer3DModel computes, bit for bit. Base weights load as they are: audio keys are only added.

B batch, S tokens, C latent channels, D width, F latent frames, T audio tokens a latent, K window length,
L feature layers, A feature channels, X text tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Protocol, cast

import torch
from diffusers.configuration_utils import register_to_config
from diffusers.models.modeling_outputs import Transformer2DModelOutput
from diffusers.models.transformers.transformer_ltx import LTXVideoTransformer3DModel, LTXVideoTransformerBlock
from diffusers.utils.peft_utils import apply_lora_scale
from torch import Tensor, nn

from engine.model.audio_attention import AudioAttention, Hearing, hearing
from engine.model.audio_projection import AudioProjection
from engine.model.config import AudioConfig, ModelConfig, Representation

Rope = tuple[Tensor, Tensor]


class BlockCache(Protocol):
    """Decides from a step's signal whether the blocks may be skipped, and keeps what they last added."""

    residual: Tensor | None

    def skip(self, signal_BSD: Tensor) -> bool:
        """Whether `residual` will do for this step. Never true while there is none."""
        ...

    def keep(self, residual_BSD: Tensor) -> None:
        """What the blocks added to their input in this step."""
        ...


class EditYourselfBlock(LTXVideoTransformerBlock):
    """The base's block; between its text attention and its feed-forward, tokens hear their audio."""

    def __init__(self, *, audio_width: int, **base: Any) -> None:
        super().__init__(**base)
        self.audio_attn = AudioAttention(
            base["dim"], base["num_attention_heads"], base["attention_head_dim"], audio_width
        )

    def modulated(self, hidden_BSD: Tensor, temb: Tensor) -> Tensor:
        """What self-attention reads: it tells how much the noise level and the latents have moved."""
        shift, scale, *_ = self._modulation(temb)
        return cast(Tensor, self.norm1(hidden_BSD)) * (1 + scale) + shift

    def _modulation(self, temb: Tensor) -> tuple[Tensor, ...]:
        """Shift, scale and gate of self-attention, then of the feed-forward, each [B, S or 1, D]."""
        table = self.scale_shift_table.to(temb.device)
        values: Tensor = table + temb.unflatten(2, table.shape)
        return values.unbind(2)

    def forward(  # noqa: PLR0917  # the base's order
        self,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor,
        temb: Tensor,
        image_rotary_emb: Rope | None = None,
        encoder_attention_mask: Tensor | None = None,
        heard: Hearing | None = None,
    ) -> Tensor:
        shift, scale, gate, shift_ff, scale_ff, gate_ff = self._modulation(temb)
        z = hidden_states
        seen = self.norm1(z) * (1 + scale) + shift
        z = z + self.attn1(hidden_states=seen, image_rotary_emb=image_rotary_emb) * gate
        z = z + self.attn2(
            z, encoder_hidden_states=encoder_hidden_states, attention_mask=encoder_attention_mask
        )
        if heard is not None:
            z = self.audio_attn(z, heard)
        z = z + self.ff(self.norm2(z) * (1 + scale_ff) + shift_ff) * gate_ff
        return cast(Tensor, z)


class EditYourselfTransformer(LTXVideoTransformer3DModel):
    """See the module. Loads with diffusers' `from_pretrained` and `from_single_file`, base checkpoints too;
    audio weights that a checkpoint lacks stay on the meta device until `initialise_audio`.
    """

    _repeated_blocks = ["EditYourselfBlock"]  # noqa: RUF012  # diffusers' own form

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(  # noqa: PLR0917  # the base's order
        self,
        in_channels: int = 128,
        out_channels: int = 128,
        patch_size: int = 1,
        patch_size_t: int = 1,
        num_attention_heads: int = 32,
        attention_head_dim: int = 128,
        cross_attention_dim: int = 4096,
        num_layers: int = 48,
        activation_fn: str = "gelu-approximate",
        qk_norm: str = "rms_norm_across_heads",
        norm_elementwise_affine: bool = False,
        norm_eps: float = 1e-6,
        caption_channels: int = 4096,
        attention_bias: bool = True,
        attention_out_bias: bool = True,
        audio_representation: Representation = "whisper",
        audio_layers: int = 12,
        audio_channels: int = 768,
        audio_rate: tuple[int, int] = (50, 1),
        audio_window: int = 10,
        audio_width: int = 768,
    ) -> None:
        # The base makes everything but its blocks, so that 13 billion weights are not made twice.
        super().__init__(
            in_channels=in_channels,
            out_channels=out_channels,
            patch_size=patch_size,
            patch_size_t=patch_size_t,
            num_attention_heads=num_attention_heads,
            attention_head_dim=attention_head_dim,
            cross_attention_dim=cross_attention_dim,
            num_layers=0,
            caption_channels=caption_channels,
        )
        self.register_to_config(  # type: ignore[no-untyped-call]
            num_layers=num_layers,
            activation_fn=activation_fn,
            norm_elementwise_affine=norm_elementwise_affine,
            norm_eps=norm_eps,
            attention_bias=attention_bias,
            attention_out_bias=attention_out_bias,
        )
        self.transformer_blocks = nn.ModuleList(
            EditYourselfBlock(
                dim=num_attention_heads * attention_head_dim,
                num_attention_heads=num_attention_heads,
                attention_head_dim=attention_head_dim,
                cross_attention_dim=cross_attention_dim,
                qk_norm=qk_norm,
                activation_fn=activation_fn,
                attention_bias=attention_bias,
                attention_out_bias=attention_out_bias,
                eps=norm_eps,
                elementwise_affine=norm_elementwise_affine,
                audio_width=audio_width,
            )
            for _ in range(num_layers)
        )
        self.heads = num_attention_heads
        self.audio_config = AudioConfig(
            representation=audio_representation,
            layers=audio_layers,
            channels=audio_channels,
            rate=Fraction(*audio_rate),
            window=audio_window,
            width=audio_width,
        )
        self.audio_projection = AudioProjection(self.audio_config)
        # Context parallelism puts all devices' tokens together here: on a part each they could decide
        # differently whether to skip a step, and then wait for one another for ever.
        self.gather: Callable[[Tensor], Tensor] = lambda signal_BSD: signal_BSD

    @classmethod
    def of(cls, config: ModelConfig) -> EditYourselfTransformer:
        """A new model with random weights; under `torch.device("meta")` one without any."""
        return cast(EditYourselfTransformer, cls(**config.diffusers()))

    def audio_modules(self) -> Iterator[AudioProjection | AudioAttention]:
        """What is ours and not the base's."""
        yield self.audio_projection
        for block in self.transformer_blocks:
            yield cast(EditYourselfBlock, block).audio_attn

    def initialise_audio(self) -> None:
        """Make audio weights as new (silent), beside the base's: for base checkpoints, which have none."""
        like = self.proj_in.weight
        for module in self.audio_modules():
            module.to_empty(device=like.device)
            module.to(like.dtype)
            module.reset_parameters()

    def hear(self, windows_BNKLA: Tensor) -> Tensor:
        """Audio windows of a clip -> its `audio_tokens` [B, F, T, D_audio], once a render.

        On the projection's own device, which under group offload is not the blocks'.
        """
        return cast(Tensor, self.audio_projection(windows_BNKLA.to(self.audio_projection.positions)))

    @apply_lora_scale("attention_kwargs")  # type: ignore[untyped-decorator]
    def forward(  # noqa: PLR0917  # the base's order
        self,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor,
        timestep: Tensor,
        encoder_attention_mask: Tensor | None = None,
        num_frames: int | None = None,
        height: int | None = None,
        width: int | None = None,
        rope_interpolation_scale: tuple[float, float, float] | Tensor | None = None,
        video_coords: Tensor | None = None,
        attention_kwargs: Mapping[str, Any] | None = None,  # noqa: ARG002  # read by the decorator
        return_dict: bool | None = None,
        audio_tokens: Tensor | None = None,
        audio_latent: Tensor | None = None,
        audio_gate: Tensor | None = None,
        cache: BlockCache | None = None,
    ) -> Tensor | tuple[Tensor] | Transformer2DModelOutput:
        """The velocity [B, S, C]; with `return_dict` false or true in diffusers' wrappings.

        `hidden_states` [B, S, C], `encoder_hidden_states` [B, X, caption channels], `timestep` [B] or [B, S],
        `encoder_attention_mask` [B, X], `video_coords` [B, 3, S] in seconds and pixels (or the grid's
        `num_frames`, `height`, `width`). `audio_tokens` [B, F, T, D_audio] come from `hear`; `audio_latent`
        [B, S] says which of the F a token belongs to (-1: none); `audio_gate` [B, S] is M of Eq 6, all
        tokens by default.
        """
        rope = self.rope(hidden_states, num_frames, height, width, rope_interpolation_scale, video_coords)
        heard = None
        if audio_tokens is not None:
            if audio_latent is None:
                raise ValueError("audio_tokens need audio_latent, which says whose they are")
            heard = hearing(audio_tokens.to(hidden_states.device), audio_latent, audio_gate)
        z = self.proj_in(hidden_states)
        batch = len(z)
        temb, embedded = (
            part.unflatten(0, (batch, -1))
            for part in self.time_embed(timestep.flatten(), batch_size=batch, hidden_dtype=z.dtype)
        )
        text = self.caption_projection(encoder_hidden_states).view(batch, -1, z.shape[2])
        bias = _bias(encoder_attention_mask, hidden_states.dtype)
        z = self._cached_blocks(z, (text, temb, rope, bias, heard), cache)
        shift, scale = (self.scale_shift_table + embedded[:, :, None]).unbind(2)
        velocity = self.proj_out(self.norm_out(z) * (1 + scale) + shift)
        if return_dict is None:
            return cast(Tensor, velocity)
        return Transformer2DModelOutput(sample=velocity) if return_dict else (velocity,)

    def _cached_blocks(self, z: Tensor, beside: tuple[Any, ...], cache: BlockCache | None) -> Tensor:
        """All blocks, or what they last added where the cache allows it."""
        if cache is None:
            return self._blocks(z, beside)
        first = cast(EditYourselfBlock, self.transformer_blocks[0])
        if cache.skip(self.gather(first.modulated(z, beside[1]))):
            assert cache.residual is not None
            return z + cache.residual
        out = self._blocks(z, beside)
        cache.keep(out - z)
        return out

    def _blocks(self, z: Tensor, beside: tuple[Any, ...]) -> Tensor:
        checkpoint = torch.is_grad_enabled() and self.gradient_checkpointing
        for block in self.transformer_blocks:
            if checkpoint:
                assert self._gradient_checkpointing_func is not None
                z = self._gradient_checkpointing_func(block, z, *beside)
            else:
                z = block(z, *beside)
        return z


def _bias(mask_BX: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """[B, 1, X]: next to minus infinity for padding, as the base has it."""
    if mask_BX is None or mask_BX.ndim != 2:
        return mask_BX
    return ((1 - mask_BX.to(dtype)) * -10_000.0)[:, None]
