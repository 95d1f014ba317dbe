"""What `pickup doctor` asks of the engine: found by entry point, so that the command need not know it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from engine.paths import EnginePaths


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineCheck:
    """Fields as the doctor shows them."""

    name: str
    ok: bool
    found: str
    needed_for: str
    fix: str = ""


def checks() -> tuple[EngineCheck, ...]:
    return _face_models(), _keys(), _renderers()


def _face_models() -> EngineCheck:
    if find_spec("cv2") is None:
        there = None
    else:
        from engine.face.models import find_models  # noqa: PLC0415

        there = find_models()
    return EngineCheck(
        name="face mesh",
        ok=there is not None,
        found="installed" if there else "not installed",
        needed_for="face boxes in takes, and the metrics",
        fix="pickup models pull face",
    )


def _keys() -> EngineCheck:
    """A key that others may read is refused by the engine: better said here than at a deadline."""
    paths = EnginePaths.default()
    loose = [path for path in (paths.server_key, paths.client_key) if path.exists() and _is_loose(path)]
    return EngineCheck(
        name="engine keys",
        ok=not loose,
        found=f"readable by others: {loose[0]}" if loose else "private, or not made yet",
        needed_for="talking to the engine",
        fix=f"delete {paths.keys}; new ones are made at the next start",
    )


def _is_loose(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o077)


def _renderers() -> EngineCheck:
    ready = find_spec("av") is not None and find_spec("cv2") is not None
    return EngineCheck(
        name="renderers",
        ok=ready,
        found="draft (CPU)" if ready else "none",
        needed_for="rendering takes",
        fix="pip install 'pickup-editor[engine]'",
    )
