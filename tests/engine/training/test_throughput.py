"""How fast training goes."""

from __future__ import annotations

import time

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from engine.training.objective import Conditions, Objective, loss, question
from engine.training.stages import Stage, begin
from engine.training.throughput import Meter, operations, peak
from tests.tiny_clips import tiny_clip
from tests.tiny_diffusion import tiny_transformer

ALL = Objective(conditions=Conditions(audio=1, first_frame=0, footage=0, identity=1))


@pytest.mark.parametrize("stage", ["base", "audio", "lora"])
def test_operations_are_about_what_torch_counts(stage: Stage) -> None:
    draw = torch.Generator().manual_seed(0)
    model = tiny_transformer(audible=True)
    begin(model, stage, rank=2, generator=draw)
    asked = question(tiny_clip(latents=4, grid=(6, 6), around=6, faces=6), draw, ALL)
    with (
        FlopCounterMode(display=False) as counter,
        torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH),
    ):
        loss(model, [asked], 0.0).total.backward()
    assert operations(model, asked) == pytest.approx(counter.get_total_flops(), rel=0.3)


def test_waiting_is_the_share_of_time_between_batches() -> None:
    def slow():  # type: ignore[no-untyped-def]
        for _ in range(3):
            time.sleep(0.02)
            yield ()

    meter = Meter(tiny_transformer(), 1.0)
    for batch in meter.waited(slow()):
        meter.done(batch)
    assert 0.9 < meter.waiting <= 1.0


def test_this_machine_can_do_something() -> None:
    assert peak(torch.device("cpu"), torch.float32) > 1e8
