"""Haircuts: how far the hair reaches, and which way it is combed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.training.presenter.canvas import Points, floats, smooth, spline
from engine.training.presenter.identity import Identity

# Combing: positions (n, 2) in, unit directions (n, 2) out, in which the hair grows there.
Combing = Callable[[Points], Points]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How a style lies: `front` covers the head, `back` hangs behind the neck (or nothing)."""

    front: NDArray[np.float32]  # outline, cm
    back: NDArray[np.float32] | None
    combing: Combing
    length: float  # of a strand, cm
    curl: float  # how far it swings about its path, cm
    strands: int
    spread: float = 0.5  # radians of disorder
    loose: float = 0.25  # how far strands reach out of the outline, cm


def haircut(who: Identity) -> Cut:
    """The cut of who wears one; not of the bald and the shorn."""
    style = who.hair.style
    if style in ("crop", "swept"):
        return _short(who)
    if style == "curly":
        return _curly()
    if style == "bun":
        return _bun()
    return _hanging(who)


def _hairline(recede: float) -> tuple[tuple[float, float], ...]:
    """From the middle of the forehead to the sideburn, on the right."""
    return (
        (0.0, 9.9 + recede), (2.4, 9.9 + 1.2 * recede), (4.2, 9.3 + 1.8 * recede), (5.5, 8.0 + recede),
        (6.15, 6.6), (6.3, 5.2), (6.65, 3.6), (6.9, 1.8),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The hair's outline against the skull: how far above and beside it, and how low it reaches."""

    lift: float
    sides: float
    recede: float
    ears: float


def outline(shell: Shell) -> Points:
    """A closed outline: over the crown from right to left, then back along the hairline."""
    angle = np.linspace(0.05, np.pi - 0.05, 28)
    x = (7.75 + shell.sides) * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.85
    y = 4.8 + (13.45 + shell.lift - 4.8) * np.sin(angle) ** 0.82
    down = [(7.7 + 0.7 * shell.sides, 3.2), (7.45 + 0.3 * shell.sides, shell.ears)]
    right = [(px, max(py, shell.ears)) for px, py in _hairline(shell.recede)]
    path = list(zip(x, y, strict=True)) + [(-px, py) for px, py in down]
    path += [(-px, py) for px, py in reversed(right)] + list(right[1:]) + list(reversed(down))
    return spline(np.array(path, np.float32), 6)


def _short(who: Identity) -> Cut:
    swept = who.hair.style == "swept"
    part, way = who.hair.part, -np.sign(who.hair.part)
    lift = 1.7 if swept else 0.75

    def combing(at: Points) -> Points:
        x, y = at[:, 0], at[:, 1]
        on_top = smooth(y, 6.0, 9.0)
        from_part = np.tanh((x - part) * way * 1.5)
        sideways = np.where(from_part > 0, way, -way) * on_top * (1.0 if swept else 0.55)
        upward = on_top * (0.75 * smooth(y, 12.5, 8.5) + 0.1) - (1 - on_top) * 1.0
        outward = 0.25 * np.sign(x) * (1 - on_top)
        return _unit(np.stack([sideways + outward, upward], axis=1))

    return Cut(
        front=outline(
            Shell(lift=lift, sides=0.35 if swept else 0.15, recede=0.6 * who.shape.age - 0.2, ears=1.2)
        ),
        back=None,
        combing=combing,
        length=3.4 if swept else 1.5,
        curl=0.05,
        strands=9000,
        spread=0.28 if swept else 0.42,
    )


def _curly() -> Cut:
    def combing(at: Points) -> Points:
        return _unit(at - floats([0, 4.0]))

    return Cut(
        front=outline(Shell(lift=2.4, sides=1.5, recede=-0.2, ears=-0.2)),
        back=None,
        combing=combing,
        length=1.8,
        curl=0.45,
        strands=8000,
        spread=1.2,
    )


def _bun() -> Cut:
    knot = floats([0.0, 14.6])

    def combing(at: Points) -> Points:
        return _unit(knot - at)

    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ball = np.stack([2.7 * np.cos(angle), 14.6 + 2.3 * np.sin(angle)], axis=1)
    return Cut(
        front=outline(Shell(lift=0.45, sides=0.1, recede=0.0, ears=2.2)),
        back=spline(floats(ball), 6),
        combing=combing,
        length=4.0,
        curl=0.04,
        strands=9000,
        spread=0.07,
    )


def _hanging(who: Identity) -> Cut:
    """Bob and long: parted, falling past the face on both sides."""
    long = who.hair.style == "long"
    part = who.hair.part * 0.6
    end = -17.5 if long else -8.3
    out = 9.0 if long else 9.3
    right = [
        (8.3, 9.5),
        (9.0, 6.0),
        (9.1, 2.0),
        (out, -3.0),
        (out + 0.2, -6.5),
        (out - 0.2, end + 1.4),
        (out - 1.6, end),
    ]
    inner = [
        (out - 3.0, end + 0.6),
        (6.75, -6.4),
        (6.55, -3.0),
        (6.75, 1.0),
        (6.7, 4.2),
        (5.9, 6.8),
        (3.6, 8.4),
    ]
    crown = [(6.3, 12.3), (3.3, 14.1), (0.0, 14.65), (-3.3, 14.1), (-6.3, 12.3)]
    front = (
        crown
        + [(-x, y) for x, y in right + inner]
        + [(part, 9.3)]
        + list(reversed(inner))
        + list(reversed(right))
    )
    behind = [(7.6, 4.0), (8.4, -4.0), (out - 0.3, end + 0.8), (0.0, end + 0.3)]
    back = [*behind, *[(-x, y) for x, y in reversed(behind[:-1])], (0.0, 8.0)]

    def combing(at: Points) -> Points:
        x, y = at[:, 0], at[:, 1]
        away = np.sign(x - part * smooth(y, 4.0, 10.0))
        on_top = smooth(y, 7.0, 12.5)
        bow = 0.35 * np.sin(y * 0.42 + 0.8 * away) * smooth(y, 4.0, -2.0)
        return _unit(
            np.stack(
                [away * (1.25 * on_top + 0.12) + bow * (1 if long else 0.5), -1.0 + 0.75 * on_top], axis=1
            )
        )

    return Cut(
        front=spline(floats(front), 6),
        back=spline(floats(back), 6),
        combing=combing,
        length=7.5,
        curl=0.10,
        strands=6500,
        spread=0.13,
    )


def _unit(vectors: NDArray[np.float32]) -> Points:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-4), np.float32)
