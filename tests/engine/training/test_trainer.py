"""The loop of training: it goes on exactly where it was, and survives what is no number or no room."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from engine.errors import BadCheckpoint, DiskFull, RenderFailed
from engine.model.transformer import EditYourselfTransformer
from engine.training import objective
from engine.training.config import Recipe
from engine.training.errors import BadSamples, TrainingDiverged
from engine.training.objective import Objective
from engine.training.optimisers import OptimiserSettings
from engine.training.samples import InMemory, Sample
from engine.training.snapshots import read_snapshot, snapshots
from engine.training.trainer import Progress, Training
from tests.tiny_clips import tiny_clip
from tests.tiny_diffusion import tiny_transformer

CLIPS = InMemory([tiny_clip(seed, around=7) for seed in range(6)])
FAST = OptimiserSettings(adamw_lr=1e-3, muon_lr=1e-2, warmup=2)
STAGE_1 = Recipe(stage="audio", steps=6, batch=2, optimiser=FAST, every=3)
STAGE_2 = replace(STAGE_1, stage="lora", rank=2, objective=Objective(conditions=objective.STAGE_2))


def training(recipe: Recipe, folder: Path, **other: object) -> Training:
    return Training(tiny_transformer(audible=True), CLIPS, recipe, folder, **other)  # type: ignore[arg-type]


def weights(of: Training) -> dict[str, Tensor]:
    """Of the model and of its mean."""
    now = {name: value.clone() for name, value in of.model.state_dict().items()}
    with of.averaged():
        return now | {f"mean {name}": value.clone() for name, value in of.model.state_dict().items()}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


# ---------------------------------------------------------------------------------- going on


@pytest.mark.parametrize("recipe", [STAGE_1, STAGE_2], ids=["stage 1", "stage 2"])
@pytest.mark.parametrize("stops", [(2,), (1, 4, 5)])
def test_stopped_and_gone_on_is_as_if_never_stopped(
    recipe: Recipe, stops: tuple[int, ...], tmp_path: Path
) -> None:
    whole = training(recipe, tmp_path / "whole")
    whole.run()
    for stop in stops:
        training(recipe, tmp_path / "parts").run(until=stop)
    last = training(recipe, tmp_path / "parts")
    assert last.standing.step == stops[-1]
    last.run()
    assert same(weights(last), weights(whole))
    kept, other = (read_snapshot(snapshots(tmp_path / name)[-1]).parts for name in ("whole", "parts"))
    assert same(dict(kept["optimisers"]), dict(other["optimisers"]))


def test_a_run_killed_between_checkpoints_goes_on_from_the_last(tmp_path: Path) -> None:
    class Killed(Exception):
        pass

    def kill(progress: Progress) -> None:
        if progress.standing.step == 5:
            raise Killed

    with pytest.raises(Killed):
        training(STAGE_1, tmp_path / "killed", on_step=kill).run()
    again = training(STAGE_1, tmp_path / "killed")
    assert again.standing.step == 3
    again.run()
    whole = training(STAGE_1, tmp_path / "whole")
    whole.run()
    assert same(weights(again), weights(whole))


def test_more_steps_may_be_asked_for_later(tmp_path: Path) -> None:
    training(STAGE_1, tmp_path).run()
    longer = training(replace(STAGE_1, steps=8), tmp_path)
    longer.run()
    assert longer.standing.step == 8


def test_how_far_speech_is_to_lead_may_be_said_later(tmp_path: Path) -> None:
    """Whatever the learning rates do: it changes nothing of the training."""
    cooling = replace(STAGE_1, optimiser=replace(STAGE_1.optimiser, cooldown=2))
    training(cooling, tmp_path).run(until=1)
    assert training(replace(cooling, guidance=2.0), tmp_path).standing.step == 1


@pytest.mark.parametrize(
    "other", [replace(STAGE_1, seed=1), replace(STAGE_1, batch=3), STAGE_2], ids=["seed", "batch", "stage"]
)
def test_anothers_checkpoint_is_refused(other: Recipe, tmp_path: Path) -> None:
    training(STAGE_1, tmp_path).run(until=1)
    with pytest.raises(BadCheckpoint, match="another recipe or model: give another folder"):
        training(other, tmp_path)


def test_other_clips_are_refused_and_the_same_are_not(tmp_path: Path) -> None:
    training(STAGE_1, tmp_path).run(until=1)
    same_again = InMemory([tiny_clip(seed, around=7) for seed in range(6)])
    assert Training(tiny_transformer(audible=True), same_again, STAGE_1, tmp_path).standing.step == 1
    others = InMemory([tiny_clip(seed, around=7) for seed in range(1, 7)])
    with pytest.raises(BadCheckpoint, match=r"step-00000001.* on other clips: give another folder"):
        Training(tiny_transformer(audible=True), others, STAGE_1, tmp_path)


def test_a_training_told_to_stop_keeps_where_it_was_and_goes_on_exactly(tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.standing.step == 2:
            stopped.stop()

    stopped = training(STAGE_1, tmp_path / "parts", on_step=stop)
    stopped.run()
    assert [path.name for path in (tmp_path / "parts").iterdir()] == ["step-00000002.safetensors"]
    again = training(STAGE_1, tmp_path / "parts")
    again.run()
    whole = training(STAGE_1, tmp_path / "whole")
    whole.run()
    assert same(weights(again), weights(whole))


def test_clips_that_vary_are_those_of_the_epoch(tmp_path: Path) -> None:
    asked: list[int] = []

    class Epochs(InMemory):
        def epoch(self, number: int) -> InMemory:
            asked.append(number)
            return self

    clips = Epochs([tiny_clip(seed) for seed in range(4)])
    Training(tiny_transformer(audible=True), clips, replace(STAGE_1, steps=5), tmp_path).run()
    assert asked == [0, 0, 1, 1, 2]  # two batches of two clips each


def test_a_checkpoint_cut_short_is_refused(tmp_path: Path) -> None:
    training(STAGE_1, tmp_path).run(until=1)
    path = snapshots(tmp_path)[-1]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BadCheckpoint, match="step-00000001"):
        training(STAGE_1, tmp_path)


# ---------------------------------------------------------------------------------- keeping


def test_checkpoints_are_kept_as_often_and_as_many_as_asked(tmp_path: Path) -> None:
    training(replace(STAGE_1, steps=7, every=2, keep=3), tmp_path).run()
    assert [path.name for path in snapshots(tmp_path)] == [
        f"step-0000000{step}.safetensors" for step in (4, 6, 7)
    ]
    assert len(list(tmp_path.iterdir())) == 3


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder in which a checkpoint of step 6 finds no room: safetensors' own words, of a full tmpfs."""

    def write(tensors: dict[str, Tensor], path: Path, metadata: dict[str, str]) -> None:
        if "step-00000006" not in path.name:
            save_file(tensors, path, metadata)
            return
        path.write_bytes(b"a part of it")
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("engine.training.snapshots.save_file", write)
    return tmp_path


def test_a_full_disk_leaves_the_checkpoint_before_whole(
    full_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DiskFull, match=r"no room for .*step-00000006.* step-00000003.safetensors is whole"):
        training(STAGE_1, full_disk).run()
    assert [path.name for path in full_disk.iterdir()] == ["step-00000003.safetensors"]
    monkeypatch.undo()  # room was made
    again = training(STAGE_1, full_disk)
    assert again.standing.step == 3
    again.run()
    assert again.standing.step == 6


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on files there")
def test_a_checkpoint_that_cannot_be_written_whole_leaves_the_one_before(tmp_path: Path) -> None:
    import resource

    training(STAGE_1, tmp_path).run(until=3)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(RenderFailed, match=r"step-00000003\.safetensors is whole"):
            training(STAGE_1, tmp_path).run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000003.safetensors"]
    assert training(STAGE_1, tmp_path).standing.step == 3


# ---------------------------------------------------------------------------------- no numbers


def broken(clip: Sample) -> Sample:
    return replace(clip, clean_CFHW=clip.clean_CFHW * torch.nan)


class Spoiled(InMemory):
    """Clips that say they are those of before: a disk or a model that breaks does not tell."""

    fingerprint = CLIPS.fingerprint  # type: ignore[assignment]


def test_a_step_without_numbers_changes_nothing_and_is_counted(tmp_path: Path) -> None:
    seen: list[Progress] = []
    clips = InMemory([broken(CLIPS[0]), *(CLIPS[index] for index in range(1, 6))])
    recipe = replace(STAGE_1, steps=3, objective=Objective(candidates=1))
    one = Training(tiny_transformer(audible=True), clips, recipe, tmp_path, on_step=seen.append)
    one.run()
    assert [progress.standing.step for progress in seen] == [1, 2, 3]
    assert one.standing.skipped == 1  # each clip is in one of an epoch's three batches
    assert sum(progress.total != progress.total for progress in seen) == 1
    assert all(bool(value.isfinite().all()) for value in weights(one).values())


def test_nothing_but_nan_stops_with_the_last_good_checkpoint_kept(tmp_path: Path) -> None:
    good = training(STAGE_1, tmp_path)
    good.run(until=3)
    clips = Spoiled([broken(CLIPS[index]) for index in range(6)])
    recipe = replace(STAGE_1, steps=20, patience=4)
    bad = Training(tiny_transformer(audible=True), clips, recipe, tmp_path)
    with pytest.raises(TrainingDiverged, match=r"4 steps in a row up to 7; .* is .*step-00000003"):
        bad.run()
    assert same(weights(training(STAGE_1, tmp_path)), weights(good))


def test_stage_1_without_any_audio_is_refused(tmp_path: Path) -> None:
    clips = InMemory([replace(CLIPS[index], windows_NKLA=None) for index in range(6)])
    with pytest.raises(BadSamples, match="no clip of the batch is heard"):
        Training(tiny_transformer(), clips, STAGE_1, tmp_path).run()


# ---------------------------------------------------------------------------------- options


def test_validation_sees_the_mean_weights_each_n_steps_and_at_the_end(tmp_path: Path) -> None:
    seen: dict[int, Tensor] = {}

    def look(model: EditYourselfTransformer, step: int) -> None:
        assert not model.training
        seen[step] = model.audio_projection.positions.detach().clone()

    one = training(replace(STAGE_1, steps=5, validate=2), tmp_path, validate=look)
    one.run()
    assert list(seen) == [2, 4, 5]
    assert torch.equal(seen[5], weights(one)["mean audio_projection.positions"])
    assert not torch.equal(seen[5], weights(one)["audio_projection.positions"])


def test_without_a_mean_validation_sees_the_weights(tmp_path: Path) -> None:
    one = training(replace(STAGE_1, average=0.0), tmp_path)
    one.run()
    with one.averaged():
        mean = one.model.audio_projection.positions.detach().clone()
    assert torch.equal(mean, one.model.audio_projection.positions.detach())


def test_gradient_checkpointing_gives_the_same_weights(tmp_path: Path) -> None:
    short = replace(STAGE_2, steps=2)
    plain = training(short, tmp_path / "plain")
    saving = training(replace(short, gradient_checkpointing=True), tmp_path / "saving")
    plain.run()
    saving.run()
    for name, value in weights(plain).items():
        torch.testing.assert_close(weights(saving)[name], value, atol=1e-5, rtol=1e-4)


def gradients(of: Training) -> dict[str, Tensor]:
    """Of the last step."""
    return {name: at.grad for name, at in of.model.named_parameters() if at.grad is not None}


def test_gradient_checkpointing_gives_the_same_gradients_of_lora_and_audio_in_bfloat16(
    tmp_path: Path,
) -> None:
    """After a first step: before it, a LoRA's B is zero, and so is the gradient of its A."""
    short = replace(STAGE_2, steps=2, precision="bfloat16")
    plain = training(short, tmp_path / "plain")
    saving = training(replace(short, gradient_checkpointing=True), tmp_path / "saving")
    plain.run()
    saving.run()
    expected = gradients(plain)
    for kind in (".lora_A.", ".lora_B.", "audio_attn.", "audio_projection."):
        assert any(bool(at.any()) for name, at in expected.items() if kind in name)
    torch.testing.assert_close(gradients(saving), expected, atol=0, rtol=0)


@pytest.mark.parametrize("recipe", [STAGE_1, STAGE_2], ids=["stage 1", "stage 2"])
def test_bfloat16_trains_float32_weights_to_about_the_same(recipe: Recipe, tmp_path: Path) -> None:
    wide, half = [], []
    short = replace(recipe, steps=3)
    training(short, tmp_path / "wide", on_step=wide.append).run()
    one = training(replace(short, precision="bfloat16"), tmp_path / "half", on_step=half.append)
    one.run()
    assert [at.flow for at in half] == pytest.approx([at.flow for at in wide], rel=0.03)
    assert {value.dtype for value in one.model.state_dict().values()} == {torch.float32}
    assert not any(at._forward_hooks or at._forward_pre_hooks for at in one.model.modules())


@pytest.mark.parametrize("recipe", [STAGE_1, STAGE_2], ids=["stage 1", "stage 2"])
def test_a_bfloat16_base_stays_so_under_float32_additions(recipe: Recipe, tmp_path: Path) -> None:
    model = tiny_transformer(audible=True).bfloat16()
    told: list[Progress] = []
    short = replace(recipe, steps=2, precision="bfloat16")
    Training(model, CLIPS, short, tmp_path, on_step=told.append).run()
    assert all(progress.flow == progress.flow for progress in told)
    kinds = {(name, value.dtype) for name, value in model.named_parameters()}
    assert {dtype for name, dtype in kinds if "audio_" in name or ".lora_" in name} == {torch.float32}
    assert {dtype for name, dtype in kinds if "audio_" not in name and ".lora_" not in name} == {
        torch.bfloat16
    }


def test_progress_is_one_line(tmp_path: Path) -> None:
    seen: list[Progress] = []
    training(STAGE_1, tmp_path, on_step=seen.append).run()
    assert re.fullmatch(
        r"step 6/6: flow \d\.\d{4}, gradient \d+\.\d{2}; [\d.]+ samples/s, [\d.]+% waiting for data,"
        r" \d+% of the machine's arithmetic",
        str(seen[-1]),
    )


def test_progress_tells_speed_and_waiting(tmp_path: Path) -> None:
    seen: list[Progress] = []
    training(STAGE_1, tmp_path, on_step=seen.append).run()
    assert [progress.standing.step for progress in seen] == [1, 2, 3, 4, 5, 6]
    assert all(progress.samples_per_second > 0 and 0 <= progress.waiting <= 1 for progress in seen)


def test_gradients_are_cut_to_the_largest_norm(tmp_path: Path) -> None:
    one = training(replace(STAGE_1, steps=1, largest_gradient=1e-3), tmp_path)
    one.run()
    gradients = [at.grad.flatten() for at in one.model.parameters() if at.grad is not None]
    assert float(torch.cat(gradients).norm()) <= 1.001e-3
