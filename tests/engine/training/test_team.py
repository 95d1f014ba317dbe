"""Several processes, started by `accelerate launch`, train what one trains. On CPUs: NCCL is accelerate's."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.errors import BadCheckpoint
from engine.training.errors import BadRecipe
from engine.training.snapshots import read_snapshot, snapshots
from engine.training.team import Team, launched
from engine.training.trainer import Training
from tests.training_team import CASES, CLIPS, STAGE_1, InMemory, Told, tiny_transformer, train

ROOT = Path(__file__).parents[3]
# `--cpu --num_processes 2` starts but one process: accelerate leaves several on CPUs to MPI. The launcher of
# several GPUs, told that there are none, starts them on gloo.
LAUNCH = (
    "-m accelerate.commands.launch --multi_gpu --num_processes 2 --num_machines 1 --mixed_precision no"
    " --dynamo_backend no --main_process_port 0 -m tests.training_team"
).split()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cases' folders, as two processes left them."""
    folder = tmp_path_factory.mktemp("two")
    environment = os.environ | {
        "ACCELERATE_USE_CPU": "true",
        "HF_HOME": str(folder),  # where a user's own configuration of accelerate would lie
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, *LAUNCH, str(folder)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As this process alone leaves them."""
    folder = tmp_path_factory.mktemp("one")
    for name in CASES:
        (folder / name).mkdir()
        train(name, folder / name, Team())
    return folder


def weights(folder: Path, rank: int) -> dict[str, Tensor]:
    return load_file(folder / f"{rank}.safetensors")


def told(folder: Path, rank: int) -> Told:
    return msgspec.json.decode((folder / f"{rank}.json").read_bytes(), type=Told)


def allowed(case: str) -> float:
    """Muon rounds to bfloat16 in between: from a ten millionth of a gradient, which is what sums in another
    order differ by, one process alone makes 3e-5 of a weight, and by AdamW 1e-8.
    """
    return 1e-4 if case == "by Muon" else 1e-5


def moved(after: dict[str, Tensor]) -> float:
    """How far training moved the weight that it moved most. A LoRA's B begins at zero."""
    before = tiny_transformer(audible=True).state_dict()
    zeros = {name: torch.zeros_like(at) for name, at in after.items() if name.endswith("lora_B.weight")}
    return max(
        float((after[name] - at).abs().max()) for name, at in (before | zeros).items() if name in after
    )


@pytest.mark.parametrize("case", CASES)
def test_two_processes_give_the_weights_of_one(case: str, one: Path, two: Path) -> None:
    expected = weights(one / case, 0)
    assert moved(expected) > 10 * allowed(case)
    torch.testing.assert_close(weights(two / case, 0), expected, atol=allowed(case), rtol=0)


@pytest.mark.parametrize("case", CASES)
def test_two_processes_keep_the_means_and_optimisers_of_one(case: str, one: Path, two: Path) -> None:
    kept, expected = (read_snapshot(snapshots(folder / case / "kept")[-1]) for folder in (two, one))
    assert kept.standing == expected.standing
    for part in ("average", "optimisers"):
        torch.testing.assert_close(kept.parts[part], expected.parts[part], atol=allowed(case), rtol=1e-3)


@pytest.mark.parametrize("case", CASES)
def test_both_have_the_same_weights_to_the_bit(case: str, two: Path) -> None:
    first, second = weights(two / case, 0), weights(two / case, 1)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("case", CASES)
def test_losses_are_told_of_the_whole_batch_and_by_the_first_alone(case: str, one: Path, two: Path) -> None:
    first, second, alone = told(two / case, 0), told(two / case, 1), told(one / case, 0)
    assert (first.steps, first.validated, first.skipped) == (alone.steps, alone.validated, alone.skipped)
    assert first.flows == pytest.approx(alone.flows, rel=1e-5)
    assert first.gradients == pytest.approx(alone.gradients, rel=1e-4)
    assert (second.steps, second.validated) == ([], [])


def test_a_clip_without_numbers_in_one_share_skips_the_step_in_both(two: Path) -> None:
    case = two / "a clip that is no numbers"
    assert [told(case, rank).skipped for rank in range(2)] == [1, 1]


def test_when_one_is_told_to_stop_both_do_and_the_first_keeps_a_checkpoint(two: Path) -> None:
    assert [path.name for path in snapshots(two / "stopped")] == ["step-00000001.safetensors"]


class Second(Team):
    """The second of three, without the others."""

    rank, size = 1, 3


def test_a_share_is_a_part_of_the_batch() -> None:
    assert list(range(6))[Second().share(6)] == [2, 3]
    assert list(range(6))[Team().share(6)] == list(range(6))


def test_a_batch_that_does_not_divide_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRecipe, match="`batch` is 4, and does not divide among 3 processes"):
        Training(tiny_transformer(), InMemory(CLIPS), STAGE_1, tmp_path, team=Second())


def test_folders_that_are_not_shared_are_refused(tmp_path: Path) -> None:
    """The others find nothing in theirs."""
    recipe = replace(STAGE_1, batch=3)
    Training(tiny_transformer(audible=True), InMemory(CLIPS), recipe, tmp_path).run(until=1)
    with pytest.raises(BadCheckpoint, match="go on from steps 0, 1, 0: give all of them the same folder"):
        Training(tiny_transformer(audible=True), InMemory(CLIPS), recipe, tmp_path, team=Second())


def test_whom_nobody_launched_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    team = launched()
    assert (team.rank, team.size, team.device) == (0, 1, None)
