"""What is to be trained and how: recipes, from the package or from a file of one's own (JSON or TOML).

A file holds the fields of `Recipe`; those of `objective`, `objective.conditions` and `optimiser` lie in
tables of these names. What is left out has its default, a key that nobody knows is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_type_hints

import msgspec

from engine.training import objective, optimisers
from engine.training.errors import BadRecipe
from engine.training.objective import Objective
from engine.training.optimisers import OptimiserSettings
from engine.training.stages import RANK, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """`batch` clips a step. `rank` of the LoRA, where the stage has one. `tokens` of a crop of a clip that
    comes from shards, at most. ours: by default all that shards have of it, or half of it where identity
    references are to be taken from around the crop.

    ours: `average`, the decay of the mean weights (0: none), and `largest_gradient`, to whose norm gradients
    are cut (0: never), as is usual for transformers. `every` and `keep`: steps between two checkpoints, and
    how many stay; `validate` steps between two validations (0: none). `patience`: so many steps in a row may
    give no numbers; ours: 10, for one bad clip is skipped, and a broken model never mends. `guidance`: how
    far speech leads away from silence in validations, and for who renders with the result.
    """

    stage: Stage
    steps: int
    seed: int = 0
    batch: int = 4
    tokens: int = 0
    rank: int = RANK
    objective: Objective = field(default_factory=Objective)
    optimiser: OptimiserSettings = field(default_factory=OptimiserSettings)
    average: float = 0.999
    largest_gradient: float = 1.0
    precision: Literal["float32", "bfloat16"] = "float32"
    gradient_checkpointing: bool = False
    every: int = 500
    keep: int = 2
    validate: int = 0
    patience: int = 10
    guidance: float = 1.0

    def __post_init__(self) -> None:
        """Raises BadRecipe."""
        for name in ("steps", "batch", "rank", "every", "keep", "patience"):
            if getattr(self, name) < 1:
                raise BadRecipe(f"`{name}` is {getattr(self, name)}, and must be at least 1")
        if self.guidance <= 0:
            raise BadRecipe(f"`guidance` is {self.guidance}, and must be above 0")
        if self.tokens < 0:
            raise BadRecipe(f"`tokens` is {self.tokens}, and cannot be below 0")
        if self.objective.candidates < 1:
            raise BadRecipe(f"`objective.candidates` is {self.objective.candidates}, and must be at least 1")
        for name, chance in asdict(self.objective.conditions).items():
            if not 0 <= chance <= 1:
                raise BadRecipe(f"`objective.conditions.{name}` is {chance}, and is a probability")
        if not 0 <= self.average < 1:
            raise BadRecipe(f"`average` is {self.average}, and must be at least 0 and below 1")
        if self.stage == "audio" and self.objective.conditions.audio < 1:
            raise BadRecipe("`objective.conditions.audio` is below 1: without audio, stage 1 trains nothing")


def _small(
    stage: Stage, steps: int, conditions: objective.Conditions, *, adamw: float, muon: float, cooldown: int
) -> Recipe:
    """ours: what trains the small model from nothing in two hours of two cores.

    One noise level for all of a clip: with one a token a small base never sees a mouth that is all noise, and
    smears it. Footage is always there, since the small model makes mouths alone; the first frame is given in
    half of the clips only, since whole clips are dubbed too. Without guidance mouths open half as wide as
    they should.
    """
    return Recipe(
        stage=stage,
        steps=steps,
        batch=16,
        rank=64,
        objective=Objective(conditions=conditions, level_of="sample"),
        optimiser=OptimiserSettings(adamw_lr=adamw, muon_lr=muon, warmup=50, cooldown=cooldown),
        average=0.99,
        precision="bfloat16",
        every=250,
        validate=500,
        guidance=2.0,
    )


_SMALL = objective.Conditions(first_frame=0.5, footage=1.0)

# The paper's, on LTX-Video 0.9.7 13B. ours: what it does not say, see `Recipe`; gradient checkpointing,
# without which 13 billion parameters and 0.25-2 megapixels do not fit a GPU.
RECIPES: Mapping[str, Recipe] = {
    "edityourself-13b-stage-1": Recipe(
        stage="audio",
        steps=20_000,
        objective=Objective(conditions=objective.STAGE_1),
        optimiser=optimisers.STAGE_1,
        precision="bfloat16",
        gradient_checkpointing=True,
        validate=1000,
    ),
    "edityourself-13b-stage-2": Recipe(
        stage="lora",
        steps=10_000,
        objective=Objective(conditions=objective.STAGE_2),
        optimiser=optimisers.STAGE_2,
        precision="bfloat16",
        gradient_checkpointing=True,
        validate=1000,
    ),
    "demo-base": _small("base", 1500, replace(_SMALL, audio=0.0), adamw=1e-3, muon=2e-2, cooldown=600),
    "demo-stage-1": _small("audio", 900, _SMALL, adamw=3e-3, muon=1e-2, cooldown=600),
    "demo-stage-2": _small(
        "lora", 2750, replace(_SMALL, audio=0.95, identity=0.15), adamw=2e-3, muon=1.5e-2, cooldown=1750
    ),
}


def recipe(name: str) -> Recipe:
    """The package's recipe of this name, or the one in this file. Raises BadRecipe."""
    return RECIPES[name] if name in RECIPES else read_recipe(Path(name))


def read_recipe(path: Path) -> Recipe:
    """Raises BadRecipe."""
    decode = {".json": msgspec.json.decode, ".toml": msgspec.toml.decode}.get(path.suffix.lower())
    if decode is None:
        known = ", ".join(RECIPES)
        raise BadRecipe(f"{path} is neither a recipe's name ({known}) nor a .json or .toml file")
    try:
        return recipe_of(decode(path.read_bytes()))
    except OSError as error:
        raise BadRecipe(f"{path} cannot be read: {error.strerror}") from error
    except (BadRecipe, ValueError) as error:
        raise BadRecipe(f"{path}: {error}") from error


def recipe_of(told: object) -> Recipe:
    """Of a mapping, as files hold it. Raises BadRecipe, with the name of the key that is at fault."""
    if unknown := _unknown(told, Recipe):
        raise BadRecipe(f"nobody knows the key {', '.join(f'`{key}`' for key in unknown)}: is it misspelt?")
    try:
        return msgspec.convert(told, Recipe)
    except msgspec.ValidationError as error:
        raise BadRecipe(str(error)) from error


def told_of(made: Recipe) -> dict[str, Any]:
    """`recipe_of`, the other way round."""
    told: dict[str, Any] = msgspec.to_builtins(made)
    if not made.tokens:  # trainings that began before there were crops go on
        del told["tokens"]
    return told


def _unknown(told: object, kind: Any, above: str = "") -> list[str]:
    """Keys that are no fields, in tables too."""
    if not isinstance(told, dict) or not is_dataclass(kind):
        return []
    hints = get_type_hints(kind)
    known = {one.name for one in fields(kind)}
    unknown: list[str] = []
    for key, value in told.items():
        unknown += _unknown(value, hints[key], f"{above}{key}.") if key in known else [f"{above}{key}"]
    return unknown
