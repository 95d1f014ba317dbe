"""Regions made anew: pixels outside them are the source's own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_faces import installed_models
from filmed import SIZE
from studio import (
    BLANK,
    FACE,
    HEAD,
    LEFT_HALF,
    LIPS,
    PLANS,
    RATE,
    Studio,
    decoded,
    filmed_job,
    presenter,
    same_where,
)
from watched import watched

from engine.errors import MissingModel
from engine.face.mask import box_masks
from engine.media.decode import Sampling, open_reel
from engine.media.fingerprint import fingerprint
from engine.media.picture import same_picture
from engine.protocol import (
    Box,
    FaceRegion,
    Keep,
    Matte,
    Region,
)
from engine.render.regions import Regions, within_face


@pytest.mark.parametrize("grid", ["frame", "latent"])
@pytest.mark.parametrize("crop", [True, False])
def test_pixels_outside_the_region_are_the_sources_and_those_inside_are_new(
    studio: Studio, tmp_path: Path, crop: bool, grid: str
) -> None:
    job = studio.job(*PLANS["re-render"], crop=crop, grid=grid)
    seen = watched(job, tmp_path)
    inside = np.zeros(SIZE, bool)
    inside[4:28, 4:30] = True
    with open_reel(Path(job.footage.media), Sampling(offset=Fraction(0), rate=RATE)) as reel:
        for frame in range(6, 15):
            source = reel.picture(4 + frame)
            assert same_where(source, seen.pictures[frame], ~inside)
            assert not same_picture(source, seen.pictures[frame])


def test_a_matte_of_any_shape_is_kept_to(studio: Studio, tmp_path: Path) -> None:
    drawn = np.zeros(SIZE, np.uint8)
    cv2.circle(drawn, (40, 15), 12, 255, -1)
    path = tmp_path / "matte.png"
    cv2.imwrite(str(path), drawn)
    matte = Matte(path=str(path), fingerprint=fingerprint(path))
    job = studio.job(Keep(start=5, end=14, resync=True), region=matte, model=studio.silent)
    seen = watched(job, tmp_path)
    with open_reel(Path(job.footage.media), Sampling(offset=Fraction(0), rate=RATE)) as reel:
        for frame, picture in enumerate(seen.pictures):
            source = reel.picture(5 + frame)
            assert same_where(source, picture, drawn == 0)
            assert not np.array_equal(source.y[10:20, 35:45], picture.y[10:20, 35:45])


@pytest.mark.parametrize(("region", "crop"), [(LIPS, True), (FACE, False), (HEAD, True)])
def test_lips_face_and_head_are_made_anew_and_nothing_else(
    studio: Studio, tmp_path: Path, region: Region, crop: bool
) -> None:
    job = filmed_job(studio, tmp_path, presenter(9, size=(224, 168)), region=region, crop=crop)
    seen = watched(job, tmp_path / "out", installed_models())
    assert seen.finish is not None
    assert seen.take is not None
    assert seen.take.warnings == ()
    for frame, (source, made) in enumerate(zip(decoded(job), seen.pictures, strict=True)):
        mask = seen.mask(frame)
        assert mask is not None
        assert same_where(source, made, ~mask)
        assert np.mean(source.y[mask] != made.y[mask]) > 0.5
    assert (seen.finish.stage.crop.width == 224) == (not crop)


def test_the_lips_of_a_single_frame_are_made_anew(studio: Studio, tmp_path: Path) -> None:
    job = filmed_job(studio, tmp_path, presenter(1))
    (made,) = watched(job, tmp_path / "out", installed_models()).pictures
    assert not same_picture(made, decoded(job)[0])


def test_the_seam_lies_inside_the_region_and_is_soft(studio: Studio, tmp_path: Path) -> None:
    job = filmed_job(studio, tmp_path, presenter(3), region=Box(x=40, y=30, width=64, height=64))
    seen = watched(job, tmp_path / "out")
    source, made = decoded(job)[1].y.astype(int), seen.pictures[1].y.astype(int)
    change = np.abs(made - source)[30:94, 40:104]
    edge, inner = change[0].mean(), change[8:-8, 8:-8].mean()
    assert 0 < edge < inner / 2


def test_frames_without_a_face_keep_their_pixels_and_are_told(studio: Studio, tmp_path: Path) -> None:
    pictures = presenter(12)
    pictures[4:7] = [BLANK] * 3
    job = filmed_job(studio, tmp_path, pictures)
    seen = watched(job, tmp_path / "out", installed_models())
    changed = [not same_picture(one, other) for one, other in zip(decoded(job), seen.pictures, strict=True)]
    assert changed == [not 4 <= frame < 7 for frame in range(12)]
    assert seen.take is not None
    assert any("3 of the frames" in told and "frame 4 " in told for told in seen.take.warnings)


def test_where_no_face_is_seen_at_all_the_take_is_the_source(studio: Studio, tmp_path: Path) -> None:
    job = filmed_job(studio, tmp_path, [BLANK] * 3)
    seen = watched(job, tmp_path / "out", installed_models())
    assert all(same_picture(one, other) for one, other in zip(decoded(job), seen.pictures, strict=True))
    assert seen.take is not None
    assert any("3 of the frames" in told for told in seen.take.warnings)


@pytest.mark.parametrize("region", [LIPS, FACE, HEAD])
def test_without_the_face_models_a_region_of_the_face_is_refused(
    studio: Studio, tmp_path: Path, region: Region
) -> None:
    job = studio.job(*PLANS["re-render"], region=region)
    with pytest.raises(MissingModel, match=r"needs the face models.*python -m engine\.face\.models"):
        watched(job, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("within", "left"),
    [
        (None, False),
        (Box(x=0, y=0, width=160, height=180), True),
        (Box(x=160, y=0, width=240, height=180), False),
    ],
)
def test_of_two_faces_it_is_the_largest_or_the_one_that_is_named(
    studio: Studio, tmp_path: Path, within: Box | None, left: bool
) -> None:
    small, large = presenter(2, seed=5, size=(160, 120)), presenter(2, size=(240, 180))
    pictures = []
    for one, other in zip(small, large, strict=True):
        picture = np.full((180, 400, 3), 90, np.uint8)
        picture[30:150, :160], picture[:, 160:] = one, other
        pictures.append(picture)
    job = filmed_job(studio, tmp_path, pictures, region=FaceRegion(name="lips", within=within))
    seen = watched(job, tmp_path / "out", installed_models())
    for source, made in zip(decoded(job), seen.pictures, strict=True):
        columns = np.flatnonzero((source.y != made.y).any(axis=0))
        assert columns.size
        assert (columns.max() < 160) if left else (columns.min() >= 160)


def test_a_face_that_leaves_the_picture_is_followed_to_its_edge(studio: Studio, tmp_path: Path) -> None:
    pictures = []
    for number, picture in enumerate(presenter(17)):
        moved = np.full_like(picture, 90)
        across = min(10 * number, 159)
        moved[:, across:] = picture[:, : 160 - across]
        pictures.append(moved)
    job = filmed_job(studio, tmp_path, pictures)
    seen = watched(job, tmp_path / "out", installed_models())
    gone = [seen.mask(frame) is None for frame in range(17)]
    assert (gone[0], gone[-1]) == (False, True)
    for frame, (source, made) in enumerate(zip(decoded(job), seen.pictures, strict=True)):
        mask = seen.mask(frame)
        assert same_picture(source, made) if mask is None else same_where(source, made, ~mask)


@pytest.mark.parametrize(("region", "looked"), [(LEFT_HALF, False), (LIPS, True)])
def test_faces_are_looked_for_only_where_something_hangs_on_them(
    studio: Studio, tmp_path: Path, region: Region, looked: bool
) -> None:
    job = filmed_job(studio, tmp_path, presenter(2), region=region)
    seen = watched(job, tmp_path / "out", installed_models())
    assert any(step.phase == "look" for step in seen.told) == looked
    assert seen.take is not None
    assert len(seen.take.faces) == 2


def test_within_a_face_ends_where_the_face_does() -> None:
    """The box around a jaw holds neck and backdrop too, which are not the face's to make anew."""
    around = np.linspace(0, 6.2, 40)
    round_face = np.stack([32 + 12 * np.cos(around), 24 + 12 * np.sin(around)], axis=1).astype(np.float32)
    box = Box(x=14, y=20, width=36, height=26)
    regions = Regions(masks=box_masks(box, 3, (48, 64)), wanted=(True, True), lead_in=1)
    shown = within_face(regions, (round_face, None))
    rows, columns = np.nonzero(shown.masks.at(1))
    assert np.hypot(rows - 24, columns - 32).max() < 14
    assert len(rows) > 200
    without_a_face = shown.masks.at(2)
    assert without_a_face.sum() > shown.masks.at(1).sum()
