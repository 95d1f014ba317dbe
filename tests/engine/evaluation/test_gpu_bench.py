"""The GPU benchmark's way, at toy size on the CPU; and what it says where there is no GPU."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import tiny_ltx2
import torch
from tiny_diffusion import tiny_autoencoder

from engine.diffusion.blocks import Block
from engine.diffusion.cache import TeaCache
from engine.diffusion.schedule import linear_quadratic
from engine.diffusion.tokens import Scene, Tokens
from engine.evaluation import gpu_bench
from engine.evaluation.gpu_bench import Line, as_markdown, measure
from engine.evaluation.gpu_models import Clip, EditYourself, Ltx2, Measured, Velocities
from engine.model.acceleration import Acceleration
from engine.model.config import TINY
from engine.model.ltx2.config import Ltx2Config

CPU = torch.device("cpu")
TOY = Clip(latents=3, full=(2, 2), crop=(1, 1))
PAPERS = EditYourself(config=TINY, vae=tiny_autoencoder)
TINY_LTX2 = msgspec.convert(tiny_ltx2.transformer_settings("2.3"), Ltx2Config)
LTX2 = Ltx2(config=TINY_LTX2, vae=tiny_ltx2.tiny_autoencoder)


PLAIN = Acceleration(precision="bfloat16")


def toy_scene() -> Scene:
    return gpu_bench._scenes(PAPERS, PAPERS.settings[0], TOY, CPU)[0]


def standing_still(tokens: Tokens, block: Block, at: tuple[int, int]) -> torch.Tensor:
    del block, at
    return torch.zeros_like(tokens.values_SC)


def lines_of(measured: Measured, *names: str) -> list[Line]:
    """The settings of these names, all but FP8 as a CPU can do them."""
    settings = tuple(
        setting if setting.name == "+ FP8" else replace(setting, how=PLAIN)
        for setting in measured.settings
        if setting.name in names
    )
    return list(measure(measured, settings, CPU, TOY))


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return lines_of(PAPERS, "bf16, 40 steps", "+ FP8", "+ cache", "+ head crop")


@pytest.fixture(scope="module")
def of_ltx2() -> list[Line]:
    return lines_of(LTX2, "bf16, 8 steps", "two passes, 8 + 3 steps", "+ FP8", "+ head crop")


def test_a_line_for_each_setting_with_its_times(lines: list[Line]) -> None:
    assert [line.setting.name for line in lines] == ["bf16, 40 steps", "+ FP8", "+ cache", "+ head crop"]
    done = [line for line in lines if not line.lack]
    assert all(line.denoising > 0 and line.autoencoder > 0 for line in done)


def test_the_other_renderer_is_measured_by_the_same(of_ltx2: list[Line]) -> None:
    names = [line.setting.name for line in of_ltx2]
    assert names == ["bf16, 8 steps", "two passes, 8 + 3 steps", "+ FP8", "+ head crop"]
    assert [bool(line.lack) for line in of_ltx2] == [False, False, True, False]
    assert all(line.denoising > 0 and line.autoencoder > 0 for line in of_ltx2 if not line.lack)


def test_a_first_pass_is_of_half_the_size() -> None:
    setting = next(each for each in LTX2.settings if each.small)
    scenes = gpu_bench._scenes(LTX2, setting, Clip(latents=3, full=(4, 5)), CPU)
    assert [scene.grid for scene in scenes] == [(2, 3), (4, 5)]
    assert (len(setting.small) - 1, len(setting.sigmas) - 1) == (8, 3)


def test_where_a_cache_is_assumed_every_other_still_evaluation_is_skipped(lines: list[Line]) -> None:
    cache = TeaCache(gpu_bench.SKIPPING, coefficients=(1.0,))
    gpu_bench._pass(toy_scene(), PAPERS.velocities(PLAIN, CPU)(TOY, cache), linear_quadratic())
    # 30 still steps: run, skip, ..., and the last one always runs.
    assert cache.skips == 14
    assert "every other of the still steps skipped: assumed" in as_markdown(PAPERS, lines, "toy", "abc")


@pytest.mark.parametrize(
    ("steps", "timed"), [(40, {0, 5, 6}), (8, {0, 1, 2}), (3, {0, 1, 2}), (2, {0, 1}), (1, {0})]
)
def test_a_shifted_step_and_two_still_ones_stand_for_the_others(steps: int, timed: set[int]) -> None:
    assert gpu_bench.sampled(steps) == timed


def test_an_estimate_has_each_step_at_the_cost_of_its_kind() -> None:
    watch = gpu_bench._Watch(velocity=standing_still, steps=40)
    watch.taken.update({0: 3.0, 5: 2.0, 6: 1.0})
    assert watch.estimate == 10 * 3.0 + 30 * 1.5


def test_steps_that_are_not_timed_are_not_evaluated() -> None:
    evaluated = []

    def counted(tokens: Tokens, block: Block, at: tuple[int, int]) -> torch.Tensor:
        evaluated.append(at[0])
        return standing_still(tokens, block, at)

    watch = gpu_bench._Watch(velocity=counted, steps=40)
    gpu_bench._pass(toy_scene(), watch, linear_quadratic())
    assert evaluated == sorted(watch.taken) == [0, 5, 6]


def test_what_takes_longer_than_is_asked_for_is_estimated_and_the_table_says_so() -> None:
    setting = replace(PAPERS.settings[0], how=PLAIN)
    (line,) = measure(PAPERS, (setting,), CPU, TOY, whole_below=0)
    assert line.denoising > 0
    assert "| 3 of 40 steps |" in as_markdown(PAPERS, [line], "toy", "abc")


def test_a_setting_that_the_machine_cannot_do_has_its_reason_in_the_table(lines: list[Line]) -> None:
    assert "fp8 needs a CUDA GPU" in lines[1].lack
    assert "| + FP8 | not run: precision=fp8 needs a CUDA GPU" in as_markdown(PAPERS, lines, "toy", "abc")


def test_a_setting_that_does_not_fit_is_left_out_and_the_next_one_measured() -> None:
    class Small(Ltx2):
        def velocities(self, how: Acceleration, device: torch.device) -> Velocities:
            if how.compile:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return super().velocities(how, device)

    small = Small(config=TINY_LTX2, vae=tiny_ltx2.tiny_autoencoder)
    first, second = small.settings[0], replace(small.settings[0], how=PLAIN)
    large = replace(first, how=replace(PLAIN, compile=True))
    found = [line.lack for line in measure(small, (large, second), CPU, TOY)]
    assert found == ["it takes more memory than there is", ""]


def test_the_table_says_when_where_and_of_what(lines: list[Line]) -> None:
    head = as_markdown(PAPERS, lines, "a card", "abc123").splitlines()[0]
    assert "a card" in head
    assert "commit abc123" in head
    assert "225 s on one H100" in head
    assert head[:3] == "202"


def test_a_line_that_there_is_not_is_said_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["gpu_bench", "--renderer", "ltx2", "--lines", "1", "7"])
    with pytest.raises(SystemExit):
        gpu_bench.main()
    assert "--lines: ltx2 has lines 1 to 6" in capsys.readouterr().err


@pytest.mark.parametrize("renderer", ["edityourself", "ltx2"])
def test_without_a_gpu_one_line_is_said_and_nothing_written(
    renderer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpu_bench.torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr("sys.argv", ["gpu_bench", "--renderer", renderer, "-o", str(tmp_path / "gpu.md")])
    gpu_bench.main()
    assert capsys.readouterr().out == "There is no CUDA GPU here: nothing was run, and nothing written.\n"
    assert list(tmp_path.iterdir()) == []


def test_the_clip_is_ten_seconds_of_1080p() -> None:
    clip = Clip()
    assert clip.frames == 241
    assert (clip.full[0] * 32, clip.full[1] * 32) == (1088, 1920)


@pytest.mark.parametrize("measured", [EditYourself(), Ltx2()], ids=["edityourself", "ltx2"])
def test_the_real_sizes_can_be_made_without_memory(measured: EditYourself | Ltx2) -> None:
    with torch.device("meta"):
        measured.transformer()
        vae = measured.vae()
    latents = vae.encode(torch.zeros(1, 3, 17, 64, 64, device="meta")).latent_dist.mode()
    assert latents.shape == (1, 128, 3, 2, 2)
