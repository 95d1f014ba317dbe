"""The mark of new words that nobody allows: where it lies in a draft, and where no sample changes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from consents import ALLOWED
from drawn_faces import film, installed_models, portrait, speaking
from msgspec.structs import replace
from tiny import RATE, make_media

from engine.errors import ConsentMissing
from engine.face.models import FaceModels
from engine.media.decode import Sampling, open_reel
from engine.media.fingerprint import fingerprint
from engine.media.picture import Picture, same_picture
from engine.protocol import (
    Add,
    Box,
    Dub,
    EditPlan,
    FaceRegion,
    Footage,
    Keep,
    Ratio,
    Render,
    Span,
    Speech,
    Take,
)
from engine.render.course import course_of
from engine.render.film import Film
from engine.render.flow import opencv_in_one_thread
from engine.render.mark import Marking, marked
from engine.render.renderer import render

SPANS = (Keep(start=20, end=50), Add(frames=12, speech=0), Keep(start=50, end=80))
NEW = range(30, 42)  # of the take's frames
MOUTH = Box(x=60, y=40, width=48, height=36)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_media(tmp_path_factory.mktemp("media") / "clip.mov")


def job(media: Path, *spans: Span, frames: int = 100) -> Render:
    fingered = fingerprint(media)
    return Render(
        footage=Footage(media=str(media), fingerprint=fingered, offset=Ratio(num=0), first=0, last=frames),
        plan=EditPlan(rate=Ratio(num=RATE), spans=spans or SPANS, handles=(2, 2)),
        bridge=4,
        speech=(Speech(path=str(media), fingerprint=fingered, start=0, end=40),),
        region=MOUTH,
    )


def pictures(wanted: Render, faces: FaceModels | None = None) -> tuple[list[Picture], list[Picture]]:
    """Those of the take without the mark and with it, before ProRes."""
    footage, rate = wanted.footage, wanted.plan.rate.exact
    course = course_of(wanted.plan, footage.first, footage.last, wanted.bridge)
    with (
        open_reel(Path(footage.media), Sampling(offset=Fraction(0), rate=rate)) as reel,
        opencv_in_one_thread(),
    ):
        shown = Film(course=course, reel=reel, footage=(footage.first, footage.last), rate=rate)
        plain = list(shown.pictures())
        return plain, list(Marking.of(wanted, shown, faces).burnt_into(shown.pictures()))


def changed(plain: Picture, other: Picture) -> np.ndarray:
    """Where a sample differs, in pixels."""
    luma = plain.y != other.y
    chroma = (plain.u != other.u) | (plain.v != other.v)
    return luma | np.repeat(chroma, 2, axis=1)


def rendered(wanted: Render, folder: Path) -> Take:
    return render(wanted, folder, lambda _: None)


# ---------------------------------------------------------------------------------------- which frames


def test_frames_that_are_not_new_are_untouched(media: Path) -> None:
    plain, shown = pictures(job(media))
    kept = [frame for frame in range(len(plain)) if frame not in NEW]
    assert all(same_picture(plain[frame], shown[frame]) for frame in kept)


def test_each_new_frame_is_marked_all_over(media: Path) -> None:
    plain, shown = pictures(job(media))
    for frame in NEW:
        there = changed(plain[frame], shown[frame])
        rows, columns = (np.flatnonzero(there.any(axis=axis)) for axis in (1, 0))
        height, width = there.shape
        assert rows[0] < height / 4 < 3 * height / 4 < rows[-1]
        assert columns[0] < width / 4 < 3 * width / 4 < columns[-1]


def test_of_a_dub_the_shown_frames_are_marked_within_the_region_alone(media: Path) -> None:
    dubbed = replace(job(media, Keep(start=20, end=60, resync=True)), dub=Dub())
    plain, shown = pictures(dubbed)
    box = np.zeros(plain[0].y.shape, np.bool_)
    box[MOUTH.y : MOUTH.y + MOUTH.height, MOUTH.x : MOUTH.x + MOUTH.width] = True
    for frame, (one, other) in enumerate(zip(plain, shown, strict=True)):
        there = changed(one, other)
        assert not there[~box].any()
        assert there.any() == (2 <= frame < len(plain) - 2)


def test_a_dub_is_marked_on_the_face(tmp_path: Path) -> None:
    faces = installed_models()
    media = make_media(tmp_path / "face.mov", seconds=2, pictures=speaking(7, "a b a b a b").pictures[:20])
    dubbed = replace(
        job(media, Keep(start=0, end=20, resync=True), frames=20), dub=Dub(), region=FaceRegion(name="lips")
    )
    plain, shown = pictures(dubbed, faces)
    there = changed(plain[10], shown[10])
    height, width = there.shape
    assert there.any()
    assert not there[: height // 3].any()  # the eyes
    assert there.sum() < height * width / 8


def test_where_no_face_is_found_all_of_the_picture_is_marked(media: Path) -> None:
    dubbed = replace(
        job(media, Keep(start=20, end=60, resync=True)), dub=Dub(), region=FaceRegion(name="lips")
    )
    plain, shown = pictures(dubbed)
    there = changed(plain[10], shown[10])
    assert there[:30].any()
    assert there[-30:].any()


# ---------------------------------------------------------------------------------------- how it looks


def test_outside_of_a_mask_of_any_shape_no_sample_changes() -> None:
    picture = film(portrait())
    rows, columns = np.mgrid[0 : picture.y.shape[0], 0 : picture.y.shape[1]]
    mask = np.hypot(rows - 151, columns - 133) < 47
    there = changed(picture, marked(picture, mask))
    assert there.any()
    luma = picture.y != marked(picture, mask).y
    assert not luma[~mask].any()
    pairs = mask[:, ::2] & mask[:, 1::2]
    assert not (picture.u != marked(picture, mask).u)[~pairs].any()


@pytest.mark.parametrize("code", [64, 300, 600, 940], ids=["black", "dark", "bright", "white"])
def test_it_stands_out_from_any_picture(code: int) -> None:
    flat = np.full((270, 480), code, np.uint16)
    grey = np.full((270, 240), 512, np.uint16)
    other = marked(Picture(y=flat, u=grey, v=grey), None).y.astype(int)
    assert np.abs(other - code).max() > 150
    assert 0.02 < (np.abs(other - code) > 60).mean() < 0.3


@pytest.mark.parametrize("size", [(2, 2), (9, 16), (48, 64), (64, 20)])
def test_a_picture_too_small_for_words_is_striped(size: tuple[int, int]) -> None:
    height, width = size
    flat, grey = np.full(size, 500, np.uint16), np.full((height, width // 2), 512, np.uint16)
    assert (marked(Picture(y=flat, u=grey, v=grey), None).y != 500).any()


# ---------------------------------------------------------------------------------------- the take


def test_a_marked_take_says_so(media: Path, tmp_path: Path) -> None:
    take = rendered(job(media), tmp_path)
    assert (take.marked, take.consent) == (True, ())
    assert any("NO CONSENT" in warning for warning in take.warnings)


def test_with_consent_the_same_take_has_no_mark(media: Path, tmp_path: Path) -> None:
    unmarked = rendered(replace(job(media), consent=ALLOWED), tmp_path / "one")
    assert (unmarked.marked, unmarked.consent) == (False, ALLOWED)
    assert not any("CONSENT" in warning for warning in unmarked.warnings)
    assert unmarked.content_sha256 != rendered(job(media), tmp_path / "other").content_sha256


def test_a_removal_is_not_marked(media: Path, tmp_path: Path) -> None:
    take = rendered(job(media, Keep(start=20, end=40), Keep(start=50, end=70)), tmp_path)
    assert (take.marked, take.consent) == (False, ())


@pytest.mark.parametrize("renderer", ["demo", "edityourself"])
def test_a_renderer_that_leaves_no_mark_renders_nothing(media: Path, tmp_path: Path, renderer: str) -> None:
    with pytest.raises(ConsentMissing, match=f"the {renderer} renderer"):
        rendered(replace(job(media), renderer=renderer), tmp_path)
    assert list(tmp_path.iterdir()) == []
