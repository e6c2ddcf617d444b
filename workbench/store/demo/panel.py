"""The sample-point panel: the same customers asked again, with one rotation group leaving and one joining."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from workbench.store.demo import csv_files
from workbench.store.demo.answers import Answers
from workbench.store.demo.customers import Codes, Floats
from workbench.store.demo.parameters import PANEL, WAVES


def panel_size(customers: int) -> int:
    """Return how many members the panel has: 400, or 2 % of a small company, in whole groups.

    Examples
    --------
    >>> panel_size(50_000), panel_size(2_000)
    (400, 40)
    """
    per_group = min(PANEL.members, int(customers * PANEL.smallest_share)) // PANEL.groups
    return max(per_group, 1) * PANEL.groups


def candidates(answers: Answers, *, customers: int) -> tuple[Codes, Floats]:
    """Return a block's best candidates for the panel: number and random rank of those eligible in the first wave."""
    rank = answers.customers.block.random("panel").random(answers.customers.block.size)
    chosen = np.flatnonzero(answers.eligible)
    needed = panel_size(customers) // PANEL.groups * (PANEL.groups + 1)
    chosen = chosen[np.argsort(rank[chosen], kind="stable")][:needed]
    return answers.customers.number[chosen], rank[chosen]


def panel_tables(found: Sequence[tuple[Codes, Floats]], *, customers: int) -> tuple[pa.Table, pa.Table]:
    """Return ``panel.csv`` of the last two waves.

    The members with the smallest random rank form groups G1 … G4, who join in the first wave. In the second wave G1
    leaves (``left_wave`` is the first wave it is no longer asked in) and G5 joins.
    """
    number, rank = (np.concatenate(parts) for parts in zip(*found, strict=True))
    per_group = panel_size(customers) // PANEL.groups
    best = number[np.argsort(rank, kind="stable")][: per_group * (PANEL.groups + 1)]
    group = np.arange(best.size) // per_group
    first, second = (wave.name for wave in WAVES)
    members = group < PANEL.groups
    before = _table(best[members], group[members], first, left=None)
    leaves, joins = group == 0, group == PANEL.groups
    after = [
        _table(best[leaves], group[leaves], first, left=second),
        _table(best[members & ~leaves], group[members & ~leaves], first, left=None),
        _table(best[joins], group[joins], second, left=None),
    ]
    return before, pa.concat_tables(after)


def _table(number: Codes, group: Codes, joined: str, *, left: str | None) -> pa.Table:
    return pa.table(
        {
            "customer_id": csv_files.ids("C", number, 9),
            "joined_wave": pa.array([joined] * number.size, pa.string()),
            "left_wave": pa.array([left] * number.size, pa.string()),
            "rotation_group": csv_files.ids("G", group + 1, 1),
            "rewards": pa.array(np.zeros(number.size, dtype=np.int64)),
        }
    )
