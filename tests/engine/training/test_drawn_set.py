"""Drawn clips, encoded once and kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.diffusion.latent_grid import frames_of
from engine.model.small_autoencoder import SPATIAL, SmallAutoencoder, SmallConfig
from engine.training import drawn_set
from engine.training.clips import ClipPlan, draw
from engine.training.drawn_set import DrawnSamples, draw_set, open_set
from engine.training.errors import BadSamples

PLAN = ClipPlan(seed=3, frames=9, each=2)
COUNT = 4
TEXT = torch.ones(1, 4)
WINDOW = 20


@pytest.fixture(scope="module", autouse=True)
def two_clips_a_file() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(drawn_set, "PER_FILE", 2)
        yield


def an_autoencoder(seed: int = 0) -> SmallAutoencoder:
    torch.manual_seed(seed)
    autoencoder = SmallAutoencoder(SmallConfig(channels=8))
    autoencoder.basis_PZ.normal_(std=0.01)
    return autoencoder.eval()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("set")
    draw_set(PLAN, COUNT, an_autoencoder(), out)
    return out


@pytest.fixture(scope="module")
def samples(folder: Path) -> DrawnSamples:
    return open_set(folder, PLAN, COUNT, window=WINDOW, text_XE=TEXT)


def test_a_sample_is_a_square_of_the_clip_and_what_is_heard_of_each_frame(samples: DrawnSamples) -> None:
    sample = samples[0]
    assert sample.clean_CFHW.shape == (8, 2, 6, 6)
    assert sample.tokens == samples.tokens(0) == 72
    assert sample.windows_NKLA is not None
    assert sample.windows_NKLA.shape == (9, WINDOW, 1, 80)


def test_each_clip_is_seen_several_ways_and_each_of_them_is_always_the_same(samples: DrawnSamples) -> None:
    views = len(samples) // COUNT
    seen = [samples[index] for index in range(views)]
    assert len({one.mask_FHW.numpy().tobytes() for one in seen}) > 1
    again = samples[0]
    assert torch.equal(again.mask_FHW, seen[0].mask_FHW)
    assert torch.equal(again.clean_CFHW, seen[0].clean_CFHW)


def test_the_mask_holds_the_lower_face_and_the_mouth_counts_more(folder: Path, samples: DrawnSamples) -> None:
    clip = draw(PLAN, 0)
    assert np.array_equal(samples.lower_face_IN4[0], clip.lower_face)
    assert np.array_equal(samples.mouth_IN4[0], clip.mouth)
    mask = samples._mask(0, np.random.default_rng(0))
    for latent in range(2):
        left, top, width, height = clip.lower_face[frames_of(latent)][0] // SPATIAL
        assert mask[latent, top + 1 : top + 1 + height, left + 1 : left + 1 + width].all()
    sample = samples[0]
    assert sample.weight_FHW is not None
    heavy = sample.weight_FHW > 1
    assert 0 < heavy.sum() < sample.mask_FHW.sum()
    assert not (heavy & ~sample.mask_FHW).any()


def test_references_are_of_the_same_speaker_in_other_clips(samples: DrawnSamples) -> None:
    around = samples[0].around_CRHW
    assert around is not None
    other = samples.latents_ICFHW[1].float()
    assert any(
        torch.equal(around[:, :, :, :], other[:, :, row : row + 6, column : column + 6])
        for row in range(3)
        for column in range(3)
    )


def test_references_are_of_as_many_tokens_in_all_clips(samples: DrawnSamples) -> None:
    """Clips whose references are of another length cannot run together."""
    faces = [samples[index].face_RHW for index in range(len(samples))]
    assert {int(face.sum()) / len(face) for face in faces if face is not None} == {16}


def test_a_set_that_was_stopped_goes_on_with_what_is_missing(folder: Path, tmp_path: Path) -> None:
    draw_set(PLAN, 2, an_autoencoder(), tmp_path)
    drawn: list[range] = []
    draw_set(PLAN, COUNT, an_autoencoder(), tmp_path, follow=drawn.append)
    assert drawn == [range(2, 4)]
    for path in sorted(folder.iterdir()):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()


def test_a_folder_of_another_set_is_refused(folder: Path) -> None:
    with pytest.raises(BadSamples, match="another set"):
        draw_set(PLAN, COUNT, an_autoencoder(seed=1), folder)


def test_a_file_cut_short_is_named_with_what_to_do(tmp_path: Path) -> None:
    draw_set(PLAN, 2, an_autoencoder(), tmp_path)
    path = tmp_path / "drawn-00000.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(BadSamples, match=r"drawn-00000.*Delete it"):
        draw_set(PLAN, 2, an_autoencoder(), tmp_path)


def test_a_set_not_drawn_to_its_end_is_not_trained_on(folder: Path) -> None:
    with pytest.raises(BadSamples, match="not there"):
        open_set(folder, PLAN, 2 * COUNT, window=WINDOW, text_XE=TEXT)
