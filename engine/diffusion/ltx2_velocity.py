"""LTX-2's transformer as a velocity of tokens. Speech is beside them as audio tokens at noise level 0.

It was trained on the two together, both noised. Here the sound is given and stays as it is; with the mask of
the pictures that makes an edit of it, without training. A block has the audio tokens of its own time.

Places are counted from the block's first frame: RoPE knows nothing but distances, and LTX-2's training ends
at 20 s. So blocks that run around the clip's ends cannot be: their frames would be a whole clip apart.

B batch (1), S video tokens, T audio tokens, C channels, N audio tokens of the clip.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import torch
from torch import Tensor

from engine.diffusion.blocks import Block
from engine.diffusion.latent_grid import decoded_frames
from engine.diffusion.tokens import Tokens
from engine.model.audio_attention import NO_LATENT
from engine.model.ltx2.hearing import MEL_FRAMES, TOKEN_RATE
from engine.model.ltx2.prompt import Ltx2Prompt
from engine.model.ltx2.transformer import Ltx2Transformer

_TIMESTEPS = 1000.0  # noise level 1 is timestep 1000 to LTX


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ltx2Guided:
    """Guidance: away from what `text` gives, or what it gives unheard, by `scale` (1 is no guidance)."""

    text: Ltx2Prompt
    heard: bool
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ltx2Velocity:
    """See `denoise.Velocity`. `audio_NC`: the clip's tokens, from its first frame on; None for no sound.

    `gated`: sound is heard where the picture is made anew alone (Eq 6). `cross_timestep`: whether each stream
    goes by the other's noise level where it looks at it, as from 2.3 on. `spatial` and `temporal`: pixels and
    frames a latent stands for.
    """

    model: Ltx2Transformer
    text: Ltx2Prompt
    audio_NC: Tensor | None
    rate: Fraction
    cross_timestep: bool
    gated: bool = False
    guided: tuple[Ltx2Guided, ...] = ()
    spatial: int = 32
    temporal: int = 8

    @property
    def hears(self) -> bool:
        return self.audio_NC is not None

    @torch.inference_mode()
    def __call__(self, tokens: Tokens, block: Block, at: tuple[int, int]) -> Tensor:
        del at  # nothing is kept between steps
        v_SC = self._run(tokens, block, self.text, heard=True)
        led_SC = v_SC
        for away in self.guided:
            w_SC = self._run(tokens, block, away.text, heard=away.heard)
            led_SC = led_SC + (away.scale - 1) * (v_SC - w_SC)
        return led_SC

    def _run(self, tokens: Tokens, block: Block, text: Ltx2Prompt, *, heard: bool) -> Tensor:
        model, device = self.model, tokens.values_SC.device
        audio_TC, chosen = self._sound(block)
        sigma, still = tokens.sigma_S.max()[None] * _TIMESTEPS, torch.zeros(1, device=device)
        padding = None if bool(text.mask_BX.all()) else text.mask_BX
        v_BSC: Tensor
        v_BSC, _ = model(
            hidden_states=tokens.values_SC[None].to(model.dtype),
            audio_hidden_states=audio_TC[None].to(device, model.dtype),
            encoder_hidden_states=text.video_BXE,
            audio_encoder_hidden_states=text.audio_BXE,
            timestep=tokens.sigma_S[None] * _TIMESTEPS,
            audio_timestep=still,
            sigma=sigma,
            audio_sigma=still,
            encoder_attention_mask=padding,
            audio_encoder_attention_mask=padding,
            video_coords=self._places(tokens, block)[None],
            audio_coords=self._audio_places(chosen, block).to(device),
            isolate_modalities=not (heard and self.hears),
            use_cross_timestep=self.cross_timestep,
            audio_gate=tokens.gate_S[None] if self.gated else None,
            video_keyframes_mask=_single_frames(tokens)[None],
        )
        return v_BSC[0].float()

    def _sound(self, block: Block) -> tuple[Tensor, range]:
        """The audio tokens of a block, and which of the clip's they are.

        Where there is no sound the model is given a token that it does not listen to.
        """
        if self.audio_NC is None:
            return torch.zeros(1, self.model.audio_proj_in.in_features), range(1)
        begin, end = (round(frame * TOKEN_RATE / self.rate) for frame in _frames(block))
        chosen = range(begin, max(end, begin + 1))  # a clip of one frame may be shorter than a token
        return self.audio_NC[chosen.start : chosen.stop], chosen

    def _places(self, tokens: Tokens, block: Block) -> Tensor:
        """[3, S], the middles of what tokens stand for: seconds from the block's first frame, y and x.

        Counted in frames, which are exact however far into the clip. References have times of their own;
        what lies before the clip lies before the block.
        """
        seconds_S, y_S, x_S = tokens.coords_3S
        first, _ = _frames(block)
        frames_S = (tokens.latent_S * self.temporal + 1 - self.temporal).clamp(min=0)
        beside_S = torch.where(seconds_S < 0, seconds_S, seconds_S - float(first / self.rate))
        within_S = torch.where(tokens.latent_S == NO_LATENT, beside_S, (frames_S - first) / float(self.rate))
        half_S = torch.where(tokens.latent_S == 0, 0.5, self.temporal / 2) / float(self.rate)
        return torch.stack([within_S + half_S, y_S + self.spatial / 2, x_S + self.spatial / 2])

    def _audio_places(self, chosen: range, block: Block) -> Tensor:
        """[B, 1, T, 2], from where to where in seconds from the block's first frame.

        As `prepare_audio_coords` has them, whose float32 is too coarse an hour into a clip: a token is four
        mel frames, the clip's first one a single one.
        """
        tokens = torch.arange(chosen.start, chosen.stop + 1, dtype=torch.float64)
        first, _ = _frames(block)
        edges = (tokens - 1 + 1 / MEL_FRAMES).clamp(min=0) / TOKEN_RATE - float(first / self.rate)
        return torch.stack([edges[:-1], edges[1:]], dim=-1)[None, None].float()


def _frames(block: Block) -> tuple[int, int]:
    """Of the clip: the block's first one, and the one after its last."""
    first, last = block.latents[0], block.latents[-1]
    return decoded_frames(first) if first else 0, decoded_frames(last + 1)


def _single_frames(tokens: Tokens) -> Tensor:
    """[S, 1]: tokens that stand for one frame, which 2.5 tells from others; earlier ones take no notice."""
    return (tokens.latent_S == 0)[:, None]
