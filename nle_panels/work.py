"""What the panel asks of the bridge: each function is one call at the desk. No Qt.

The clip is opened anew for each call that changes its timeline: placing takes uses an opened one up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import msgspec

from bridge import apply as applying
from bridge import conform, listen, project, timeline_show, transcript
from bridge.apply import Applied, content_of
from bridge.clip import OpenClip, open_clip
from bridge.conform import Paths
from bridge.edits import Edit, Rerender, Reword
from bridge.errors import BridgeError, UsageError
from bridge.project import EditRequest, OnProgress, Planned, Rendering
from bridge.quiet import ClipWindow
from bridge.timeline_diff import Difference, difference
from bridge.timeline_show import TimelineView, view_of
from bridge.transcript import Window
from bridge.versions import TakeRecord, Version, file_stem
from engine.client import EngineClient
from engine.protocol import Keep, Render, Transcript, Word
from nle_panels.document.document import Document
from nle_panels.document.meaning import Meaning, meaning
from nle_panels.errors import HostGone, HostRefused
from nle_panels.hosts.host import Host, HostSequence, PlacedInHost
from nle_panels.takes.book import shot_key
from otio_adapters.placement import Lay, RippleMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A clip of a timeline, as the panel was told to open it. `clip` None: the only one, or the first.

    `program`: what an editing program calls its sequence, of which `timeline` is an export; "" for a file.
    `told`: what else the program said of it.
    """

    timeline: Path
    clip: str | None = None
    program: str = ""
    told: HostSequence | None = None
    sequence: str = ""
    media_root: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A clip that is open. `content`: of the timeline's file then. `said`: None where nobody has listened."""

    chosen: Chosen
    name: str
    content: str
    view: TimelineView
    clip: OpenClip
    said: Transcript | None

    @property
    def key(self) -> str:
        """What the panel keeps of this clip goes by this: its timeline, by path or by what the program calls
        it, and its name in there.
        """
        timeline = self.chosen.program or str(self.chosen.timeline.absolute())
        named = [timeline, self.chosen.sequence, self.name]
        return hashlib.sha256("\0".join(named).encode()).hexdigest()[:24]

    @property
    def shown(self) -> tuple[Fraction, Fraction]:
        """The media seconds that the clip shows."""
        window = self.clip.window
        return window.seconds_at(0), window.seconds_at(window.frames)

    def window_of(self, said: Transcript) -> Window:
        return transcript.window(said.words, *self.shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The words as they are to be, and how it is to be made. `voices`: recordings by the text they say."""

    document: Document
    said: Transcript
    window: Window
    rendering: Rendering = field(default_factory=Rendering)
    voices: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An edit planned to the frame. `jobs` and their shots' `keys` belong to the plan's shots that render."""

    wish: Wish
    meaning: Meaning
    plan: Planned
    jobs: tuple[Render, ...]
    keys: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The new words of the plan's lines, in their order."""
        return tuple(change.text for change in self.meaning.changes if change.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Where takes go. `out` None: into the timeline's own file."""

    out: Path | None
    ripple: RippleMode = "all"
    lay: Lay = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What goes on the timeline, a take for each of a plan's jobs, and where; into `host` too."""

    takes: tuple[TakeRecord, ...]
    placing: Placing
    host: Host | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was applied: files, and what came of them in the program, where there is one."""

    applied: Applied
    host: Host | None = None
    in_host: PlacedInHost | None = None

    @property
    def outdates(self) -> bool:
        """Whether the timeline that was opened is another one now, with the takes in it."""
        there = self.in_host is not None and self.in_host.way != "file"
        return there or self.applied.before is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What applying would do."""

    difference: Difference
    holes: tuple[str, ...]
    losses: tuple[str, ...]
    warnings: tuple[str, ...]


def clips_of(view: TimelineView) -> tuple[str, ...]:
    """The clips of picture that may be edited, in the words that find them: twice the same is numbered."""
    names = [
        item.name for track in view.tracks if track.kind == "Video" for item in track.items if item.media
    ]
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(f"{name}#{seen[name]}" if names.count(name) > 1 else name)
    return tuple(found)


def opened(chosen: Chosen, engine: EngineClient, on_progress: OnProgress) -> Opened:
    """Raises what `open_clip` raises, and UsageError where the timeline has no clip."""
    on_progress("reading the timeline", None)
    content = content_of(chosen.timeline)
    view = timeline_show.view(chosen.timeline, chosen.sequence)
    names = clips_of(view)
    name = chosen.clip or next(iter(names), None)
    if name not in names and f"{name}#1" in names:
        name = f"{name}#1"  # an edit that was applied has cut it in two since
    if name is None:
        raise UsageError(f"{chosen.timeline.name} has no clip of picture: there is nothing to edit in it")
    clip = _clip(chosen, name, engine)
    said = transcript.recall(clip.media) or _told_words(chosen, clip, engine, on_progress)
    return Opened(chosen=chosen, name=name, content=content, view=view, clip=clip, said=said)


def _told_words(
    chosen: Chosen, clip: OpenClip, engine: EngineClient, on_progress: OnProgress
) -> Transcript | None:
    """The program's own transcript of the clip's media. None where it has none, or it is of other media."""
    if chosen.told is None or chosen.told.transcript is None:
        return None
    try:
        said = project.words_of(clip, chosen.told.transcript, engine, on_progress)
    except BridgeError:
        return None  # nobody has listened, then: the panel offers to
    transcript.remember(said)
    return said


def transcribed(
    opened: Opened, script: Path | None, engine: EngineClient, on_progress: OnProgress
) -> Transcript:
    """The words of the clip's media: aligned to a script where there is one, else recognised."""
    request = listen.Request(source=Path(opened.clip.media.path), script=script)
    return listen.transcribe(request, engine, on_progress)


def planned(opened: Opened, wish: Wish, engine: EngineClient, on_progress: OnProgress) -> Ready | None:
    """To exact frames; new lines are spoken on the way. None: nothing is edited. Raises ImpossibleEdit."""
    meant = meaning(wish.document, wish.said, wish.window)
    if not (meant.changes or meant.pauses or meant.anew):
        return None
    request = _request(opened, wish, meant, out=opened.chosen.timeline)
    plan = project.plan_edits(request, opened.clip, engine, on_progress)
    jobs = project.jobs_of(request, opened.clip, plan)
    return Ready(wish=wish, meaning=meant, plan=plan, jobs=jobs, keys=tuple(map(shot_key, jobs)))


def drafted(job: Render) -> Render | None:
    """The job as a draft, which makes no mouth anew; None where all else is as filmed."""
    spans = tuple(
        msgspec.structs.replace(span, resync=False) if isinstance(span, Keep) else span
        for span in job.plan.spans
    )
    kept = [span for span in spans if isinstance(span, Keep)]
    whole = len(kept) == len(spans) and all(left.end == right.start for left, right in pairwise(kept))
    plan = msgspec.structs.replace(job.plan, spans=spans)
    return None if whole else msgspec.structs.replace(job, plan=plan)


def prospect(opened: Opened, ready: Ready, decided: Decided, engine: EngineClient, _: OnProgress) -> Prospect:
    """What `applied` would do, without writing anything. Raises what that raises."""
    applying.check_unchanged(opened.chosen.timeline, opened.content)
    placing = decided.placing
    paths = Paths(timeline=opened.chosen.timeline, out=placing.out or opened.chosen.timeline)
    clip = _clip(opened.chosen, opened.name, engine)
    conform.check_place(clip, paths, placing.lay)
    kept = [
        Version(path=paths.takes / f"{file_stem(clip.name)}_take{number}.mov", record=record, new=True)
        for number, record in enumerate(decided.takes, start=1)
    ]
    placed = conform.place(clip, ready.plan.shots, kept, placing.ripple, placing.lay)
    report = conform.report(clip, placed, kept, ready.plan.edits, paths)
    after = view_of(placed.timeline, opened.chosen.timeline)
    return Prospect(
        difference=difference(opened.view, after),
        holes=report.holes,
        losses=report.losses,
        warnings=report.warnings,
    )


def applied(
    opened: Opened,
    ready: Ready,
    decided: Decided,
    engine: EngineClient,
    on_progress: OnProgress,
) -> Done:
    """Written, and brought into the editing program. Raises what `bridge.apply.apply` raises, and
    `HostError`s; nothing has changed then, but after HostBroken.
    """
    host = decided.host
    if host is not None:
        host.check()
    written = _written(opened, ready, decided, engine, on_progress)
    if host is None:
        return Done(applied=written)
    try:
        on_progress(f"bringing it into {host.name}", None)
        in_host = host.place(written.report, opened.chosen.timeline)
    except (HostRefused, HostGone):
        applying.undo(written)
        raise
    return Done(applied=written, host=host, in_host=in_host)


def taken_back(done: Done) -> None:
    """The program's timeline, and the files, are as they were. Raises `HostError`s, TimelineChanged."""
    if done.host is not None and done.in_host is not None:
        done.host.undo(done.in_host)
    applying.undo(done.applied)


def _written(
    opened: Opened, ready: Ready, decided: Decided, engine: EngineClient, on_progress: OnProgress
) -> Applied:
    applying.check_unchanged(opened.chosen.timeline, opened.content)  # before the clip is looked for in it
    placing = decided.placing
    out = placing.out or opened.chosen.timeline
    request = replace(
        _request(opened, ready.wish, ready.meaning, out=out), ripple=placing.ripple, place=placing.lay
    )
    conform.check_place(opened.clip, Paths(timeline=opened.chosen.timeline, out=out), placing.lay)
    clip = _clip(opened.chosen, opened.name, engine)
    return applying.apply(request, clip, ready.plan, decided.takes, on_progress, opened=opened.content)


def _clip(chosen: Chosen, name: str, engine: EngineClient) -> OpenClip:
    return open_clip(chosen.timeline, name, engine, media_root=chosen.media_root, sequence=chosen.sequence)


def frames_of(
    runs: Sequence[tuple[int, int]], words: Sequence[Word], window: ClipWindow
) -> tuple[tuple[int, int], ...]:
    """The clip frames [start, end) in which runs of words [start, stop) are said, where it shows them."""
    found = []
    for start, stop in runs:
        first = max(0, window.frame_at(Fraction(words[start].start)))
        last = min(window.frames, window.frame_at(Fraction(words[stop - 1].end)))
        if first < last:
            found.append((first, last))
    return tuple(found)


def _anew(window: ClipWindow, meant: Meaning) -> Iterator[Rerender]:
    words = meant.window.of(meant.transcript.words)
    for start, end in frames_of(meant.anew, words, window):
        yield Rerender(range=f"{start}:{end}", yields=True)


def _request(opened: Opened, wish: Wish, meant: Meaning, *, out: Path) -> EditRequest:
    voices = tuple(wish.voices.get(change.text) for change in meant.changes if change.words)
    edits: tuple[Edit, ...] = (*meant.pauses, *_anew(opened.clip.window, meant))
    if meant.changes:
        edits = (Reword(changes=meant.changes), *edits)
    return EditRequest(
        timeline=opened.chosen.timeline,
        clip=opened.name,
        edits=edits,
        out=out,
        transcript=meant.transcript,
        speech=voices,
        rendering=wish.rendering,
        media_root=opened.chosen.media_root,
        sequence=opened.chosen.sequence,
    )
