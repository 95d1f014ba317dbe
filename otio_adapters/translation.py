"""What a timeline loses on its way from the file of one program to the format of another."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio

from otio_adapters.formats import patched
from otio_adapters.kdenlive.subtitles import subtitles_of
from otio_adapters.loss import losses
from otio_adapters.native import archive, lone
from otio_adapters.raw_file import raw_features, raw_text, raw_tree
from otio_adapters.sequences import index_of, listed, names_of

_NAMED = 8  # ours: names that a line of losses still reads well with


def losses_between(timeline: otio.schema.Timeline, path: Path, out: Path) -> tuple[str, ...]:
    """What of the timeline, which was read from `path`, `out` cannot hold.

    That includes what the file at `path` holds and no reader takes up. In the same format it is what lies in
    other files beside it.
    """
    same = patched(path, out) is not None
    beside = _beside(timeline, path, same=same)
    if same:
        return beside
    others = [name for index, name in enumerate(names_of(timeline)) if index != index_of(timeline)]
    left = (f"{len(others)} more sequences of the file: {listed(others)}",) if others else ()
    return (*losses(timeline, out), *left, *beside, *_unread(timeline, path))


def changes_between(timeline: otio.schema.Timeline, path: Path, out: Path) -> tuple[str, ...]:
    """What becomes of the file at `path` besides the edit when the timeline is written to `out`.

    Nothing is lost by that, but other programs may look for what it was.
    """
    suffix = out.suffix.lower()
    if suffix != path.suffix.lower() or suffix not in {".otio", archive.ZIPPED}:
        return ()
    kind = lone.kind_alone(raw_text(path).encode())
    if not kind or lone.as_it_was(timeline, kind) is not timeline:
        return ()
    return (f"the file holds one {kind.lower()} alone; edited it is a timeline",)


def _beside(timeline: otio.schema.Timeline, path: Path, *, same: bool) -> tuple[str, ...]:
    """A line for each file of subtitles, which a Kdenlive project has beside it."""
    if path.suffix.lower() != ".kdenlive":
        return ()
    why = "they are not moved; import them into the new project, and move those after the edit"
    return tuple(
        f"{one}: {why if same else 'only .kdenlive keeps them'}" for one in subtitles_of(timeline, path)
    )


def _unread(timeline: otio.schema.Timeline, path: Path) -> tuple[str, ...]:
    """A line for each kind of thing that the file has and the timeline has not."""
    tree = raw_tree(path)
    found = raw_features(tree) if tree is not None else {}
    effects = [effect for clip in timeline.find_clips() for effect in clip.effects]
    if any(not isinstance(effect, otio.schema.TimeEffect) for effect in effects):
        found.pop("effects", None)
    lines = []
    for feature, names in found.items():
        names.subtract(effect.name for effect in effects)
        left = +names
        if left and feature != "groups":  # pairs of picture and sound, which are read as links
            named = ", ".join(name for name, _ in left.most_common(_NAMED) if name)
            lines.append(
                f"{left.total()} {feature}{f' ({named})' if named else ''}: only {path.suffix} keeps them"
            )
    return tuple(lines)
