"""A folder of LTX-2's weights, opened: which version, whole or not, of which licence. No torch here.

transformer/            as diffusers saves it; its config.json tells the version
vae/  audio_vae/        pictures and sound to latents
scheduler/              tells whether the model is distilled
latent_upsampler/       optional: two passes
text_encoder/ tokenizer/ connectors/    for prompts: Gemma, and what makes of its words what the model reads
prompt.safetensors      the default prompt as the model reads it; with it the three are optional
pulled.json             what was fetched from a hub, of which revision: see `engine.model.pulled`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.errors import BadCheckpoint, MissingModel
from engine.model.checkpoint import PROMPT
from engine.model.installed import existing_folder, how_to_complete
from engine.model.ltx2.config import KIND, Ltx2Config, Version
from engine.model.pulled import licence_of, revision_of
from engine.model.weights import SUFFIX
from engine.model.weights_folder import (
    TEXT_ENCODER,
    combined_sha256,
    parameters_in,
    read_json,
    refuse_another_model,
    refuse_another_part,
    refuse_pickles,
    there,
    weights_of,
)

SCHEDULER, UPSAMPLER, TOKENIZER, CONNECTORS = "scheduler", "latent_upsampler", "tokenizer", "connectors"
NEEDED = ("transformer", "vae", "audio_vae")
PARTS = (*NEEDED, SCHEDULER, UPSAMPLER, TEXT_ENCODER, TOKENIZER, CONNECTORS)

_CLASSES = {  # diffusers', of what config.json of a part says
    "transformer": KIND,
    "vae": "AutoencoderKLLTX2Video",
    "audio_vae": "AutoencoderKLLTX2Audio",
    UPSAMPLER: "LTX2LatentUpsamplerModel",
    CONNECTORS: "LTX2TextConnectors",
}
# LTX-2.5 reads with a Gemma 4 that its authors trained on. Both have as many layers, as wide: nothing else
# would tell that they were mixed up.
_READERS: Mapping[Version, str] = {"2.0": "gemma3", "2.3": "gemma3", "2.5": "gemma4"}
_PUBLISHED_LICENCES: Mapping[Version, str] = {
    "2.0": "LTX-2 Community License Agreement",
    "2.3": "LTX-2 Community License Agreement",
    "2.5": "LTX-2.x Community License Agreement",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ltx2Checkpoint:
    """An opened folder: every path in it is there, and whole as far as its header tells.

    `distilled`: made for few steps and no guidance. `licence`: of the weights. `revision`: OWNER/NAME@COMMIT
    of the hub that they were fetched from, empty where nothing tells; `sha256` is known always.
    """

    name: str
    folder: Path
    version: Version
    distilled: bool
    config: Ltx2Config
    upsampler: Path | None
    text_encoder: Path | None
    prompt: Path | None
    licence: str
    revision: str
    warnings: tuple[str, ...] = ()

    # What other checkpoints tell of their audio weights. These are of the model itself, and public.
    audio_trained = True
    knows_references = False  # no identity references were in its training
    audio_guidance = 1.0
    block_width: int | None = None
    spatial = 32
    temporal = 8

    @property
    def transformer(self) -> Path:
        return self.folder / "transformer"

    @property
    def vae(self) -> Path:
        return self.folder / "vae"

    @property
    def audio_vae(self) -> Path:
        return self.folder / "audio_vae"

    @property
    def connectors(self) -> Path:
        return self.folder / "connectors"

    @property
    def files(self) -> tuple[Path, ...]:
        """What decides how things look: weights and configs of all parts, and the prompt."""
        found = [
            path
            for part in PARTS
            for path in (self.folder / part).glob("*")
            if path.suffix == ".json" and not path.name.endswith(".index.json")
        ]
        found += [path for part in self._with_weights for path in weights_of(part)]
        return tuple(sorted(found + ([] if self.prompt is None else [self.prompt])))

    @property
    def beside(self) -> int:
        """Parameters of what lies on the device with the transformer: the autoencoders, and the upsampler."""
        parts = (self.vae, self.audio_vae, self.upsampler)
        return sum(parameters_in(weights_of(part)) for part in parts if part is not None)

    @property
    def _with_weights(self) -> tuple[Path, ...]:
        parts = (*NEEDED, UPSAMPLER, *((TEXT_ENCODER, CONNECTORS) if self.text_encoder is not None else ()))
        return tuple(self.folder / part for part in parts if (self.folder / part).is_dir())

    @property
    def sha256(self) -> str:
        """Of all files that decide what is rendered, by their names. Measured once a file (see `weights`)."""
        return combined_sha256({path.relative_to(self.folder).as_posix(): path for path in self.files})


def open_ltx2(name: str | Path) -> Ltx2Checkpoint:
    """The checkpoint of this name among the installed ones, or in this folder. Fast: weights are not read.

    Raises MissingModel (not here, or parts of it), BadCheckpoint (damaged, or another model),
    PickledCheckpoint (some of its files are pickles).
    """
    folder = existing_folder(str(name))
    refuse_pickles(folder, PARTS)
    config = _config(folder)
    upsampler = there(folder / UPSAMPLER)
    for part in (*NEEDED, *((UPSAMPLER,) if upsampler else ())):
        refuse_another_part(folder / part, _CLASSES[part])
        weights_of(folder / part)
    if _reads_prompts(folder):
        _refuse_another_reader(folder, config.version)
    return Ltx2Checkpoint(
        name=folder.name,
        folder=folder,
        version=config.version,
        distilled=_distilled(folder, config.version),
        config=config,
        upsampler=upsampler,
        text_encoder=there(folder / TEXT_ENCODER),
        prompt=there(folder / PROMPT),
        licence=licence_of(folder, _PUBLISHED_LICENCES[config.version]),
        revision=revision_of(folder),
    )


def _reads_prompts(folder: Path) -> bool:
    """Whether it has, or has to have, what prompts are read with."""
    return (folder / TEXT_ENCODER).is_dir() or not (folder / PROMPT).is_file()


def _refuse_another_reader(folder: Path, version: Version) -> None:
    """Raises MissingModel, BadCheckpoint where the folder cannot read prompts as this version does."""
    refuse_another_part(folder / CONNECTORS, _CLASSES[CONNECTORS])
    refuse_another_part(folder / TEXT_ENCODER, "")
    for part in (CONNECTORS, TEXT_ENCODER):
        weights_of(folder / part)
    kind = str(read_json(folder / TEXT_ENCODER / "config.json").get("model_type"))
    if not kind.startswith(_READERS[version]):
        raise BadCheckpoint(
            f"{folder / TEXT_ENCODER} is of {kind}, and LTX-{version} reads prompts with its own"
            f" {_READERS[version]}. The folder's files do not belong together"
        )
    if not (folder / TOKENIZER / "tokenizer_config.json").is_file():
        raise MissingModel(
            f"{folder} has no {TOKENIZER}/ with tokenizer_config.json: {how_to_complete(folder)}"
        )


def _config(folder: Path) -> Ltx2Config:
    """Raises MissingModel, BadCheckpoint (another model, which it names)."""
    path = folder / "transformer" / "config.json"
    if not path.is_file():
        single = sorted(at.name for at in folder.glob(f"*{SUFFIX}") if at.name != PROMPT)
        if single:
            raise BadCheckpoint(
                f"{folder} holds {single[0]}, and no transformer/: LTX-2 is read as diffusers saves it, in"
                " folders. Fetch it so with `pickup models pull ltx2.3-distilled`"
            )
        raise MissingModel(
            f"{folder} has no transformer/ with config.json and weights: {how_to_complete(folder)}"
        )
    refuse_another_model(folder, "LTX-2", {KIND})
    try:
        return msgspec.convert(read_json(path), Ltx2Config)
    except msgspec.ValidationError as error:
        raise BadCheckpoint(f"{path} does not tell the model's sizes: {error}") from error


def _distilled(folder: Path, version: Version) -> bool:
    """A distilled model's sigmas are given, and not shifted by the picture's size.

    2.5 is published distilled, its full model in a folder of another name (transformer_full/).
    """
    if version == "2.5":
        return True
    path = folder / SCHEDULER / "scheduler_config.json"
    if not path.is_file():
        raise MissingModel(
            f"{folder} has no {SCHEDULER}/scheduler_config.json, which tells whether the model is distilled:"
            f" {how_to_complete(folder)}"
        )
    return not read_json(path).get("use_dynamic_shifting", False)
