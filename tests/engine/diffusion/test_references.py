"""Clean tokens beside a block's own: which, and at what times."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engine.diffusion.blocks import Block, Ends, partition
from engine.diffusion.references import (
    FACES,
    FaceReferences,
    FrameReferences,
    IdentityReferences,
    placed,
    sentinel,
)
from engine.diffusion.tokens import Scene, begins, coordinates
from engine.model.audio_attention import NO_LATENT

GRID = (3, 2)
FACE_HW = torch.tensor([[False, False], [False, True], [True, True]])
RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)]


def scene(latents: int, anew: set[int], rate: Fraction = Fraction(25)) -> Scene:
    """Latents whose values tell which they are; those in `anew` are made anew whole."""
    mask = torch.zeros(latents, *GRID, dtype=torch.bool)
    mask[sorted(anew)] = True
    clean = torch.arange(latents).float()[None, :, None, None].expand(4, latents, *GRID)
    return Scene(clean_CFHW=clean, mask_FHW=mask, strength_F=torch.ones(latents), rate=rate)


def faces(latents: int) -> Tensor:
    return FACE_HW.expand(latents, *GRID)


def block(start: int, width: int = 17, clip: int = 100) -> Block:
    return Block(start=start, width=width, clip=clip)


@given(st.sampled_from(RATES), st.integers(1, 400))
def test_sentinels_are_distinct_negative_and_no_frames_time(rate: Fraction, latents: int) -> None:
    clip = scene(latents, set(), rate)
    times = [sentinel(k, clip) for k in range(1, FACES + 1)]
    assert all(one > other for one, other in pairwise([0.0, *times]))
    assert not set(times) & {begins(latent, clip) for latent in range(latents)}


def test_a_sentinel_is_as_many_latents_before_the_start() -> None:
    assert sentinel(3, scene(1, set(), Fraction(24))) == -1.0


@st.composite
def footages(draw: st.DrawFn) -> tuple[list[bool], Block]:
    latents = draw(st.integers(1, 60))
    ends: Ends = draw(st.sampled_from(["clamped", "circular"]))
    blocks = partition(latents, draw(st.integers(0, 9)), 10, ends)
    footage = draw(st.lists(st.booleans(), min_size=latents, max_size=latents))
    return footage, draw(st.sampled_from(blocks))


@given(footages())
def test_a_block_takes_faces_from_its_own_footage_first(case: tuple[list[bool], Block]) -> None:
    footage, at = case
    own = {latent for latent in at.latents if footage[latent]}
    references = FaceReferences(scene=scene(at.clip, set()), face_FHW=faces(at.clip), footage=footage)
    chosen = references.chosen(at)
    assert list(chosen) == sorted(set(chosen))
    assert all(footage[latent] for latent in chosen)
    assert len(chosen) == min(FACES, sum(footage))
    assert own <= set(chosen) if len(own) <= FACES else set(chosen) <= own


def test_what_a_block_lacks_is_the_nearest_footage() -> None:
    footage = [latent in {2, 8, 11, 12, 40, 41, 90} for latent in range(100)]
    references = FaceReferences(scene=scene(100, set()), face_FHW=faces(100), footage=footage)
    assert references.chosen(block(12)) == (2, 8, 11, 12, 40, 41)


def test_a_latent_without_a_face_is_no_reference() -> None:
    face = faces(20).clone()
    face[:18] = False
    references = FaceReferences(scene=scene(20, set()), face_FHW=face, footage=[True] * 20)
    assert references.chosen(block(0, clip=20)) == (18, 19)


def test_face_tokens_are_clean_silent_and_of_the_lower_face_alone() -> None:
    footage = [latent in {3, 7} for latent in range(20)]
    clip = scene(20, set(range(20)), Fraction(8))
    tokens = FaceReferences(scene=clip, face_FHW=faces(20), footage=footage)(block(0, clip=20))
    assert tokens is not None
    assert tokens.values_SC[:, 0].tolist() == [3, 3, 3, 7, 7, 7]
    assert tokens.coords_3S.tolist() == [[-2, -2, -2, -1, -1, -1], [32, 64, 64] * 2, [32, 0, 32] * 2]
    assert tokens.sigma_S.tolist() == [0] * 6
    assert tokens.latent_S.tolist() == [NO_LATENT] * 6
    assert not bool(tokens.gate_S.any())


def test_without_any_footage_there_are_no_face_references() -> None:
    assert (
        FaceReferences(scene=scene(5, set()), face_FHW=faces(5), footage=[False] * 5)(block(0, 5, 5)) is None
    )


@pytest.mark.parametrize(("dt", "expected"), [(1, 1), (2, 2), (3, 3), (4, 3), (30, 3)])
def test_a_frame_reference_comes_no_nearer_than_it_is_and_no_farther_than_3(dt: int, expected: int) -> None:
    at = block(40)
    assert placed([40 - dt], at) == ((40 - dt, 40 - expected),)
    assert placed([56 + dt], at) == ((56 + dt, 56 + expected),)


@given(st.sets(st.integers(0, 99)), st.integers(0, 83))
def test_the_nearest_clean_latents_on_either_side_are_chosen(clean: set[int], start: int) -> None:
    at = block(start)
    before = {latent for latent in clean if latent < start}
    after = {latent for latent in clean if latent > at.latents[-1]}
    expected = [*sorted(before)[-1:], *sorted(after)[:1]]
    assert [latent for latent, _ in placed(clean, at)] == expected


@given(st.sets(st.integers(0, 59), max_size=40), st.integers(0, 59))
def test_times_of_frame_references_differ_from_each_other_and_from_the_blocks(
    clean: set[int], start: int
) -> None:
    at = block(start, clip=60)  # wraps from 44 on
    times = [time for _, time in placed(clean - set(at.latents), at)]
    assert len(set(times)) == len(times)
    assert not set(times) & set(at.latents)
    assert all(0 <= time < 60 for time in times)


def test_a_block_that_wraps_has_the_same_middle_before_and_after_it() -> None:
    assert placed([20, 30], block(52, clip=60)) == ((30, 49), (20, 11))
    assert placed([9], block(11, clip=20, width=17)) == ((9, 9),)


def test_frame_references_are_whole_clean_frames_at_their_times() -> None:
    clip = scene(40, set(range(1, 40)), Fraction(8))
    tokens = FrameReferences(scene=clip)(block(17, clip=40))
    assert tokens is not None
    assert tokens.values_SC[:, 0].tolist() == [0] * 6
    assert torch.equal(tokens.coords_3S, coordinates(clip, [14]))
    assert tokens.sigma_S.tolist() == [0] * 6


def test_a_block_with_anything_clean_has_no_frame_references() -> None:
    clip = scene(40, set(range(1, 40)))
    assert FrameReferences(scene=clip)(block(0, clip=40)) is None


def test_face_comes_before_frame() -> None:
    clip = scene(40, set(range(1, 40)))
    face = FaceReferences(scene=clip, face_FHW=faces(40), footage=[True] + [False] * 39)
    tokens = IdentityReferences(face=face, frame=FrameReferences(scene=clip))(block(17, clip=40))
    assert tokens is not None
    assert (tokens.coords_3S[0] < 0).tolist() == [True] * 3 + [False] * 6
