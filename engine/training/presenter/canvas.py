"""The painter's canvas: a patch of the figure's plane as pixels, and the few brushes that all rooms use.

Paintings are float32 RGBA in [0, 1], colour in sRGB, premultiplied by alpha; light is reckoned in linear RGB.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Field = NDArray[np.float32]  # (height, width)
Colour = tuple[float, float, float]  # sRGB, 0..1
Layer = NDArray[np.float32]  # (height, width, 4), premultiplied
Points = NDArray[np.float32]  # (n, 2) in centimetres


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """`width` x `height` pixels from (left, top) centimetres, `scale` pixels a centimetre."""

    left: float
    top: float
    width: int
    height: int
    scale: float

    @classmethod
    def covering(cls, *, left: float, top: float, right: float, bottom: float, scale: float) -> Canvas:
        """The smallest canvas with this area."""
        width, height = round((right - left) * scale), round((top - bottom) * scale)
        return cls(left=left, top=top, width=width, height=height, scale=scale)

    def grid(self) -> tuple[Field, Field]:
        """X and y in centimetres of each pixel's centre; as a row and a column, which broadcast."""
        x = self.left + (np.arange(self.width, dtype=np.float32) + 0.5) / self.scale
        y = self.top - (np.arange(self.height, dtype=np.float32) + 0.5) / self.scale
        return x[None, :].astype(np.float32), y[:, None].astype(np.float32)

    def pixels(self, points: ArrayLike) -> Points:
        """Centimetres to pixel coordinates, pixel centres at whole numbers."""
        points = np.asarray(points, np.float32)
        x = (points[..., 0] - self.left) * self.scale - 0.5
        y = (self.top - points[..., 1]) * self.scale - 0.5
        return np.stack([x, y], axis=-1).astype(np.float32)

    def part(self, *, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
        """The rows and columns that show this area, within the canvas."""
        first = np.floor(self.pixels((left, top))).astype(int)
        last = np.ceil(self.pixels((right, bottom))).astype(int)
        x0, x1 = (int(v) for v in np.clip([first[0], last[0] + 1], 0, self.width))
        y0, y1 = (int(v) for v in np.clip([first[1], last[1] + 1], 0, self.height))
        return slice(y0, y1), slice(x0, x1)

    def crop(self, part: tuple[slice, slice]) -> Canvas:
        """The canvas of a part."""
        rows, columns = part
        return Canvas(
            left=self.left + columns.start / self.scale,
            top=self.top - rows.start / self.scale,
            width=columns.stop - columns.start,
            height=rows.stop - rows.start,
            scale=self.scale,
        )

    def fill(self, outline: ArrayLike, softness: float = 0.0) -> Field:
        """The inside of a closed outline (centimetres) as a mask, its edge blurred by `softness` cm."""
        mask = np.zeros((self.height, self.width), np.uint8)
        fixed = np.round(self.pixels(outline) * 16).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, lineType=cv2.LINE_AA, shift=4)
        return self.blur(floats(mask) / np.float32(255), softness)

    def blur(self, field: Field, radius: float) -> Field:
        """A Gaussian of `radius` cm."""
        sigma = radius * self.scale
        if sigma < 0.3:
            return field
        if sigma < 12:
            return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma), np.float32)
        # Wide blurs are as good, and far cheaper, on a smaller picture.
        step = int(sigma // 4)
        small = (max(2, field.shape[1] // step), max(2, field.shape[0] // step))
        shrunk = cv2.GaussianBlur(
            cv2.resize(field, small, interpolation=cv2.INTER_AREA), (0, 0), sigma / step
        )
        full = (field.shape[1], field.shape[0])
        return np.asarray(cv2.resize(shrunk, full, interpolation=cv2.INTER_CUBIC), np.float32)

    def noise(self, chance: np.random.Generator, size: float) -> Field:
        """Smooth noise with blobs of about `size` cm, mean 0, deviation 1."""
        rows = max(3, round(self.height / self.scale / size) + 3)
        columns = max(3, round(self.width / self.scale / size) + 3)
        coarse = chance.standard_normal((rows, columns)).astype(np.float32)
        field = cv2.resize(coarse, (self.width, self.height), interpolation=cv2.INTER_CUBIC)
        return np.asarray((field - field.mean()) / max(float(field.std()), 1e-6), np.float32)

    def inflate(self, mask: Field, radius: float) -> Field:
        """A cushion of the mask's shape: height in cm, rising like a quarter circle over `radius` cm."""
        inside = (mask > 0.5).astype(np.uint8)
        away = cv2.distanceTransform(inside, cv2.DIST_L2, 5).astype(np.float32) / self.scale
        rise = np.clip(away / radius, 0, 1)
        return self.blur(np.asarray(radius * np.sqrt(1 - (1 - rise) ** 2), np.float32), radius * 0.12)


def floats(values: ArrayLike) -> NDArray[np.float32]:
    """The values as an array of the painter's precision."""
    return np.asarray(values, np.float32)


def smooth(value: ArrayLike, low: float, high: float) -> Field:
    """0 below `low`, 1 above `high`, a smooth step between; `low` may be the greater one."""
    t = np.clip((np.asarray(value, np.float32) - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def sideways(x: ArrayLike) -> Field:
    """Distance from the middle line, rounded at 0 so that no crease runs down it."""
    return np.asarray(np.sqrt(np.square(np.asarray(x, np.float32)) + 0.02), np.float32)


def bump(x: Field, y: Field, at: tuple[float, float], radii: tuple[float, float]) -> Field:
    """A Gaussian hill of height 1 at a point."""
    return np.asarray(np.exp(-(((x - at[0]) / radii[0]) ** 2) - ((y - at[1]) / radii[1]) ** 2), np.float32)


def curve(at: ArrayLike, knots: tuple[tuple[float, float], ...], softness: float = 0.0) -> Field:
    """A line through (position, value) knots, read at `at`, its corners rounded by `softness`."""
    places, values = np.array(sorted(knots), np.float32).T
    read = floats(at)
    total, weights = np.zeros(read.shape), 0.0
    for offset in np.linspace(-2, 2, 9) if softness else (0.0,):
        weight = float(np.exp(-0.5 * offset**2))
        total += weight * np.interp(read + offset * softness, places, values)
        weights += weight
    return floats(total / weights)


def spline(points: ArrayLike, count: int = 16, *, closed: bool = True) -> Points:
    """A Catmull-Rom curve through the points, `count` steps between two; an open one keeps its ends."""
    p = floats(points)
    t = np.linspace(0, 1, count, endpoint=False, dtype=np.float32)[None, :, None]
    a, b, c, d = (np.roll(p, shift, axis=0)[:, None] for shift in (1, 0, -1, -2))
    if not closed:
        a[0], d[-2] = p[0], p[-1]
    bent = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return floats(bent.reshape(-1, 2) if closed else [*bent[:-1].reshape(-1, 2), p[-1]])


def linear(colour: ArrayLike) -> NDArray[np.float32]:
    """SRGB to linear light (a plain power, which paint does not tell from the exact curve)."""
    return np.asarray(np.power(np.clip(np.asarray(colour, np.float32), 0, None), 2.2), np.float32)


def display(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Linear light to sRGB, highlights rolled off as a camera does."""
    knee = 0.72
    over = np.maximum(light - knee, 0)
    rolled = np.where(light > knee, knee + (1 - knee) * (1 - np.exp(-over / (1 - knee))), light)
    return np.asarray(np.power(np.clip(rolled, 0, 1), 1 / 2.2), np.float32)


def layer(colour: ArrayLike, alpha: Field) -> Layer:
    """Colour (one, or one a pixel) with its alpha, premultiplied."""
    paint = np.empty((*alpha.shape, 4), np.float32)
    paint[..., :3] = np.asarray(colour, np.float32) * alpha[..., None]
    paint[..., 3] = alpha
    return paint


def over(above: Layer, below: Layer) -> Layer:
    """`above` laid on `below`."""
    return np.asarray(above + below * (1 - above[..., 3:]), np.float32)


def mix(one: ArrayLike, other: ArrayLike, share: ArrayLike) -> NDArray[np.float32]:
    """`one` where `share` is 0, `other` where it is 1; a share with one value a pixel is spread over RGB."""
    part = np.asarray(share, np.float32)
    if part.ndim == 2:
        part = part[..., None]
    return np.asarray(
        np.asarray(one, np.float32) * (1 - part) + np.asarray(other, np.float32) * part, np.float32
    )
