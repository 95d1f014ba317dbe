"""Loudness over time at any zoom: of each stretch the loudest and the quietest. Pure.

Levels are bytes as a transcript's `energy` has them: dB below full scale, 0 loud, 255 silent, one for 10 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

STEP = 16  # levels of one layer that the next one puts together
SILENT = 255
_CHUNK = 100 * STEP  # levels that are gone through in one step


@dataclass(frozen=True, slots=True)
class Levels:
    """Layers of (loudest, quietest), each of a level for STEP of the layer below."""

    layers: tuple[tuple[bytes, bytes], ...]

    def columns(self, first: float, step: float, count: int) -> list[tuple[int, int]]:
        """The loudest and the quietest level of each of `count` columns of `step` ticks, from tick `first`.

        Where a column has many ticks they are taken in whole steps of a layer above.
        """
        number, width = 0, 1
        while number + 1 < len(self.layers) and step >= 2 * STEP * width:
            number, width = number + 1, width * STEP
        loudest, quietest = self.layers[number]
        edges = [max(0, int((first + column * step) / width)) for column in range(count + 1)]
        return [
            (min(loudest[a:b], default=SILENT), max(quietest[a:b], default=SILENT))
            for a, b in ((a, max(b, a + 1)) for a, b in pairwise(edges))
        ]


def levels_of(energy: bytes) -> Levels:
    """At once: three hours take some 50 ms."""
    *_, levels = weighed(energy)
    assert levels is not None
    return levels


def weighed(energy: bytes) -> Iterator[Levels | None]:
    """A step of a tenth of a millisecond or two after the other, and the levels after the last one."""
    layers = [(energy, energy)]
    while len(layers[-1][0]) > STEP:
        loudest, quietest = bytearray(), bytearray()
        for start in range(0, len(layers[-1][0]), _CHUNK):
            louder, quieter = (levels[start : start + _CHUNK] for levels in layers[-1])
            loudest += _each(min, louder)
            quietest += _each(max, quieter)
            yield None
        layers.append((bytes(loudest), bytes(quietest)))
    yield Levels(tuple(layers))


def _each(pick: Callable[..., int], levels: bytes) -> bytes:
    padded = levels + levels[-1:] * (-len(levels) % STEP)
    return bytes(map(pick, *(padded[at::STEP] for at in range(STEP))))
