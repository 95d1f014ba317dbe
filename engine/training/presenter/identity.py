"""Who the presenter is: a face, hair, clothes, a room and its light, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from engine.training.presenter.canvas import Colour
from engine.training.presenter.light import Lamps
from engine.training.presenter.sculpt import FaceShape

HairStyle = Literal["bald", "buzz", "crop", "swept", "curly", "bob", "long", "bun"]
Beard = Literal["none", "stubble", "full", "goatee"]
Garment = Literal["tee", "shirt", "blazer", "turtleneck", "sweater"]
Room = Literal["paper", "office", "window", "shelf"]
Choice = TypeVar("Choice", bound=str)

_SKINS: tuple[Colour, ...] = (
    (0.88, 0.725, 0.64), (0.86, 0.69, 0.595), (0.83, 0.655, 0.545), (0.78, 0.60, 0.48), (0.69, 0.50, 0.38),
    (0.57, 0.39, 0.29), (0.45, 0.30, 0.22), (0.36, 0.235, 0.175),
)  # fmt: skip
_DARK_HAIR: tuple[Colour, ...] = ((0.10, 0.08, 0.075), (0.15, 0.10, 0.08), (0.22, 0.15, 0.11))
_LIGHT_HAIR: tuple[Colour, ...] = (
    (0.33, 0.22, 0.14),
    (0.47, 0.33, 0.19),
    (0.62, 0.48, 0.30),
    (0.42, 0.20, 0.11),
)
_GREY_HAIR: tuple[Colour, ...] = ((0.48, 0.47, 0.46), (0.62, 0.61, 0.60))
_IRISES: tuple[Colour, ...] = (
    (0.24, 0.14, 0.08),
    (0.33, 0.21, 0.11),
    (0.36, 0.40, 0.26),
    (0.34, 0.46, 0.56),
    (0.42, 0.48, 0.50),
)
_CLOTHES: tuple[Colour, ...] = (
    (0.16, 0.20, 0.30), (0.30, 0.34, 0.36), (0.13, 0.13, 0.14), (0.40, 0.18, 0.18), (0.20, 0.34, 0.30),
    (0.55, 0.50, 0.44), (0.28, 0.38, 0.55), (0.62, 0.60, 0.57), (0.47, 0.36, 0.26),
)  # fmt: skip
_SHIRTS: tuple[Colour, ...] = ((0.90, 0.90, 0.89), (0.74, 0.80, 0.88), (0.82, 0.80, 0.76), (0.25, 0.27, 0.31))
_WALLS: tuple[Colour, ...] = (
    (0.50, 0.53, 0.56),
    (0.36, 0.42, 0.48),
    (0.58, 0.53, 0.47),
    (0.33, 0.37, 0.34),
    (0.45, 0.42, 0.46),
)
# espeak-ng's variants, whose first letter says the kind. Not those with breath (f2, f3, f5): its noise is not
# the same in all processes. Four of a kind, so that what is drawn after the voice is what it always was.
_WOMENS_VOICES = ("f1", "f4", "f1", "f4")
_MENS_VOICES = ("m1", "m2", "m3", "m7")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hair:
    """`part`: where it is parted, cm right of the middle."""

    style: HairStyle
    colour: Colour
    part: float = -2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Clothes:
    """The garment, and the shirt under it where one shows."""

    garment: Garment
    colour: Colour
    shirt: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """How it films: grain is the deviation of the noise, in 8-bit steps."""

    grain: float = 1.6
    warmth: float = 0.0  # -1 cool .. 1 warm
    contrast: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Everything about the presenter that does not move."""

    shape: FaceShape
    skin: Colour
    lip_colour: Colour
    iris: Colour
    brow_weight: float  # 1 is the mean thickness
    hair: Hair
    beard: Beard
    glasses: bool
    freckles: float
    made_up: bool
    clothes: Clothes
    room: Room
    wall: Colour
    lamps: Lamps
    camera: Camera
    voice: str  # an espeak-ng voice
    pitch: int
    texture_seed: int


def identity(seed: int) -> Identity:
    """The identity of a seed; the same seed is always the same person in the same room."""
    chance = np.random.default_rng([seed, 0x1D])
    woman = bool(chance.random() < 0.5)
    tone = int(chance.integers(len(_SKINS)))
    age = float(chance.beta(1.6, 3.0))
    hair = _hair(chance, woman, tone, age)
    side = float(chance.choice([-1, 1]))
    return Identity(
        shape=_shape(chance, woman, age),
        skin=_jitter(chance, _SKINS[tone], 0.02),
        lip_colour=_lip_colour(chance, _SKINS[tone], woman),
        iris=_IRISES[int(chance.integers(2 if tone > 3 else len(_IRISES)))],
        brow_weight=float(chance.uniform(0.75, 1.0) if woman else chance.uniform(0.95, 1.3)),
        hair=hair,
        beard="none" if woman else _pick(chance, ("none", "none", "stubble", "stubble", "full", "goatee")),
        glasses=bool(chance.random() < 0.25),
        freckles=float(max(0.0, chance.normal(-0.3, 0.5))) if tone < 3 else 0.0,
        made_up=woman,
        clothes=_clothes(chance),
        room=_pick(chance, ("paper", "office", "window", "shelf")),
        wall=_jitter(chance, _WALLS[int(chance.integers(len(_WALLS)))], 0.03),
        lamps=_lamps(chance, side),
        camera=Camera(
            grain=float(chance.uniform(1.0, 2.2)),
            warmth=float(chance.uniform(-0.5, 0.5)),
            contrast=float(chance.uniform(0.95, 1.06)),
        ),
        voice="en-us+" + _pick(chance, _WOMENS_VOICES if woman else _MENS_VOICES),
        pitch=int(chance.integers(52, 66) if woman else chance.integers(36, 50)),
        texture_seed=int(chance.integers(2**31)),
    )


def _shape(chance: np.random.Generator, woman: bool, age: float) -> FaceShape:
    return FaceShape(
        jaw=float(chance.normal(0.94 if woman else 1.03, 0.03)),
        cheeks=float(chance.normal(1.1 if woman else 0.95, 0.12)),
        chin=float(chance.normal(-0.25 if woman else 0.15, 0.2)),
        nose_width=float(chance.normal(0.92 if woman else 1.03, 0.06)),
        nose_length=float(chance.normal(-0.1 if woman else 0.1, 0.12)),
        brow_ridge=float(chance.normal(0.6 if woman else 1.1, 0.12)),
        lips=float(chance.normal(1.12 if woman else 0.95, 0.08)),
        mouth_width=float(chance.normal(1.0, 0.03)),
        eye_size=float(chance.normal(1.08 if woman else 1.0, 0.03)),
        age=age,
    )


def _hair(chance: np.random.Generator, woman: bool, tone: int, age: float) -> Hair:
    styles: tuple[HairStyle, ...]
    if woman:
        styles = ("bob", "long", "bun", "curly", "swept") if tone < 4 else ("curly", "bun", "long", "curly")
    else:
        styles = (
            ("crop", "swept", "crop", "swept", "buzz", "bald")
            if tone < 4
            else ("buzz", "crop", "bald", "curly")
        )
    palette = _DARK_HAIR if tone > 3 else _DARK_HAIR + _LIGHT_HAIR
    if age > 0.62:
        palette = _GREY_HAIR
    colour = _jitter(chance, palette[int(chance.integers(len(palette)))], 0.02)
    part = float(chance.choice([-1, 1]) * chance.uniform(1.6, 3.2))
    return Hair(style=_pick(chance, styles), colour=colour, part=part)


def _clothes(chance: np.random.Generator) -> Clothes:
    return Clothes(
        garment=_pick(chance, ("tee", "shirt", "blazer", "blazer", "turtleneck", "sweater")),
        colour=_jitter(chance, _CLOTHES[int(chance.integers(len(_CLOTHES)))], 0.03),
        shirt=_SHIRTS[int(chance.integers(len(_SHIRTS)))],
    )


def _lamps(chance: np.random.Generator, side: float) -> Lamps:
    return Lamps(
        key=(side * float(chance.uniform(0.35, 0.6)), float(chance.uniform(0.35, 0.55)), 0.75),
        key_power=float(chance.uniform(0.78, 0.92)),
        fill_power=float(chance.uniform(0.36, 0.5)),
        rim_power=float(chance.uniform(0.1, 0.35)),
    )


def _lip_colour(chance: np.random.Generator, skin: Colour, woman: bool) -> Colour:
    rose = np.array((0.72, 0.36, 0.36) if woman else (0.70, 0.42, 0.39))
    painted = float(chance.uniform(0.45, 0.8) if woman else chance.uniform(0.35, 0.5))
    lips = np.array(skin) * (1 - painted) + rose * np.array(skin).mean() / 0.66 * painted
    return float(lips[0]), float(lips[1]), float(lips[2])


def _jitter(chance: np.random.Generator, colour: Colour, amount: float) -> Colour:
    red, green, blue = np.clip(np.array(colour) * (1 + chance.normal(0, amount, 3)), 0.02, 0.97)
    return float(red), float(green), float(blue)


def _pick(chance: np.random.Generator, choices: tuple[Choice, ...]) -> Choice:
    return choices[int(chance.integers(len(choices)))]
