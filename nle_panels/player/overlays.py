"""What is drawn over the picture: face, box, divider, marks. A dark edge shows their lines on any picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from engine.protocol import Box, FaceBox
from nle_panels.look.palette import Palette

_CORNER = 0.22  # of a face's side: brackets, as a camera's focus has, hide nothing of the face
_SHADE = 110  # of 255: what lies outside a drawn box


def on_screen(box: Box | FaceBox, picture: QRectF, source: tuple[int, int]) -> QRectF:
    """Where a box in source pixels is seen, the picture of that size being seen at `picture`."""
    scale = picture.width() / source[0]
    left, top = picture.left() + box.x * scale, picture.top() + box.y * scale
    return QRectF(left, top, box.width * scale, box.height * scale)


def face(painter: QPainter, rect: QRectF, track: Sequence[QPointF], palette: Palette) -> None:
    """Brackets around the face, and the way its middle goes."""
    lines = _brackets(rect)
    for pen in _pens(palette):
        painter.setPen(pen)
        painter.drawLines(lines)
        if len(track) > 1:
            painter.drawPolyline(list(track))


def box(painter: QPainter, rect: QRectF, picture: QRectF, palette: Palette, *, grips: bool) -> None:
    """A drawn region: what lies outside is shaded. `grips`: it can be taken hold of."""
    shade = QColor(palette.badge)
    shade.setAlpha(_SHADE)
    for around in _outside(rect, picture):
        painter.fillRect(around, shade)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in _pens(palette):
        painter.setPen(pen)
        painter.drawRect(rect)
    if grips:
        painter.setPen(QPen(QColor(palette.badge), 1))
        painter.setBrush(QColor(palette.on_picture))
        for point in _grip_points(rect):
            painter.drawRect(QRectF(point.x() - 4, point.y() - 4, 8, 8))
        painter.setBrush(Qt.BrushStyle.NoBrush)


def divider(painter: QPainter, picture: QRectF, x: float, palette: Palette) -> None:
    """The line between before and after, with a handle to take it by."""
    for pen in _pens(palette):
        painter.setPen(pen)
        painter.drawLine(QPointF(x, picture.top()), QPointF(x, picture.bottom()))
    middle = QPointF(x, picture.center().y())
    painter.setPen(QPen(QColor(palette.badge), 1.5))
    painter.setBrush(QColor(palette.on_picture))
    painter.drawEllipse(middle, 11, 11)
    for side in (-1, 1):
        tip = middle + QPointF(side * 7, 0)
        painter.drawLine(tip, tip + QPointF(-side * 4, -4))
        painter.drawLine(tip, tip + QPointF(-side * 4, 4))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def badge(
    painter: QPainter, text: str, corner: QPointF, palette: Palette, *, right: bool, low: bool
) -> QRectF:
    """A small mark whose outer corner is `corner`; its rectangle is returned, to put another beside."""
    font = QFont(painter.font())
    font.setPointSizeF(max(8.0, font.pointSizeF() * 0.9))
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    rect = QRectF(0, 0, metrics.horizontalAdvance(text) + 12, metrics.height() + 5)
    rect.moveLeft(corner.x() - rect.width() if right else corner.x())
    rect.moveTop(corner.y() - rect.height() if low else corner.y())
    ground = QColor(palette.badge)
    ground.setAlpha(215)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QColor(palette.badge_text))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    return rect


def _pens(palette: Palette) -> Iterator[QPen]:
    yield QPen(QColor(palette.badge), 3.5)
    yield QPen(QColor(palette.on_picture), 1.5)


def _brackets(rect: QRectF) -> list[QLineF]:
    along, down = rect.width() * _CORNER, rect.height() * _CORNER
    corners = (
        (rect.topLeft(), along, down),
        (rect.topRight(), -along, down),
        (rect.bottomLeft(), along, -down),
        (rect.bottomRight(), -along, -down),
    )
    reaches = ((at, to) for at, dx, dy in corners for to in (QPointF(dx, 0), QPointF(0, dy)))
    return [QLineF(at, at + to) for at, to in reaches]


def _outside(rect: QRectF, picture: QRectF) -> Iterator[QRectF]:
    yield QRectF(picture.topLeft(), QPointF(picture.right(), rect.top()))
    yield QRectF(QPointF(picture.left(), rect.bottom()), picture.bottomRight())
    yield QRectF(QPointF(picture.left(), rect.top()), rect.bottomLeft())
    yield QRectF(rect.topRight(), QPointF(picture.right(), rect.bottom()))


def _grip_points(rect: QRectF) -> Iterator[QPointF]:
    middle = rect.center()
    for x in (rect.left(), middle.x(), rect.right()):
        for y in (rect.top(), middle.y(), rect.bottom()):
            if (x, y) != (middle.x(), middle.y()):
                yield QPointF(x, y)
