"""Morphs on footage that somebody brings: figures with their goals, and a sheet to look at for each clip.

`python -m engine.evaluation.morph_report CLIP... -o OUT`. Such footage is of real people: nothing of it is in
the package, and what is made of it goes to OUT alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from engine.errors import EngineError, NoSuchStream
from engine.evaluation.cuts import on_screen
from engine.evaluation.measure import Measure
from engine.evaluation.morph_bench import RealCut, hidden_frames, real_cuts
from engine.evaluation.sheet import Row, Thumb, contact_sheet, face_crop, thumbnail
from engine.media.decode import Sampling, open_reel
from engine.media.probe import probe

STRIDE = 3  # frames are hidden at every third place
GAIN = 0.4  # dB over a dissolve, where that is worst
_REMOVALS = ((0.2, 0.3), (0.3, 0.6), (0.45, 0.7), (0.25, 0.75))  # parts of a clip that are taken out, in turn
_UNEVEN = Fraction(30)  # frames a second of the timeline in which a clip of variable rate is cut
_SIDE = 2  # frames of the clip on either side of a bridge


def measures(clip: Path, cuts: Sequence[RealCut], gain: float = GAIN) -> Iterator[Measure]:
    """The figures of one clip and of cuts made in it. Raises MissingModel, MissingMedia, BadMedia."""
    found = hidden_frames(clip, STRIDE)
    for what, value, goal in (
        ("where a dissolve is worst", found.worst_half, gain),
        ("over all places", found.mean, 0.0),
        ("at the worst place", found.worst, None),
    ):
        name = f"{clip.stem}: morph over dissolve, {what}"
        yield Measure(name=name, value=value, unit="dB", at_least=goal)
    for what, value, least, most in (
        ("longest step at a cut", max(cut.step for cut in cuts), None, 1.0),
        ("longest step at a cut, in the face", max(cut.face_step for cut in cuts), None, 1.0),
        ("least sharpness at a cut", min(min(cut.sharpness) for cut in cuts), 0.9, None),
        ("greatest sharpness at a cut", max(max(cut.sharpness) for cut in cuts), None, 1.1),
    ):
        unit = "x the clip's own" if "step" in what else "x its neighbours'"
        yield Measure(name=f"{clip.stem}: {what}", value=value, unit=unit, at_least=least, at_most=most)


def cuts_of(clip: Path) -> tuple[RealCut, ...]:
    """The clip with parts of it taken out. Raises MissingModel, MissingMedia, BadMedia."""
    info = probe(clip)
    if info.video is None:
        raise NoSuchStream(f"{clip} has no picture")
    rate = _UNEVEN if info.video.variable_rate else info.video.rate.exact
    frames = int(info.duration.exact * rate)
    removals = [(int(start * frames), int(end * frames)) for start, end in _REMOVALS]
    return tuple(real_cuts(clip, removals, rate, max(2, round(rate / 5))))


def sheet_of(clip: Path, cuts: Sequence[RealCut], path: Path) -> None:
    """One row for each cut, its bridge marked, cropped to the face. Raises RenderFailed, DiskFull."""
    with open_reel(clip, Sampling(offset=Fraction(0), rate=_UNEVEN)) as reel:
        matrix = reel.format.matrix
    contact_sheet((_row(cut, matrix) for cut in cuts), path)


def _row(cut: RealCut, matrix: int) -> Row:
    pictures = [on_screen(picture, matrix) for picture in cut.pictures]
    rows, columns = face_crop(pictures)
    last = len(pictures) - _SIDE
    thumbs = tuple(
        Thumb(picture=thumbnail(picture[rows, columns]), caption=str(at), edited=_SIDE <= at < last)
        for at, picture in enumerate(pictures)
    )
    title = f"frames {cut.removed[0]} to {cut.removed[1]} taken out: step {cut.step:.2f} of the clip's own"
    return Row(title=title, thumbs=thumbs)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder for the sheets")
    given = parser.parse_args(arguments)
    missed = False
    try:
        for clip in given.clips:
            cuts = cuts_of(clip)
            given.out.mkdir(parents=True, exist_ok=True)
            sheet_of(clip, cuts, given.out / f"{clip.stem}_cuts.png")
            for measure in measures(clip, cuts):
                missed |= not measure.holds
                print(f"{measure.name:72} {measure.value:6.2f} {measure.unit:18} {measure.goal}")  # noqa: T201
    except EngineError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 3
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
