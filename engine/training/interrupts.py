"""Ctrl-C, while a model is in training."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from engine.training.trainer import Training


@contextmanager
def stopping_on_interrupt(training: Training) -> Iterator[list[int]]:
    """The first Ctrl-C lets the step end and a checkpoint be kept; the second ends all at once.

    What is given is empty until then.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(number: int, _: FrameType | None) -> None:
        came.append(number)
        training.stop()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, stop)
    try:
        yield came
    finally:
        signal.signal(signal.SIGINT, before)
