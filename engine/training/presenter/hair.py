"""Hair: a dark volume, and thousands of strands over it that follow how it is combed and catch the light."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.training.presenter.canvas import Canvas, Field, Layer, Points, layer, smooth, spline
from engine.training.presenter.identity import Hair, Identity

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HairLayers:
    """`front` lies on the head, `back` behind neck and head."""

    front: Layer
    back: Layer | None


def hair(canvas: Canvas, who: Identity) -> HairLayers:
    """Paint the hair on the head's canvas."""
    nothing = np.zeros((canvas.height, canvas.width, 4), np.float32)
    if who.hair.style == "bald":
        return HairLayers(front=nothing, back=None)
    if who.hair.style == "buzz":
        return HairLayers(front=_buzzed(canvas, who), back=None)
    cut = _cut(who)
    chance = np.random.default_rng([who.texture_seed, 3])
    back = None if cut.back is None else _paint(canvas, who, cut, cut.back, chance, 0.55)
    return HairLayers(front=_paint(canvas, who, cut, cut.front, chance, 1.0), back=back)


# ---------------------------------------------------------------------------------------- cuts


def _cut(who: Identity) -> Cut:
    style = who.hair.style
    if style in ("crop", "swept"):
        return _short(who)
    if style == "curly":
        return _curly(who)
    if style == "bun":
        return _bun(who)
    return _hanging(who)


def _hairline(recede: float) -> tuple[tuple[float, float], ...]:
    """From the middle of the forehead to the sideburn, on the right."""
    return (
        (0.0, 9.9 + recede), (2.4, 9.9 + 1.2 * recede), (4.2, 9.3 + 1.8 * recede), (5.5, 8.0 + recede),
        (6.15, 6.6), (6.3, 5.2), (6.65, 3.6), (6.9, 1.8),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shell:
    """The hair's outline against the skull: how far above and beside it, and how low it reaches."""

    lift: float
    sides: float
    recede: float
    ears: float


def _outline(shell: _Shell) -> Points:
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
        front=_outline(
            _Shell(lift=lift, sides=0.35 if swept else 0.15, recede=0.6 * who.shape.age - 0.2, ears=1.2)
        ),
        back=None,
        combing=combing,
        length=3.4 if swept else 1.5,
        curl=0.05,
        strands=9000,
        spread=0.28 if swept else 0.42,
    )


def _curly(who: Identity) -> Cut:
    def combing(at: Points) -> Points:
        return _unit(at - np.float32([0, 4.0]))

    return Cut(
        front=_outline(_Shell(lift=2.4, sides=1.5, recede=-0.2, ears=-0.2)),
        back=None,
        combing=combing,
        length=1.8,
        curl=0.45,
        strands=8000,
        spread=1.2,
    )


def _bun(who: Identity) -> Cut:
    knot = np.float32([0.0, 14.6])

    def combing(at: Points) -> Points:
        return _unit(knot - at)

    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ball = np.stack([2.7 * np.cos(angle), 14.6 + 2.3 * np.sin(angle)], axis=1)
    return Cut(
        front=_outline(_Shell(lift=0.45, sides=0.1, recede=0.0, ears=2.2)),
        back=spline(np.float32(ball), 6),
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
        front=spline(np.float32(front), 6),
        back=spline(np.float32(back), 6),
        combing=combing,
        length=7.5,
        curl=0.10,
        strands=6500,
        spread=0.13,
    )


def _unit(vectors: NDArray[np.float32]) -> Points:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-4), np.float32)


# ---------------------------------------------------------------------------------------- painting


def _paint(
    canvas: Canvas, who: Identity, cut: Cut, outline: Points, chance: np.random.Generator, light: float
) -> Layer:
    mask = canvas.fill(outline)
    colour = np.array(who.hair.colour, np.float32)
    facing = _facing(canvas, canvas.inflate(mask, 2.2), who) * light
    # Where the hair thins out, at its edges, skin shows between the strands.
    ragged = canvas.blur(mask, 0.22) + 0.07 * canvas.noise(chance, 0.22)
    base = layer(colour * (0.34 + 0.42 * facing)[..., None], smooth(ragged, 0.45, 0.8))
    roots = _roots(canvas, mask, cut.strands, chance)
    strands = _strands(canvas, base, roots, who.hair, cut, facing, chance)
    reach = canvas.blur(mask, cut.loose) + 0.05 * canvas.noise(chance, 0.3)
    return np.asarray(strands * smooth(reach, 0.12, 0.5)[..., None], np.float32)


def _facing(canvas: Canvas, volume: Field, who: Identity) -> Field:
    """How much each place of the hair faces the key lamp, 0..1."""
    key = np.array(who.lamps.key, np.float32)
    key /= np.linalg.norm(key)
    x, y = canvas.grid()
    across = cv2.Sobel(volume, cv2.CV_32F, 1, 0, ksize=3) * canvas.scale / 8 - x / 11
    down = cv2.Sobel(volume, cv2.CV_32F, 0, 1, ksize=3) * canvas.scale / 8 + (y - 5) / 14
    normal = np.stack([-across, down, np.full_like(volume, 0.9)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return np.asarray(canvas.blur(np.clip(normal @ key, 0, 1).astype(np.float32), 0.25), np.float32)


def _roots(canvas: Canvas, mask: Field, count: int, chance: np.random.Generator) -> Points:
    rows, columns = np.nonzero(mask > 0.5)
    if len(rows) == 0:
        return np.zeros((0, 2), np.float32)
    chosen = chance.integers(len(rows), size=count)
    x = canvas.left + (columns[chosen] + chance.random(count)) / canvas.scale
    y = canvas.top - (rows[chosen] + chance.random(count)) / canvas.scale
    return np.stack([x, y], axis=1).astype(np.float32)


def _strands(
    canvas: Canvas,
    base: Layer,
    roots: Points,
    worn: Hair,
    cut: Cut,
    facing: Field,
    chance: np.random.Generator,
) -> Layer:
    """Draw each strand, dark ones first; bright where hair of its lie would shine."""
    paths = _paths(roots, cut, chance)
    fine = 2
    size = (canvas.width * fine, canvas.height * fine)
    sheet = np.ascontiguousarray(cv2.resize(base, size, interpolation=cv2.INTER_LINEAR))
    pixels = ((canvas.pixels(paths) + 0.5) * fine - 0.5) * 16
    middle = canvas.pixels(paths[:, paths.shape[1] // 2]).round().astype(int)
    column = np.clip(middle[:, 0], 0, canvas.width - 1)
    row = np.clip(middle[:, 1], 0, canvas.height - 1)
    at = facing[row, column]
    band = np.exp(-(((at - 0.74) / 0.13) ** 2))
    shade = 0.34 + 0.62 * at + 0.34 * band + chance.normal(0, 0.11, len(paths))
    colour = np.array(worn.colour, np.float32)
    thin = max(1, round(0.035 * canvas.scale * fine))
    for index in np.argsort(shade + chance.normal(0, 0.3, len(paths))):
        bright = float(np.clip(shade[index], 0.2, 1.5))
        ink = colour * bright + np.array([1.0, 0.95, 0.88]) * 0.06 * max(0.0, bright - 0.75)
        place = pixels[index].round().astype(np.int32)
        cv2.polylines(sheet, [place], False, (*[float(v) for v in ink], 1.0), thin, cv2.LINE_8, 4)
    small = cv2.resize(sheet, (canvas.width, canvas.height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _paths(roots: Points, cut: Cut, chance: np.random.Generator) -> NDArray[np.float32]:
    """(strands, points, 2): each strand's way along the combing, from its root on."""
    steps = 9
    count = len(roots)
    length = cut.length * chance.uniform(0.5, 1.1, (count, 1)).astype(np.float32) / steps
    lean = chance.normal(0, cut.spread, count).astype(np.float32)
    phase = chance.uniform(0, 2 * np.pi, count)
    at, way = roots, [roots]
    for step in range(steps):
        direction = _turned(cut.combing(at), lean)
        swing = np.cos(phase + step * 1.3) * cut.curl
        aside = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
        at = np.asarray(at + length * direction + aside * swing[:, None], np.float32)
        way.append(at)
    return np.stack(way, axis=1).astype(np.float32)


def _turned(directions: Points, angle: NDArray[np.float32]) -> Points:
    c, s = np.cos(angle), np.sin(angle)
    x, y = directions[:, 0], directions[:, 1]
    return np.stack([c * x - s * y, s * x + c * y], axis=1).astype(np.float32)


def _buzzed(canvas: Canvas, who: Identity) -> Layer:
    """A few millimetres: a shadow on the scalp with a grain."""
    chance = np.random.default_rng([who.texture_seed, 3])
    mask = canvas.fill(
        _outline(_Shell(lift=0.12, sides=0.02, recede=0.5 * who.shape.age - 0.1, ears=1.6)), 0.28
    )
    grain = 0.80 + 0.12 * canvas.noise(chance, 0.07)
    facing = _facing(canvas, canvas.inflate(mask, 3.0), who)
    colour = np.array(who.hair.colour, np.float32) * (0.55 + 0.75 * facing)[..., None]
    return layer(colour, np.asarray(np.clip(mask * grain, 0, 0.92), np.float32))
