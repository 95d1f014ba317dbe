"""A box drawn on the picture: what is grabbed of it, and what becomes of it when that is dragged. Pure.

All in pixels of the upright source picture, whatever size it is seen at.
"""

from __future__ import annotations

from engine.protocol import Box

SMALLEST = 16  # ours: pixels; less than two of a video model's tokens is no region
MOVE = "move"  # the grip that is the box's inside; others are its edges: "n", "se"


def spanned(one: tuple[float, float], other: tuple[float, float], size: tuple[int, int]) -> Box:
    """The box between two corners, inside the picture and no smaller than may be."""
    left, right = _between(one[0], other[0], size[0])
    top, bottom = _between(one[1], other[1], size[1])
    return Box(x=left, y=top, width=right - left, height=bottom - top)


def grip_at(box: Box, at: tuple[float, float], reach: float) -> str | None:
    """What lies under a point: edges within `reach` of it, the inside, or None."""
    (x, y), left, top = at, box.x, box.y
    right, bottom = left + box.width, top + box.height
    if not (left - reach <= x <= right + reach and top - reach <= y <= bottom + reach):
        return None
    upright = "n" if abs(y - top) <= reach else "s" if abs(y - bottom) <= reach else ""
    across = "w" if abs(x - left) <= reach else "e" if abs(x - right) <= reach else ""
    return upright + across or MOVE


def dragged(box: Box, grip: str, dx: float, dy: float, size: tuple[int, int]) -> Box:
    """The box after its grip was moved by (dx, dy); it stays inside the picture."""
    width, height = size
    if grip == MOVE:
        x = round(min(max(0, box.x + dx), width - box.width))
        y = round(min(max(0, box.y + dy), height - box.height))
        return Box(x=x, y=y, width=box.width, height=box.height)
    left, right = _pulled((box.x, box.x + box.width), dx, ("w" in grip, "e" in grip), width)
    top, bottom = _pulled((box.y, box.y + box.height), dy, ("n" in grip, "s" in grip), height)
    return Box(x=left, y=top, width=right - left, height=bottom - top)


def _between(one: float, other: float, length: int) -> tuple[int, int]:
    low, high = sorted((round(min(max(0, one), length)), round(min(max(0, other), length))))
    low = min(low, max(0, length - SMALLEST))
    return low, max(high, min(length, low + SMALLEST))


def _pulled(ends: tuple[int, int], by: float, held: tuple[bool, bool], length: int) -> tuple[int, int]:
    low, high = ends
    smallest = min(SMALLEST, high - low)
    if held[0]:
        low = round(min(max(0, low + by), high - smallest))
    if held[1]:
        high = round(max(min(length, high + by), low + smallest))
    return low, high
