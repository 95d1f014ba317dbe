"""LTX-2 as a velocity: as diffusers' own pipeline has it, with sound that stays, heard in its own time."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import tiny_ltx2
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from diffusers.pipelines.ltx2.pipeline_ltx2_dfr import LTX2DFRPipeline

from engine.diffusion.blocks import Block, partition
from engine.diffusion.denoise import Sampling, Step, denoise
from engine.diffusion.ltx2_velocity import Ltx2Guided, Ltx2Velocity
from engine.diffusion.references import FaceReferences, FrameReferences, IdentityReferences
from engine.diffusion.schedule import LTX2_DISTILLED, LTX2_DISTILLED_SECOND_PASS, shifted
from engine.diffusion.tokens import Scene, Tokens, sequence, video_tokens
from engine.model.ltx2.prompt import Ltx2Prompt
from engine.model.ltx2.transformer import Ltx2Transformer

RATE = Fraction(25)
VERSIONS = pytest.mark.parametrize("version", ["2.0", "2.3", "2.5"])


def draw(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def model_of(version: str = "2.3") -> Ltx2Transformer:
    torch.manual_seed(0)
    return Ltx2Transformer(**tiny_ltx2.transformer_settings(version)).with_gates().eval()


def text_of(version: str = "2.3", seed: int = 0) -> Ltx2Prompt:
    video, audio = tiny_ltx2.caption_widths(version)
    return Ltx2Prompt(
        video_BXE=torch.randn(1, 5, video, generator=draw(seed)),
        audio_BXE=torch.randn(1, 5, audio, generator=draw(seed + 1)),
        mask_BX=torch.ones(1, 5, dtype=torch.bool),
    )


def audio_of(latents: int, seed: int = 0, rate: Fraction = RATE) -> torch.Tensor:
    count = max(1, round((8 * latents - 7) / rate * 25))
    return torch.randn(count, tiny_ltx2.TOKEN, generator=draw(50 + seed))


def velocity_of(latents: int, version: str = "2.3", **given: object) -> Ltx2Velocity:
    usual = {
        "model": model_of(version),
        "text": text_of(version),
        "audio_NC": audio_of(latents),
        "rate": RATE,
        "cross_timestep": version != "2.0",
    }
    return Ltx2Velocity(**{**usual, **given})


def scene(latents: int = 3, *, part: bool = True, rate: Fraction = RATE) -> Scene:
    shape = (latents, 2, 3)
    mask = torch.rand(shape, generator=draw(3)) < 0.5 if part else torch.ones(shape, dtype=torch.bool)
    return Scene(
        clean_CFHW=torch.randn(tiny_ltx2.CHANNELS, *shape, generator=draw(7)),
        mask_FHW=mask,
        strength_F=torch.ones(latents),
        rate=rate,
    )


def sampling(steps: int = 3) -> Sampling:
    return Sampling(sigmas=shifted(steps), seed=1)


def once(velocity: Ltx2Velocity, of: Scene, block: Block | None = None, sigma: float = 0.7) -> torch.Tensor:
    """The velocities of a block's tokens, of the whole clip's unless another is meant."""
    block = block or Block(start=0, width=of.latents, clip=of.latents)
    return velocity(video_tokens(of.clean_CFHW, of, block.latents, sigma), block, (0, 1))


# ------------------------------------------------------------------------------- as diffusers has it


@VERSIONS
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001), Fraction(60)])
def test_denoised_latents_are_those_of_diffusers_with_frozen_sound(version: str, rate: Fraction) -> None:
    part = scene(4, rate=rate)
    audio = audio_of(4, rate=rate)
    ours = denoise(
        part, velocity_of(4, version, audio_NC=audio, rate=rate), Sampling(sigmas=LTX2_DISTILLED, seed=1)
    )
    torch.testing.assert_close(ours, diffusers_own(version, part, audio), atol=2e-4, rtol=1e-4)


def diffusers_own(version: str, part: Scene, audio: torch.Tensor) -> torch.Tensor:
    model, text = tiny_ltx2.tiny_transformer(version), text_of(version)
    pipeline = LTX2DFRPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=False),
        vae=None, audio_vae=None, text_encoder=None, tokenizer=None, connectors=None,
        transformer=model, vocoder=None,
    )  # fmt: skip
    pipeline._attention_kwargs, pipeline._interrupt = None, False
    kept_S1 = 1 - part.mask_FHW.flatten()[:, None].float()
    noise = torch.randn(part.clean_CFHW.shape, generator=draw(1))
    noisy = torch.where(part.mask_FHW, noise, part.clean_CFHW)
    first_S1 = torch.zeros_like(kept_S1)
    first_S1[: part.grid[0] * part.grid[1]] = 1
    rate = float(part.rate)
    with torch.no_grad():
        made, sound = pipeline.denoise(
            latents=sequence(noisy)[None],
            conditioning_mask=kept_S1[None],
            clean_latents=sequence(part.clean_CFHW)[None],
            video_coords=model.rope.prepare_video_coords(
                1, part.latents, *part.grid, torch.device("cpu"), rate
            ),
            keyframes_mask=first_S1[None],
            prompt_embeds=text.video_BXE,
            audio_prompt_embeds=text.audio_BXE,
            prompt_attention_mask=None,
            sigmas=list(LTX2_DISTILLED[:-1]),
            frame_rate=rate,
            audio_latents=audio[None],
            freeze_audio=True,
            use_cross_timestep=version != "2.0",
        )
    assert torch.equal(sound[0], audio)
    return made[0].T.unflatten(1, (part.latents, *part.grid))


@pytest.mark.parametrize("steps", [2, 5, 30, 40])
def test_the_noise_levels_are_diffusers_for_4096_tokens(steps: int) -> None:
    theirs = tiny_ltx2.scheduler(distilled=False)
    theirs.set_timesteps(sigmas=torch.linspace(1, 1 / steps, steps).numpy(), mu=2.05)
    assert shifted(steps) == pytest.approx(theirs.sigmas.tolist(), abs=1e-5)


def test_one_step_goes_all_the_way() -> None:
    assert shifted(1) == (1.0, 0.0)


def test_a_second_pass_takes_the_last_noise_levels_of_the_first() -> None:
    assert LTX2_DISTILLED[-4:] == LTX2_DISTILLED_SECOND_PASS


# ------------------------------------------------------------------------------------ what may change


@VERSIONS
def test_unmasked_tokens_are_the_same_bits_after_every_step(version: str) -> None:
    part, seen = scene(20), []

    def noted(step: Step) -> None:
        seen.append(torch.equal(step.x_CFHW[outside], part.clean_CFHW[outside]))

    outside = ~part.mask_FHW.expand_as(part.clean_CFHW)
    made = denoise(part, velocity_of(20, version), sampling(), on_step=noted)
    assert seen == [True] * 3
    assert (made != part.clean_CFHW).any(dim=0).equal(part.mask_FHW)


def test_the_sound_is_the_same_bits_at_every_step_and_in_the_end() -> None:
    audio = audio_of(3)
    before, given = audio.clone(), []

    class Listening(Ltx2Transformer):
        def forward(self, **inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            given.append((inputs["audio_hidden_states"][0], float(inputs["audio_timestep"])))
            return super().forward(**inputs)

    model = Listening(**tiny_ltx2.transformer_settings("2.3")).with_gates().eval()
    denoise(scene(3), velocity_of(3, model=model, audio_NC=audio), sampling())
    assert [(torch.equal(heard, before), level) for heard, level in given] == [(True, 0.0)] * 3
    assert torch.equal(audio, before)


@VERSIONS
def test_another_speech_changes_every_masked_token_and_no_bit_of_the_others(version: str) -> None:
    """Over all steps and blocks, though all tokens look at each other."""
    part, velocity = scene(20), velocity_of(20, version)
    one, other = (
        denoise(part, replace(velocity, audio_NC=audio_of(20, speech)), sampling()) for speech in (0, 1)
    )
    assert (one != other).any(dim=0).equal(part.mask_FHW)


def test_the_same_seed_gives_the_same_latents_and_another_seed_others() -> None:
    part, velocity = scene(), velocity_of(3)
    first, again, other = (
        denoise(part, velocity, Sampling(sigmas=shifted(2), seed=seed)) for seed in (5, 5, 6)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


# ------------------------------------------------------------------------------------ blocks in time


def heard_by(block: Block, velocity: Ltx2Velocity, of: Scene) -> list[int]:
    """Which of the clip's audio tokens change what the block does."""
    plain, found = once(velocity, of, block), []
    assert velocity.audio_NC is not None
    for token in range(len(velocity.audio_NC)):
        changed = velocity.audio_NC.clone()
        changed[token] += 10
        if not torch.equal(once(replace(velocity, audio_NC=changed), of, block), plain):
            found.append(token)
    return found


@pytest.mark.parametrize(
    ("rate", "begins", "ends"),
    # Latents 2 to 4 are frames 9 to 32 of 49.
    [(Fraction(25), 9, 33), (Fraction(24000, 1001), 9, 34), (Fraction(50), 4, 16)],
)
def test_a_block_hears_the_sound_of_its_own_frames(rate: Fraction, begins: int, ends: int) -> None:
    of = scene(7, rate=rate)
    velocity = velocity_of(7, rate=rate, audio_NC=audio_of(7, rate=rate))
    block = Block(start=2, width=3, clip=7)
    assert heard_by(block, velocity, of) == list(range(begins, ends))


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(24000, 1001), Fraction(30), Fraction(60)])
def test_blocks_beside_each_other_hear_every_token_once(rate: Fraction) -> None:
    of, velocity = scene(40, rate=rate), velocity_of(40, rate=rate, audio_NC=audio_of(40, rate=rate))
    heard = [
        token
        for block in (Block(start=0, width=17, clip=40), Block(start=17, width=23, clip=40))
        for token in velocity._sound(block)[1]
    ]
    assert velocity.audio_NC is not None
    assert heard == list(range(len(velocity.audio_NC)))
    assert of.latents == 40


def test_wherever_a_block_lies_in_a_clip_its_sound_lies_beside_its_pictures() -> None:
    """The same latents and the same sound, eight frames or a minute later: the same velocities."""
    early = velocity_of(200)
    assert early.audio_NC is not None
    clean = scene(200).clean_CFHW
    made = []
    for start in (1, 2, 190):
        audio, latents = early.audio_NC.clone(), clean.clone()
        audio[8 * start - 7 : 8 * start + 17] = audio_of(3, 9)[:17].repeat(2, 1)[:24]
        latents[:, start : start + 3] = clean[:, 50:53]
        of = replace(scene(200, part=False), clean_CFHW=latents)
        made.append(once(replace(early, audio_NC=audio), of, Block(start=start, width=3, clip=200)))
    torch.testing.assert_close(made[1], made[0], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(made[2], made[0], atol=1e-4, rtol=1e-4)


def test_a_clip_of_several_blocks_is_denoised_with_shifts() -> None:
    of = scene(40)
    made = denoise(of, velocity_of(40), sampling(6))
    assert len(partition(40, 0, 6)) > 1
    assert bool(torch.isfinite(made).all())


def test_a_clip_of_one_frame_hears_something() -> None:
    of = scene(1, part=False, rate=Fraction(60))
    velocity = velocity_of(1, rate=Fraction(60), audio_NC=audio_of(1, rate=Fraction(60)))
    assert heard_by(Block(start=0, width=1, clip=1), velocity, of) == [0]


# --------------------------------------------------------------------------------- hearing and guidance


@VERSIONS
def test_a_gate_that_lets_nothing_through_is_as_if_nothing_was_heard(version: str) -> None:
    of = scene(3)
    shut = replace(of, mask_FHW=torch.zeros_like(of.mask_FHW))
    gated = velocity_of(3, version, gated=True)
    deaf = replace(gated, gated=False, audio_NC=None)
    assert torch.equal(once(gated, shut), once(deaf, shut))
    assert not torch.equal(once(gated, of), once(deaf, of))


def test_gated_sound_is_heard_where_the_picture_is_made_anew_alone() -> None:
    """Seen in one layer: in the next one tokens look at those that heard."""
    settings = {**tiny_ltx2.transformer_settings("2.3"), "num_layers": 1}
    torch.manual_seed(0)
    model = Ltx2Transformer(**settings).with_gates().eval()
    of, velocity = scene(3), velocity_of(3, model=model, gated=True)
    one, other = (once(replace(velocity, audio_NC=audio_of(3, speech)), of) for speech in (0, 1))
    assert (one != other).any(dim=1).equal(of.mask_FHW.flatten())
    everywhere = [once(replace(velocity, gated=False, audio_NC=audio_of(3, speech)), of) for speech in (0, 1)]
    assert bool((everywhere[0] != everywhere[1]).any(dim=1).all())


def test_a_gate_is_of_one_evaluation() -> None:
    of, velocity = scene(3), velocity_of(3)
    before = once(velocity, of)
    once(replace(velocity, gated=True), of)
    assert torch.equal(once(velocity, of), before)


def test_without_sound_the_pictures_are_denoised_all_the_same() -> None:
    velocity = velocity_of(3, audio_NC=None)
    assert not velocity.hears
    assert bool(torch.isfinite(denoise(scene(3), velocity, sampling())).all())


@pytest.mark.parametrize("heard", [True, False], ids=["no words", "no sound"])
def test_guidance_leads_away_from_what_it_is_given(heard: bool) -> None:
    of, plain = scene(3), velocity_of(3)
    empty = text_of(seed=9)
    away = replace(plain, text=empty) if heard else replace(plain, audio_NC=None)
    guided = Ltx2Guided(text=empty if heard else plain.text, heard=heard, scale=3.0)
    led = once(replace(plain, guided=(guided,)), of)
    v, w = once(plain, of), once(away, of)
    torch.testing.assert_close(led, v + 2 * (v - w))


@VERSIONS
def test_padding_of_a_prompt_is_not_read(version: str) -> None:
    of, words, others = scene(3), text_of(version), text_of(version, seed=9)
    shorter = torch.tensor([[True, True, True, False, False]])
    padded, otherwise = (
        replace(
            words,
            video_BXE=torch.where(shorter[..., None], words.video_BXE, filling.video_BXE),
            audio_BXE=torch.where(shorter[..., None], words.audio_BXE, filling.audio_BXE),
            mask_BX=shorter,
        )
        for filling in (words, others)
    )
    plain = velocity_of(3, version, text=words)
    read = once(replace(plain, text=padded), of)
    torch.testing.assert_close(once(replace(plain, text=otherwise), of), read)
    assert not torch.allclose(once(plain, of), read)


# ------------------------------------------------------------------------------------- what tokens are


def test_only_the_first_latent_is_told_to_be_of_one_frame() -> None:
    """Which 2.5 tells from others, once it has learned to."""
    model = model_of("2.5")
    with torch.no_grad():
        model.keyframes_abs_pos_embedding.fill_(1.0)
    of, marked = scene(20), velocity_of(20, "2.5", model=model)
    plain = velocity_of(20, "2.5")
    first, later = Block(start=0, width=4, clip=20), Block(start=4, width=4, clip=20)
    assert not torch.equal(once(marked, of, first), once(plain, of, first))
    assert torch.equal(once(marked, of, later), once(plain, of, later))


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), Fraction(60)])
def test_places_are_those_of_diffusers(rate: Fraction) -> None:
    of, block = scene(6, rate=rate), Block(start=0, width=6, clip=6)
    velocity = velocity_of(6, rate=rate, audio_NC=audio_of(6, rate=rate))
    tokens = video_tokens(of.clean_CFHW, of, block.latents, 0.7)
    _, heard = velocity._sound(block)
    device = torch.device("cpu")
    theirs = velocity.model.rope.prepare_video_coords(1, 6, *of.grid, device, float(rate))
    torch.testing.assert_close(velocity._places(tokens, block), theirs[0].mean(dim=-1))
    sound = velocity.model.audio_rope.prepare_audio_coords(1, len(heard), device)
    torch.testing.assert_close(velocity._audio_places(heard, block), sound)


@pytest.mark.parametrize("start", [0, 12])
def test_references_before_the_clip_lie_before_the_block(start: int) -> None:
    of, seen = scene(20), []

    class Looking(Ltx2Transformer):
        def forward(self, **inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            seen.append(inputs["video_coords"][0, 0])
            return super().forward(**inputs)

    model = Looking(**tiny_ltx2.transformer_settings("2.3")).with_gates().eval()
    face = torch.ones_like(of.mask_FHW)
    references = IdentityReferences(
        face=FaceReferences(scene=of, face_FHW=face, footage=[True] * 20), frame=FrameReferences(scene=of)
    )
    block = Block(start=start, width=5, clip=20)
    beside = references(block)
    assert beside is not None
    tokens = video_tokens(of.clean_CFHW, of, block.latents, 0.7)
    together: Tokens = tokens.after(beside)
    velocity = velocity_of(20, model=model)
    made = velocity(together, block, (0, 1))
    (seconds,) = seen
    of_references = seconds[: beside.count]
    assert float(of_references.max()) == pytest.approx(-8 / 25 + 4 / 25)  # the middle of -8 frames' latent
    assert len(of_references.unique()) == 6
    assert bool((seconds[beside.count :] > 0).all())
    assert float(seconds.max()) < 8 * 5 / 25
    assert made.shape == (together.count, tiny_ltx2.CHANNELS)
