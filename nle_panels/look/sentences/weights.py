"""Weights: where they are, whether they are whole, and whose."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

WEIGHTS: tuple[object | tuple[str, object], ...] = (
    # whether they are here
    QT_TRANSLATE_NOOP(
        "sentences",
        "the checkpoint {name} is not on this machine: `pickup models pull {wanted}`, or put its files "
        "into {folder}",
    ),
    QT_TRANSLATE_NOOP("sentences", "{folder} is a file: name the folder that holds it and vae/"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} is not there, and should be: it is a part of Pickup. Install it again",
    ),
    QT_TRANSLATE_NOOP("sentences", "{folder} has no transformer/ with config.json: {hint}"),
    QT_TRANSLATE_NOOP("sentences", "{folder} has no {part}/ with config.json and weights: {hint}"),
    QT_TRANSLATE_NOOP("sentences", "{folder} has no {part}/ with tokenizer_config.json: {hint}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} has no {part}/scheduler_config.json, which tells whether the model is distilled: {hint}",
    ),
    QT_TRANSLATE_NOOP("sentences", "{part} has no {suffix} weights: {hint}"),
    QT_TRANSLATE_NOOP("sentences", "{part} lacks {files} ({amount}): {hint}"),
    QT_TRANSLATE_NOOP("sentences", "{part} lacks {files}: {hint}"),
    QT_TRANSLATE_NOOP("sentences", "{amount}, {size} of {most} GB"),
    QT_TRANSLATE_NOOP("sentences", "{count} of {total} files"),
    QT_TRANSLATE_NOOP("sentences", "{files} and {count} more"),
    QT_TRANSLATE_NOOP("sentences", "`pickup models pull {name}` goes on where it stopped"),
    QT_TRANSLATE_NOOP("sentences", "copy it there whole"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} has neither transformer/ nor one file of base weights beside it (found: {found})",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} holds {file}, and no transformer/: LTX-2 is read as diffusers saves it, in folders. "
        "Fetch it so with `pickup models pull ltx2.3-distilled`",
    ),
    # whether they are whole, and safe to open
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} is a pickle, which can run any program when it is opened: only .safetensors weights "
        "are read. Delete it, and put the same weights as safetensors in its place",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} begins with {many} bytes of names, and no known weights need more than {most}: fetch "
        "it again",
    ),
    QT_TRANSLATE_NOOP("sentences", "{path} is not a whole safetensors file: fetch it again"),
    QT_TRANSLATE_NOOP("sentences", "{path} has {size} bytes and should have {end}: fetch it again"),
    QT_TRANSLATE_NOOP("sentences", "{path} is not an index of weights: fetch it again"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} names {name}, which is no {suffix} file beside it: fetch it again",
    ),
    QT_TRANSLATE_NOOP("sentences", "{path} names no file: fetch it again"),
    QT_TRANSLATE_NOOP("sentences", "{path} is not a description in JSON: fetch it again"),
    QT_TRANSLATE_NOOP("sentences", "{problem} (delete it, then `pickup models pull {name}`)"),
    # whose they are, and whether they belong together
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} is not {wanted}: its transformer/ is of {what}. Name another folder",
    ),
    (
        "LTX-Video, which --renderer edityourself takes",
        QT_TRANSLATE_NOOP(
            "sentences",
            "LTX-Video, which the renderer edityourself takes",
        ),
    ),
    (
        "a model of --renderer edityourself or demo",
        QT_TRANSLATE_NOOP(
            "sentences",
            "a model of the renderer edityourself or demo",
        ),
    ),
    (
        "LTX-2, which --renderer ltx2 takes",
        QT_TRANSLATE_NOOP(
            "sentences",
            "LTX-2, which the renderer ltx2 takes",
        ),
    ),
    QT_TRANSLATE_NOOP("sentences", "no model"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{part} is of {kind}, and should be of {wanted}. The folder's files do not belong together",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{part} is of {kind}, and LTX-{version} reads prompts with its own {reader}. The folder's "
        "files do not belong together",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} gives latents of {channels} channels, and the transformer beside it reads {wanted}. "
        "Its files do not belong together",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} gives tokens of {channels} channels, and the transformer beside it reads {wanted}. "
        "Its files do not belong together",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} says that a latent is {width} pixels wide and {frames} frames long; LTX's are {wide} "
        "and {long}. Fetch its config.json again",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} has weights of other sizes: {files}. Its files do not belong together",
    ),
    QT_TRANSLATE_NOOP("sentences", "{folder} has no weights for: {files}. Its files do not belong together"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} has weights that this model does not: {files}. Its files do not belong together",
    ),
    QT_TRANSLATE_NOOP("sentences", "{folder} does not belong to its config.json: {files}"),
    QT_TRANSLATE_NOOP("sentences", "{path} does not belong to this model: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{path} describes no model: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{folder} cannot be loaded: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{path} does not tell the model's sizes: {why} is amiss"),
    QT_TRANSLATE_NOOP("sentences", "{path} does not tell the model's sizes: {why}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the audio autoencoder has {name} {found}, and LTX-2.0 to 2.5 have {known}: audio_vae/ is of "
        "another model. Fetch it again",
    ),
    QT_TRANSLATE_NOOP("sentences", "{upsampler} is of LTX-Video's latents, and {vae} is not"),
    QT_TRANSLATE_NOOP("sentences", "{path} is not of the shape that {name} says"),
    QT_TRANSLATE_NOOP("sentences", "{path} does not describe a {small}: {why}"),
    QT_TRANSLATE_NOOP("sentences", "there is no {small} in {folder}: {why}"),
    QT_TRANSLATE_NOOP("sentences", "small autoencoder"),
    QT_TRANSLATE_NOOP("sentences", "small speech encoder"),
    # trained audio weights
    QT_TRANSLATE_NOOP("sentences", "{path} has no {card} beside it, which tells what it is"),
    QT_TRANSLATE_NOOP("sentences", "{path} does not describe audio weights: {why}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} is not the file that {card} describes: its sha256 is {measured}, and should be "
        "{wanted}. Fetch both again",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} gives {layers} layers of {channels} channels, and {name} reads {wanted} of {width}: it "
        "is another model's",
    ),
    QT_TRANSLATE_NOOP("sentences", "{path} is silent: its output projections are zero, as before training"),
    QT_TRANSLATE_NOOP("sentences", "{path} was never trained: {card} gives {steps} steps"),
    # as `pickup models list` tells of them
    QT_TRANSLATE_NOOP("sentences", "LTX-{version}, {made}, {passes}"),
    QT_TRANSLATE_NOOP("sentences", "one pass"),
    QT_TRANSLATE_NOOP("sentences", "two passes"),
    QT_TRANSLATE_NOOP("sentences", "distilled"),
    QT_TRANSLATE_NOOP("sentences", "for guidance"),
    QT_TRANSLATE_NOOP("sentences", "audio trained"),
    QT_TRANSLATE_NOOP("sentences", "no audio weights"),
    QT_TRANSLATE_NOOP("sentences", "LTX-Video Open Weights License: read it on the hub"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "LTX-2.x Community License: free below 10 M USD of revenue; read it on the hub",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "LTX-2 Community License: free below 10 M USD of revenue; read it on the hub",
    ),
)
