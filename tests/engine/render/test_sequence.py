"""The edit as a sequence of latents: which of them are made anew, and from which noise level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
import pytest
import torch
from filmed import drifting, film
from hypothesis import given
from hypothesis import strategies as st
from tiny_diffusion import tiny_autoencoder
from torch import Tensor

from engine.diffusion.latent_grid import frames_of, latent_course, latent_of, latents_for
from engine.media.crop import Crop
from engine.media.decode import Reel, Sampling, open_reel
from engine.media.rgb import ColourMatrix
from engine.model.autoencoder import Frame, LtxAutoencoder
from engine.protocol import Add, EditPlan, Keep, Ratio, Retime, Span
from engine.render.course import course_of
from engine.render.film import Film
from engine.render.flow import opencv_in_one_thread
from engine.render.sequence import SHOWN, FrameSequence, LatentSequence
from engine.render.stage import Stage
from engine.render.storyboard import Storyboard, storyboard_of

RATE = Fraction(25)
FRAMES = 60
SIZE = (32, 64)


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reel]:
    path = film(tmp_path_factory.mktemp("film") / "clip.mkv", drifting(FRAMES, SIZE))
    with open_reel(path, Sampling(offset=Fraction(0), rate=RATE)) as opened, opencv_in_one_thread():
        yield opened


def drawn(reel: Reel, *spans: Span, bridge: int = 3) -> tuple[Film, Storyboard, EditPlan]:
    plan = EditPlan(rate=Ratio.of(RATE), spans=spans)
    course = course_of(plan, 0, FRAMES, bridge)
    made = Film(course=course, reel=reel, footage=(0, FRAMES), rate=RATE)
    return made, storyboard_of(plan, course, bridge), plan


def framed(reel: Reel, *spans: Span, bridge: int = 3) -> FrameSequence:
    made, board, _ = drawn(reel, *spans, bridge=bridge)
    return FrameSequence(film=made, board=board)


def latent(reel: Reel, *spans: Span) -> LatentSequence:
    made, _, plan = drawn(reel, *spans)
    return LatentSequence(film=made, course=latent_course(plan))


def test_a_picture_that_words_are_added_after_stays_clean_for_the_model_to_begin_with(reel: Reel) -> None:
    """`pickup animate`: its first frame is a condition."""
    sequence = framed(reel, Keep(start=0, end=1), Add(frames=20, speech=0), bridge=0)
    assert sequence.levels == (0.0, 1.0, 1.0, 1.0)


def test_around_new_words_only_latents_that_may_be_rewritten_are_noised(reel: Reel) -> None:
    kept_before, kept_after = Keep(start=0, end=17), Keep(start=17, end=41)
    sequence = framed(reel, kept_before, Add(frames=16, speech=0), kept_after, bridge=0)
    assert sequence.levels == (0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0)


def test_frames_that_fade_from_new_to_kept_lie_in_latents_that_are_noised(reel: Reel) -> None:
    sequence = framed(reel, Keep(start=0, end=17), Add(frames=16, speech=0), Keep(start=17, end=41), bridge=5)
    showing = {frame for frame, weight in enumerate(sequence.board.whole) if weight}
    noised = {frame for at, level in enumerate(sequence.levels) if level for frame in frames_of(at)}
    assert showing <= noised
    assert sequence.levels[0] == sequence.levels[-1] == 0.0
    assert all(0 < sequence.levels[at] < 1 for at in (2, 5))  # kept, and seen through the fade


@given(
    lengths=st.lists(st.integers(1, 14), min_size=1, max_size=5),
    kinds=st.lists(st.sampled_from(["keep", "cut", "add", "slower"]), min_size=5, max_size=5),
    bridge=st.integers(0, 9),
)
def test_whatever_the_plan_what_is_seen_of_generated_pictures_was_noised(
    reel: Reel, lengths: list[int], kinds: list[str], bridge: int
) -> None:
    spans: list[Span] = []
    at = 0
    for length, kind in zip(lengths, kinds, strict=False):
        if kind == "add":
            spans.append(Add(frames=length, speech=0))
        elif kind == "slower":
            spans.append(Retime(start=at, end=at + length, frames=2 * length))
        else:
            at += 3 * (kind == "cut")
            spans.append(Keep(start=at, end=at + length))
        at += length * (kind != "add")
    sequence = framed(reel, *spans, bridge=bridge)
    board = sequence.board
    assert len(sequence.levels) == latents_for(board.frames)
    noise = [sequence.levels[latent_of(frame)] for frame in range(board.frames)]
    assert all(level > 0 for level, weight in zip(noise, board.whole, strict=True) if weight)
    assert all(level == 1 for level, new in zip(noise, board.new, strict=True) if new)


def test_either_side_of_a_removal_is_noised_less_farther_out(reel: Reel) -> None:
    sequence = framed(reel, Keep(start=0, end=25), Keep(start=33, end=58))
    assert sequence.levels == (0.0, 0.0, 0.8, 1.0, 1.0, 0.8, 0.0, 0.0)


def test_another_pace_is_half_noised_and_so_is_what_it_fades_into(reel: Reel) -> None:
    sequence = framed(reel, Keep(start=0, end=9), Retime(start=9, end=17, frames=16), Keep(start=17, end=33))
    assert sequence.levels == (0.0, SHOWN, SHOWN, SHOWN, SHOWN, 0.0)


def test_the_frame_grid_shows_all_that_is_decoded_but_padding(reel: Reel) -> None:
    assert framed(reel, Keep(start=0, end=13)).shown == slice(0, 13)


def test_the_latent_grid_keeps_the_sources_latents_and_adds_new_ones(reel: Reel) -> None:
    vae = LtxAutoencoder(tiny_autoencoder())
    stage = Stage.of(
        Crop(left=0, top=0, width=SIZE[1], height=SIZE[0]), ColourMatrix.of(reel.format), vae.spatial
    )
    whole = latent(reel, Keep(start=0, end=41)).clean(vae, stage.frame)
    cut = latent(reel, Keep(start=0, end=17), Add(frames=8, speech=0), Keep(start=25, end=41))
    made = cut.clean(vae, stage.frame)
    assert cut.levels == (0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    assert made[:, [0, 1, 2, 4, 5]].equal(whole[:, [0, 1, 2, 4, 5]])
    assert not made[:, 3].any()


def test_both_grids_encode_a_kept_clip_alike(reel: Reel) -> None:
    vae = LtxAutoencoder(tiny_autoencoder())
    stage = Stage.of(
        Crop(left=0, top=0, width=SIZE[1], height=SIZE[0]), ColourMatrix.of(reel.format), vae.spatial
    )
    kept = Keep(start=2, end=15)
    one, other = (grid(reel, kept).clean(vae, stage.frame) for grid in (framed, latent))
    assert one[:, :2].equal(other[:, :2])  # the last latent holds frames beyond the take


class Elsewhere:
    """An autoencoder on another device than the CPU."""

    def encode(self, frames: Iterable[Frame]) -> Tensor:
        count = sum(1 for _ in frames)
        return torch.empty(8, latents_for(count), 1, 2, device="meta")


def test_latents_are_taken_out_and_put_in_where_the_model_is(reel: Reel) -> None:
    sequence = latent(reel, Keep(start=0, end=17), Add(frames=8, speech=0), Keep(start=25, end=41))
    made = sequence.clean(Elsewhere(), lambda picture: np.zeros((1, 1, 3), np.float32))
    assert (made.device.type, made.shape) == ("meta", (8, 6, 1, 2))
