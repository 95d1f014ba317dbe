"""A batch as an OpenJD job bundle (Open Job Description, 2023-09), for render farms and `openjd run`.

    template.json            a task for each row, then a step that writes the report of all
    parameter_values.json    the manifest, and where the report goes
    asset_references.json    what the rows read and where they write, for farms that bring files along

Each task is `pickup batch MANIFEST --only LINE --exit-zero`: a row that was done is not done again, on
whatever machine, and one that fails keeps neither the others nor the report from coming: it tells of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from bridge import ranges
from bridge.batch.manifest import BrokenRow, Entry, Row
from bridge.batch.output import template_of
from bridge.batch.run import Batch
from bridge.clip import media_of
from bridge.errors import BadManifest
from bridge.files import write_whole

_MOST_NAME = 128  # characters of a job's name
_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f{}]")  # what no name may have, and what would be filled in


def write_bundle(batch: Batch, report: Path, out: Path) -> Path:
    """The bundle's folder. Raises BadManifest where rows make no sense, TimelineError, UnwritableOutput.

    On a farm a broken row would be found out hours later: here none is let through.
    """
    broken = [str(row) for row in batch.rows if isinstance(row, BrokenRow)]
    if broken:
        raise BadManifest(f"{batch.manifest}: {len(broken)} rows make no sense, the first: {broken[0]}")
    entries = [row for row in batch.rows if isinstance(row, Entry)]
    _write(out / "template.json", _template(batch.manifest, entries))
    values = {"Manifest": str(batch.manifest.absolute()), "Report": str(report.absolute())}
    _write(
        out / "parameter_values.json",
        {"parameterValues": [{"name": name, "value": value} for name, value in values.items()]},
    )
    _write(out / "asset_references.json", {"assetReferences": _assets(batch, entries, report)})
    return out


def _assets(batch: Batch, entries: Sequence[Entry], report: Path) -> dict[str, Any]:
    """What is read and where is written. The record is both: what a machine has done, the next one knows."""
    inputs = {batch.manifest.absolute(), *_inputs(entries, batch.folder)}
    record = batch.record.absolute()
    outputs = {template_of(entry, batch.folder).folder for entry in entries}
    return {
        "inputs": {
            "filenames": sorted(str(path) for path in inputs if not path.is_dir()),
            "directories": sorted(str(path) for path in {*inputs, record} if path.is_dir()),
        },
        "outputs": {"directories": sorted(map(str, {*outputs, record, report.absolute()}))},
        "referencedPaths": [],
    }


def _template(manifest: Path, entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "specificationVersion": "jobtemplate-2023-09",
        "name": _NO_NAME.sub("_", f"pickup {manifest.stem}")[:_MOST_NAME],
        "parameterDefinitions": [
            {"name": "Manifest", "type": "PATH", "objectType": "FILE", "dataFlow": "IN"},
            {"name": "Report", "type": "PATH", "objectType": "DIRECTORY", "dataFlow": "OUT"},
            {"name": "Pickup", "type": "STRING", "default": "pickup"},
        ],
        "steps": [_rows(entries), _report()],
    }


def _rows(entries: Sequence[Entry]) -> dict[str, Any]:
    line = "{{Task.Param.Line}}"
    step: dict[str, Any] = {
        "name": "Rows",
        "parameterSpace": {
            "taskParameterDefinitions": [{"name": "Line", "type": "INT", "range": _ranges(entries)}]
        },
        "script": _run(
            "--only", line, "--at-once", "1", "--report", f"{{{{Param.Report}}}}/{line}", "--exit-zero"
        ),
    }
    if gpus := max((entry.row.gpus for entry in entries), default=0):
        step["hostRequirements"] = {"amounts": [{"name": "amount.worker.gpu", "min": gpus}]}
    return step


def _report() -> dict[str, Any]:
    """All rows once more: what is done is known, and told."""
    return {
        "name": "Report",
        "dependencies": [{"dependsOn": "Rows"}],
        "script": _run("--report", "{{Param.Report}}"),
    }


def _run(*words: str) -> dict[str, Any]:
    arguments = ["batch", "{{Param.Manifest}}", "--yes", *words]
    return {"actions": {"onRun": {"command": "{{Param.Pickup}}", "args": arguments}}}


def _ranges(entries: Sequence[Entry]) -> str:
    """Lines as OpenJD writes ranges: "2-11,13"."""
    lines = sorted({entry.line for entry in entries})
    runs = ([line for _, line in run] for _, run in groupby(enumerate(lines), lambda pair: pair[1] - pair[0]))
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _inputs(entries: Sequence[Entry], folder: Path) -> Iterator[Path]:
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        row = entry.row
        for name in (row.timeline, row.script, row.captions, *row.recordings):
            if name:
                yield folder / name
        yield from (path for path in _settings(row, folder) if path.exists())
        for clip in row.clips:
            if (row.timeline, clip) not in seen:
                seen.add((row.timeline, clip))
                yield media_of(folder / row.timeline, clip, None)


def _settings(row: Row, folder: Path) -> Iterator[Path]:
    """What may be files: a matte, a checkpoint's folder, a voice's model and what Piper has beside it."""
    if not ranges.region(row.region):
        yield folder / row.region
    if row.model:
        yield Path(row.model).absolute()
    voice, _, setting = row.voice.partition(":")
    if voice == "piper":
        yield Path(setting).absolute()
        yield Path(f"{setting}.json").absolute()


def _write(path: Path, value: dict[str, Any]) -> None:
    write_whole(path, msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")
