"""LTX-2's prompts: as diffusers reads them, and read once."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_ltx2
import torch
from diffusers.pipelines.ltx2 import LTX2TextConnectors
from diffusers.pipelines.ltx2.pipeline_ltx2_dfr import LTX2DFRPipeline
from safetensors.torch import load_file, save_file

from engine.errors import BadCheckpoint, MissingModel
from engine.model.footprint import Memory
from engine.model.ltx2 import prompt as reading
from engine.model.ltx2.checkpoint import open_ltx2
from engine.model.ltx2.prompt import DEFAULT, Ltx2Prompt, load_empty_prompt, load_prompt, save_prompt

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def make(folder: Path, version: str = "2.3", *, stored: bool = True, text_encoder: bool = True) -> Path:
    tiny_ltx2.make(folder, version=version, text_encoder=text_encoder)
    if not stored:
        (folder / "prompt.safetensors").unlink()
    return folder


def same(one: Ltx2Prompt, other: Ltx2Prompt) -> bool:
    return (
        torch.equal(one.video_BXE, other.video_BXE)
        and torch.equal(one.audio_BXE, other.audio_BXE)
        and torch.equal(one.mask_BX, other.mask_BX)
    )


@pytest.mark.parametrize("version", ["2.0", "2.3", "2.5"])
@pytest.mark.parametrize("text", ["a woman sings", ""])
def test_a_text_is_read_as_diffusers_reads_it(tmp_path: Path, version: str, text: str) -> None:
    folder = make(tmp_path / "model", version)
    pipeline = LTX2DFRPipeline(
        scheduler=tiny_ltx2.scheduler(distilled=True),
        vae=None, audio_vae=None, transformer=None, vocoder=None,
        text_encoder=type(tiny_ltx2.tiny_text_encoder(version)).from_pretrained(
            folder / "text_encoder", dtype=torch.bfloat16
        ),
        tokenizer=tiny_ltx2.tiny_tokenizer(),
        connectors=LTX2TextConnectors.from_pretrained(folder / "connectors", dtype=torch.bfloat16),
    )  # fmt: skip
    with torch.no_grad():
        hidden, mask = pipeline.encode_prompt(text)
        video, audio, kept = pipeline.connectors(hidden, mask, padding_side="left")
    read = load_empty_prompt if text == "" else load_prompt
    said = read(open_ltx2(folder), *([text] if text else []), CPU)
    torch.testing.assert_close(said.video_BXE, video)
    torch.testing.assert_close(said.audio_BXE, audio)
    assert torch.equal(said.mask_BX, kept.bool())


def test_a_reader_in_float32_takes_the_memory_of_the_bfloat16_that_it_was_published_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Gemma lies in Lightricks/LTX-2: 49 GB of files, 24 in memory."""
    folder = make(tmp_path / "model")
    files = sum(path.stat().st_size for path in (folder / "text_encoder").glob("*.safetensors"))
    monkeypatch.setattr(reading.Memory, "of", lambda _: Memory(main=files * 2 // 3))
    assert load_prompt(open_ltx2(folder), "a woman sings", CPU).video_BXE.dtype == torch.bfloat16


def test_without_a_text_the_stored_prompt_is_taken_though_a_text_encoder_is_there(tmp_path: Path) -> None:
    folder = make(tmp_path / "model")
    stored = load_file(folder / "prompt.safetensors")
    for text in ("", "a person talks"):
        assert torch.equal(load_prompt(open_ltx2(folder), text, CPU).video_BXE[0], stored["video"])


def test_without_a_text_or_a_stored_prompt_the_default_is_read(tmp_path: Path) -> None:
    checkpoint = open_ltx2(make(tmp_path / "model", stored=False))
    usual = load_prompt(checkpoint, "", CPU)
    assert same(usual, load_prompt(checkpoint, DEFAULT, CPU))


def test_a_text_is_read_once_by_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make(tmp_path / "model")
    first = load_prompt(open_ltx2(folder), "a woman sings", CPU)
    read, texts = reading._read, []
    monkeypatch.setattr(reading, "_read", lambda *given: texts.append(given[1]) or read(*given))
    assert same(load_prompt(open_ltx2(folder), "a woman sings", CPU), first)
    assert texts == []
    tiny_ltx2.tiny_connectors(seed=1).save_pretrained(folder / "connectors")
    assert not same(load_prompt(open_ltx2(folder), "a woman sings", CPU), first)
    assert texts == ["a woman sings"]


def test_a_stored_empty_prompt_is_one(tmp_path: Path) -> None:
    folder = make(tmp_path / "model", text_encoder=False)
    prompt = load_prompt(open_ltx2(folder), "", CPU)
    with pytest.raises(MissingModel, match="text_encoder/"):
        load_empty_prompt(open_ltx2(folder), CPU)
    save_prompt(prompt, "", folder / "prompt.safetensors")
    assert same(load_empty_prompt(open_ltx2(folder), CPU), prompt)


def test_a_prompt_of_another_model_is_refused(tmp_path: Path) -> None:
    folder = make(tmp_path / "model")
    save_file({"embeddings": torch.zeros(3, 4), "mask": torch.ones(3)}, folder / "prompt.safetensors")
    with pytest.raises(BadCheckpoint, match="no prompt of LTX-2"):
        load_prompt(open_ltx2(folder), "", CPU)


def test_a_stored_prompt_of_another_version_is_refused_before_the_weights_are_read(tmp_path: Path) -> None:
    folder = make(tmp_path / "model", "2.3")
    tiny_ltx2.save_prompt(folder / "prompt.safetensors", "2.0")
    with pytest.raises(BadCheckpoint, match=r"no prompt of LTX-2\.3: .* of one length, 32 and 16 wide"):
        load_prompt(open_ltx2(folder), "", CPU)


def test_a_tokenizer_that_is_not_there_is_named(tmp_path: Path) -> None:
    folder = make(tmp_path / "model")
    for path in (folder / "tokenizer").iterdir():
        path.unlink()
    with pytest.raises(MissingModel, match=r"has no tokenizer/ with tokenizer_config\.json: copy it there"):
        open_ltx2(folder)
