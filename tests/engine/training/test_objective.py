"""What is asked of the model in training: noise, conditions, references, and the loss of its answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_clips import tiny_clip
from tiny_diffusion import tiny_transformer
from torch import Tensor

from engine.diffusion.tokens import coordinates, sequence
from engine.model.audio_attention import NO_LATENT
from engine.training.errors import BadSamples
from engine.training.objective import (
    STAGE_1,
    STAGE_2,
    Conditions,
    Given,
    Objective,
    flow_loss,
    given_conditions,
    loss,
    made_anew,
    nearest_noise,
    noise_levels,
    question,
    questions,
    velocities,
)

ALL = Conditions(audio=1, first_frame=1, footage=1, identity=1)
V2V = Conditions(audio=1, first_frame=0, footage=1, identity=0)
NOTHING = Conditions(audio=0, first_frame=0, footage=0, identity=0)


def draw(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def settings(conditions: Conditions, **other: object) -> Objective:
    return replace(Objective(conditions=conditions), **other)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------- noise


def test_timesteps_have_the_papers_quantiles() -> None:
    levels = noise_levels((200_000,), draw(), Objective())
    low, high = levels.quantile(torch.tensor([0.05, 0.95])).tolist()
    assert (round(low, 2), round(high, 2)) == (0.60, 0.98)
    assert abs(low - 0.600) < 0.003
    assert abs(high - 0.976) < 0.001


def test_each_token_has_a_timestep_of_its_own_or_all_share_one() -> None:
    each = noise_levels((3, 2, 2), draw(), Objective())
    shared = noise_levels((3, 2, 2), draw(), Objective(level_of="sample"))
    assert len(each.unique()) == 12
    assert len(shared.unique()) == 1


def test_masked_tokens_are_noised_by_eq_5_and_the_others_are_clean_at_timestep_0() -> None:
    clip = tiny_clip()
    asked = question(clip, draw(), settings(V2V))
    clean, values, t = sequence(clip.clean_CFHW), asked.tokens.values_SC, asked.tokens.sigma_S
    mask = clip.mask_FHW.flatten()
    noise = asked.target_SC + clean
    assert torch.equal(values[~mask], clean[~mask])
    assert torch.equal(t == 0, ~mask)
    expected = (1 - t[:, None]) * clean + t[:, None] * noise
    torch.testing.assert_close(values[mask], expected[mask])


def test_the_noise_is_the_nearest_of_the_draws_where_anything_is_made_anew() -> None:
    clip = tiny_clip()
    four = torch.randn((4, *clip.clean_CFHW.shape), generator=draw(7))
    apart = [float((((one - clip.clean_CFHW) ** 2) * clip.mask_FHW).sum()) for one in four]
    nearest = nearest_noise(clip.clean_CFHW, clip.mask_FHW, 4, draw(7))
    assert torch.equal(nearest, four[apart.index(min(apart))])


def test_one_candidate_is_plain_noise() -> None:
    clip = tiny_clip()
    plain = torch.randn(clip.clean_CFHW.shape, generator=draw(7))
    assert torch.equal(nearest_noise(clip.clean_CFHW, clip.mask_FHW, 1, draw(7)), plain)


# ---------------------------------------------------------------------------------- conditions


@pytest.mark.parametrize(
    ("stage", "expected"),
    [(STAGE_1, (1.0, 0.9, 0.9, 0.0)), (STAGE_2, (0.9, 0.9, 0.9, 0.5))],
)
def test_conditions_are_given_as_often_as_in_table_1(stage: Conditions, expected: tuple[float, ...]) -> None:
    chance, times = draw(), 4000
    counted: Counter[str] = Counter()
    for _ in range(times):
        counted.update(name for name, on in given_conditions(stage, chance)._asdict().items() if on)
    shares = [counted[name] / times for name in Given._fields]
    assert shares == pytest.approx(expected, abs=0.025)
    assert [share for share, wanted in zip(shares, expected, strict=True) if wanted in {0, 1}] == [
        wanted for wanted in expected if wanted in {0, 1}
    ]


MASK = tiny_clip().mask_FHW
ON = Given(audio=True, first_frame=True, footage=True, identity=False)


def test_without_footage_all_is_made_anew() -> None:
    assert made_anew(MASK, ON._replace(footage=False, first_frame=False)).all()


def test_with_footage_the_region_is_made_anew() -> None:
    assert torch.equal(made_anew(MASK, ON._replace(first_frame=False)), MASK)


@pytest.mark.parametrize("footage", [True, False])
def test_a_first_frame_that_is_given_stays_and_only_it(footage: bool) -> None:
    without = made_anew(MASK, ON._replace(footage=footage, first_frame=False))
    made = made_anew(MASK, ON._replace(footage=footage))
    assert not made[0].any()
    assert torch.equal(made[1:], without[1:])


def test_a_single_latent_is_made_anew_even_if_it_is_given() -> None:
    assert torch.equal(made_anew(MASK[:1], ON), MASK[:1])


def test_only_tokens_that_are_made_anew_hear_and_none_without_audio() -> None:
    clip = tiny_clip(around=3)
    hearing = question(clip, draw(), settings(ALL)).tokens
    deaf = question(clip, draw(), settings(NOTHING)).tokens
    assert torch.equal(hearing.gate_S, hearing.sigma_S > 0)
    assert not deaf.gate_S.any()


# ---------------------------------------------------------------------------------- references


def test_references_are_clean_lower_face_tokens_at_six_sentinel_times_before_the_clip() -> None:
    clip = tiny_clip(around=9, faces=2)
    asked = question(clip, draw(), settings(ALL))
    assert clip.around_CRHW is not None
    lead = asked.tokens.count - asked.count
    assert lead == 6 * 2
    references = asked.tokens.values_SC[:lead]
    faces = clip.around_CRHW[:, :, 1].permute(1, 2, 0).flatten(0, 1)  # the lower row's tokens
    assert all(any(torch.equal(value, face) for face in faces) for value in references)
    assert asked.tokens.coords_3S[0, :lead].unique().tolist() == pytest.approx(
        [-8 * k / 25 for k in range(6, 0, -1)]
    )
    assert (asked.tokens.sigma_S[:lead] == 0).all()
    assert (asked.tokens.latent_S[:lead] == NO_LATENT).all()


def test_a_clip_with_nothing_around_it_has_no_references() -> None:
    asked = question(tiny_clip(), draw(), settings(ALL))
    assert asked.tokens.count == asked.count


# ---------------------------------------------------------------------------------- batches


def test_each_sample_has_the_places_of_its_own_rate_and_size() -> None:
    batch = [tiny_clip(latents=3, grid=(2, 2)), tiny_clip(latents=2, grid=(2, 3), rate=Fraction(50))]
    for clip, asked in zip(batch, questions(batch, draw(), settings(V2V)), strict=True):
        assert torch.equal(asked.tokens.coords_3S, coordinates(clip.scene, range(clip.scene.latents)))


def test_unequal_token_counts_are_refused() -> None:
    with pytest.raises(BadSamples, match="same number of tokens, and have 12, 8"):
        questions([tiny_clip(latents=3), tiny_clip(latents=2)], draw(), Objective())


MIXED = [
    tiny_clip(1, latents=3, grid=(2, 2), rate=Fraction(24)),
    tiny_clip(2, latents=2, grid=(2, 3), rate=Fraction(60), around=8, text=6),
    tiny_clip(3, latents=1, grid=(3, 4), around=2, faces=2),
    tiny_clip(4, latents=3, grid=(2, 2), around=8),
]


def test_samples_of_other_sizes_rates_texts_and_references_answer_as_if_alone() -> None:
    model = tiny_transformer(audible=True)
    asked = questions(MIXED, draw(), settings(ALL))
    with torch.no_grad():
        together = velocities(model, asked)
        alone = torch.cat([velocities(model, [one]) for one in asked])
    torch.testing.assert_close(together, alone, atol=2e-5, rtol=1e-4)


def test_a_sample_that_hears_nothing_answers_as_without_audio() -> None:
    model = tiny_transformer(audible=True)
    deaf, hearing = tiny_clip(1), tiny_clip(2)
    asked = [question(deaf, draw(), settings(NOTHING)), question(hearing, draw(), settings(V2V))]
    silent = question(replace(deaf, windows_NKLA=None), draw(), settings(NOTHING))
    with torch.no_grad():
        torch.testing.assert_close(velocities(model, asked)[0], velocities(model, [silent])[0])


def test_the_same_randomness_gives_the_same_loss() -> None:
    model = tiny_transformer(audible=True)
    first, again, other = (
        loss(model, questions(MIXED, draw(seed), settings(STAGE_2)), 0.05).total.item() for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


# ---------------------------------------------------------------------------------- the loss


def tensors(seed: int, batch: int = 3) -> tuple[Tensor, Tensor, Tensor]:
    chance = draw(seed)
    v, target = torch.randn(2, batch, 5, 4, generator=chance)
    made = torch.rand(batch, 5, generator=chance) < 0.5
    made[0, 0] = True
    return v, target, made


def test_the_loss_is_the_mean_over_tokens_made_anew() -> None:
    v, target, made = tensors(0)
    assert float(flow_loss(v, target, made, 0).total) == pytest.approx(
        float(((v - target) ** 2)[made].mean())
    )


def test_a_token_counts_as_much_as_its_weight() -> None:
    v, target, made = tensors(0)
    heavy = made * torch.where(torch.arange(made.shape[1]) == 0, 3.0, 1.0)
    each = ((v - target) ** 2).mean(dim=2)
    assert float(flow_loss(v, target, heavy, 0).total) == pytest.approx(
        float((each * heavy).sum() / heavy.sum())
    )


@given(st.integers(0, 1000))
def test_what_is_not_made_anew_does_not_count(seed: int) -> None:
    v, target, made = tensors(seed)
    changed = torch.where(made[..., None], v, v + 100)
    assert float(flow_loss(v, target, made, 0.05).total) == float(
        flow_loss(changed, target, made, 0.05).total
    )


def test_contrast_takes_away_what_another_samples_velocity_would_cost() -> None:
    v, target, made = tensors(1)
    told = flow_loss(v, target, made, 0.05)
    other = float(((v - target[[2, 0, 1]]) ** 2)[made].mean())
    assert float(told.contrast) == pytest.approx(other)
    assert float(told.total) == pytest.approx(float(told.flow) - 0.05 * other)


def test_a_sample_alone_has_no_contrast() -> None:
    v, target, made = tensors(1, batch=1)
    told = flow_loss(v, target, made, 0.05)
    assert float(told.total) == float(told.flow)


def test_the_parts_of_a_batchs_shares_add_up_to_its_loss_and_its_gradient() -> None:
    v, target, made = tensors(2, batch=4)
    whole = v.clone().requires_grad_()
    told = flow_loss(whole, target, made, 0.05)
    told.total.backward()
    shares = [slice(0, 1), slice(1, 4)]  # nor need they be as large as one another
    parts = [v[share].clone().requires_grad_() for share in shares]
    losses = [flow_loss(part, target, made, 0.05, share) for part, share in zip(parts, shares, strict=True)]
    for one in losses:
        one.total.backward()
    torch.testing.assert_close(sum(one.total for one in losses), told.total)
    torch.testing.assert_close(sum(one.contrast for one in losses), told.contrast)
    gradients = [part.grad for part in parts if part.grad is not None]
    torch.testing.assert_close(torch.cat(gradients), whole.grad)
