"""The transformer as a velocity of tokens: text, speech and what is cached between steps are held here."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.diffusion.blocks import Block, still_steps
from engine.diffusion.cache import BlockCall, TeaCache
from engine.diffusion.tokens import Tokens
from engine.model.audio_attention import NO_LATENT
from engine.model.prompt import Prompt
from engine.model.transformer import EditYourselfTransformer

_TIMESTEPS = 1000.0  # noise level 1 is timestep 1000 to LTX


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Guided:
    """Classifier-free guidance: away from what `text` and `audio_FTD` give, by `scale` (1 is no guidance)."""

    text: Prompt
    audio_FTD: Tensor | None
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TransformerVelocity:
    """See `denoise.Velocity`. `audio_FTD`: the clip's audio tokens, a latent at a time; None for silence.

    `cache` is used in the still steps only: when blocks move, what was kept is of other latents.
    """

    model: EditYourselfTransformer
    text: Prompt
    audio_FTD: Tensor | None = None
    guided: tuple[Guided, ...] = ()
    cache: TeaCache | None = None

    @property
    def hears(self) -> bool:
        return self.audio_FTD is not None

    @torch.inference_mode()
    def __call__(self, tokens: Tokens, block: Block, at: tuple[int, int]) -> Tensor:
        v_SC = self._run(tokens, block, at, Guided(text=self.text, audio_FTD=self.audio_FTD, scale=1.0), 0)
        led_SC = v_SC
        for number, away in enumerate(self.guided, start=1):
            led_SC = led_SC + (away.scale - 1) * (v_SC - self._run(tokens, block, at, away, number))
        return led_SC

    def _run(self, tokens: Tokens, block: Block, at: tuple[int, int], told: Guided, number: int) -> Tensor:
        text, heard = told.text, told.audio_FTD is not None
        v_BSC: Tensor = self.model(
            hidden_states=tokens.values_SC[None].to(self.model.dtype),
            encoder_hidden_states=text.embeddings_BXE,
            timestep=tokens.sigma_S[None] * _TIMESTEPS,
            encoder_attention_mask=_padding(text),
            video_coords=tokens.coords_3S[None],
            audio_tokens=_audio(told.audio_FTD, block),
            audio_latent=_within(tokens.latent_S, block)[None] if heard else None,
            audio_gate=tokens.gate_S[None] if heard else None,
            cache=self._cached(tokens, block, at, number),
        )
        return v_BSC[0].float()

    def _cached(self, tokens: Tokens, block: Block, at: tuple[int, int], number: int) -> BlockCall | None:
        if self.cache is None:
            return None
        middle = still_steps(at[1])
        if at[0] not in middle:
            self.cache.forget()
            return None
        return self.cache.call(f"{block.name} {number}", tokens.gate_S, last=at[0] == middle[-1])


def _audio(audio_FTD: Tensor | None, block: Block) -> Tensor | None:
    if audio_FTD is None:
        return None
    chosen = torch.as_tensor(block.latents, device=audio_FTD.device)
    return audio_FTD[chosen][None]


def _padding(text: Prompt) -> Tensor | None:
    """A mask rules out the fastest attention kernels, and several devices: none where nothing is padded."""
    return None if bool(text.mask_BX.all()) else text.mask_BX


def _within(latent_S: Tensor, block: Block) -> Tensor:
    """Each token's latent as its place in the block, -1 for those of none."""
    place = torch.full((block.clip + 1,), NO_LATENT, device=latent_S.device)
    place[torch.as_tensor(block.latents, device=latent_S.device)] = torch.arange(
        block.width, device=latent_S.device
    )
    return place[latent_S]
