"""`pickup train`: what it leaves, how it stops and goes on, and what it says of bad input."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import cv2
import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from tiny_shards import FRAMES, tiny_base, tiny_shards, tiny_videos

from bridge.cli import main
from engine.errors import BadCheckpoint, DiskFull, TruncatedMedia
from engine.model.assembly import load_transformer
from engine.model.checkpoint import open_checkpoint
from engine.training.errors import BadRecipe, BadSamples
from engine.training.run import Outcome, Request, run
from engine.training.shard_clips import ShardClips, split
from engine.training.snapshots import snapshots
from engine.training.trainer import OnStep, Progress, unwatched
from engine.training.watch import Lines

CPU = torch.device("cpu")
STAGE_1 = """
stage = "audio"
steps = 4
batch = 2
every = 2
validate = 2
[optimiser]
adamw_lr = 1e-3
muon_lr = 1e-2
warmup = 1
"""
STAGE_2 = """
stage = "lora"
rank = 2
steps = 2
batch = 2
tokens = 12
[objective.conditions]
audio = 0.9
identity = 1.0
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base, six videos and their shards, and recipes."""
    folder = tmp_path_factory.mktemp("training")
    tiny_base(folder / "base")
    tiny_shards(tiny_videos(folder / "videos", 6), folder / "shards")
    (folder / "one.toml").write_text(STAGE_1)
    (folder / "quiet.toml").write_text(STAGE_1.replace("validate = 2", ""))
    (folder / "two.toml").write_text(STAGE_2)
    return folder


@pytest.fixture(scope="module")
def request_(place: Path) -> Request:
    return Request(
        config=str(place / "one.toml"),
        out=place / "out",
        data=place / "shards",
        base=str(place / "base"),
        videos=place / "videos",
    )


@pytest.fixture(scope="module")
def trained(request_: Request) -> Outcome:
    return run(request_, on_step=unwatched, say=lambda _: None)


def quiet(request_: Request, out: Path) -> Request:
    """Without validation, somewhere else."""
    return replace(request_, config=str(Path(request_.config).with_name("quiet.toml")), out=out)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "checkpoint" / "audio.safetensors")


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


# ------------------------------------------------------------------------------------ what it leaves


def test_stage_1_leaves_a_checkpoint_with_the_base_unchanged(trained: Outcome, place: Path) -> None:
    assert trained.checkpoint == str(place / "out" / "checkpoint")
    made = open_checkpoint(trained.checkpoint)
    assert (made.audio_trained, made.lora, made.warnings) == (True, None, ())
    assert made.card is not None
    assert (made.card.base, made.card.steps, made.card.references) == ("base", 4, False)
    assert made.card.latents == 6  # one more than it was trained on
    before = load_transformer(open_checkpoint(place / "base"), torch.float32, CPU).state_dict()
    after = load_transformer(made, torch.float32, CPU).state_dict()
    changed = {name for name, value in after.items() if not torch.equal(value, before[name])}
    assert changed
    assert all("audio_" in name for name in changed)


def test_the_result_has_the_mean_weights(trained: Outcome, place: Path) -> None:
    kept = load_file(snapshots(place / "out")[-1])
    made = weights(place / "out")
    assert all(torch.equal(value, kept[f"average/{name}"]) for name, value in made.items())
    assert any(not torch.equal(value, kept[f"weights/{name}"]) for name, value in made.items())


def test_stage_2_goes_on_from_stage_1(trained: Outcome, place: Path, request_: Request) -> None:
    second = replace(
        request_, config=str(place / "two.toml"), base=str(trained.checkpoint), out=place / "second"
    )
    told = run(second, on_step=unwatched, say=lambda _: None)
    assert told.checkpoint is not None
    made = open_checkpoint(told.checkpoint)
    assert made.card is not None
    assert (made.card.base, made.card.steps, made.card.references) == ("base", 6, True)
    model = load_transformer(made, torch.float32, CPU)
    assert sum("lora_B" in name for name, _ in model.named_parameters()) > 0


def test_validation_leaves_a_film_with_the_dubs_sound_and_a_sheet(trained: Outcome, place: Path) -> None:
    folder = place / "out" / "validation"
    assert {path.name for path in folder.iterdir()} == {
        "metrics.jsonl",
        *(f"step_{step:06}.{kind}" for step in (2, 4) for kind in ("mp4", "png")),
    }
    with av.open(str(folder / "step_000004.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == FRAMES
        film.seek(0)
        loudest = max(float(abs(frame.to_ndarray()).max()) for frame in film.decode(audio=0))
    assert loudest > 0.01
    assert cv2.imread(str(folder / "step_000004.png")).shape[1] > 9 * 200


def test_metrics_are_a_line_a_validation(trained: Outcome, place: Path) -> None:
    lines = (place / "out" / "validation" / "metrics.jsonl").read_text().splitlines()
    told = [json.loads(line) for line in lines]
    assert [one["step"] for one in told] == [2, 4]
    assert set(told[0]) == {"step", "held_out_flow", "psnr_reconstruction", "psnr_own"}
    assert told[1] == trained.validation


def test_tensorboard_has_the_curves(trained: Outcome, place: Path) -> None:
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    read = events.EventAccumulator(str(place / "out" / "tensorboard")).Reload()
    assert [point.step for point in read.Scalars("training/loss")] == [1, 2, 3, 4]
    assert [point.step for point in read.Scalars("validation/held_out_flow")] == [2, 4]
    assert read.Scalars("training/loss")[-1].value == pytest.approx(trained.loss)
    assert {"speed/samples_per_second", "speed/waiting", "speed/utilisation"} <= set(read.Tags()["scalars"])


def test_without_tensorboard_training_goes_on_and_says_so_once(
    request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    said: list[str] = []
    told = run(quiet(request_, tmp_path / "out"), on_step=unwatched, say=said.append)
    assert told.step == 4
    assert said == ["no TensorBoard files: it is not installed (pip install 'pickup-editor[training]')"]
    assert not (tmp_path / "out" / "tensorboard").exists()


def test_without_videos_there_is_no_truth_and_that_is_said(request_: Request, tmp_path: Path) -> None:
    said: list[str] = []
    run(replace(request_, out=tmp_path, videos=None, until=2), on_step=unwatched, say=said.append)
    assert said == ["without --videos validation shows no truth and has no sound"]
    assert (tmp_path / "validation" / "step_000002.mp4").exists()
    told = json.loads((tmp_path / "validation" / "metrics.jsonl").read_text())
    assert set(told) == {"step", "held_out_flow"}


# ------------------------------------------------------------------------------------ stop, go on


def at_step(step: int, do: Callable[[], None]) -> OnStep:
    def told(progress: Progress) -> None:
        if progress.standing.step == step:
            do()

    return told


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_keeps_a_checkpoint_and_the_same_command_goes_on_exactly(
    request_: Request, tmp_path: Path
) -> None:
    whole, parts = quiet(request_, tmp_path / "whole"), quiet(request_, tmp_path / "parts")
    run(whole, on_step=unwatched, say=lambda _: None)
    stopped = run(parts, on_step=at_step(3, interrupt), say=lambda _: None)
    assert (stopped.stopped, stopped.step, stopped.checkpoint) == (True, 3, None)
    assert stopped.kept == str(tmp_path / "parts" / "step-00000003.safetensors")
    told = run(parts, on_step=unwatched, say=lambda _: None)
    assert (told.stopped, told.step) == (False, 4)
    assert same(weights(tmp_path / "whole"), weights(tmp_path / "parts"))


def test_until_stops_and_the_rest_gives_what_one_run_does(
    trained: Outcome, request_: Request, tmp_path: Path, place: Path
) -> None:
    for until in (1, 3, None):
        run(replace(request_, out=tmp_path, until=until), on_step=unwatched, say=lambda _: None)
    assert same(weights(tmp_path), weights(place / "out"))


def test_ctrl_c_twice_ends_at_once(request_: Request, tmp_path: Path) -> None:
    def twice() -> None:
        interrupt()
        interrupt()

    with pytest.raises(KeyboardInterrupt):
        run(quiet(request_, tmp_path), on_step=at_step(1, twice), say=lambda _: None)
    assert snapshots(tmp_path) == ()


def command(monkeypatch: pytest.MonkeyPatch, request_: Request, *more: str, **other: str) -> int:
    """The exit code of `pickup train` with the request's arguments; `other` ones instead."""
    given = {
        "config": request_.config,
        "out": str(request_.out),
        "data": str(request_.data),
        "from": request_.base,
    }
    told = [part for name, value in (given | other).items() if value for part in (f"--{name}", value)]
    monkeypatch.setattr(sys, "argv", ["pickup", "train", *told, *more])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_ctrl_c_exits_with_130_and_one_line(
    request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("engine.training.watch.Lines", lambda _: at_step(1, interrupt))
    assert command(monkeypatch, quiet(request_, tmp_path)) == 130
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"pickup: stopped at step 1 of 4; {tmp_path / 'step-00000001.safetensors'} is kept:"
        " the same command goes on from there\n"
    )


def test_json_is_one_object(
    request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(monkeypatch, quiet(request_, tmp_path), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["stage"], told["step"], told["steps"], told["stopped"]) == ("audio", 4, 4, False)
    assert told["samples_per_second"] > 0
    assert 0 <= told["waiting"] <= 1
    assert told["utilisation"] > 0


# ------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("other", "line"),
    [
        ({"config": "nobodys"}, "nobodys is neither a recipe's name (edityourself-13b-stage-1"),
        ({"config": "typo.toml"}, "nobody knows the key `stpes`"),
        ({"config": "base.toml"}, "a base from nothing is trained by `--config demo` alone"),
        ({"from": ""}, "there is nothing to begin with: give the base's checkpoint with --from"),
        ({"from": "./nowhere/at all"}, "is not on this machine"),
        ({"data": ""}, "there is nothing to train on: give a folder of shards with --data"),
        ({"data": "empty"}, "index.json cannot be read"),
        ({"data": "short"}, "is cut short"),
        ({"data": "few"}, "do not fill one batch of 2"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_3(
    other: dict[str, str],
    line: str,
    request_: Request,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("typo.toml").write_text(STAGE_1.replace("steps", "stpes"))
    Path("base.toml").write_text(STAGE_1.replace('"audio"', '"base"'))
    Path("empty").mkdir()
    assert request_.data is not None
    shutil.copytree(request_.data, "short")
    shard = next(Path("short").glob("*.safetensors"))
    shard.write_bytes(shard.read_bytes()[:-1])
    if other.get("data") == "few":
        tiny_shards(tiny_videos(tmp_path / "one", 1), Path("few"))
    assert command(monkeypatch, quiet(request_, tmp_path / "out"), **other) == 3
    said = capsys.readouterr().err
    assert line in said
    assert said.count("\n") == 1
    assert said.startswith("pickup: ")


def test_another_recipe_in_the_same_folder_is_refused(
    trained: Outcome, request_: Request, place: Path
) -> None:
    with pytest.raises(BadCheckpoint, match="another recipe or model: give another folder"):
        run(replace(request_, config=str(place / "two.toml")), on_step=unwatched, say=lambda _: None)


def test_other_clips_in_the_same_folder_are_refused(
    trained: Outcome, request_: Request, place: Path, tmp_path: Path
) -> None:
    videos = tiny_videos(tmp_path / "videos", 7)
    others = replace(request_, data=tiny_shards(videos, tmp_path / "shards"), videos=videos)
    with pytest.raises(BadCheckpoint, match="on other clips"):
        run(others, on_step=unwatched, say=lambda _: None)


def test_other_videos_than_the_shards_were_made_of_are_refused(request_: Request, tmp_path: Path) -> None:
    assert request_.videos is not None
    swapped = sorted(path.name for path in request_.videos.iterdir())
    (tmp_path / "videos").mkdir()
    for name, other in zip(swapped, swapped[1:] + swapped[:1], strict=True):
        shutil.copy(request_.videos / name, tmp_path / "videos" / other)
    with pytest.raises(BadSamples, match=r"\d\.mkv is not the video that the shards were made of"):
        run(
            replace(request_, videos=tmp_path / "videos", out=tmp_path / "out"),
            on_step=unwatched,
            say=lambda _: None,
        )


def test_shards_of_another_model_are_refused(request_: Request, tmp_path: Path) -> None:
    base = tiny_base(tmp_path / "base")
    path = base / "transformer" / "config.json"
    path.write_text(path.read_text().replace('"audio_channels": 80', '"audio_channels": 40'))
    with pytest.raises(BadSamples, match="80 channels of a feature, and base wants 40: make them with this"):
        run(replace(request_, base=str(base), out=tmp_path / "out"), on_step=unwatched, say=lambda _: None)


def test_no_room_for_the_result_is_told_and_the_checkpoint_is_whole(
    request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("engine.training.result.save_trained", full)
    with pytest.raises(DiskFull, match=r"no room for .*checkpoint"):
        run(quiet(request_, tmp_path), on_step=unwatched, say=lambda _: None)
    monkeypatch.undo()  # room was made
    told = run(quiet(request_, tmp_path), on_step=unwatched, say=lambda _: None)
    assert told.step == 4
    assert open_checkpoint(str(told.checkpoint)).audio_trained


def test_a_shard_cut_short_is_refused_before_anything_is_loaded(request_: Request, tmp_path: Path) -> None:
    assert request_.data is not None
    shutil.copytree(request_.data, tmp_path / "short")
    shard = next((tmp_path / "short").glob("*.safetensors"))
    shard.write_bytes(shard.read_bytes()[:100])
    with pytest.raises(TruncatedMedia, match="100 of"):
        run(replace(request_, data=tmp_path / "short"), on_step=unwatched, say=lambda _: None)


def test_a_negative_crop_is_refused() -> None:
    from engine.training.config import recipe_of

    with pytest.raises(BadRecipe, match="`tokens` is -1"):
        recipe_of({"stage": "audio", "steps": 1, "tokens": -1})


# ------------------------------------------------------------------------------------ clips of shards


def clips_of(place: Path, tokens: int) -> ShardClips:
    data = split(place / "shards")
    return ShardClips(pieces=data.trained, named=data.named, tokens_each=tokens, window=20, seed=0)


def test_a_video_that_is_held_out_is_not_trained_on(place: Path) -> None:
    data = split(place / "shards")
    assert data.held_out is not None
    trained = {data.trained.held(at).piece.source.file for at in range(len(data.trained))}
    held_out = {data.held_out.held(at).piece.source.file for at in range(len(data.held_out))}
    assert (len(trained), len(held_out), trained & held_out) == (5, 1, set())


def test_crops_are_others_in_each_epoch_and_of_the_same_size(place: Path) -> None:
    clips = clips_of(place, 12)
    crops = {tuple(clips.epoch(number).crop(0)) for number in range(8)}
    assert len(crops) > 1
    assert {len(crop) for crop in crops} == {2}
    assert clips.epoch(5).tokens(0) == clips.tokens(0) == 12


def test_clips_are_known_by_how_they_are_cut(place: Path) -> None:
    assert clips_of(place, 12).fingerprint == clips_of(place, 12).fingerprint
    assert clips_of(place, 12).fingerprint != clips_of(place, 18).fingerprint


# ------------------------------------------------------------------------------------ what one sees


def test_lines_come_now_and_then_and_at_the_end(place: Path, request_: Request, tmp_path: Path) -> None:
    said: list[str] = []
    times = iter([0.0, 10.0, 31.0, 31.0, 31.0, 31.0])
    lines = Lines(said.append, clock=lambda: next(times))
    run(quiet(request_, tmp_path), on_step=lines, say=lambda _: None)
    assert [line.split(":")[0] for line in said] == ["step 1/4", "step 3/4", "step 4/4"]
