"""How a worker's device stands, asked of torch where a job has brought that in: nothing here imports it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator

import psutil

from engine.daemon.devices import CPU
from engine.errors import OutOfGpuMemory
from engine.messages import DeviceStatus

_STICKY = ("CUDA error", "CUDA driver error", "cuBLAS error", "cuDNN error", "CUBLAS_STATUS", "CUDNN_STATUS")
# Torch's own names: of what CUDA says, and of a device's memory that is too small.
_ACCELERATOR_ERROR, _OUT_OF_MEMORY = "AcceleratorError", "OutOfMemoryError"


def device_status() -> DeviceStatus | None:
    """The device and its memory, where it answers; the name is the one that torch knows it by."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_initialized():
        memory = psutil.virtual_memory()
        kind = platform.processor() or platform.machine()
        return DeviceStatus(name=CPU, kind=kind, memory_total=memory.total, memory_free=memory.available)
    try:
        free, total = torch.cuda.mem_get_info()
        kind = torch.cuda.get_device_name()
    except RuntimeError:  # a device that is broken says so to everybody
        return None
    return DeviceStatus(name="cuda", kind=kind, memory_total=total, memory_free=free)


def is_broken(error: BaseException) -> bool:
    """Whether the GPU failed: CUDA then fails all that this process asks of it from there on."""
    return any(
        _ACCELERATOR_ERROR in _names(one)
        or (isinstance(one, RuntimeError) and any(words in str(one) for words in _STICKY))
        for one in _chain(error)
        if not _is_of_gpu_memory(one)
    )


def lacks_gpu_memory(error: BaseException) -> bool:
    """Whether the GPU's memory was too small. What the job had there may lie there still."""
    return any(map(_is_of_gpu_memory, _chain(error)))


def _is_of_gpu_memory(error: BaseException) -> bool:
    return isinstance(error, OutOfGpuMemory) or _OUT_OF_MEMORY in _names(error)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _names(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}
