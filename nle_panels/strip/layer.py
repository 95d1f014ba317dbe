"""The strip drawn, but for what moves: edits, waveform, words, cuts and ruler.

Colour never stands alone: what is struck is hatched one way and its words are struck out, what is new is
hatched the other way, what is retimed upright, what is rendered anew is dotted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from nle_panels.look.palette import Palette
from nle_panels.strip.axis import Kind, Stretch
from nle_panels.strip.levels import Levels
from nle_panels.strip.ruler import ROOM, ticks
from nle_panels.strip.scene import Scene, ShownWord
from nle_panels.strip.seen import Seen

RULER = 18  # ours: heights in pixels
WORDS = 22
QUIETEST = 60  # ours: dB below full scale at which the waveform is flat
WORDS_FROM = 45.0  # ours: pixels a second from which words can be read
COLUMN = 2  # ours: pixels; columns of one take twice the time, and look the same
_HATCHED = 6  # pixels from which a hatching can be seen
_STRUCK = frozenset({Kind.STRUCK})
_PLAIN = frozenset({Kind.KEPT, Kind.RETIMED, Kind.ANEW})
_READABLE = 14  # pixels below which a word is no more than dots

_HATCH = {
    Kind.STRUCK: Qt.BrushStyle.BDiagPattern,
    Kind.NEW: Qt.BrushStyle.FDiagPattern,
    Kind.RETIMED: Qt.BrushStyle.VerPattern,
    Kind.ANEW: Qt.BrushStyle.Dense7Pattern,
}


def ink_of(kind: Kind, palette: Palette) -> str:
    """The colour that an edit of that kind is told by."""
    return {
        Kind.KEPT: palette.text,
        Kind.STRUCK: palette.struck,
        Kind.NEW: palette.new,
        Kind.RETIMED: palette.rendered,
        Kind.ANEW: palette.rendered,
    }[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """Where the ruler, the waveform and the words lie."""

    ruler: QRectF
    wave: QRectF
    words: QRectF

    @classmethod
    def of(cls, width: int, height: int, seen: Seen, rate: float) -> Lanes:
        words = WORDS if seen.scale * rate >= WORDS_FROM else 0
        wave = height - RULER - words
        return cls(
            ruler=QRectF(0, 0, width, RULER),
            wave=QRectF(0, RULER, width, wave),
            words=QRectF(0, RULER + wave, width, words),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is drawn on, what part of the strip it shows, and in which colours."""

    painter: QPainter
    seen: Seen
    lanes: Lanes
    palette: Palette


def draw(on: Sheet, scene: Scene) -> None:
    painter, seen, lanes, palette = on.painter, on.seen, on.lanes, on.palette
    painter.fillRect(lanes.ruler.united(lanes.wave).united(lanes.words), QColor(palette.panel))
    painter.fillRect(lanes.ruler, QColor(palette.raised))
    visible = tuple(_visible(scene, seen))
    _draw_edits(on, visible)
    _draw_wave(on, scene, visible)
    _draw_protected(on, scene)
    _draw_cuts(on, visible)
    if lanes.words.height():
        for word in scene.words_between(seen.left, seen.right):
            _draw_word(on, word)
    _draw_ruler(on, scene)


def _visible(scene: Scene, seen: Seen) -> Iterator[Stretch]:
    """Of stretches that end in the same column the first alone."""
    column, right = -1, seen.right
    for stretch in scene.axis.stretches[scene.axis.number_at(seen.left) :]:
        if stretch.start >= right:
            return
        at = int(seen.x_of(stretch.stop) / COLUMN)
        if at != column:
            column = at
            yield stretch


def _draw_edits(on: Sheet, visible: tuple[Stretch, ...]) -> None:
    painter, seen, lanes, palette = on.painter, on.seen, on.lanes, on.palette
    height = lanes.wave.height() + lanes.words.height()
    for stretch in visible:
        rect = QRectF(seen.x_of(stretch.start), RULER, max(1.0, stretch.frames * seen.scale), height)
        if stretch.kind is not Kind.KEPT:
            ink = QColor(ink_of(stretch.kind, palette))
            ink.setAlpha(40)
            painter.fillRect(rect, ink)
            if rect.width() >= _HATCHED:
                ink.setAlpha(150)
                painter.fillRect(rect.intersected(lanes.wave), QBrush(ink, _HATCH[stretch.kind]))
        if stretch.rendered:
            painter.fillRect(QRectF(rect.x(), RULER, rect.width(), 3), QColor(palette.rendered))


def _draw_wave(on: Sheet, scene: Scene, visible: tuple[Stretch, ...]) -> None:
    """A line a column: what is loudest there faint, what is quietest full."""
    painter, lane, palette = on.painter, on.lanes.wave, on.palette
    middle, half = lane.center().y() + 1, lane.height() / 2 - 5
    origin = scene.tick_at(0)
    ticks = origin, scene.tick_at(1) - origin
    reach = [half * max(0, QUIETEST - level) / QUIETEST for level in range(256)]
    painter.fillRect(QRectF(lane.x(), middle - 0.5, lane.width(), 1), QColor(palette.waveform))
    for kinds, struck in ((_PLAIN, False), (_STRUCK, True)):
        peaks: list[QLineF] = []
        floors: list[QLineF] = []
        for stretch in visible:
            if stretch.kind in kinds:
                for x, loudest, quietest in _columns(scene.levels, stretch, on.seen, ticks):
                    if (high := reach[loudest]) >= 0.5:
                        peaks.append(QLineF(x, middle - high, x, middle + high))
                    if (low := reach[quietest]) >= 0.5:
                        floors.append(QLineF(x, middle - low, x, middle + low))
        ink = QColor(palette.struck if struck else palette.waveform)
        for lines, alpha in ((peaks, 150), (floors, 255)):
            ink.setAlpha(alpha // 2 if struck else alpha)
            painter.setPen(QPen(ink, COLUMN, c=Qt.PenCapStyle.FlatCap))
            painter.drawLines(lines)


def _columns(
    levels: Levels, stretch: Stretch, seen: Seen, ticks: tuple[float, float]
) -> Iterator[tuple[float, int, int]]:
    """(x, loudest level, quietest level) of a stretch's columns. `ticks`: the clip's first, and a frame's."""
    assert stretch.clip is not None
    first = max(0, math.ceil(seen.x_of(stretch.start) / COLUMN))
    stop = math.ceil(min(seen.x_of(stretch.stop), seen.width) / COLUMN)
    frame = seen.left + first * COLUMN / seen.scale - stretch.start
    pace = stretch.pace * ticks[1]
    tick = ticks[0] + stretch.clip[0] * ticks[1] + frame * pace
    seen_levels = levels.columns(tick, COLUMN / seen.scale * pace, max(0, stop - first))
    for number, (loudest, quietest) in enumerate(seen_levels, start=first):
        yield (number + 0.5) * COLUMN, loudest, quietest


def _draw_protected(on: Sheet, scene: Scene) -> None:
    """A band under the waveform, crossed: whatever the edit, these lips stay."""
    painter, seen, lane = on.painter, on.seen, on.lanes.wave
    ink = QColor(on.palette.protected)
    for start, end in scene.protected:
        left, right = (seen.x_of(scene.axis.strip_of_clip(frame)) for frame in (start, end))
        band = QRectF(left, lane.bottom() - 7, max(2.0, right - left), 6)
        if band.intersects(lane):
            painter.fillRect(band, QBrush(ink, Qt.BrushStyle.DiagCrossPattern))
            painter.setPen(QPen(ink, 1))
            painter.drawRect(band)


def _draw_cuts(on: Sheet, visible: tuple[Stretch, ...]) -> None:
    """A line and a flag at every edge of what is struck, new or retimed."""
    painter, seen, lanes, palette = on.painter, on.seen, on.lanes, on.palette
    edited = [stretch for stretch in visible if stretch.kind is not Kind.KEPT]
    edges = {round(seen.x_of(at)) for stretch in edited for at in (stretch.start, stretch.stop)}
    painter.setPen(QPen(QColor(palette.cut), 1))
    bottom = lanes.wave.bottom() + lanes.words.height()
    painter.drawLines([QLineF(x + 0.5, RULER, x + 0.5, bottom) for x in edges])
    painter.setBrush(QColor(palette.cut))
    for x in edges if len(edges) * 8 < seen.width else ():  # flags side by side tell nothing
        painter.drawPolygon(
            QPolygonF([QPointF(x - 3, RULER), QPointF(x + 4, RULER), QPointF(x + 0.5, RULER + 5)])
        )
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw_word(on: Sheet, word: ShownWord) -> None:
    """A chip from the word's start to its end: its sides are what can be nudged."""
    painter, seen, lane, palette = on.painter, on.seen, on.lanes.words, on.palette
    chip = QRectF(
        seen.x_of(word.start), lane.y() + 2, (word.stop - word.start) * seen.scale, lane.height() - 4
    )
    chip.adjust(0.5, 0, -0.5, 0)
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.setBrush(QColor(palette.raised))
    painter.drawRoundedRect(chip, 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inside = chip.adjusted(3, 0, -1, 0)
    if inside.width() < _READABLE:
        return
    font = QFont(painter.font())
    font.setPointSizeF(font.pointSizeF() * 0.9)
    font.setStrikeOut(word.kind is Kind.STRUCK)
    font.setBold(word.kind is Kind.NEW)
    text = QFontMetricsF(font).elidedText(word.text, Qt.TextElideMode.ElideRight, inside.width())
    painter.save()
    painter.setFont(font)
    painter.setPen(QColor(ink_of(word.kind, palette)))
    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    if word.doubtful:
        painter.setPen(QPen(QColor(palette.doubtful), 1.5, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(inside.left(), chip.bottom() - 2, inside.right(), chip.bottom() - 2))
    painter.restore()


def _draw_ruler(on: Sheet, scene: Scene) -> None:
    """Round timecodes of the edit, those that there is room for."""
    painter, lane = on.painter, on.lanes.ruler
    painter.setPen(QColor(on.palette.muted))
    font = QFont(painter.font())
    font.setPointSizeF(font.pointSizeF() * 0.85)
    painter.save()
    painter.setFont(font)
    for tick in ticks(scene, on.seen):
        x = round(tick.x) + 0.5
        painter.drawLine(QLineF(x, lane.bottom() - 5, x, lane.bottom()))
        place = QRectF(x + 3, lane.y(), ROOM, lane.height())
        if x + 3 + QFontMetricsF(font).horizontalAdvance(tick.code) <= lane.right():
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, tick.code)
    painter.restore()
