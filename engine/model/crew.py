"""Several devices for one render: processes beside this one, with the same weights, that share every forward.

    this process   rank 0, cuda:0: renders, and hands each forward's arguments to the others
    each other     rank n, cuda:n: reads the weights, waits for arguments, runs the same forward

What they say to one another inside a forward is `parallel`'s matter. Arguments go through pipes; a process
whose pipe is closed ends.
"""

from __future__ import annotations

import io
import multiprocessing
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Protocol

import torch
import torch.distributed as dist
from torch import Tensor, nn

from engine.errors import RenderFailed
from engine.model.acceleration import Acceleration, accelerate, best_device
from engine.model.assembly import load_transformer
from engine.model.checkpoint import open_checkpoint
from engine.model.transformer import EditYourselfTransformer

_PATIENCE = timedelta(minutes=5)  # with a process that does not answer in the middle of a forward
_JOIN = 5.0  # seconds for a process to end by itself
_NO_CACHE, _CACHE = "", "cache"


class _Cache(Protocol):
    """`transformer.BlockCache`, by the name that it has in its render."""

    name: str
    residual: Tensor | None

    def skip(self, signal_BSD: Tensor) -> bool: ...

    def keep(self, residual_BSD: Tensor) -> None: ...


class Crew:
    """The other processes, by rank from 1 on."""

    def __init__(self, processes: Sequence[SpawnProcess], pipes: Sequence[Connection], meeting: Path) -> None:
        self._processes, self._pipes, self._meeting = processes, pipes, meeting
        self._within = False  # a forward that all have begun and not all have ended

    @property
    def whole(self) -> bool:
        """Between forwards: whether the last one ended well, everywhere."""
        return not self._within and all(process.is_alive() for process in self._processes)

    def join_in(self, transformer: EditYourselfTransformer) -> None:
        """From here on the others run each of this model's forwards too. Call it after `parallelise`."""
        transformer.register_forward_pre_hook(self._hand, with_kwargs=True, prepend=True)
        transformer.register_forward_hook(self._done)

    def meet(self) -> None:
        """Once all have read the weights: then `parallelise` may be called.

        Raises RenderFailed where one could not read them.
        """
        for pipe in self._pipes:
            try:
                pipe.recv_bytes()
            except (EOFError, OSError) as error:
                raise RenderFailed(_ENDED) from error
        _meet(0, 1 + len(self._pipes), self._meeting)

    def disband(self) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(_JOIN)
            if process.is_alive():
                process.kill()
                process.join()
        if dist.is_initialized():
            dist.destroy_process_group()
        shutil.rmtree(self._meeting.parent, ignore_errors=True)

    def _hand(
        self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        del module
        self._within = True
        cache: _Cache | None = kwargs.get(_CACHE)
        body = _packed({**kwargs, _CACHE: _NO_CACHE if cache is None else cache.name})
        try:
            for pipe in self._pipes:
                pipe.send_bytes(body)
        except OSError as error:
            raise RenderFailed(_ENDED) from error
        return args, {**kwargs, _CACHE: None if cache is None else _Decides(cache)}

    def _done(self, module: nn.Module, args: Any, velocity: Any) -> None:
        del module, args, velocity
        self._within = False


_ENDED = (
    "a process that shares the render with this one has ended: the engine's log says why; it may be memory:"
    " set ulysses=1 and ring=1, or precision=fp8"
)


def muster(folder: Path, how: Acceleration) -> Crew:
    """Start the others, which begin to read the weights in `folder`."""
    meeting = Path(tempfile.mkdtemp(prefix="pickup_crew_")) / "meeting"
    context = multiprocessing.get_context("spawn")
    processes, pipes = [], []
    for rank in range(1, how.devices):
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(rank, meeting, folder, how, theirs), daemon=True)
        process.start()
        theirs.close()
        processes.append(process)
        pipes.append(ours)
    return Crew(processes, pipes, meeting)


def _serve(rank: int, meeting: Path, folder: Path, how: Acceleration, pipe: Connection) -> None:
    """The life of one of the others."""
    if torch.cuda.is_available():
        torch.cuda.set_device(rank)
    device = best_device()
    first = torch.device("cpu") if how.in_fp8 or how.offload else device
    transformer = load_transformer(open_checkpoint(folder), getattr(torch, how.precision), first)
    pipe.send_bytes(b"read")
    _meet(rank, how.devices, meeting)
    accelerate(transformer, how, device)
    kept: dict[str, _Follows] = {}
    with torch.inference_mode():
        while (body := _received(pipe)) is not None:
            call = {name: _on(device, value) for name, value in _unpacked(body).items()}
            name = call.pop(_CACHE)
            if name == _NO_CACHE:  # blocks move: what was kept is of other latents
                kept.clear()
            cache = None if name == _NO_CACHE else kept.setdefault(name, _Follows())
            transformer(**call, cache=cache)
    dist.destroy_process_group()


def _meet(rank: int, devices: int, meeting: Path) -> None:
    dist.init_process_group(
        "nccl" if torch.cuda.is_available() else "gloo",
        init_method=meeting.as_uri(),
        rank=rank,
        world_size=devices,
        timeout=_PATIENCE,
    )


def _received(pipe: Connection) -> bytes | None:
    """None where the render's own process has ended, or needs the others no more."""
    try:
        return pipe.recv_bytes()
    except (EOFError, OSError):
        return None


class _Decides:
    """The render's own cache, which decides for all: each process has a share of what is kept."""

    def __init__(self, cache: _Cache) -> None:
        self._cache = cache

    @property
    def residual(self) -> Tensor | None:
        return self._cache.residual

    def skip(self, signal_BSD: Tensor) -> bool:
        skips = self._cache.skip(signal_BSD)
        dist.broadcast(torch.tensor([int(skips)], device=signal_BSD.device), src=0)
        return skips

    def keep(self, residual_BSD: Tensor) -> None:
        self._cache.keep(residual_BSD)


class _Follows:
    """What one of the others keeps of one block."""

    def __init__(self) -> None:
        self._kept: Tensor | None = None
        self._like: Tensor | None = None

    @property
    def residual(self) -> Tensor | None:
        return None if self._kept is None or self._like is None else self._kept.to(self._like.device)

    def skip(self, signal_BSD: Tensor) -> bool:
        self._like = signal_BSD
        skips = torch.zeros(1, dtype=torch.int64, device=signal_BSD.device)
        dist.broadcast(skips, src=0)
        return bool(skips)

    def keep(self, residual_BSD: Tensor) -> None:
        self._kept = residual_BSD.detach().to("cpu", copy=True)


def _packed(call: Mapping[str, Any]) -> bytes:
    body = io.BytesIO()
    torch.save({name: _on(torch.device("cpu"), value) for name, value in call.items()}, body)
    return body.getvalue()


def _unpacked(body: bytes) -> dict[str, Any]:
    call: dict[str, Any] = torch.load(io.BytesIO(body), weights_only=True)
    return call


def _on(device: torch.device, value: Any) -> Any:
    return value.to(device) if isinstance(value, Tensor) else value
