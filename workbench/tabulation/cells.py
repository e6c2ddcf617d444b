"""All cells of a question at once: estimates, their design variances, and those of the differences of columns.

A table of 300 questions and 40 columns has 144,000 differences. None of them is computed by itself: sums over columns,
strata and units give them all, and what a column's own estimate takes off is put in afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy

from workbench.core.checks import Floats
from workbench.estimation.freedom import degrees_of_freedom, of_units
from workbench.estimation.sample import Sample
from workbench.estimation.stage import Stage
from workbench.estimation.variance import covariance_of_totals, stage_scales
from workbench.tabulation.columns import Columns
from workbench.tabulation.measured import Measured


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of one question, columns × rows of the table, and the pairs of columns, pairs × rows.

    Attributes
    ----------
    estimate, n, mass, kish, variance, freedom
        Estimate, answers, sum of weights, Kish's effective base, design variance and degrees of freedom of each cell.
    difference_variance, weights_only
        Design variance of the difference of each pair, and the one that weights alone would give it.
    shared
        Kish's effective number of people in both columns.
    """

    estimate: Floats
    n: Floats
    mass: Floats
    kish: Floats
    variance: Floats
    freedom: Floats
    difference_variance: Floats
    weights_only: Floats
    shared: Floats

    def without(self, rows: np.ndarray) -> Cells:
        """Return the cells in which nothing is known of some rows of the table."""
        unknown = np.broadcast_to(rows, self.estimate.shape)
        return replace(
            self,
            estimate=np.where(unknown, np.nan, self.estimate),
            variance=np.where(unknown, np.nan, self.variance),
        )


class CellMaker:
    """Makes the cells of one question after the other, for one sample and one set of columns."""

    def __init__(self, sample: Sample, columns: Columns, pairs: tuple[np.ndarray, np.ndarray] | None = None) -> None:
        self.sample, self.columns = sample, columns
        self.first, self.second = columns.pairs() if pairs is None else pairs
        members = columns.members
        self.wide = members.shape[1]
        self.members = scipy.sparse.csr_array(members.T.astype(np.float64))
        both = [members[:, a] & members[:, b] for a, b in zip(self.first, self.second, strict=True)]
        # most groups of a banner do not overlap, and what is nowhere costs nothing
        self.overlap = np.flatnonzero([b.any() for b in both])
        self.joint = scipy.sparse.csr_array(
            np.array([both[i] for i in self.overlap], dtype=np.float64).reshape(len(self.overlap), len(members))
        )
        self._freedom: dict[bytes, Floats] = {}
        self._yes_or_no = False

    @cached_property
    def plain(self) -> bool:
        """Whether the design's variance is made of sums over strata and units only."""
        s = self.sample
        special = s.replicates is not None or s.second is not None or s.calibration is not None or s.chances is not None
        if special or s.design.lonely_psu in ("adjust", "average"):
            return False
        return all(stage.order is None and stage.share is None for stage in s.stages)

    def cells(self, measured: Measured) -> Cells:
        """Return the cells of a question."""
        w = self.sample.weights[:, None]
        x = measured.base
        # numbers far from zero would lose their digits in differences of sums of squares
        whole = (w * x).sum(axis=0)
        centre = (w * measured.values).sum(axis=0) / np.where(whole == 0, 1.0, whole)
        y = np.where(measured.are_shares, measured.values, measured.values - centre * x)
        off = np.where(measured.are_shares, 0.0, centre)
        answered = measured.answered
        self._yes_or_no = bool(measured.are_shares.all())
        seen = answered.astype(np.float64)[:, None]
        below = _times(self.members, w * x)
        above = _times(self.members, w * y)
        known = np.broadcast_to(below > 0, above.shape)
        divisor = np.where(known, below, 1.0)
        ratio = np.where(known, above / divisor, 0.0)
        n = np.broadcast_to(_times(self.members, seen), above.shape)
        mass = np.broadcast_to(_times(self.members, w * seen), above.shape)
        squares = np.broadcast_to(_times(self.members, w**2 * seen), above.shape)
        design = self._plain if self.plain else self._general
        variance, difference = design(y, x, ratio, divisor)
        own, between = self._products(np.ones((len(w), 1)), y, x, ratio, divisor)
        rows = len(w)
        alone = (own[self.first] + own[self.second] - 2 * between) * rows / max(rows - 1, 1)
        freedom = np.broadcast_to(self._degrees(answered)[:, None], above.shape)
        together, in_both = _times(self.joint, w * seen), _times(self.joint, w**2 * seen)
        shared = np.zeros((len(self.first), above.shape[1]))
        shared[self.overlap] = together**2 / np.where(in_both > 0, in_both, 1.0)
        nobody = ~known
        lonely = (n <= 1) | ((freedom < 1) & (variance <= 1e-24))
        return Cells(
            estimate=np.where(nobody, np.nan, ratio + off),
            n=n,
            mass=mass,
            kish=np.where(squares > 0, mass**2 / np.where(squares > 0, squares, 1.0), 0.0),
            variance=np.where(nobody | lonely, np.nan, np.clip(variance, 0.0, None)),
            freedom=freedom,
            difference_variance=np.where(
                nobody[self.first] | nobody[self.second], np.nan, np.clip(difference, 0, None)
            ),
            weights_only=np.clip(alone, 0.0, None),
            shared=shared,
        )

    def _products(self, factor: Floats, y: Floats, x: Floats, ratio: Floats, divisor: Floats) -> tuple[Floats, Floats]:
        """Return Σ factor z² of each column and Σ factor z z' of each pair, z the weighted linearised scores."""
        u = factor * self.sample.weights[:, None] ** 2
        above, mixed, below = u * y * y, None if self._yes_or_no else u * y * x, u * x * x

        def quadratic(who: scipy.sparse.csr_array, first: np.ndarray, second: np.ndarray) -> Floats:
            yy, xx = _times(who, above), _times(who, below)
            yx = yy if mixed is None else _times(who, mixed)  # of 0 and 1 all products are the same
            a, b = ratio[first], ratio[second]
            return np.asarray((yy - (a + b) * yx + a * b * xx) / (divisor[first] * divisor[second]))

        every = np.arange(self.wide)
        between = np.zeros((len(self.first), y.shape[1]))
        if len(self.overlap):
            between[self.overlap] = quadratic(self.joint, self.first[self.overlap], self.second[self.overlap])
        return quadratic(self.members, every, every), between

    def _plain(self, y: Floats, x: Floats, ratio: Floats, divisor: Floats) -> tuple[Floats, Floats]:
        variance = np.zeros(ratio.shape)
        covariance = np.zeros((len(self.first), ratio.shape[1]))
        chance: Floats = np.ones(1)
        for depth, stage in enumerate(self.sample.stages):
            if depth:
                before = self.sample.stages[depth - 1]
                chance = (chance[before.parent] if depth > 1 else np.ones(len(before.parent))) * before.fraction[
                    before.parent
                ]
                if not chance.any():
                    break
            scale, _ = stage_scales(stage, np.ones(len(stage.taken)) if depth == 0 else chance, self.sample)
            add = self._row_stage if stage.unit is None else self._unit_stage
            own, between = add(stage, depth, scale, y, x, ratio, divisor)
            variance += own
            covariance += between
        return variance, variance[self.first] + variance[self.second] - 2 * covariance

    def _row_stage(
        self, stage: Stage, depth: int, scale: Floats, y: Floats, x: Floats, ratio: Floats, divisor: Floats
    ) -> tuple[Floats, Floats]:
        own, between = self._products(scale[stage.parent][:, None], y, x, ratio, divisor)
        sums = self._scores(depth, stage.parent, len(stage.taken), y, x, ratio, divisor)
        weighted = sums * (scale / stage.taken)[:, None, None]
        own -= (weighted * sums).sum(axis=0)
        return own, between - self._crossed(weighted, sums)

    def _unit_stage(
        self, stage: Stage, depth: int, scale: Floats, y: Floats, x: Floats, ratio: Floats, divisor: Floats
    ) -> tuple[Floats, Floats]:
        assert stage.unit is not None
        totals = self._scores(depth, stage.unit, len(stage.parent), y, x, ratio, divisor)
        flat = totals.reshape(len(totals), -1)
        parents = scipy.sparse.csr_array(
            (np.ones(len(stage.parent)), (stage.parent, np.arange(len(stage.parent)))),
            shape=(len(stage.taken), len(stage.parent)),
        )
        mean = _times(parents, flat) / stage.taken[:, None]
        centred = (flat - mean[stage.parent]).reshape(totals.shape)
        weighted = centred * scale[stage.parent][:, None, None]
        return (weighted * centred).sum(axis=0), self._crossed(weighted, centred)

    def _crossed(self, weighted: Floats, plain: Floats) -> Floats:
        """Return Σ of the product of the columns of each pair."""
        found = np.empty((len(self.first), plain.shape[2]))
        for places, mine, a, b in self._pairs_by_group:
            left, right = weighted[:, places].transpose(2, 1, 0), plain[:, places].transpose(2, 0, 1)
            found[mine] = (left @ right)[:, a, b].T
        return found

    @cached_property
    def _pairs_by_group(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
        """Return, for each group of columns, its places, its pairs, and where the two of each stand within it."""
        found = []
        for group in range(1, int(self.columns.group.max(initial=0)) + 1):
            places = np.flatnonzero(self.columns.group == group)
            mine = np.flatnonzero(np.isin(self.first, places))
            if len(mine):
                found.append((places, mine, self.first[mine] - places[0], self.second[mine] - places[0]))
        return found

    def _scores(
        self, depth: int, code: np.ndarray, size: int, y: Floats, x: Floats, ratio: Floats, divisor: Floats
    ) -> Floats:
        """Return the sums of weighted scores in each stratum or unit, × columns × rows of the table."""
        cells = self._by_code(depth, code, size)
        w = self.sample.weights[:, None]
        above = _times(cells, w * y).reshape(size, self.wide, -1)
        below = _times(cells, w * x).reshape(size, self.wide, -1)
        return np.asarray((above - ratio * below) / divisor)

    def _by_code(self, depth: int, code: np.ndarray, size: int) -> scipy.sparse.csr_array:
        made: dict[int, scipy.sparse.csr_array] = self.__dict__.setdefault("_made", {})
        if depth not in made:
            row, column = np.nonzero(self.columns.members)
            key = code[row] * self.wide + column
            made[depth] = scipy.sparse.csr_array((np.ones(len(row)), (key, row)), shape=(size * self.wide, len(code)))
        return made[depth]

    def _general(self, y: Floats, x: Floats, ratio: Floats, divisor: Floats) -> tuple[Floats, Floats]:
        """Return the variances of designs that need every score: replicates, calibration, unequal chances, lists."""
        members = self.columns.members
        own, difference = np.empty(ratio.shape), np.empty((len(self.first), ratio.shape[1]))
        for k in range(y.shape[1]):
            base = x[:, min(k, x.shape[1] - 1)]
            scores = np.where(members, (y[:, k, None] - ratio[:, k] * base[:, None]) / divisor[:, k], 0.0)
            v = covariance_of_totals(self.sample, scores)
            own[:, k] = np.diag(v)
            difference[:, k] = own[self.first, k] + own[self.second, k] - 2 * v[self.first, self.second]
        return own, difference

    def _degrees(self, answered: np.ndarray) -> Floats:
        """Return first-stage units with answers in each column, less their strata."""
        key = answered.tobytes()
        if key not in self._freedom:
            self._freedom[key] = self._counted(answered) if self.plain else self._each(answered)
        return self._freedom[key]

    def _counted(self, answered: np.ndarray) -> Floats:
        """Count units by stratum in all columns at once; the same as `degrees_of_freedom` for each of them."""
        stage, given = self.sample.first, self.sample.design.df
        code, size = (stage.parent, len(stage.taken)) if stage.unit is None else (stage.unit, len(stage.parent))
        seen = np.asarray(self._by_code(0, code, size) @ answered.astype(np.float64)).reshape(size, self.wide)
        if stage.unit is None:
            count = seen
        else:
            count = np.zeros((len(stage.taken), self.wide))
            np.add.at(count, stage.parent, seen > 0)
        found = of_units(self.sample, count)
        return found if given is None else np.minimum(found, float(given))

    def _each(self, answered: np.ndarray) -> Floats:
        members = self.columns.members & answered[:, None]
        codes = (np.where(m, 0, -1).astype(np.int64) for m in members.T)
        return np.array([degrees_of_freedom(self.sample, code, 1)[0] for code in codes])


def _times(matrix: scipy.sparse.csr_array, values: Floats) -> Floats:
    return np.asarray(matrix @ values, dtype=np.float64)
