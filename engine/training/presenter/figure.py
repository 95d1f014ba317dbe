"""The presenter, painted once and then moved: one picture for each frame.

The head is a relief, so a small turn is a warp of its painting by its depth; the mouth and the eyes are drawn
anew on it each time. Behind it lie the hair at the back, neck and shoulders, and the room.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.training.presenter.backdrop import backdrop
from engine.training.presenter.canvas import Canvas, Field, Layer, Points, bump, floats, over, smooth
from engine.training.presenter.eyes import Eyes
from engine.training.presenter.hair import hair
from engine.training.presenter.identity import Identity
from engine.training.presenter.motion import Pose
from engine.training.presenter.mouth import Lips, Mouth
from engine.training.presenter.skin import head
from engine.training.presenter.spectacles import spectacles
from engine.training.presenter.wardrobe import body

Picture = NDArray[np.uint8]  # RGB, (height, width, 3)

_PIVOT = np.array([0.0, -8.0], np.float32)  # the head turns about the top of the neck
_PIVOT_DEPTH = -3.0
_FINER = 1.2  # the head is painted a little larger than it is shown, so that warping does not soften it


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How the figure sits in the picture: pixels a centimetre, and the picture's middle in cm."""

    scale: float
    x: float
    y: float

    @classmethod
    def of(cls, width: int, height: int) -> Framing:
        """A medium close-up in a wide picture; nearer in a square or small one."""
        wide = width / height
        visible = 40.0 if wide > 1.2 else 31.0
        scale = min(height / visible, width / 24.0)
        return cls(scale=scale, x=0.0, y=17.2 - height / scale / 2)


class Figure:
    """One presenter in front of the camera."""

    def __init__(self, who: Identity, width: int, height: int, framing: Framing | None = None) -> None:
        framing = framing or Framing.of(width, height)
        self._who = who
        reach_x, reach_y = width / framing.scale / 2, height / framing.scale / 2
        self._frame = Canvas(
            left=framing.x - reach_x, top=framing.y + reach_y, width=width, height=height, scale=framing.scale
        )
        canvas = Canvas.covering(left=-12.2, top=18.0, right=12.2, bottom=-19.5, scale=framing.scale * _FINER)
        self._canvas = canvas
        bare = head(canvas, who)
        worn = hair(canvas, who)
        _shade_under_hair(canvas, bare.painting, worn.front[..., 3])
        self._skin = bare.painting
        self._front = over(spectacles(canvas, who), worn.front)
        self._back = None if worn.back is None else _bytes(worn.back)
        self._lips = Lips(canvas, who, bare.painting)
        self._whole = _bytes(over(self._front, bare.painting))
        self._eye_part = canvas.part(left=-6.2, top=4.8, right=6.2, bottom=0.8)
        self._eyes = Eyes(canvas.crop(self._eye_part), who)
        self._depth = _spread_depth(canvas, bare.relief)
        self._room = (backdrop(self._frame, who) * 255).astype(np.float32)
        stage = Canvas.covering(
            left=self._frame.left - 2,
            top=-1.0,
            right=-self._frame.left + 2,
            bottom=self._frame.top - 2 * reach_y - 3,
            scale=framing.scale,
        )
        self._stage, self._body = stage, _bytes(body(stage, who))
        self._grade = _grading(who)
        self._grain = _grain(who, width, height)

    def picture(self, pose: Pose, mouth: Mouth, frame: int) -> Picture:
        """The frame; `frame` picks its grain, so the same frame always has the same."""
        out = self._room.copy()
        maps = self._head_maps(pose)
        if self._back is not None:
            self._lay(out, self._back, maps)
        self._lay_body(out, pose)
        self._lay(out, self._expression(pose, mouth), maps)
        return self._film(out, frame)

    def seen(self, points: Points, pose: Pose) -> Points:
        """Where the picture shows places of the face (cm, on the head at rest), in pixels."""
        x, y = points[..., 0] - _PIVOT[0], points[..., 1] - _PIVOT[1]
        depth = self._read(self._depth, x, y).reshape(x.shape) - _PIVOT_DEPTH
        yaw, pitch, roll = np.radians((pose.yaw, pose.pitch, pose.roll))
        flat_x = x * np.cos(yaw) + depth * np.sin(yaw)
        flat_y = y * np.cos(pitch) - depth * np.sin(pitch)
        across = np.cos(roll) * flat_x + np.sin(roll) * flat_y
        up = np.cos(roll) * flat_y - np.sin(roll) * flat_x
        turned = np.stack([across, up], axis=-1) * pose.lean
        return self._frame.pixels(turned + _PIVOT + floats([pose.x, pose.y]))

    def _expression(self, pose: Pose, mouth: Mouth) -> NDArray[np.uint8]:
        """The head's painting with this mouth and these eyes."""
        whole = self._whole.copy()
        part = self._lips.part
        whole[part] = _bytes(over(self._front[part], self._lips.draw(mouth)))
        eyes = self._eye_part
        painted = self._skin[eyes].copy()
        self._eyes.draw(painted, pose.gaze)
        whole[eyes] = _bytes(over(self._front[eyes], painted))
        return whole

    def _head_maps(self, pose: Pose) -> _Maps:
        """Where in the head's painting each pixel of the frame that may show it comes from."""
        centre = _PIVOT + floats([pose.x, pose.y])
        part = self._frame.part(
            left=-13.5 + pose.x, top=19.0 + pose.y, right=13.5 + pose.x, bottom=-20.5 + pose.y
        )
        x, y = self._frame.crop(part).grid()
        roll = np.radians(pose.roll)
        dx, dy = (x - centre[0]) / pose.lean, (y - centre[1]) / pose.lean
        flat_x = np.cos(roll) * dx - np.sin(roll) * dy
        flat_y = np.sin(roll) * dx + np.cos(roll) * dy
        yaw, pitch = np.radians(pose.yaw), np.radians(pose.pitch)
        source_x, source_y = flat_x / np.cos(yaw), flat_y / np.cos(pitch)
        for _ in range(2):  # the depth is read where the last guess points
            depth = self._read(self._depth, source_x, source_y) - _PIVOT_DEPTH
            source_x = (flat_x - depth * np.sin(yaw)) / np.cos(yaw)
            source_y = (flat_y + depth * np.sin(pitch)) / np.cos(pitch)
        place_x, place_y = source_x + _PIVOT[0], source_y + _PIVOT[1]
        if pose.brows > 0.01:
            lifted = bump(np.abs(place_x), place_y, (3.0, 4.9), (3.2, 1.6)) * smooth(place_y, 3.0, 4.0)
            place_y = place_y - pose.brows * lifted
        return _Maps(
            part=part,
            columns=np.asarray((place_x - self._canvas.left) * self._canvas.scale - 0.5, np.float32),
            rows=np.asarray((self._canvas.top - place_y) * self._canvas.scale - 0.5, np.float32),
        )

    def _read(self, field: Field, x: Field, y: Field) -> Field:
        columns = ((x + _PIVOT[0] - self._canvas.left) * self._canvas.scale - 0.5).astype(np.float32)
        rows = ((self._canvas.top - y - _PIVOT[1]) * self._canvas.scale - 0.5).astype(np.float32)
        return np.asarray(
            cv2.remap(field, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
        )

    def _lay(self, out: NDArray[np.float32], painting: NDArray[np.uint8], maps: _Maps) -> None:
        warped = cv2.remap(
            painting, maps.columns, maps.rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
        )
        _blend(out[maps.part], warped)

    def _lay_body(self, out: NDArray[np.float32], pose: Pose) -> None:
        """The shoulders follow the head a little, and rise with the breath."""
        frame, stage = self._frame, self._stage
        grow = 1 + 0.0025 * pose.breath
        move_x, move_y = 0.45 * pose.x + 0.02 * pose.yaw, 0.4 * pose.y + 0.10 * pose.breath
        ratio = stage.scale / frame.scale / grow
        shift_x = (frame.left - move_x) * stage.scale / grow - stage.left * stage.scale
        shift_y = stage.top * stage.scale - (frame.top - move_y) * stage.scale / grow
        first = max(0, int((frame.top - stage.top - 2) * frame.scale))
        matrix = floats([[ratio, 0, shift_x], [0, ratio, shift_y + first * ratio]])
        size = (frame.width, frame.height - first)
        warped = cv2.warpAffine(self._body, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        _blend(out[first:], warped)

    def _film(self, out: NDArray[np.float32], frame: int) -> Picture:
        """The camera's grade and grain."""
        chance = np.random.default_rng([self._who.texture_seed, 6, frame])
        height, width = out.shape[:2]
        top = int(chance.integers(self._grain.shape[0] - height + 1))
        left = int(chance.integers(self._grain.shape[1] - width + 1))
        graded = cv2.LUT(np.clip(out, 0, 255).astype(np.uint8), self._grade)
        return np.asarray(
            cv2.add(graded, self._grain[top : top + height, left : left + width], dtype=cv2.CV_8U), np.uint8
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Maps:
    """A warp: the part of the frame it fills, and where in the painting each of its pixels is read."""

    part: tuple[slice, slice]
    columns: Field
    rows: Field


def _bytes(painting: Layer) -> NDArray[np.uint8]:
    return np.asarray(np.clip(painting * 255 + 0.5, 0, 255), np.uint8)


def _blend(out: NDArray[np.float32], above: NDArray[np.uint8]) -> None:
    """Lay a premultiplied picture over `out`, in place."""
    alpha = above[..., 3]
    rows = np.flatnonzero(alpha.any(axis=1))
    if len(rows) == 0:
        return
    first, last = int(rows[0]), int(rows[-1]) + 1
    band = above[first:last]
    clear = (255 - band[..., 3:].astype(np.float32)) / 255
    out[first:last] *= clear
    out[first:last] += band[..., :3]


def _shade_under_hair(canvas: Canvas, skin: Layer, hair_alpha: Field) -> None:
    """The soft shadow that the hair throws on the skin beside it, in place."""
    below = np.roll(hair_alpha, round(0.25 * canvas.scale), axis=0)
    shadow = 0.5 * canvas.blur(below, 0.35) + 0.25 * canvas.blur(below, 1.0)
    skin[..., :3] *= 1 - 0.62 * shadow[..., None] * np.array([0.85, 1.0, 1.0], np.float32)


def _spread_depth(canvas: Canvas, relief: Field) -> Field:
    """The head's depth, without the fine detail; beside the head and in the hair it is a smooth ball's."""
    x, y = canvas.grid()
    ball = 6.5 * np.sqrt(np.clip(1 - (x / 10.5) ** 2 - ((y - 2.5) / 15) ** 2, 0, 1)) - 2.0
    face = smooth(np.hypot(x / 7.2, (y - 0.5) / 9.6), 1.0, 0.8)
    depth = np.asarray(ball * (1 - face) + canvas.blur(relief, 0.25) * face, np.float32)
    return canvas.blur(depth, 0.35)


def _grading(who: Identity) -> NDArray[np.uint8]:
    """A table of 256 for each of R, G, B: contrast and warmth."""
    value = np.arange(256, dtype=np.float32) / 255
    curve = np.clip(0.5 + (value - 0.5) * who.camera.contrast, 0, 1)
    warm = 0.035 * who.camera.warmth
    table = np.stack([curve * (1 + warm), curve, curve * (1 - warm)], axis=-1)
    return np.clip(table * 255 + 0.5, 0, 255).astype(np.uint8)[None]


def _grain(who: Identity, width: int, height: int) -> NDArray[np.int16]:
    """A sheet of noise larger than the frame; each frame takes its own part of it."""
    chance = np.random.default_rng([who.texture_seed, 8])
    size = (height + 64, width + 64)
    grey = chance.normal(0, who.camera.grain, size).astype(np.float32)
    grey = cv2.GaussianBlur(grey, (0, 0), 0.55) * 1.6
    colour = chance.normal(0, 0.4 * who.camera.grain, (*size, 3)).astype(np.float32)
    return np.asarray(np.round(grey[..., None] + colour), np.int16)
