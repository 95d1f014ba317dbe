"""The panel's own icons: shapes in a square of 24, drawn in the palette's colours at any size."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from nle_panels.look.palette import Palette

SQUARE = 24.0
_DISABLED = 0.4  # opacity of what cannot be pressed now

Point = tuple[float, float]


def _filled(*shapes: tuple[Point, ...]) -> QPainterPath:
    path = QPainterPath()
    for shape in shapes:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in shape]))
        path.closeSubpath()
    return path


def _bar(x: float, y: float, width: float, height: float) -> tuple[Point, ...]:
    return (x, y), (x + width, y), (x + width, y + height), (x, y + height)


def _arrow(tail: float, tip: float) -> tuple[Point, ...]:
    return (tail, 5), (tip, 12), (tail, 19)


_FILLED: dict[str, QPainterPath] = {
    "play": _filled(_arrow(7, 19)),
    "pause": _filled(_bar(6.5, 5, 4, 14), _bar(13.5, 5, 4, 14)),
    "stop": _filled(_bar(6, 6, 12, 12)),
    "forwards": _filled(_arrow(4, 12), _arrow(12, 20)),
    "backwards": _filled(_arrow(12, 4), _arrow(20, 12)),
    "step_on": _filled(_bar(6, 5, 2.5, 14), _arrow(11, 19)),
    "step_back": _filled(_bar(15.5, 5, 2.5, 14), _arrow(13, 5)),
    "end": _filled(_arrow(5, 15), _bar(16, 5, 2.5, 14)),
    "start": _filled(_arrow(19, 9), _bar(5.5, 5, 2.5, 14)),
    "mark_in": _filled(
        ((15, 4), (9, 4), (9, 20), (15, 20), (15, 17.5), (11.5, 17.5), (11.5, 6.5), (15, 6.5))
    ),
    "mark_out": _filled(((9, 4), (15, 4), (15, 20), (9, 20), (9, 17.5), (12.5, 17.5), (12.5, 6.5), (9, 6.5))),
}


def _outline(name: str) -> tuple[QPainterPath, QPainterPath]:
    """(drawn as a line, filled)."""
    line, solid = QPainterPath(), QPainterPath()
    frame = QRectF(3, 6, 18, 12)
    match name:
        case "loop":
            line.moveTo(8, 18)
            line.lineTo(7, 18)
            line.cubicTo(2.5, 18, 2.5, 7, 7, 7)
            line.lineTo(16, 7)
            line.moveTo(16, 17)
            line.cubicTo(21.5, 17, 21.5, 8, 18.5, 7.6)
            line.moveTo(16, 17)
            line.lineTo(12, 17)
            solid = _filled(((15, 3), (15, 11), (20, 7)), ((12.5, 13), (12.5, 21), (7.5, 17)))
        case "after":
            line.addRect(frame)
            solid.addRect(frame.adjusted(3, 3, -3, -3))
        case "before":
            line.addRect(frame)
        case "wipe":
            line.addRect(frame)
            solid.addRect(QRectF(12, 6, 9, 12))
            line.moveTo(12, 3)
            line.lineTo(12, 21)
        case "side":
            line.addRect(QRectF(2.5, 7, 8.5, 10))
            line.addRect(QRectF(13, 7, 8.5, 10))
            solid.addRect(QRectF(15, 9, 4.5, 6))
        case "blink":
            line.addRect(QRectF(3, 8.5, 13, 9.5))
            solid.addRect(QRectF(9, 4.5, 12, 9))
        case _:
            raise KeyError(name)
    return line, solid


NAMES = (*_FILLED, "loop", "after", "before", "wipe", "side", "blink")


def icon(name: str, palette: Palette) -> QIcon:
    """The icon called so, one of NAMES: in the text's colour, in the accent's text colour where it is on."""
    return QIcon(_Drawn(name, palette))


class _Drawn(QIconEngine):
    """Drawn anew at each size, so that it is sharp on any screen."""

    def __init__(self, name: str, palette: Palette) -> None:
        super().__init__()
        self._name, self._palette = name, palette
        self._line, self._solid = (QPainterPath(), _FILLED[name]) if name in _FILLED else _outline(name)

    def clone(self) -> QIconEngine:
        return _Drawn(self._name, self._palette)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        on = state == QIcon.State.On
        ink = QColor(self._palette.accent_text if on else self._palette.text)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(_DISABLED if mode == QIcon.Mode.Disabled else 1.0)
        side = min(rect.width(), rect.height())
        painter.translate(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2)
        painter.scale(side / SQUARE, side / SQUARE)
        painter.fillPath(self._solid, ink)
        painter.setPen(QPen(ink, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._line)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made
