"""Sounds put one after another: at each join a short crossfade of constant power, and elsewhere untouched."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.media.sound import Samples


def lay(pieces: Iterable[tuple[int, Samples]], into: Samples) -> None:
    """Write pieces (first sample, sound) into `into`, in order; where two overlap they are crossfaded."""
    reached = 0
    for first, piece in pieces:
        overlap = max(0, reached - first)
        into[first + overlap : first + len(piece)] = piece[overlap:]
        if overlap:
            into[first:reached] = crossfaded(into[first:reached], piece[:overlap])
        reached = first + len(piece)


def crossfaded(old: Samples, new: Samples) -> Samples:
    """From one to the other at constant power, whether they are strangers or much the same sound."""
    turn = ((np.arange(len(old)) + 0.5) / len(old) * np.pi / 2)[:, None]
    out, into = np.cos(turn), np.sin(turn)
    scale = np.sqrt(1 + 2 * out * into * _likeness(old, new))
    return np.asarray((old * out + new * into) / scale, np.float32)


def _likeness(old: Samples, new: Samples) -> float:
    """Their correlation, 0 to 1: sounds that fight each other are treated as strangers."""
    one = old.astype(np.float64).ravel()
    other = new.astype(np.float64).ravel()
    power = float(np.sqrt((one @ one) * (other @ other)))
    return min(1.0, max(0.0, float(one @ other) / power)) if power > 0 else 0.0
