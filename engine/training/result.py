"""What a training leaves: a checkpoint's folder, the trained weights beside links to the base's files."""

from __future__ import annotations

from pathlib import Path

import msgspec
from safetensors import SafetensorError

from engine.diffusion.blocks import WIDTH
from engine.model.assembly import new_card
from engine.model.catalogue import CATALOGUE
from engine.model.checkpoint import AUDIO, CARD, FOLDERS, LORA, Checkpoint
from engine.model.transformer import EditYourselfTransformer
from engine.training.config import Recipe
from engine.training.snapshots import unwritten
from engine.training.stages import save_trained

FOLDER = "checkpoint"


def write_result(
    model: EditYourselfTransformer, base: Checkpoint, recipe: Recipe, out: Path, *, steps: int, latents: int
) -> Path:
    """The folder: any command takes it as its --model, and stage 2 as what it begins --from.

    `latents`: of the longest clip. The paper trains on 16 and denoises 17 together; ours: so does this.

    Raises DiskFull, RenderFailed.
    """
    folder = out / FOLDER
    earlier = base.card.steps if base.card is not None else 0
    card = new_card(
        base.config,
        base=base.card.base if base.card is not None else base.name,
        steps=earlier + steps,
        licence=_licence(base),
        latents=min(WIDTH, latents + 1),
        references=recipe.objective.conditions.identity > 0 or base.knows_references,
    )
    card = msgspec.structs.replace(card, guidance=recipe.guidance)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_trained(model, folder, card)
        _link(base, folder)
    except (OSError, SafetensorError) as error:
        raise unwritten(folder, error) from error
    return folder


def _licence(base: Checkpoint) -> str:
    """ours: what is trained on a base may be used as the base may."""
    if base.card is not None:
        return base.card.licence
    return next((entry.licence for entry in CATALOGUE if entry.name == base.name), f"that of {base.name}")


def _link(base: Checkpoint, folder: Path) -> None:
    """The base's files, which are large, stay where they are. Raises OSError."""
    for path in base.folder.iterdir():
        of_base = path.name in FOLDERS if path.is_dir() else path.suffix == ".safetensors"
        ours = folder / path.name
        if of_base and path.name not in {AUDIO, CARD, LORA} and not ours.exists():
            ours.unlink(missing_ok=True)  # a link to what is not there any more
            ours.symlink_to(path.resolve(), target_is_directory=path.is_dir())
