"""The strip: the clip over time, to be looked at, clicked, panned, zoomed and nudged."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nle_panels.look.palette import Palette
from nle_panels.strip import layer
from nle_panels.strip.scene import Scene, ShownWord
from nle_panels.strip.seen import Seen

EDGE = 5.0  # ours: pixels within which a word's edge is taken hold of
STEP = 1.25  # ours: how much larger a notch of the wheel makes it
SLACK = 4.0  # ours: pixels that a click may wander before it is a drag


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hand:
    """What the mouse does: "scrub", "pan", or "start" and "stop" of a word. `at`: where it was pressed."""

    does: str
    at: QPointF
    last: QPointF
    word: ShownWord | None = None
    moved: bool = False


class Strip(QWidget):
    """Shows a scene. The wheel zooms around the pointer, a drag pans, a click or a drag on the ruler seeks, a
    drag on a word's edge nudges it.

    Keys: + and - zoom, 0 shows all, Page Up and Down pan, Alt and the arrows nudge the start of the word
    under the playhead by a frame, with Shift its end.

    Signals:
        seeked: (frame) of the edited clip.
        nudged: (word, start, end): a word of the transcript, and by how many frames its edges are to move.
    """

    seeked = Signal(int)
    nudged = Signal(int, int, int)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._scene: Scene | None = None
        self._seen = Seen(frames=1, width=1, scale=1.0)
        self._layer: QPixmap | None = None
        self._playhead = 0
        self._marked: tuple[int, int] | None = None
        self._hand: _Hand | None = None
        self.setMinimumHeight(72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Strip: waveform, words and edits"))

    def sizeHint(self) -> QSize:
        return QSize(640, 110)

    @property
    def seen(self) -> Seen:
        return self._seen

    # ------------------------------------------------------------------------------------- what is shown

    def set_scene(self, scene: Scene | None) -> None:
        self._scene = scene
        self._look(self._seen.over(scene.axis.frames if scene else 1, self.width()), anew=True)

    def set_colours(self, palette: Palette) -> None:
        self._palette = palette
        self._look(self._seen, anew=True)

    def show_edited(self, frame: int) -> None:
        """The playhead, at a frame of the edited clip."""
        if self._scene is not None:
            self._show_playhead(self._scene.axis.strip_of_edited(frame))
            self.setAccessibleDescription(self._told(self._scene, frame))

    def show_clip(self, frame: int) -> None:
        """The playhead, at a frame of the clip: the original plays."""
        if self._scene is not None:
            self._show_playhead(round(self._scene.axis.strip_of_clip(frame)))

    def set_marked(self, marked: tuple[int, int] | None) -> None:
        """The edited clip's frames from in to out."""
        self._marked = marked
        self.update()

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Around a place of the widget, else around the playhead."""
        self._look(self._seen.zoomed(factor, self._seen.x_of(self._playhead) if x is None else x))

    def fit(self) -> None:
        self._look(self._seen.fitted())

    def _show_playhead(self, at: int) -> None:
        old, self._playhead = self._playhead, at
        if self._hand is None:
            self._look(self._seen.paged_to(at))
        for frame in (old, at):  # only where it was and is: the strip is wide, and this happens every frame
            self.update(int(self._seen.x_of(frame)) - 8, 0, 18, self.height())

    def _told(self, scene: Scene, frame: int) -> str:
        word = scene.word_at(self._playhead)
        return f"{scene.clock.code(frame)} {word.text if word else ''}".strip()

    def _look(self, seen: Seen, *, anew: bool = False) -> None:
        if anew or seen != self._seen:
            self._seen, self._layer = seen, None
            self.update()

    # ------------------------------------------------------------------------------------- painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        frames = self._scene.axis.frames if self._scene else 1
        self._look(self._seen.over(frames, self.width()), anew=True)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._scene is None:
            painter.fillRect(self.rect(), QColor(self._palette.panel))
            painter.setPen(QColor(self._palette.muted))
            told = self.tr("The clip's sound, words and edits are shown here")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, told)
        else:
            painter.drawPixmap(0, 0, self._drawn(self._scene))
            self._paint_marks(painter, self._scene)
            self._paint_nudge(painter)
            self._paint_playhead(painter)
        if self.hasFocus():
            painter.setPen(QColor(self._palette.focus))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _drawn(self, scene: Scene) -> QPixmap:
        """The layer that does not move, drawn once for what is seen."""
        if self._layer is None:
            ratio = self.devicePixelRatioF()
            self._layer = QPixmap(self.size() * ratio)
            self._layer.setDevicePixelRatio(ratio)
            painter = QPainter(self._layer)
            painter.setFont(self.font())
            sheet = layer.Sheet(
                painter=painter, seen=self._seen, lanes=self._lanes(scene), palette=self._palette
            )
            layer.draw(sheet, scene)
            painter.end()
        return self._layer

    def _lanes(self, scene: Scene) -> layer.Lanes:
        return layer.Lanes.of(self.width(), self.height(), self._seen, float(scene.window.rate))

    def _paint_marks(self, painter: QPainter, scene: Scene) -> None:
        """From in to out: a shade, and brackets in the ruler."""
        if self._marked is None:
            return
        start, stop = self._marked
        left = self._seen.x_of(scene.axis.strip_of_edited(start))
        right = self._seen.x_of(scene.axis.strip_of_edited(stop - 1) + 1)
        shade = QColor(self._palette.in_out)
        shade.setAlpha(45)
        painter.fillRect(QRectF(left, 0, right - left, self.height()), shade)
        painter.setPen(QPen(QColor(self._palette.in_out), 2))
        for x, into in ((left, 5), (right, -5)):
            painter.drawPolyline(
                [QPointF(x + into, 2), QPointF(x, 2), QPointF(x, layer.RULER), QPointF(x + into, layer.RULER)]
            )

    def _paint_nudge(self, painter: QPainter) -> None:
        hand = self._hand
        if hand is not None and hand.word is not None and hand.moved:
            edge = hand.word.start if hand.does == "start" else hand.word.stop
            x = self._seen.x_of(edge + self._nudge(hand))
            painter.setPen(QPen(QColor(self._palette.accent), 2, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, layer.RULER), QPointF(x, self.height()))

    def _paint_playhead(self, painter: QPainter) -> None:
        x = round(self._seen.x_of(self._playhead)) + 0.5
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._palette.playhead), 1.5))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setBrush(QColor(self._palette.playhead))
        painter.drawPolygon(QPolygonF([QPointF(x - 5, 0), QPointF(x + 5, 0), QPointF(x, 8)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    # ------------------------------------------------------------------------------------- hands

    def wheelEvent(self, event: QWheelEvent) -> None:
        across = event.angleDelta().x()
        if across and abs(across) > abs(event.angleDelta().y()):
            self._look(self._seen.panned(-across / 2))
        else:
            self.zoom(STEP ** (event.angleDelta().y() / 120), event.position().x())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._scene is None:
            return
        at = event.position()
        does, word = self._under(self._scene, at)
        self._hand = _Hand(does=does, at=at, last=at, word=word)
        if does == "scrub":
            self._seek(at.x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hand, at = self._hand, event.position()
        if self._scene is None:
            return
        if hand is None:
            does, _ = self._under(self._scene, at)
            nudges = does in ("start", "stop")
            self.setCursor(Qt.CursorShape.SplitHCursor if nudges else Qt.CursorShape.ArrowCursor)
            return
        moved = hand.moved or abs(at.x() - hand.at.x()) > SLACK
        if hand.does == "scrub":
            self._seek(at.x())
        elif hand.does == "pan" and moved:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._look(self._seen.panned(hand.last.x() - at.x()))
        self._hand = _Hand(does=hand.does, at=hand.at, last=at, word=hand.word, moved=moved)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        hand, self._hand = self._hand, None
        self.unsetCursor()
        self.update()
        if hand is None or hand.does == "scrub":
            return
        if not hand.moved:
            self._seek(event.position().x())
        elif hand.word is not None and hand.word.number is not None:
            by = self._nudge(hand)
            self._ask_nudge(hand.word.number, hand.does, by)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self._scene is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
            word = self._scene.word_at(self._playhead) if by else None
            if word is not None and word.number is not None:
                ends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._ask_nudge(word.number, "stop" if ends else "start", by)
                return
        match key:
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(STEP)
            case Qt.Key.Key_Minus:
                self.zoom(1 / STEP)
            case Qt.Key.Key_0:
                self.fit()
            case Qt.Key.Key_PageUp:
                self._look(self._seen.panned(-self.width() * 0.8))
            case Qt.Key.Key_PageDown:
                self._look(self._seen.panned(self.width() * 0.8))
            case _:
                super().keyPressEvent(event)

    def _under(self, scene: Scene, at: QPointF) -> tuple[str, ShownWord | None]:
        """What a press at a place takes hold of."""
        lanes = self._lanes(scene)
        if lanes.ruler.contains(at):
            return "scrub", None
        if lanes.words.height():
            frame, reach = self._seen.frame_at(at.x()), EDGE / self._seen.scale
            for word in scene.words_between(frame - reach, frame + reach):
                if word.number is not None and abs(frame - word.start) <= reach:
                    return "start", word
                if word.number is not None and abs(frame - word.stop) <= reach:
                    return "stop", word
        return "pan", None

    def _nudge(self, hand: _Hand) -> int:
        """By how many frames the hand has moved an edge: never past the other one."""
        assert hand.word is not None
        by = round((hand.last.x() - hand.at.x()) / self._seen.scale)
        most = max(0, int(hand.word.stop - hand.word.start) - 1)
        return min(by, most) if hand.does == "start" else max(by, -most)

    def _ask_nudge(self, word: int, edge: str, by: int) -> None:
        if by:
            self.nudged.emit(word, by if edge == "start" else 0, by if edge == "stop" else 0)

    def _seek(self, x: float) -> None:
        if self._scene is not None:
            self.seeked.emit(self._scene.axis.edited_at(self._seen.frame_at(x)))
