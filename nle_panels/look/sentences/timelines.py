"""Timelines: read, changed, written."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

TIMELINES: tuple[object | tuple[str, object], ...] = (
    # where it is written to
    QT_TRANSLATE_NOOP(
        "sentences",
        "{name} was changed by another program since it was opened: open it again; the edits and the "
        "takes are kept",
    ),
    (
        "{path} is the timeline that is read: write to another file",
        QT_TRANSLATE_NOOP(
            "sentences",
            "{path} is the timeline that is open: write to another file",
        ),
    ),
    QT_TRANSLATE_NOOP("sentences", "{folder} is a file, not a folder: nothing can be written into it"),
    (
        "{folder}: no permission to write there; choose another folder with -o",
        QT_TRANSLATE_NOOP(
            "sentences",
            "{folder}: no permission to write there",
        ),
    ),
    QT_TRANSLATE_NOOP("sentences", "{path} cannot be written: {why}"),
    QT_TRANSLATE_NOOP("sentences", "what was written to {path} does not read back: {why}"),
    # timelines
    QT_TRANSLATE_NOOP("sentences", "{path}: there is no such file"),
    QT_TRANSLATE_NOOP("sentences", "{path} is not a file"),
    QT_TRANSLATE_NOOP("sentences", "{path} is empty"),
    QT_TRANSLATE_NOOP("sentences", "{path} has {size} bytes; a timeline of over {limit} is refused"),
    QT_TRANSLATE_NOOP("sentences", "{path} is not UTF-8 text, at byte {at}"),
    QT_TRANSLATE_NOOP("sentences", "{path} is nested {depth} deep; more than {most} is refused"),
    QT_TRANSLATE_NOOP("sentences", "{path} defines XML entities, which no timeline needs: it is refused"),
    QT_TRANSLATE_NOOP("sentences", "{path} is not whole XML: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{path} is not an OpenTimelineIO file: {why}"),
    QT_TRANSLATE_NOOP("sentences", "the timeline {name} is empty: it has no clips"),
    QT_TRANSLATE_NOOP("sentences", "{count} clips are called {name}; say which: {first}"),
    QT_TRANSLATE_NOOP("sentences", "{path} has {count} sequences called {name}: say which, {names}"),
    QT_TRANSLATE_NOOP("sentences", "{path} has no sequence {name}; it has {names}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "clip {name} at {code} {what}; render it in place in the editing program, then edit the result",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "clip {name} starts or ends between two frames of the timeline, which has {rate} a second; "
        "move it to whole frames first",
    ),
    QT_TRANSLATE_NOOP("sentences", "clip {name} has no media file: it is offline, a title or a generator"),
    (
        "the media of clip {name} is not at {path}; if it moved, give the folder it is in with "
        "--media-root FOLDER",
        QT_TRANSLATE_NOOP(
            "sentences",
            "the media of clip {name} is not at {path}: if it moved, say where it is now",
        ),
    ),
    QT_TRANSLATE_NOOP("sentences", "clip {name} plays {media}, which is not under {folder} either"),
    QT_TRANSLATE_NOOP("sentences", "{why}. Also missing ({count}): {names}"),
    QT_TRANSLATE_NOOP("sentences", "media files are missing ({count}): {names}; {hint}"),
    (
        "both {names} could be {media}; give a narrower --media-root",
        QT_TRANSLATE_NOOP(
            "sentences",
            "both {names} could be {media}; choose a folder with one of them",
        ),
    ),
    (
        "{folder} holds over {most} files; give a narrower --media-root",
        QT_TRANSLATE_NOOP(
            "sentences",
            "{folder} holds over {most} files; choose a folder inside it",
        ),
    ),
    QT_TRANSLATE_NOOP("sentences", "track {name} is locked and would have to move; unlock it first"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "track {name} ends at {code}, amid what the edit takes out, and has more content beyond; "
        "trim that away first",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{name} at {code} {what}, and the edit would cut it at {cut}; render it in place in the "
        "editing program first",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{name} {what}, which cannot be cut; render it in place in the editing program",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the transition {name} at {code} {what}; move, shorten or remove it first",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{format} keeps one media reference a clip, so a take cannot be its second one; replace it, "
        "or lay the take above it",
    ),
    QT_TRANSLATE_NOOP("sentences", "{path}: an edit list has one track of picture, and none above it"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{name} on track {track} begins or ends between two frames, at frame {frame}, which {format} "
        "cannot say; move it to a whole frame, or write .otio",
    ),
    QT_TRANSLATE_NOOP("sentences", "plays backwards (the effect {name})"),
    QT_TRANSLATE_NOOP("sentences", "has a variable speed (the effect {name})"),
    QT_TRANSLATE_NOOP("sentences", "is a freeze frame (the effect {name})"),
    # what changes on a timeline
    QT_TRANSLATE_NOOP("sentences", "a new track"),
    QT_TRANSLATE_NOOP("sentences", "+ {name}, {length}, at {code}"),
    QT_TRANSLATE_NOOP("sentences", "− {name}, {length}"),
    QT_TRANSLATE_NOOP("sentences", "{name} at {code}: {before} become {after}"),
    QT_TRANSLATE_NOOP("sentences", "{count} item behind it: {length} {way}"),
    QT_TRANSLATE_NOOP("sentences", "{count} items behind it: {length} {way}"),
    QT_TRANSLATE_NOOP("sentences", "{count} marker: {length} {way}"),
    QT_TRANSLATE_NOOP("sentences", "{count} markers: {length} {way}"),
    QT_TRANSLATE_NOOP("sentences", "{count} markers go with what they mark"),
    QT_TRANSLATE_NOOP("sentences", "{length} + {after}"),
    QT_TRANSLATE_NOOP("sentences", "{count} frame"),
    QT_TRANSLATE_NOOP("sentences", "{count} frames"),
    QT_TRANSLATE_NOOP("sentences", "later"),
    QT_TRANSLATE_NOOP("sentences", "earlier"),
    QT_TRANSLATE_NOOP("sentences", "{track}: {count} frames of nothing at frame {frame}, in {clip}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{count} clip effects: {format} does not take over another program's effects",
    ),
    QT_TRANSLATE_NOOP("sentences", "{count} markers on clips or tracks: {format} keeps the timeline's own"),
    QT_TRANSLATE_NOOP("sentences", "{name} plays no media file: it is offline in {format}"),
    QT_TRANSLATE_NOOP("sentences", "the start timecode {code}: a Kdenlive project counts from zero"),
)
