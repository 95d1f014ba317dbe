"""Audio Projection (paper 3.1): windows of features around each video frame become tokens of each latent.

B batch, N video frames, F latent frames, K window length, L feature layers, A feature channels,
T audio tokens a latent (= K), D width of the tokens.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.model.config import STRIDE, AudioConfig


class AudioProjection(nn.Module):
    """Learned positions, then convolutions over layers and over frames, which begin as average pooling.

    The window's positions survive as a latent's tokens (T = K): with frames pooled and positions kept, a
    latent still tells what it hears before, at and after its middle.
    """

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        shape_KLA = (config.window, config.layers, config.channels)
        self.positions = nn.Parameter(torch.zeros(shape_KLA))  # P of Eq 4
        # A weight for each layer and channel: which block of Whisper to listen to is the cheap question.
        self.layers = nn.Conv1d(config.channels, config.channels, config.layers, groups=config.channels)
        self.first = nn.Conv1d(config.channels, config.width, 1)
        self.frames = nn.Conv1d(config.channels, config.width, STRIDE, stride=STRIDE)
        self.norm = nn.LayerNorm(config.width)
        self.reset_parameters()

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Average pooling: means over layers and frames, the identity over channels as far as both widths go.

        ours: positions begin at zero, so that training starts from plain averages.
        """
        self.positions.zero_()
        for pool in (self.layers, self.first, self.frames):
            pool.weight.fill_(1 / pool.kernel_size[0])
            assert pool.bias is not None
            pool.bias.zero_()
        for pool in (self.first, self.frames):
            nn.init.dirac_(pool.weight)  # the identity, in the middle of the kernel only
            same_AA1 = pool.weight.sum(dim=2, keepdim=True)
            pool.weight.copy_(same_AA1.expand_as(pool.weight) / pool.kernel_size[0])
        self.norm.reset_parameters()

    def forward(self, windows_BNKLA: Tensor) -> Tensor:
        """[B, N, K, L, A] with N = 8k + 1 -> [B, k + 1, K, D]. Raises ValueError for another N."""
        batch, frames, window, _, _ = windows_BNKLA.shape
        if frames % STRIDE != 1:
            raise ValueError(
                f"{frames} frames of audio windows; latents cover 8k + 1 frames: pad the clip first"
            )
        features = (windows_BNKLA + self.positions).flatten(0, 2)  # [B N K, L, A]
        pooled = self.layers(features.transpose(1, 2)).squeeze(2)  # [B N K, A]
        series = pooled.unflatten(0, (batch, frames, window)).permute(0, 2, 3, 1).flatten(0, 1)  # [B K, A, N]
        latents = [self.first(series[..., :1])]
        if frames > 1:
            latents.append(self.frames(series[..., 1:]))
        tokens = torch.cat(latents, dim=2).unflatten(0, (batch, window))  # [B, K, D, F]
        normed: Tensor = self.norm(tokens.permute(0, 3, 1, 2))
        return normed
