"""Muon and AdamW as one: who trains what, by how much, and what is remembered."""

from __future__ import annotations

import pytest
import torch
from tiny_diffusion import tiny_transformer
from torch import nn
from torch.optim import AdamW, Muon

from engine.errors import BadCheckpoint
from engine.training.optimisers import STAGE_1, STAGE_2, Optimisers, OptimiserSettings
from engine.training.stages import begin

MATRIX, BIAS = "transformer_blocks.0.ff.weight", "transformer_blocks.0.ff.bias"


def parameters(rows: int = 6, columns: int = 4) -> dict[str, nn.Parameter]:
    draw = torch.Generator().manual_seed(0)
    made = {
        MATRIX: nn.Parameter(torch.randn(rows, columns, generator=draw)),
        BIAS: nn.Parameter(torch.randn(rows, generator=draw)),
    }
    for number, parameter in enumerate(made.values()):
        parameter.grad = torch.randn(
            parameter.shape, generator=torch.Generator().manual_seed(number), dtype=parameter.dtype
        )
    return made


def test_the_papers_learning_rates() -> None:
    assert (STAGE_1.adamw_lr, STAGE_1.muon_lr, STAGE_2.adamw_lr, STAGE_2.muon_lr) == (1e-5, 1e-3, 1e-4, 1e-2)


def test_matrices_of_the_blocks_are_muons_and_all_else_is_adamws() -> None:
    model = tiny_transformer()
    everything = dict(model.named_parameters())
    optimisers = Optimisers(everything, STAGE_1)
    by_muon = {name for name in everything if optimisers.owner(name) is Muon}
    assert {name for name in everything if optimisers.owner(name) is AdamW} == everything.keys() - by_muon
    assert {name.split(".", 2)[2] for name in by_muon} == {
        *(f"attn{n}.{part}.weight" for n in (1, 2) for part in ("to_q", "to_k", "to_v", "to_out.0")),
        *(f"audio_attn.{part}.weight" for part in ("to_q", "to_k", "to_v", "to_out")),
        *("ff.net.0.proj.weight", "ff.net.2.weight"),
    }


def test_additions_to_the_blocks_matrices_are_muons_too() -> None:
    model = tiny_transformer()
    trained = begin(model, "lora", rank=2, generator=torch.Generator().manual_seed(0))
    optimisers = Optimisers(trained, STAGE_2)
    assert optimisers.owner("transformer_blocks.1.attn1.to_q.lora_A.weight") is Muon
    assert optimisers.owner("proj_in.lora_A.weight") is AdamW


@pytest.mark.parametrize(("rows", "columns"), [(64, 16), (16, 16), (16, 64)])
def test_muon_steps_by_an_orthogonal_matrix_scaled_by_its_shape(rows: int, columns: int) -> None:
    made = parameters(rows, columns)
    before = made[MATRIX].detach().clone()
    Optimisers(made, OptimiserSettings(muon_lr=0.1)).step()
    step = (made[MATRIX].detach() - before) / 0.1
    sizes = torch.linalg.svdvals(step) / max(1.0, rows / columns) ** 0.5
    assert 0.6 < float(sizes.min()) <= float(sizes.max()) < 1.3  # what five Newton-Schulz steps reach


def test_adamw_may_train_the_matrices_to_compare() -> None:
    optimisers = Optimisers(parameters(), OptimiserSettings(matrices="adamw"))
    assert {optimisers.owner(name) for name in (MATRIX, BIAS)} == {AdamW}


def test_nothing_decays_by_itself() -> None:
    made = parameters()
    for parameter in made.values():
        parameter.grad = torch.zeros_like(parameter)
    before = {name: parameter.detach().clone() for name, parameter in made.items()}
    Optimisers(made, STAGE_1).step()
    assert all(torch.equal(made[name].detach(), before[name]) for name in made)


def test_what_it_remembers_goes_on_where_it_was() -> None:
    one, other = parameters(), parameters()
    first, second = (Optimisers(made, OptimiserSettings(muon_lr=0.1, adamw_lr=0.1)) for made in (one, other))
    first.step()
    for name, parameter in one.items():
        other[name].data.copy_(parameter.data)
    second.load_state_dict(first.state_dict())
    first.step()
    second.step()
    assert all(torch.equal(one[name].detach(), other[name].detach()) for name in one)


def test_anothers_memory_is_refused_by_name() -> None:
    with pytest.raises(BadCheckpoint, match="stranger"):
        Optimisers(parameters(), STAGE_1).load_state_dict({"stranger/step": torch.ones(())})


def test_learning_rates_go_up_and_down() -> None:
    settings = OptimiserSettings(warmup=3, cooldown=1)
    assert [settings.share(step, 8) for step in range(8)] == [0.25, 0.5, 0.75, 1, 1, 1, 1, 0.5]


def test_a_share_of_nothing_changes_nothing() -> None:
    made = parameters()
    before = made[MATRIX].detach().clone()
    optimisers = Optimisers(made, STAGE_1)
    optimisers.scale(0.0)
    optimisers.step()
    assert torch.equal(made[MATRIX].detach(), before)
