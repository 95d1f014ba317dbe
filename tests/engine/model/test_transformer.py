"""The paper's transformer against diffusers' own, and what audio may change."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import LTXVideoTransformer3DModel
from tiny_diffusion import TinyInputs, make_audible, tiny_base, tiny_transformer
from torch import Tensor

from engine.model.config import EDITYOURSELF_13B
from engine.model.transformer import EditYourselfTransformer

INPUTS = TinyInputs()


@torch.no_grad()
def reference(inputs: TinyInputs = INPUTS, **changed) -> Tensor:
    return tiny_base()(**{**inputs.base, **changed}, return_dict=False)[0]


@torch.no_grad()
def test_without_audio_the_velocity_is_diffusers_own_bit_for_bit() -> None:
    assert torch.equal(tiny_transformer()(**INPUTS.base), reference())


@torch.no_grad()
def test_audio_whose_output_is_zero_changes_no_bit() -> None:
    model = tiny_transformer()
    assert torch.equal(model(**INPUTS.base, **INPUTS.audio(model)), reference())


@torch.no_grad()
def test_a_batch_with_padded_text_and_one_noise_level_is_diffusers_own_too() -> None:
    inputs = TinyInputs(batch=2)
    padded = torch.tensor([[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1]])
    changed = {"encoder_attention_mask": padded, "timestep": torch.tensor([700.0, 200.0])}
    assert torch.equal(tiny_transformer()(**{**inputs.base, **changed}), reference(inputs, **changed))


@torch.no_grad()
def test_the_grid_form_that_diffusers_pipelines_use_is_understood() -> None:
    grid = {
        "video_coords": None,
        "num_frames": INPUTS.latents,
        "height": INPUTS.rows,
        "width": INPUTS.columns,
        "rope_interpolation_scale": (8 / 25, 32.0, 32.0),
    }
    ours = tiny_transformer()(**{**INPUTS.base, **grid}, return_dict=False)[0]
    assert torch.equal(ours, reference(**grid))
    assert torch.equal(tiny_transformer()(**{**INPUTS.base, **grid}, return_dict=True).sample, ours)


def test_base_weights_load_unchanged_and_only_audio_is_missing() -> None:
    base = tiny_base().state_dict()
    missing, unexpected = EditYourselfTransformer.of(INPUTS.config).load_state_dict(base, strict=False)
    assert unexpected == []
    assert {key for key in missing if "audio" not in key} == set()
    assert set(base) | set(missing) == set(tiny_transformer().state_dict())


def test_a_base_checkpoint_loads_with_diffusers_loader_and_new_audio_is_silent(tmp_path: Path) -> None:
    tiny_base().save_pretrained(tmp_path)
    model = EditYourselfTransformer.from_pretrained(tmp_path, **_audio_arguments()).eval()
    model.initialise_audio()
    with torch.no_grad():
        assert torch.equal(model(**INPUTS.base, **INPUTS.audio(model)), reference())


def test_our_own_checkpoint_comes_back_with_its_audio(tmp_path: Path) -> None:
    model = tiny_transformer(audible=True)
    model.save_pretrained(tmp_path)
    again = EditYourselfTransformer.from_pretrained(tmp_path)
    assert again.audio_config == model.audio_config == INPUTS.config.audio
    kept = again.state_dict()
    assert {key for key, value in model.state_dict().items() if not torch.equal(kept[key], value)} == set()


def _audio_arguments() -> dict[str, object]:
    return {key: value for key, value in INPUTS.config.diffusers().items() if key.startswith("audio_")}


@torch.no_grad()
def test_two_speeches_give_two_pictures() -> None:
    model = tiny_transformer(audible=True)
    one, other = (model(**INPUTS.base, **INPUTS.audio(model, seed)) for seed in (0, 1))
    assert (one - other).abs().mean() > 0.01 * one.abs().mean()


@torch.no_grad()
def test_with_no_token_gated_audio_is_not_heard_at_all() -> None:
    model = tiny_transformer(audible=True)
    gate = torch.zeros(1, INPUTS.tokens, dtype=torch.bool)
    assert torch.equal(model(**INPUTS.base, **INPUTS.audio(model), audio_gate=gate), reference())


@torch.no_grad()
def test_reference_tokens_hear_nothing() -> None:
    model = tiny_transformer(audible=True)
    audio = {**INPUTS.audio(model), "audio_latent": torch.full((1, INPUTS.tokens), -1)}
    assert torch.equal(model(**INPUTS.base, **audio), reference())


@torch.no_grad()
def test_audio_of_the_whole_clip_serves_a_block_of_it() -> None:
    model = tiny_transformer(audible=True)
    long = TinyInputs(latents=9)
    whole = long.audio(model)["audio_tokens"]
    part = model(**INPUTS.base, audio_tokens=whole[:, 4:7], audio_latent=INPUTS.latent_BS)
    assert torch.equal(model(**INPUTS.base, audio_tokens=whole, audio_latent=INPUTS.latent_BS + 4), part)


def test_a_latent_beyond_the_audio_is_refused() -> None:
    model = tiny_transformer()
    audio = {**INPUTS.audio(model), "audio_latent": INPUTS.latent_BS + 1}
    with pytest.raises(ValueError, match="belongs to latent 3, but there is audio for 3"):
        model(**INPUTS.base, **audio)


def test_audio_without_knowing_whose_is_refused() -> None:
    model = tiny_transformer()
    with pytest.raises(ValueError, match="audio_latent"):
        model(**INPUTS.base, audio_tokens=INPUTS.audio(model)["audio_tokens"])


class Cache:
    """Skips when told to."""

    def __init__(self) -> None:
        self.residual: Tensor | None = None
        self.signals: list[Tensor] = []
        self.told = False

    def skip(self, signal_BSD: Tensor) -> bool:
        self.signals.append(signal_BSD)
        return self.told

    def keep(self, residual_BSD: Tensor) -> None:
        self.residual = residual_BSD


@torch.no_grad()
def test_a_cache_that_never_skips_changes_no_bit() -> None:
    assert torch.equal(tiny_transformer()(**INPUTS.base, cache=Cache()), reference())


@torch.no_grad()
def test_a_skipped_step_adds_what_the_blocks_last_added(monkeypatch: pytest.MonkeyPatch) -> None:
    model, cache = tiny_transformer(), Cache()
    full = model(**INPUTS.base, cache=cache)
    cache.told = True
    monkeypatch.setattr(model, "_blocks", lambda *_: pytest.fail("the blocks ran"))
    torch.testing.assert_close(model(**INPUTS.base, cache=cache), full)
    assert torch.equal(cache.signals[0], cache.signals[1])
    assert cache.signals[0].shape == (1, INPUTS.tokens, INPUTS.config.transformer.width)


@torch.no_grad()
def test_the_caches_signal_moves_with_the_noise_level() -> None:
    model, cache = tiny_transformer(), Cache()
    for timestep in (INPUTS.base["timestep"], INPUTS.base["timestep"] / 2):
        model(**{**INPUTS.base, "timestep": timestep}, cache=cache)
    assert not torch.equal(*cache.signals)


def _gradients(model: EditYourselfTransformer) -> dict[str, Tensor]:
    model(**INPUTS.base, **INPUTS.audio(model)).square().mean().backward()
    return {name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None}


def test_silent_audio_learns_from_the_first_step() -> None:
    found = _gradients(tiny_transformer())
    for block in range(INPUTS.config.transformer.layers):
        assert found[f"transformer_blocks.{block}.audio_attn.to_out.weight"].abs().sum() > 0


def test_all_of_the_audio_path_learns_once_it_is_heard() -> None:
    model = tiny_transformer(audible=True)
    found = _gradients(model)
    names = {name for name, _ in model.named_parameters() if "audio" in name}
    # A bias of all keys alike moves all scores alike, which the softmax does not see.
    blind = {name for name in names if name.endswith("to_k.bias")}
    assert {name for name in names - blind if found[name].abs().sum() == 0} == set()


def test_gradient_checkpointing_gives_the_same_gradients() -> None:
    plain, spared = tiny_transformer(audible=True), tiny_transformer(audible=True)
    spared.enable_gradient_checkpointing()
    found, expected = _gradients(spared), _gradients(plain)
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, msg=name)


@torch.no_grad()
def test_blocks_compile_whole_without_a_graph_break() -> None:
    model, compiled = tiny_transformer(audible=True), tiny_transformer(audible=True)
    compiled.compile_repeated_blocks(fullgraph=True, backend="eager")
    audio = INPUTS.audio(model)
    torch.testing.assert_close(compiled(**INPUTS.base, **audio), model(**INPUTS.base, **audio))


def test_the_13b_configuration_has_the_papers_sizes() -> None:
    with torch.device("meta"):
        model = EditYourselfTransformer.of(EDITYOURSELF_13B)
    base, audio = 0, 0
    for name, weight in model.named_parameters():
        if "audio" in name:
            audio += weight.numel()
        else:
            base += weight.numel()
    assert base / 1e9 == pytest.approx(13.04, abs=0.01)
    assert audio / 1e9 == pytest.approx(1.914, abs=0.01)


def test_the_13b_configuration_has_every_key_of_the_base() -> None:
    with torch.device("meta"):
        model = EditYourselfTransformer.of(EDITYOURSELF_13B)
        base = LTXVideoTransformer3DModel(**EDITYOURSELF_13B.transformer.diffusers())
    ours = {key: value.shape for key, value in model.state_dict().items() if "audio" not in key}
    assert ours == {key: value.shape for key, value in base.state_dict().items()}


def test_made_audible_means_heard() -> None:
    model = tiny_transformer()
    make_audible(model)
    assert all(block.audio_attn.to_out.weight.abs().sum() > 0 for block in model.transformer_blocks)
