"""Audio cross-attention (Eq 6): z_out = z_in + M * AudioAttn(z_in, c_a), worked out only where M is set.

B batch, S tokens, D width, F latent frames, T audio tokens a latent, G tokens that hear, U latents heard,
M the most tokens that any of these has.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

NO_LATENT = -1  # of a token that belongs to no latent of the clip, a reference: it hears nothing


class Hearing(NamedTuple):
    """Who hears what in one step, the same for all blocks. A tuple, since torch.compile knows tuples best.

    `token_G` indexes the tokens of all the batch (B * S). Each latent's are laid side by side, so that they
    attend to their own audio and no mask is needed, which fast attentions do not take: `place_UM` says which
    of the G lie there (some 0 where the latent has no more), `slot_G` in which of the U * M each of them is.
    """

    token_G: Tensor
    audio_UTD: Tensor
    place_UM: Tensor
    slot_G: Tensor


def hearing(audio_BFTD: Tensor, latent_BS: Tensor, gate_BS: Tensor | None) -> Hearing | None:
    """Gated tokens, each with its own latent's audio; None where no token hears anything.

    Only audio that somebody hears is kept, so that a block of a long clip costs what it would cost alone.
    Raises ValueError for a latent that the audio does not have.
    """
    batch, frames, _, _ = audio_BFTD.shape
    hears_BS = latent_BS > NO_LATENT if gate_BS is None else gate_BS & (latent_BS > NO_LATENT)
    token_G = hears_BS.flatten().nonzero().squeeze(1)
    if token_G.numel() == 0:
        return None
    if int(latent_BS.max()) >= frames:
        raise ValueError(f"a token belongs to latent {int(latent_BS.max())}, but there is audio for {frames}")
    first_B1 = torch.arange(batch, device=latent_BS.device)[:, None] * frames
    heard_U, which_G = (latent_BS + first_B1).flatten()[token_G].unique(return_inverse=True)
    place_UM, slot_G = _side_by_side(which_G, len(heard_U))
    audio_UTD = audio_BFTD.flatten(0, 1)[heard_U]
    return Hearing(token_G=token_G, audio_UTD=audio_UTD, place_UM=place_UM, slot_G=slot_G)


def _side_by_side(which_G: Tensor, latents: int) -> tuple[Tensor, Tensor]:
    """`Hearing`'s `place_UM` and `slot_G`, of the latent that each token belongs to."""
    count_U = torch.bincount(which_G, minlength=latents)
    most = int(count_U.max())
    order_G = which_G.argsort(stable=True)
    sorted_G = which_G[order_G]
    tokens_G = torch.arange(len(which_G), device=which_G.device)
    rank_G = tokens_G - (count_U.cumsum(0) - count_U)[sorted_G]
    slot_G = torch.empty_like(which_G)
    slot_G[order_G] = sorted_G * most + rank_G
    place_L = torch.zeros(latents * most, dtype=which_G.dtype, device=which_G.device)
    place_L[slot_G] = tokens_G
    return place_L.unflatten(0, (latents, most)), slot_G


class AudioAttention(nn.Module):
    """Our own, not diffusers': under context parallelism theirs is sharded over tokens, and audio is not.

    The output projection begins at zero: at step 0 of training the model is the base model, exactly.
    """

    def __init__(self, query_dim: int, heads: int, head_dim: int, audio_width: int) -> None:
        super().__init__()
        inner = heads * head_dim
        self.heads = heads
        # As the base's attentions: norms across all heads.
        self.norm_q = nn.RMSNorm(inner, eps=1e-5)
        self.norm_k = nn.RMSNorm(inner, eps=1e-5)
        self.to_q = nn.Linear(query_dim, inner)
        self.to_k = nn.Linear(audio_width, inner)
        self.to_v = nn.Linear(audio_width, inner)
        self.to_out = nn.Linear(inner, query_dim)
        self._silence()

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """As new: for weights that no checkpoint had."""
        for module in (self.norm_q, self.norm_k, self.to_q, self.to_k, self.to_v, self.to_out):
            module.reset_parameters()
        self._silence()

    def _silence(self) -> None:
        nn.init.zeros_(self.to_out.weight)
        nn.init.zeros_(self.to_out.bias)

    def forward(self, hidden_BSD: Tensor, heard: Hearing) -> Tensor:
        """z_out [B, S, D] of Eq 6; tokens that hear nothing keep their bits."""
        z_GD = hidden_BSD.flatten(0, 1).index_select(0, heard.token_G)
        audio_UTD = heard.audio_UTD.to(z_GD.dtype)
        query_UMD = self.norm_q(self.to_q(z_GD))[heard.place_UM]
        query, key, value = (
            part.unflatten(2, (self.heads, -1)).transpose(1, 2)
            for part in (query_UMD, self.norm_k(self.to_k(audio_UTD)), self.to_v(audio_UTD))
        )
        mixed = functional.scaled_dot_product_attention(query, key, value)
        mixed_GD = mixed.transpose(1, 2).flatten(2).flatten(0, 1)[heard.slot_G]
        update_GD = self.to_out(mixed_GD)
        return hidden_BSD.flatten(0, 1).index_add(0, heard.token_G, update_GD).view_as(hidden_BSD)
