"""Denoising: what is not masked stays to the bit, steps lie outside and blocks inside, seeds decide."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, LTXConditionPipeline
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_diffusion import CHANNELS, tiny_autoencoder, tiny_base, tiny_transformer, tiny_windows

from engine.diffusion.blocks import Block
from engine.diffusion.cache import TeaCache
from engine.diffusion.denoise import Begun, Sampling, Step, denoise, no_references, unwatched
from engine.diffusion.schedule import late, linear_quadratic
from engine.diffusion.tokens import Scene, Tokens, begins
from engine.diffusion.two_pass import Pass, Planned, in_passes, shape_after
from engine.diffusion.velocity import Guided, TransformerVelocity
from engine.errors import RenderFailed
from engine.model.prompt import Prompt

RATE = Fraction(25)


def scene(latents: int = 3, *, mask: torch.Tensor | None = None, rows: int = 2, columns: int = 3) -> Scene:
    everything = torch.ones(latents, rows, columns, dtype=torch.bool)
    return Scene(
        clean_CFHW=torch.randn(CHANNELS, latents, rows, columns, generator=draw(7)),
        mask_FHW=everything if mask is None else mask,
        strength_F=torch.ones(latents),
        rate=RATE,
    )


def draw(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def some(latents: int, rows: int = 2, columns: int = 3) -> torch.Tensor:
    return torch.rand(latents, rows, columns, generator=draw(3)) < 0.5


def sampling(steps: int = 4, seed: int = 1) -> Sampling:
    return Sampling(sigmas=linear_quadratic(steps), seed=seed)


def text(seed: int = 0) -> Prompt:
    return Prompt(
        embeddings_BXE=torch.randn(1, 5, 16, generator=draw(seed)), mask_BX=torch.ones(1, 5, dtype=torch.bool)
    )


def towards(target_CFHW: torch.Tensor):
    """The exact velocity of a straight path from any noise to the target: (x - target) / sigma."""

    def velocity(tokens: Tokens, block: Block, _: tuple[int, int]) -> torch.Tensor:
        goal_SC = target_CFHW[:, list(block.latents)].flatten(1).T
        return (tokens.values_SC - goal_SC) / tokens.sigma_S.clamp(min=1e-6)[:, None]

    return velocity


@pytest.mark.parametrize("steps", [1, 2, 5, 40])
def test_where_nothing_is_masked_the_latents_come_back_to_the_bit(steps: int) -> None:
    still = scene(mask=torch.zeros(3, 2, 3, dtype=torch.bool))
    model = TransformerVelocity(model=tiny_transformer(), text=text())
    assert torch.equal(denoise(still, model, sampling(steps)), still.clean_CFHW)


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 7, 8, 40])
def test_unmasked_tokens_come_back_to_the_bit_beside_masked_ones(steps: int) -> None:
    part = scene(mask=some(3))
    made = denoise(part, TransformerVelocity(model=tiny_transformer(), text=text()), sampling(steps))
    outside = ~part.mask_FHW.expand_as(made)
    assert torch.equal(made[outside], part.clean_CFHW[outside])
    assert not torch.equal(made[~outside], part.clean_CFHW[~outside])


@torch.no_grad()
def test_another_speech_changes_every_masked_token_and_no_bit_of_the_others() -> None:
    """Over all steps and blocks, though all tokens look at each other."""
    part, model = scene(20, mask=some(20)), tiny_transformer(audible=True)
    heard = [model.hear(tiny_windows(153, speech))[0] for speech in (0, 1)]
    one, other = (
        denoise(part, TransformerVelocity(model=model, text=text(), audio_FTD=audio_FTD), sampling(5))
        for audio_FTD in heard
    )
    changed_FHW = (one != other).any(dim=0)
    assert torch.equal(changed_FHW, part.mask_FHW)
    outside = ~part.mask_FHW.expand_as(one)
    assert torch.equal(one[outside], part.clean_CFHW[outside])


def test_the_exact_velocity_leads_to_its_target() -> None:
    whole = scene(40, rows=1, columns=2)
    target = torch.randn(whole.clean_CFHW.shape, generator=draw(9))
    made = denoise(whole, towards(target), sampling(12))
    assert torch.allclose(made, target, atol=1e-4)


def test_a_latent_of_less_strength_starts_nearer_to_the_source() -> None:
    weak = scene(3)
    strengths = torch.tensor([1.0, 0.5, 0.0])
    weak = Scene(clean_CFHW=weak.clean_CFHW, mask_FHW=weak.mask_FHW, strength_F=strengths, rate=RATE)
    seen: list[torch.Tensor] = []

    def velocity(tokens: Tokens, block: Block, _: tuple[int, int]) -> torch.Tensor:
        seen.append(tokens.sigma_S)
        return torch.zeros_like(tokens.values_SC)

    made = denoise(weak, velocity, sampling(6))
    levels = torch.stack(seen).reshape(6, 3, 6)[:, :, 0]
    assert torch.equal(levels, torch.minimum(torch.tensor(linear_quadratic(6)[:-1])[:, None], strengths))
    assert torch.equal(made[:, 2], weak.clean_CFHW[:, 2])


def test_the_same_seed_gives_the_same_latents_and_another_seed_others() -> None:
    part, model = scene(mask=some(3)), TransformerVelocity(model=tiny_transformer(), text=text())
    first, again, other = (denoise(part, model, sampling(3, seed)) for seed in (5, 5, 6))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_clip_of_one_block_is_denoised_plainly() -> None:
    part, model = scene(17, mask=some(17)), TransformerVelocity(model=tiny_transformer(), text=text())
    alone: list[int] = []

    def counted(tokens: Tokens, block: Block, at: tuple[int, int]) -> torch.Tensor:
        alone.append(block.width)
        return model(tokens, block, at)

    denoise(part, counted, sampling(5))
    assert alone == [17] * 5


@settings(max_examples=25, deadline=None)
@given(latents=st.integers(1, 90), steps=st.integers(1, 9), ends=st.sampled_from(["clamped", "circular"]))
def test_every_latent_is_visited_in_every_step(latents: int, steps: int, ends: str) -> None:
    visits: Counter[tuple[int, int]] = Counter()

    def velocity(tokens: Tokens, block: Block, at: tuple[int, int]) -> torch.Tensor:
        visits.update((at[0], latent) for latent in block.latents)
        return torch.zeros_like(tokens.values_SC)

    whole = scene(latents, rows=1, columns=1)
    denoise(whole, velocity, Sampling(sigmas=linear_quadratic(steps), seed=0, ends=ends))
    assert set(visits) == {
        (step, latent) for step in range(len(linear_quadratic(steps)) - 1) for latent in range(latents)
    }
    assert max(visits.values()) <= 2


def test_velocities_of_a_latent_in_two_blocks_are_averaged() -> None:
    whole = scene(20, rows=1, columns=1)

    def velocity(tokens: Tokens, block: Block, _: tuple[int, int]) -> torch.Tensor:
        return torch.full_like(tokens.values_SC, float(block.start))

    still = Sampling(sigmas=(1.0, 0.0), seed=0)  # one step: clamped, blocks 0..16 and 3..19 (or mirrored)
    nothing = denoise(whole, lambda tokens, _b, _a: torch.zeros_like(tokens.values_SC), still)
    moved = (nothing - denoise(whole, velocity, still))[0, :, 0, 0]
    assert moved.min() >= 0
    assert len(set(moved.round(decimals=4).tolist())) == 3  # the first block's, both's mean, the last one's
    assert moved.sort().values[10] == pytest.approx(float(moved.min() + moved.max()) / 2, abs=1e-4)


def test_blocks_without_anything_to_make_anew_are_not_evaluated() -> None:
    mask = torch.zeros(60, 1, 1, dtype=torch.bool)
    mask[2] = True
    asked: list[tuple[int, ...]] = []

    def velocity(tokens: Tokens, block: Block, _: tuple[int, int]) -> torch.Tensor:
        asked.append(block.latents)
        return torch.zeros_like(tokens.values_SC)

    denoise(scene(60, mask=mask, rows=1, columns=1), velocity, sampling(4))
    assert len(asked) <= 8
    assert all(2 in latents for latents in asked)


def test_a_velocity_that_is_no_number_stops_the_render() -> None:
    with pytest.raises(RenderFailed, match="NaN"):
        denoise(scene(), lambda tokens, _b, _a: tokens.values_SC * float("nan"), sampling())


def test_progress_counts_the_steps() -> None:
    told: list[tuple[int, int]] = []
    denoise(
        scene(),
        towards(torch.zeros(CHANNELS, 3, 2, 3)),
        sampling(4),
        on_step=lambda step: told.append((step.done, step.total)),
    )
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_threshold_nought_gives_what_no_cache_gives() -> None:
    part, model = scene(20, mask=some(20)), tiny_transformer()
    plain = denoise(part, TransformerVelocity(model=model, text=text()), sampling(8))
    cached = TransformerVelocity(model=model, text=text(), cache=TeaCache(0.0))
    assert torch.equal(denoise(part, cached, sampling(8)), plain)


def test_a_cache_that_always_passes_saves_steps_and_counts_them() -> None:
    cache = TeaCache(1e9)
    part = scene(20, mask=some(20))
    denoise(part, TransformerVelocity(model=tiny_transformer(), text=text(), cache=cache), sampling(8))
    assert 0 < cache.skips < cache.calls


def test_guidance_of_one_is_no_guidance() -> None:
    part, model = scene(mask=some(3)), tiny_transformer()
    plain = denoise(part, TransformerVelocity(model=model, text=text()), sampling())
    away = Guided(text=text(4), audio_FTD=None, scale=1.0)
    guided = TransformerVelocity(model=model, text=text(), guided=(away,))
    assert torch.allclose(denoise(part, guided, sampling()), plain, atol=1e-5)


@torch.no_grad()
def test_guidance_leads_away_from_what_silence_gives() -> None:
    model = tiny_transformer(audible=True)
    audio_FTD = model.hear(tiny_windows(17))[0]
    silence = Guided(text=text(), audio_FTD=None, scale=2.5)
    heard, silent, led = (
        velocity_once(TransformerVelocity(model=model, text=text(), audio_FTD=audio, guided=guided))
        for audio, guided in ((audio_FTD, ()), (None, ()), (audio_FTD, (silence,)))
    )
    assert not torch.equal(heard, silent)
    torch.testing.assert_close(led, silent + 2.5 * (heard - silent), rtol=1e-4, atol=1e-5)


def velocity_once(velocity: TransformerVelocity) -> torch.Tensor:
    """Of the first step's tokens."""
    asked: list[torch.Tensor] = []

    def noted(tokens: Tokens, block: Block, at: tuple[int, int]) -> torch.Tensor:
        asked.append(velocity(tokens, block, at))
        return asked[-1]

    denoise(scene(3), noted, sampling(2))
    return asked[0]


def their_pipeline() -> LTXConditionPipeline:
    pipeline = LTXConditionPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=tiny_autoencoder(),
        text_encoder=None,  # type: ignore[arg-type]  # embeddings are given
        tokenizer=None,  # type: ignore[arg-type]
        transformer=tiny_base(),
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers' own scheduler
@pytest.mark.parametrize("guidance", [1.0, 3.0])
def test_a_first_frame_condition_gives_the_latents_of_diffusers_own_pipeline(guidance: float) -> None:
    """The same weights, noise, first frame, prompt and steps."""
    pipeline, wanted, away = their_pipeline(), text(0), text(1)
    size = {"height": 64, "width": 96, "num_frames": 17}
    image = torch.rand(1, 3, 64, 96, generator=draw(2))
    pixels = pipeline.video_processor.preprocess(image, 64, 96).unsqueeze(2)
    first_SC = pipeline.prepare_latents(
        [pixels], [1.0], [0], num_channels_latents=CHANNELS, **size, generator=draw(11), dtype=torch.float32
    )[0][0, :6]
    theirs = pipeline(
        image=image,
        **size,
        frame_rate=25,
        num_inference_steps=6,
        guidance_scale=guidance,
        generator=draw(11),
        image_cond_noise_scale=0.0,
        prompt_embeds=wanted.embeddings_BXE,
        prompt_attention_mask=wanted.mask_BX,
        negative_prompt_embeds=away.embeddings_BXE,
        negative_prompt_attention_mask=away.mask_BX,
        output_type="latent",
    ).frames[0]
    mask = torch.ones(3, 2, 3, dtype=torch.bool)
    mask[0] = False
    clean = torch.zeros(CHANNELS, 3, 2, 3)
    clean[:, 0] = first_SC.T.unflatten(1, (2, 3))
    guided = () if guidance == 1 else (Guided(text=away, audio_FTD=None, scale=guidance),)
    ours = denoise(
        Scene(clean_CFHW=clean, mask_FHW=mask, strength_F=torch.ones(3), rate=RATE),
        TransformerVelocity(model=tiny_transformer(), text=wanted, guided=guided),
        sampling(6, seed=11),
    )
    assert torch.equal(ours[:, 0], theirs[:, 0])
    assert (ours - theirs).abs().max() < 1e-5


def planned(one: Pass) -> Planned:
    channels, latents, rows, columns = one.scene.clean_CFHW.shape
    return Planned(steps=one.sampling.steps, shape=(channels, latents, rows, columns), begin=lambda: one)


def twice(latents_CFHW: torch.Tensor) -> torch.Tensor:
    return latents_CFHW.repeat_interleave(2, 2).repeat_interleave(2, 3)


def test_a_first_pass_small_and_a_late_second_one_at_full_size() -> None:
    mask = some(3, 4, 6)
    full = scene(3, mask=mask, rows=4, columns=6)
    small = scene(3, mask=some(3))
    told: list[tuple[int, int]] = []
    seen: list[float] = []

    def watched(tokens: Tokens, block: Block, at: tuple[int, int]) -> torch.Tensor:
        seen.append(float(tokens.sigma_S.max()))
        return towards(full.clean_CFHW)(tokens, block, at)

    second = Sampling(sigmas=late(linear_quadratic(6), 0.8), seed=1)
    first = Pass(
        scene=small, velocity=towards(small.clean_CFHW), references=lambda _: None, sampling=sampling(4)
    )
    made = in_passes(
        (
            planned(first),
            planned(Pass(scene=full, velocity=watched, references=lambda _: None, sampling=second)),
        ),
        twice,
        lambda step: told.append((step.done, step.total)),
    )
    outside = ~mask.expand_as(made)
    assert torch.equal(made[outside], full.clean_CFHW[outside])
    assert max(seen) <= 0.8
    assert told[-1] == (4 + second.steps, 4 + second.steps)
    assert torch.allclose(made, full.clean_CFHW, atol=1e-4)


@pytest.mark.parametrize("steps", [1, 2, 5, 8])
def test_gone_on_from_any_step_it_comes_to_the_same_latents(steps: int) -> None:
    part, model = scene(mask=some(3)), TransformerVelocity(model=tiny_transformer(), text=text())
    found: list[Step] = []
    whole = denoise(part, model, sampling(steps), on_step=found.append)
    for step in found:
        told: list[Step] = []
        begun = Begun(done=step.done, x_CFHW=step.x_CFHW)
        assert torch.equal(denoise(part, model, sampling(steps), begun=begun, on_step=told.append), whole)
        assert [again.done for again in told] == list(range(step.done + 1, steps + 1))


def test_gone_on_from_any_step_of_two_passes_none_is_begun_that_was_over() -> None:
    target = scene(3, rows=4, columns=6).clean_CFHW
    small = Pass(
        scene=scene(3), velocity=towards(target[:, :, :2, :3]), references=no_references, sampling=sampling()
    )
    full = Pass(
        scene=scene(3, rows=4, columns=6),
        velocity=towards(target),
        references=no_references,
        sampling=Sampling(sigmas=(0.6, 0.3, 0.0), seed=1),
    )
    found: list[Step] = []
    whole = in_passes((planned(small), planned(full)), twice, found.append)
    assert [step.done for step in found] == [1, 2, 3, 4, 5, 6]
    for step in found:
        begins: list[str] = []

        def noted(name: str, one: Pass, begins: list[str] = begins) -> Planned:
            return replace(planned(one), begin=lambda: begins.append(name) or one)

        passes = noted("small", small), noted("full", full)
        begun = Begun(done=step.done, x_CFHW=step.x_CFHW)
        assert shape_after(passes, step.done) == tuple(step.x_CFHW.shape)
        assert torch.equal(in_passes(passes, twice, unwatched, begun), whole)
        assert begins == (["small"] if step.done < 4 else []) + (["full"] if step.done < 6 else [])
    assert shape_after(passes, 0) is shape_after(passes, 7) is None


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)])
def test_latents_begin_at_their_first_frame(rate: Fraction) -> None:
    clip = Scene(
        clean_CFHW=torch.zeros(1, 4, 1, 1),
        mask_FHW=torch.zeros(4, 1, 1, dtype=torch.bool),
        strength_F=torch.ones(4),
        rate=rate,
    )
    first_frames = (0, 1, 9, 17)
    assert [begins(latent, clip) for latent in range(4)] == pytest.approx(
        [float(frame / rate) for frame in first_frames]
    )
