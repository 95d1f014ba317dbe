"""What each of several processes does that train together: run by `accelerate launch`, and by tests alone."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import torch
from safetensors.torch import save_file

from engine.model.transformer import EditYourselfTransformer
from engine.training import objective
from engine.training.config import Recipe
from engine.training.objective import Objective
from engine.training.optimisers import OptimiserSettings
from engine.training.samples import InMemory, Sample
from engine.training.team import Team, launched
from engine.training.trainer import Progress, Training
from tests.tiny_clips import tiny_clip
from tests.tiny_diffusion import make_audible, tiny_transformer

CLIPS = [tiny_clip(seed, around=7) for seed in range(8)]
EXACT = OptimiserSettings(matrices="adamw", adamw_lr=1e-4)
STAGE_1 = Recipe(stage="audio", steps=4, batch=4, optimiser=EXACT, every=3, validate=2)
STAGE_2 = replace(STAGE_1, stage="lora", rank=2, objective=Objective(conditions=objective.STAGE_2))


def silent(clip: Sample) -> Sample:
    return replace(clip, windows_NKLA=None)


def broken(clip: Sample) -> Sample:
    return replace(clip, clean_CFHW=clip.clean_CFHW * torch.nan)


CASES: Mapping[str, tuple[Recipe, list[Sample]]] = {
    "stage 1": (STAGE_1, CLIPS),
    "stage 2": (STAGE_2, CLIPS),
    "by Muon": (replace(STAGE_1, optimiser=OptimiserSettings()), CLIPS),
    "many clips silent": (STAGE_1, [silent(clip) if at % 3 else clip for at, clip in enumerate(CLIPS)]),
    "all clips silent in stage 2": (STAGE_2, [silent(clip) for clip in CLIPS]),
    "a clip that is no numbers": (replace(STAGE_1, steps=2), [broken(CLIPS[0]), *CLIPS[1:]]),
}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What happened in a process: steps it told of, their losses and gradients where they are numbers, when
    it validated, and how many steps were skipped.
    """

    steps: list[int]
    flows: list[float]
    gradients: list[float]
    validated: list[int]
    skipped: int


def train(name: str, folder: Path, team: Team) -> None:
    """A case, stopped after its first step and gone on with. Leaves <rank>.safetensors, <rank>.json."""
    recipe, clips = CASES[name]
    seen: list[Progress] = []
    validated: list[int] = []

    def look(_: EditYourselfTransformer, step: int) -> None:
        validated.append(step)

    for until in (1, None):
        model = tiny_transformer()
        make_audible(model, seed=team.rank)  # each begins otherwise, and all follow the first
        training = Training(
            model, InMemory(clips), recipe, folder / "kept", on_step=seen.append, validate=look, team=team
        )
        training.run(until)
    save_file(model.state_dict(), folder / f"{team.rank}.safetensors")
    numbers = [progress for progress in seen if math.isfinite(progress.gradient)]
    told = Told(
        steps=[progress.standing.step for progress in seen],
        flows=[progress.flow for progress in numbers],
        gradients=[progress.gradient for progress in numbers],
        validated=validated,
        skipped=training.standing.skipped,
    )
    (folder / f"{team.rank}.json").write_bytes(msgspec.json.encode(told))


def stop_in_the_second(folder: Path, team: Team) -> None:
    """The second process is told to stop before it begins: it is the first that writes."""
    training = Training(tiny_transformer(audible=True), InMemory(CLIPS), STAGE_1, folder, team=team)
    if team.rank == 1:
        training.stop()
    training.run()


def main() -> None:
    folder = Path(sys.argv[1])
    team = launched()
    for name in CASES:
        (folder / name).mkdir(exist_ok=True)
        train(name, folder / name, team)
    stop_in_the_second(folder / "stopped", team)


if __name__ == "__main__":
    main()
