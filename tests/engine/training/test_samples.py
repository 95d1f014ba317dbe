"""Clips to train on: refused where they would train the wrong thing, and in an order that is reproducible."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_clips import tiny_clip

from engine.training.errors import BadSamples
from engine.training.samples import NOISE, WEIGHTS, Batches, generator

COUNTS = st.lists(st.sampled_from([12, 24, 36]), min_size=12, max_size=40).map(tuple)


@given(COUNTS, st.integers(1, 4), st.integers(0, 5))
def test_a_batch_has_one_token_count_and_an_epoch_no_clip_twice(
    counts: tuple[int, ...], size: int, seed: int
) -> None:
    epoch = Batches(counts=counts, size=size, seed=seed).epoch(0)
    assert {len({counts[clip] for clip in batch}) for batch in epoch} == {1}
    assert {len(batch) for batch in epoch} == {size}
    seen = list(chain.from_iterable(epoch))
    assert len(seen) == len(set(seen))


def test_an_epoch_leaves_out_only_what_fills_no_batch() -> None:
    epoch = Batches(counts=(8,) * 7 + (16,) * 4, size=2, seed=0).epoch(3)
    assert len(epoch) == 3 + 2


def test_each_epoch_is_shuffled_anew_and_each_seed_differently() -> None:
    batches = Batches(counts=(8,) * 16, size=2, seed=0)
    assert batches.epoch(0) == batches.epoch(0)
    assert batches.epoch(0) != batches.epoch(1)
    assert batches.epoch(0) != Batches(counts=(8,) * 16, size=2, seed=1).epoch(0)


def test_batches_are_numbered_through_all_epochs() -> None:
    batches = Batches(counts=(8,) * 6, size=2, seed=0)
    assert [batches[number] for number in range(6)] == [*batches.epoch(0), *batches.epoch(1)]


def test_too_few_clips_for_a_batch_are_refused() -> None:
    with pytest.raises(BadSamples, match=r"3 clips do not fill one batch of 2 .* a smaller batch"):
        Batches(counts=(8, 16, 24), size=2, seed=0)


def test_a_mask_of_another_grid_is_refused() -> None:
    with pytest.raises(BadSamples, match="does not fit"):
        replace(tiny_clip(), mask_FHW=torch.ones(3, 2, 3, dtype=torch.bool))


def test_audio_of_another_length_is_refused() -> None:
    clip = tiny_clip(latents=3)
    assert clip.windows_NKLA is not None
    with pytest.raises(BadSamples, match="16 audio windows for 3 latents, which are 17 frames"):
        replace(clip, windows_NKLA=clip.windows_NKLA[:-1])


def test_a_clip_without_a_masked_token_is_refused() -> None:
    with pytest.raises(BadSamples, match="teaches nothing"):
        replace(tiny_clip(), mask_FHW=torch.zeros(3, 2, 2, dtype=torch.bool))


def test_randomness_depends_on_seed_number_and_purpose() -> None:
    drawn = {
        float(torch.rand((), generator=generator(seed, number, purpose)))
        for seed in (0, 1)
        for number in (0, 1)
        for purpose in (NOISE, WEIGHTS)
    }
    assert len(drawn) == 8
