"""Recipes: the paper's in the package, and files of one's own, refused by the key that is at fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.training.config import RECIPES, Recipe, read_recipe, recipe, recipe_of, told_of
from engine.training.errors import BadRecipe
from engine.training.objective import Conditions

TOML = """
stage = "lora"
steps = 3000
batch = 16

[objective]
contrast = 0

[objective.conditions]
audio = 0.9
identity = 0.5

[optimiser]
matrices = "adamw"
adamw_lr = 1e-3
"""


@pytest.mark.parametrize(
    ("name", "stage", "steps", "conditions", "rates"),
    [
        ("edityourself-13b-stage-1", "audio", 20_000, (1.0, 0.9, 0.9, 0.0), (1e-5, 1e-3)),
        ("edityourself-13b-stage-2", "lora", 10_000, (0.9, 0.9, 0.9, 0.5), (1e-4, 1e-2)),
    ],
)
def test_the_papers_recipes(
    name: str, stage: str, steps: int, conditions: tuple[float, ...], rates: tuple[float, float]
) -> None:
    made = recipe(name)
    given = made.objective.conditions
    assert (made.stage, made.steps, made.rank, made.batch) == (stage, steps, 128, 4)
    assert (given.audio, given.first_frame, given.footage, given.identity) == conditions
    assert (made.optimiser.adamw_lr, made.optimiser.muon_lr) == rates
    assert (made.objective.mean, made.objective.candidates, made.objective.contrast) == (2.05, 4, 0.05)


def test_a_file_changes_what_it_names_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TOML)
    made = read_recipe(path)
    assert (made.stage, made.steps, made.batch) == ("lora", 3000, 16)
    assert made.objective.contrast == 0
    assert made.objective.mean == 2.05
    assert made.objective.conditions == Conditions(audio=0.9, identity=0.5)
    assert (made.optimiser.matrices, made.optimiser.muon_lr) == ("adamw", 1e-3)


def test_json_does_as_well(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text('{"stage": "audio", "steps": 5, "optimiser": {"warmup": 2}}')
    assert read_recipe(path).optimiser.warmup == 2


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_told_is_the_recipe(name: str) -> None:
    assert recipe_of(told_of(RECIPES[name])) == RECIPES[name]


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"stpes": 5}, "nobody knows the key `stpes`"),
        ({"objective": {"conditions": {"vodka": 1}}}, "`objective.conditions.vodka`"),
        ({"optimiser": {"lr": 1}}, "`optimiser.lr`"),
        ({"steps": "many"}, r"Expected `int`, got `str` - at `\$.steps`"),
        ({"stage": "third"}, r"Invalid enum value 'third' - at `\$.stage`"),
        ({"steps": 0}, "`steps` is 0, and must be at least 1"),
        ({"average": 1.0}, "`average` is 1.0"),
        ({"guidance": 0.0}, "`guidance` is 0.0"),
        ({"objective": {"conditions": {"identity": 1.5}}}, "`objective.conditions.identity` is 1.5"),
        ({"objective": {"conditions": {"audio": 0.9}}}, "without audio, stage 1 trains nothing"),
        ({"objective": {"candidates": 0}}, "`objective.candidates` is 0"),
    ],
)
def test_what_is_amiss_is_named(told: dict[str, object], fault: str) -> None:
    with pytest.raises(BadRecipe, match=fault):
        recipe_of({"stage": "audio", "steps": 5} | told)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(BadRecipe, match="missing required field `steps`"):
        recipe_of({"stage": "audio"})


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("mine.toml", "stage = ", "mine.toml"),
        ("mine.json", "{", "mine.json"),
        ("mine.json", "[1]", "mine.json"),
        ("mine.yaml", "", r"neither a recipe's name \(edityourself-13b-stage-1"),
        ("mine.json", None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_is_no_recipe_is_named(
    name: str, content: str | None, fault: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadRecipe, match=fault):
        recipe(str(path))


def test_a_recipe_is_frozen() -> None:
    with pytest.raises(AttributeError):
        Recipe(stage="audio", steps=1).steps = 2  # type: ignore[misc]
