"""The take's pictures: the source's own, and over them what was made anew.

weight of the whole picture    0 the source's own --- 1 the decoded picture
weight of the region           outside its mask the source's own samples, bit for bit

A watermark lies where something was made anew, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from torch import Tensor

from engine.diffusion.conditioning import by_frame
from engine.media.composite import Seam, composite, crossfaded
from engine.media.picture import Picture
from engine.model.autoencoder import Frame, VideoAutoencoder
from engine.model.seams import levelled
from engine.render.film import Film
from engine.render.regions import Regions
from engine.render.stage import Stage
from engine.render.storyboard import Storyboard
from engine.watermark.marking import Watermark


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finish:
    """`shown`: the take's frames among the decoded ones. `levelled_FHW`: tokens between which no seams may
    be left; None for a model that leaves none.
    """

    film: Film
    board: Storyboard
    regions: Regions
    stage: Stage
    shown: slice
    seed: int
    levelled_FHW: Tensor | None = None
    watermark: Watermark | None = None

    def pictures(self, latents_CFHW: Tensor, autoencoder: VideoAutoencoder) -> Iterator[Picture]:
        """Every picture of the take."""
        decoded = autoencoder.decode(latents_CFHW, self.seed)
        if self.levelled_FHW is not None:
            decoded = levelled(decoded, by_frame(self.levelled_FHW))
        shown = islice(decoded, self.shown.start, self.shown.stop)
        for frame, (source, made) in enumerate(zip(self.film.pictures(), shown, strict=True)):
            yield self._finished(frame, source, made)

    def _finished(self, frame: int, source: Picture, made: Frame) -> Picture:
        whole, region = self.board.whole[frame], self.board.region[frame]
        mask = self.regions.at(frame)
        if not whole and mask is None:
            return source
        picture = self.stage.picture(made, source)
        if mask is not None:
            source = composite(source, picture, mask, Seam(weight=float(region)))
        finished = crossfaded(source, picture, float(whole))
        if self.watermark is None:
            return finished
        return self.watermark.on(finished, frame, None if whole else mask)
