"""A batch's report as one page: failures first, pictures before and after. It needs no other file."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from html import escape
from pathlib import Path

from bridge.batch.report import BatchReport, RowReport
from bridge.speech_source import Engine
from engine.errors import EngineError
from engine.protocol import Analyse, Analysis, Footage, Proxy, Ratio, Reel

_HEIGHT = 90  # lines of a picture
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: #1c1c1e; background: #fff }
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #1c1c1e } td, th { border-color: #444 }
}
table { border-collapse: collapse; width: 100% }
td, th { border-top: 1px solid #ccc; padding: .4rem .6rem; text-align: left; vertical-align: top }
img { height: 90px; border-radius: 4px }
.failed { color: #d33 } .done, .as { color: #2a7 } .path { overflow-wrap: anywhere }
"""


def as_page(report: BatchReport, engine: Engine) -> str:
    """HTML. A picture that cannot be made is left out."""
    figures = ", ".join(f"{count} {state}" for state, count in sorted(report.counts.items()))
    ordered = sorted(report.rows, key=lambda row: (row.state != "failed", row.line))
    rows = "\n".join(_row(row, engine) for row in ordered)
    name = escape(Path(report.manifest).name)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f"<style>{_STYLE}</style></head>\n"
        f"<body><h1>{name}</h1><p>{escape(figures)}; {report.seconds:.1f} s</p>\n"
        f"{''.join(f'<p class=failed>{escape(warning)}</p>' for warning in report.warnings)}\n"
        "<table><thead><tr><th>line<th>clip<th>state<th>before<th>after<th>what became of it</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody></table></body></html>\n"
    )


def look(row: RowReport, engine: Engine) -> None:
    """Makes the row's pictures, so that the page finds them in the engine's cache."""
    for medias in _shown(row):
        for media in medias:
            _picture(media, engine)


def _shown(row: RowReport) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The films before and after; none of a row that was not done."""
    if row.edit is None:
        return (), ()
    return tuple(map(Path, row.medias)), tuple(Path(take.path) for take in row.edit.takes)


def _row(row: RowReport, engine: Engine) -> str:
    before, after = ("".join(_picture(media, engine) for media in medias) for medias in _shown(row))
    return (
        f"<tr><td>{row.line}<td>{escape(row.clip)}<br>{escape(row.language)}"
        f'<td class="{row.state.split()[0]}">{row.state}<td>{before}<td>{after}'
        f'<td class="path">{"<br>".join(_told(row))}</tr>'
    )


def _told(row: RowReport) -> Iterator[str]:
    if row.marked:
        yield f'<span class="failed">marked: {escape(row.why)}</span>'
    if row.error:
        yield f'<span class="failed">{escape(row.error)}</span>'
    if row.output:
        yield escape(row.output)
    if row.frames:
        yield f"{row.frames} frames, {row.change:+.2f} s, {row.seconds:.1f} s of work"
    for take in row.edit.takes if row.edit else ():
        scratch = ", scratch voice" if take.scratch_voice else ""
        yield escape(f"{Path(take.path).name}: {take.renderer}, lip-sync: {take.lip_sync}{scratch}")
        yield from (escape(warning) for warning in take.warnings)


def _picture(media: Path, engine: Engine) -> str:
    """The frame in the middle of the film, inside the page."""
    try:
        looked = engine.run(Analyse(media=str(media)))
        assert isinstance(looked, Analysis)
        if looked.info.video is None:
            return ""
        rate = looked.info.video.rate
        middle = int(looked.info.duration.exact * rate.exact) // 2
        footage = Footage(
            media=str(media),
            fingerprint=looked.info.fingerprint,
            offset=Ratio(num=0),
            first=0,
            last=2 * middle + 1,
        )
        reel = engine.run(Proxy(footage=footage, rate=rate, start=middle, end=middle + 1, height=_HEIGHT))
        assert isinstance(reel, Reel)
        first, end = struct.unpack("<2Q", reel.offsets)
        content = Path(reel.path).read_bytes()[first:end]
    except (EngineError, OSError, ValueError):
        return ""
    return f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(content).decode()}">'
