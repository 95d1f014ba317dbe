"""A renderer's settings: its weights, how they lie in memory, what it hears and how it draws."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from bridge.settings import diffusion_of
from engine.protocol import Diffusion
from engine.protocol.jobs import LOUDEST_NOISE
from nle_panels.rendering.models import USUAL, Model, state_of

SETTLED_MS = 500  # ours: so long after the last letter of a name it is looked for
_PRECISIONS = ("auto", "bf16", "fp8", "fp8-stored", "float32")
_STATE_LINES = 4  # that there is room for, so that nothing leaps as they come
_MOST_STEPS, _STRONGEST = 1000, 20.0  # the engine's, and ours


class SettingsDialog(QDialog):
    """`diffusion` is what is chosen. `asked`: are weights of this name here? `show_models` answers."""

    asked = Signal(str)

    def __init__(self, renderer: str, diffusion: Diffusion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("How {renderer} renders").format(renderer=renderer))
        self._renderer, self._given = renderer, diffusion
        self._models: dict[str, Model] = {}
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._add_weights()
        self._add_memory()
        self._add_hearing()
        self._add_drawing()
        buttons = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel | buttons.RestoreDefaults)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        usual = self._buttons.button(buttons.RestoreDefaults)
        usual.clicked.connect(lambda: self._show(Diffusion()))
        usual.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.addLayout(self._form)
        column.addStretch(1)
        column.addWidget(self._buttons)
        self._settled = QTimer(self, interval=SETTLED_MS, singleShot=True)
        self._settled.timeout.connect(self._ask)
        for box in (self.audio_guidance, self.audio_noise, self.steps, self.guidance):
            box.setMinimumHeight(self.precision.sizeHint().height())  # Fusion cuts letters off below the line
        self._show(diffusion)
        self.resize(560, self.minimumSizeHint().height())

    # ---- laying out

    def _add_weights(self) -> None:
        self.weights, self.state = QComboBox(editable=True), QLabel()
        self.weights.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.weights.addItem(USUAL[self._renderer])
        self.weights.setToolTip(self.tr("A name from the list, OWNER/NAME of the hub, or a folder"))
        self.weights.editTextChanged.connect(self._named)
        self.folder = QPushButton(self.tr("Folder…"))
        self.folder.setAutoDefault(False)
        self.folder.clicked.connect(self._choose_folder)
        row = QHBoxLayout()
        row.addWidget(self.weights, 1)
        row.addWidget(self.folder)
        self._add(self.tr("Weights"), self.weights, row)
        self.state.setWordWrap(True)
        self.state.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.state.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._form.addRow("", self.state)

    def _add_memory(self) -> None:
        self.precision = QComboBox()
        names = (
            self.tr("as suits this machine"),
            "bf16",
            self.tr("FP8, half the memory (Ada, Hopper or later)"),
            self.tr("stored in FP8, slower, on any card"),
            self.tr("float32, for a CPU"),
        )
        for precision, name in zip(_PRECISIONS, names, strict=True):
            self.precision.addItem(name, precision)
        self.offload = QCheckBox(self.tr("Keep the model in main memory, and what is needed on the card"))
        self.offload.setToolTip(self.tr("For cards that it does not fit: pickup doctor says which"))
        self._add(self.tr("Precision"), self.precision)
        self._form.addRow("", self.offload)
        self._line()

    def _add_hearing(self) -> None:
        self.audio_guidance = self._number(_STRONGEST, 1, self.tr("as its weights say"))
        self.audio_guidance.setToolTip(
            self.tr("Above 1 mouths move further, and a step takes twice as long; 1 is none")
        )
        self._add(self.tr("Led by the sound"), self.audio_guidance)
        self.audio_gate = QCheckBox(self.tr("Hear only where the picture is made anew"))
        self.audio_gate.setToolTip(self.tr("As in the paper; LTX-2 was trained to hear everywhere"))
        self.audio_noise = self._number(LOUDEST_NOISE, 3, self.tr("off"))
        self.audio_noise.setToolTip(
            self.tr("Against mouths that stay still with a synthetic voice: try 0.001. The take stays clean")
        )
        if self._renderer == "ltx2":
            self._add(self.tr("Noise over what it hears"), self.audio_noise)
            self._form.addRow("", self.audio_gate)
        self._line()

    def _add_drawing(self) -> None:
        self.steps = QSpinBox(maximum=_MOST_STEPS)
        self.steps.setSpecialValueText(self.tr("as its weights say"))
        self.guidance = self._number(_STRONGEST, 1, self.tr("off"))
        self.guidance.setToolTip(self.tr("Away from what no words give: try 3. Distilled weights refuse it"))
        self._add(self.tr("Steps"), self.steps)
        self._add(self.tr("Led by the words"), self.guidance)

    def _number(self, most: float, decimals: int, nothing: str) -> QDoubleSpinBox:
        """0 stands for what nothing is said of."""
        box = QDoubleSpinBox(maximum=most, decimals=decimals, singleStep=10.0**-decimals)
        box.setSpecialValueText(nothing)
        return box

    def _add(self, name: str, widget: QWidget, row: QHBoxLayout | None = None) -> None:
        label = QLabel(name)
        label.setBuddy(widget)
        widget.setAccessibleName(name)
        self._form.addRow(label, row or widget)

    def _line(self) -> None:
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Plain)
        line.setForegroundRole(QPalette.ColorRole.Mid)
        self._form.addRow(line)

    # ---- what is chosen

    @property
    def diffusion(self) -> Diffusion:
        """What is not asked here stays as it was given."""
        name = self._name()
        return msgspec.structs.replace(
            self._given,
            model="" if name == USUAL[self._renderer] else diffusion_of(name, ()).model,
            precision=self.precision.currentData(),
            offload=self.offload.isChecked(),
            audio_guidance=self.audio_guidance.value() or None,
            audio_gate=self.audio_gate.isChecked(),
            audio_noise=self.audio_noise.value(),
            steps=self.steps.value() or None,
            guidance=self.guidance.value() or 1.0,
        )

    def _show(self, diffusion: Diffusion) -> None:
        self.weights.setEditText(diffusion.model or USUAL[self._renderer])
        self.precision.setCurrentIndex(_PRECISIONS.index(diffusion.precision))
        self.offload.setChecked(diffusion.offload)
        self.audio_guidance.setValue(diffusion.audio_guidance or 0.0)
        self.audio_gate.setChecked(diffusion.audio_gate)
        self.audio_noise.setValue(diffusion.audio_noise)
        self.steps.setValue(diffusion.steps or 0)
        self.guidance.setValue(0.0 if diffusion.guidance == 1 else diffusion.guidance)

    def show_models(self, models: Sequence[Model]) -> None:
        """What is known of some: those that this renderer may take are offered by name."""
        self._models |= {model.name: model for model in models}
        offered = [name for name in self._models if name.startswith(self._renderer)]
        with QSignalBlocker(self.weights):
            for name in offered:
                if self.weights.findText(name, Qt.MatchFlag.MatchExactly) < 0:
                    self.weights.addItem(name)
        self._show_state()

    # ---- the weights

    def _name(self) -> str:
        return self.weights.currentText().strip() or USUAL[self._renderer]

    def _named(self) -> None:
        self._show_state()
        if self._name() not in self._models:
            self._settled.start()

    def _ask(self) -> None:
        if self._name() not in self._models:
            self.asked.emit(self._name())

    def _show_state(self) -> None:
        model = self._models.get(self._name())
        self.state.setText(state_of(model) if model is not None else self.tr("Looking for it…"))
        if self.isVisible():
            self._fit()

    def _fit(self) -> None:
        """The line of the weights is read whole: a form by itself goes by how high it would be elsewhere."""
        room = _STATE_LINES * self.state.fontMetrics().lineSpacing()
        self.state.setMinimumHeight(max(room, self.state.heightForWidth(self.state.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("The folder with the weights"))
        if folder:
            self.weights.setEditText(folder)
