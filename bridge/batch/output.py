"""What a row's new timeline is called: a template filled with the row's columns, the studio's environment and
a version that is free. No version is ever written twice.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import MappingProxyType

import msgspec

from bridge.batch.manifest import Entry
from bridge.errors import BadManifest

_FIELD = re.compile(r"\{(\w+)(?::0?(\d)d?)?\}")
_UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f]')
VERSION = "version"
_SHORT = {"lang": "language"}

# What pipelines say of the work in hand, and the field that it fills where no column does.
ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        "AYON_PROJECT_NAME": "project",
        "AYON_FOLDER_PATH": "folder",
        "AYON_TASK_NAME": "task",
        "CUE_SHOW": "show",
        "CUE_SHOT": "shot",
        "CUE_JOB": "job",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A row's output, all filled in but the version. `numbered`: whether it has one."""

    text: str
    numbered: bool

    def at(self, version: int) -> Path:
        return Path(_FIELD.sub(lambda field: f"{version:0{field[2] or 1}d}", self.text))

    @property
    def folder(self) -> Path:
        """That all of its versions lie under."""
        path = Path(self.text).parent
        while VERSION in _fields(str(path)):
            path = path.parent
        return path

    def versions(self) -> Iterator[Path]:
        """The outputs that the row may have, the first one first; one alone where it has no version."""
        return map(self.at, count(1) if self.numbered else (0,))


def template_of(entry: Entry, folder: Path, environment: Mapping[str, str] = os.environ) -> Template:
    """The row's template, absolute. Raises BadManifest: a field that nothing fills, or a name of no file."""
    told = {
        field: environment[name].strip("/") for name, field in ENVIRONMENT.items() if environment.get(name)
    }
    told |= {name: str(value) for name, value in msgspec.structs.asdict(entry.row).items() if value != ""}
    told |= {"clip": entry.row.clip, **entry.tags}

    def filled(field: re.Match[str]) -> str:
        name = _SHORT.get(field[1], field[1])
        if name == VERSION:
            return field[0]
        value = told.get(name, told.get(field[1]))
        if value is None:
            raise BadManifest(f"{{{field[1]}}} is no column of the row, and no variable of the pipeline")
        return _padded(value, field[2])

    text = _FIELD.sub(filled, entry.row.output)
    left = _FIELD.sub("", text)
    if "{" in left or "}" in left:
        raise BadManifest(f"{entry.row.output}: write fields as {{name}} or {{name:03d}}")
    if _UNSAFE.search(left) or ".." in Path(left).parts:
        raise BadManifest(f"{text}: no name that every system can write, or it leads out of its folder")
    suffix = "" if Path(left).suffix else Path(entry.row.timeline).suffix
    return Template(text=str(folder / f"{text}{suffix}"), numbered=VERSION in _fields(text))


def _fields(text: str) -> set[str]:
    return {field[1] for field in _FIELD.finditer(text)}


def _padded(value: str, width: str | None) -> str:
    return value.zfill(int(width)) if width else value
