"""The small model's renderer on random weights: mouths are noise, and everything else is exact."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
import tiny_checkpoint
from consents import ALLOWED
from drawn_faces import installed_models
from filmed import film, footage, line
from studio import BLANK, BRIDGE, HEAD, RATE, drafted, same_where, spoken
from torch import Tensor
from watched import Watched, watched

from engine.diffusion.blocks import Block
from engine.diffusion.tokens import Tokens
from engine.diffusion.velocity import TransformerVelocity
from engine.errors import BadMedia, MissingModel
from engine.job_name import job_hash
from engine.media.encode import read_content
from engine.media.picture import same_picture
from engine.model.checkpoint import CARD, AudioCard, open_checkpoint
from engine.protocol import (
    Add,
    Box,
    Diffusion,
    EditPlan,
    Footage,
    Keep,
    Ratio,
    Render,
    Retime,
    Span,
    Speech,
)
from engine.render.demo import is_drawn
from engine.render.renderer import render
from engine.training.clips import ClipPlan, draw
from engine.training.synthetic import ClipSpec, draw_clip, write_clip
from engine.version import engine_version

SIZE = (192, 256)  # height, width
EDITS: dict[str, tuple[Span, ...]] = {
    "new words": (Keep(start=2, end=12), Add(frames=11, speech=0), Keep(start=12, end=20)),
    "other words": (Keep(start=2, end=12), Add(frames=9, speech=0), Keep(start=18, end=26)),
    "nothing but new words": (Add(frames=10, speech=0),),
    "a re-render": (Keep(start=2, end=8), Keep(start=8, end=20, resync=True), Keep(start=20, end=26)),
    "both": (Keep(start=2, end=8, resync=True), Add(frames=8, speech=0), Keep(start=8, end=16)),
}
DRAFTS: dict[str, tuple[Span, ...]] = {
    "removal": (Keep(start=2, end=12), Keep(start=18, end=28)),
    "retime": (Keep(start=2, end=10), Retime(start=10, end=18, frames=13), Keep(start=18, end=24)),
}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn presenter, with the truth beside the film."""
    folder = tmp_path_factory.mktemp("clip")
    drawn = draw_clip(ClipSpec(seed=7, text="Hello.", width=SIZE[1], height=SIZE[0]))
    write_clip(drawn, folder, "presenter")
    return folder / "presenter.mov"


@pytest.fixture(scope="module")
def shot(clip: Path) -> Footage:
    return footage(clip, 28)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_checkpoint.make_demo(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Speech:
    return spoken(line(tmp_path_factory.mktemp("line") / "low.wav", lambda at: 120 + 60 * at, 60))


@pytest.fixture
def job(shot: Footage, model: Path, voice: Speech) -> Render:
    """To which spans are given by `cut`."""
    return Render(
        footage=shot,
        plan=EditPlan(rate=Ratio.of(RATE), spans=EDITS["new words"]),
        bridge=BRIDGE,
        speech=(voice,),
        renderer="demo",
        diffusion=Diffusion(model=str(model), steps=2),
        consent=ALLOWED,
    )


def cut(job: Render, *spans: Span, handles: tuple[int, int] = (0, 0)) -> Render:
    return msgspec.structs.replace(job, plan=EditPlan(rate=Ratio.of(RATE), spans=spans, handles=handles))


def setting(job: Render, **settings: object) -> Render:
    return msgspec.structs.replace(job, diffusion=msgspec.structs.replace(job.diffusion, **settings))


def seen_in(job: Render, folder: Path) -> Watched:
    return watched(job, folder, installed_models())


def said_anew(job: Render) -> list[bool]:
    """For each frame, whether its mouth is made anew."""
    return [
        isinstance(span, Add) or (isinstance(span, Keep) and span.resync)
        for span in job.plan.spans
        for _ in range(span.frames if not isinstance(span, Keep) else span.end - span.start)
    ]


# ------------------------------------------------------------------------------- what may change


@pytest.mark.parametrize("name", EDITS)
def test_the_mouth_of_new_words_and_of_re_renders_is_new_and_the_rest_is_the_drafts(
    job: Render, tmp_path: Path, name: str
) -> None:
    job = cut(job, *EDITS[name])
    seen = seen_in(job, tmp_path / "demo")
    assert seen.take is not None
    assert (seen.take.frames, len(seen.pictures)) == (job.plan.frames,) * 2
    assert read_content(Path(seen.take.path)).frames == job.plan.frames
    for frame, (draft, made, anew) in enumerate(
        zip(drafted(job), seen.pictures, said_anew(job), strict=True)
    ):
        mask = seen.mask(frame)
        assert anew == (mask is not None) == (not same_picture(draft, made)), frame
        if mask is not None:
            assert same_where(draft, made, ~mask), frame


@pytest.mark.parametrize("name", DRAFTS)
def test_cuts_and_other_paces_are_the_drafts_to_the_bit(job: Render, tmp_path: Path, name: str) -> None:
    job = cut(job, *DRAFTS[name])
    take = seen_in(job, tmp_path / "demo").take
    draft = render(msgspec.structs.replace(job, renderer="draft"), tmp_path / "draft", lambda _: None)
    assert take is not None
    assert (take.content_sha256, take.lip_sync) == (draft.content_sha256, "source")
    assert take.warnings == ()


def test_of_the_box_that_is_made_anew_only_the_face_is_shown(job: Render, tmp_path: Path) -> None:
    seen = seen_in(job, tmp_path)
    mask = seen.mask(15)
    assert mask is not None
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    inside = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    corners = inside[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert not corners.any()
    assert 0.6 < inside.mean() < 0.9


def test_handles_are_the_drafts(job: Render, tmp_path: Path) -> None:
    job = cut(job, *EDITS["new words"], handles=(4, 4))
    seen = seen_in(job, tmp_path)
    assert seen.take is not None
    assert seen.take.source_range == (4, job.plan.frames - 8)
    drafts = drafted(job)
    assert all(same_picture(drafts[at], seen.pictures[at]) for at in (*range(4), *range(-4, 0)))


def test_the_same_seed_gives_the_same_content_and_another_seed_another(job: Render, tmp_path: Path) -> None:
    jobs = [job, job, msgspec.structs.replace(job, seed=1)]
    takes = [seen_in(wanted, tmp_path / str(number)).take for number, wanted in enumerate(jobs)]
    first, again, other = (take.content_sha256 for take in takes if take is not None)
    assert first == again
    assert other != first


def test_another_line_is_another_mouth(job: Render, tmp_path: Path) -> None:
    high = spoken(line(tmp_path / "high.wav", lambda at: 900 - 400 * at, 60))
    one = seen_in(job, tmp_path / "one")
    other = seen_in(msgspec.structs.replace(job, speech=(high,)), tmp_path / "other")
    differing = [not same_picture(a, b) for a, b in zip(one.pictures, other.pictures, strict=True)]
    assert differing == said_anew(job)


def test_speech_leads_away_from_silence_as_far_as_the_card_or_the_job_says(
    job: Render, tmp_path: Path
) -> None:
    told = Path(shutil.copytree(job.diffusion.model, tmp_path / "told"))
    card = msgspec.json.decode((told / CARD).read_bytes(), type=AudioCard)
    (told / CARD).write_bytes(msgspec.json.encode(msgspec.structs.replace(card, guidance=4.0)))
    plain, by_card, by_job = (
        seen_in(one, tmp_path / name).latents
        for name, one in (
            ("plain", job),
            ("by_card", setting(job, model=str(told))),
            ("by_job", setting(job, audio_guidance=4.0)),
        )
    )
    assert plain is not None
    assert by_card is not None
    assert by_job is not None
    assert by_card.equal(by_job)
    assert not by_card.equal(plain)


def test_it_takes_10_steps_unless_told_otherwise(job: Render, tmp_path: Path) -> None:
    def steps(job: Render, name: str) -> int:
        told = [
            progress.done for progress in seen_in(job, tmp_path / name).told if progress.phase == "denoise"
        ]
        return len(told)

    assert steps(setting(job, steps=None), "usual") == 10
    assert steps(setting(job, steps=3), "three") == 3


def test_long_takes_are_made_in_blocks_of_as_many_latents_as_it_was_trained_on(
    job: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths: list[int] = []
    run = TransformerVelocity.__call__

    def noted(self: TransformerVelocity, tokens: Tokens, block: Block, at: tuple[int, int]) -> Tensor:
        widths.append(block.width)
        return run(self, tokens, block, at)

    monkeypatch.setattr(TransformerVelocity, "__call__", noted)
    seen_in(cut(job, Add(frames=57, speech=0)), tmp_path)
    assert set(widths) == {5}


# ------------------------------------------------------------------------------- what it sees


def test_the_head_is_framed_as_in_training(model: Path, voice: Speech, tmp_path: Path) -> None:
    """Drawn clips as they were trained on, put into a larger picture: the crop finds them again."""
    found = []
    for index in (0, 3, 6):
        clip = draw(ClipPlan(seed=5, frames=6), index)
        left, top = 60, 40
        pictures = [np.full((260, 320, 3), 90, np.uint8) for _ in clip.frames]
        for picture, frame in zip(pictures, clip.frames, strict=True):
            picture[top : top + 128, left : left + 128] = frame
        media = film(tmp_path / f"{index}.mkv", pictures, seconds=0.3)
        job = rerendering(footage(media, 6), model, voice)
        stage = seen_in(job, tmp_path / str(index)).finish.stage  # type: ignore[union-attr]
        crop, scale = stage.crop, clip.framing.scale
        assert (stage.height, stage.width, crop.height) == (96, 96, crop.width)
        # What was trained on: three quarters of the clip, at its bottom.
        middle = crop.left + crop.width / 2 - left - 64, crop.top + crop.height / 2 - top - 80
        x, y = (at / scale for at in middle)  # in cm, and so is how far off the middle the clip has the head
        found.append((crop.width / (0.75 * 25 * scale), x + clip.framing.x, y - clip.framing.y + 0.6))
    sizes, across, down = zip(*found, strict=True)
    assert all(0.93 < size < 1.07 for size in sizes)
    assert all(abs(at) < 0.9 for at in (*across, *down)), found


def rerendering(shot: Footage, model: Path, voice: Speech, **given: object) -> Render:
    job = Render(
        footage=shot,
        plan=EditPlan(rate=Ratio.of(RATE), spans=(Keep(start=shot.first, end=shot.last, resync=True),)),
        bridge=BRIDGE,
        speech=(voice,),
        renderer="demo",
        diffusion=Diffusion(model=str(model), steps=2),
        consent=ALLOWED,
    )
    return msgspec.structs.replace(job, **given)


def test_a_head_at_the_pictures_edge_keeps_its_framing(model: Path, voice: Speech, tmp_path: Path) -> None:
    """What lies beyond the picture repeats its edge, and nothing outside the mouth changes."""
    clip = draw(ClipPlan(seed=5, frames=6), 0)
    media = film(tmp_path / "close.mkv", [frame[4:112, 22:106] for frame in clip.frames], seconds=0.3)
    job = rerendering(footage(media, 6), model, voice)
    seen = seen_in(job, tmp_path / "take")
    assert seen.finish is not None
    crop = seen.finish.stage.crop
    assert crop.left < 0
    assert crop.top + crop.height > 108
    for frame, (draft, made) in enumerate(zip(drafted(job), seen.pictures, strict=True)):
        mask = seen.mask(frame)
        assert mask is not None
        assert same_where(draft, made, ~mask)
        assert not same_picture(draft, made)


def test_all_that_is_made_anew_lies_in_the_crop(job: Render, tmp_path: Path) -> None:
    seen = seen_in(msgspec.structs.replace(job, region=HEAD), tmp_path)
    assert seen.finish is not None
    extent, crop = seen.finish.regions.extent, seen.finish.stage.crop
    assert extent is not None
    assert crop.left <= extent.x
    assert crop.top <= extent.y
    assert extent.x + extent.width <= crop.left + crop.width
    assert extent.y + extent.height <= crop.top + crop.height


# ------------------------------------------------------------------------------- what it says of itself


def test_a_clip_that_pickup_drew_gives_a_take_without_a_warning(job: Render, tmp_path: Path) -> None:
    take = seen_in(job, tmp_path).take
    assert take is not None
    assert (take.renderer, take.lip_sync, take.warnings) == ("demo", "rendered", ())


def test_any_other_footage_gives_a_take_that_warns(job: Render, clip: Path, tmp_path: Path) -> None:
    other = Path(shutil.copy(clip, tmp_path / "unknown.mov"))
    take = seen_in(msgspec.structs.replace(job, footage=footage(other, 28)), tmp_path).take
    assert take is not None
    (warning,) = take.warnings
    assert "drawn faces only" in warning
    assert "--renderer edityourself" in warning


def test_only_the_truth_of_this_very_picture_makes_it_a_drawn_clip(clip: Path, tmp_path: Path) -> None:
    assert is_drawn(clip)
    copied, truth = Path(shutil.copy(clip, tmp_path / "copy.mov")), clip.with_suffix(".json").read_bytes()
    assert not is_drawn(copied)
    copied.with_suffix(".json").write_bytes(truth.replace(b'"width": 256', b'"width": 258'))
    assert not is_drawn(copied)
    copied.with_suffix(".json").write_bytes(b"{}")
    assert not is_drawn(copied)
    copied.with_suffix(".json").write_bytes(truth)
    assert is_drawn(copied)


def test_without_a_face_the_pictures_stay_and_the_take_says_so(
    model: Path, voice: Speech, tmp_path: Path
) -> None:
    media = film(tmp_path / "grey.mkv", [BLANK] * 12, seconds=0.5)
    job = rerendering(footage(media, 12), model, voice)
    seen = seen_in(job, tmp_path / "take")
    assert seen.take is not None
    assert seen.take.lip_sync == "none"
    (warning,) = seen.take.warnings
    assert "no face was found in 12 of the frames" in warning
    assert all(same_picture(*pair) for pair in zip(drafted(job), seen.pictures, strict=True))


def test_where_the_face_goes_the_frames_stay_that_it_is_not_in(
    model: Path, voice: Speech, tmp_path: Path
) -> None:
    clip = draw(ClipPlan(seed=5, frames=8), 0)
    grey = np.full_like(clip.frames[0], 90)
    media = film(tmp_path / "half.mkv", [*clip.frames, *[grey] * 4], seconds=0.5)
    job = rerendering(footage(media, 12), model, voice)
    seen = seen_in(job, tmp_path / "take")
    assert seen.take is not None
    assert seen.take.lip_sync == "rendered"
    assert any("no face was found in 4 of the frames" in warning for warning in seen.take.warnings)


# ------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"prompt": "a person talks"}, "--set prompt"),
        ({"guidance": 3.0}, "--set guidance"),
        ({"grid": "latent"}, "--set grid"),
        ({"crop": False}, "--set crop"),
    ],
)
def test_a_setting_that_it_cannot_follow_is_refused_by_name(
    job: Render, tmp_path: Path, settings: dict[str, object], named: str
) -> None:
    with pytest.raises(BadMedia, match=named):
        seen_in(setting(job, **settings), tmp_path)


def test_boxes_are_refused(job: Render, tmp_path: Path) -> None:
    with pytest.raises(BadMedia, match="mouths anew and nothing else"):
        seen_in(msgspec.structs.replace(job, region=Box(x=0, y=0, width=64, height=64)), tmp_path)


def test_without_the_face_models_it_says_how_to_get_them(job: Render, tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="face models"):
        watched(job, tmp_path, None)


def test_untrained_audio_is_refused(job: Render, tmp_path: Path) -> None:
    silent = tiny_checkpoint.make_demo(tmp_path / "silent", audio=False)
    with pytest.raises(MissingModel, match="no trained audio weights"):
        seen_in(setting(job, model=str(silent)), tmp_path)


# ------------------------------------------------------------------------------- the watermark


@pytest.mark.parametrize("name", EDITS)
def test_a_watermark_lies_in_what_is_made_anew_and_nowhere_else(
    job: Render, tmp_path: Path, name: str
) -> None:
    job = cut(job, *EDITS[name])
    plain = seen_in(job, tmp_path / "plain")
    marked = seen_in(setting(job, watermark=True), tmp_path / "marked")
    for frame, (one, other) in enumerate(zip(plain.pictures, marked.pictures, strict=True)):
        mask = plain.mask(frame)
        if mask is None:
            assert same_picture(one, other), frame
        else:
            assert same_where(one, other, ~mask), frame
            assert not same_picture(one, other), frame


def test_a_take_says_what_its_watermark_says_the_beginning_of_its_jobs_name(
    job: Render, model: Path, tmp_path: Path
) -> None:
    job = setting(job, watermark=True)
    take = seen_in(job, tmp_path).take
    assert take is not None
    assert take.watermark == job_hash(job, engine_version(), open_checkpoint(str(model)).sha256)[:8]


@pytest.mark.parametrize("name", DRAFTS)
def test_a_take_in_which_nothing_was_made_anew_has_no_watermark(
    job: Render, tmp_path: Path, name: str
) -> None:
    take = seen_in(setting(cut(job, *DRAFTS[name]), watermark=True), tmp_path).take
    assert take is not None
    assert take.watermark == ""


def test_a_watermark_is_put_in_where_it_is_asked_for(job: Render, tmp_path: Path) -> None:
    take = seen_in(job, tmp_path).take
    assert take is not None
    assert take.watermark == ""
