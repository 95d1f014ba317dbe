"""The picture: a frame of the edited clip, beside or across that of the original."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.protocol import FaceBox
from nle_panels.look.palette import Palette
from nle_panels.player import overlays
from nle_panels.player.region_layer import RegionLayer

BLINK = 500  # ours: ms for which before and after are seen in turn; below 3 flashes a second (WCAG 2.3.1)
STILL = 120  # ours: ms after which a frame that stays is drawn smoothly
# ours: scaled smoothly more device pixels than these take longer than half a frame.
FAST_PIXELS = 900 * 510


class Comparison(Enum):
    """How before and after are seen. Wiped and side by side, before is on the left."""

    AFTER = auto()
    BEFORE = auto()
    WIPE = auto()
    SIDE = auto()
    BLINK = auto()


class Picture(QWidget):
    """Paints frames. `region` is the layer on which a box is drawn; Alt and the arrows move the wipe."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._after: QImage | None = None
        self._before: QImage | None = None
        self._comparison = Comparison.AFTER
        self._source = (16, 9)
        self._message = ("", "")
        self._marks: tuple[str, ...] = ()
        self._waiting = False
        self._face: FaceBox | None = None
        self._track: tuple[FaceBox, ...] = ()
        self._divider = 0.5
        self._wiping = False
        self.region = RegionLayer(palette, self)
        self._shows_before = False
        self._blink = QTimer(self, interval=BLINK)
        self._blink.timeout.connect(self._take_turns)
        self._still = QTimer(self, interval=STILL, singleShot=True)
        self._still.timeout.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Picture"))

    def sizeHint(self) -> QSize:
        return QSize(640, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 135)

    # ------------------------------------------------------------------------------------- what is shown

    def set_colours(self, palette: Palette) -> None:
        self._palette = palette
        self.region.set_colours(palette)
        self.update()

    def show_frames(self, after: QImage | None, before: QImage | None = None) -> None:
        """The frames to be seen now; None where there is none yet."""
        self._after, self._before = after, before
        self._still.start()
        self.update()

    def set_source_size(self, width: int, height: int) -> None:
        """Of the upright source picture, that boxes and faces are told in."""
        self._source = (width, height)
        self._arrange()

    def set_comparison(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._shows_before = False
        if comparison is Comparison.BLINK:
            self._blink.start()
        else:
            self._blink.stop()
        self._arrange()

    @property
    def comparison(self) -> Comparison:
        return self._comparison

    def set_message(self, title: str, hint: str = "") -> None:
        """What stands there while there is no picture."""
        self._message = (title, hint)
        self.setAccessibleDescription(" ".join(filter(None, (title, hint))))
        self.update()

    def set_marks(self, marks: tuple[str, ...]) -> None:
        """What is to be known of the frame: "scratch voice", "draft"."""
        self._marks = marks
        self.update()

    def set_waiting(self, waiting: bool) -> None:
        """Whether another frame than the right one is seen, because that is not here yet."""
        self._waiting = waiting
        self.update()

    def set_face(self, face: FaceBox | None, track: tuple[FaceBox, ...] = ()) -> None:
        """The face in this frame, and in those around it, first to last."""
        self._face, self._track = face, track
        self.update()

    @property
    def divider(self) -> float:
        """Where the wipe divides the picture, 0 (left) to 1."""
        return self._divider

    def move_divider(self, to: float) -> None:
        self._divider = min(max(0.0, to), 1.0)
        self.update()

    def _take_turns(self) -> None:
        self._shows_before = not self._shows_before
        self.update()

    # ------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.surround))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._after is None and self._before is None:
            self._paint_message(painter)
        else:
            self._paint_frames(painter)
            self._paint_overlays(painter)
        if self.hasFocus():
            painter.setPen(QColor(self._palette.on_picture))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _paint_message(self, painter: QPainter) -> None:
        title, hint = self._message
        painter.setPen(QColor(self._palette.badge_text))
        area = QRectF(self.rect()).adjusted(24, 24, -24, -24)
        upper = QRectF(area.topLeft(), QPointF(area.right(), area.center().y()))
        lower = QRectF(QPointF(area.left(), area.center().y() + 6), area.bottomRight())
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.4)
        painter.setFont(font)
        wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter
        painter.drawText(upper, int(wrap | Qt.AlignmentFlag.AlignBottom), title)
        painter.setFont(self.font())
        painter.drawText(lower, int(wrap | Qt.AlignmentFlag.AlignTop), hint)

    def _paint_frames(self, painter: QPainter) -> None:
        left, right = self._rects()
        match self._comparison:
            case Comparison.SIDE:
                self._paint_frame(painter, self._before, left)
                self._paint_frame(painter, self._after, right)
            case Comparison.WIPE:
                at = right.left() + self._divider * right.width()
                self._paint_frame(painter, self._after, right)
                painter.setClipRect(QRectF(right.topLeft(), QPointF(at, right.bottom())))
                self._paint_frame(painter, self._before, right)
                painter.setClipping(False)
                overlays.divider(painter, right, at, self._palette)
            case _:
                self._paint_frame(painter, self._before if self._is_before() else self._after, right)

    def _paint_frame(self, painter: QPainter, image: QImage | None, rect: QRectF) -> None:
        if image is None:
            painter.fillRect(rect, QColor(self._palette.badge))
            return
        pixels = rect.width() * rect.height() * self.devicePixelRatioF() ** 2
        smooth = pixels <= FAST_PIXELS or not self._still.isActive()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(rect, image)

    def _paint_overlays(self, painter: QPainter) -> None:
        left, rect = self._rects()
        if self._face is not None:
            seen = overlays.on_screen(self._face, rect, self._source)
            track = [overlays.on_screen(face, rect, self._source).center() for face in self._track]
            overlays.face(painter, seen, track, self._palette)
        self._paint_labels(painter, left, rect)
        self._paint_marks(painter, rect)

    def _paint_marks(self, painter: QPainter, rect: QRectF) -> None:
        """On the side of the edit, whose they are: wiped that is the right one."""
        right = self._comparison is Comparison.WIPE
        corners = (rect.bottomLeft() + QPointF(8, -8), rect.bottomRight() + QPointF(-8, -8))
        corner = corners[right]
        for mark in () if self._is_before() else self._marks:
            put = overlays.badge(painter, mark, corner, self._palette, right=right, low=True)
            corner = QPointF(put.left() - 6 if right else put.right() + 6, corner.y())
        if self._waiting:
            text = self.tr("loading…")
            overlays.badge(painter, text, corners[not right], self._palette, right=not right, low=True)

    def _paint_labels(self, painter: QPainter, left: QRectF, right: QRectF) -> None:
        """Which is which: said wherever it could be either."""
        before, after = self.tr("Before"), self.tr("After")
        if self._comparison in (Comparison.SIDE, Comparison.WIPE):
            at = left.topLeft() + QPointF(8, 8)
            overlays.badge(painter, before, at, self._palette, right=False, low=False)
            at = right.topRight() + QPointF(-8, 8)
            overlays.badge(painter, after, at, self._palette, right=True, low=False)
        elif self._comparison is not Comparison.AFTER:
            at = right.topLeft() + QPointF(8, 8)
            text = before if self._is_before() else after
            overlays.badge(painter, text, at, self._palette, right=False, low=False)

    def _is_before(self) -> bool:
        return self._comparison is Comparison.BEFORE or self._shows_before

    # ------------------------------------------------------------------------------------- places

    def _rects(self) -> tuple[QRectF, QRectF]:
        """Where before and after are seen: the same place, but side by side."""
        area = QRectF(self.rect())
        if self._comparison is not Comparison.SIDE:
            whole = self._fitted(area)
            return whole, whole
        half = QSize(max(1, self.width() // 2 - 2), self.height())
        one = QRectF(0, 0, half.width(), half.height())
        return self._fitted(one), self._fitted(one.translated(self.width() - half.width(), 0))

    def _fitted(self, area: QRectF) -> QRectF:
        width, height = self._source
        scale = min(area.width() / width, area.height() / height)
        rect = QRectF(0, 0, round(width * scale), round(height * scale))
        rect.moveCenter(area.center())
        return rect

    def _arrange(self) -> None:
        self.region.setGeometry(self.rect())
        self.region.set_area(self._rects()[1], self._source)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    # ------------------------------------------------------------------------------------- hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._comparison is Comparison.WIPE:
            self._wiping = True
            self._wipe_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._wiping:
            self._wipe_to(event.position())
        wipes = self._comparison is Comparison.WIPE
        self.setCursor(Qt.CursorShape.SplitHCursor if wipes else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._wiping = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -0.02, Qt.Key.Key_Right: 0.02}.get(Qt.Key(event.key()))
        alone = not event.modifiers() & Qt.KeyboardModifier.AltModifier
        if step is None or alone or self._comparison is not Comparison.WIPE:
            super().keyPressEvent(event)
        else:
            self.move_divider(self._divider + step)

    def _wipe_to(self, point: QPointF) -> None:
        rect = self._rects()[1]
        self.move_divider((point.x() - rect.left()) / max(1.0, rect.width()))
