"""The ablations: recipes of the package, shorter, each with one thing changed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from engine.training.ablation_table import Asked
from engine.training.config import RECIPES, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A recipe of the package with one thing changed, trained from a stage's checkpoint of the course.

    `attuned`: where the audio layers are new, what they hear with is attuned first, as the course does it.
    """

    asked: Asked
    recipe: str = "demo-stage-1"
    begins: str = "base"
    change: Callable[[Recipe], Recipe] = field(default=lambda recipe: recipe)
    attuned: bool = True


def _line(name: str, ingredient: str, change: Callable[[Recipe], Recipe]) -> Line:
    return Line(asked=Asked(line=name, ingredient=ingredient, against="recipe"), change=change)


def _adamw(recipe: Recipe) -> Recipe:
    # ours: matrices at the rate of the rest.
    return replace(recipe, optimiser=replace(recipe.optimiser, matrices="adamw"))


def _without_references(recipe: Recipe) -> Recipe:
    conditions = replace(recipe.objective.conditions, identity=0.0)
    return replace(recipe, objective=replace(recipe.objective, conditions=conditions))


_ALL = (
    Line(asked=Asked(line="recipe")),
    _line("adamw", "Muon for matrices instead of AdamW", _adamw),
    _line(
        "mean-0",
        "noise shifted to a mean of 2.05 instead of 0",
        lambda recipe: replace(recipe, objective=replace(recipe.objective, mean=0.0)),
    ),
    _line(
        "plain-noise",
        "immiscible noise",
        lambda recipe: replace(recipe, objective=replace(recipe.objective, candidates=1)),
    ),
    _line(
        "no-contrast",
        "contrastive flow matching",
        lambda recipe: replace(recipe, objective=replace(recipe.objective, contrast=0.0)),
    ),
    _line(
        "level-per-token",
        "one noise level for a clip instead of each token's own",
        lambda recipe: replace(recipe, objective=replace(recipe.objective, level_of="token")),
    ),
    Line(
        asked=Asked(line="untuned", ingredient="hearing attuned to the clips", against="recipe"),
        attuned=False,
    ),
    Line(asked=Asked(line="stage-2", figure="psnr"), recipe="demo-stage-2", begins="stage-1"),
    # References are for identity and not for lip-sync: they tell in what the mouth looks like.
    Line(
        asked=Asked(
            line="stage-2-no-references", ingredient="identity references", against="stage-2", figure="psnr"
        ),
        recipe="demo-stage-2",
        begins="stage-1",
        change=_without_references,
    ),
)
LINES: Mapping[str, Line] = {line.asked.line: line for line in _ALL}


def recipe_of(line: Line, steps: int, seed: int) -> Recipe:
    """The line's, of so many steps: with the part of them that the rates are led down in."""
    full = RECIPES[line.recipe]
    cooldown = full.optimiser.cooldown * steps // full.steps
    shorter = replace(
        full,
        steps=steps,
        seed=seed,
        optimiser=replace(full.optimiser, cooldown=cooldown),
        every=steps,
        keep=1,
        validate=steps,
    )
    return line.change(shorter)


def objective_measured(line: Line, recipe: Recipe) -> Recipe:
    """What the loss of a line's model is measured by: the unchanged objective, else losses would tell of the
    objectives. Whether references are given is as it was trained.
    """
    same = RECIPES[line.recipe].objective
    conditions = replace(same.conditions, identity=recipe.objective.conditions.identity)
    return replace(recipe, objective=replace(same, conditions=conditions))
