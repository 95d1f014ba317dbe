"""The panel's colours, each by what it means. Pure: widgets are handed a palette and hard-code nothing.

Text meets WCAG AA (4.5 to 1) on every surface, shapes that carry meaning 3 to 1 (WCAG 1.4.11).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours as `#rrggbb`.

    Surfaces: `window` behind everything, `panel` for documents and lanes, `raised` for buttons and cards.
    `surround` lies around a picture: near black in both themes, as in a grading room.
    """

    dark: bool
    window: str
    panel: str
    raised: str
    surround: str
    border: str  # of controls
    text: str
    muted: str  # secondary text
    accent: str
    accent_text: str  # on accent
    selection: str  # behind selected text
    playing: str  # behind the word that is heard
    focus: str  # the ring around what has the keyboard
    waveform: str
    struck: str  # taken out
    new: str  # new words
    rendered: str  # picture that a renderer made
    protected: str  # no lip-sync here
    doubtful: str  # words of low confidence
    cut: str
    playhead: str
    in_out: str  # the range from in to out
    badge: str  # behind a mark that lies on the picture
    badge_text: str
    on_picture: str  # lines over the picture: face, box, divider
    error: str
    warning: str
    fine: str


DARK = Palette(
    dark=True,
    window="#1b1c1f",
    panel="#232529",
    raised="#2f3237",
    surround="#0e0e10",
    border="#83888f",
    text="#eceef0",
    muted="#a9aeb5",
    accent="#6aa9ff",
    accent_text="#0b1a2e",
    selection="#2c4a72",
    playing="#4a4420",
    focus="#8fc0ff",
    waveform="#7f93a8",
    struck="#ff8f87",
    new="#6fd08c",
    rendered="#c9a2ff",
    protected="#e7b75a",
    doubtful="#f0b45c",
    cut="#ffffff",
    playhead="#ffd84d",
    in_out="#6aa9ff",
    badge="#111111",
    badge_text="#ffffff",
    on_picture="#ffd84d",
    error="#ff8f87",
    warning="#f0b45c",
    fine="#6fd08c",
)

LIGHT = Palette(
    dark=False,
    window="#eceef1",
    panel="#ffffff",
    raised="#f4f5f7",
    surround="#18191b",
    border="#7b8087",
    text="#1a1c1f",
    muted="#555b63",
    accent="#1f5fc4",
    accent_text="#ffffff",
    selection="#cfe1fb",
    playing="#fbeaa6",
    focus="#1f5fc4",
    waveform="#6b7f95",
    struck="#b3261e",
    new="#15703a",
    rendered="#7333c4",
    protected="#8a5a00",
    doubtful="#8f5200",
    cut="#1a1c1f",
    playhead="#b3006b",
    in_out="#1f5fc4",
    badge="#111111",
    badge_text="#ffffff",
    on_picture="#ffd84d",
    error="#b3261e",
    warning="#8f5200",
    fine="#15703a",
)


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
