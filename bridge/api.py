"""The Python API: a project opened, an edit or a dub planned, rendered, conformed. Examples run as tests.

with bridge.Project.open("cut.otio") as project:
edit = project.revise("interview", remove=["most likely"])
edit.frames                                         # to render, before anything is rendered
report = edit.render(renderer="draft").conform("out/cut.otio")
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict, Unpack

from bridge import dub, listen
from bridge import project as editing
from bridge.clip import OpenClip, open_clip
from bridge.dub import DubPlan, DubRequest
from bridge.edits import Edit, Insert, Remove, Replace, Revise
from bridge.options import retiming_of
from bridge.project import EditRequest, Planned
from bridge.rendering import OnProgress, Rendering
from bridge.report import EditReport
from bridge.versions import TakeRecord
from engine import launcher
from engine.client import EngineClient
from engine.paths import EnginePaths
from engine.protocol import Diffusion, Region, Transcript
from otio_adapters.clip_place import clip_names
from otio_adapters.read import read

PathLike = str | Path


def _quietly(*_: object) -> None:
    """Nobody is told how far it is."""


class Settings(TypedDict, total=False):
    """How takes are rendered: see `bridge.rendering.Rendering`."""

    seed: int
    region: Region
    diffusion: Diffusion
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A timeline, and the engine that its edits are rendered by. Opened with `open`, closed by `with`."""

    timeline: Path
    engine: EngineClient
    media_root: Path | None = None
    sequence: str = ""
    on_progress: OnProgress = _quietly

    @classmethod
    def open(
        cls,
        timeline: PathLike,
        *,
        media_root: PathLike | None = None,
        sequence: str = "",
        on_progress: OnProgress = _quietly,
    ) -> Self:
        """Raises TimelineError where the file cannot be read, EngineUnavailable where no engine starts."""
        path = Path(timeline)
        read(path, sequence)
        return cls(
            timeline=path,
            engine=launcher.ensure_running(EnginePaths.default()),
            media_root=Path(media_root) if media_root is not None else None,
            sequence=sequence,
            on_progress=on_progress,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.engine.close()

    @property
    def clips(self) -> tuple[str, ...]:
        """The names of the clips that may be edited."""
        return tuple(clip_names(read(self.timeline, self.sequence)))

    def transcribe(
        self, clip: str, *, script: PathLike | None = None, language: str | None = None, model: str = "small"
    ) -> Transcript:
        """The words of the clip's media: of a known text aligned, without one recognised."""
        request = listen.Request(
            source=self.timeline,
            clip=clip,
            script=Path(script) if script is not None else None,
            language=language,
            model=model,
            media_root=self.media_root,
            sequence=self.sequence,
        )
        return listen.transcribe(request, self.engine, self.on_progress)

    def revise(
        self,
        clip: str,
        *,
        text: PathLike | None = None,
        remove: Sequence[str] = (),
        insert: Sequence[tuple[str, str]] = (),
        replaced: Sequence[tuple[str, str]] = (),
        speech: Sequence[PathLike] = (),
        transcript: Transcript | None = None,
        speakers: Sequence[str] = (),
        project: str = "",
    ) -> PlannedEdit:
        """Words taken out, put in (`(words, after)`), exchanged (`(old, new)`), or all of them as in a file.

        `speech`: recordings of the new words, in the order in which they are named here. `speakers`: who says
        them, else those whom the transcript names there. `project`: as records of consent may name it.
        """
        edits: list[Edit] = [Revise(path=Path(text))] if text is not None else []
        edits += [Remove(phrase=phrase) for phrase in remove]
        edits += [Insert(text=words, after=after) for words, after in insert]
        edits += [Replace(old=old, text=new) for old, new in replaced]
        request = EditRequest(
            timeline=self.timeline,
            clip=clip,
            edits=tuple(edits),
            out=self.timeline,  # until it is conformed
            transcript=transcript,
            speech=tuple(Path(file) for file in speech),
            speakers=tuple(speakers),
            project=project,
            media_root=self.media_root,
            sequence=self.sequence,
        )
        opened = open_clip(
            self.timeline, clip, self.engine, media_root=self.media_root, sequence=self.sequence
        )
        plan = editing.plan_edits(request, opened, self.engine, self.on_progress)
        return PlannedEdit(project=self, request=request, clip=opened, plan=plan)

    def dub(
        self,
        *clips: str,
        speech: Sequence[PathLike] = (),
        script: str = "",
        language: str = "en",
        speakers: Sequence[str] = (),
        project: str = "",
        retime: str | Fraction = "auto",
        captions: PathLike | None = None,
    ) -> PlannedDubs:
        """Other speech over the clips, whole: see docs/dub.md. `retime`: auto, none, or seconds.

        `speakers`: one for each clip, or one for all.
        """
        request = DubRequest(
            timeline=self.timeline,
            clips=clips,
            out=self.timeline,
            speech=tuple(Path(file) for file in speech),
            script=script,
            language=language,
            speakers=tuple(speakers),
            project=project,
            retiming=retiming_of(retime) if isinstance(retime, str) else retime,
            captions=Path(captions) if captions is not None else None,
            media_root=self.media_root,
            sequence=self.sequence,
        )
        timeline = read(self.timeline, self.sequence)
        return PlannedDubs(project=self, request=request, plan=dub.plan(request, timeline, self.engine))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEdit:
    """An edit of words, to the frame."""

    project: Project
    request: EditRequest
    clip: OpenClip
    plan: Planned

    @property
    def frames(self) -> int:
        """That are to be rendered, handles included."""
        return sum(shot.plan.frames for shot in self.plan.shots if shot.plan)

    @property
    def change(self) -> int:
        """Frames that the clip gains, or loses where it is below 0."""
        return self.plan.change

    def render(self, renderer: str = "draft", **settings: Unpack[Settings]) -> RenderedEdit:
        """Raises the engine's errors: BadMedia for what cannot be rendered, ConsentMissing for new words
        without a consent on record, RenderFailed for the rest.
        """
        request = replace(self.request, rendering=Rendering(renderer=renderer, **settings))
        records = editing.render(request, self.clip, self.plan, self.project.engine, self.project.on_progress)
        return RenderedEdit(edit=self, request=request, records=records)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedEdit:
    """An edit whose takes lie in the engine's cache."""

    edit: PlannedEdit
    request: EditRequest
    records: Sequence[TakeRecord]

    def conform(self, out: PathLike) -> EditReport:
        """The new timeline, written, read back and compared; its takes lie beside it."""
        request = replace(self.request, out=Path(out))
        editing.check(request, self.edit.clip)
        return editing.place(
            request, self.edit.clip, self.edit.plan, self.records, self.edit.project.on_progress
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDubs:
    """Dubs, to the frame."""

    project: Project
    request: DubRequest
    plan: DubPlan

    @property
    def frames(self) -> int:
        """That are to be rendered, handles included."""
        return sum(one.shot.plan.frames for one in self.plan.dubs if one.shot.plan)

    @property
    def change(self) -> int:
        """Frames that the clips gain, or lose where it is below 0."""
        return sum(one.change for one in self.plan.dubs)

    def render(self, renderer: str = "draft", **settings: Unpack[Settings]) -> RenderedDubs:
        """As `PlannedEdit.render`."""
        request = replace(self.request, rendering=Rendering(renderer=renderer, **settings))
        records = dub.render(request, self.plan, self.project.engine, self.project.on_progress)
        return RenderedDubs(dubs=self, request=request, records=records)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedDubs:
    """Dubs whose takes lie in the engine's cache."""

    dubs: PlannedDubs
    request: DubRequest
    records: Sequence[TakeRecord]

    def conform(self, out: PathLike) -> EditReport:
        """As `RenderedEdit.conform`."""
        request = replace(self.request, out=Path(out))
        dub.check(request)
        opened = self.dubs.project
        return dub.place(request, self.dubs.plan, self.records, opened.engine, opened.on_progress)
