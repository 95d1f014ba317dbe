"""Long work in steps: a generator that rests now and then, for `Turns` to go on with. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

STEP = 20  # ours: items that are put there at a time: segments of a playlist take a third of a millisecond


def filled(into: list[Item], items: Iterable[Item]) -> Iterator[None]:
    """Puts them there, and rests after some of them."""
    for number, item in enumerate(items, start=1):
        into.append(item)
        if number % STEP == 0:
            yield
