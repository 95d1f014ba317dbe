"""The head as a relief: its depth above the picture's plane, in centimetres, seen from the front.

Heights come from the proportions that drawing books teach (eyes halfway down the skull, nose as wide as the
gap between the eyes) and were tuned by eye and by what a face mesh measures on the result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.training.presenter.canvas import Canvas, Field, bump, curve, sideways, smooth

# Places on the mean face, in centimetres.
EYE = (3.15, 2.55)
EYE_HALF_WIDTH = 1.42
BROW_HEIGHT = 4.45
NOSE_TIP = (0.0, -1.05)
MOUTH_LINE = -4.2
MOUTH_HALF_WIDTH = 2.45
FOREHEAD_TOP, CHIN_BOTTOM = 8.3, -9.4
FACE_HEIGHT = FOREHEAD_TOP - CHIN_BOTTOM  # between the landmarks that measure it

_PROFILE = (
    (14.0, -1.1), (13.4, -0.9), (13.0, -0.1), (12.3, 1.3), (11.0, 3.1), (9.5, 4.3), (8.0, 5.2), (6.5, 5.75),
    (5.0, 6.0), (4.0, 5.9), (2.6, 5.45), (1.0, 5.35), (-0.5, 5.4), (-2.0, 5.5), (-3.4, 5.75), (-4.2, 5.7),
    (-5.0, 5.6), (-5.9, 5.25), (-7.3, 5.35), (-8.3, 5.05), (-9.1, 4.3), (-9.7, 3.0), (-10.4, 0.5),
)  # fmt: skip
_HALF_WIDTH = (
    (14.0, 7.6), (7.0, 7.65), (5.5, 7.65), (3.5, 7.5), (1.5, 7.35), (-0.5, 7.05), (-2.5, 6.65), (-4.5, 6.25),
    (-6.0, 6.0), (-9.6, 5.9),
)  # fmt: skip
_CROWN, _CHIN = 13.5, -9.65
_SIDE_DEPTH = -1.2  # of the relief's edge


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceShape:
    """What makes one head differ from the mean: factors about 1, and lengths in cm about 0."""

    jaw: float = 1.0  # width at the jaw
    cheeks: float = 1.0  # cheekbones
    chin: float = 0.0  # longer
    nose_width: float = 1.0
    nose_length: float = 0.0
    brow_ridge: float = 1.0
    lips: float = 1.0  # fullness
    mouth_width: float = 1.0
    eye_size: float = 1.0
    age: float = 0.3  # 0 smooth .. 1 lined


def half_width(y: Field, shape: FaceShape) -> Field:
    """Half the head's width at height y; 0 above the crown and below the chin."""
    longer = _on_mean_face(y, shape)
    plain = curve(longer, _HALF_WIDTH, 0.45)
    crown = np.sqrt(1 - np.clip((longer - 5.5) / (_CROWN - 5.5), 0, 1) ** 2.3)
    chin = np.power(1 - np.clip((-2.6 - longer) / (-2.6 - _CHIN), 0, 1) ** 2.5, 0.58)
    return np.asarray(plain * crown * chin * (1 + (shape.jaw - 1) * smooth(y, -0.5, -6)), np.float32)


def head_mask(canvas: Canvas, shape: FaceShape) -> Field:
    """1 inside the head's outline, with a soft edge of a pixel."""
    x, y = canvas.grid()
    half = half_width(y, shape)
    edge = np.where(half > 0.01, half - np.abs(x), -1.0)
    slope = np.gradient(half[:, 0]) * canvas.scale
    slant = np.hypot(1, np.minimum(np.abs(slope), 12))[:, None]  # from distance across to distance away
    return np.asarray(np.clip(edge / slant * canvas.scale + 0.5, 0, 1), np.float32)


def _on_mean_face(y: Field, shape: FaceShape) -> Field:
    """The height on the mean face that this height shows: a longer chin is stretched from the mouth down."""
    return np.asarray(y + shape.chin * smooth(y, -3, -9), np.float32)


def head_relief(canvas: Canvas, shape: FaceShape) -> Field:
    """Depth of the head at each pixel; outside the outline it falls away smoothly."""
    x, y = canvas.grid()
    # Not quite to the side, where a round form would stand edge on and be lit as a dark rim.
    across = 0.965 * np.abs(x) / np.maximum(half_width(y, shape), 0.05)
    round_off = np.power(np.clip(1 - np.power(np.minimum(across, 0.97), 2.5), 0, 1), 1 / 2.1)
    longer = _on_mean_face(y, shape)
    depth = _SIDE_DEPTH + (curve(longer, _PROFILE, 0.5) - _SIDE_DEPTH) * round_off
    side = sideways(x + 0 * y)
    depth = depth + _eyes(side, y, shape) + _middle(side, y, shape) + _mouth(side, y, shape)
    return np.asarray(canvas.blur(depth.astype(np.float32), 0.05), np.float32)


def _eyes(side: Field, y: Field, shape: FaceShape) -> Field:
    """Sockets, the balls under their lids, the brow's ridge, bags under the eyes."""
    socket = -0.78 * bump(side, y, (2.75, 2.75), (2.0, 1.25)) - 0.55 * bump(side, y, (1.55, 2.7), (0.75, 1.1))
    ball = 0.62 * np.exp(-np.power(((side - EYE[0]) / 1.45) ** 2 + ((y - EYE[1] - 0.05) / 0.98) ** 2, 1.6))
    ridge = 0.34 * shape.brow_ridge * bump(side, y, (2.9, 4.75), (2.6, 0.75))
    between = 0.16 * bump(side, y, (0.0, 4.6), (1.3, 0.9))
    bag = (0.05 + 0.07 * shape.age) * bump(side, y, (3.1, 1.15), (1.4, 0.35))
    trough = -(0.07 + 0.10 * shape.age) * bump(side, y, (2.6, 0.85), (1.3, 0.28))
    crease = (
        -0.16
        * bump(0 * side, y - _lid_crease(side), (0.0, 0.0), (1.0, 0.16))
        * smooth(np.abs(side - EYE[0]), 1.75, 1.0)
    )
    return np.asarray(socket + ball + ridge + between + bag + trough + crease, np.float32)


def _lid_crease(side: Field) -> Field:
    along = (side - EYE[0]) / EYE_HALF_WIDTH
    return np.asarray(EYE[1] + 1.02 - 0.42 * along**2 + 0.08 * along, np.float32)


def _middle(side: Field, y: Field, shape: FaceShape) -> Field:
    """Nose, cheekbones, temples, the fold beside the mouth."""
    drop = y + shape.nose_length * smooth(y, 2, -1)
    wide = shape.nose_width
    rise = curve(
        drop, ((4.2, 0.0), (2.9, 0.35), (1.5, 0.95), (0.2, 1.55), (-0.7, 1.75), (-1.5, 1.2), (-2.2, 0.0)), 0.3
    )
    breadth = (
        curve(drop, ((4.2, 1.0), (2.8, 0.72), (1.3, 0.8), (0.0, 0.95), (-1.0, 1.15), (-2.0, 1.2)), 0.3) * wide
    )
    bridge = 0.92 * rise * np.exp(-np.power(side / (1.12 * breadth), 2.0))
    tip = 0.62 * bump(side, drop, (0.0, -0.95), (0.85 * wide, 0.75))
    wings = 0.8 * bump(side, drop, (1.25 * wide, -1.4), (0.62, 0.66))
    wing_crease = -0.1 * bump(side, drop, (1.98 * wide, -1.35), (0.25, 0.5))
    nostrils = -0.25 * bump(side, drop, (0.64 * wide, -1.95), (0.36, 0.17))
    under = -0.12 * bump(side, drop, (0.0, -2.35), (1.2, 0.3))
    cheek = 0.42 * shape.cheeks * bump(side, y, (4.7, 0.6), (2.1, 1.5)) + 0.22 * bump(
        side, y, (4.0, -2.6), (2.4, 2.2)
    )
    hollow = -0.2 * bump(side, y, (5.6, -3.2), (1.4, 2.2)) - 0.3 * bump(side, y, (7.0, 5.4), (1.4, 2.0))
    from_fold = side - (1.95 + 0.33 * (-1.5 - y))
    along_fold = smooth(y, -0.9, -1.8) * smooth(y, -5.3, -3.4)
    fold = -(0.07 + 0.14 * shape.age) * np.exp(-((from_fold / 0.5) ** 2)) * along_fold
    return np.asarray(
        bridge + tip + wings + wing_crease + nostrils + under + cheek + hollow + fold, np.float32
    )


def mouth_line(side: Field, shape: FaceShape) -> Field:
    """Where the shut lips meet, `side` cm from the middle: a shallow bow."""
    along = np.clip(side / (MOUTH_HALF_WIDTH * shape.mouth_width), 0, 1.2)
    return np.asarray(
        MOUTH_LINE
        - 0.09 * np.exp(-((along / 0.16) ** 2))
        + 0.07 * np.exp(-(((along - 0.4) / 0.25) ** 2))
        + 0.04 * along**2,
        np.float32,
    )


def _mouth(side: Field, y: Field, shape: FaceShape) -> Field:
    """Lips, shut, with the groove above and the dent below them, and the chin."""
    half = MOUTH_HALF_WIDTH * shape.mouth_width
    along = np.clip(side / half, 0, 1.2)
    taper = np.clip(1 - along**2.2, 0, 1)
    full = shape.lips
    above = y - mouth_line(side, shape)
    below = -above
    upper = 0.34 * full * np.exp(-(((above - 0.42 * full) / (0.42 * full)) ** 2)) * taper
    lower = (
        0.46 * full * np.exp(-(((below - 0.52 * full) / (0.46 * full)) ** 2)) * np.clip(1 - along**2.0, 0, 1)
    )
    line = -0.3 * np.exp(-((above / 0.17) ** 2)) * smooth(along, 1.15, 0.8)
    corner = -0.2 * bump(side, y, (half, MOUTH_LINE), (0.4, 0.35))
    philtrum = -0.09 * bump(side, y, (0.0, -2.75), (0.3, 0.55)) + 0.05 * bump(
        side, y, (0.5, -2.8), (0.25, 0.5)
    )
    dent = -0.28 * bump(side, y, (0.0, -5.95), (1.6, 0.5))
    chin = 0.4 * bump(side, y + shape.chin, (0.0, -7.7), (1.7, 1.1))
    return np.asarray(upper + lower + line + corner + philtrum + dent + chin, np.float32)
