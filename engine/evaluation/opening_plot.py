"""The plot of an edit: how open the mouth is in the frames, against what is heard.

`python -m engine.evaluation.opening_plot CUTS.json --script revised.txt -o opening.png`. Above the sound's
level, below the mouth's opening as measured in the pictures, and as it should be. Edited stretches are
shaded; words are written where they are said.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError, MissingMedia, RenderFailed, WordsDoNotFit
from engine.evaluation.cuts import Picture, read_cuts
from engine.evaluation.opening import Openings, correlation
from engine.evaluation.opening_track import TICKS, OpeningTrack, track_of
from engine.protocol import Word
from engine.whole_file import save_whole

Colour = tuple[int, int, int]

_LEFT, _RIGHT = 70, 20
_SOUND, _GAP, _MOUTH = (64, 184), 24, (208, 448)  # rows: top and bottom of the two panels
_WORDS, _WORD_LINES, _LINE = 474, 3, 18
_HEIGHT = 560
_NARROWEST, _WIDEST, _A_SECOND = 900, 8000, 130  # pixels across
_PAPER, _PANEL, _INK, _FAINT = (24, 24, 26), (34, 34, 37), (235, 235, 235), (120, 120, 126)
_SHADE, _WAVE = (74, 58, 34), (96, 132, 170)
_MEASURED, _TRUE, _EXPECTED = (242, 169, 59), (110, 200, 130), (150, 150, 230)
_LONGEST_SCRIPT = 16 << 20  # bytes


def plot(track: OpeningTrack) -> Picture:
    """RGB."""
    width = int(np.clip(track.seconds * _A_SECOND, _NARROWEST, _WIDEST)) + _LEFT + _RIGHT
    out = np.full((_HEIGHT, width, 3), _PAPER, np.uint8)
    for top, bottom in (_SOUND, _MOUTH):
        out[top:bottom, _LEFT : width - _RIGHT] = _PANEL
        for first, last in edited_runs(track.edited):
            out[top:bottom, _column(out, track, first) : _column(out, track, last)] = _SHADE
    _draw_sound(out, track)
    _draw_mouth(out, track)
    _draw_words(out, track)
    _draw_seconds(out, track)
    _draw_legend(out, track)
    return out


def edited_runs(edited: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """(first, last) frames of each edited stretch, the last apart."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.asarray(edited, bool), [False]]).astype(int)))
    yield from ((int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True))


def agreement(track: OpeningTrack) -> str:
    """Pearson's r of what was measured with what is known, in all frames and in the edited ones."""
    edited = np.array(track.edited)
    told = []
    for name, wanted in (("truth", track.true), ("words", track.expected)):
        for place, frames in (("", np.ones_like(edited)), (" in edits", edited)):
            r = correlation(track.measured[frames], wanted[frames])
            told += [] if np.isnan(r) else [f"{name}{place} r = {r:.2f}"]
    return ", ".join(told)


# ---------------------------------------------------------------------------------------- drawing


def _column(out: Picture, track: OpeningTrack, frame: float) -> int:
    """Where a frame begins."""
    span = int(out.shape[1]) - _LEFT - _RIGHT
    return _LEFT + round(span * min(max(frame / max(track.frames, 1), 0.0), 1.0))


def _draw_sound(out: Picture, track: OpeningTrack) -> None:
    middle, half = sum(_SOUND) // 2, (_SOUND[1] - _SOUND[0]) // 2 - 4
    if not len(track.envelope):
        return
    columns = np.arange(_LEFT, out.shape[1] - _RIGHT)
    seconds = (columns - _LEFT) / max(len(columns), 1) * track.seconds
    level = track.envelope[np.minimum((seconds * TICKS).astype(int), len(track.envelope) - 1)]
    for column, reach in zip(columns, np.rint(level * half).astype(int), strict=True):
        out[middle - reach : middle + reach + 1, column] = _WAVE


def _draw_mouth(out: Picture, track: OpeningTrack) -> None:
    top = _scale(track)
    for values, ink, thick in (
        (track.expected, _EXPECTED, 1),
        (track.true, _TRUE, 1),
        (track.measured, _MEASURED, 2),
    ):
        for line in _lines(out, track, values, top):
            cv2.polylines(out, [line], False, ink, thick, cv2.LINE_AA)
    _write(out, f"{top:.2f}", (8, _MOUTH[0] + 12), _FAINT)
    _write(out, "shut", (8, _MOUTH[1]), _FAINT)


def _scale(track: OpeningTrack) -> float:
    """The widest opening that is drawn, in hundredths of the face's height, and a little above."""
    every = np.concatenate([track.measured, track.true, track.expected])
    widest = float(np.nanmax(every)) if np.isfinite(every).any() else 0.0
    return max(0.02, math.ceil(widest * 105) / 100)


def _lines(out: Picture, track: OpeningTrack, values: Openings, top: float) -> Iterator[NDArray[np.int32]]:
    """A polyline for each stretch that is known; a frame's value lies in its middle."""
    high, low = _MOUTH[0] + 4, _MOUTH[1] - 2
    for first, last in edited_runs(np.isfinite(values).tolist()):
        points = [
            (
                _column(out, track, frame + 0.5),
                low - round((low - high) * min(max(values[frame] / top, 0), 1)),
            )
            for frame in range(first, last)
        ]
        yield np.array(points, np.int32)


def _draw_words(out: Picture, track: OpeningTrack) -> None:
    """Each below its beginning, on the first line that has room there; a tick marks it."""
    free = [0] * _WORD_LINES
    for word in track.words:
        left = _column(out, track, word.start * float(track.rate))
        text = _ascii(word.text)
        wide = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.42, 1)[0][0]
        line = next((number for number, until in enumerate(free) if until <= left), None)
        cv2.line(out, (left, _MOUTH[1]), (left, _MOUTH[1] + 5), _FAINT, 1)
        if line is None:
            continue
        ink = _MEASURED if _is_edited(track, word) else _INK
        _write(out, text, (left, _WORDS + line * _LINE), ink)
        free[line] = left + wide + 8


def _is_edited(track: OpeningTrack, word: Word) -> bool:
    middle = int((word.start + word.end) / 2 * track.rate)
    return 0 <= middle < len(track.edited) and track.edited[middle]


def _draw_seconds(out: Picture, track: OpeningTrack) -> None:
    for second in range(int(track.seconds) + 1):
        at = _column(out, track, second * float(track.rate))
        for top, bottom in (_SOUND, _MOUTH):
            out[top:bottom:4, min(at, out.shape[1] - _RIGHT - 1)] = _FAINT
        _write(out, f"{second} s", (at + 3, _HEIGHT - 12), _FAINT)


def _draw_legend(out: Picture, track: OpeningTrack) -> None:
    _write(out, "Mouth opening against speech", (_LEFT, 26), _INK, 0.6)
    _write(out, "sound", (8, _SOUND[0] + 12), _FAINT)
    entries: list[tuple[str, Colour]] = [("measured in the frames", _MEASURED)]
    entries += [("true", _TRUE)] if np.isfinite(track.true).any() else []
    entries += [("as the words ask for", _EXPECTED)] if np.isfinite(track.expected).any() else []
    entries += [("edited", (170, 130, 70))] if any(track.edited) else []
    entries += [(told, _FAINT)] if (told := agreement(track)) else []
    at = _LEFT
    for text, ink in entries:
        _write(out, text, (at, 50), ink)
        at += cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.42, 1)[0][0] + 22


def _write(out: Picture, text: str, at: tuple[int, int], ink: Colour, size: float = 0.42) -> None:
    cv2.putText(out, _ascii(text), at, cv2.FONT_HERSHEY_SIMPLEX, size, ink, 1, cv2.LINE_AA)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()  # OpenCV's letters are ASCII


# ---------------------------------------------------------------------------------------- command


def write_plot(track: OpeningTrack, path: Path) -> None:
    """Write the plot as PNG. Raises RenderFailed, DiskFull."""
    done, png = cv2.imencode(".png", cv2.cvtColor(plot(track), cv2.COLOR_RGB2BGR))
    if not done:
        raise RenderFailed("the plot cannot be made into a PNG")
    save_whole(path, png.tobytes())


def _script(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST_SCRIPT).decode("utf-8-sig")
    except OSError as error:
        raise MissingMedia(f"the script {path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise MissingMedia(f"{path} is no text in UTF-8") from error


def main(arguments: list[str] | None = None) -> int:
    """0 when written, 3 for a bad cut list, media or script, 5 when the plot cannot be made."""
    parser = argparse.ArgumentParser(
        prog="engine.evaluation.opening_plot", description="A plot of mouth opening against speech."
    )
    parser.add_argument("cuts", type=Path, help="JSON with the picture before and after the edit, cut by cut")
    parser.add_argument("--script", type=Path, help="all that is said after the edit")
    parser.add_argument("--language", default="en-us", help="of the script")
    parser.add_argument("-o", "--out", type=Path, default=Path("opening.png"))
    chosen = parser.parse_args(arguments)
    try:
        lists, script = read_cuts(chosen.cuts), _script(chosen.script)
        try:
            track = track_of(lists, script, chosen.language)
        except WordsDoNotFit as error:  # a plot without words is better than none
            sys.stderr.write(f"note: the plot has no words: {error}\n")
            track = track_of(lists)
        write_plot(track, chosen.out)
    except EngineError as error:
        sys.stderr.write(f"error: {error}\n")
        return 5 if isinstance(error, RenderFailed) else 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
