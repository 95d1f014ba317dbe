"""Editing programs: what Pickup's scripts in Resolve and its plug-in in Premiere refuse."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

HOSTS: tuple[object | tuple[str, object], ...] = (
    # Resolve
    QT_TRANSLATE_NOOP("sentences", "the timeline in Resolve is not as it was: take it into the panel again"),
    QT_TRANSLATE_NOOP("sentences", "Resolve's scripts cannot cut into a timeline"),
    QT_TRANSLATE_NOOP("sentences", "the edit changes lengths, and a take of Resolve cannot"),
    QT_TRANSLATE_NOOP("sentences", "the edit is inside a clip, and Resolve's scripts cannot cut one"),
    QT_TRANSLATE_NOOP("sentences", "Resolve did not add {name} as a take of {clip}"),
    QT_TRANSLATE_NOOP("sentences", "Resolve did not choose the take {name}"),
    QT_TRANSLATE_NOOP("sentences", "the take {name} has not the length of its clip"),
    QT_TRANSLATE_NOOP("sentences", "a clip that has a new take is not on the timeline any more"),
    QT_TRANSLATE_NOOP("sentences", "Resolve did not choose the first take of {clip}"),
    QT_TRANSLATE_NOOP("sentences", "Resolve did not import {name} and does not say why"),
    QT_TRANSLATE_NOOP("sentences", "Resolve imported {name} otherwise: {why}"),
    QT_TRANSLATE_NOOP("sentences", "Resolve did not open the new timeline {name}"),
    QT_TRANSLATE_NOOP("sentences", "Resolve did not delete the timeline {name}: delete it there"),
    QT_TRANSLATE_NOOP("sentences", "the timeline is not in the project any more"),
    QT_TRANSLATE_NOOP("sentences", "Resolve did not make the bin {name}"),
    QT_TRANSLATE_NOOP("sentences", "Resolve did not import {path}"),
    QT_TRANSLATE_NOOP("sentences", "no project is open in Resolve"),
    QT_TRANSLATE_NOOP("sentences", "no timeline is open in Resolve: open one on the Edit page"),
    QT_TRANSLATE_NOOP("sentences", "this Resolve exports no OTIO: Pickup needs version 18.5 or a later one"),
    QT_TRANSLATE_NOOP("sentences", "Resolve did not export {name}"),
    QT_TRANSLATE_NOOP("sentences", "Resolve exported what cannot be read: {why}"),
    # Premiere
    QT_TRANSLATE_NOOP(
        "sentences", "the sequence in Premiere is not the one, or not as it was: read it again"
    ),
    QT_TRANSLATE_NOOP("sentences", "Premiere has no takes of a clip"),
    QT_TRANSLATE_NOOP("sentences", "another sequence is open in Premiere: open the one that was edited"),
    QT_TRANSLATE_NOOP("sentences", '"{name}" has vanished from the bin "{bin}"'),
    QT_TRANSLATE_NOOP("sentences", "Premiere does not import {path}"),
    QT_TRANSLATE_NOOP(
        "sentences", 'Premiere said that it imported {path}, and it is in no bin called "{bin}"'
    ),
    QT_TRANSLATE_NOOP(
        "sentences", "the clip's linked sound is not on one track: Premiere lays a take on one pair"
    ),
    QT_TRANSLATE_NOOP("sentences", "Premiere ripples every track; only an insert can leave the others alone"),
    QT_TRANSLATE_NOOP("sentences", '"{name}" lies over what goes: Premiere\'s ripple does not cut it'),
    QT_TRANSLATE_NOOP("sentences", "the sequence no longer has {rate} frames a second"),
    QT_TRANSLATE_NOOP("sentences", '"{name}" has no media file of its own to cut with'),
    QT_TRANSLATE_NOOP("sentences", "no clip lies at frame {frame} of the picture track any more"),
    QT_TRANSLATE_NOOP("sentences", "Premiere does not select what it covered"),
    QT_TRANSLATE_NOOP("sentences", "this Premiere exports no timeline to plug-ins: 26.2 and later do"),
    QT_TRANSLATE_NOOP("sentences", 'Premiere does not export "{name}" into {folder}'),
    QT_TRANSLATE_NOOP("sentences", "Premiere said that it imported {path}, and no sequence came of it"),
    QT_TRANSLATE_NOOP("sentences", "the sequence that the edit was made of is no longer in the project"),
    QT_TRANSLATE_NOOP(
        "sentences", 'Premiere does not delete the sequence "{name}"; delete it in the Project panel'
    ),
    QT_TRANSLATE_NOOP("sentences", "{num}/{den} frames a second are no whole number of Premiere's ticks"),
    QT_TRANSLATE_NOOP("sentences", "the place is later than 9 h 50 min in the sequence"),
    QT_TRANSLATE_NOOP("sentences", "no sequence is open in Premiere"),
    QT_TRANSLATE_NOOP("sentences", 'Premiere refuses a part of "{name}"'),
)
