"""Renders that were handed in and have not come back: the engine goes on with them without the panel."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from bridge.errors import BridgeError
from bridge.files import read_bounded, write_whole
from engine.protocol import Render

_LARGEST = 64 * 1024 * 1024


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A render of the shot that goes by `key`."""

    key: str
    job: Render


def load(path: Path) -> tuple[Pending, ...]:
    """Those of a file; none where there is none. Raises BridgeError where it is no such list."""
    if not path.exists():
        return ()
    try:
        return msgspec.json.decode(read_bounded(path, _LARGEST), type=tuple[Pending, ...])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BridgeError(f"{path}: not the panel's list of renders: {error}") from error


def save(renders: Iterable[Pending], path: Path) -> None:
    """Raises UnwritableOutput."""
    write_whole(path, msgspec.json.encode(tuple(renders)))
