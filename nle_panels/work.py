"""What the panel asks of the bridge for its words: each function is one call at the desk. No Qt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import msgspec

from bridge import listen, project, timeline_show, transcript, unheard
from bridge.apply import content_of
from bridge.clip import OpenClip, open_clip
from bridge.edits import Edit, Rerender, Reword
from bridge.errors import BridgeError, UsageError
from bridge.project import EditRequest, Planned
from bridge.quiet import ClipWindow
from bridge.rendering import OnProgress, Rendering
from bridge.timeline_show import TimelineView
from bridge.transcript import Window
from engine.client import EngineClient
from engine.protocol import Keep, Render, Transcript, Word
from nle_panels.document.document import Document
from nle_panels.document.meaning import Meaning, Untouched, meaning
from nle_panels.hosts.host import HostSequence
from nle_panels.takes.book import shot_key
from otio_adapters.opentime import Clock


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

    @property
    def clock(self) -> Clock:
        """What the clip's frames are called, as the timeline is before the edit."""
        view = self.view
        return Clock(rate=view.rate.exact, first=view.first + self.clip.start, drop_frame=view.drop_frame)

    @property
    def mute(self) -> bool:
        """Whether there is nothing to hear in the clip's media."""
        return self.clip.media.audio is None

    def window_of(self, said: Transcript) -> Window:
        return transcript.window(said.words, *self.shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The words as they are to be, and how it is to be made. `voices`: recordings by the text they say.
    `untouched`: as in `meaning`.
    """

    document: Document
    said: Transcript
    window: Window
    rendering: Rendering = field(default_factory=Rendering)
    voices: Mapping[str, Path] = field(default_factory=dict)
    untouched: Untouched = field(default_factory=dict)


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
    opened = Opened(chosen=chosen, name=name, content=content, view=view, clip=clip, said=said)
    if said is not None and opened.mute and not opened.window_of(said).of(said.words):
        return replace(opened, said=None)  # words were written in for another clip of the media
    return opened


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
    opened: Opened,
    script: Path | None,
    sound: Path | None,
    engine: EngineClient,
    on_progress: OnProgress,
) -> Transcript:
    """The words of the clip's media: aligned to a script where there is one, else recognised.

    `sound`: what to listen to instead, recorded beside the media from their first frame on.
    """
    media = opened.clip.media
    request = listen.Request(source=sound or Path(media.path), script=script)
    said = listen.transcribe(request, engine, on_progress)
    if sound is not None:
        said = unheard.heard_beside(said, media)
        transcript.remember(said)
    return said


def written_in(opened: Opened, text: str) -> Transcript:
    """The words of the text, spread over what the clip shows, and remembered. Raises UsageError."""
    said = unheard.written_in(text, opened.clip.media, opened.shown, transcript.recall(opened.clip.media))
    transcript.remember(said)
    return said


def planned(opened: Opened, wish: Wish, engine: EngineClient, on_progress: OnProgress) -> Ready | None:
    """To exact frames; new lines are spoken on the way. None: nothing is edited. Raises ImpossibleEdit."""
    meant = meaning(wish.document, wish.said, wish.window, wish.untouched)
    if not (meant.changes or meant.pauses or meant.anew):
        return None
    request = request_of(opened, wish, meant, out=opened.chosen.timeline)
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


def reopened(opened: Opened, engine: EngineClient) -> OpenClip:
    """The clip once more: placing takes uses an opened one up."""
    return _clip(opened.chosen, opened.name, engine)


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


def request_of(opened: Opened, wish: Wish, meant: Meaning, *, out: Path) -> EditRequest:
    """The edit as the bridge takes it."""
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
