"""Ablations: trainings with one thing changed, what is kept of them, and what is said of their figures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_diffusion import tiny_transformer

from engine.errors import BadMedia
from engine.model.assembly import load_transformer
from engine.model.checkpoint import open_checkpoint
from engine.model.config import TINY
from engine.model.small_autoencoder import SmallAutoencoder, SmallConfig, load_small, save_small
from engine.training import drawn_set
from engine.training.ablation_course import open_course
from engine.training.ablation_lines import LINES, objective_measured, recipe_of
from engine.training.ablation_table import Asked, Figures, LineScore, Measured, as_markdown, scores
from engine.training.ablations import Ablations, Settings, main, run
from engine.training.autoencoder import fit_patches
from engine.training.clips import ClipPlan
from engine.training.config import RECIPES, told_of
from engine.training.result import write_result
from engine.training.small_model import save_base

PLAN = ClipPlan(seed=4, size=64, frames=17, each=4)
CLIPS = 8
SETTINGS = Settings(steps=2, seeds=1, clips=2)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `train_small` leaves it after stage 1, of hardly any clips and of random weights."""
    folder = tmp_path_factory.mktemp("course")
    torch.manual_seed(0)
    config = SmallConfig(channels=TINY.transformer.in_channels)
    patches = fit_patches(drawn_set.first_clips(PLAN, PLAN.each), config.channels, seed=0)
    save_small(SmallAutoencoder(config, patches), folder / "vae")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawn_set, "PER_FILE", CLIPS)
        drawn_set.draw_set(PLAN, CLIPS, load_small(folder / "vae"), folder / "clips")
    save_base(tiny_transformer(), TINY, folder, folder / "base" / "checkpoint")
    base = open_checkpoint(folder / "base" / "checkpoint")
    model = load_transformer(base, torch.float32, torch.device("cpu"))
    write_result(model, base, RECIPES["demo-stage-1"], folder / "stage-1", steps=1, latents=3)
    return folder


@pytest.fixture(scope="module")
def out(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where two lines of stage 1, and one of stage 2, have been run."""
    folder = tmp_path_factory.mktemp("ablations")
    run(course, folder, SETTINGS, only=("recipe", "mean-0", "stage-2"))
    return folder


def kept(out: Path, name: str) -> dict[str, object]:
    return dict(json.loads((out / f"{name}.json").read_bytes()))


# ------------------------------------------------------------------------------------ the course


def test_a_course_tells_how_its_clips_were_drawn_and_what_it_has_trained(course: Path) -> None:
    opened = open_course(course)
    assert (opened.plan, opened.count, sorted(opened.stages)) == (PLAN, CLIPS, ["base", "stage-1"])


@pytest.mark.parametrize("arguments", [[], ["--only", "stage-2"]])
def test_a_folder_that_is_no_course_is_one_line(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "nothing"), "-o", str(tmp_path / "out"), *arguments]) == 3
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "clips, vae, base/checkpoint" in told
    assert not (tmp_path / "out").exists()


def test_stage_2_is_not_begun_without_stage_1(course: Path, tmp_path: Path) -> None:
    for part in ("clips", "vae", "base"):
        (tmp_path / part).symlink_to(course / part)
    with pytest.raises(BadMedia, match="no stage-1/checkpoint yet, which stage-2 begins with"):
        run(tmp_path, tmp_path / "out", SETTINGS, only=("stage-2",))


def test_clips_cut_short_are_told(course: Path, tmp_path: Path) -> None:
    for part in ("vae", "base"):
        (tmp_path / part).symlink_to(course / part)
    (tmp_path / "clips").mkdir()
    whole = (course / "clips" / "drawn-00000.safetensors").read_bytes()
    (tmp_path / "clips" / "drawn-00000.safetensors").write_bytes(whole[:-100])
    with pytest.raises(BadMedia, match="no whole file of drawn clips"):
        open_course(tmp_path)


# ------------------------------------------------------------------------------------ the lines


@pytest.mark.parametrize("name", [name for name, line in LINES.items() if line.asked.against])
def test_a_line_differs_from_what_it_is_compared_with_in_one_thing(name: str) -> None:
    line = LINES[name]
    against = LINES[line.asked.against]
    changed, same = (told_of(recipe_of(of, 250, 1)) for of in (line, against))
    assert len(_differences(changed, same)) + (line.attuned != against.attuned) == 1


def _differences(one: dict[str, object], other: dict[str, object]) -> list[str]:
    found: list[str] = []
    for key, value in one.items():
        beside = other[key]
        if isinstance(value, dict) and isinstance(beside, dict):
            found += _differences(value, beside)
        elif value != beside:
            found.append(key)
    return found


def test_rates_are_led_down_over_the_same_part_of_a_shorter_training() -> None:
    full, short = RECIPES["demo-stage-1"], recipe_of(LINES["recipe"], 250, 0)
    assert short.optimiser.cooldown / short.steps == pytest.approx(
        full.optimiser.cooldown / full.steps, abs=1 / 250
    )


def test_all_lines_losses_are_by_one_objective() -> None:
    found = {
        objective_measured(line, recipe_of(line, 250, 0)).objective
        for line in LINES.values()
        if line.begins == "base"
    }
    assert found == {RECIPES["demo-stage-1"].objective}


# ------------------------------------------------------------------------------------ a run


def test_each_training_is_kept_with_its_figures(out: Path) -> None:
    for name in ("recipe-0", "mean-0-0", "stage-2-0"):
        figures = kept(out, name)["figures"]
        assert isinstance(figures, dict)
        assert -1 <= figures["lowest"] <= figures["r"] <= 1
        assert figures["psnr"] > 0
    assert kept(out, "recipe-0")["figures"] != kept(out, "mean-0-0")["figures"]


def test_nothing_else_is_left_of_trainings(out: Path) -> None:
    kept = ["ablations.json", "ablations.md", "mean-0-0.json", "recipe-0.json", "stage-2-0.json"]
    assert sorted(path.name for path in out.iterdir()) == kept


def test_a_run_that_was_stopped_trains_only_what_is_missing_and_finds_the_same(
    course: Path, out: Path
) -> None:
    before, told = kept(out, "mean-0-0"), list[str]()
    (out / "mean-0-0.json").unlink()
    whole = run(course, out, SETTINGS, only=("recipe", "mean-0"), say=told.append)
    assert [line for line in told if "seed" in line] == [told[-1]]
    assert told[-1].startswith("mean-0, seed 0: r ")
    assert kept(out, "mean-0-0") | {"seconds": 0} == before | {"seconds": 0}
    assert [line.line for line in whole.lines] == ["recipe", "mean-0", "stage-2"]


def test_a_finished_run_is_told_from_what_is_kept(
    course: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(course), "-o", str(out), "--steps", "2", "--seeds", "1", "--clips", "2"]
    assert main([*arguments, "--only", "recipe", "mean-0", "--json"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == json.loads((out / "ablations.json").read_bytes())
    assert shown.err == ""


def test_results_of_other_steps_are_not_mixed_in(course: Path, out: Path) -> None:
    with pytest.raises(BadMedia, match="is of other steps, clips or weights"):
        run(course, out, replace(SETTINGS, steps=3), only=("recipe",))


# ------------------------------------------------------------------------------------ what is said

ASKED = (
    Asked(line="recipe"),
    Asked(line="mean-0", ingredient="noise shift", against="recipe"),
    Asked(line="stage-2", figure="psnr"),
    Asked(line="stage-2-no-references", ingredient="references", against="stage-2", figure="psnr"),
)


def runs(line: str, *r: float | None, psnr: float = 20.0) -> list[Measured]:
    return [
        Measured(
            line=line,
            seed=seed,
            key="",
            steps=250,
            seconds=100,
            figures=None
            if value is None
            else Figures(r=value, lowest=value - 0.3, r_source=0.01, psnr=psnr + seed / 10, flow=0.5),
        )
        for seed, value in enumerate(r)
    ]


def of_mean_0(*measured: Measured) -> LineScore:
    return next(one for one in scores(ASKED, measured) if one.line == "mean-0")


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ((0.0, 0.04), "Noise shift helped: r 0.800 with it, r 0.020 without."),
        ((0.88, 0.9), "Noise shift hurt: r 0.800 with it, r 0.890 without."),
        ((0.70, 0.85), "made no difference beyond the spread over seeds"),
        ((0.8, 0.79), "made no difference beyond the spread over seeds"),
        ((0.7,), "one seed cannot tell"),
        ((None, 0.7), "Without noise shift 1 of 2 trainings gave a loss that is no number."),
    ],
)
def test_an_ingredient_is_said_to_have_helped_or_hurt_by_more_than_the_seeds_do(
    without: tuple[float | None, ...], said: str
) -> None:
    assert said in of_mean_0(*runs("recipe", 0.79, 0.81), *runs("mean-0", *without)).sentence


def test_differences_as_small_as_nobody_sees_are_none_however_alike_the_seeds() -> None:
    found = of_mean_0(*runs("recipe", 0.8, 0.8), *runs("mean-0", 0.795, 0.795))
    assert "made no difference" in found.sentence


def test_references_are_judged_by_the_mouths_picture() -> None:
    both = runs("stage-2", 0.5, 0.5, psnr=23), runs("stage-2-no-references", 0.9, 0.9, psnr=21)
    found = scores(ASKED, [*both[0], *both[1]])[1]
    assert found.sentence == "References helped: mouth PSNR 23.05 dB with it, mouth PSNR 21.05 dB without."
    assert found.difference == pytest.approx(-2)


def test_a_line_without_what_it_is_compared_with_says_so() -> None:
    found = of_mean_0(*runs("mean-0", 0.1, 0.2))
    assert "nothing is known yet of `recipe`" in found.sentence
    assert found.difference is None


def test_the_table_has_a_row_and_a_sentence_a_line() -> None:
    lines = scores(ASKED, [*runs("recipe", 0.79, 0.81), *runs("mean-0", 0.88, 0.9)])
    table = as_markdown(lines, clips=24)
    assert (
        "| `mean-0` | 0.890 | 0.880..0.900 | +0.090 | 0.580 | 0.010 | 20.05 | 0.5000 | 2 | 250 | 100 |"
        in table
    )
    assert "- `mean-0`: Noise shift hurt: r 0.800 with it, r 0.890 without." in table
    assert "with 2 seeds chance alone does that in 22 % of cases" in table


def test_ablations_are_written_as_they_are_returned(course: Path, out: Path) -> None:
    told = run(course, out, SETTINGS, only=("recipe",))
    assert isinstance(told, Ablations)
    assert (out / "ablations.md").read_text() == as_markdown(told.lines, clips=2)
