"""Models at work: what they need, take and refuse, and what is to be known of their takes."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

MODELS: tuple[object | tuple[str, object], ...] = (
    # what a setting needs
    QT_TRANSLATE_NOOP("sentences", "{setting} needs {what}; here: {card}"),
    QT_TRANSLATE_NOOP("sentences", "a GPU from Ampere on"),
    QT_TRANSLATE_NOOP("sentences", "a CUDA GPU with FP8 arithmetic (Ada, Hopper or later)"),
    QT_TRANSLATE_NOOP("sentences", "torchao: pip install torchao"),
    QT_TRANSLATE_NOOP("sentences", "triton: pip install triton"),
    QT_TRANSLATE_NOOP("sentences", "a C++ compiler"),
    QT_TRANSLATE_NOOP("sentences", "a CUDA GPU"),
    QT_TRANSLATE_NOOP("sentences", "to be one of: {names}"),
    QT_TRANSLATE_NOOP("sentences", "the package {package}"),
    QT_TRANSLATE_NOOP("sentences", "{count} CUDA GPUs"),
    QT_TRANSLATE_NOOP("sentences", "CUDA GPUs and, for attention, one of: {names}"),
    QT_TRANSLATE_NOOP("sentences", "fp8 and offload do not go together; FP8 alone halves the memory"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "Ring attention needs a GPU and attention kernels that return the log-sum-exp; {name} on "
        "{device} does not. Use Ulysses, or one of: {names}",
    ),
    QT_TRANSLATE_NOOP("sentences", "the {heads} heads of {name} do not divide by ulysses={gpus}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "a process that shares the render with this one has ended: the engine's log says why; it may "
        "be memory: set ulysses=1 and ring=1, or precision=fp8",
    ),
    # memory
    QT_TRANSLATE_NOOP("sentences", "the model's weights take {size} and the GPU has {free} free: {hint}"),
    (
        "set {setting} ({size}), or end what else uses it",
        QT_TRANSLATE_NOOP(
            "sentences",
            "choose {setting} ({size}) in the renderer's settings, or end what else uses the GPU",
        ),
    ),
    (
        "end what else uses it, or use a smaller model",
        QT_TRANSLATE_NOOP(
            "sentences",
            "end what else uses the GPU, or use a smaller model",
        ),
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{what} take {size} of main memory and {free} are free: close programs, or use a smaller model",
    ),
    QT_TRANSLATE_NOOP("sentences", "the model's weights"),
    QT_TRANSLATE_NOOP("sentences", "the weights of {folder}, which reads the prompt,"),
    (
        "{what} does not fit into this device's memory: set precision=fp8 or offload=true, or work on "
        "less of the picture or of the clip (--region, a shorter edit)",
        QT_TRANSLATE_NOOP(
            "sentences",
            "{what} does not fit into the GPU's memory: choose FP8 or main memory in the renderer's "
            "settings, or work on less of the picture or of the clip (the region, a shorter edit)",
        ),
    ),
    QT_TRANSLATE_NOOP("sentences", "the work"),
    (
        "the model gave no numbers (NaN) at step {step} of {steps}: its weights or its precision are "
        "at fault; try --set precision=float32",
        QT_TRANSLATE_NOOP(
            "sentences",
            "the model gave no numbers (NaN) at step {step} of {steps}: its weights or its precision "
            "are at fault; try float32 in the renderer's settings",
        ),
    ),
    # prompts, and the second pass
    QT_TRANSLATE_NOOP("sentences", "text_encoder/ and tokenizer/ in {folder} cannot be loaded: {why}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} holds no prompt of LTX-{version}: it should have {names} of one length, {width} and "
        "{other} wide",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} holds no prompt: it should have {values} and {mask} of one length",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} has no text_encoder/ to read the prompt {text} with: copy text_encoder/ and "
        "tokenizer/ there, or leave prompt and guidance as they are",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} has neither {prompt} nor text_encoder/: `pickup models pull {name}`",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} has no text_encoder/ to read the prompt with: leave the prompt out, or copy "
        "text_encoder/ and tokenizer/ there",
    ),
    (
        "{folder} has no text_encoder/ to read the empty prompt with, which guidance leads away from: "
        "set guidance=1, or copy text_encoder/ and tokenizer/ there",
        QT_TRANSLATE_NOOP(
            "sentences",
            "{folder} has no text_encoder/ to read the empty prompt with, which guidance leads away "
            "from: choose no leading by the words, or copy text_encoder/ and tokenizer/ there",
        ),
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{folder} has no latent_upsampler/ for a second pass: set passes=1, or copy it there",
    ),
    # settings that a renderer does not take
    (
        "ltx2 takes no --set {name}: {why}",
        QT_TRANSLATE_NOOP(
            "sentences",
            "ltx2 takes no {name}: {why}",
        ),
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "a block around the clip's ends would have frames that are further apart than it ever saw",
    ),
    QT_TRANSLATE_NOOP("sentences", "it keeps nothing between its steps"),
    QT_TRANSLATE_NOOP("sentences", "it renders on one GPU"),
    (
        "the weights in {folder} are not distilled; name others with --model",
        QT_TRANSLATE_NOOP(
            "sentences",
            "the weights in {folder} are not distilled; choose others in the renderer's settings",
        ),
    ),
    QT_TRANSLATE_NOOP("sentences", "distilled weights have {steps}"),
    QT_TRANSLATE_NOOP("sentences", "distilled weights have it in them"),
    (
        "the demo model takes no --set {name}: {why}",
        QT_TRANSLATE_NOOP(
            "sentences",
            "the demo model takes no {name}: {why}",
        ),
    ),
    QT_TRANSLATE_NOOP("sentences", "it was trained with one caption, which it brings"),
    QT_TRANSLATE_NOOP("sentences", "it was trained with one caption: there is no other to lead from"),
    QT_TRANSLATE_NOOP("sentences", "it makes no whole frames to put in"),
    QT_TRANSLATE_NOOP("sentences", "it knows heads alone"),
    (
        "{renderer} takes no --set audio_noise: that is for what ltx2 hears",
        QT_TRANSLATE_NOOP(
            "sentences",
            "{renderer} takes no audio_noise: that is for what ltx2 hears",
        ),
    ),
    # what is to be known of their takes
    QT_TRANSLATE_NOOP(
        "sentences",
        "rendered by LTX-2, which was not trained to fill in a part of a picture: how well the mouth "
        "keeps to the speech is unverified; look at the take before you use it",
    ),
    (
        "rendered by the small demo model, which was trained on drawn faces only: on real footage the "
        "mouth will look wrong; use --renderer edityourself there",
        QT_TRANSLATE_NOOP(
            "sentences",
            "rendered by the small demo model, which was trained on drawn faces only: on real footage "
            "the mouth will look wrong; use the renderer edityourself or ltx2 there",
        ),
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the take's new words are marked NO CONSENT: no record allows them; `pickup consent add` keeps one",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the source is {width} pixels wide, and ProRes wants pairs: the take repeats the last column",
    ),
)
