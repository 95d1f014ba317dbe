"""What each ingredient of the training is worth: a stage again, shorter, with one thing changed.

`python -m engine.training.ablations COURSE -o OUT` trains each line from the base (or stage 1) of a trained
small model's folder, with several seeds, and measures held-out drawn clips dubbed with another's speech.

OUT/<line>-<seed>.json   one training: a run that was stopped goes on with the first that is missing
OUT/ablations.json       all of them together, and
OUT/ablations.md         the table of the model card
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import msgspec
import torch

from engine.errors import EngineError, WorkerLost
from engine.protocol import Value
from engine.training.ablation_course import AblationCourse, Studio, open_course, studio_of
from engine.training.ablation_lines import LINES, recipe_of
from engine.training.ablation_table import LineScore, Measured, as_markdown, scores
from engine.training.ablation_training import Task, known, train
from engine.training.command import Parser, failed
from engine.training.config import told_of
from engine.training.errors import BadSamples
from engine.whole_file import save_whole

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`steps` of each training, `seeds` of each line, `clips` held out; processes, and threads of each."""

    steps: int = 250
    seeds: int = 2
    clips: int = 24
    workers: int = 1
    threads: int = 1


class Ablations(Value, frozen=True, kw_only=True):
    """ablations.json."""

    steps: int
    seeds: int
    clips: int
    lines: tuple[LineScore, ...]


def run(
    folder: Path,
    out: Path,
    settings: Settings,
    *,
    only: Sequence[str] = (),
    say: Say = lambda _: None,
) -> Ablations:
    """Train what is missing, write ablations.json and ablations.md.

    Raises BadSamples (no course, clips or stage 1; OUT is another's), what opening checkpoints raises,
    MissingModel (no scratch voice), WorkerLost, DiskFull.
    """
    course = open_course(folder)
    chosen = _chosen(course, only, say)
    todo = [_task(course, line, seed, settings, out) for line in LINES for seed in range(settings.seeds)]
    todo = [task for task in todo if LINES[task.line].begins in course.stages]
    missing = [task for task in todo if task.line in chosen and known(task, strict=True) is None]
    for one in _trained(missing, course, settings, say):
        say(_told(one))
    done = [measured for task in todo if (measured := known(task, strict=False)) is not None]
    found = Ablations(
        steps=settings.steps,
        seeds=settings.seeds,
        clips=settings.clips,
        lines=scores([line.asked for line in LINES.values()], done),
    )
    save_whole(out / "ablations.json", msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    save_whole(out / "ablations.md", as_markdown(found.lines, clips=found.clips).encode())
    return found


def _chosen(course: AblationCourse, only: Sequence[str], say: Say) -> tuple[str, ...]:
    """Raises BadSamples where a line was asked for whose stage the course has not reached."""
    out_of_reach = [name for name, line in LINES.items() if line.begins not in course.stages]
    if unable := [name for name in only if name in out_of_reach]:
        raise BadSamples(
            f"{course.folder} has no {LINES[unable[0]].begins}/checkpoint yet, which {unable[0]} begins with"
        )
    if out_of_reach and not only:
        say(f"without {' and '.join(out_of_reach)}: the course has not trained what they begin with")
    return tuple(name for name in only or LINES if name not in out_of_reach)


def _task(course: AblationCourse, name: str, seed: int, settings: Settings, out: Path) -> Task:
    line = LINES[name]
    told = {
        "recipe": told_of(recipe_of(line, settings.steps, seed)),
        "attuned": line.attuned,
        "clips": settings.clips,
        "trained_on": course.made_of,
        "begins": course.stages[line.begins].sha256 if line.begins in course.stages else "",
    }
    return Task(
        line=name,
        seed=seed,
        steps=settings.steps,
        clips=settings.clips,
        course=course.folder,
        out=out,
        key=hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest(),
    )


# ------------------------------------------------------------------------------------ all of them


def _trained(
    missing: Sequence[Task], course: AblationCourse, settings: Settings, say: Say
) -> Iterator[Measured]:
    if not missing:
        return
    say(f"drawing {settings.clips} held-out clips; then {len(missing)} trainings of {settings.steps} steps")
    if settings.workers <= 1:
        studio = studio_of(course, settings.clips)
        yield from (train(task, studio) for task in missing)
        return
    # Spawned: forked children of a process that runs torch may hang.
    pool = ProcessPoolExecutor(
        settings.workers, multiprocessing.get_context("spawn"), _start, (settings.threads,)
    )
    try:
        for done in as_completed([pool.submit(_train_there, task) for task in missing]):
            yield done.result()
    except BrokenProcessPool as error:
        raise WorkerLost("a process that trains a line ended: too little memory? Use fewer") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _start(threads: int) -> None:
    cv2.setNumThreads(1)
    torch.set_num_threads(threads)


def _train_there(task: Task) -> Measured:
    return train(task, _studio_there(task.course, task.clips))


@lru_cache(maxsize=1)
def _studio_there(folder: Path, clips: int) -> Studio:
    """Made once a process."""
    return studio_of(open_course(folder), clips)


def _told(one: Measured) -> str:
    result = "the loss was no number"
    if one.figures is not None:
        result = f"r {one.figures.r:.3f}, mouth PSNR {one.figures.psnr:.2f} dB"
    return f"{one.line}, seed {one.seed}: {result}; {one.seconds:.0f} s"


def _at_least(least: int) -> Callable[[str], int]:
    def count(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text}: a whole number from {least} on")
        return int(text)

    return count


def _arguments() -> argparse.ArgumentParser:
    usual = Settings()
    parser = Parser(
        prog="engine.training.ablations", description="Train with one thing changed, and compare."
    )
    parser.add_argument("course", type=Path, help="folder of a small model's training, base and on")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--steps", type=_at_least(1), default=usual.steps, help="of each training")
    parser.add_argument("--seeds", type=_at_least(1), default=usual.seeds, help="of each line")
    # A clip is dubbed with another's speech.
    parser.add_argument("--clips", type=_at_least(2), default=usual.clips, help="that are held out")
    parser.add_argument("--only", nargs="+", choices=tuple(LINES), default=(), metavar="NAME")
    parser.add_argument("--workers", type=_at_least(1), default=usual.workers, help="processes")
    parser.add_argument("--threads", type=_at_least(1), default=usual.threads, help="of each of them")
    parser.add_argument("--json", action="store_true", help="print ablations.json instead of the table")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """0 when all is measured, 2 for wrong arguments, 3 and 5 as errors say, 130 when interrupted."""
    chosen = _arguments().parse_args(arguments)
    settings = Settings(
        steps=chosen.steps,
        seeds=chosen.seeds,
        clips=chosen.clips,
        workers=chosen.workers,
        threads=chosen.threads,
    )
    _start(settings.threads)
    try:
        found = run(
            chosen.course.absolute(),
            chosen.out.absolute(),
            settings,
            only=chosen.only,
            say=lambda told: print(told, file=sys.stderr, flush=True),  # noqa: T201
        )
    except EngineError as error:
        return failed(error)
    except KeyboardInterrupt:
        sys.stderr.write("stopped; the same command goes on with the trainings that are missing\n")
        return 130
    shown = msgspec.json.encode(found).decode() + "\n"
    sys.stdout.write(shown if chosen.json else as_markdown(found.lines, clips=found.clips))
    return 0


if __name__ == "__main__":
    sys.exit(main())
