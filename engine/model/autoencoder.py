"""Between pixels and latents: the autoencoder of LTX-Video or LTX-2, a stretch of the clip at a time.

N video frames, H W in pixels for frames and in cells of the grid for latents, C channels, F latent frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.model.causal_stream import remembering

if TYPE_CHECKING:
    from diffusers import AutoencoderKLLTX2Video, AutoencoderKLLTXVideo

Frame = npt.NDArray[np.float32]  # [H, W, 3], RGB, 0..1

# Of checkpoints whose decoder also takes a last bit of noise away: as diffusers documents them for 0.9.7.
DECODE_TIMESTEP = 0.05
DECODE_NOISE = 0.025


class VideoAutoencoder(Protocol):
    """Latent 0 is frame 0; latent n is the `temporal` frames up to frame n * `temporal`."""

    @property
    def spatial(self) -> int:
        """Pixels along a cell of the grid."""
        ...

    @property
    def temporal(self) -> int:
        """Frames a latent, the first apart."""
        ...

    @property
    def channels(self) -> int: ...

    @property
    def seams(self) -> bool:
        """Whether decoded tokens know nothing of each other, so that what is made anew must be levelled."""
        ...

    def encode(self, frames: Iterable[Frame]) -> Tensor:
        """Normalised latents [C, F, H, W], float32; the last frame is repeated up to a whole latent.

        Raises ValueError for sizes that are no multiple of `spatial`, and where there is no frame.
        """
        ...

    def decode(self, latents_CFHW: Tensor, seed: int) -> Iterator[Frame]:
        """(F - 1) * `temporal` + 1 frames, one after the other. The same seed gives the same frames."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """How much of a clip is worked on at once: `latents`; decoding does the last `overlap` of them twice.

    `encoded`: at once, where those are other; on which nothing but memory depends.
    """

    latents: int
    overlap: int
    encoded: int | None = None

    def spans(self, latents: int) -> Iterator[range]:
        """Tiles that cover so many latents. One more than `overlap` is shared with the tile before, since a
        tile's first latent gives a single frame.
        """
        first = 0
        while first + self.latents < latents:
            yield range(first, first + self.latents)
            first += self.latents - self.overlap - 1
        yield range(first, latents)


# Two latents are the paper's 16 frames. ours: ten at once, 73 frames, which suit a large card at 1080p.
# The encoder takes twice as much for each: of four it takes no more than the decoder does of ten.
TILES = Tiles(latents=10, overlap=2, encoded=4)


class LtxAutoencoder:
    """diffusers' AutoencoderKLLTXVideo or AutoencoderKLLTX2Video as a `VideoAutoencoder`, in tiles of time.

    Not with diffusers' own temporal tiling: that holds the whole clip's frames, and after its first tile the
    encoder has forgotten the past.
    """

    def __init__(self, vae: AutoencoderKLLTXVideo | AutoencoderKLLTX2Video, tiles: Tiles = TILES) -> None:
        self._vae = cast(Any, vae)  # its attributes are not typed
        self._tiles = tiles
        self.seams = False
        self.spatial = int(self._vae.spatial_compression_ratio)
        self.temporal = int(self._vae.temporal_compression_ratio)
        self.channels = int(self._vae.config["latent_channels"])
        # LTX-2's decoder mirrors its picture's edges, for which there must be two cells.
        self._least = 2 if self._vae.config.get("decoder_spatial_padding_mode") == "reflect" else 1

    @torch.no_grad()
    def encode(self, frames: Iterable[Frame]) -> Tensor:
        """Piece by piece: each goes on where the one before ended, as if the clip were encoded whole."""
        coming, latents = iter(frames), self._tiles.encoded or self._tiles.latents
        piece = list(islice(coming, self._frames(latents)))
        if not piece:
            raise ValueError("there are no frames to encode")
        with remembering(self._vae.encoder):
            means = [self._encode(piece, whole=1)]
            while piece := list(islice(coming, latents * self.temporal)):
                means.append(self._encode(piece, whole=0))
        return self.normalised(torch.cat(means, dim=1))

    def decode(self, latents_CFHW: Tensor, seed: int) -> Iterator[Frame]:
        """The decoder looks both ways, and worst at a tile's ends: the frames that two tiles share are faded
        from one to the other.
        """
        raw_CFHW = self._with_decode_noise(self.denormalised(latents_CFHW), seed)
        tail_NHWC: Tensor | None = None
        shared = self._frames(self._tiles.overlap + 1)
        weights = torch.from_numpy(_fade(shared)).to(self._vae.device)[:, None, None, None]
        for span in self._tiles.spans(raw_CFHW.shape[1]):
            tile_NHWC = self._decode(raw_CFHW[:, span.start : span.stop], seed)
            if tail_NHWC is not None:
                tile_NHWC[:shared] = tail_NHWC + (tile_NHWC[:shared] - tail_NHWC) * weights
            done = len(tile_NHWC) if span.stop == raw_CFHW.shape[1] else len(tile_NHWC) - shared
            tail_NHWC = tile_NHWC[done:].clone()
            # Frame by frame: a tile of 1080p is 2 GB, which would wait for the last of them.
            yield from (frame_HWC.cpu().numpy() for frame_HWC in tile_NHWC[:done])
            del tile_NHWC  # it does not lie there while the next one is made

    def normalised(self, raw_CFHW: Tensor) -> Tensor:
        """As the transformer wants latents: each channel of mean 0 and deviation 1."""
        mean, std, scale = self._statistics(raw_CFHW)
        return (raw_CFHW.float() - mean) * scale / std

    def denormalised(self, latents_CFHW: Tensor) -> Tensor:
        mean, std, scale = self._statistics(latents_CFHW)
        return latents_CFHW.float() * std / scale + mean

    def _statistics(self, beside: Tensor) -> tuple[Tensor, Tensor, float]:
        mean, std = (
            values.to(beside.device, torch.float32)[:, None, None, None]
            for values in (self._vae.latents_mean, self._vae.latents_std)
        )
        return mean, std, float(self._vae.config["scaling_factor"])

    def _frames(self, latents: int) -> int:
        return (latents - 1) * self.temporal + 1

    def _encode(self, piece: list[Frame], whole: int) -> Tensor:
        """The mean of what the encoder gives, [C, F, H, W]; `whole` frames at the start are a latent each."""
        height, width = piece[0].shape[:2]
        if height % self.spatial or width % self.spatial:
            raise ValueError(f"frames of {width}x{height} are no multiple of {self.spatial}: pad them first")
        missing = -(len(piece) - whole) % self.temporal
        device, dtype = self._vae.device, self._vae.dtype
        # Put together and turned on the device: a card does in milliseconds what takes the CPU seconds.
        frames_NHWC = torch.stack([torch.from_numpy(frame).to(device).to(dtype) for frame in piece])
        pixels_CNHW = frames_NHWC.permute(3, 0, 1, 2) * 2 - 1
        pixels_BCNHW = torch.cat([pixels_CNHW, *[pixels_CNHW[:, -1:]] * missing], dim=1)[None]
        mean_CFHW: Tensor = self._vae.encode(pixels_BCNHW).latent_dist.mode()[0]
        return mean_CFHW.float()

    @torch.no_grad()
    def _decode(self, raw_CFHW: Tensor, seed: int) -> Tensor:
        """[N, H, W, 3]. The tile's first frame is the last one of its first latent."""
        height, width = (cells * self.spatial for cells in raw_CFHW.shape[-2:])
        raw_BCFHW = self._wide_enough(raw_CFHW)[None].to(self._vae.device, self._vae.dtype)
        timestep = self._timestep(raw_BCFHW)
        device = self._vae.device
        # Some decoders inject noise of their own, from torch's global state.
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            torch.manual_seed(seed)
            pixels_CNHW = self._vae.decode(raw_BCFHW, timestep).sample[0, ..., :height, :width].float()
        frames_NHWC: Tensor = pixels_CNHW.permute(1, 2, 3, 0).mul(0.5).add(0.5).clamp(0, 1)
        return frames_NHWC.contiguous()

    def _wide_enough(self, raw_CFHW: Tensor) -> Tensor:
        """A single row or column is repeated where the decoder takes no single ones."""
        rows, columns = (max(cells, self._least) for cells in raw_CFHW.shape[-2:])
        for axis, cells in ((-2, rows), (-1, columns)):
            if raw_CFHW.shape[axis] < cells:
                raw_CFHW = raw_CFHW.repeat_interleave(cells, dim=axis)
        return raw_CFHW

    def _timestep(self, beside: Tensor) -> Any:
        if not self._vae.config["timestep_conditioning"]:
            return None
        return torch.full((1,), DECODE_TIMESTEP, device=beside.device, dtype=beside.dtype)

    def _with_decode_noise(self, raw_CFHW: Tensor, seed: int) -> Tensor:
        """Drawn for the whole clip, on the CPU: tiles that share a latent share its noise, on any device."""
        if not self._vae.config["timestep_conditioning"]:
            return raw_CFHW
        draw = torch.Generator().manual_seed(seed)
        noise_CFHW = torch.randn(raw_CFHW.shape, generator=draw).to(raw_CFHW)
        return torch.lerp(raw_CFHW, noise_CFHW, DECODE_NOISE)


def _fade(frames: int) -> npt.NDArray[np.float32]:
    """From 0 to 1 over the middle half: towards its ends one of the two tiles lacks its neighbours."""
    spared = frames // 4
    rising = np.arange(1 - spared, frames - spared + 1, dtype=np.float32) / (frames - 2 * spared + 1)
    return np.asarray(rising.clip(0, 1), np.float32)
