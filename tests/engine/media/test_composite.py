"""What is outside the mask stays to the bit; what is inside meets it without a seam."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.media.composite import UNMATCHED, Inset, Mask, Seam, composite, crossfaded
from engine.media.decode import every_picture
from engine.media.picture import Picture, same_picture


def noise(shape: tuple[int, int], seed: int, low: int = 4, high: int = 1020) -> Picture:
    rng = np.random.default_rng(seed)
    rows, columns = shape
    y, u, v = (rng.integers(low, high, (rows, width), np.uint16) for width in (columns, *[columns // 2] * 2))
    return Picture(y=y, u=u, v=v)


def flat(shape: tuple[int, int], code: int) -> Picture:
    return noise(shape, 0, code, code + 1)


def boxed(shape: tuple[int, int], top: int, bottom: int, left: int, right: int) -> Mask:
    mask = np.zeros(shape, np.bool_)
    mask[top:bottom, left:right] = True
    return mask


def pairs(mask: Mask) -> Mask:
    """The samples of chroma both of whose columns are in the mask."""
    return np.asarray(mask[:, ::2] & mask[:, 1::2], np.bool_)


SHAPES = st.tuples(st.integers(1, 24), st.integers(1, 12).map(lambda half: 2 * half))
MASKS = SHAPES.flatmap(lambda shape: arrays(np.bool_, shape))
SEAMS = st.builds(Seam, weight=st.sampled_from([0.0, 0.4, 1.0]), feather=st.integers(0, 9) | st.none())
FULL_SEAMS = st.builds(Seam, feather=st.integers(0, 9) | st.none())


@given(mask=MASKS, seam=SEAMS, seed=st.integers(0, 99), matched=st.booleans())
def test_outside_the_mask_every_sample_is_the_sources(
    mask: Mask, seam: Seam, seed: int, matched: bool
) -> None:
    source, rendered = noise(mask.shape, seed), noise(mask.shape, seed + 100)
    inset = Inset.of(mask, seam)
    matches = inset.match(source, rendered) if matched else (UNMATCHED,) * 3

    result = inset.composite(source, rendered, matches)

    assert np.array_equal(result.y[~mask], source.y[~mask])
    for now, before in ((result.u, source.u), (result.v, source.v)):
        assert np.array_equal(now[~pairs(mask)], before[~pairs(mask)])


@given(mask=MASKS, seed=st.integers(0, 99))
def test_without_a_feather_every_sample_inside_is_the_rendered_one(mask: Mask, seed: int) -> None:
    source, rendered = noise(mask.shape, seed), noise(mask.shape, seed + 100)
    result = Inset.of(mask, Seam(feather=0)).composite(source, rendered)
    assert np.array_equal(result.y[mask], rendered.y[mask])
    assert np.array_equal(result.u[pairs(mask)], rendered.u[pairs(mask)])
    assert np.array_equal(result.v[pairs(mask)], rendered.v[pairs(mask)])


@given(mask=MASKS, seam=SEAMS, seed=st.integers(0, 99))
def test_every_sample_lies_between_the_two(mask: Mask, seam: Seam, seed: int) -> None:
    source, rendered = noise(mask.shape, seed), noise(mask.shape, seed + 100)
    result = Inset.of(mask, seam).composite(source, rendered)
    for now, one, other in zip(result.planes, source.planes, rendered.planes, strict=True):
        assert (now >= np.minimum(one, other)).all()
        assert (now <= np.maximum(one, other)).all()


@given(shape=SHAPES, seam=FULL_SEAMS)
def test_a_mask_of_all_gives_the_rendered_picture(shape: tuple[int, int], seam: Seam) -> None:
    rendered = noise(shape, 2)
    assert same_picture(
        Inset.of(np.ones(shape, np.bool_), seam).composite(noise(shape, 1), rendered), rendered
    )


@given(shape=SHAPES, seam=SEAMS)
def test_a_mask_of_nothing_gives_the_source_itself(shape: tuple[int, int], seam: Seam) -> None:
    source, rendered = noise(shape, 1), noise(shape, 2)
    inset = Inset.of(np.zeros(shape, np.bool_), seam)
    assert inset.composite(source, rendered, inset.match(source, rendered)) is source


@given(mask=MASKS, seam=SEAMS)
def test_the_same_picture_rendered_is_the_same_picture(mask: Mask, seam: Seam) -> None:
    source = noise(mask.shape, 1)
    inset = Inset.of(mask, seam)
    assert same_picture(inset.composite(source, source, inset.match(source, source)), source)


def test_the_sources_picture_is_not_written_into() -> None:
    source, rendered = noise((40, 60), 1), noise((40, 60), 2)
    kept = noise((40, 60), 1)
    Inset.of(boxed((40, 60), 5, 30, 7, 50)).composite(source, rendered)
    assert same_picture(source, kept)


def test_the_seam_rises_from_the_edge_inward() -> None:
    shape = (64, 96)
    inset = Inset.of(boxed(shape, 8, 56, 10, 90), Seam(feather=8))
    row = inset.composite(flat(shape, 200), flat(shape, 600)).y[32].astype(int)
    assert (row[:10] == 200).all()
    assert (row[18:82] == 600).all()
    rise = np.diff(row[9:19])
    assert (rise > 0).all()
    assert rise.max() < 80
    assert row[10] - 200 < 20
    assert np.array_equal(row[10:90], row[10:90][::-1])


def test_at_the_pictures_end_there_is_no_seam() -> None:
    shape = (64, 96)
    inset = Inset.of(boxed(shape, 20, 64, 30, 96), Seam(feather=8))
    result = inset.composite(flat(shape, 200), flat(shape, 600))
    assert result.y[-1, -1] == result.u[-1, -1] == 600


def test_a_mask_slimmer_than_its_seam_shows_the_rendered_picture_at_its_middle() -> None:
    shape = (64, 96)
    inset = Inset.of(boxed(shape, 30, 35, 40, 45), Seam(feather=16))
    assert inset.composite(flat(shape, 200), flat(shape, 600)).y[32, 42] == 600


def test_a_lone_column_of_a_pair_leaves_chroma_alone() -> None:
    shape = (8, 12)
    result = Inset.of(boxed(shape, 0, 8, 5, 8), Seam(feather=0)).composite(flat(shape, 200), flat(shape, 600))
    assert result.y[0].tolist() == [200] * 5 + [600] * 3 + [200] * 4
    assert result.u[0].tolist() == [200] * 3 + [600] + [200] * 2


@pytest.mark.parametrize(("gain", "offset"), [(1.0, 20), (0.95, 10), (1.05, -30)])
def test_a_rendered_picture_of_other_colours_is_given_the_sources(gain: float, offset: int) -> None:
    shape = (90, 160)
    source = noise(shape, 1, 300, 620)
    y, u, v = (np.rint(plane * gain + offset).astype(np.uint16) for plane in source.planes)
    inset = Inset.of(boxed(shape, 20, 80, 30, 130))
    match = inset.match(source, rendered := Picture(y=y, u=u, v=v))
    for now, before in zip(inset.composite(source, rendered, match).planes, source.planes, strict=True):
        assert np.abs(now.astype(int) - before).max() <= 2


def test_colours_are_compared_inside_the_mask_alone() -> None:
    shape = (90, 160)
    mask = boxed(shape, 20, 80, 30, 130)
    source, rendered = noise(shape, 1, 300, 620), noise(shape, 2, 300, 620)
    other = Picture(y=np.where(mask, rendered.y, 0).astype(np.uint16), u=rendered.u, v=rendered.v)
    inset = Inset.of(mask)
    assert inset.match(source, other) == inset.match(source, rendered)


@given(low=st.integers(4, 900), span=st.integers(1, 119), seed=st.integers(0, 9))
def test_a_match_is_bounded(low: int, span: int, seed: int) -> None:
    shape = (40, 60)
    inset = Inset.of(boxed(shape, 8, 30, 10, 50))
    source, rendered = noise(shape, seed), noise(shape, seed + 1, low, low + span)
    middle = low + (span - 1) / 2
    for gain, offset in inset.match(source, rendered):
        assert 0.9 <= gain <= 1.1
        assert abs(gain * middle + offset - middle) <= 40 + 0.1 * span


def test_a_matched_code_is_one_that_a_picture_may_hold() -> None:
    shape = (40, 60)
    inset = Inset.of(np.ones(shape, np.bool_))
    for code, offset, held in ((1010, 40.0, 1019), (8, -40.0, 4)):
        result = inset.composite(flat(shape, 500), flat(shape, code), ((1.0, offset),) * 3)
        assert (result.y[0, 0], result.v[0, 0]) == (held, held)


def test_a_plain_ring_says_nothing_of_contrast() -> None:
    shape = (40, 60)
    matches = Inset.of(boxed(shape, 8, 30, 10, 50)).match(flat(shape, 300), flat(shape, 310))
    assert matches == ((1.0, -10.0),) * 3


def test_a_mask_of_all_has_no_ring_to_match_by() -> None:
    shape = (40, 60)
    assert Inset.of(np.ones(shape, np.bool_)).match(noise(shape, 1), noise(shape, 2)) == (UNMATCHED,) * 3


def test_what_moves_through_the_ring_does_not_change_the_match() -> None:
    shape = (90, 160)
    source = noise(shape, 1, 400, 480)
    y, u, v = (plane + np.uint16(10) for plane in source.planes)
    moved = y.copy()
    moved[60:] = 900
    inset = Inset.of(boxed(shape, 20, 80, 30, 130))
    luma, _, _ = inset.match(source, Picture(y=moved, u=u, v=v))
    assert luma == pytest.approx((1, -10))


def test_a_region_that_comes_or_goes_has_less_weight() -> None:
    shape = (64, 96)
    mask = boxed(shape, 8, 56, 10, 90)
    source, rendered = flat(shape, 200), flat(shape, 600)
    row = Inset.of(mask, Seam(weight=0.5, feather=8)).composite(source, rendered).y[32]
    assert (row[:10] == 200).all()
    assert (row[18:82] == 400).all()
    assert composite(source, rendered, mask, Seam(weight=0.0)) is source


def test_colours_are_matched_to_the_sources() -> None:
    shape = (64, 96)
    mask = boxed(shape, 8, 56, 10, 90)
    source, rendered = flat(shape, 400), flat(shape, 420)
    assert same_picture(composite(source, rendered, mask), source)
    assert Inset.of(mask).composite(source, rendered).y[32, 40] == 420


@pytest.mark.parametrize("shape", [(1920, 1080), (1081, 1922), (99, 130), (1, 2)])
def test_portrait_and_odd_sizes_are_composited(shape: tuple[int, int]) -> None:
    rows, columns = shape
    mask = boxed(shape, rows // 3, rows // 3 * 2 + 1, columns // 4, columns)
    source, rendered = noise(shape, 1), noise(shape, 2)
    inset = Inset.of(mask)
    result = inset.composite(source, rendered, inset.match(source, rendered))
    assert np.array_equal(result.y[~mask], source.y[~mask])
    assert not np.array_equal(result.y, source.y)


def test_decoded_pictures_whose_lines_are_padded_are_composited(tmp_path: Path) -> None:
    shape = (66, 98)
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 98, 66, "yuv422p10le"
        container.mux(stream.encode(av.VideoFrame(98, 66, "yuv422p10le")))
        container.mux(stream.encode(None))
    (decoded,) = every_picture(tmp_path / "a.mkv")
    mask, other = boxed(shape, 10, 50, 11, 80), noise(shape, 1)
    inset = Inset.of(mask, Seam(feather=3))
    assert np.array_equal(inset.composite(other, decoded).y[30, 20:70], decoded.y[30, 20:70])
    assert np.array_equal(
        inset.composite(decoded, other, inset.match(decoded, other)).y[~mask], decoded.y[~mask]
    )


def test_a_picture_of_another_size_than_the_mask_is_a_mistake() -> None:
    inset = Inset.of(np.ones((8, 8), np.bool_))
    with pytest.raises(ValueError, match=r"\(8, 10\) under a mask of \(8, 8\)"):
        inset.composite(noise((8, 8), 1), noise((8, 10), 2))


@settings(max_examples=20)
@given(share=st.floats(0, 1))
def test_crossfaded_pictures_lie_between_the_two(share: float) -> None:
    source, rendered = flat((6, 8), 200), flat((6, 8), 600)
    for plane in crossfaded(source, rendered, share).planes:
        assert np.abs(plane - (200 + 400 * share)).max() <= 0.5 + 1e-3


def test_crossfaded_wholly_it_is_the_picture_itself() -> None:
    source, rendered = flat((6, 8), 200), flat((6, 8), 600)
    assert crossfaded(source, rendered, 0.0) is source
    assert crossfaded(source, rendered, 1.0) is rendered
