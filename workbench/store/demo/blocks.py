"""Customers are made in blocks of fixed size, each from its own random streams.

A block can be made again at any time from the seed alone, in any order, so memory stays bounded and nothing about a
customer has to be stored to be known later. The block is part of the recipe: how many are worked on at once changes
speed and memory, never a byte of the result.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

import numpy as np

BLOCK: Final = 5_000
WORKERS: Final = 2

Stream = Literal[
    "profile", "purchases", "spending", "baskets", "opinions_stable", "opinions_wave", "fieldwork", "service", "panel"
]
_STREAMS: Final[tuple[Stream, ...]] = (
    "profile",
    "purchases",
    "spending",
    "baskets",
    "opinions_stable",
    "opinions_wave",
    "fieldwork",
    "service",
    "panel",
)

Made = TypeVar("Made")


@dataclass(frozen=True)
class Block:
    """A run of customers, numbered from `start` in the order in which they signed up.

    Examples
    --------
    >>> [(b.number, b.start, b.size) for b in blocks(11_000, seed=1)]
    [(0, 0, 5000), (1, 5000, 5000), (2, 10000, 1000)]
    """

    number: int
    start: int
    size: int
    customers: int
    seed: int
    first_day: int = 0

    def random(self, stream: Stream, wave: int = 0) -> np.random.Generator:
        """Return the block's generator for one purpose, fresh from its start."""
        key = (_STREAMS.index(stream), wave, self.number)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


def blocks(customers: int, *, seed: int, first_day: int = 0) -> list[Block]:
    """Cut `customers` into blocks; the first of them signs up on `first_day` of the programme."""
    return [
        Block(number, start, min(BLOCK, customers - start), customers, seed, first_day)
        for number, start in enumerate(range(0, customers, BLOCK))
    ]


def in_order(make: Callable[[Block], Made], todo: Iterable[Block], *, workers: int | None = None) -> Iterator[Made]:
    """Make blocks side by side and hand them out in their own order, only a few ahead of the reader.

    Parameters
    ----------
    make
        Makes one block; it must depend on nothing but the block.
    workers
        Threads (default `WORKERS`).
    """
    threads = WORKERS if workers is None else workers
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for block in todo:
            waiting.append(pool.submit(make, block))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
