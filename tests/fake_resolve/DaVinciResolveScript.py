"""DaVinci Resolve as far as Pickup's script asks it, with the traps that are documented of it.

The project is a folder, $FAKE_RESOLVE, with `project.json`: {"timelines": [{"id", "name", "file"}],
"current", "traps"}. Each write goes to the disk at once, so that a test sees it. What it reproduces:

- every `hasattr` is true: a method that is not there is None;
- an import under a name that is taken, of an OTIO with URLs instead of bare paths, of clips without a map of
  references or without the media's range, and of media that is not there returns None and says nothing;
- without `importSourceClips` all clips arrive offline;
- frames count from the timeline's own first one, `GetStartFrame`;
- the current timeline cannot be deleted; in and out points are told by their last frame;
- `endFrame` is exclusive.

Traps asked for by name: "no takes", "deaf takes" (chosen, and another stays), "longer takes", "drops sound"
and "renames" (of imports), "dead export".
"""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

_FOLDER = Path(os.environ["FAKE_RESOLVE"])
_NAMES = {"video": "Video", "audio": "Audio"}


class _Any:
    """What Resolve's objects are: nothing is ever missing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


class Resolve(_Any):
    EXPORT_OTIO = 17.0
    EXPORT_NONE = 0.0

    def __init__(self) -> None:
        self._project = Project()

    def GetProjectManager(self) -> ProjectManager:
        return ProjectManager(self._project)

    def GetVersionString(self) -> str:
        return "21.0.2"


class ProjectManager(_Any):
    def __init__(self, project: Project) -> None:
        self._project = project

    def GetCurrentProject(self) -> Project | None:
        return self._project


class Project(_Any):
    def __init__(self) -> None:
        said = json.loads((_FOLDER / "project.json").read_text())
        self.traps: list[str] = said["traps"]
        self.timelines = [
            Timeline(self, one["id"], one["name"], json.loads(Path(one["file"]).read_text()))
            for one in said["timelines"]
        ]
        self.current = next((one for one in self.timelines if one.ident == said["current"]), None)
        self.pool = MediaPool(self)

    def save(self) -> None:
        for one in self.timelines:
            (_FOLDER / f"{one.ident}.otio").write_text(json.dumps(one.otio))
        said = {
            "timelines": [
                {"id": one.ident, "name": one.name, "file": str(_FOLDER / f"{one.ident}.otio")}
                for one in self.timelines
            ],
            "current": self.current.ident if self.current else "",
            "traps": self.traps,
            "bins": {folder.name: [item.path for item in folder.clips] for folder in self.pool.folders},
            "folder": self.pool.current.name,
        }
        (_FOLDER / "project.json").write_text(json.dumps(said))

    def GetMediaPool(self) -> MediaPool:
        return self.pool

    def GetCurrentTimeline(self) -> Timeline | None:
        return self.current

    def GetTimelineCount(self) -> int:
        return len(self.timelines)

    def GetTimelineByIndex(self, idx: int) -> Timeline | None:
        return self.timelines[idx - 1] if 1 <= idx <= len(self.timelines) else None

    def SetCurrentTimeline(self, timeline: Timeline) -> bool:
        self.current = timeline
        self.save()
        return True


class Folder(_Any):
    def __init__(self, name: str) -> None:
        self.name = name
        self.clips: list[MediaPoolItem] = []

    def GetName(self) -> str:
        return self.name

    def GetClipList(self) -> list[MediaPoolItem]:
        return list(self.clips)

    def GetSubFolderList(self) -> list[Folder]:
        return self._pool.folders[1:] if self.name == "Master" else []


class MediaPoolItem(_Any):
    def __init__(self, path: str) -> None:
        self.path = path

    def GetName(self) -> str:
        return Path(self.path).name

    def GetClipProperty(self, propertyName: str | None = None) -> Any:
        return {"File Path": self.path}.get(propertyName or "", "")


class MediaPool(_Any):
    def __init__(self, project: Project) -> None:
        self._project = project
        self.folders = [Folder("Master")]
        self.folders[0]._pool = self
        self.current = self.folders[0]

    def GetRootFolder(self) -> Folder:
        return self.folders[0]

    def AddSubFolder(self, folder: Folder, name: str) -> Folder:
        self.folders.append(Folder(name))
        self._project.save()
        return self.folders[-1]

    def GetCurrentFolder(self) -> Folder:
        return self.current

    def SetCurrentFolder(self, folder: Folder) -> bool:
        self.current = folder
        self._project.save()
        return True

    def ImportMedia(self, items: list[str]) -> list[MediaPoolItem]:
        made = [MediaPoolItem(path) for path in items if Path(path).is_file()]
        self.current.clips += made
        self._project.save()
        return made

    def ImportTimelineFromFile(self, filePath: str, importOptions: dict[str, Any]) -> Timeline | None:
        project = self._project
        otio = json.loads(Path(filePath).read_text())
        name = importOptions.get("timelineName") or otio["name"]
        clips = list(_clips(otio))
        if name in {one.name for one in project.timelines} or not all(map(_importable, clips)):
            return None
        if not importOptions.get("importSourceClips", True):
            for clip in clips:
                _reference(clip)["target_url"] = ""
        if "drops sound" in project.traps:
            track = next(one for one in otio["tracks"]["children"] if one["kind"] == "Audio")
            track["children"].pop()
        name = f"{name} copy" if "renames" in project.traps else name
        made = Timeline(project, f"timeline {len(project.timelines) + 1}", name, otio)
        project.timelines.append(made)
        project.current = made
        project.save()
        return made

    def DeleteTimelines(self, timeline: list[Timeline]) -> bool:
        project = self._project
        if project.current in timeline:
            return False
        project.timelines = [one for one in project.timelines if one not in timeline]
        project.save()
        return True


class Timeline(_Any):
    def __init__(self, project: Project, ident: str, name: str, otio: dict[str, Any]) -> None:
        self.project, self.ident, self.name, self.otio = project, ident, name, otio
        self._items: dict[tuple[str, int], list[TimelineItem]] = {}

    def GetName(self) -> str:
        return self.name

    def GetUniqueId(self) -> str:
        return self.ident

    def GetStartFrame(self) -> int:
        start = self.otio.get("global_start_time")
        return round(start["value"]) if start else 0

    def GetTrackCount(self, trackType: str) -> int:
        return sum(track["kind"] == _NAMES[trackType] for track in self.otio["tracks"]["children"])

    def GetItemListInTrack(self, trackType: str, index: int) -> list[TimelineItem]:
        key = (trackType, index)
        if key not in self._items:
            tracks = [one for one in self.otio["tracks"]["children"] if one["kind"] == _NAMES[trackType]]
            self._items[key] = _items(self, trackType, index, tracks[index - 1])
        return self._items[key]

    def GetCurrentVideoItem(self) -> TimelineItem:
        return self.GetItemListInTrack("video", 1)[0]

    def GetCurrentTimecode(self) -> str:
        return "01:00:00:07"

    def GetSetting(self, settingName: str) -> str:
        return {"timelineFrameRate": "25.0"}.get(settingName, "")

    def GetMarkInOut(self) -> dict[str, dict[str, int]]:
        return {"video": {"in": 10, "out": 19}}

    def Export(self, fileName: str, exportType: Any, exportSubtype: Any) -> bool:
        if "dead export" in self.project.traps:
            return False
        Path(fileName).write_text(json.dumps(self.otio))
        return True


class TimelineItem(_Any):
    def __init__(self, timeline: Timeline, ident: str, start: int, clip: dict[str, Any]) -> None:
        self.timeline, self.ident, self.start, self.clip = timeline, ident, start, clip
        self.takes: list[dict[str, Any]] = []
        self.selected = 0

    def GetName(self) -> str:
        return str(self.clip["name"])

    def GetUniqueId(self) -> str:
        return self.ident

    def GetStart(self, subframe_precision: bool = False) -> int:
        return self.start

    def GetDuration(self, subframe_precision: bool = False) -> int:
        return round(self.clip["source_range"]["duration"]["value"])

    def GetLinkedItems(self) -> list[TimelineItem]:
        sound = self.timeline.GetItemListInTrack("audio", 1)
        return [one for one in sound if one is not self and one.start == self.start]

    def GetTakesCount(self) -> int:
        return len(self.takes)

    def GetSelectedTakeIndex(self) -> int:
        return self.selected

    def AddTake(self, mediaPoolItem: MediaPoolItem, startFrame: int, endFrame: int) -> bool:
        if "no takes" in self.timeline.project.traps:
            return False
        if not self.takes:
            self.takes, self.selected = [copy.deepcopy(self.clip)], 1
        made = copy.deepcopy(self.clip)
        reference = _reference(made)
        # The media's own timecode, which the real one reads in the file.
        facts = json.loads(Path(mediaPoolItem.path).read_text())
        reference["target_url"] = mediaPoolItem.path
        reference["available_range"]["start_time"]["value"] = facts["timecode"]
        reference["available_range"]["duration"]["value"] = facts["frames"]
        longer = "longer takes" in self.timeline.project.traps
        made["source_range"]["start_time"]["value"] = facts["timecode"] + startFrame
        made["source_range"]["duration"]["value"] = endFrame - startFrame + longer
        self.takes.append(made)
        return True

    def GetTakeByIndex(self, idx: int) -> dict[str, Any]:
        return self.takes[idx - 1]

    def SelectTakeByIndex(self, idx: int) -> bool:
        self.selected = idx
        if "deaf takes" not in self.timeline.project.traps:
            self.clip.clear()
            self.clip.update(copy.deepcopy(self.takes[idx - 1]))
        self.timeline.project.save()
        return True

    def DeleteTakeByIndex(self, idx: int) -> bool:
        del self.takes[idx - 1]
        return True


def scriptapp(name: str) -> Resolve:
    return Resolve()


def _items(timeline: Timeline, kind: str, number: int, track: dict[str, Any]) -> list[TimelineItem]:
    found, at = [], timeline.GetStartFrame()
    for count, item in enumerate(track["children"]):
        if item["OTIO_SCHEMA"].startswith("Clip"):
            found.append(TimelineItem(timeline, f"{timeline.ident} {kind} {number} {count}", at, item))
        at += round(item["source_range"]["duration"]["value"])
    return found


def _clips(otio: dict[str, Any]) -> Any:
    for track in otio["tracks"]["children"]:
        yield from (item for item in track["children"] if item["OTIO_SCHEMA"].startswith("Clip"))


def _reference(clip: dict[str, Any]) -> dict[str, Any]:
    return dict.__getitem__(clip["media_references"], clip["active_media_reference_key"])


def _importable(clip: dict[str, Any]) -> bool:
    if (
        clip["OTIO_SCHEMA"] != "Clip.2"
        or clip.get("active_media_reference_key") not in clip["media_references"]
    ):
        return False
    reference = _reference(clip)
    known, shown = reference.get("available_range"), clip["source_range"]
    if not known or "://" in reference["target_url"] or not Path(reference["target_url"]).is_file():
        return False
    first, last = known["start_time"]["value"], known["start_time"]["value"] + known["duration"]["value"]
    begin = shown["start_time"]["value"]
    return bool(first <= begin and begin + shown["duration"]["value"] <= last)
