"""How the presenter moves while speaking: sway, nods on stressed words, blinks, glances, breath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from engine.training.presenter.canvas import Field, smooth
from engine.training.presenter.eyes import Gaze


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Head angles in degrees (yaw to the picture's right, pitch down, roll clockwise), the rest in cm."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    x: float = 0.0
    y: float = 0.0
    lean: float = 1.0  # scale: towards the camera
    brows: float = 0.0  # raised
    breath: float = 0.0
    gaze: Gaze = field(default_factory=Gaze)


def poses(seed: int, frames: int, rate: Fraction, stresses: Sequence[float]) -> tuple[Pose, ...]:
    """A pose for each frame. `stresses`: seconds at which a stressed word begins; the head nods to some."""
    chance = np.random.default_rng([seed, 0x90])
    time = ((np.arange(frames) + 0.5) / float(rate)).astype(np.float32)
    beat = _beats(time, stresses, chance)
    nod, raise_ = beat
    blink, gaze_x, gaze_y = _eyes(time, chance)
    yaw = _wander(time, chance, 3.2, (0.10, 0.23, 0.47)) + float(chance.normal(0, 1.5))
    pitch = _wander(time, chance, 1.5, (0.13, 0.31, 0.7)) + nod
    roll = _wander(time, chance, 1.5, (0.08, 0.19, 0.4)) + 0.15 * yaw
    sway_x = _wander(time, chance, 0.5, (0.07, 0.16, 0.33)) + 0.07 * yaw
    sway_y = _wander(time, chance, 0.14, (0.11, 0.27, 0.6)) - 0.05 * nod
    lean = 1 + _wander(time, chance, 0.008, (0.06, 0.15, 0.3))
    breath = 0.5 + 0.5 * np.sin(2 * np.pi * (time / 3.7 + chance.random()))
    return tuple(
        Pose(
            yaw=float(yaw[k]),
            pitch=float(pitch[k]),
            roll=float(roll[k]),
            x=float(sway_x[k]),
            y=float(sway_y[k]),
            lean=float(lean[k]),
            brows=float(raise_[k]),
            breath=float(breath[k]),
            # The eyes stay on the camera while the head turns.
            gaze=Gaze(
                openness=float(blink[k]),
                x=float(np.clip(gaze_x[k] - yaw[k] * 0.017, -0.45, 0.45)),
                y=float(np.clip(gaze_y[k] + pitch[k] * 0.015, -0.2, 0.2)),
            ),
        )
        for k in range(frames)
    )


def _wander(time: Field, chance: np.random.Generator, size: float, tempi: tuple[float, ...]) -> Field:
    """A slow sum of waves, its deviation about `size` / 2."""
    total = np.zeros_like(time)
    for tempo in tempi:
        turns = tempo * float(chance.uniform(0.8, 1.25)) * time + chance.random()
        total = total + float(chance.normal(0, 0.6)) * np.sin(2 * np.pi * turns)
    return np.asarray(size * total / np.sqrt(len(tempi)), np.float32)


def _beats(time: Field, stresses: Sequence[float], chance: np.random.Generator) -> tuple[Field, Field]:
    """Nods (degrees) and raised brows (cm) that go with stressed words."""
    nod, raise_ = np.zeros_like(time), np.zeros_like(time)
    for at in stresses:
        if chance.random() < 0.55:
            depth = float(chance.uniform(0.8, 2.6))
            nod = nod + depth * np.exp(-(((time - at - 0.12) / 0.16) ** 2))
            nod = nod - 0.35 * depth * np.exp(-(((time - at - 0.45) / 0.22) ** 2))
        if chance.random() < 0.3:
            raise_ = raise_ + float(chance.uniform(0.1, 0.28)) * np.exp(-(((time - at - 0.1) / 0.25) ** 2))
    return np.asarray(nod, np.float32), np.asarray(np.minimum(raise_, 0.35), np.float32)


def _eyes(time: Field, chance: np.random.Generator) -> tuple[Field, Field, Field]:
    """Openness of the lids, and where the eyes look, cm."""
    openness = np.ones_like(time)
    end = float(time[-1]) if len(time) else 0.0
    at = float(chance.uniform(0.6, 2.5))
    while at < end:
        shut = smooth(np.abs(time - at - 0.02 * (time > at)), 0.13, 0.035)
        openness = np.minimum(openness, 1 - shut)
        at += float(np.clip(chance.exponential(2.8), 0.5, 6.0)) + 0.35
    x, y = np.zeros_like(time), np.zeros_like(time)
    at = 0.0
    while at < end:
        away = bool(chance.random() < 0.18)
        spread = 0.16 if away else 0.025
        to_x, to_y = chance.normal(0, spread), chance.normal(0, spread * 0.5)
        stay = float(chance.uniform(0.3, 0.8) if away else chance.uniform(0.5, 1.8))
        step = smooth(time, at, at + 0.05)
        x, y = x + (to_x - x) * step, y + (to_y - y) * step
        at += stay
    return openness, np.asarray(x, np.float32), np.asarray(y, np.float32)
