"""Where a word begins, when the aligner has given it the pause before it: pure.

The aligner hears a pause as such from about 100 ms on; a shorter one goes to one of its neighbours. A word
that begins with a stop keeps it: the silence before a "t" is part of the "t". Moving more than this was
tried, and took onsets away from hand-made labels, for a soft "w" begins as quietly as a pause ends.
"""

from __future__ import annotations

import math

from engine.protocol import TICKS_PER_SECOND

STOPS = frozenset(("P", "T", "K", "B", "D", "G", "CH", "JH"))

_SILENT = 120  # dB below full scale; less than that is digital silence, and tells nothing of the room
_ABOVE_FLOOR = 6  # dB
_SHORTEST, _LONGEST = 2, 15  # ticks that a word may give back
_TAIL = 2  # ticks of the word before it that may come first


def floor_of(energy: bytes) -> int:
    """The level of the room, in dB below full scale: the quietest twentieth of the ticks that have sound."""
    heard = sorted(level for level in energy if level < _SILENT)
    return heard[len(heard) * 19 // 20] if heard else _SILENT


def after_pause(start: float, end: float, energy: bytes, floor: int) -> float:
    """The word's start, moved to where its sound begins if it starts with a pause; never past its middle."""
    first = math.floor(start * TICKS_PER_SECOND + 0.5)
    limit = min(first + _LONGEST, math.floor((start + end) / 2 * TICKS_PER_SECOND), len(energy) - 1)
    quiet = [tick for tick in range(first, limit) if energy[tick] > floor - _ABOVE_FLOOR]
    if len(quiet) < _SHORTEST or quiet[0] > first + _TAIL or quiet[-1] - quiet[0] >= len(quiet):
        return start
    sounds_after = energy[quiet[-1] + 1] <= floor - _ABOVE_FLOOR
    return (quiet[-1] + 1) / TICKS_PER_SECOND if sounds_after else start
