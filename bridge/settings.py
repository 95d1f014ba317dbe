"""The settings of a diffusion renderer, as they are written on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bridge.errors import UsageError
from engine.protocol import Diffusion


def diffusion_of(model: str, settings: Sequence[str]) -> Diffusion:
    """`model`: a checkpoint's name, or its folder. `settings`: "NAME=VALUE" each, the last one counts.

    Raises UsageError for a name that there is not, or a value that it cannot have.
    """
    given: dict[str, str] = {"model": _absolute(model)} if model else {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or name not in _NAMES:
            raise UsageError(f"--set {setting}: write NAME=VALUE with one of: {', '.join(_NAMES)}")
        given[name] = value
    try:
        return msgspec.convert(given, Diffusion, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"--set {' '.join(settings)}: {error}") from error


_NAMES = tuple(name for name in Diffusion.__struct_fields__ if name != "model")


def _absolute(model: str) -> str:
    """What is there, by its whole path: the engine's own folder is nobody's."""
    return str(Path(model).absolute()) if Path(model).exists() else model
