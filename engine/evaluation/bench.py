"""`make bench`: every speed that Pickup promises, measured in one run, as one table and as JSON.

Ratios are taken within the run, pair by pair, since machines drift. Footage is drawn by Pickup itself.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from engine.evaluation import (
    denoise_bench,
    editing_bench,
    keeping_bench,
    overhead,
    proxy_bench,
    render_bench,
    transcode_bench,
)
from engine.evaluation.measure import Measure
from engine.version import engine_version


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """One run of all benchmarks."""

    date: str
    machine: str
    engine: str
    measures: tuple[Measure, ...]


def run(folder: Path, on_measure: Callable[[Measure], None]) -> Bench:
    """Measure everything; `folder` keeps the footage for the next run."""
    folder.mkdir(parents=True, exist_ok=True)
    rooms: tuple[Callable[[], Iterable[Measure]], ...] = (
        lambda: [editing_bench.start_up()],
        overhead.measure,
        denoise_bench.measure,
        render_bench.measure,
        keeping_bench.measure,
        lambda: transcode_bench.measure(editing_bench.footage(folder, "1920x1080"), editing_bench.ffmpeg()),
        lambda: proxy_bench.measure(editing_bench.footage(folder, "1920x1080"), editing_bench.ffmpeg()),
        lambda: editing_bench.removal_at_1080p(folder),
        lambda: editing_bench.cost_against_length(folder),
    )
    found = []
    for room in rooms:
        for measure in room():
            on_measure(measure)
            found.append(measure)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    date = datetime.now(UTC).strftime("%Y-%m-%d")
    return Bench(date=date, machine=machine, engine=engine_version(), measures=tuple(found))


def table(bench: Bench) -> Table:
    shown = Table(title=f"{bench.date}, {bench.machine}, engine {bench.engine}")
    for column, side in (
        ("measure", "left"),
        ("value", "right"),
        ("unit", "left"),
        ("goal", "right"),
        ("", "left"),
    ):
        shown.add_column(column, justify=side)  # type: ignore[arg-type]  # rich names the three sides
    for measure in bench.measures:
        verdict = ("" if measure.holds else "MISSED") if measure.goal else measure.note
        shown.add_row(measure.name, f"{measure.value:.3g}", measure.unit, measure.goal, verdict)
    return shown


def as_markdown(bench: Bench) -> str:
    """The table for the documentation."""
    rows = [
        f"| {m.name} | {m.value:.3g} {m.unit} | {m.goal} | {'' if m.holds else '**missed**'} |"
        for m in bench.measures
    ]
    head = f"{bench.date}, {bench.machine}, engine {bench.engine}."
    return "\n".join([head, "", "| measure | value | goal | |", "|---|---|---|---|", *rows, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--out", type=Path, default=Path("bench_out"))
    folder = parser.parse_args().out.absolute()
    console = Console(stderr=True)
    bench = run(folder, lambda measure: console.print(f"{measure.name}: {measure.value:.3g} {measure.unit}"))
    (folder / "bench.json").write_bytes(msgspec.json.format(msgspec.json.encode(bench), indent=1) + b"\n")
    (folder / "bench.md").write_text(as_markdown(bench), encoding="utf-8")
    Console(width=110).print(table(bench))


if __name__ == "__main__":
    main()
