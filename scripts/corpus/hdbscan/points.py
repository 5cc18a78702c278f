"""Two kinds of distances: fast lower bounds for all pairs, and exact distances for selected pairs.

A bound is computed by a matrix product, |a|^2 + |b|^2 - 2ab. Its rounding error is known in
advance: the product of d numbers is off by at most d u |a| |b| / (1 - d u), where u is the unit
roundoff, half the distance from 1 to the next number (Higham 2002, Accuracy and Stability of
Numerical Algorithms, section 3.1, https://doi.org/10.1137/1.9780898718027).

An exact distance is the square root of the squared differences, summed in float64 from the first
number to the last as hdbscan does, with operations that give the same bits on every device and for
any number of threads.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

LARGE, SMALL = 1e8, 1e-8
"""If the longest vector is outside this range, points are scaled by a power of two."""
OFF_CENTRE = 4.0
"""Points are centred if the squared distance of their mean from 0 is more than this many times
their mean squared distance from the mean, because products of long vectors give poor bounds of
short distances."""


@dataclass(frozen=True)
class Blocks:
    """Units of work: rows and columns of a tile of the matrix of all pairs, and the number of
    coordinates loaded at once for exact distances."""

    rows: int
    columns: int
    numbers: int


BLOCKS = {"cpu": Blocks(1024, 4096, 1 << 18), "cuda": Blocks(8192, 32768, 1 << 22)}
"""On the CPU, tiles take 16 MB of float32, and exact distances 2 MB of float64, which fits the
cache; with 32 MB, an exact distance takes four times as long. On a GPU: 1 GB and 32 MB."""


class Points:
    """Points on a device. Squared bounds are in units of `unit` squared."""

    def __init__(self, embeddings: np.ndarray, device: torch.device | str = "cpu"):
        """`embeddings` (n, d) are finite, float32 or float64. Centred float32 data are not copied.

        Raises ValueError if squared lengths overflow.
        """
        self.device = torch.device(device)
        self.numbers = torch.from_numpy(np.ascontiguousarray(embeddings)).to(self.device)
        self.n, self.d = embeddings.shape
        self.blocks = BLOCKS[self.device.type]
        self.products = 0
        """Multiplications spent on bounds so far."""
        mean, squares = self._moments()
        near = bool((mean @ mean) * (OFF_CENTRE + 1) / OFF_CENTRE <= squares)
        self.centre = torch.zeros_like(mean) if near else mean
        lengths = self._squared_lengths()
        longest = float(lengths.max()) ** 0.5
        if not np.isfinite(longest):
            raise ValueError("embeddings: numbers are too large to be squared; scale them down")
        fine = longest == 0 or SMALL < longest < LARGE
        self.unit = 1.0 if fine else 2.0 ** np.floor(np.log2(longest))
        plain = near and self.unit == 1.0 and self.numbers.dtype == torch.float32
        self.quick = self.numbers if plain else self._moved(slice(None), torch.float32)
        self._shrunk = {
            torch.float32: self._shrink(lengths, torch.float32),
            torch.float64: self._shrink(lengths, torch.float64),
        }
        share = self._rounding(torch.float32)
        self.slack = 4 * share * (longest / self.unit) ** 2 + torch.finfo(torch.float32).tiny
        """Largest possible difference between a squared distance and its float32 bound."""

    def _moments(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean (d,) and mean squared length in float64."""
        total = torch.zeros(self.d, dtype=torch.float64, device=self.device)
        squares = total.new_zeros(())
        for rows in self._parts(self.n):
            block = self.numbers[rows].double()
            total += block.sum(0)
            squares = squares + (block * block).sum()
        return total / self.n, squares / self.n

    def _parts(self, n: int) -> Iterator[slice]:
        """Slices of n points that are small enough to process at once."""
        step = max(1, self.blocks.numbers // self.d)
        return (slice(start, start + step) for start in range(0, n, step))

    def _squared_lengths(self) -> torch.Tensor:
        parts = self._parts(self.n)
        return torch.cat([((self.numbers[p].double() - self.centre) ** 2).sum(1) for p in parts])

    def _moved(self, rows, dtype: torch.dtype) -> torch.Tensor:
        return ((self.numbers[rows].double() - self.centre) / self.unit).to(dtype)

    def _rounding(self, dtype: torch.dtype) -> float:
        """Largest rounding error of a squared distance, relative to the two squared lengths.

        It has d terms for the product, and eight for rounding the points, lengths and sums.
        """
        return (self.d + 8) * torch.finfo(dtype).eps / 2

    def _shrink(self, lengths: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """Squared lengths minus the largest possible rounding error."""
        shrunk = lengths / self.unit / self.unit * (1 - self._rounding(dtype))
        # Also subtract what is lost when products underflow.
        return (shrunk - self.d * torch.finfo(dtype).tiny).to(dtype)

    def some(self, points: torch.Tensor | slice, dtype: torch.dtype) -> torch.Tensor:
        """Coordinates of points in the form used for products."""
        return self.quick[points] if dtype == torch.float32 else self._moved(points, dtype)

    def bounds(
        self,
        rows: torch.Tensor | slice,
        columns: torch.Tensor | slice,
        dtype: torch.dtype = torch.float32,
        left: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Lower bounds (rows, columns) of the squared distances, **less** `lift(rows)`.

        The term that is constant within a row is left out, because adding it later is cheaper.
        `left` is `some(rows)`, if the caller already has it.
        """
        left = self.some(rows, dtype) if left is None else left
        right = self.some(columns, dtype)
        self.products += len(left) * len(right) * self.d
        return torch.addmm(self._shrunk[dtype][columns], left, right.T, alpha=-2)

    def lift(self, rows: torch.Tensor | slice, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """The constant (rows,) that completes each row of `bounds`."""
        return self._shrunk[dtype][rows]

    def distances(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Exact distances (m,) float64 of the pairs of points `a` and `b` (m,)."""
        lengths = torch.empty(len(a), dtype=torch.float64, device=self.device)
        for part in self._parts(len(a)):
            difference = self.numbers[a[part]].double()
            difference -= self.numbers[b[part]]
            lengths[part] = _sums(difference.mul_(difference))
        return _root(lengths)


def _sums(rows: torch.Tensor) -> torch.Tensor:
    """Row sums, added from the first number to the last; torch.sum does not define its order."""
    if rows.device.type == "cpu":
        return rows.cumsum(1)[:, -1]
    total = torch.zeros(len(rows), dtype=rows.dtype, device=rows.device)
    for column in rows.T.contiguous():
        total += column
    return total


def _root(squares: torch.Tensor) -> torch.Tensor:
    """Square roots rounded as IEEE 754 requires; those of PyTorch on the CPU (MKL) are not."""
    if squares.device.type == "cpu":
        return torch.from_numpy(np.sqrt(squares.numpy()))
    return squares.sqrt()
