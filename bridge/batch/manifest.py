"""The manifest of a batch: CSV, JSON or JSON Lines, a row for each dub. Pure, but for reading the file.

A row that makes no sense is told by its line and column, and is no reason to stop the others.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bridge.errors import BadManifest, UsageError
from bridge.files import read_bounded
from bridge.settings import diffusion_of
from engine.protocol import Diffusion

MAX_BYTES = 64 * 1024 * 1024
MOST_ROWS = 100_000
_SEVERAL = ";"  # between the names of several clips, their recordings, and settings
_CPU_RENDERERS = frozenset({"draft", "demo"})


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a row of a manifest says. Paths are as written: relative ones start at the manifest's folder.

    `clip`, `speech`, `speaker`, `set`: several are divided by semicolons. `output` names the new timeline,
    and may hold `{version}` and any column, as in `{show}/{shot}/{lang}/v{version:03d}`.
    """

    timeline: str
    clip: str
    output: str
    speech: str = ""
    script: str = ""
    language: str = "en"
    speaker: str = ""
    project: str = ""
    retime: str = "auto"
    captions: str = ""
    voice: str = "scratch"
    region: str = "lips"
    renderer: str = "draft"
    model: str = ""
    set: str = ""
    seed: int = 0
    place: str = "replace"
    ripple: str = "all"

    @property
    def clips(self) -> tuple[str, ...]:
        return _parts(self.clip)

    @property
    def speakers(self) -> tuple[str, ...]:
        return _parts(self.speaker)

    @property
    def recordings(self) -> tuple[str, ...]:
        return _parts(self.speech)

    @property
    def diffusion(self) -> Diffusion:
        """Raises UsageError."""
        return diffusion_of(self.model, _parts(self.set))

    @property
    def gpus(self) -> int:
        """That its renders share, all of one machine. Raises UsageError."""
        if self.renderer in _CPU_RENDERERS:
            return 0
        diffusion = self.diffusion
        return diffusion.ulysses * diffusion.ring


COLUMNS = Row.__struct_fields__
NEEDED = ("timeline", "clip", "output")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row where it stands: `line` of the file. `tags`: its columns that are for the output's name alone."""

    line: int
    row: Row
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRow:
    """A row that cannot be done, and why; `column` is empty where no single one is at fault."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}{f', {self.column}' if self.column else ''}: {self.reason}"


def read_manifest(path: Path) -> tuple[Entry | BrokenRow, ...]:
    """All rows, in their order. Raises BadManifest where the file as a whole cannot be read."""
    content = read_bounded(path, MAX_BYTES)
    try:
        text = content.decode("utf-8-sig")  # spreadsheets put a mark in front
    except UnicodeDecodeError as error:
        raise BadManifest(f"{path}: not UTF-8, at byte {error.start}: save it as UTF-8") from error
    readers = {".csv": _csv, ".tsv": _csv, ".json": _json, ".jsonl": _lines, ".ndjson": _lines}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadManifest(f"{path}: a manifest is .csv, .json or .jsonl")
    found = list(reader(text, path))
    if not found:
        raise BadManifest(f"{path}: there is no row in it")
    if len(found) > MOST_ROWS:
        raise BadManifest(f"{path}: {len(found)} rows, more than the {MOST_ROWS} that a batch may have")
    return tuple(_entry(line, raw) if isinstance(raw, dict) else _no_object(line) for line, raw in found)


def schema() -> dict[str, Any]:
    """Of a row, as JSON Schema. Columns that are not in it are for the output's name."""
    told: dict[str, Any] = msgspec.json.schema(Row)
    return told


def _entry(line: int, raw: Mapping[str, Any]) -> Entry | BrokenRow:
    given = {name: value for name, value in raw.items() if value not in ("", None)}
    for name in NEEDED:
        if name not in given:
            return BrokenRow(line=line, column=name, reason="is missing")
    known = {name: value for name, value in given.items() if name in COLUMNS}
    try:
        row = msgspec.convert(known, Row, strict=False)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        return BrokenRow(line=line, column=place.strip("`."), reason=reason)
    try:
        row.diffusion  # noqa: B018  (before anything is done, and by the column's name)
    except UsageError as error:
        return BrokenRow(line=line, column="set", reason=str(error).removeprefix("--set "))
    tags = {name: str(value) for name, value in given.items() if name not in COLUMNS}
    for name in tags:
        if f"{{{name}" not in row.output:
            near = f"; did you mean {close}?" if (close := _close(name)) else ""
            return BrokenRow(
                line=line, column=name, reason=f"is no column, and not in the output's name{near}"
            )
    return Entry(line=line, row=row, tags=tags)


def _close(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  (only for who mistyped)

    return next(iter(get_close_matches(name.lower(), COLUMNS, 1)), "")


def _no_object(line: int) -> BrokenRow:
    return BrokenRow(line=line, column="", reason="is no object of columns")


def _csv(text: str, path: Path) -> Iterator[tuple[int, Any]]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)  # spreadsheets of many countries write semicolons
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        _refuse_double(names, path)
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                yield line, _row_of(names, cells)
    except csv.Error as error:
        raise BadManifest(f"{path}, line {reader.line_num}: {error}") from error


def _row_of(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Cells beyond the last name are told of as a column that there is not."""
    names = [*names, *(f"column {number + 1}" for number in range(len(names), len(cells)))]
    return {name: cell.strip() for name, cell in zip(names, cells, strict=False)}


def _refuse_double(names: Sequence[str], path: Path) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise BadManifest(f"{path}, line 1: the column {name!r} is there {times} times")


def _json(text: str, path: Path) -> Iterator[tuple[int, Any]]:
    """A list of rows, or an object that has it as `rows`; the number of a row stands for its line."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadManifest(f"{path}: {error}") from error
    rows = told.get("rows") if isinstance(told, dict) else told
    if not isinstance(rows, list):
        raise BadManifest(f"{path}: write a list of rows, or an object with rows in it")
    yield from enumerate(rows, start=1)


def _lines(text: str, path: Path) -> Iterator[tuple[int, Any]]:
    del path
    for line, written in enumerate(text.splitlines(), start=1):
        if written.strip():
            try:
                yield line, json.loads(written)
            except (ValueError, RecursionError):
                yield line, None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(_SEVERAL) if part.strip())
