"""Which jobs one queue took together, and which of those batches are done with."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import asyncpg

from worklane.claim import Claim


class Batch(NamedTuple):
    """The number of the next batch, and the batches that may be forgotten when it is noted."""

    number: int
    emptied: Sequence[int]


class Batches:
    """Counts what is open of each batch. A batch that is miscounted is forgotten with its worker at the latest."""

    def __init__(self) -> None:
        self._last = 0
        self._open: dict[int, int] = {}
        self._emptied: list[int] = []

    @contextmanager
    def next(self) -> Iterator[Batch]:
        """A batch to be claimed in this block; what is emptied stays so if the block fails."""
        self._last += 1
        batch = Batch(self._last, tuple(self._emptied))
        yield batch
        del self._emptied[: len(batch.emptied)]

    def opened(self, batch: Batch, rows: Sequence[asyncpg.Record]) -> Sequence[Claim]:
        """The claims of this batch."""
        if rows:
            self._open[batch.number] = len(rows)
        return [
            # Claiming statements answer their columns in the order of a claim's fields.
            Claim._make((*row[:9], None, None, row[9], batch.number))
            for row in rows
        ]

    def not_noted(self, batch: Batch) -> None:
        """Nothing was taken, and maybe nothing forgotten: what is emptied goes with the next batch."""
        self._emptied.extend(batch.emptied)

    def close(self, claims: Iterable[Claim]) -> None:
        """These claims are settled, or lost."""
        for claim in claims:
            left = self._open.get(claim.batch, 0) - 1
            if left > 0:
                self._open[claim.batch] = left
            elif self._open.pop(claim.batch, None) is not None:
                self._emptied.append(claim.batch)
