"""One training of an ablation: from a course's checkpoint, measured, and kept in a file of its own."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch

from engine.model.assembly import load_transformer
from engine.model.transformer import EditYourselfTransformer
from engine.training.ablation_course import Studio
from engine.training.ablation_lines import LINES, Line, objective_measured, recipe_of
from engine.training.ablation_table import Figures, Measured
from engine.training.config import Recipe
from engine.training.errors import BadSamples, TrainingDiverged
from engine.training.small_model import attune
from engine.training.trainer import Training
from engine.training.validation import Seen, Validation, measured
from engine.whole_file import save_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One training; `key` as of `Measured`."""

    line: str
    seed: int
    steps: int
    clips: int
    course: Path
    out: Path
    key: str

    @property
    def name(self) -> str:
        return f"{self.line}-{self.seed}"

    @property
    def path(self) -> Path:
        return self.out / f"{self.name}.json"


def known(task: Task, *, strict: bool) -> Measured | None:
    """What was measured before. Raises BadSamples, if `strict`, where it is of another training."""
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        found = msgspec.json.decode(task.path.read_bytes(), type=Measured)
        if found.key == task.key:
            return found
        if strict:
            raise BadSamples(
                f"{task.path} is of other steps, clips or weights: give another folder, or delete it"
            )
    return None


def train(task: Task, studio: Studio) -> Measured:
    """Train, measure and keep it. Raises DiskFull, and what loading the checkpoint raises."""
    line = LINES[task.line]
    recipe = recipe_of(line, task.steps, task.seed)
    with torch.random.fork_rng():  # new audio layers are of the seed too
        torch.manual_seed(recipe.seed)
        model = load_transformer(studio.course.stages[line.begins], torch.float32, torch.device("cpu"))
        if line.attuned and recipe.stage == "audio":
            attune(model.audio_projection, studio.samples)
    look = _Look(studio, line, recipe)
    folder = task.out / f".{task.name}"
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    try:
        with contextlib.suppress(TrainingDiverged):  # which is a result as well
            Training(model, studio.samples, recipe, folder, validate=look).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = Measured(
        line=task.line,
        seed=task.seed,
        key=task.key,
        steps=task.steps,
        seconds=round(look.seconds, 3),
        figures=look.figures,
    )
    save_whole(task.path, msgspec.json.encode(found) + b"\n")
    return found


class _Look:
    """The trainer's `Validate`: takes the time of the training, and measures what came of it."""

    def __init__(self, studio: Studio, line: Line, recipe: Recipe) -> None:
        asked = objective_measured(line, recipe)
        self._validation = Validation(
            studio.held_out, studio.autoencoder, asked, show=self._measure, note=self._note
        )
        self._began = time.monotonic()
        self._noted: Mapping[str, float] = {}
        self._ended: float | None = None
        self.figures: Figures | None = None

    @property
    def seconds(self) -> float:
        """Of training alone."""
        return (self._ended or time.monotonic()) - self._began

    def __call__(self, model: EditYourselfTransformer, step: int) -> None:
        self._ended = time.monotonic()
        self._validation(model, step)

    def _note(self, told: Mapping[str, float], _: int) -> None:
        self._noted = told

    def _measure(self, seen: Sequence[Seen], _: int) -> None:
        """Raises BadSamples where no clip has a mouth that moves."""
        each = [r for one in seen if (r := measured(one)["r_dub"]) == r]
        if not each:
            raise BadSamples("no held-out clip is of a mouth that moves: ask for more --clips")
        self.figures = Figures(
            r=self._noted["r_dub"],
            lowest=min(each),
            r_source=self._noted["r_source_in_dub"],
            psnr=self._noted["psnr_own"],
            flow=self._noted["held_out_flow"],
        )
