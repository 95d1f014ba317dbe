"""Audio cross-attention (Eq 6): z_out = z_in + M * AudioAttn(z_in, c_a), worked out only where M is set.

B batch, S tokens, D width, F latent frames, T audio tokens a latent, G tokens that hear, U latents heard,
R audio tokens in reach (= U * T).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

NO_LATENT = -1  # of a token that belongs to no latent of the clip, a reference: it hears nothing


class Hearing(NamedTuple):
    """Who hears what in one step, the same for all blocks. A tuple, since torch.compile knows tuples best.

    `token_G` indexes the tokens of all the batch (B * S); `mask_11GR` is true where a token may attend.
    """

    token_G: Tensor
    audio_1RD: Tensor
    mask_11GR: Tensor


def hearing(audio_BFTD: Tensor, latent_BS: Tensor, gate_BS: Tensor | None) -> Hearing | None:
    """Gated tokens, each with its own latent's audio; None where no token hears anything.

    Only audio that somebody hears is kept, so that a block of a long clip costs what it would cost alone.
    Raises ValueError for a latent that the audio does not have.
    """
    batch, frames, per_latent, _ = audio_BFTD.shape
    hears_BS = latent_BS > NO_LATENT if gate_BS is None else gate_BS & (latent_BS > NO_LATENT)
    token_G = hears_BS.flatten().nonzero().squeeze(1)
    if token_G.numel() == 0:
        return None
    if int(latent_BS.max()) >= frames:
        raise ValueError(f"a token belongs to latent {int(latent_BS.max())}, but there is audio for {frames}")
    first_B1 = torch.arange(batch, device=latent_BS.device)[:, None] * frames
    heard_U, which_G = (latent_BS + first_B1).flatten()[token_G].unique(return_inverse=True)
    audio_UTD = audio_BFTD.flatten(0, 1)[heard_U]
    owner_R = torch.arange(len(heard_U), device=heard_U.device).repeat_interleave(per_latent)
    mask_GR = which_G[:, None] == owner_R[None]
    return Hearing(token_G=token_G, audio_1RD=audio_UTD.flatten(0, 1)[None], mask_11GR=mask_GR[None, None])


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
        z_1GD = hidden_BSD.flatten(0, 1).index_select(0, heard.token_G)[None]
        audio_1RD = heard.audio_1RD.to(z_1GD.dtype)
        query, key, value = (
            part.unflatten(2, (self.heads, -1)).transpose(1, 2)
            for part in (
                self.norm_q(self.to_q(z_1GD)),
                self.norm_k(self.to_k(audio_1RD)),
                self.to_v(audio_1RD),
            )
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=heard.mask_11GR)
        update_GD = self.to_out(mixed.transpose(1, 2).flatten(2))[0]
        return hidden_BSD.flatten(0, 1).index_add(0, heard.token_G, update_GD).view_as(hidden_BSD)
