"""Two processes on gloo compute what one does."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from tiny_diffusion import TinyInputs, tiny_transformer
from torch import Tensor
from torch.multiprocessing.spawn import spawn

from engine.errors import NotOnThisMachine
from engine.model.parallel import parallelise, plan

EVEN = TinyInputs()
UNEVEN = TinyInputs(latents=3, rows=3, columns=3)  # 27 tokens
GATED = 5


class NeverSkips:
    residual: Tensor | None = None

    def __init__(self) -> None:
        self.signals: list[Tensor] = []

    def skip(self, signal_BSD: Tensor) -> bool:
        self.signals.append(signal_BSD)
        return False

    def keep(self, residual_BSD: Tensor) -> None:
        self.residual = residual_BSD


def calls() -> list[dict[str, Tensor | None]]:
    """With audio on some tokens, without any, and with one noise level."""
    model = tiny_transformer(audible=True)
    gate = torch.arange(EVEN.tokens)[None] > GATED
    return [
        {**EVEN.base, **EVEN.audio(model), "audio_gate": gate},
        EVEN.base,
        {**EVEN.base, "timestep": torch.tensor([500.0])},
    ]


@torch.no_grad()
def one_process() -> list[Tensor]:
    model, cache = tiny_transformer(audible=True), NeverSkips()
    found = [model(**call, cache=cache) for call in calls()]
    return found + cache.signals


def two_processes(rank: int, port: int, folder: str) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
    with torch.no_grad():
        model, cache = tiny_transformer(audible=True), NeverSkips()
        parallelise(model, ulysses=2)
        found = [model(**call, cache=cache) for call in calls()]
        with pytest.raises(ValueError, match=r"27 and 6 tokens .* cannot be shared evenly by 2 devices"):
            model(**UNEVEN.base)
        masked = {**EVEN.base, "encoder_attention_mask": torch.ones(1, 6)}
        with pytest.raises(ValueError, match="no encoder_attention_mask"):
            model(**masked)
    # Collectives give tensors that still wait: a clone has the values.
    torch.save([tensor.clone() for tensor in found + cache.signals], Path(folder) / f"{rank}.pt")
    dist.destroy_process_group()


@pytest.fixture(scope="module")
def shared_out(tmp_path_factory: pytest.TempPathFactory) -> list[list[Tensor]]:
    folder = tmp_path_factory.mktemp("ranks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    spawn(two_processes, args=(port, str(folder)), nprocs=2)
    return [torch.load(folder / f"{rank}.pt") for rank in (0, 1)]


@pytest.mark.parametrize("rank", [0, 1])
@pytest.mark.parametrize(
    ("call", "name"), [(0, "audio on some tokens"), (1, "no audio"), (2, "one noise level")]
)
def test_two_processes_compute_what_one_does(
    shared_out: list[list[Tensor]], rank: int, call: int, name: str
) -> None:
    torch.testing.assert_close(shared_out[rank][call], one_process()[call], atol=1e-5, rtol=0, msg=name)


def test_both_decide_about_the_cache_from_the_same_whole_signal(shared_out: list[list[Tensor]]) -> None:
    signals = [found[len(calls()) :] for found in shared_out]
    for one, other, alone in zip(*signals, one_process()[len(calls()) :], strict=True):
        assert torch.equal(one, other)
        torch.testing.assert_close(one, alone, atol=1e-5, rtol=0)


def test_ring_is_refused_where_attention_gives_no_log_sum_exp() -> None:
    with pytest.raises(NotOnThisMachine, match=r"Ring attention needs a GPU .* 'native' on cpu does not"):
        parallelise(tiny_transformer(), ring=2)


def test_heads_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ValueError, match="2 heads do not divide by a Ulysses degree of 4"):
        parallelise(tiny_transformer(), ulysses=4)


def test_one_device_changes_nothing() -> None:
    model = tiny_transformer()
    parallelise(model)
    with torch.no_grad():
        assert torch.equal(model(**EVEN.base), tiny_transformer()(**EVEN.base))


def test_the_plan_splits_all_that_belongs_to_a_token_and_leaves_audio_whole() -> None:
    assert set(plan()[""]) == {
        "hidden_states",
        "encoder_hidden_states",
        "timestep",
        "audio_latent",
        "audio_gate",
    }
