"""Which weights render a job: the checkpoint's sha256. Reading 26 GB takes a minute: beside the loop."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeGuard

import structlog

from engine.errors import EngineError, MissingModel, RenderFailed
from engine.media_roots import check_model
from engine.model.installed import OF_RENDERER
from engine.model.opening import checkpoint_of
from engine.protocol import Job, Render

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

Weight = str | EngineError
"""The sha256, or why there is none."""
OnWeight = Callable[[Weight], None]


def has_weights(job: Job) -> TypeGuard[Render]:
    """Whether the job is rendered by weights, and its hash therefore covers them."""
    return isinstance(job, Render) and job.renderer in OF_RENDERER


def weigh(job: Render) -> str:
    """The sha256 of the checkpoint that renders the job. Every file is read once, then noted in the cache.

    Raises MissingModel, BadCheckpoint, PickledCheckpoint, ForbiddenPath.
    """
    check_model(job.diffusion.model)
    try:
        return checkpoint_of(job).sha256
    except OSError as error:  # a file that went while it was read
        raise MissingModel(f"the checkpoint cannot be read: {error.filename}: {error.strerror}") from error


class Scales:
    """One thread, so that a checkpoint asked for twice is read once. It does not hold up the engine's end."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[tuple[Render, OnWeight] | None] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    def weigh(self, job: Render, tell: OnWeight) -> None:
        """`tell` is called from the other thread, whatever comes of it."""
        self._waiting.put((job, tell))

    def close(self) -> None:
        """Nothing more is weighed; what is on the scales is not waited for."""
        self._waiting.put(None)

    def _work(self) -> None:
        while (next_one := self._waiting.get()) is not None:
            job, tell = next_one
            tell(_weighed(job))


def _weighed(job: Render) -> Weight:
    try:
        return weigh(job)
    except EngineError as error:
        return error
    except Exception as error:  # somebody waits for the answer
        log.exception("checkpoint_not_weighed")
        return RenderFailed(f"the checkpoint cannot be weighed: {type(error).__name__}: {error}")
