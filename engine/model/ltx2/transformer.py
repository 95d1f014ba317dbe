"""diffusers' LTX-2 transformer, whose pictures may hear only where they are made anew (Eq 6).

z_out = z_in + M * AudioAttn(z_in, c_a)

diffusers hands no mask to that attention; one would not do either, since attention masks are of keys. So what
the attention gives is gated. B batch, S video tokens.
"""

from __future__ import annotations

from typing import Any, Self, cast

from diffusers.models.transformers.transformer_ltx2 import (
    LTX2AudioVideoAttnProcessor,
    LTX2VideoTransformer3DModel,
)
from torch import Tensor


class GatedHearing(LTX2AudioVideoAttnProcessor):
    """What audio-to-video attention gives, times a gate; all of it where there is none."""

    gate_BS1: Tensor | None = None

    def __call__(self, *inputs: Any, **others: Any) -> Tensor:
        heard: Tensor = super().__call__(*inputs, **others)
        return heard if self.gate_BS1 is None else heard * self.gate_BS1.to(heard)


class Ltx2Transformer(LTX2VideoTransformer3DModel):
    """Takes what diffusers' takes, and `audio_gate` once it is `with_gates`."""

    def with_gates(self) -> Self:
        """Not as it is made: diffusers makes a model by its constructor's own parameters."""
        for block in self.transformer_blocks:
            cast(Any, block).audio_to_video_attn.set_processor(GatedHearing())  # type: ignore[no-untyped-call]
        return self

    def forward(self, *, audio_gate: Tensor | None = None, **inputs: Any) -> tuple[Tensor, Tensor]:
        """Velocities of video tokens and of audio tokens. `audio_gate`: [B, S], where sound is heard."""
        gate_BS1 = None if audio_gate is None else audio_gate[..., None]
        for block in self.transformer_blocks:
            cast(Any, block).audio_to_video_attn.processor.gate_BS1 = gate_BS1
        return cast(tuple[Tensor, Tensor], super().forward(**inputs, return_dict=False))
