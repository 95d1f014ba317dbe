"""The small speech encoder learns from speech alone what a mouth does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import BadCheckpoint, MissingModel
from engine.model.small_hearing import HearingConfig, SmallHearing, load_hearing, save_hearing
from engine.training.hearing import HearingTraining, Lesson, lesson, lessons, train_hearing

CONFIG = HearingConfig(channels=12, width=48)
FAST = HearingTraining(seed=1, lessons=6, steps=160, batch=6, seconds=1.2, rate=5e-3, warmup=5)


@pytest.fixture(scope="module")
def heard() -> list[Lesson]:
    return lessons(1, "train", FAST.lessons)


@pytest.fixture(scope="module")
def losses() -> list[float]:
    return []


@pytest.fixture(scope="module")
def hearing(heard: list[Lesson], losses: list[float]) -> SmallHearing:
    return train_hearing(heard, FAST, CONFIG, watch=lambda _, loss: losses.append(loss))


def test_a_lesson_is_always_the_same(heard: list[Lesson]) -> None:
    again = lesson(1, "train", 2)
    assert np.array_equal(again.mel_TA, heard[2].mel_TA)
    assert np.array_equal(again.mouth_UP, heard[2].mouth_UP)


def test_a_mouth_is_known_for_every_second_log_mel_frame(heard: list[Lesson]) -> None:
    for one in heard:
        assert len(one.mel_TA) == 2 * len(one.mouth_UP)


def test_mouths_are_shut_before_the_line_and_open_in_it(heard: list[Lesson]) -> None:
    for one in heard:
        opening = one.mouth_UP[:, -1]
        assert opening[:5].max() < 0.1 * opening.max()


def test_it_learns(hearing: SmallHearing, losses: list[float]) -> None:
    """Of the variance next to all is unexplained at first, and half of it after a few steps."""
    assert np.mean(losses[:3]) > 0.9
    assert np.mean(losses[-5:]) < 0.5


def test_its_features_have_mean_0_and_deviation_1_over_speech(
    hearing: SmallHearing, heard: list[Lesson]
) -> None:
    told = [hearing.standard(torch.from_numpy(one.mel_TA.astype(np.float32))[None])[0] for one in heard]
    values = torch.cat(told)
    torch.testing.assert_close(values.mean(dim=0), torch.zeros(12), atol=1e-4, rtol=0)
    torch.testing.assert_close(values.std(dim=0), torch.ones(12), atol=1e-3, rtol=0)


def test_the_same_training_gives_the_same_weights(heard: list[Lesson]) -> None:
    short = HearingTraining(seed=3, steps=2, batch=2, seconds=0.6)
    one, other = (train_hearing(heard, short, CONFIG).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_it_gives_fifty_features_a_second_of_a_whole_sound(hearing: SmallHearing) -> None:
    sound = np.zeros(16_000, np.float32)
    found = hearing.features(sound)
    assert found.values.shape == (50, 1, 12)
    assert (found.rate, hearing.layers, hearing.channels) == (50, 1, 12)


def test_it_is_read_back_as_it_was_written(hearing: SmallHearing, tmp_path: Path) -> None:
    save_hearing(hearing, tmp_path)
    sound = np.random.default_rng(0).standard_normal(8000).astype(np.float32)
    assert np.array_equal(load_hearing(tmp_path).features(sound).values, hearing.features(sound).values)


def test_a_folder_without_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="no small speech encoder"):
        load_hearing(tmp_path)


def test_weights_cut_short_are_named(hearing: SmallHearing, tmp_path: Path) -> None:
    save_hearing(hearing, tmp_path)
    weights = tmp_path / "hearing.safetensors"
    weights.write_bytes(weights.read_bytes()[:-64])
    with pytest.raises(BadCheckpoint, match=r"hearing\.safetensors"):
        load_hearing(tmp_path)


def test_weights_of_another_shape_are_named(hearing: SmallHearing, tmp_path: Path) -> None:
    save_hearing(hearing, tmp_path)
    (tmp_path / "hearing.json").write_text('{"channels": 13, "width": 48}')
    with pytest.raises(BadCheckpoint, match="not of the shape"):
        load_hearing(tmp_path)
