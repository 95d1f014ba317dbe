"""`pickup transcribe`: from media, or a timeline's clip, to words with times."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bridge import premiere_transcript, transcript
from bridge.edits import read_text
from bridge.errors import UsageError
from bridge.rendering import OnProgress
from engine.client import EngineClient
from engine.protocol import Align, AlignedWords, Transcribe, Transcript

TIMELINES = (".otio", ".otioz", ".otiod", ".kdenlive", ".xml", ".edl", ".aaf", ".fcpxml", ".fcpxmld")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to listen to. With a script its words are aligned, without one they are recognised."""

    source: Path
    clip: str | None = None
    script: Path | None = None
    language: str | None = None
    model: str = "small"
    media_root: Path | None = None
    sequence: str = ""


def transcribe(request: Request, engine: EngineClient, on_progress: OnProgress) -> Transcript:
    """The transcript of the whole media; it is also remembered, so that `pickup edit` finds it."""
    media = str(_media(request).absolute())
    if request.script:
        job: Align | Transcribe = Align(
            media=media, script=read_script(request.script), language=request.language or "en"
        )
    else:
        job = Transcribe(media=media, language=request.language, model=request.model)
    phase = "aligning the words" if request.script else "recognising the words"
    answer = engine.run(job, on_progress=lambda progress: on_progress(phase, progress))
    assert isinstance(answer, AlignedWords)
    transcript.remember(answer.transcript)
    return answer.transcript


def write(heard: Transcript, path: Path) -> Path:
    """The transcript as JSON, and its text beside it to revise: `t.json` has `t.txt`, unless that exists."""
    transcript.save(heard, path)
    text = path.with_suffix(".txt")
    if not text.exists():
        text.write_text(as_text(heard) + "\n", encoding="utf-8")
    return path


def as_text(heard: Transcript) -> str:
    return " ".join(word.text for word in heard.words)


def read_script(path: Path) -> str:
    """What a text file says, or a transcript that Premiere exported: its words are aligned anew."""
    text = read_text(path)
    content = text.encode()
    if premiere_transcript.is_premiere(content):
        return as_text(premiere_transcript.read(content, path))
    return text


def _media(request: Request) -> Path:
    if request.source.suffix.lower() not in TIMELINES:
        if request.clip:
            raise UsageError(f"--clip {request.clip}: {request.source.name} is a media file and has no clips")
        if request.sequence:
            raise UsageError(
                f"--sequence {request.sequence}: {request.source.name} is a media file and has no sequences"
            )
        return request.source
    from bridge.clip import media_of  # noqa: PLC0415  # the timeline library, only where there is a timeline

    if request.clip is None:
        raise UsageError(f"{request.source.name} is a timeline: say which clip is meant, with --clip NAME")
    return media_of(request.source, request.clip, request.media_root, request.sequence)
