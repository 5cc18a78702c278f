"""Distances of points, in two kinds: quick bounds for all pairs, exact ones for the few that count.

A bound comes from a matrix product, |a|^2 + |b|^2 - 2ab, whose rounding is known beforehand: the
product of d numbers is off by at most d u |a| |b| / (1 - d u), u half the distance from 1 to the
next number (Higham 2002, Accuracy and Stability of Numerical Algorithms, section 3.1,
https://doi.org/10.1137/1.9780898718027). An exact distance is the root of the squared differences,
summed in float64 from the first number to the last as hdbscan does, by operations that give
the same bits on every device and with any number of threads.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

LARGE, SMALL = 1e8, 1e-8
"""Longest points outside of this are scaled before products are made of them, by a power of two."""
OFF_CENTRE = 4.0
"""Points are moved to their mean where it is so many times farther from 0, squared, than they are
from it: a product of long vectors says little about a short distance between them."""


@dataclass(frozen=True)
class Blocks:
    """How much is looked at together: points in a tile of the table of all pairs, and numbers of
    exact distances."""

    rows: int
    columns: int
    numbers: int


BLOCKS = {"cpu": Blocks(1024, 4096, 1 << 18), "cuda": Blocks(8192, 32768, 1 << 22)}
"""On the CPU tiles of 16 MB of float32 and 2 MB of float64, which stay near the core: of 32 MB, an
exact distance takes four times as long. On a GPU 1 GB and 32 MB."""


class Points:
    """One or more points on a device. Their squared bounds are in units of `unit` squared."""

    def __init__(self, embeddings: np.ndarray, device: torch.device | str = "cpu"):
        """Of float32 or float64 (n, d), finite; float32 near the origin is not copied."""
        self.device = torch.device(device)
        self.numbers = torch.from_numpy(np.ascontiguousarray(embeddings)).to(self.device)
        self.n, self.d = embeddings.shape
        self.blocks = BLOCKS[self.device.type]
        self.products = 0
        """Multiplications that went into bounds so far."""
        mean, squares = self._moments()
        near = bool((mean @ mean) * (OFF_CENTRE + 1) / OFF_CENTRE <= squares)
        self.centre = torch.zeros_like(mean) if near else mean
        lengths = self._squared_lengths()
        longest = float(lengths.max()) ** 0.5
        if not np.isfinite(longest):
            raise ValueError("embeddings: numbers too large to be squared; scale them down")
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
        """By how much a squared distance is above its bound in float32, at most."""

    def _moments(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean (d,) and mean squared length, float64."""
        total = torch.zeros(self.d, dtype=torch.float64, device=self.device)
        squares = total.new_zeros(())
        for rows in self._parts(self.n):
            block = self.numbers[rows].double()
            total += block.sum(0)
            squares = squares + (block * block).sum()
        return total / self.n, squares / self.n

    def _parts(self, n: int) -> Iterator[slice]:
        """Parts of n points, of few enough numbers to look at together."""
        step = max(1, self.blocks.numbers // self.d)
        return (slice(start, start + step) for start in range(0, n, step))

    def _squared_lengths(self) -> torch.Tensor:
        parts = self._parts(self.n)
        return torch.cat([((self.numbers[p].double() - self.centre) ** 2).sum(1) for p in parts])

    def _moved(self, rows, dtype: torch.dtype) -> torch.Tensor:
        return ((self.numbers[rows].double() - self.centre) / self.unit).to(dtype)

    def _rounding(self, dtype: torch.dtype) -> float:
        """What rounding may add to a squared distance, as a share of the two squared lengths: d
        terms of the product, and eight for the rounding of the points, the lengths and the sums."""
        return (self.d + 8) * torch.finfo(dtype).eps / 2

    def _shrink(self, lengths: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """Squared lengths, less what rounding may add."""
        shrunk = lengths / self.unit / self.unit * (1 - self._rounding(dtype))
        # And what is lost where products are too small for the type.
        return (shrunk - self.d * torch.finfo(dtype).tiny).to(dtype)

    def some(self, points: torch.Tensor | slice, dtype: torch.dtype) -> torch.Tensor:
        """Numbers of points, as they go into products."""
        return self.quick[points] if dtype == torch.float32 else self._moved(points, dtype)

    def bounds(
        self,
        rows: torch.Tensor | slice,
        columns: torch.Tensor | slice,
        dtype: torch.dtype = torch.float32,
        left: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Lower bounds (rows, columns) of the squared distances, **less** `lift(rows)`.

        What is the same for a whole row is left out, since it is cheaper to add where it is needed.
        `left` are `some(rows)`, where they are at hand.
        """
        left = self.some(rows, dtype) if left is None else left
        right = self.some(columns, dtype)
        self.products += len(left) * len(right) * self.d
        return torch.addmm(self._shrunk[dtype][columns], left, right.T, alpha=-2)

    def lift(self, rows: torch.Tensor | slice, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """What has to be added to a row (rows,) of `bounds`."""
        return self._shrunk[dtype][rows]

    def distances(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Exact distances (m,) float64 of the pairs of points `a` and `b` (m,)."""
        found = torch.empty(len(a), dtype=torch.float64, device=self.device)
        for part in self._parts(len(a)):
            difference = self.numbers[a[part]].double()
            difference -= self.numbers[b[part]]
            found[part] = _sums(difference.mul_(difference))
        return _root(found)


def _sums(rows: torch.Tensor) -> torch.Tensor:
    """Sums of rows, from the first number to the last: a plain sum adds in an order of its own."""
    if rows.device.type == "cpu":
        return rows.cumsum(1)[:, -1]
    total = torch.zeros(len(rows), dtype=rows.dtype, device=rows.device)
    for column in rows.T.contiguous():
        total += column
    return total


def _root(squares: torch.Tensor) -> torch.Tensor:
    """Square roots, rounded as IEEE 754 says: PyTorch's on the CPU, which are MKL's, are not."""
    if squares.device.type == "cpu":
        return torch.from_numpy(np.sqrt(squares.numpy()))
    return squares.sqrt()
