"""At which size, and how much of it, a clip is trained on (section 4.1). Pure.

The paper resizes its clips to .25 to 2 megapixels and trims their frames, so that all have as many tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from engine.diffusion.latent_grid import latents_for
from engine.model.config import STRIDE
from engine.protocol import Value
from engine.training.errors import BadSamples


class Sizes(Value, frozen=True, kw_only=True):
    """What a model takes: the paper's range of pixels, in LTX's latents of 32x32 pixels."""

    fewest: int = 250_000
    most: int = 2_000_000
    cell: int = 32


class Fit(Value, frozen=True, kw_only=True):
    """A clip resized to `height` x `width`, then cut to its middle `rows` x `columns` cells, and to `frames`.

    The picture is not stretched: both sides are the source's times one scale, in whole pixels, and what
    does not fill a cell is cut off, half at either edge.
    """

    height: int
    width: int
    rows: int
    columns: int
    frames: int
    cell: int

    @property
    def latents(self) -> int:
        return latents_for(self.frames)

    @property
    def tokens(self) -> int:
        return self.latents * self.rows * self.columns

    @property
    def top(self) -> int:
        return (self.height - self.rows * self.cell) // 2

    @property
    def left(self) -> int:
        return (self.width - self.columns * self.cell) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """`scale`: of the source, so that one side fills its cells exactly."""

    scale: Fraction
    rows: int
    columns: int

    @property
    def cells(self) -> int:
        return self.rows * self.columns


def fitted(size: tuple[int, int], frames: int, tokens: int, draw: float, sizes: Sizes | None = None) -> Fit:
    """One of the sizes at which a clip of this (height, width) has `tokens`, `draw` (0 to 1) deciding which.

    The longest clip of that size whose tokens are no more than `tokens`: fewer by less than a latent, or by
    more where the clip is too short to have as many at any size. ours: never larger than the source, but
    where even the smallest size is. Raises BadSamples where not even a latent fits.
    """
    sizes = sizes or Sizes()
    available = (frames - 1) // STRIDE + 1  # whole ones
    grids = [grid for grid in _grids(size, sizes) if grid.cells <= tokens] if frames > 0 else []
    if not grids:
        raise BadSamples(
            f"a clip of {size[1]}x{size[0]} and {frames} frames cannot be brought to {tokens} tokens of"
            f" {sizes.cell}x{sizes.cell} pixels, at {sizes.fewest} to {sizes.most} pixels"
        )
    plain = [grid for grid in grids if grid.scale <= 1] or grids[:1]
    full = [grid for grid in plain if tokens // grid.cells <= available] or plain[-1:]
    chosen = full[min(int(draw * len(full)), len(full) - 1)]
    latents = min(available, tokens // chosen.cells)
    return Fit(
        height=int(size[0] * chosen.scale),
        width=int(size[1] * chosen.scale),
        rows=chosen.rows,
        columns=chosen.columns,
        frames=(latents - 1) * STRIDE + 1,
        cell=sizes.cell,
    )


def _grids(size: tuple[int, int], sizes: Sizes) -> list[_Grid]:
    """Every grid that the clip can have within the range of pixels, smallest first."""
    area = sizes.cell**2
    within = {
        (grid.rows, grid.columns): grid
        for grid in _all_grids(size, sizes)
        if sizes.fewest <= grid.cells * area <= sizes.most
    }
    return sorted(within.values(), key=lambda grid: (grid.cells, grid.rows))


def _all_grids(size: tuple[int, int], sizes: Sizes) -> Iterator[_Grid]:
    """A clip that grows gains a row or a column now and then: the sizes at which it does."""
    longest = sizes.most // sizes.cell**2 + 1
    for side in size:
        for count in range(1, longest + 1):
            scale = Fraction(count * sizes.cell, side)
            rows, columns = (int(length * scale) // sizes.cell for length in size)
            if rows * columns * sizes.cell**2 > sizes.most:
                break
            if rows and columns:
                yield _Grid(scale=scale, rows=rows, columns=columns)
