"""The proof of a model is itself proven: a renderer that is right passes, each kind of wrong one is seen."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
import tiny_checkpoint
from drawn_faces import installed_models

from engine.errors import BadMedia
from engine.evaluation import dubs as command
from engine.evaluation.cuts import Picture
from engine.evaluation.dub_clips import DubSet, drawn, film_of, silent, sound_of
from engine.evaluation.dub_scores import DubMeasure, Figure, SplitScores, as_markdown, scores
from engine.evaluation.dub_sheet import dub_sheet
from engine.evaluation.dubbing import known, mouth_psnr, tasks
from engine.evaluation.dubs import run
from engine.media.audio_decode import sound_file
from engine.media.encode import TakeFormat, write_take
from engine.media.picture import PictureFormat
from engine.model.installed import PACKAGED
from engine.protocol import Keep, Progress, Render, Take
from engine.training.clips import HEARD_AROUND, TrainingClip
from engine.training.presenter.articulation import articulate

OnProgress = Callable[[Progress], None]

DUBS = DubSet(split="held_out", clips=3, renderer="draft", seed=9, frames=33, size=64)
PEOPLE = range(DUBS.clips)


@lru_cache
def clip_of(index: int) -> TrainingClip:
    return drawn(DUBS, index)


class Stand:
    """A renderer whose takes show what a function of (clip, whose sound it has) draws; it notes its jobs."""

    def __init__(self, pictures: Callable[[TrainingClip, TrainingClip], Iterator[Picture]]) -> None:
        self.pictures = pictures
        self.jobs: list[Render] = []

    def __call__(self, job: Render, folder: Path, on_progress: OnProgress) -> Take:
        self.jobs.append(job)
        media = Path(job.footage.media)
        index = int(media.parent.name)
        heard = index if media.stem == "own" else DUBS.driver(index)
        clip = clip_of(index)
        form = TakeFormat(
            picture=PictureFormat(width=DUBS.size, height=DUBS.size, primaries=1, transfer=1, matrix=1),
            rate=clip.rate,
            frames=DUBS.frames,
            channels=0,
        )
        written = write_take(folder / "take.mov", form, film_of(self.pictures(clip, clip_of(heard))), None)
        return _told(job, folder / "take.mov", written.sha256)


def _told(job: Render, path: Path, sha256: str) -> Take:
    return Take(
        path=str(path),
        frames=DUBS.frames,
        rate=job.plan.rate,
        source_range=(0, DUBS.frames),
        timecode=0,
        drop_frame=False,
        width=DUBS.size,
        height=DUBS.size,
        channels=0,
        sha256=sha256,
        content_sha256="",
        renderer=job.renderer,
        renderer_version="",
        seed=job.seed,
        lip_sync="rendered",
    )


def perfect(clip: TrainingClip, heard: TrainingClip) -> Iterator[Picture]:
    """Drawn anew: the clip's person and moves, the mouth saying what is heard."""
    figure = clip.figure()
    mouths = articulate(heard.phonemes, len(clip.frames), clip.rate)
    for frame, (pose, mouth) in enumerate(zip(clip.poses, mouths, strict=True)):
        yield figure.picture(pose, mouth, frame)


def copied(clip: TrainingClip, heard: TrainingClip) -> Iterator[Picture]:
    """The source, whatever is heard."""
    yield from clip.frames


def late(clip: TrainingClip, heard: TrainingClip) -> Iterator[Picture]:
    """Right, and three frames behind."""
    right = list(perfect(clip, heard))
    yield from [right[0]] * 3 + right[:-3]


def frozen(clip: TrainingClip, heard: TrainingClip) -> Iterator[Picture]:
    """The first frame, for ever."""
    yield from [clip.frames[0]] * len(clip.frames)


def scored(stand: Stand, folder: Path) -> dict[str, Figure]:
    metrics = run([DUBS], folder, rendered=stand)
    return {figure.name: figure for figure in metrics.splits[0].figures}


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Figure], Stand]:
    """The perfect renderer, measured."""
    folder, stand = tmp_path_factory.mktemp("proven"), Stand(perfect)
    return folder, scored(stand, folder), stand


Proven = tuple[Path, dict[str, Figure], Stand]


# ------------------------------------------------------------------------------- right and wrong


def test_a_mouth_that_says_what_is_heard_agrees_with_it(proven: Proven) -> None:
    found = proven[1]
    assert (found["r with the driving audio"].value or 0) >= 0.9
    assert found["clips that beat their own shuffle"].value == 100
    assert found["lag"].value == 0
    assert found["mouth in silence, from shut (0) to open (1)"].holds
    assert (found["opening measured in true frames, r"].value or 0) >= 0.95
    assert (found["r with its own audio, self-reenacted"].value or 0) >= 0.9


def test_pictures_that_are_almost_the_sources_have_a_high_psnr(proven: Proven) -> None:
    assert (proven[1]["mouth's box, self-reenacted"].value or 0) >= 22


def test_a_renderer_that_copies_its_source_is_seen(tmp_path: Path) -> None:
    found = scored(Stand(copied), tmp_path)
    assert (found["r with the source video's own"].value or 0) >= 0.9
    assert not found["r with the source video's own"].holds
    assert not found["r with the driving audio"].holds


def test_a_mouth_that_is_late_is_seen(tmp_path: Path) -> None:
    found = scored(Stand(late), tmp_path)
    assert found["lag"].value == 3
    assert not found["lag"].holds


def test_a_frozen_face_agrees_with_nothing(tmp_path: Path) -> None:
    found = scored(Stand(frozen), tmp_path)
    assert abs(found["r with the driving audio"].value or 0) < 0.6
    assert not found["r with the driving audio"].holds


def test_a_renderer_without_a_model_reaches_no_goal_of_one(proven: Proven) -> None:
    found = proven[1]["mouth's box, autoencoder alone"]
    assert (found.value, found.holds) == (None, False)


# ---------------------------------------------------------------------------------- what is dubbed


def test_the_job_renders_the_lips_of_every_frame_anew_to_the_other_clips_sound(proven: Proven) -> None:
    _, _, stand = proven
    own, dub, *_ = stand.jobs
    assert [job.plan.spans for job in (own, dub)] == [(Keep(start=0, end=33, resync=True),)] * 2
    assert msgspec.to_builtins(dub.region)["name"] == "lips"
    heard = sound_file(Path(dub.footage.media)).read(0, 33 * 1920)
    wanted = sound_of(clip_of(1))
    assert len(wanted) == 33 * 1920
    assert np.abs(heard - wanted).max() < 1e-4


def test_the_sound_is_that_of_the_picture_and_nothing_around_it() -> None:
    clip = clip_of(0)
    inside = clip.samples[HEARD_AROUND * 640 : -HEARD_AROUND * 640]
    assert np.abs(sound_of(clip)[::3][: len(inside), 0] - inside).max() < 0.1


def test_nobody_moves_lips_in_what_counts_as_silence() -> None:
    quiet = clip_of(0).opening[silent(clip_of(0))]
    assert len(quiet) >= 8
    assert quiet.max() < 0.01


def test_clips_are_of_different_people_and_each_is_heard_once() -> None:
    assert len({clip_of(index).person for index in PEOPLE}) == DUBS.clips
    assert sorted(DUBS.driver(index) for index in PEOPLE) == [*PEOPLE]
    assert all(len({index, DUBS.driver(index), DUBS.stranger(index)}) == 3 for index in PEOPLE)


def test_two_clips_cannot_be_told_from_their_shuffle() -> None:
    with pytest.raises(ValueError, match="3 or more"):
        DubSet(split="held_out", clips=2, renderer="draft")


# ----------------------------------------------------------------------------------------- figures


def test_psnr_counts_the_mouths_box_alone() -> None:
    black = np.zeros((64, 64, 3), np.uint8)
    spotted = black.copy()
    spotted[:8] = 255
    boxes = np.array([[10, 20, 30, 30]], np.int32)
    assert mouth_psnr([black], [spotted], boxes) > 100
    grey = np.full_like(black, 51)
    assert mouth_psnr([black], [grey], boxes) == pytest.approx(20 * np.log10(5), abs=1e-3)


def test_a_goal_holds_at_its_bounds_and_what_is_not_known_reaches_none() -> None:
    within = Figure(name="x", value=0.12, low=-0.12, high=0.12)
    assert (within.holds, within.goal) == (True, "within ±0.12")
    assert not Figure(name="x", value=-0.121, low=-0.12, high=0.12).holds
    assert not Figure(name="x", value=None, low=1).holds
    assert Figure(name="x", value=None).holds
    assert Figure(name="x", value=2, high=1).goal == "≤ 1"


def test_an_open_mouth_in_silence_is_seen() -> None:
    def measured(index: int, open_in_silence: float) -> DubMeasure:
        said = np.abs(np.sin(np.arange(40) / 3 + index)) * 0.05
        said[30:] = 0
        seen = said.copy()
        seen[30:] = open_in_silence
        return DubMeasure(
            key="",
            split="held_out",
            index=index,
            driver=index,
            stranger=index,
            voice="",
            text="",
            true=tuple(said),
            silent=tuple(np.arange(40) >= 30),
            in_truth=tuple(said),
            in_own=tuple(said),
            in_dub=tuple(seen),
            own_psnr=30,
            rebuilt_psnr=30,
            seconds=1,
        )

    def silence(open_in_silence: float) -> Figure:
        found = scores([measured(index, open_in_silence) for index in range(3)])
        return next(figure for figure in found.figures if figure.name.startswith("mouth in silence"))

    assert silence(0.0).value == pytest.approx(0)
    assert silence(0.002).holds
    assert not silence(0.03).holds


def test_the_table_has_a_column_for_each_split_and_marks_what_is_missed() -> None:
    right, wrong = (Figure(name="r", value=value, low=0.85) for value in (0.9, 0.5))
    table = as_markdown(
        [
            SplitScores(split="held_out", clips=3, figures=(right,)),
            SplitScores(split="held_out_voices", clips=4, figures=(wrong,)),
        ]
    )
    head, _, row = table.strip().splitlines()
    assert head.startswith("| measure | held_out (3 clips) | held_out_voices (4 clips) |")
    assert row == "| r | 0.900 | 0.500 **missed** | ≥ 0.85 |  |"


# -------------------------------------------------------------------------------------------- runs


def test_what_was_measured_is_not_rendered_again(proven: Proven, tmp_path: Path) -> None:
    folder, found, _ = proven
    shutil.copytree(folder, tmp_path / "again")
    (tmp_path / "again" / "held_out" / "0002" / "measure.json").unlink()
    stand = Stand(perfect)
    again = scored(stand, tmp_path / "again")
    assert {Path(job.footage.media).parent.name for job in stand.jobs} == {"0002"}
    assert again["r with the driving audio"] == found["r with the driving audio"]


@pytest.mark.parametrize(
    "change", [{"steps": 3}, {"seed": 10}, {"size": 66}, {"renderer": "morph"}, {"frames": 34}]
)
def test_other_settings_are_measured_anew(proven: Proven, change: dict[str, object]) -> None:
    folder, _, _ = proven
    assert all(known(task) for task in tasks(DUBS, folder))
    other = dataclasses.replace(DUBS, **change)  # type: ignore[arg-type]
    assert not any(known(task) for task in tasks(other, folder))


def test_only_clips_with_another_driver_are_measured_anew_when_there_are_more(proven: Proven) -> None:
    folder, _, _ = proven
    more = dataclasses.replace(DUBS, clips=DUBS.clips + 1)
    assert [known(task) is not None for task in tasks(more, folder)] == [True, True, False, False]


def test_metrics_and_table_are_left_and_the_sheet_shows_every_row(proven: Proven, tmp_path: Path) -> None:
    folder, found, _ = proven
    told = json.loads((folder / "metrics.json").read_text())
    assert told["splits"][0]["clips"] == DUBS.clips
    assert (folder / "dubs.md").read_text().count("\n") == len(found) + 2
    dub_sheet(DUBS, folder, tmp_path / "dubs.png", clips=1)
    sheet = cv2.imread(str(tmp_path / "dubs.png"))
    assert sheet is not None
    assert sheet.shape[0] > 4 * 230  # source, own, other, that clip


def test_the_command_dubs_with_the_products_renderer_and_fails_where_goals_are_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Random weights: everything runs, and nothing is lip-sync."""
    installed_models()
    model = tiny_checkpoint.make_demo(tmp_path / "tiny")
    out = tmp_path / "out"
    asked = ["--clips", "3", "--voices", "0", "--frames", "17", "--size", "96", "--steps", "2"]
    code = command.main([*asked, "--renderer", "demo", "--model", str(model), "-o", str(out), "--json"])
    told = json.loads(capsys.readouterr().out)
    figures = {figure["name"]: figure for figure in told["splits"][0]["figures"]}
    assert code == 1
    assert figures["r with the driving audio"]["value"] < 0.85
    assert figures["mouth's box, autoencoder alone"]["value"] is not None
    assert told["weights"]
    assert (out / "dubs.png").exists()


def test_an_unknown_renderer_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--renderer", "magic", "-o", str(tmp_path / "out")]) == 3
    message = capsys.readouterr().err
    assert "magic" in message
    assert message.count("\n") == 1


@pytest.mark.parametrize("wrong", [["--clips", "2"], ["--size", "63"], ["--clips", "0", "--voices", "0"]])
def test_wrong_arguments_are_refused(wrong: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main([*wrong, "-o", str(tmp_path / "out")])


def test_what_the_renderer_raises_ends_the_run(tmp_path: Path) -> None:
    def broken(job: Render, folder: Path, on_progress: OnProgress) -> Take:
        raise BadMedia("no")

    with pytest.raises(BadMedia, match="no"):
        run([DUBS], tmp_path, rendered=broken)


# ------------------------------------------------------------------------------- the shipped model


@pytest.mark.slow
def test_the_model_of_the_package_says_what_it_hears(tmp_path: Path) -> None:
    """Few clips: the model card's figures are of 48."""
    installed_models()
    if not PACKAGED["demo"].is_dir():
        pytest.skip("needs the demo model, which is not in this package")
    dubs = DubSet(split="held_out", clips=8, renderer="demo", seed=3)
    found = {figure.name: figure for figure in run([dubs], tmp_path).splits[0].figures}
    assert (found["r with the driving audio"].value or 0) >= 0.8
    assert abs(found["r with the source video's own"].value or 1) <= 0.3
    assert found["lag"].holds
    assert found["mouth's box, autoencoder alone"].holds
    assert found["mouth's box, self-reenacted"].holds
