"""The layer over the picture on which a region is drawn: a box that is dragged, moved and resized."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engine.protocol import Box
from nle_panels.look.palette import Palette
from nle_panels.player import overlays
from nle_panels.player.region_box import MOVE, dragged, grip_at, spanned

GRIP = 7.0  # ours: pixels of the screen within which an edge is taken hold of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drag:
    """Begun at `start` in source pixels: a grip of `box`, or a new box where that is None."""

    start: tuple[float, float]
    grip: str = ""
    box: Box | None = None


_CURSORS = {
    MOVE: Qt.CursorShape.SizeAllCursor,
    "n": Qt.CursorShape.SizeVerCursor,
    "s": Qt.CursorShape.SizeVerCursor,
    "e": Qt.CursorShape.SizeHorCursor,
    "w": Qt.CursorShape.SizeHorCursor,
    "nw": Qt.CursorShape.SizeFDiagCursor,
    "se": Qt.CursorShape.SizeFDiagCursor,
    "ne": Qt.CursorShape.SizeBDiagCursor,
    "sw": Qt.CursorShape.SizeBDiagCursor,
}
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class RegionLayer(QWidget):
    """Lets the mouse through unless a region is drawn. Alt and the arrows move it, with Shift resize it.

    Signals: box_changed: (Box) in pixels of the upright source picture.
    """

    box_changed = Signal(object)

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._palette = palette
        self._area = QRectF()
        self._source = (16, 9)
        self._box: Box | None = None
        self._drag: _Drag | None = None
        self.setAccessibleName(self.tr("Region to render"))
        self.set_drawing(False)

    def set_colours(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def set_area(self, area: QRectF, source: tuple[int, int]) -> None:
        """Where the picture is seen, and its size in pixels."""
        self._area, self._source = area, source
        self.update()

    @property
    def box(self) -> Box | None:
        return self._box

    def set_box(self, box: Box | None) -> None:
        self._box = box
        self.update()

    @property
    def drawing(self) -> bool:
        return self._drawing

    def set_drawing(self, drawing: bool) -> None:
        self._drawing = drawing
        self._drag = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not drawing)
        self.setMouseTracking(drawing)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if drawing else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.CrossCursor if drawing else Qt.CursorShape.ArrowCursor)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._box is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = overlays.on_screen(self._box, self._area, self._source)
        overlays.box(painter, seen, self._area, self._palette, grips=self._drawing)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        start, grip = self._to_source(event.position()), self._grip(event.position())
        self._drag = _Drag(start=start, grip=grip, box=self._box) if grip else _Drag(start=start)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag, (x, y) = self._drag, self._to_source(event.position())
        if drag is None:
            grip = self._grip(event.position())
            self.setCursor(_CURSORS[grip] if grip else Qt.CursorShape.CrossCursor)
        elif drag.box is None:
            self._change(spanned(drag.start, (x, y), self._source))
        else:
            self._change(dragged(drag.box, drag.grip, x - drag.start[0], y - drag.start[1], self._source))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
        else:
            resize = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(*step, grip="se" if resize else MOVE)

    def _step(self, dx: int, dy: int, grip: str) -> None:
        """By a hundredth of the picture. Where there is no box yet, one in the middle."""
        width, height = self._source
        if self._box is None:
            quarter = Box(x=width * 3 // 8, y=height * 3 // 8, width=width // 4, height=height // 4)
            self._change(quarter)
        else:
            by = max(1, width // 100)
            self._change(dragged(self._box, grip, dx * by, dy * by, self._source))

    def _grip(self, point: QPointF) -> str | None:
        if self._box is None:
            return None
        return grip_at(self._box, self._to_source(point), GRIP * self._source_pixels())

    def _to_source(self, point: QPointF) -> tuple[float, float]:
        at = (point - self._area.topLeft()) * self._source_pixels()
        return at.x(), at.y()

    def _source_pixels(self) -> float:
        """Source pixels in a pixel of the screen."""
        return self._source[0] / max(1.0, self._area.width())

    def _change(self, box: Box) -> None:
        if box != self._box:
            self.set_box(box)
            self.box_changed.emit(box)
