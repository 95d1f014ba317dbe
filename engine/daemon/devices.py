"""What computes: which devices there are, and how a worker is given its own.

A worker sees no GPU but its own, since `CUDA_VISIBLE_DEVICES` says so before torch is there. Torch is an
extra, and importing it takes seconds: the driver counts the GPUs, in a process of its own.
"""

from __future__ import annotations

import ctypes.util
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

from engine.errors import NotOnThisMachine

AUTO: Final = "auto"
CPU: Final = "cpu"
VISIBLE: Final = "CUDA_VISIBLE_DEVICES"
_CUDA = "cuda:"
_DRIVER = "nvcuda" if sys.platform == "win32" else "cuda"
_PATIENCE = 20.0  # seconds for a driver to say how many it has
# A driver that crashes or hangs takes this process with it, and not the engine.
_COUNT = """
import ctypes, sys
driver = ctypes.CDLL(sys.argv[1])
count = ctypes.c_int()
if driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0:
    print(count.value)
"""


def devices_of(wanted: str) -> tuple[str, ...]:
    """The devices that `wanted` names: "cuda:0,cuda:1"; "cpu,cpu" for two at once on the CPU; "auto".

    `auto` is every GPU that CUDA sees, or the CPU once. Raises NotOnThisMachine for what is no device's name.
    """
    if wanted == AUTO:
        return tuple(f"{_CUDA}{number}" for number in range(_gpus())) or (CPU,)
    named = tuple(name.strip() for name in wanted.split(","))
    for name in named:
        if name != CPU and not (is_gpu(name) and name.removeprefix(_CUDA).isdecimal()):
            raise NotOnThisMachine(f"{name!r} is no device: say auto, or names such as cpu and cuda:0")
    return named


def is_gpu(device: str) -> bool:
    return device.startswith(_CUDA)


def surroundings(devices: tuple[str, ...], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a worker that has these devices and sees no other GPU."""
    ours = [int(name.removeprefix(_CUDA)) for name in devices if is_gpu(name)]
    # Numbers count among those that the engine itself is shown.
    shown = [name for name in environment.get(VISIBLE, "").split(",") if name]
    visible = [shown[number] if number < len(shown) else str(number) for number in ours]
    return {**environment, VISIBLE: ",".join(visible)}


def _gpus() -> int:
    driver = ctypes.util.find_library(_DRIVER)
    if driver is None:
        return 0
    try:
        told = subprocess.run(
            [sys.executable, "-c", _COUNT, driver], capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return int(told.stdout or 0)
