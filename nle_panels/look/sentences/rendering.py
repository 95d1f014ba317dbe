"""The engine, its renderers, and the media they read."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

RENDERING: tuple[object | tuple[str, object], ...] = (
    # the scratch voice
    QT_TRANSLATE_NOOP("sentences", "the scratch voice cannot say this line: {why}"),
    QT_TRANSLATE_NOOP("sentences", "there is nothing to say in {text}: give it words"),
    QT_TRANSLATE_NOOP("sentences", "the words cannot be pronounced: {why}"),
    QT_TRANSLATE_NOOP("sentences", "the scratch voice needs espeak-ng: pip install 'pickup-editor[scratch]'"),
    QT_TRANSLATE_NOOP("sentences", "{language} is no language code: write one such as en-us, de or fr-fr"),
    QT_TRANSLATE_NOOP("sentences", "the scratch voice did not finish within {patience} s: shorten the line"),
    QT_TRANSLATE_NOOP("sentences", "the scratch voice's process does not start: {why}"),
    QT_TRANSLATE_NOOP("sentences", "the scratch voice's process failed ({code}): {last}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the line has {length} characters, more than the {most} that the scratch voice says at once: "
        "split it",
    ),
    # the engine
    QT_TRANSLATE_NOOP(
        "sentences",
        "{why}. Job {job} is kept: the next engine takes it up again, so run the same again",
    ),
    QT_TRANSLATE_NOOP("sentences", "the engine keeps no job {job}; `pickup engine jobs` lists them"),
    QT_TRANSLATE_NOOP("sentences", "the engine has no result of job {job} that can still be read"),
    QT_TRANSLATE_NOOP("sentences", "the disk with the engine's job list is full: make room and submit again"),
    QT_TRANSLATE_NOOP("sentences", "the engine's job list cannot be written or read: {why}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the engine ends when what runs has ended, and accepts nothing: hand in again when it has",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the engine's files have changed since this program was started: start it again",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the engine cannot keep its state in {folder} ({why}); set {variable} to a folder of yours",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "an engine of version {version} runs, which this one cannot speak to; end its process {pid} "
        "and run again",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "an engine of another version ({version}) is at work on {jobs} job(s); wait for them, or end "
        "it with `pickup engine stop`",
    ),
    QT_TRANSLATE_NOOP("sentences", "the engine was told to stop and has not within {patience} s"),
    QT_TRANSLATE_NOOP("sentences", "the engine does not start; the reason stands at the end of {path}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the engine does not start: the disk of {folder} is full. Free some, or set {variable} to a "
        "folder on another disk",
    ),
    # media
    QT_TRANSLATE_NOOP("sentences", "{path} cannot be read: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{path} cannot be opened: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{path} is not a file. Give the path of a local media file"),
    QT_TRANSLATE_NOOP("sentences", "{path}: {why}. Give the path of a local media file"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} does not lie under a folder that this engine reads media from: copy it there, or "
        "start the engine with --media-root {folder}",
    ),
    QT_TRANSLATE_NOOP("sentences", "{path} ends too early: copy it again from its origin"),
    QT_TRANSLATE_NOOP("sentences", "{path} is of a codec that cannot be decoded here. Transcode it first"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} cannot be read as media ({why}): it is damaged, cut short, or no media",
    ),
    QT_TRANSLATE_NOOP("sentences", "{path} has no picture"),
    QT_TRANSLATE_NOOP("sentences", "{path} has no sound"),
    QT_TRANSLATE_NOOP("sentences", "{path} has neither picture nor sound"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} has a picture stream without a picture in it: it is damaged or cut short",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} has a sound stream without any sound in it: it is damaged or cut short",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} has a gap of more than an hour in its sound: its timestamps are damaged",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} has sound as {kind}, which cannot be read here: transcode it first",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} changes from {channels} to {count} channels midway: transcode it first",
    ),
    QT_TRANSLATE_NOOP("sentences", "{path} changes its sample rate midway: transcode it first"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} changes its picture's size or format on the way: transcode it first",
    ),
    QT_TRANSLATE_NOOP("sentences", "{path} is to be shown turned by {angle} degrees, no quarter turn"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{path} ends {seconds} s before frame {frame} of the clip, which is needed. The file is cut "
        "short, or the clip reaches beyond it",
    ),
    QT_TRANSLATE_NOOP("sentences", "{path} cannot be wound back to its start: rewrap it as .mov"),
    QT_TRANSLATE_NOOP("sentences", "{path} times its pictures out of order: make a .mov of it first"),
    QT_TRANSLATE_NOOP("sentences", "{path} is interlaced: make a progressive copy of it first"),
    QT_TRANSLATE_NOOP("sentences", "{path} does not say when its pictures are shown: rewrap it as .mov"),
    QT_TRANSLATE_NOOP("sentences", "{path} has no picture that can be decoded"),
    QT_TRANSLATE_NOOP("sentences", "{path} does not say how many pictures it has a second"),
    QT_TRANSLATE_NOOP("sentences", "{path} has changed since the edit was planned. Plan the edit again"),
    QT_TRANSLATE_NOOP("sentences", "no room to write {path}: free some and run again"),
    QT_TRANSLATE_NOOP("sentences", "cannot write {path}: {why}"),
    # renderers
    QT_TRANSLATE_NOOP("sentences", "there is no renderer called {name}; there is: {known}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the {name} renderer needs {package}, which is not installed: `pickup doctor` says what to do",
    ),
    (
        "the draft renderer moves and morphs real frames; it cannot re-render lips: use --renderer "
        "ltx2 or edityourself",
        QT_TRANSLATE_NOOP(
            "sentences",
            "the draft moves and morphs real frames; it cannot make lips anew: choose another renderer",
        ),
    ),
    (
        "the demo model makes mouths anew and nothing else: use --region lips, or --renderer "
        "edityourself for boxes and mattes",
        QT_TRANSLATE_NOOP(
            "sentences",
            "the demo model makes mouths anew and nothing else: choose the lips as the region, or "
            "the renderer edityourself for a box",
        ),
    ),
    (
        "{name} has no trained audio weights, so mouths would not say the words: it renders "
        "removals, retimes, and boxes or mattes anew. For new words use --renderer ltx2 or draft, or a "
        "checkpoint with audio.safetensors",
        QT_TRANSLATE_NOOP(
            "sentences",
            "{name} has no trained audio weights, so mouths would not say the words. For new words "
            "choose the renderer ltx2 or draft, or bring a checkpoint with audio.safetensors",
        ),
    ),
    QT_TRANSLATE_NOOP("sentences", "the region {region} needs the face models; {hint}"),
    QT_TRANSLATE_NOOP("sentences", "the face models in {folder} cannot be read; {hint}"),
    QT_TRANSLATE_NOOP("sentences", "faces cannot be looked for: the models are missing; {hint}"),
    QT_TRANSLATE_NOOP("sentences", "install them with: python -m engine.face.models"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the job will write some {size}, and the disk of the engine's cache has {free} free: make "
        "room, or set PICKUP_HOME to a folder on another disk",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the job's pictures and sound take {size} of memory, and {free} are free: close programs, or "
        "work on less at a time",
    ),
    # what is to be known of takes
    QT_TRANSLATE_NOOP(
        "sentences",
        "no face was found in {count} of the frames to re-render, the first of them frame {frame} of "
        "the take: they keep their pixels",
    ),
    QT_TRANSLATE_NOOP("sentences", "no faces were looked for: the models are missing; {hint}"),
    # what is being done
    QT_TRANSLATE_NOOP("sentences", "reading the timeline"),
    QT_TRANSLATE_NOOP("sentences", "preparing the new words"),
    QT_TRANSLATE_NOOP("sentences", "writing the timeline"),
    QT_TRANSLATE_NOOP("sentences", "aligning the words"),
    QT_TRANSLATE_NOOP("sentences", "recognising the words"),
    QT_TRANSLATE_NOOP("sentences", "bringing it into {program}"),
    QT_TRANSLATE_NOOP("sentences", "rendering"),
    QT_TRANSLATE_NOOP("sentences", "render"),
    QT_TRANSLATE_NOOP("sentences", "look"),
    QT_TRANSLATE_NOOP("sentences", "load"),
    QT_TRANSLATE_NOOP("sentences", "encode"),
    QT_TRANSLATE_NOOP("sentences", "denoise"),
    QT_TRANSLATE_NOOP("sentences", "decode"),
    QT_TRANSLATE_NOOP("sentences", "frames"),
    QT_TRANSLATE_NOOP("sentences", "align"),
    QT_TRANSLATE_NOOP("sentences", "transcribe"),
    QT_TRANSLATE_NOOP("sentences", "resumed at step {done} of {total}"),
)
