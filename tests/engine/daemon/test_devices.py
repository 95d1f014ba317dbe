"""Which devices there are, and which of them a worker sees."""

from __future__ import annotations

import pytest

from engine.daemon.devices import VISIBLE, devices_of, surroundings
from engine.errors import NotOnThisMachine


def test_devices_are_named_one_by_one() -> None:
    assert devices_of("cuda:0, cuda:12") == ("cuda:0", "cuda:12")
    assert devices_of("cpu,cpu") == ("cpu", "cpu")


@pytest.mark.parametrize("wanted", ["", "gpu", "cuda", "cuda:", "cuda:x", "cuda:-1", "cpu,,cpu", "cuda:²"])
def test_what_is_no_device_is_said_to_be_none(wanted: str) -> None:
    with pytest.raises(NotOnThisMachine, match="no device"):
        devices_of(wanted)


def test_without_being_told_there_is_always_something_to_compute_with() -> None:
    found = devices_of("auto")
    assert found == ("cpu",) or all(name == f"cuda:{number}" for number, name in enumerate(found))


def test_a_worker_sees_its_own_gpu_alone() -> None:
    assert surroundings(("cuda:1",), {"HOME": "/h"}) == {"HOME": "/h", VISIBLE: "1"}
    assert surroundings(("cuda:1", "cuda:0"), {})[VISIBLE] == "1,0"


def test_a_worker_on_the_cpu_sees_no_gpu() -> None:
    assert surroundings(("cpu",), {VISIBLE: "0,1"})[VISIBLE] == ""


def test_gpus_are_counted_among_those_that_the_engine_is_shown() -> None:
    assert surroundings(("cuda:1",), {VISIBLE: "4,GPU-5e3f"})[VISIBLE] == "GPU-5e3f"
