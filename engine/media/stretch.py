"""Sound played slower or faster at the same pitch, through FFmpeg's `atempo`.

Measured: what comes out is early by half the filter's window, which is 2,048 samples at 48 kHz, and the end
is lost by as much. So one hands over more than what is to be played: `margin` before it, twice that after it.
A sound may still lie some 15 ms off, where the filter looks for the best place to join.
"""

from __future__ import annotations

from fractions import Fraction

import av
import av.filter
import numpy as np

from engine.media.sound import Samples, fitted, frame_of, layout_of, samples_of
from engine.protocol import SAMPLE_RATE

# One atempo takes up to 100, but above 2 it drops samples rather than blends them, and at 20 libav aborts.
_SLOWEST, _FASTEST = Fraction(1, 2), Fraction(2)
_HALF_WINDOW = 1024
_CHUNK = 1 << 16


def margin(tempo: Fraction) -> int:
    """How many samples the filters lose at the beginning of what they get, one after the other."""
    lost, played = Fraction(0), Fraction(1)
    for step in _steps(tempo):
        lost += _HALF_WINDOW * played
        played *= step
    return round(lost)


def stretched(samples: Samples, tempo: Fraction, count: int) -> Samples:
    """`samples` [samples, channels] at 48 kHz, played `tempo` times as fast: `count` samples.

    The first `margin(tempo)` samples go before what is heard; as many again, and more, should follow it.
    """
    graph = av.filter.Graph()
    nodes = [
        graph.add_abuffer(
            sample_rate=SAMPLE_RATE,
            format="flt",
            layout=layout_of(samples.shape[1]),
            time_base=Fraction(1, SAMPLE_RATE),
        ),
        *(graph.add("atempo", repr(float(step))) for step in _steps(tempo)),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    pieces = []
    for first in range(0, len(samples), _CHUNK):
        graph.push(frame_of(samples[first : first + _CHUNK], SAMPLE_RATE, first))
        pieces += _pulled(graph)
    graph.push(None)
    pieces += _pulled(graph)
    return fitted(np.concatenate(pieces) if pieces else samples[:0], count)


def _steps(tempo: Fraction) -> tuple[Fraction, ...]:
    """The tempo as a product of such as one filter takes."""
    steps = []
    while tempo < _SLOWEST:
        steps.append(_SLOWEST)
        tempo /= _SLOWEST
    while tempo > _FASTEST:
        steps.append(_FASTEST)
        tempo /= _FASTEST
    return (*steps, tempo)


def _pulled(graph: av.filter.Graph) -> list[Samples]:
    pieces: list[Samples] = []
    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return pieces
        if isinstance(frame, av.AudioFrame):
            pieces.append(samples_of(frame))
