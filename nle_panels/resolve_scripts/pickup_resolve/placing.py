"""Takes into the project, each write looked at again, and taken back where it came out otherwise."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from . import cut
from .program import Program, Refusal

if TYPE_CHECKING:
    from fusionscript import Folder, MediaPoolItem, Timeline, TimelineItem


def place(program: Program, question: dict[str, Any]) -> dict[str, Any]:
    """Answers `place`. Raises `Refusal`; the project is then as it was, but for takes in their bin."""
    timeline = program.timeline()
    before = program.look(timeline)
    if timeline.GetUniqueId() != question["sequence"] or cut.digest(before) != question["version"]:
        raise Refusal("changed", "the timeline in Resolve is not as it was: take it into the panel again")
    if question["way"] == "takes":
        receipt = _as_takes(program, timeline, question)
        name = timeline.GetName()
    elif question["way"] == "timeline":
        receipt = _as_timeline(program, timeline, question)
        name = receipt["name"]
    else:
        raise Refusal("unsupported", "Resolve's scripts cannot cut into a timeline")
    return {
        "type": "placed",
        "way": question["way"],
        "sequence": receipt["sequence"],
        "name": name,
        "receipt": json.dumps(receipt),
    }


def undo(program: Program, text: str) -> dict[str, Any]:
    """Answers `undo`."""
    receipt = json.loads(text)
    if receipt["way"] == "takes":
        _original_takes(_by_id(program, receipt["sequence"]), receipt["items"])
    else:
        old = _by_id(program, receipt["old"])
        _delete(program, _by_id(program, receipt["sequence"]), old)
    return {"type": "undone"}


def _as_takes(program: Program, timeline: Timeline, question: dict[str, Any]) -> dict[str, Any]:
    pieces = question["pieces"]
    for piece in pieces:
        if not piece["take"] or piece["take"]["frames"] != piece["length"] or piece["ripples"]:
            raise Refusal("unsupported", "the edit changes lengths, and a take of Resolve cannot")
    first = int(timeline.GetStartFrame() or 0)
    found = [_items(timeline, question["track"], piece, first) for piece in pieces]
    with _in_bin(program, question["bin"]) as folder:
        media = [_imported(program, folder, Path(piece["take"]["path"])) for piece in pieces]
    done: list[dict[str, Any]] = []
    try:
        for piece, items, item in zip(pieces, found, media):
            for one in items:
                done.append(_note(one))
                _add_take(one, item, piece["take"])
    except Refusal:
        _original_takes(timeline, done)
        raise
    return {"way": "takes", "sequence": timeline.GetUniqueId(), "items": done}


def _items(timeline: Timeline, track: int, piece: dict[str, Any], first: int) -> list[TimelineItem]:
    """The picture clip that the piece replaces whole, and the linked sound of the same length."""
    for item in timeline.GetItemListInTrack("video", track) or []:
        if _lies(item, first + piece["start"], piece["length"]):
            linked = item.GetLinkedItems() or []
            return [item, *(one for one in linked if _lies(one, first + piece["start"], piece["length"]))]
    raise Refusal("unsupported", "the edit is inside a clip, and Resolve's scripts cannot cut one")


def _lies(item: TimelineItem, start: int, length: int) -> bool:
    return item.GetStart(False) == start and item.GetDuration(False) == length


def _note(item: TimelineItem) -> dict[str, Any]:
    """What to choose again: in a clip without takes the original becomes the first."""
    return {
        "item": item.GetUniqueId(),
        "selected": item.GetSelectedTakeIndex() or 1,
        "count": item.GetTakesCount() or 1,
    }


def _add_take(item: TimelineItem, media: MediaPoolItem, take: dict[str, Any]) -> None:
    where = item.GetStart(False), item.GetDuration(False)
    # The end is exclusive; a take that comes out a frame longer or shorter would move what follows.
    added = item.AddTake(media, take["first"], take["first"] + take["frames"])
    number = item.GetTakesCount() or 0
    if not added or number < 2:
        message = "Resolve did not add {} as a take of {}".format(take["name"], item.GetName())
        raise Refusal("unsupported", message)
    if not item.SelectTakeByIndex(number) or item.GetSelectedTakeIndex() != number:
        raise Refusal("failed", "Resolve did not choose the take {}".format(take["name"]))
    if (item.GetStart(False), item.GetDuration(False)) != where:
        raise Refusal("failed", "the take {} has not the length of its clip".format(take["name"]))


def _original_takes(timeline: Timeline, notes: list[dict[str, Any]]) -> None:
    items = {item.GetUniqueId(): item for item in _all_items(timeline)}
    for note in reversed(notes):
        if note["item"] not in items:
            raise Refusal("broken", "a clip that has a new take is not on the timeline any more")
        item = items[note["item"]]
        count = item.GetTakesCount() or 0
        if count > note["count"]:
            chosen = item.SelectTakeByIndex(note["selected"])
            if not chosen or item.GetSelectedTakeIndex() != note["selected"]:
                raise Refusal("broken", "Resolve did not choose the first take of {}".format(item.GetName()))
            for number in range(count, note["count"], -1):
                item.DeleteTakeByIndex(number)


def _all_items(timeline: Timeline) -> list[TimelineItem]:
    kinds: tuple[Literal["video"], Literal["audio"]] = ("video", "audio")
    return [
        item
        for kind in kinds
        for track in range(1, int(timeline.GetTrackCount(kind) or 0) + 1)
        for item in timeline.GetItemListInTrack(kind, track) or []
    ]


def _as_timeline(program: Program, old: Timeline, question: dict[str, Any]) -> dict[str, Any]:
    path = Path(question["timeline"])
    try:
        meant = cut.entries(path)
    except (OSError, ValueError) as error:
        raise Refusal("failed", "{} cannot be read: {}".format(path, error)) from error
    known = {timeline.GetUniqueId() for timeline in program.timelines()}
    name = _free_name(program, question["name"])
    with _in_bin(program, question["bin"]) as folder:
        for piece in question["pieces"]:
            if piece["take"]:
                _imported(program, folder, Path(piece["take"]["path"]))
        # Without its source clips an OTIO arrives all offline.
        options: Any = {"timelineName": name, "importSourceClips": True}
        program.pool().ImportTimelineFromFile(str(path), options)
    # What the import returned is no proof of anything: None comes with a timeline too.
    new = [timeline for timeline in program.timelines() if timeline.GetUniqueId() not in known]
    if not new:
        raise Refusal("failed", "Resolve did not import {} and does not say why".format(path.name))
    made = new[0]
    try:
        problem = cut.difference(meant, program.look(made))
        if not problem and (len(new) > 1 or made.GetName() != name):
            problem = "it is called {}".format(made.GetName())
        if problem:
            raise Refusal("failed", "Resolve imported {} otherwise: {}".format(path.name, problem))
        if not program.project().SetCurrentTimeline(made):
            raise Refusal("failed", "Resolve did not open the new timeline {}".format(name))
    except Refusal:
        _delete(program, made, old)
        raise
    return {"way": "timeline", "sequence": made.GetUniqueId(), "old": old.GetUniqueId(), "name": name}


def _delete(program: Program, made: Timeline, old: Timeline) -> None:
    """Back to the old timeline; the current one cannot be deleted."""
    name, ident = made.GetName(), made.GetUniqueId()
    program.project().SetCurrentTimeline(old)
    program.pool().DeleteTimelines([made])
    current = program.timeline().GetUniqueId()
    if current != old.GetUniqueId() or ident in {timeline.GetUniqueId() for timeline in program.timelines()}:
        raise Refusal("broken", "Resolve did not delete the timeline {}: delete it there".format(name))


def _free_name(program: Program, name: str) -> str:
    """A name that no timeline has: an import under one that is there fails in silence."""
    taken = {timeline.GetName() for timeline in program.timelines()}
    number, free = 1, name
    while free in taken:
        number += 1
        free = "{} {}".format(name, number)
    return free


def _by_id(program: Program, ident: str) -> Timeline:
    for timeline in program.timelines():
        if timeline.GetUniqueId() == ident:
            return timeline
    raise Refusal("failed", "the timeline is not in the project any more")


@contextlib.contextmanager
def _in_bin(program: Program, name: str) -> Any:
    """The bin, made where there is none, as the current folder: imports go there. Then the old one again."""
    pool = program.pool()
    before = pool.GetCurrentFolder()
    root = pool.GetRootFolder()
    folder = next((one for one in root.GetSubFolderList() or [] if one.GetName() == name), None)
    folder = folder or pool.AddSubFolder(root, name)
    if not folder or not pool.SetCurrentFolder(folder):
        raise Refusal("failed", "Resolve did not make the bin {}".format(name))
    try:
        yield folder
    finally:
        if before:
            pool.SetCurrentFolder(before)


def _imported(program: Program, folder: Folder, path: Path) -> MediaPoolItem:
    """The take in the bin: as it is there, or imported."""
    known = _in_folder(folder, path)
    if known is None:
        program.pool().ImportMedia([str(path)])
        known = _in_folder(folder, path)
    if known is None:
        raise Refusal("failed", "Resolve did not import {}".format(path))
    return known


def _in_folder(folder: Folder, path: Path) -> MediaPoolItem | None:
    for item in folder.GetClipList() or []:
        if Path(str(item.GetClipProperty("File Path"))) == path:
            return item
    return None
