"""A question over waves: estimates of every wave, and the covariance of any two that common customers bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from workbench.core.checks import Floats
from workbench.estimation.chosen import checked_design
from workbench.estimation.design import Design
from workbench.estimation.mean_test import MeanSide
from workbench.estimation.overlap import Overlap, cross_covariance, find_overlap
from workbench.estimation.sample import Sample, read_sample
from workbench.estimation.share_test import ShareSide
from workbench.estimation.variance import unit_totals
from workbench.estimation.wave_fit import designs_alike, pair_replicates
from workbench.tabulation.cells import CellMaker, Cells
from workbench.tabulation.columns import Columns
from workbench.tabulation.measured import Measured
from workbench.tabulation.waves import AlignedRows, WaveAnswers

# cells, totals of units, variance by the weights alone, mean squares and cubes
_Fitted = tuple[Cells, Floats, Floats, Floats, Floats]


@dataclass(frozen=True, eq=False)
class WaveRows:
    """A question over waves; arrays are waves × columns × rows.

    Attributes
    ----------
    cells
        The cells of each wave.
    covariance
        Waves × waves × columns × rows; missing where a wave has no estimate or knows nothing of its error.
    shares
        Which rows are shares of people.
    weights_only, second, third
        What tests of shares and means need besides: variance by the weights alone, mean squares and cubes.
    degrees
        Degrees of freedom of all waves together, by column.
    common, common_strata
        First-stage units with answers in both of two waves, and their strata: waves × waves × columns.
    """

    cells: tuple[Cells, ...]
    covariance: Floats
    shares: np.ndarray
    weights_only: Floats
    second: Floats
    third: Floats
    degrees: Floats
    common: Floats
    common_strata: Floats

    @cached_property
    def estimate(self) -> Floats:
        """Estimates."""
        return np.stack([c.estimate for c in self.cells])

    @cached_property
    def n(self) -> Floats:
        """Answers."""
        return np.stack([c.n for c in self.cells])

    @cached_property
    def freedom(self) -> Floats:
        """Degrees of freedom."""
        return np.stack([c.freedom for c in self.cells])

    def without(self, hidden: np.ndarray) -> WaveRows:
        """Return the question with nothing known in some cells, waves × columns."""
        cells = tuple(c.without(h[:, None]) for c, h in zip(self.cells, hidden, strict=True))
        cells = tuple(replace(c, n=np.where(h[:, None], 0, c.n)) for c, h in zip(cells, hidden, strict=True))
        covariance = self.covariance.copy()
        covariance[(hidden[:, None] | hidden[None, :])] = np.nan
        return replace(self, cells=cells, covariance=covariance)

    def side(self, wave: int, columns: np.ndarray, row: int) -> MeanSide:
        """Return what some columns of a row bring to a comparison of means."""
        c = self.cells[wave]
        told = (c.estimate, c.mass, c.kish, self.weights_only[wave], self.second[wave], self.third[wave])
        return MeanSide(*(v[columns, row] for v in told))

    def share_side(self, wave: int, columns: np.ndarray, row: int) -> ShareSide:
        """Return what some columns of a row bring to a comparison of shares."""
        side = self.side(wave, columns, row)
        return ShareSide(side.mean, side.mass, side.effective, side.weights_only)


class WaveSamples:
    """The samples of several waves, and which first-stage units they have in common.

    Parameters
    ----------
    waves
        The oldest first.
    columns
        The columns of each.
    id
        Column of customer ids, by which common customers are found; waves without it count as independent.
    """

    def __init__(self, waves: Sequence[WaveAnswers], columns: Sequence[Columns], id: str | None) -> None:  # noqa: A002
        chosen = [Design(lonely_psu="certainty") if w.design is None else checked_design(w.design) for w in waves]
        pairs = zip(waves, designs_alike(chosen), strict=True)
        self.samples: list[Sample] = [read_sample(w.data, d, where=w.name) for w, d in pairs]
        empty = np.zeros(0, dtype=np.int64)
        self.makers = [CellMaker(s, c, pairs=(empty, empty)) for s, c in zip(self.samples, columns, strict=True)]
        self.columns = list(columns)
        self.overlaps: dict[tuple[int, int], Overlap] = {}
        self.replicated: set[tuple[int, int]] = set()
        for i, j in combinations(range(len(waves)), 2):
            first, second = self.samples[i], self.samples[j]
            data = (waves[i].data, waves[j].data)
            told = id if id is not None and all(id in d and d[id].notna().all() for d in data) else None
            if first.replicates is not None or second.replicates is not None:
                if told is not None and pair_replicates((first, second)):
                    self.replicated.add((i, j))
                continue
            kinds = {s.first.unit is None for s in (first, second)}
            if len(kinds) > 1 or first.second is not None or second.second is not None:
                continue  # other kinds of units in the two waves cannot be met again
            found = find_overlap(*data, (first, second), told)
            if found is not None and len(found):
                self.overlaps[i, j] = found

    @property
    def in_common(self) -> int:
        """Units that are in more than one wave, counted once for each two waves."""
        return sum(map(len, self.overlaps.values()))

    def fit(self, aligned: AlignedRows) -> WaveRows:
        """Return a question in all waves."""
        made = [self._fit_one(m, a, i) for i, (m, a) in enumerate(zip(aligned.waves, aligned.missing, strict=True))]
        cells = tuple(m[0] for m in made)
        totals = [m[1] for m in made]
        k, (wide, rows) = len(made), cells[0].estimate.shape
        covariance = np.zeros((k, k, wide, rows))
        common, strata = np.zeros((k, k, wide)), np.zeros((k, k, wide))
        for i, c in enumerate(cells):
            covariance[i, i] = c.variance
        present = [self._present(w, m.answered) for w, m in enumerate(aligned.waves)]
        for (i, j), overlap in self.overlaps.items():
            pair = (self.samples[i], self.samples[j])
            found = cross_covariance(pair, (totals[i], totals[j]), overlap).reshape(wide, rows)
            covariance[i, j] = covariance[j, i] = found
            both = present[i][overlap.previous] & present[j][overlap.current]
            common[i, j] = common[j, i] = both.sum(axis=0)
            parent = pair[0].first.parent[overlap.previous]
            strata[i, j] = strata[j, i] = [len(np.unique(parent[b])) for b in both.T]
        for i, j in self.replicated:
            covariance[i, j] = covariance[j, i] = self._between_replicates(i, j, made)
        unknown = np.isnan(np.stack([c.variance for c in cells]))
        covariance[unknown[:, None] | unknown[None, :]] = np.nan
        return WaveRows(
            cells=cells,
            covariance=covariance,
            shares=aligned.waves[-1].are_shares,
            weights_only=np.stack([m[2] for m in made]),
            second=np.stack([m[3] for m in made]),
            third=np.stack([m[4] for m in made]),
            degrees=self._degrees(present, cells),
            common=common,
            common_strata=strata,
        )

    def _fit_one(self, measured: Measured, missing: np.ndarray, wave: int) -> _Fitted:
        maker, sample = self.makers[wave], self.samples[wave]
        cells = maker.cells(measured)
        if missing.any():
            cells = cells.without(missing)
        w = sample.weights[:, None]
        members = self.columns[wave].members
        filled = np.nan_to_num(cells.estimate)
        below = members.T.astype(np.float64) @ (w * measured.base)
        divisor = np.broadcast_to(np.where(below > 0, below, 1.0), filled.shape)
        off = measured.values[:, None, :] - filled * measured.base[:, None, :]
        off = np.where(members[:, :, None] & np.isfinite(cells.estimate), off, 0.0)
        scores = (off / divisor).reshape(len(off), -1)
        alone = ((w * scores) ** 2).sum(axis=0).reshape(filled.shape) * len(off) / max(len(off) - 1, 1)
        mass = np.where(cells.mass > 0, cells.mass, np.nan)
        flat = off.reshape(len(off), -1)
        second, third = ((w * flat**power).sum(axis=0).reshape(filled.shape) / mass for power in (2, 3))
        second = second * cells.n / np.maximum(cells.n - 1, 1)
        return cells, unit_totals(sample, scores, None, 1), alone, second, third

    def _between_replicates(self, i: int, j: int, made: list[_Fitted]) -> Floats:
        """Return the covariance that replicates of both waves show: (V of the sum less both variances) / 2."""
        first, second = (self.samples[w].replicates for w in (i, j))
        assert first is not None and second is not None
        # totals are of weighted scores, and replicates bring weights of their own
        plain = [made[w][1] / np.maximum(self.samples[w].weights, 1e-300)[:, None] for w in (i, j)]
        parts = [r.weights.T @ z for r, z in zip((first, second), plain, strict=True)]
        whole = made[i][1].sum(axis=0) + made[j][1].sum(axis=0)
        together = np.diag(second.spread(parts[0] + parts[1], whole))
        shape = made[i][0].variance.shape
        return np.asarray((together.reshape(shape) - made[i][0].variance - made[j][0].variance) / 2)

    def _present(self, wave: int, answered: np.ndarray) -> np.ndarray:
        """Say which first-stage units have answers in which column."""
        stage = self.samples[wave].first
        inside = self.columns[wave].members & answered[:, None]
        if stage.unit is None:
            return np.asarray(inside)
        found = np.zeros((len(stage.parent), inside.shape[1]), dtype=bool)
        rows, columns = np.nonzero(inside)
        found[stage.unit[rows], columns] = True
        return found

    @cached_property
    def _known_by(self) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
        """Number units and strata through all waves, and say which units bring any uncertainty."""
        numbers: list[np.ndarray] = []
        open_: list[bool] = []
        free = 0
        names: dict[str, int] = {}
        strata: list[np.ndarray] = []
        for j, sample in enumerate(self.samples):
            stage = sample.first
            mine = np.full(len(stage.parent), -1, dtype=np.int64)
            for i in range(j):
                met = self.overlaps.get((i, j))
                if met is not None:
                    mine[met.current] = numbers[i][met.previous]
            new = mine < 0
            mine[new] = free + np.arange(int(new.sum()))
            free += int(new.sum())
            numbers.append(mine)
            texts = stage.names.astype(str).agg("\x1f".join, axis=1)
            known = np.array([names.setdefault(t, len(names)) for t in texts])
            strata.append(known[stage.parent])
            uncertain = (stage.fraction < 1 - 1e-12) | (len(sample.stages) > 1)
            open_.extend(uncertain[stage.parent][new])
        return numbers, strata, np.array(open_, dtype=bool)

    def _degrees(self, present: list[np.ndarray], cells: tuple[Cells, ...]) -> Floats:
        """Return distinct units with answers in any wave less their strata less one, by column."""
        freedom = np.stack([c.freedom[:, 0] for c in cells])
        there = np.stack([p.any(axis=0) for p in present])
        least = np.where(there, freedom, np.inf).min(axis=0)
        plain = all(s.replicates is None and s.second is None and s.design.df is None for s in self.samples)
        if not plain:
            return np.where(np.isfinite(least), least, 0.0)
        numbers, strata, open_ = self._known_by
        found = np.zeros(len(least))
        for c in range(len(least)):
            units = np.concatenate([n[p[:, c]] for n, p in zip(numbers, present, strict=True)])
            of = np.concatenate([s[p[:, c]] for s, p in zip(strata, present, strict=True)])
            counts = open_[units] if open_[units].any() else np.ones(len(units), dtype=bool)
            found[c] = len(np.unique(units[counts])) - len(np.unique(of[counts])) - 1
        return np.where(np.isfinite(least), np.maximum(found, least - 1), 0.0)
