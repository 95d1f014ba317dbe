"""A row of a manifest as a dub: what it asks for, what it comes to, and its name by that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec
from opentimelineio.schema import Timeline

from bridge import captions, dub, ranges
from bridge.batch.manifest import Row
from bridge.dub import DubRequest
from bridge.fit import PlannedDub
from bridge.listen import read_script
from bridge.options import booth_of, lay_of, project_of_environment, retiming_of, ripple_of
from bridge.region import region_of
from bridge.rendering import Rendering
from bridge.speech_source import Engine
from engine.messages import Leave
from engine.protocol import Align, Analyse, FindShots, Job, Render, Result, Speak
from otio_adapters.read import read


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """A row to the frame. `hash`: of all that decides what it comes to, wherever its files lie."""

    request: DubRequest
    dubs: tuple[PlannedDub, ...]
    jobs: tuple[Render, ...]
    hash: str

    @property
    def frames(self) -> int:
        """That are to be rendered, handles included."""
        return sum(one.shot.plan.frames for one in self.dubs if one.shot.plan)

    @property
    def change(self) -> int:
        return sum(one.change for one in self.dubs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a paid voice takes: so many of a unit, such as characters; and by whose leave it would speak."""

    count: int
    unit: str
    leaves: tuple[Leave, ...]


class Planner:
    """Plans rows. Each timeline is read once, and each file looked at and listened to once: by `engine`."""

    def __init__(self, engine: Engine, folder: Path, *, yes: bool) -> None:
        """`folder`: where relative paths of the manifest start. `yes`: paid voices are agreed to."""
        self.engine = Remembering(engine)
        self._folder = folder
        self._yes = yes
        self._timelines: dict[Path, tuple[Timeline, str]] = {}

    def plan(self, row: Row) -> PlannedRow:
        """Its output is still open. Raises what is wrong with the row."""
        request = self._request(row)
        timeline, content = self._timeline(request.timeline)
        dubs = dub.plan(request, timeline, self.engine).dubs
        jobs = tuple(dub.job_of(request, one) for one in dubs)
        cues = captions.load(request.captions).content.hex() if request.captions else ""
        told = [content, request.clips, request.place, request.ripple, cues, *map(_nameless, jobs)]
        named = hashlib.sha256(msgspec.json.encode(told)).hexdigest()
        return PlannedRow(request=request, dubs=dubs, jobs=jobs, hash=named)

    def price(self, row: Row) -> Price | None:
        """Of the line that a paid voice is to say for the row, which is looked through as far as can be.

        None where all is there already, or costs nothing. Raises what is wrong with the row, ConsentMissing
        among it.
        """
        request = self._request(row)
        line = dub.said_line(request)
        if request.booth is None or line is None or request.booth.has_said([line]):
            return None
        timeline, _ = self._timeline(request.timeline)
        parts = dub.parts_of(request, timeline, self.engine)
        leaves = dub.ask_before_it_is_said(request, parts, self.engine, note=False)
        count = request.booth.price([line])
        return Price(count=count, unit=request.booth.voice.unit, leaves=leaves) if count else None

    def _request(self, row: Row) -> DubRequest:
        return DubRequest(
            timeline=self._folder / row.timeline,
            clips=row.clips,
            out=self._folder / "",
            speech=tuple(self._folder / file for file in row.recordings),
            booth=booth_of(row.voice, yes=self._yes),
            script=read_script(self._folder / row.script) if row.script else "",
            language=row.language,
            speakers=row.speakers,
            project=row.project or project_of_environment(),
            retiming=retiming_of(row.retime),
            captions=self._folder / row.captions if row.captions else None,
            rendering=Rendering(
                renderer=row.renderer,
                seed=row.seed,
                region=region_of(self._region(row.region), self.engine),
                diffusion=row.diffusion,
            ),
            ripple=ripple_of(row.ripple),
            place=lay_of(row.place),
        )

    def _region(self, text: str) -> str:
        """A matte's file starts at the manifest's folder, as all files do."""
        return text if ranges.region(text) else str(self._folder / text)

    def _timeline(self, path: Path) -> tuple[Timeline, str]:
        """The timeline, and the sha256 of its file."""
        if path not in self._timelines:
            self._timelines[path] = read(path), _sha256(path)
        return self._timelines[path]


class Remembering:
    """An engine that is asked the same thing once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[Job, Result] = {}

    def run(self, job: Job) -> Result:
        if not isinstance(job, Analyse | Align | FindShots | Speak):
            return self._engine.run(job)
        if job not in self._known:
            self._known[job] = self._engine.run(job)
        return self._known[job]

    def leaves(self, *jobs: Render, note: bool = False) -> tuple[Leave, ...]:
        """Never from memory: consent is given and taken back meanwhile."""
        return self._engine.leaves(*jobs, note=note)


def _nameless(job: Render) -> Render:
    """The job, of files in no place: their fingerprints name them."""
    footage = msgspec.structs.replace(job.footage, media="")
    speech = tuple(msgspec.structs.replace(line, path="") for line in job.speech)
    return msgspec.structs.replace(job, footage=footage, speech=speech)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
