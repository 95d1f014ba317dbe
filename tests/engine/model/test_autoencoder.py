"""Pixels to latents and back, in tiles of time: as if whole, and never more than a tile in memory."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKLLTXVideo
from tiny_diffusion import tiny_autoencoder
from tiny_ltx2 import tiny_autoencoder as ltx2_autoencoder

from engine.model.autoencoder import LtxAutoencoder, Tiles

WHOLE = Tiles(latents=10_000, overlap=2)


def later_autoencoder() -> AutoencoderKLLTXVideo:
    """Built as those from 0.9.5 on, the 13B's included: other down blocks, residual upsampling, timesteps."""
    torch.manual_seed(0)
    return AutoencoderKLLTXVideo(
        latent_channels=8,
        block_out_channels=(8, 8, 16, 32, 32),
        down_block_types=("LTXVideo095DownBlock3D",) * 4,
        downsample_type=("spatial", "temporal", "spatiotemporal", "spatiotemporal"),
        layers_per_block=(1, 1, 1, 1, 1),
        spatio_temporal_scaling=(True,) * 4,
        decoder_block_out_channels=(8, 16, 32),
        decoder_layers_per_block=(1, 1, 1, 1),
        decoder_spatio_temporal_scaling=(True,) * 3,
        decoder_inject_noise=(True, False, False, False),
        upsample_residual=(True,) * 3,
        upsample_factor=(2,) * 3,
        timestep_conditioning=True,
        spatial_compression_ratio=32,
        temporal_compression_ratio=8,
    ).eval()


VARIANTS = pytest.mark.parametrize("make", [tiny_autoencoder, later_autoencoder, ltx2_autoencoder])


def film(frames: int, height: int = 32, width: int = 64) -> np.ndarray:
    """Waves that wander."""
    y, x = np.mgrid[:height, :width]
    waves = [
        np.stack([0.5 + 0.4 * np.sin((x + y * lean + 3 * n) / 5) for lean in (0, 0.5, 1)], -1)
        for n in range(frames)
    ]
    return np.asarray(waves, np.float32)


def some_latents(count: int) -> torch.Tensor:
    return torch.randn(8, count, 1, 2, generator=torch.Generator().manual_seed(1))


def decoded(vae: AutoencoderKLLTXVideo, latents: torch.Tensor, tiles: Tiles, seed: int = 0) -> np.ndarray:
    return np.stack(list(LtxAutoencoder(vae, tiles).decode(latents, seed)))


def short_sighted(vae: AutoencoderKLLTXVideo) -> AutoencoderKLLTXVideo:
    """Random weights look as far as they can; trained ones look near. So do these."""
    vae = copy.deepcopy(vae)
    with torch.no_grad():
        for module in vae.decoder.modules():
            if isinstance(module, torch.nn.Conv3d) and module.kernel_size[0] == 3:
                module.weight[:, :, [0, 2]] *= 0.05
    return vae


# ---------------------------------------------------------------------------------------------- encoding


@pytest.mark.parametrize(("frames", "latents"), [(1, 1), (2, 2), (8, 2), (9, 2), (10, 3), (17, 3), (89, 12)])
def test_every_eight_frames_begun_are_a_latent(frames: int, latents: int) -> None:
    autoencoder = LtxAutoencoder(tiny_autoencoder(), Tiles(latents=5, overlap=1))
    assert autoencoder.encode(film(frames)).shape == (8, latents, 1, 2)
    assert (autoencoder.spatial, autoencoder.temporal, autoencoder.channels) == (32, 8, 8)


@VARIANTS
def test_whole_clips_are_encoded_as_diffusers_does(make) -> None:
    vae, pixels = make(), film(17)
    vae.latents_mean += 0.3
    vae.latents_std *= 1.7
    theirs = vae.encode(torch.from_numpy(pixels).permute(3, 0, 1, 2)[None] * 2 - 1).latent_dist.mode()[0]
    assert torch.equal(LtxAutoencoder(vae).encode(pixels), (theirs - 0.3) / 1.7)


@VARIANTS
@pytest.mark.parametrize("latents", [2, 4])
def test_a_long_clip_is_encoded_as_if_whole(make, latents: int) -> None:
    """Not nearly, as tiles that forget the past would do (off by the latents' own deviation): to rounding."""
    vae, pixels = make(), film(8 * 8 + 1)
    whole = LtxAutoencoder(vae, WHOLE).encode(pixels)
    pieces = LtxAutoencoder(vae, Tiles(latents=latents, overlap=1)).encode(iter(pixels))
    assert torch.allclose(pieces, whole, atol=1e-5, rtol=0)
    assert whole.std() > 0.1


def test_the_encoder_may_work_on_less_at_once_than_the_decoder() -> None:
    """It takes more memory for each frame, and how much it works on changes nothing that comes out."""
    vae, pixels = ltx2_autoencoder(), film(8 * 8 + 1)
    sizes: list[int] = []
    vae.encoder.register_forward_pre_hook(lambda _, arguments: sizes.append(arguments[0].shape[2]))
    LtxAutoencoder(vae, Tiles(latents=6, overlap=1, encoded=4)).encode(pixels)
    assert sizes == [25, 32, 8]


def test_the_first_latents_do_not_know_what_comes() -> None:
    autoencoder = LtxAutoencoder(tiny_autoencoder(), Tiles(latents=3, overlap=1))
    long, short = film(33), film(33)
    short[17:] = 0
    assert torch.equal(autoencoder.encode(long)[:, :3], autoencoder.encode(short)[:, :3])


def test_one_clip_leaves_nothing_for_the_next() -> None:
    autoencoder = LtxAutoencoder(tiny_autoencoder(), Tiles(latents=3, overlap=1))
    first = autoencoder.encode(film(33))
    autoencoder.encode(film(33)[::-1].copy())
    assert torch.equal(autoencoder.encode(film(33)), first)


def test_the_last_frame_fills_the_last_latent() -> None:
    autoencoder, pixels = LtxAutoencoder(tiny_autoencoder()), film(17)
    filled = np.concatenate((pixels[:12], pixels[11:12].repeat(5, axis=0)))
    assert torch.equal(autoencoder.encode(pixels[:12]), autoencoder.encode(filled))


def test_frames_are_taken_as_they_come() -> None:
    """An hour of film is never in memory: frames are asked for a tile at a time."""
    asked: list[int] = []
    vae = tiny_autoencoder()
    sizes: list[int] = []
    vae.encoder.register_forward_pre_hook(lambda _, arguments: sizes.append(arguments[0].shape[2]))

    def coming() -> Iterator[np.ndarray]:
        for index, frame in enumerate(film(50)):
            asked.append(index)
            yield frame

    LtxAutoencoder(vae, Tiles(latents=3, overlap=1)).encode(coming())
    assert sizes == [17, 24, 16]  # the last is nine frames, filled up
    assert asked == list(range(50))


@pytest.mark.parametrize(("height", "width"), [(33, 64), (64, 40)])
def test_odd_sizes_are_refused(height: int, width: int) -> None:
    with pytest.raises(ValueError, match=f"frames of {width}x{height} are no multiple of 32: pad them"):
        LtxAutoencoder(tiny_autoencoder()).encode(film(1, height, width))


def test_no_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="no frames"):
        LtxAutoencoder(tiny_autoencoder()).encode(iter(()))


# ---------------------------------------------------------------------------------------------- decoding


@pytest.mark.parametrize("latents", [1, 2, 10, 11, 18])
def test_latents_decode_to_all_their_frames(latents: int) -> None:
    frames = decoded(tiny_autoencoder(), some_latents(latents), Tiles(latents=10, overlap=2))
    assert frames.shape == (8 * (latents - 1) + 1, 32, 64, 3)
    assert frames.dtype == np.float32
    assert frames.min() >= 0
    assert frames.max() <= 1


def test_whole_clips_are_decoded_as_diffusers_does() -> None:
    vae, latents = tiny_autoencoder(), some_latents(3)
    vae.latents_mean += 0.3
    vae.latents_std *= 1.7
    with torch.no_grad():
        theirs = vae.decode(latents[None] * 1.7 + 0.3).sample[0].permute(1, 2, 3, 0)
    assert decoded(vae, latents, WHOLE) == pytest.approx((theirs * 0.5 + 0.5).clamp(0, 1).numpy(), abs=1e-6)


@VARIANTS
def test_tiles_decode_as_if_whole_away_from_their_overlaps(make) -> None:
    vae, latents = short_sighted(make()), some_latents(17)
    whole, tiled = (decoded(vae, latents, tiles) for tiles in (WHOLE, Tiles(latents=10, overlap=2)))
    difference = np.abs(whole - tiled).max(axis=(1, 2, 3))
    assert difference[: 56 - 16].max() < 1e-4  # the second tile begins at frame 56, and shares 17
    assert difference[73 + 16 :].max() < 1e-4
    assert whole.std() > 0.05


@VARIANTS
def test_tiles_leave_no_seam(make) -> None:
    """What tiling adds to the change from frame to frame, against the picture's own; a hard cut is 0.46."""
    latents = some_latents(1) + 0.1 * some_latents(12).cumsum(1)
    for vae, share in ((make(), 0.36), (short_sighted(make()), 0.02)):
        whole, tiled = (decoded(vae, latents, tiles) for tiles in (WHOLE, Tiles(latents=6, overlap=2)))
        assert steps(tiled - whole).max() < share * steps(whole).mean()


def steps(frames: np.ndarray) -> np.ndarray:
    return np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2, 3))


@VARIANTS
def test_the_seed_decides_every_frame(make) -> None:
    vae, latents, tiles = make(), some_latents(7), Tiles(latents=5, overlap=2)
    torch.manual_seed(1)
    one = decoded(vae, latents, tiles, seed=7)
    torch.manual_seed(2)
    before = torch.random.get_rng_state()
    assert decoded(vae, latents, tiles, seed=7).tobytes() == one.tobytes()
    assert torch.equal(torch.random.get_rng_state(), before)


def test_another_seed_differs_where_the_decoder_takes_noise_away() -> None:
    latents, tiles = some_latents(3), Tiles(latents=5, overlap=2)
    one, other = (decoded(later_autoencoder(), latents, tiles, seed) for seed in (7, 8))
    assert not np.array_equal(one, other)


def test_no_more_than_a_tile_is_ever_decoded_ahead() -> None:
    vae = tiny_autoencoder()
    latents_at_once: list[int] = []
    vae.decoder.register_forward_pre_hook(lambda _, arguments: latents_at_once.append(arguments[0].shape[2]))
    given = 0
    for _ in LtxAutoencoder(vae, Tiles(latents=10, overlap=2)).decode(some_latents(31), 0):
        given += 1
        reached = 1 + sum(latents_at_once) - 3 * (len(latents_at_once) - 1)  # latents; three are shared
        assert 8 * reached - given <= 8 * 11
    assert given == 8 * 30 + 1
    assert max(latents_at_once) == 10
    assert len(latents_at_once) == 4  # 10, and then seven new ones each


def test_tiles_cover_every_length_once_but_for_their_overlap() -> None:
    for count in range(1, 60):
        spans = list(Tiles(latents=10, overlap=2).spans(count))
        assert [span.start for span in spans[1:]] == [span.stop - 3 for span in spans[:-1]]
        assert (spans[0].start, spans[-1].stop) == (0, count)
        assert max(map(len, spans)) <= 10


def test_a_tile_is_given_back_before_the_next_one_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 1080p it is 2 GB, on the card."""
    tiles: list[weakref.ref[torch.Tensor]] = []
    decode = LtxAutoencoder._decode

    def watched(self: LtxAutoencoder, raw_CFHW: torch.Tensor, seed: int) -> torch.Tensor:
        assert all(tile() is None for tile in tiles)
        tile = decode(self, raw_CFHW, seed)
        tiles.append(weakref.ref(tile))
        return tile

    monkeypatch.setattr(LtxAutoencoder, "_decode", watched)
    decoded(tiny_autoencoder(), some_latents(12), Tiles(latents=5, overlap=1))
    assert len(tiles) > 2
