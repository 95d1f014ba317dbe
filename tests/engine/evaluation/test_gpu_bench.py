"""The GPU benchmark's way, at toy size on the CPU; and what it says where there is no GPU."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_diffusion import tiny_autoencoder

from engine.evaluation import gpu_bench
from engine.evaluation.gpu_bench import SETTINGS, Clip, Line, as_markdown, measure
from engine.model.acceleration import Acceleration
from engine.model.config import EDITYOURSELF_13B, TINY
from engine.model.transformer import EditYourselfTransformer

CPU = torch.device("cpu")
TOY = Clip(latents=3, full=(2, 2), crop=(1, 1))


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    here = {"bf16, 40 steps", "+ FP8", "+ cache", "+ head crop"}
    plain = Acceleration(precision="bfloat16")
    settings = tuple(
        setting if setting.name == "+ FP8" else replace(setting, how=plain)
        for setting in SETTINGS
        if setting.name in here
    )
    return list(measure(settings, CPU, clip=TOY, config=TINY, autoencoder=tiny_autoencoder))


def test_a_line_for_each_setting_with_its_times(lines: list[Line]) -> None:
    assert [line.setting.name for line in lines] == ["bf16, 40 steps", "+ FP8", "+ cache", "+ head crop"]
    done = [line for line in lines if not line.lack]
    assert all(line.denoising > 0 and line.autoencoder > 0 for line in done)


def test_half_of_the_still_evaluations_are_skipped_where_that_is_assumed(lines: list[Line]) -> None:
    # 30 still steps: run, skip, ..., and the last one always runs.
    assert [round(line.skipped * 30) for line in lines] == [0, 0, 14, 0]
    assert "47% of the still steps skipped: assumed" in as_markdown(lines, "toy", "abc")


def test_a_setting_that_the_machine_cannot_do_has_its_reason_in_the_table(lines: list[Line]) -> None:
    assert "fp8 needs a CUDA GPU" in lines[1].lack
    assert "| + FP8 | not run: precision=fp8 needs a CUDA GPU" in as_markdown(lines, "toy", "abc")


def test_the_table_says_when_where_and_of_what(lines: list[Line]) -> None:
    head = as_markdown(lines, "a card", "abc123").splitlines()[0]
    assert "a card" in head
    assert "commit abc123" in head
    assert head[:3] == "202"


def test_without_a_gpu_one_line_is_said_and_nothing_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpu_bench.torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr("sys.argv", ["gpu_bench", "-o", str(tmp_path / "gpu.md")])
    gpu_bench.main()
    assert capsys.readouterr().out == "There is no CUDA GPU here: nothing was run, and nothing written.\n"
    assert list(tmp_path.iterdir()) == []


def test_the_clip_is_ten_seconds_of_1080p() -> None:
    clip = Clip()
    assert clip.frames == 241
    assert (clip.full[0] * 32, clip.full[1] * 32) == (1088, 1920)


def test_the_real_sizes_can_be_made_without_memory() -> None:
    with torch.device("meta"):
        EditYourselfTransformer.of(EDITYOURSELF_13B)
        vae = gpu_bench.AutoencoderKLLTXVideo(**gpu_bench._AUTOENCODER)
    latents = vae.encode(torch.zeros(1, 3, 17, 64, 64, device="meta")).latent_dist.mode()
    assert latents.shape == (1, 128, 3, 2, 2)
