"""Figures for TensorBoard, where it is installed: training does without."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

INSTALL_HINT = "pip install 'pickup-editor[training]'"


class Board:
    """Writes nothing."""

    def figures(self, group: str, told: Mapping[str, float], step: int) -> None:
        """A point of each curve GROUP/NAME."""

    def close(self) -> None:
        """Write what is not yet written."""


class _Written(Board):
    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def figures(self, group: str, told: Mapping[str, float], step: int) -> None:
        for name, value in told.items():
            self._writer.add_scalar(f"{group}/{name}", value, step)

    def close(self) -> None:
        self._writer.close()


def open_board(folder: Path, step: int, say: Callable[[str], None]) -> Board:
    """Event files in the folder; what a run that did not keep them said of later steps is not shown.

    Says once where there will be none.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415  # an extra
    except ImportError:
        say(f"no TensorBoard files: it is not installed ({INSTALL_HINT})")
        return Board()
    try:
        return _Written(SummaryWriter(str(folder), purge_step=step + 1))
    except OSError as error:
        say(f"no TensorBoard files: cannot write to {folder}: {error.strerror or error}")
        return Board()
