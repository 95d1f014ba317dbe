"""The draft renderer on a clip of its own making: what it must not touch, and what it says."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from consents import ALLOWED
from tiny import RATE, make_media

from engine.errors import BadMedia, TruncatedMedia
from engine.media.decode import Sampling, open_reel
from engine.media.encode import read_content
from engine.media.fingerprint import fingerprint
from engine.media.picture import same_picture
from engine.protocol import Add, EditPlan, Footage, Keep, Progress, Ratio, Render, Retime, Span, Speech, Take
from engine.render.course import course_of
from engine.render.drawing import Drawing
from engine.render.flow import opencv_in_one_thread
from engine.render.renderer import render


def job(
    media: Path, *spans: Span, handles: tuple[int, int] = (2, 2), speech: tuple[Speech, ...] = ()
) -> Render:
    footage = Footage(
        media=str(media),
        fingerprint=fingerprint(media),
        offset=Ratio(num=0),
        first=0,
        last=100,
        timecode=900_000,
    )
    plan = EditPlan(rate=Ratio(num=RATE), spans=spans, handles=handles)
    return Render(footage=footage, plan=plan, bridge=4, speech=speech, consent=ALLOWED)


def rendered(wanted: Render, folder: Path) -> Take:
    return render(wanted, folder, lambda _: None)


@pytest.fixture
def media(tmp_path: Path) -> Path:
    return make_media(tmp_path / "clip.mov")


REMOVAL = Keep(start=20, end=40), Keep(start=50, end=70)


def test_frames_that_the_edit_does_not_touch_equal_the_decoded_source(media: Path) -> None:
    wanted = job(media, *REMOVAL)
    sampling = Sampling(offset=Fraction(0), rate=Fraction(RATE))
    course = course_of(wanted.plan, 0, 100, wanted.bridge)
    with open_reel(media, sampling) as reel, open_reel(media, sampling) as source, opencv_in_one_thread():
        with Drawing(course, reel, (0, 100), sampling.rate) as drawing:
            (bridge,) = drawing.bridges()
            pictures = list(drawing.pictures())
        for at, position in enumerate(course.positions):
            if not bridge.start <= at < bridge.end:
                assert same_picture(pictures[at], source.picture(int(position)))


def test_a_removal_keeps_the_sources_lips(media: Path, tmp_path: Path) -> None:
    assert rendered(job(media, *REMOVAL), tmp_path).lip_sync == "source"


def test_the_take_has_the_planned_frames_and_their_sound(media: Path, tmp_path: Path) -> None:
    take = rendered(job(media, *REMOVAL), tmp_path)
    content = read_content(Path(take.path))
    assert (take.frames, content.frames, content.samples) == (40, 40, 40 * 48000 // RATE)
    assert take.source_range == (2, 36)


def test_the_take_carries_the_sources_timecode(media: Path, tmp_path: Path) -> None:
    assert rendered(job(media, *REMOVAL), tmp_path).timecode == 900_020


def test_new_words_are_shown_and_marked_as_not_lip_synced(media: Path, tmp_path: Path) -> None:
    line = Speech(path=str(media), fingerprint=fingerprint(media), start=0, end=40)
    spans = Keep(start=20, end=50), Add(frames=12, speech=0), Keep(start=50, end=80)
    take = rendered(job(media, *spans, speech=(line,)), tmp_path)
    assert (take.frames, take.lip_sync) == (72, "none")


@pytest.mark.parametrize("frames", [1, 7, 20, 45])
def test_a_retime_has_exactly_the_frames_asked_for(media: Path, tmp_path: Path, frames: int) -> None:
    spans = Keep(start=10, end=20), Retime(start=20, end=40, frames=frames), Keep(start=40, end=50)
    assert rendered(job(media, *spans), tmp_path).frames == 20 + frames


def test_the_same_job_gives_the_same_frames_and_samples(media: Path, tmp_path: Path) -> None:
    one, two = (rendered(job(media, *REMOVAL), tmp_path / name) for name in "ab")
    assert one.content_sha256 == two.content_sha256


def test_progress_counts_every_frame(media: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    render(job(media, *REMOVAL), tmp_path, told.append)
    assert (told[-1].done, told[-1].total) == (40, 40)


def test_re_rendering_is_refused_by_name(media: Path, tmp_path: Path) -> None:
    with pytest.raises(BadMedia, match="cannot re-render lips"):
        rendered(job(media, Keep(start=20, end=40, resync=True)), tmp_path)


def test_frames_past_the_medias_end_are_refused_and_leave_no_file(media: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with pytest.raises(TruncatedMedia, match="cut short"):
        rendered(job(media, Keep(start=90, end=140)), folder)
    assert [path for path in folder.rglob("*") if path.is_file()] == []
