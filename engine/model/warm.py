"""The model that a worker used last stays in memory for its next job, whichever renderer's it is."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar, cast

import torch


class Model(Protocol):
    @property
    def whole(self) -> bool:
        """Whether it can still be used."""
        ...

    def release(self) -> None:
        """Give back what is not memory of this process."""
        ...


M = TypeVar("M", bound=Model)

_kept: dict[Hashable, Model] = {}


def kept(key: Hashable, load: Callable[[], M]) -> M:
    """The model of this key: the last one that was used, or a new one in its place."""
    found = _kept.get(key)
    if found is None or not found.whole:
        unload()  # first: two of them may not fit
        found = _kept[key] = load()
    return cast(M, found)


def unload() -> None:
    """Forget the last model."""
    while _kept:
        _, model = _kept.popitem()
        model.release()


def lacks_memory(error: Exception) -> bool:
    """Whether the device's memory was too small: torch has a class of its own for GPUs alone."""
    told = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return told or "can't allocate memory" in str(error)


def too_large(what: str) -> str:
    """What to say where the device's memory does not hold the work."""
    return (
        f"{what} does not fit into this device's memory: set precision=fp8 or offload=true, or work on less"
        " of the picture or of the clip (--region, a shorter edit)"
    )
