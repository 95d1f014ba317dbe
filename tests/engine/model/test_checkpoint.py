"""Folders of weights: opened, refused, loaded; the models that come out are those that went in."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_diffusion import TinyInputs, tiny_autoencoder, tiny_base, tiny_transformer, tiny_upsampler

from bridge.errors import BAD_INPUT, exit_code_of
from engine.diffusion.blocks import WIDTH
from engine.errors import BadCheckpoint, MissingModel, PickledCheckpoint
from engine.model.assembly import load_autoencoder, load_transformer, load_upsampler, new_card, save_audio
from engine.model.autoencoder import LtxAutoencoder
from engine.model.checkpoint import AudioCard, Checkpoint, open_checkpoint
from engine.model.config import EDITYOURSELF_13B, TINY, ModelConfig
from engine.model.installed import PACKAGED
from engine.model.prompt import load_prompt
from engine.model.sizes import model_config
from engine.model.upsampler import LatentUpsampler
from tests import tiny_checkpoint

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_checkpoint.make(tmp_path_factory.mktemp("made") / "tiny", audio=True, upsampler=True)


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A checkpoint of one's own, to spoil."""
    return Path(shutil.copytree(made, tmp_path / "tiny"))


@torch.no_grad()
def velocity(checkpoint: Checkpoint, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    model = load_transformer(checkpoint, dtype, CPU)
    inputs = TinyInputs()
    return model(**inputs.base, **inputs.audio(model))


# ---------------------------------------------------------------------------------------- opening


def test_a_checkpoint_tells_what_it_is(made: Path) -> None:
    checkpoint = open_checkpoint(made)
    assert checkpoint.config == TINY
    assert (checkpoint.name, checkpoint.audio_trained) == ("tiny", True)
    assert checkpoint.warnings == ()
    assert not checkpoint.knows_references


def test_checkpoints_are_found_by_name(made: Path, home: Path) -> None:
    shutil.copytree(made, home / "models" / "tiny")
    assert open_checkpoint("tiny").folder == home / "models" / "tiny"


def test_a_renderer_has_its_own_checkpoint(home: Path) -> None:
    with pytest.raises(MissingModel, match=r"models pull edityourself-13b.*put its files into") as told:
        open_checkpoint("edityourself")
    assert str(home / "models" / "edityourself-13b") in str(told.value)
    assert exit_code_of(told.value) == BAD_INPUT


def test_without_audio_weights_audio_is_not_trained(folder: Path) -> None:
    (folder / "audio.safetensors").unlink()
    (folder / "audio.json").unlink()
    checkpoint = open_checkpoint(folder)
    assert not checkpoint.audio_trained
    assert checkpoint.config == model_config(TINY.transformer.diffusers())


def test_audio_that_says_nothing_is_not_trained(folder: Path) -> None:
    save_audio(tiny_transformer(), folder, new_card(TINY, base="tiny", steps=10, licence="x"))
    checkpoint = open_checkpoint(folder)
    assert not checkpoint.audio_trained
    assert "is silent" in checkpoint.warnings[0]


def test_audio_of_no_steps_is_not_trained(folder: Path) -> None:
    card = new_card(TINY, base="tiny", steps=0, licence="x")
    save_audio(tiny_transformer(audible=True), folder, card)
    checkpoint = open_checkpoint(folder)
    assert not checkpoint.audio_trained
    assert "never trained" in checkpoint.warnings[0]


@pytest.mark.parametrize("name", ["audio.pt", "transformer/model.bin", "vae/x.ckpt", "text_encoder/a/w.pth"])
def test_a_pickle_anywhere_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(PickledCheckpoint, match=f"{name} is a pickle") as told:
        open_checkpoint(folder)
    assert exit_code_of(told.value) == BAD_INPUT


def test_a_pickle_is_refused_as_a_checkpoint_itself(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(b"")
    with pytest.raises(PickledCheckpoint, match=r"model\.pt is a pickle"):
        open_checkpoint(tmp_path / "model.pt")


@pytest.mark.parametrize("name", ["audio.safetensors", "vae/diffusion_pytorch_model.safetensors"])
def test_a_file_cut_short_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:-100])
    with pytest.raises(BadCheckpoint, match=f"{name} has .* bytes and should have .*: fetch it again"):
        open_checkpoint(folder)


def test_other_audio_weights_than_described_are_named(folder: Path) -> None:
    audio = load_file(folder / "audio.safetensors")
    save_file({name: at * 2 for name, at in audio.items()}, folder / "audio.safetensors")
    with pytest.raises(BadCheckpoint, match=r"audio\.safetensors is not the file .* its sha256 is"):
        open_checkpoint(folder)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not a description in JSON"),
        ('{"steps": 1}', "does not describe audio weights"),
        (None, "no audio.json beside it"),
    ],
)
def test_audio_weights_without_a_description_are_refused(
    folder: Path, content: str | None, words: str
) -> None:
    (folder / "audio.json").unlink()
    if content is not None:
        (folder / "audio.json").write_text(content)
    with pytest.raises(BadCheckpoint, match=words):
        open_checkpoint(folder)


@pytest.mark.parametrize("part", ["transformer", "vae"])
def test_a_part_that_is_missing_is_named(folder: Path, part: str) -> None:
    shutil.rmtree(folder / part)
    with pytest.raises(MissingModel, match=part):
        open_checkpoint(folder)


def test_a_shard_that_is_missing_is_named(folder: Path) -> None:
    index = {"weight_map": {"a": "part-1.safetensors", "b": "diffusion_pytorch_model.safetensors"}}
    (folder / "transformer" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(MissingModel, match=r"transformer lacks part-1\.safetensors"):
        open_checkpoint(folder)


def test_a_config_without_sizes_is_named(folder: Path) -> None:
    (folder / "audio.json").unlink()
    (folder / "audio.safetensors").unlink()
    (folder / "transformer" / "config.json").write_text('{"num_layers": 2}')
    with pytest.raises(BadCheckpoint, match="in_channels"):
        open_checkpoint(folder)


@pytest.mark.parametrize(
    ("name", "size"), [("num_layers", 10**9), ("num_attention_heads", 0), ("attention_head_dim", 60_000)]
)
def test_sizes_that_no_model_has_are_refused_before_anything_is_made_of_them(
    folder: Path, name: str, size: int
) -> None:
    (folder / "audio.json").unlink()
    (folder / "audio.safetensors").unlink()
    path = folder / "transformer" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: size}))
    with pytest.raises(BadCheckpoint, match=r"does not tell the model's sizes: .* is amiss"):
        open_checkpoint(folder)


def test_a_part_of_another_model_is_named(folder: Path) -> None:
    path = folder / "vae" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"_class_name": "AutoencoderKLLTX2Video"}))
    with pytest.raises(
        BadCheckpoint, match="vae is of AutoencoderKLLTX2Video, and should be of AutoencoderKLLTXVideo"
    ):
        open_checkpoint(folder)


@pytest.mark.parametrize("part", ["vae", "latent_upsampler", "text_encoder"])
def test_a_file_that_is_missing_of_any_part_is_named(folder: Path, part: str) -> None:
    """As a pull that stopped leaves it: known before a render has waited for the rest to be read."""
    tiny_upsampler().save_pretrained(folder / "latent_upsampler")
    (folder / part).mkdir(exist_ok=True)
    own = "model" if part == "text_encoder" else "diffusion_pytorch_model"
    (folder / part / f"{own}.safetensors").unlink(missing_ok=True)
    index = {"weight_map": {"a": "part-1.safetensors"}, "metadata": {"total_size": 9_500_000_000}}
    (folder / part / f"{own}.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(
        MissingModel, match=rf"{part} lacks part-1\.safetensors \(1 of 1 files, 9\.5 of 9\.5 GB"
    ):
        open_checkpoint(folder)


def test_the_sha256_is_of_all_weights(folder: Path, made: Path) -> None:
    same, other = open_checkpoint(made).sha256, open_checkpoint(folder)
    assert other.sha256 == same
    vae = folder / "vae" / "diffusion_pytorch_model.safetensors"
    save_file({name: at + 1 for name, at in load_file(vae).items()}, vae)
    assert open_checkpoint(folder).sha256 != same
    assert len(same) == 64


@pytest.mark.parametrize("config", [TINY, EDITYOURSELF_13B])
def test_sizes_come_back_from_what_is_written(config) -> None:
    written = msgspec.json.decode(msgspec.json.encode(config.diffusers()))
    assert model_config(written) == config


# ---------------------------------------------------------------------------------------- loading


def test_a_loaded_transformer_is_the_one_that_was_saved(made: Path) -> None:
    model, inputs = tiny_transformer(audible=True), TinyInputs()
    with torch.no_grad():
        expected = model(**inputs.base, **inputs.audio(model))
    assert torch.equal(velocity(open_checkpoint(made)), expected)


def test_one_file_of_base_weights_does_as_well(tmp_path: Path, made: Path) -> None:
    folder = tiny_checkpoint.make(tmp_path / "single", single=True, audio=True)
    assert not (folder / "transformer").exists()
    assert torch.equal(velocity(open_checkpoint(folder)), velocity(open_checkpoint(made)))


def test_the_original_names_of_ltx_weights_are_known(tmp_path: Path) -> None:
    """As LTX publishes them: one file, the autoencoder's weights in it too, its own names."""
    folder = tiny_checkpoint.make(tmp_path / "original", single=True)
    own_words = (("proj_in", "patchify_proj"), ("time_embed", "adaln_single"), ("norm_q", "q_norm"))
    state = {"vae.decoder.conv_in.conv.weight": torch.zeros(1)}
    for name, at in load_file(folder / "base.safetensors").items():
        own = name
        for ours, theirs in (*own_words, ("norm_k", "k_norm")):
            own = own.replace(ours, theirs)
        state[f"model.diffusion_model.{own}"] = at
    told = json.dumps({"transformer": TINY.transformer.diffusers(), "vae": {}})
    save_file(state, folder / "base.safetensors", metadata={"config": told})
    model, inputs = load_transformer(open_checkpoint(folder), torch.float32, CPU), TinyInputs()
    with torch.no_grad():
        expected = tiny_base()(**inputs.base).sample
        assert torch.equal(model(**inputs.base), expected)


def test_a_file_that_tells_nothing_is_taken_for_an_ltx_video(tmp_path: Path) -> None:
    folder = tiny_checkpoint.make(tmp_path / "bare", single=True)
    state = {name: at.clone() for name, at in load_file(folder / "base.safetensors").items()}
    save_file(state, folder / "base.safetensors")
    sizes = open_checkpoint(folder).config.transformer
    assert (sizes.heads, sizes.width, sizes.layers, sizes.in_channels, sizes.caption_channels) == (
        32,
        32,
        2,
        8,
        16,
    )


def test_without_audio_weights_the_model_is_the_base(folder: Path) -> None:
    (folder / "audio.safetensors").unlink()
    (folder / "audio.json").unlink()
    model, inputs = load_transformer(open_checkpoint(folder), torch.float32, CPU), TinyInputs()
    with torch.no_grad():
        assert torch.equal(model(**inputs.base), tiny_base()(**inputs.base).sample)
    assert not any(weight.is_meta or weight.requires_grad for weight in model.parameters())
    assert all((block.audio_attn.to_out.weight == 0).all() for block in model.transformer_blocks)


def test_weights_of_another_shape_are_named(folder: Path) -> None:
    path = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    state = load_file(path)
    save_file(state | {"proj_in.weight": torch.zeros(32, 9)}, path)
    with pytest.raises(BadCheckpoint, match=r"proj_in\.weight is \[32, 9\] instead of \[32, 8\]"):
        load_transformer(open_checkpoint(folder), torch.float32, CPU)


def test_weights_that_are_missing_or_too_many_are_named(folder: Path) -> None:
    path = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    state = load_file(path)
    removed = state.pop("proj_out.bias")
    save_file(state, path)
    with pytest.raises(BadCheckpoint, match=r"no weights for: proj_out\.bias"):
        load_transformer(open_checkpoint(folder), torch.float32, CPU)
    save_file(state | {"proj_out.bias": removed, "stray": torch.zeros(1)}, path)
    with pytest.raises(BadCheckpoint, match="does not: stray"):
        load_transformer(open_checkpoint(folder), torch.float32, CPU)


def test_audio_weights_that_are_not_whole_are_named(folder: Path) -> None:
    audio = load_file(folder / "audio.safetensors")
    audio.pop("audio_projection.positions")
    save_file(audio, folder / "audio.safetensors")
    rewrite_sha256(folder)
    with pytest.raises(BadCheckpoint, match=r"no weights for: audio_projection\.positions"):
        load_transformer(open_checkpoint(folder), torch.float32, CPU)


def rewrite_sha256(folder: Path) -> None:
    from engine.model.weights import fresh_sha256_of

    card = msgspec.json.decode((folder / "audio.json").read_bytes(), type=AudioCard)
    measured = {path.name: fresh_sha256_of(path) for path in folder.glob("*.safetensors")}
    (folder / "audio.json").write_bytes(msgspec.json.encode(msgspec.structs.replace(card, sha256=measured)))


def test_a_lora_stays_beside_the_base_and_changes_what_it_should(folder: Path) -> None:
    """scale * B A, added to the layer's own weight, in plain arithmetic."""
    draw = torch.Generator().manual_seed(2)
    layer, rank, alpha = "transformer_blocks.0.attn1.to_q", 4, 8.0
    down, up = (torch.randn(size, generator=draw) for size in ((rank, 32), (32, rank)))
    lora = {f"transformer.{layer}.lora_A.weight": down, f"transformer.{layer}.lora_B.weight": up}
    save_file(lora, folder / "lora.safetensors", metadata={"alpha": str(alpha)})
    rewrite_sha256(folder)
    checkpoint = open_checkpoint(folder)
    added = load_transformer(checkpoint, torch.float32, CPU).get_submodule(layer)
    assert torch.equal(added.base_layer.weight, tiny_base().get_submodule(layer).weight)
    merged = tiny_transformer(audible=True)
    with torch.no_grad():
        merged.get_submodule(layer).weight.add_(alpha / rank * up @ down)
        inputs = TinyInputs()
        expected = merged(**inputs.base, **inputs.audio(merged))
    assert torch.allclose(velocity(checkpoint), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("names", "words"),
    [(("nowhere.lora_A.weight", "nowhere.lora_B.weight"), "nowhere"), (("proj_in.lora_A.weight",), "pairs")],
)
def test_a_lora_of_another_model_is_named(folder: Path, names: tuple[str, ...], words: str) -> None:
    save_file({name: torch.zeros(4, 4) for name in names}, folder / "lora.safetensors")
    rewrite_sha256(folder)
    with pytest.raises(BadCheckpoint, match=rf"lora\.safetensors .*{words}"):
        load_transformer(open_checkpoint(folder), torch.float32, CPU)


def test_weights_come_in_the_precision_asked_for(made: Path) -> None:
    model = load_transformer(open_checkpoint(made), torch.bfloat16, CPU)
    assert {weight.dtype for weight in model.parameters()} == {torch.bfloat16}
    assert torch.isfinite(velocity(open_checkpoint(made))).all()


def test_a_loaded_autoencoder_and_upsampler_are_those_that_were_saved(made: Path) -> None:
    checkpoint = open_checkpoint(made)
    pixels = np.random.default_rng(0).random((9, 32, 64, 3), np.float32)
    loaded, own = load_autoencoder(checkpoint, torch.float32, CPU), LtxAutoencoder(tiny_autoencoder())
    latents = own.encode(pixels)
    assert torch.equal(loaded.encode(pixels), latents)
    upsample = load_upsampler(checkpoint, loaded, torch.float32, CPU)
    assert upsample is not None
    assert torch.equal(upsample(latents), LatentUpsampler(tiny_upsampler(), own)(latents))


def test_without_an_upsampler_there_is_none(folder: Path) -> None:
    shutil.rmtree(folder / "latent_upsampler")
    checkpoint = open_checkpoint(folder)
    autoencoder = load_autoencoder(checkpoint, torch.float32, CPU)
    assert load_upsampler(checkpoint, autoencoder, torch.float32, CPU) is None


def test_an_autoencoder_that_is_not_its_configs_is_named(folder: Path) -> None:
    vae = folder / "vae" / "diffusion_pytorch_model.safetensors"
    save_file({"stray": torch.zeros(1)}, vae)
    with pytest.raises(BadCheckpoint, match="vae "):
        load_autoencoder(open_checkpoint(folder), torch.float32, CPU)


# ---------------------------------------------------------------------------------------- the small model


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return tiny_checkpoint.make_demo(tmp_path / "small")


def test_a_small_autoencoder_is_loaded_as_it_was_saved(small: Path) -> None:
    pixels = list(np.random.default_rng(0).random((9, 32, 48, 3), np.float32))
    own = tiny_checkpoint.small_autoencoder()
    loaded = load_autoencoder(open_checkpoint(small), torch.bfloat16, CPU)
    assert (loaded.spatial, loaded.temporal, loaded.channels) == (16, 8, 16)
    latents = own.encode(pixels)
    assert torch.equal(loaded.encode(pixels), latents)
    assert np.array_equal(list(loaded.decode(latents, 0)), list(own.decode(latents, 0)))


def test_a_small_autoencoders_files_are_of_the_checkpoint(small: Path) -> None:
    first = open_checkpoint(small).sha256
    tiny_checkpoint.save_small(tiny_checkpoint.small_autoencoder(seed=1), small / "vae")
    assert open_checkpoint(small).sha256 != first


def test_a_small_autoencoder_that_is_cut_short_is_named(small: Path) -> None:
    weights = small / "vae" / "autoencoder.safetensors"
    weights.write_bytes(weights.read_bytes()[:-50])
    with pytest.raises(BadCheckpoint, match=r"autoencoder\.safetensors"):
        open_checkpoint(small)


def test_a_small_autoencoder_whose_description_is_another_is_named(small: Path) -> None:
    (small / "vae" / "autoencoder.json").write_text('{"channels": "many"}')
    with pytest.raises(BadCheckpoint, match=r"autoencoder\.json does not describe a small autoencoder"):
        load_autoencoder(open_checkpoint(small), torch.float32, CPU)


def test_an_autoencoder_of_other_latents_than_the_transformers_is_named(small: Path, made: Path) -> None:
    shutil.rmtree(small / "vae")
    shutil.copytree(made / "vae", small / "vae")
    with pytest.raises(BadCheckpoint, match=r"latents of 8 channels.*reads 16"):
        load_autoencoder(open_checkpoint(small), torch.float32, CPU)


def test_an_upsampler_of_ltx_beside_a_small_autoencoder_is_named(small: Path, made: Path) -> None:
    shutil.copytree(made / "latent_upsampler", small / "latent_upsampler")
    checkpoint = open_checkpoint(small)
    autoencoder = load_autoencoder(checkpoint, torch.float32, CPU)
    with pytest.raises(BadCheckpoint, match="latent_upsampler is of LTX-Video's latents"):
        load_upsampler(checkpoint, autoencoder, torch.float32, CPU)


def test_the_card_tells_how_many_latents_are_denoised_together(small: Path, made: Path) -> None:
    assert open_checkpoint(small).block_width == 5
    assert open_checkpoint(made).block_width == WIDTH


def test_a_card_of_no_latents_is_refused(small: Path) -> None:
    card = small / "audio.json"
    card.write_text(card.read_text().replace('"latents": 5', '"latents": 0'))
    with pytest.raises(BadCheckpoint, match="latents is 0"):
        open_checkpoint(small)


@pytest.mark.parametrize("guidance", ["0.0", "-2.0"])
def test_a_card_that_leads_nowhere_is_refused(small: Path, guidance: str) -> None:
    card = small / "audio.json"
    card.write_text(card.read_text().replace('"guidance": 1.0', f'"guidance": {guidance}'))
    with pytest.raises(BadCheckpoint, match=f"guidance is {guidance}"):
        open_checkpoint(small)


def test_the_packages_model_is_found_wherever_one_stands(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PACKAGED, "demo", small)
    (tmp_path / "demo").mkdir()
    monkeypatch.chdir(tmp_path)
    assert open_checkpoint("demo").folder == small


# ---------------------------------------------------------------------------------------- prompts


@pytest.mark.parametrize("text", ["a person talks", ""])
def test_the_default_prompt_needs_no_text_encoder(made: Path, text: str) -> None:
    prompt, own = load_prompt(open_checkpoint(made), text, CPU), tiny_checkpoint.a_prompt()
    assert torch.equal(prompt.embeddings_BXE, own.embeddings_BXE)
    assert torch.equal(prompt.mask_BX, own.mask_BX)


def test_another_prompt_needs_one(made: Path) -> None:
    with pytest.raises(MissingModel, match="leave the prompt out"):
        load_prompt(open_checkpoint(made), "a cat", CPU)


def test_neither_prompt_nor_encoder_is_told(folder: Path) -> None:
    (folder / "prompt.safetensors").unlink()
    with pytest.raises(MissingModel, match="neither prompt"):
        load_prompt(open_checkpoint(folder), "", CPU)


def test_a_text_encoder_reads_prompts_as_diffusers_does(folder: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, T5Config, T5EncoderModel

    rules = Tokenizer(models.WordLevel({"-": 0, "</s>": 1, "a": 2, "cat": 3}, "-"))
    rules.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=rules, pad_token="-")  # noqa: S106
    tokenizer.save_pretrained(folder / "tokenizer")
    torch.manual_seed(0)
    sizes = T5Config(vocab_size=4, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    encoder = T5EncoderModel(sizes).eval()
    encoder.save_pretrained(folder / "text_encoder")
    prompt = load_prompt(open_checkpoint(folder), "a cat", CPU)
    assert prompt.mask_BX[0].nonzero().flatten().tolist() == [0, 1]
    ids = torch.zeros(1, 256, dtype=torch.long)
    ids[0, :2] = torch.tensor([2, 3])
    with torch.no_grad():
        expected = encoder(ids, attention_mask=prompt.mask_BX)[0]
    assert torch.equal(prompt.embeddings_BXE, expected)


def test_the_whisper_that_a_checkpoint_hears_with_counts_wherever_it_lies(folder: Path, home: Path) -> None:
    whisper = replace(TINY.audio, representation="whisper", layers=2, channels=8, rate=Fraction(50))
    card = json.loads((folder / "audio.json").read_text())
    card["config"] |= ModelConfig(transformer=TINY.transformer, audio=whisper).diffusers()
    (folder / "audio.json").write_text(json.dumps(card))
    (home / "models" / "whisper-small").mkdir(parents=True)
    weights = home / "models" / "whisper-small" / "model.safetensors"
    save_file({"a": torch.zeros(1)}, weights)
    one = open_checkpoint(folder)
    assert one.whisper == weights.parent
    first = one.sha256
    save_file({"a": torch.ones(3)}, weights)
    assert open_checkpoint(folder).sha256 != first
    shutil.copytree(weights.parent, folder / "whisper-small")
    inside = open_checkpoint(folder)
    assert inside.whisper == folder / "whisper-small"
    assert inside.sha256 == open_checkpoint(folder).sha256 != first
