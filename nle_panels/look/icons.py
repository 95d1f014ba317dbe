"""The panel's own icons: shapes in a square of 24, drawn in the palette's colours at any size."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QTransform,
)

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

_Drawing = tuple[QPainterPath, QPainterPath]


def _lines(*runs: tuple[Point, ...]) -> QPainterPath:
    path = QPainterPath()
    for first, *rest in runs:
        path.moveTo(*first)
        for point in rest:
            path.lineTo(*point)
    return path


def _undo() -> _Drawing:
    line = _lines(((8, 8), (15, 8)))
    line.cubicTo(21.5, 8, 21.5, 18, 15, 18)
    line.lineTo(9, 18)
    return line, _filled(((9, 3.5), (9, 12.5), (3.5, 8)))


def _mirrored(drawing: _Drawing) -> _Drawing:
    turn = QTransform(-1, 0, 0, 1, SQUARE, 0)
    return turn.map(drawing[0]), turn.map(drawing[1])


def _restore() -> _Drawing:
    """A circle that runs back to where it began."""
    line = QPainterPath()
    line.arcMoveTo(QRectF(5, 5, 14, 14), 130)
    line.arcTo(QRectF(5, 5, 14, 14), 130, -290)
    return line, _filled(((3.5, 3.5), (10.5, 5), (5, 11)))


def _find() -> _Drawing:
    line = QPainterPath()
    line.addEllipse(QRectF(4, 4, 12, 12))
    line.addPath(_lines(((14.5, 14.5), (20.5, 20.5))))
    return line, QPainterPath()


def _protect() -> _Drawing:
    line = _lines(((12, 3), (19.5, 6), (19.5, 12)))
    line.cubicTo(19.5, 16.5, 16, 19.5, 12, 21)
    line.cubicTo(8, 19.5, 4.5, 16.5, 4.5, 12)
    line.lineTo(4.5, 6)
    line.closeSubpath()
    return line, QPainterPath()


def _fillers() -> _Drawing:
    """Something said that says nothing."""
    line = QPainterPath()
    line.addRoundedRect(QRectF(3, 4.5, 18, 12), 3, 3)
    line.addPath(_lines(((8, 16.5), (7, 20.5), (12, 16.5))))
    dots = QPainterPath()
    for x in (7.5, 12, 16.5):
        dots.addEllipse(QPointF(x, 10.5), 1.3, 1.3)
    return line, dots


def _render() -> _Drawing:
    """A frame of film that is made anew."""
    line = QPainterPath()
    line.addRect(QRectF(3, 6, 18, 12))
    return line, _filled(
        ((12, 7.5), (13.2, 10.8), (16.5, 12), (13.2, 13.2), (12, 16.5), (10.8, 13.2), (7.5, 12), (10.8, 10.8))
    )


def _apply() -> _Drawing:
    """Down onto the timeline."""
    return _lines(((12, 3), (12, 12)), ((3, 19.5), (21, 19.5))), _filled(((7.5, 10), (16.5, 10), (12, 15.5)))


def _film() -> _Drawing:
    """A strip of film, and something to play on it."""
    line = QPainterPath()
    line.addRoundedRect(QRectF(3, 4, 18, 16), 1.5, 1.5)
    line.addPath(_lines(((7, 4), (7, 20)), ((17, 4), (17, 20))))
    for y in (8, 12, 16):
        line.addPath(_lines(((3, y), (7, y)), ((17, y), (21, y))))
    return line, _filled(((10, 8.5), (15, 12), (10, 15.5)))


def _listen() -> _Drawing:
    """Sound that is looked at."""
    heights = (3, 7, 14, 9, 17, 6, 11, 4)
    runs = (
        ((2.75 + 2.65 * n, 12 - height / 2), (2.75 + 2.65 * n, 12 + height / 2))
        for n, height in enumerate(heights)
    )
    return _lines(*runs), QPainterPath()


def _mute() -> _Drawing:
    """A loudspeaker that nothing comes from."""
    speaker = _filled(((3, 9), (7, 9), (12, 4.5), (12, 19.5), (7, 15), (3, 15)))
    return _lines(((15.5, 9), (21.5, 15)), ((21.5, 9), (15.5, 15))), speaker


# (drawn as a line, filled) of what stands on the pages without words.
_PAGES: dict[str, _Drawing] = {"film": _film(), "listen": _listen(), "mute": _mute()}

# (drawn as a line, filled) of what stands in the tool bar.
_TOOLS: dict[str, _Drawing] = {
    "undo": _undo(),
    "redo": _mirrored(_undo()),
    "strike": (_lines(((3, 12), (21, 12)), ((7, 19.5), (12, 4.5), (17, 19.5))), QPainterPath()),
    "restore": _restore(),
    "correct": (
        _lines(((4, 20), (5, 15.5), (16, 4.5), (19.5, 8), (8.5, 19), (4, 20)), ((13.5, 7), (17, 10.5))),
        QPainterPath(),
    ),
    "protect": _protect(),
    "find": _find(),
    "fillers": _fillers(),
    "pauses": (
        _lines(((3, 5), (3, 19)), ((21, 5), (21, 19)), ((5, 12), (8, 12)), ((16, 12), (19, 12))),
        _filled(((7, 8.5), (7, 15.5), (11, 12)), ((17, 8.5), (17, 15.5), (13, 12))),
    ),
    "render": _render(),
    "apply": _apply(),
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
            return (_TOOLS | _PAGES)[name]
    return line, solid


NAMES = (*_FILLED, *_TOOLS, *_PAGES, "loop", "after", "before", "wipe", "side", "blink")


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
