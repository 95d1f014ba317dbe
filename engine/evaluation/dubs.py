"""How well a renderer dubs: held-out clips given another clip's sound, rendered, and measured.

`python -m engine.evaluation.dubs --renderer demo -o dubs_out` leaves metrics.json, dubs.md (the table of the
model card) and dubs.png, for a person to look at. A run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import cv2
import msgspec
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from engine.errors import EngineError, RenderFailed, WorkerLost
from engine.evaluation.dub_clips import SPLITS, DubSet
from engine.evaluation.dub_scores import DubMeasure, SplitScores, as_markdown, scores
from engine.evaluation.dub_sheet import dub_sheet
from engine.evaluation.dubbing import RenderFunction, Task, known, measure, tasks, weights_of
from engine.protocol import Value
from engine.render.renderer import find_renderer, render
from engine.version import engine_version
from engine.whole_file import save_whole

OnMeasured = Callable[[DubMeasure], None]


class DubMetrics(Value, frozen=True, kw_only=True):
    """metrics.json. `weights`: sha256 of the checkpoint, empty where the renderer has none."""

    renderer: str
    model: str
    weights: str
    engine: str
    seed: int
    frames: int
    size: int
    splits: tuple[SplitScores, ...]

    @property
    def holds(self) -> bool:
        return all(scored.holds for scored in self.splits)


def run(
    sets: Sequence[DubSet],
    out: Path,
    *,
    workers: int = 0,
    rendered: RenderFunction = render,
    on_measured: OnMeasured = lambda _: None,
) -> DubMetrics:
    """Measure the sets, of which `out` keeps what is rendered; write metrics.json and dubs.md.

    Raises what the renderer raises, MissingModel, BadCheckpoint, WorkerLost, DiskFull.
    """
    first = sets[0]
    find_renderer(first.renderer)  # an unknown one is told before anything is drawn
    todo = [task for dubs in sets for task in tasks(dubs, out)]
    found = [*_measured(todo, workers, rendered, on_measured)]
    metrics = DubMetrics(
        renderer=first.renderer,
        model=Path(first.model).name,
        weights=weights_of(first),
        engine=engine_version(),
        seed=first.seed,
        frames=first.frames,
        size=first.size,
        splits=tuple(scores([one for one in found if one.split == dubs.split]) for dubs in sets),
    )
    save_whole(out / "metrics.json", msgspec.json.format(msgspec.json.encode(metrics), indent=1) + b"\n")
    save_whole(out / "dubs.md", as_markdown(metrics.splits).encode())
    return metrics


def _measured(
    todo: Sequence[Task], workers: int, rendered: RenderFunction, on_measured: OnMeasured
) -> Iterator[DubMeasure]:
    """Of every task, in order of their clips; those known from before are told first."""
    found: dict[str, DubMeasure] = {}
    for task in todo:
        if (before := known(task)) is not None:
            found[task.key] = before
            on_measured(before)
    missing = [task for task in todo if task.key not in found]
    for one in _made(missing, workers, rendered):
        found[one.key] = one
        on_measured(one)
    yield from (found[task.key] for task in todo)


def _made(missing: Sequence[Task], workers: int, rendered: RenderFunction) -> Iterator[DubMeasure]:
    if workers <= 1:
        yield from (measure(task, rendered) for task in missing)
        return
    # Spawned: forked children of a process that runs torch may hang.
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start, (workers,))
    try:
        for done in as_completed([pool.submit(measure, task, rendered) for task in missing]):
            yield done.result()
    except BrokenProcessPool as error:
        raise WorkerLost("a process that dubs clips ended: too little memory? Use fewer") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _start(workers: int) -> None:
    cv2.setNumThreads(1)
    torch.set_num_threads(max(1, multiprocessing.cpu_count() // workers))


@contextlib.contextmanager
def _told(total: int) -> Iterator[OnMeasured]:
    """A bar on stderr; a line for each clip where that is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        count = 0

        def line(one: DubMeasure) -> None:
            nonlocal count
            count += 1
            console.print(
                f"{count}/{total} {one.split} clip {one.index}, {one.seconds:.1f} s", highlight=False
            )

        yield line
        return
    columns = TextColumn("dubbing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda _: bar.advance(task)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="engine.evaluation.dubs", description="Dub held-out clips and measure their mouths."
    )
    parser.add_argument("--clips", type=int, default=48, help="of held-out people and sentences")
    parser.add_argument("--voices", type=int, default=48, help="of held-out voices besides; 0 for none")
    parser.add_argument("--renderer", default="demo")
    parser.add_argument(
        "--model", default="", metavar="FOLDER", help="a checkpoint (default: the renderer's)"
    )
    parser.add_argument("--steps", type=int, help="of denoising (default: the product's)")
    parser.add_argument("--seed", type=int, default=1, help="which clips are drawn")
    parser.add_argument("--frames", type=int, default=57)
    parser.add_argument("--size", type=int, default=256, help="pixels across and down")
    parser.add_argument("--workers", type=int, default=0, help="processes that draw and render")
    parser.add_argument("--json", action="store_true", help="print metrics.json instead of the table")
    parser.add_argument("-o", "--out", type=Path, default=Path("dubs_out"))
    return parser


def _sets(chosen: argparse.Namespace) -> list[DubSet]:
    # A folder by its whole path: a worker may stand elsewhere. Other names are those of installed models.
    folder = Path(chosen.model)
    model = str(folder.absolute()) if chosen.model and folder.is_dir() else chosen.model
    return [
        DubSet(
            split=split,
            clips=clips,
            renderer=chosen.renderer,
            model=model,
            steps=chosen.steps,
            seed=chosen.seed,
            frames=chosen.frames,
            size=chosen.size,
        )
        for split, clips in zip(SPLITS, (chosen.clips, chosen.voices), strict=True)
        if clips
    ]


def main(arguments: list[str] | None = None) -> int:
    """0 when all goals are reached, 1 when one is missed, 2 for wrong arguments, 3 and 5 as errors say."""
    parser = _arguments()
    chosen = parser.parse_args(arguments)
    try:
        sets = _sets(chosen)
        if not sets:
            parser.error("--clips 0 --voices 0: there is nothing to dub")
    except ValueError as error:
        parser.error(str(error))
    try:
        with _told(sum(dubs.clips for dubs in sets)) as on_measured:
            metrics = run(sets, chosen.out.absolute(), workers=chosen.workers, on_measured=on_measured)
        dub_sheet(sets[0], chosen.out.absolute(), chosen.out / "dubs.png")
    except EngineError as error:
        sys.stderr.write(f"error: {error}\n")
        return 5 if isinstance(error, RenderFailed) else 3
    shown = msgspec.json.encode(metrics).decode() + "\n" if chosen.json else as_markdown(metrics.splits)
    sys.stdout.write(shown)
    return 0 if metrics.holds else 1


if __name__ == "__main__":
    sys.exit(main())
