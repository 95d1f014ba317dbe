"""Who hears what (Eq 6)."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.model.audio_attention import AudioAttention, hearing

WIDTH, AUDIO_WIDTH, PER_LATENT = 32, 12, 8


def attention() -> AudioAttention:
    torch.manual_seed(0)
    module = AudioAttention(WIDTH, heads=2, head_dim=16, audio_width=AUDIO_WIDTH)
    with torch.no_grad():
        module.to_out.weight.normal_()
        module.to_out.bias.normal_()
    return module


def audio(seed: int = 0, *, batch: int = 1, latents: int = 3, per_latent: int = PER_LATENT) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(batch, latents, per_latent, AUDIO_WIDTH, generator=draw)


def hidden(batch: int = 1) -> Tensor:
    return torch.randn(batch, 12, WIDTH, generator=torch.Generator().manual_seed(9))


LATENT = torch.arange(3).repeat_interleave(4)[None]


@torch.no_grad()
def out(audio_BFTD: Tensor, latent: Tensor = LATENT, gate: Tensor | None = None) -> Tensor:
    heard = hearing(audio_BFTD, latent, gate)
    assert heard is not None
    return attention()(hidden(len(latent)), heard)


@pytest.mark.parametrize("gated", [[0], [3, 4, 11], list(range(12))])
def test_audio_moves_gated_tokens_and_no_bit_of_the_others(gated: list[int]) -> None:
    gate = torch.zeros(1, 12, dtype=torch.bool)
    gate[0, gated] = True
    moved = (out(audio(), gate=gate) != hidden()).any(dim=2)
    assert torch.equal(moved, gate)


def test_another_audio_moves_the_gated_tokens_update_only() -> None:
    gate = torch.arange(12)[None] % 2 == 0
    moved = (out(audio(0), gate=gate) != out(audio(1), gate=gate)).any(dim=2)
    assert torch.equal(moved, gate)


@pytest.mark.parametrize("changed", [0, 1, 2])
def test_a_token_hears_its_own_latents_audio_only(changed: int) -> None:
    other = audio()
    other[:, changed] = audio(1)[:, changed]
    moved = (out(other) != out(audio())).any(dim=2)
    assert torch.equal(moved, changed == LATENT)


def test_each_of_a_batch_hears_its_own_speech() -> None:
    both = audio(batch=2)
    latent = LATENT.expand(2, -1)
    changed = both.clone()
    changed[1] += 1
    moved = (out(changed, latent) != out(both, latent)).any(dim=2)
    assert moved.all(dim=1).tolist() == [False, True]
    assert not moved[0].any()


def test_the_order_of_tokens_does_not_matter() -> None:
    order = torch.randperm(12, generator=torch.Generator().manual_seed(1))
    heard = hearing(audio(), LATENT[:, order], None)
    assert heard is not None
    with torch.no_grad():
        shuffled = attention()(hidden()[:, order], heard)
    torch.testing.assert_close(shuffled, out(audio())[:, order])


def test_it_is_plain_attention_of_each_latent_alone() -> None:
    whole = out(audio())
    for latent in range(3):
        mine = slice(4 * latent, 4 * latent + 4)
        heard = hearing(audio()[:, latent : latent + 1], torch.zeros(1, 4, dtype=torch.long), None)
        assert heard is not None
        with torch.no_grad():
            torch.testing.assert_close(attention()(hidden()[:, mine], heard), whole[:, mine])


def test_over_a_single_audio_token_the_softmax_is_constant() -> None:
    """Why a latent has at least 8: with one, what the token looks for does not matter, all hear the same."""
    heard_by = out(audio(per_latent=1)) - hidden()
    torch.testing.assert_close(heard_by[:, :4], heard_by[:, :1].expand(-1, 4, -1))
    with_eight = out(audio()) - hidden()
    assert (with_eight[:, 1:4] - with_eight[:, :1]).abs().max() > 0.01


def test_only_audio_that_somebody_hears_is_kept() -> None:
    heard = hearing(audio(latents=300), LATENT + 120, None)
    assert heard is not None
    assert heard.audio_UTD.shape == (3, PER_LATENT, AUDIO_WIDTH)


def test_its_output_begins_at_zero_and_returns_there_when_made_as_new() -> None:
    fresh, trained = AudioAttention(WIDTH, 2, 16, AUDIO_WIDTH), attention()
    trained.reset_parameters()
    for module in (fresh, trained):
        assert not module.to_out.weight.any()
        assert not module.to_out.bias.any()
