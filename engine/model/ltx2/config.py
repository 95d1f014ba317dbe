"""How large LTX-2's transformer is, and which version its sizes are of. Pure values: no torch.

Sources: diffusers' scripts/convert_ltx2_to_diffusers.py, the hub's transformer/config.json, and sizes of
published files: Lightricks/LTX-2 has 37,758,861,824 bytes of transformer/, 13 MB of it in float32; the full
model of Lightricks/LTX-2.5-Diffusers, transformer_full/, has 37,976,670,004 with its index.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from engine.model.config import MOST_BLOCKS, WIDEST

Version = Literal["2.0", "2.3", "2.5"]

KIND = "LTX2VideoTransformer3DModel"  # diffusers' class

_Size = Annotated[int, msgspec.Meta(ge=1, le=WIDEST)]


class Ltx2Config(msgspec.Struct, frozen=True, kw_only=True):
    """transformer/config.json as far as it decides sizes, by diffusers' names and with its defaults."""

    kind: str = msgspec.field(default=KIND, name="_class_name")
    in_channels: _Size = 128
    num_attention_heads: _Size = 32
    attention_head_dim: _Size = 128
    cross_attention_dim: _Size = 4096
    gated_attn: bool = False
    cross_attn_mod: bool = False
    audio_in_channels: _Size = 128
    audio_num_attention_heads: _Size = 32
    audio_attention_head_dim: _Size = 64
    audio_cross_attention_dim: _Size = 2048
    audio_gated_attn: bool = False
    audio_cross_attn_mod: bool = False
    num_layers: Annotated[int, msgspec.Meta(ge=1, le=MOST_BLOCKS)] = 48
    caption_channels: _Size = 3840
    use_prompt_embeddings: bool = True
    ff_bias: bool = True
    audio_ff_bias: bool = True
    use_prompt_adaln_single: bool = True
    use_keyframes_abs_pos_embedding: bool = False

    def __post_init__(self) -> None:
        if max(self.width, self.audio_width) > WIDEST:
            raise ValueError(f"{max(self.width, self.audio_width)} is wider than any model")

    @property
    def width(self) -> int:
        return self.num_attention_heads * self.attention_head_dim

    @property
    def audio_width(self) -> int:
        return self.audio_num_attention_heads * self.audio_attention_head_dim

    @property
    def prompt_widths(self) -> tuple[int, int]:
        """Of a prompt's tokens for pictures and for sound: captions, which 2.0 projects itself."""
        if self.use_prompt_embeddings:
            return self.caption_channels, self.caption_channels
        return self.cross_attention_dim, self.audio_cross_attention_dim

    @property
    def version(self) -> Version:
        """2.3 gave the prompt's projection to the connectors; 2.5 took away biases of the video's layers."""
        if self.use_keyframes_abs_pos_embedding or not self.ff_bias:
            return "2.5"
        return "2.0" if self.use_prompt_embeddings else "2.3"

    def diffusers(self) -> dict[str, Any]:
        """Arguments of diffusers' LTX2VideoTransformer3DModel; all others as it has them by itself."""
        return {name: at for name, at in msgspec.structs.asdict(self).items() if name != "kind"}


# As diffusers' scripts/convert_ltx2_to_diffusers.py has them, and the hub's transformer/config.json.
LTX_2_0 = Ltx2Config()
LTX_2_3 = Ltx2Config(
    gated_attn=True,
    cross_attn_mod=True,
    audio_gated_attn=True,
    audio_cross_attn_mod=True,
    use_prompt_embeddings=False,
)
# What 2.5's file says of itself leaves use_prompt_adaln_single out: it is true, and its weights are
# there. That diffusers' comments call it off in 2.5 is of no model that was published.
LTX_2_5 = msgspec.structs.replace(LTX_2_3, ff_bias=False, use_keyframes_abs_pos_embedding=True)
