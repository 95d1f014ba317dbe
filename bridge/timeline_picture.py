"""A timeline for a person: a picture of its tracks, drawn to scale in characters, and tables."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from bridge.timeline_show import ItemView, MediaView, TimelineView, TrackView

_FOLD = 24  # ours: rows of a table that are still read; of more, both ends are shown
_LABEL = 10  # ours: columns for a track's name beside its picture
_TICK = 16  # ours: columns between two timecodes of the ruler, each eleven long
_NUMBERS = {"at": 11, "frames": 7, "source": 11, "rate": 6, "used": 5}  # as wide as such things are
_MISSING = "[red]✗[/red] "


def as_text(view: TimelineView, *, width: int | None = None, color: bool = False) -> str:
    """The page, `width` columns wide: as wide as the terminal by default."""
    columns = width or shutil.get_terminal_size((110, 24)).columns
    paper = Console(file=io.StringIO(), width=columns, force_terminal=color, highlight=False)
    paper.print(Group(*_page(view, columns)))
    assert isinstance(paper.file, io.StringIO)
    return "\n".join(line.rstrip() for line in paper.file.getvalue().splitlines())


def _page(view: TimelineView, columns: int) -> Iterator[RenderableType]:
    made = f", made by {view.application}" * bool(view.application)
    drop = ", drop-frame" * view.drop_frame
    yield Text(f"{view.name or view.file}: {view.format}{made}", style="bold")
    yield Text(
        f"{float(view.rate.exact):g} frames a second{drop}, {view.duration} frames, "
        f"from {view.start} to {view.timecode(view.duration)}\n"
    )
    if view.sequences:
        yield Text("\n".join(_sequences(view)) + "\n")
    named = dict(_names(view.tracks))
    names = {number: name for number, name in named.items() if view.tracks[number].items}
    yield from _picture(view, names, columns - _LABEL - 1)
    if len(names) < len(named):
        yield Text("empty: " + ", ".join(name for number, name in named.items() if number not in names))
    for number, name in names.items():
        yield _track_table(view, view.tracks[number], name, columns)
    if view.media:
        yield _media_table(view.media, columns)
    if view.markers:
        yield _marker_table(view, columns)


def _sequences(view: TimelineView) -> Iterator[str]:
    """All sequences of the file; with --sequence another one is shown."""
    for number, name in enumerate(view.sequences, start=1):
        shown = ", which is shown" * (number == view.sequence)
        yield f"sequence #{number} {name!r}{shown}"


def _names(tracks: Sequence[TrackView]) -> Iterator[tuple[int, str]]:
    """The tracks as an editor stacks them, the highest picture first and sound below, each with its name."""
    counts: dict[str, int] = {}
    named = []
    for number, track in enumerate(tracks):
        counts[track.kind] = counts.get(track.kind, 0) + 1
        named.append((number, f"{track.kind[:1]}{counts[track.kind]}"))
    yield from reversed([pair for pair in named if tracks[pair[0]].kind == "Video"])
    yield from (pair for pair in named if tracks[pair[0]].kind != "Video")


def _picture(view: TimelineView, names: dict[int, str], columns: int) -> Iterator[RenderableType]:
    yield Text(" " * (_LABEL + 1) + _ruler(view, columns), style="dim")
    for number, name in names.items():
        track = view.tracks[number]
        label = f"{name} {track.name}" if track.name and track.name != name else name
        line = Text(f"{label[:_LABEL]:<{_LABEL}} ")
        for cell in _cells(track, max(view.duration, 1), columns):
            line.append(*cell)
        yield line
    if view.markers:
        marks = [" "] * columns
        for marker in view.markers:
            marks[min(int(marker.start * columns / max(view.duration, 1)), columns - 1)] = "▲"
        yield Text(f"{'markers':<{_LABEL}} " + "".join(marks), style="dim")


def _ruler(view: TimelineView, columns: int) -> str:
    ticks = range(0, max(columns - 12, 1), _TICK)
    return "".join(f"│{view.timecode(tick * view.duration // columns):<{_TICK - 1}}" for tick in ticks)


def _cells(track: TrackView, duration: int, columns: int) -> Iterator[tuple[str, str]]:
    """The track's row: characters, each with its style. The last thing in a column is the one drawn."""
    row: list[tuple[str, str]] = [("·", "dim")] * columns
    for item in track.items:
        begin = min(int(item.start * columns / duration), columns - 1)
        end = min(max(int((item.start + item.frames) * columns / duration), begin + 1), columns)
        for offset, character in enumerate(_drawn(item, end - begin)):
            row[begin + offset] = (character, _style(item, track))
    yield from row


def _drawn(item: ItemView, cells: int) -> str:
    if item.kind == "transition":
        return "╳" * cells
    fill = "╌" if item.found is False else "━" if item.kind == "clip" else "═"
    name = item.name[: cells - 2] if cells > 5 else ""
    return f"┃{name}".ljust(cells, fill)[:cells]


def _style(item: ItemView, track: TrackView) -> str:
    if item.found is False:
        return "red"
    if not item.enabled or not track.enabled:
        return "dim"
    return {"Video": "cyan", "Audio": "green"}.get(track.kind, "yellow")


def _track_table(view: TimelineView, track: TrackView, name: str, columns: int) -> RenderableType:
    states = [word for word, on in (("locked", track.locked), ("disabled", not track.enabled)) if on]
    clips = _counted(sum(item.kind != "transition" for item in track.items), "clip")
    called = f" {escape(track.name)}" * (bool(track.name) and track.name != name)
    title = ", ".join([f"{name}{called}: {clips}", *states])
    table = _table(title, columns, "at", "frames", "name", "source", "rate", "media", "notes")
    for row in _folded([_row(view, item) for item in track.items]):
        table.add_row(*row)
    return table


def _row(view: TimelineView, item: ItemView) -> tuple[str, ...]:
    missing = _MISSING * (item.found is False)
    kind = f" ({item.kind})" * (item.kind != "clip")
    notes = [*item.notes, *["disabled"] * (not item.enabled)]
    notes += [f"link {item.link}"] * (item.link is not None)
    return (
        view.timecode(item.start),
        f"{item.frames:g}",
        escape(item.name) + kind,
        item.source,
        f"{item.rate:g}" if item.rate else "",
        missing + escape(_end(item.media)),
        escape(", ".join(notes)),
    )


def _media_table(media: Sequence[MediaView], columns: int) -> Table:
    lost = sum(not one.found for one in media)
    end = f", {lost} missing ({_MISSING.strip()})" if lost else ", all there"
    table = _table(f"media: {_counted(len(media), 'file')}{end}", columns, "file", "used", "where")
    ordered = sorted(media, key=lambda one: one.found)
    for row in _folded([(_name(one), str(one.uses), escape(one.path)) for one in ordered]):
        table.add_row(*row)
    return table


def _name(media: MediaView) -> str:
    name = escape(_end(media.path))
    return name if media.found else _MISSING + name


def _end(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _marker_table(view: TimelineView, columns: int) -> Table:
    table = _table(f"markers: {len(view.markers)}", columns, "at", "name")
    for row in _folded([(marker.timecode, escape(marker.name)) for marker in view.markers]):
        table.add_row(*row)
    return table


def _table(title: str, columns: int, *names: str) -> Table:
    """An empty table with a column for each name; the texts share what the numbers leave of the line."""
    table = Table(
        title=f"\n{title}", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0)
    )
    room = columns - sum(_NUMBERS.get(name, 0) + 2 for name in names)
    for name in names:
        table.add_column(
            name,
            justify="right" if name in {"frames", "used", "rate"} else "left",
            header_style="dim",
            no_wrap=True,
            max_width=_NUMBERS.get(name) or max(room // sum(one not in _NUMBERS for one in names), 4),
        )
    return table


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" + "s" * (number != 1)


def _folded(rows: Sequence[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    """All rows, or both ends of a long list and how many are between."""
    if len(rows) <= _FOLD:
        return rows
    half = _FOLD // 2
    return [*rows[:half], (f"... {len(rows) - 2 * half} more",), *rows[-half:]]
