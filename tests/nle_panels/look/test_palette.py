"""The panel's colours can be read."""

from __future__ import annotations

import dataclasses
import re

import pytest

from nle_panels.look.palette import DARK, LIGHT, Palette, contrast
from nle_panels.look.theme import MARKS

THEMES = pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
SURFACES = ("window", "panel", "raised")
WRITTEN = ("text", "muted", "struck", "new", "rendered", "protected", "doubtful", "error", "warning", "fine")
SHAPES = ("border", "focus", "waveform", "cut", "playhead", "in_out", "accent")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@THEMES
def test_every_colour_is_written_whole(palette: Palette) -> None:
    colours = [value for value in dataclasses.asdict(palette).values() if isinstance(value, str)]
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in colours)


@THEMES
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("ink", WRITTEN)
def test_text_is_read_on_every_surface(palette: Palette, surface: str, ink: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, surface)) >= 4.5


@THEMES
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_are_seen_on_every_surface(palette: Palette, surface: str, shape: str) -> None:
    assert contrast(getattr(palette, shape), getattr(palette, surface)) >= 3


@THEMES
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("text", "selection"),
        ("text", "playing"),
        ("accent_text", "accent"),
        ("badge_text", "badge"),
        ("on_picture", "surround"),
        ("on_picture", "badge"),
    ],
)
def test_text_is_read_on_what_lies_behind_it(palette: Palette, ink: str, ground: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 4.5


@THEMES
def test_ticks_are_drawn_in_the_colour_that_is_read_on_the_accent(palette: Palette) -> None:
    tick = (MARKS / f"tick_{'dark' if palette.dark else 'light'}.svg").read_text()
    assert palette.accent_text in tick
