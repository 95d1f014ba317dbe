"""`pickup batch`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge import console
from bridge.engine_commands import running_engine
from bridge.errors import RowsFailed, UsageError
from bridge.options import Yes
from bridge.timeline_commands import Json

if TYPE_CHECKING:
    from bridge.batch.report import BatchReport, RowReport
    from bridge.batch.run import Batch

# Imports inside the command: `pickup --help` must not wait for the timeline library.
# ruff: noqa: PLC0415, PLR0917


def batch(
    manifest: Annotated[
        Path | None, typer.Argument(help="A .csv, .json or .jsonl file, a row for each dub.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Plan all rows; render and write nothing.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a batch that was begun.")] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only rows of this line, clip, language or other column's value."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="So many rows at most.")] = None,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="Rows that are worked on at a time.")] = 2,
    report: Annotated[
        Path | None, typer.Option(help="A folder for report.json and report.html; else beside the manifest.")
    ] = None,
    executor: Annotated[
        str,
        typer.Option(
            help="local; ray: on the cluster of RAY_ADDRESS; openjd: write a job bundle into --bundle."
        ),
    ] = "local",
    workers: Annotated[int | None, typer.Option(min=1, help="Of a Ray cluster; else all.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="The folder of the OpenJD bundle.")] = None,
    yes: Yes = False,
    exit_zero: Annotated[
        bool,
        typer.Option("--exit-zero", help="End with 0 though rows have failed: the report tells of them."),
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the columns as JSON Schema, and end.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Dub many clips from one manifest: each row for itself, none twice, versions never overwritten.

    The exit code is 0 where all rows are done. A row that was done before, by the same manifest, is not done
    again; what failed is tried again.
    """
    from bridge.batch import manifest as rows
    from bridge.batch.page import as_page
    from bridge.batch.run import Batch, chosen
    from bridge.files import write_whole

    if schema:
        typer.echo(json.dumps(rows.schema(), indent=1))
        return
    if manifest is None:
        raise UsageError("give a manifest, or --schema for what is in one")
    if executor not in ("local", "ray", "openjd"):
        raise UsageError(f'--executor {executor}: write "local", "ray" or "openjd"')
    beside = manifest.with_suffix(".batch")
    folder = report or beside
    work = Batch(
        manifest=manifest,
        rows=chosen(rows.read_manifest(manifest), only or (), limit),
        record=beside / "record",
        yes=yes,
        at_once=at_once,
    )
    if executor == "openjd":
        from bridge.batch.executors.openjd import write_bundle

        written = write_bundle(work, folder, bundle or manifest.with_suffix(".openjd"))
        console.answer({"bundle": str(written)}, as_json=as_json, text=f"{written}: openjd run, or a farm")
        return
    if resume and not work.record.is_dir():
        raise UsageError(f"there is nothing to resume: {work.record} is not there")

    found = _found(work, "dry run" if dry_run else executor, workers)
    if not dry_run:
        import msgspec

        write_whole(folder / "report.json", msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
        with running_engine() as engine:
            write_whole(folder / "report.html", as_page(found, engine).encode())
    console.answer(found, as_json=as_json, text=found.as_text())
    if found.failed and not exit_zero:
        where = "" if dry_run else f": see {folder / 'report.html'}"
        raise RowsFailed(f"{len(found.failed)} of {len(found.rows)} rows failed{where}")


def _found(work: Batch, how: str, workers: int | None) -> BatchReport:
    """What became of the rows, each told as it comes; its pictures are made while others are worked on."""
    from concurrent.futures import ThreadPoolExecutor

    from bridge.batch.run import plan_batch, run_batch

    if how == "dry run":
        return plan_batch(work, running_engine, lambda row: console.say(str(row)))
    # Each picture waits for a render to end: one at a time they would come later and later.
    with ThreadPoolExecutor(max_workers=4) as pictures:

        def told(row: RowReport) -> None:
            console.say(str(row))
            if row.edit is not None:
                pictures.submit(_look, row)

        if how == "ray":
            from bridge.batch.executors.ray_cluster import run_on_ray

            return run_on_ray(work, told, workers=workers)
        return run_batch(work, running_engine, told)


def _look(row: RowReport) -> None:
    from bridge.batch.page import look
    from engine import launcher

    with launcher.ensure_running() as engine:
        look(row, engine)
