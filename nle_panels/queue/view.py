"""The queue: a row a job, the newest on top; of very many that wait those in their midst are counted."""

from __future__ import annotations

import time
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.errors import from_wire
from engine.messages import Fault, JobRecord
from engine.protocol import Progress
from nle_panels.look.told import told, told_line
from nle_panels.queue.lines import Line, Lines

_PREVIEW = 54  # pixels high


class QueueView(QScrollArea):
    """`cancelled`, `retried`: of the job of this id. `all_cancelled`: nothing more is to begin, either."""

    cancelled = Signal(str)
    all_cancelled = Signal()
    retried = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = Lines()
        self._seen: dict[str, Line] = {}  # as they are shown
        self._left = 0
        self._rows: dict[str, _Row] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Queue"))
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self.cancel_all = QPushButton(self.tr("Cancel all"))
        self.cancel_all.clicked.connect(self._cancel_all)
        self.cancel_all.hide()
        self._more = QLabel()
        self._more.hide()
        above = QHBoxLayout()
        above.addWidget(self._more)
        above.addStretch(1)
        above.addWidget(self.cancel_all)
        self._column.addLayout(above)
        self._empty = QLabel(self.tr("Nothing is being rendered."))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self.setWidget(inside)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._tick)
        self._clock.start()

    def name(self, job: JobRecord, label: str) -> None:
        self.lines = self.lines.named(job, label)

    def change(self, job: JobRecord) -> None:
        self.lines = self.lines.changed(job, time.monotonic())

    def progress(self, job_id: str, progress: Progress) -> None:
        self.lines = self.lines.progressed(job_id, progress)

    def set_left(self, count: int) -> None:
        """How many renders wait that the engine has not got yet."""
        if count != self._left:
            self._left = count
            self._count()

    def show_lines(self) -> None:
        """What was told since the last time: of hundreds of renders all come at once."""
        now = time.monotonic()
        listed = self.lines.listed
        for job_id in set(self._rows) - {line.job.id for line in listed}:
            row = self._rows.pop(job_id)
            self._column.removeWidget(row)
            row.deleteLater()
        first = self._column.indexOf(self._empty) + 1
        for place, line in enumerate(listed, start=first):
            job_id = line.job.id
            if job_id not in self._rows:
                self._column.insertWidget(place, self._row(job_id))
            if self._seen.get(job_id) is not line:
                self._rows[job_id].show_line(line, now)
        self._seen = {line.job.id: line for line in listed}
        self._empty.setVisible(not listed)
        self._count()

    def _count(self) -> None:
        more = len(self.lines.lines) - len(self._rows) + self._left
        self._more.setText(self.tr("%n more are waiting", "", more))
        self._more.setVisible(more > 0)
        self.cancel_all.setVisible(self.lines.open + self._left > 1)

    def _row(self, job_id: str) -> _Row:
        row = self._rows[job_id] = _Row(self)
        row.cancel.clicked.connect(partial(self.cancelled.emit, job_id))
        row.retry.clicked.connect(partial(self.retried.emit, job_id))
        return row

    def _cancel_all(self) -> None:
        """The newest first: those that wait do not begin meanwhile."""
        self.all_cancelled.emit()
        for job_id, line in reversed(tuple(self.lines.lines.items())):
            if line.cancellable:
                self.cancelled.emit(job_id)

    def _tick(self) -> None:
        """Time goes on without news."""
        for job_id, line in self.lines.lines.items():
            if line.job.state == "running" and job_id in self._rows:
                self._rows[job_id].show_line(line, time.monotonic())


class _Row(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown = ""
        self._kinds = {
            "render": self.tr("Render"),
            "transcribe": self.tr("Recognising words"),
            "align": self.tr("Finding the words of a script"),
        }
        self._picture = QLabel()
        self._picture.setFixedHeight(_PREVIEW)
        self._picture.hide()
        self._label, self._state = QLabel(), QLabel()
        self._state.setWordWrap(True)
        self._state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._bar = QProgressBar(textVisible=False, maximum=1000)
        self._bar.setFixedHeight(6)
        self.cancel, self.retry = QPushButton(self.tr("Cancel")), QPushButton(self.tr("Try again"))
        words = QVBoxLayout()
        words.setSpacing(3)
        for widget in (self._label, self._bar, self._state):
            words.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.addWidget(self._picture)
        row.addLayout(words, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.retry)

    def show_line(self, line: Line, now: float) -> None:
        self._label.setText(line.label or self._kinds.get(line.job.kind, line.job.kind))
        self._state.setText(self._told(line, now))
        self._bar.setVisible(line.job.state == "running")
        self._bar.setMaximum(0 if line.part is None else 1000)
        self._bar.setValue(round(1000 * (line.part or 0)))
        self._bar.setAccessibleName(self._label.text())
        self.cancel.setVisible(line.cancellable)
        self.retry.setVisible(line.job.state in {"failed", "cancelled"} and bool(line.label))
        self._show_preview(line.preview if line.cancellable else "")

    def _told(self, line: Line, now: float) -> str:
        match line.job.state:
            case "queued":
                return self.tr("waiting")
            case "done":
                return self.tr("known already") if line.job.cached else self.tr("done")
            case "cancelled":
                return self.tr("cancelled")
            case "failed":
                return _fault(line.job.fault) if line.job.fault else self.tr("failed")
        left, progress = line.seconds_left(now), line.job.progress
        phase = told_line(progress.phase) if progress else self.tr("running")
        count = f" {progress.done} / {progress.total}" if progress and progress.total else ""
        return f"{phase}{count}" + (
            "" if left is None else self.tr(" · {time} left").format(time=f"{left // 60}:{left % 60:02}")
        )

    def _show_preview(self, path: str) -> None:
        if path == self._shown:
            return
        self._shown = path
        picture = QPixmap(path) if path else QPixmap()
        self._picture.setVisible(not picture.isNull())
        if not picture.isNull():
            scaled = picture.scaledToHeight(_PREVIEW, Qt.TransformationMode.SmoothTransformation)
            self._picture.setPixmap(scaled)


def _fault(fault: Fault) -> str:
    return told(from_wire(fault.name, fault.message))
