"""How large LTX-2's transformer is, and which version its sizes are of. Pure values: no torch."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Version = Literal["2.0", "2.3", "2.5"]

KIND = "LTX2VideoTransformer3DModel"  # diffusers' class


class Ltx2Config(msgspec.Struct, frozen=True, kw_only=True):
    """transformer/config.json as far as it decides sizes, by diffusers' names and with its defaults."""

    kind: str = msgspec.field(default=KIND, name="_class_name")
    in_channels: int = 128
    num_attention_heads: int = 32
    attention_head_dim: int = 128
    cross_attention_dim: int = 4096
    gated_attn: bool = False
    cross_attn_mod: bool = False
    audio_in_channels: int = 128
    audio_num_attention_heads: int = 32
    audio_attention_head_dim: int = 64
    audio_cross_attention_dim: int = 2048
    audio_gated_attn: bool = False
    audio_cross_attn_mod: bool = False
    num_layers: int = 48
    caption_channels: int = 3840
    use_prompt_embeddings: bool = True
    ff_bias: bool = True
    audio_ff_bias: bool = True
    use_prompt_adaln_single: bool = True
    use_keyframes_abs_pos_embedding: bool = False

    @property
    def width(self) -> int:
        return self.num_attention_heads * self.attention_head_dim

    @property
    def audio_width(self) -> int:
        return self.audio_num_attention_heads * self.audio_attention_head_dim

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
LTX_2_5 = msgspec.structs.replace(LTX_2_3, ff_bias=False, use_keyframes_abs_pos_embedding=True)
