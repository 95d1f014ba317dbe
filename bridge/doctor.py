"""What this machine has and lacks, each with the fix."""

from __future__ import annotations

import platform
import shutil
import sys
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path

import msgspec

from engine.paths import EnginePaths


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at. `needed_for`: what works only with it; `fix`: what to do where it is missing."""

    name: str
    ok: bool
    found: str
    needed_for: str
    fix: str = ""


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """All that was looked at."""

    checks: tuple[Check, ...]


# package -> (extra that brings it, what it is needed for)
_PACKAGES = {
    "av": ("engine", "reading media and writing takes"),
    "cv2": ("engine", "the draft renderer and faces"),
    "pocketsphinx": ("engine", "word times from a script"),
    "structlog": ("engine", "starting the engine"),
    "espeakng_loader": ("scratch", "the scratch voice"),
    "faster_whisper": ("whisper", "transcribing without a script"),
    "PySide6": ("panel", "the panel"),
}


def examine() -> Examination:
    """Every check, the bridge's own and those that installed engine parts register."""
    checks = [_python(), *(_package(name, *use) for name, use in _PACKAGES.items()), _disk()]
    for entry in entry_points(group="pickup.checks"):
        checks += [msgspec.convert(check, Check, from_attributes=True) for check in entry.load()()]
    return Examination(checks=tuple(checks))


def as_text(examination: Examination) -> str:
    lines = [f"pickup {version('pickup-editor')} on {platform.system()} {platform.machine()}"]
    for check in examination.checks:
        lines.append(
            f"  {'ok  ' if check.ok else 'LACK'}  {check.name}: {check.found}  (for {check.needed_for})"
        )
        if not check.ok and check.fix:
            lines.append(f"        -> {check.fix}")
    return "\n".join(lines)


def _python() -> Check:
    ok = (3, 11) <= sys.version_info[:2] <= (3, 12)
    return Check(
        name="python",
        ok=ok,
        found=platform.python_version(),
        needed_for="everything",
        fix="use Python 3.11 or 3.12",
    )


def _package(name: str, extra: str, use: str) -> Check:
    there = find_spec(name) is not None
    return Check(
        name=name,
        ok=there,
        found="installed" if there else "not installed",
        needed_for=use,
        fix=f"pip install 'pickup-editor[{extra}]'",
    )


def _disk() -> Check:
    cache = EnginePaths.default().cache
    there = next(folder for folder in (cache, *cache.parents, Path.cwd()) if folder.exists())
    free = shutil.disk_usage(there).free // 2**30
    return Check(
        name="disk",
        ok=free >= 2,
        found=f"{free} GiB free at {there}",
        needed_for="takes: about 1.3 GiB for each minute of 1080p",
        fix="make room, or set PICKUP_HOME to a folder on another disk",
    )
