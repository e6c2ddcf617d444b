"""The tables behind a table: a line for each cell, and a line for each comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.estimation.intervals import quantile_t, share_interval
from workbench.tabulation.cells import Cells
from workbench.tabulation.columns import Columns
from workbench.tabulation.comparisons import FEW, NO_DIFFERENCE, TESTED, Compared
from workbench.tabulation.measured import Measured

Lines = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Comparisons:
    """Comparisons of one kind, of one question.

    Attributes
    ----------
    against
        ``each other``, ``rest`` or ``previous``.
    first, second
        Places of the columns compared; a negative second is the rest, or the same column in the previous wave.
    found
        Differences and their tests, comparisons × rows.
    adjusted
        p-values after correction, in the same shape.
    """

    against: str
    first: np.ndarray
    second: np.ndarray
    found: Compared
    adjusted: Floats

    def signs(self, level: float) -> np.ndarray:
        """Return 1 where the first is clearly higher, -1 where it is clearly lower, else 0."""
        clear = np.nan_to_num(self.adjusted, nan=1.0) <= 1 - level
        return np.where(clear, np.sign(np.nan_to_num(self.found.difference)), 0).astype(np.int64)

    def verdicts(self, level: float, words: tuple[str, str, str]) -> np.ndarray:
        """Return a word for each comparison: `words` for higher, lower and unclear, or that the base is too small."""
        signs = self.signs(level)
        told = np.select([self.found.reason == FEW, signs > 0, signs < 0], [FEW, *words[:2]], words[2])
        return np.asarray(told)


def joined(parts: Sequence[Lines]) -> pd.DataFrame:
    """Return the lines of all questions as one table: made at once, as making hundreds costs more than their numbers.

    Examples
    --------
    >>> joined([{"n": np.array([1, 2])}, {"n": np.array([3])}])["n"].tolist()
    [1, 2, 3]
    """
    return pd.DataFrame({name: np.concatenate([p[name] for p in parts]) for name in parts[0]})


def letters_of(read: Columns, tested: Comparisons, levels: Sequence[float]) -> list[list[str]]:
    """Return, column by column and row by row, the letters of the columns it is clearly higher than."""
    letters = read.key["letter"].tolist()
    p, first, second = tested.adjusted, tested.first, tested.second
    texts = [["" for _ in range(p.shape[1])] for _ in letters]
    capital, small = 1 - levels[0], 1 - levels[1] if len(levels) > 1 else 0.0
    with np.errstate(invalid="ignore"):
        clear = np.argwhere(p <= max(capital, small))
    for pair, k in clear:
        a, b = int(first[pair]), int(second[pair])
        winner, loser = (a, b) if tested.found.difference[pair, k] > 0 else (b, a)
        told = letters[loser] if p[pair, k] <= capital else letters[loser].lower()
        texts[winner][k] = f"{texts[winner][k]} {told}".strip()
    return texts


def cell_limits(measured: Measured, c: Cells, level: float) -> tuple[Floats, Floats]:
    """Return the intervals of a question's cells: of shares on the logit scale, of others by Student's t."""
    error = np.sqrt(c.variance)
    # every row of a question has the same degrees of freedom in a column
    freedom = c.freedom[:, :1]
    reach = quantile_t(level, freedom) * error
    shares = np.broadcast_to(measured.are_shares, c.estimate.shape)
    limits = share_interval(np.nan_to_num(c.estimate), error, c.n, c.kish, freedom, confidence=level, interval="logit")
    unknown = np.isnan(c.estimate)
    low, high = (
        np.where(unknown, np.nan, np.where(shares, s, t))
        for s, t in zip(limits, (c.estimate - reach, c.estimate + reach), strict=True)
    )
    return low, high


def cell_lines(
    name: str,
    measured: Measured,
    c: Cells,
    read: Columns,
    letters: list[list[str]],
    against: dict[str, Comparisons],
    *,
    level: float,
    minimum: int,
    small: int,
) -> Lines:
    """Return a line for each cell of a question; arrows of what it was compared with besides the other columns."""
    wide, rows = c.estimate.shape
    low, high = cell_limits(measured, c, level)
    flags = np.where(c.n < minimum, "**", np.where(c.n < small, "*", ""))
    rest, before = (_beside(against.get(k), (wide, rows), level) for k in ("rest", "previous"))

    def by_row(values: Floats) -> Floats:
        return values.T.ravel()

    return {
        "question": np.full(rows * wide, name, dtype=object),
        "row": np.repeat(np.array(measured.names, dtype=object), wide),
        "kind": np.repeat(np.array(measured.kinds, dtype=object), wide),
        "group": np.tile(read.key["group"].to_numpy(), rows),
        "column": np.tile(read.key["column"].to_numpy(), rows),
        "estimate": by_row(c.estimate),
        "std_error": by_row(np.sqrt(c.variance)),
        "ci_low": by_row(low),
        "ci_high": by_row(high),
        "n": by_row(c.n).astype(np.int64),
        "weighted_base": by_row(c.mass),
        "n_effective": by_row(c.kish),
        "degrees_of_freedom": by_row(c.freedom),
        "letters": np.array([letters[j][k] for k in range(rows) for j in range(wide)], dtype=object),
        "verdict_rest": by_row(rest[0]),
        "change": by_row(before[1]),
        "p_change": by_row(before[2]),
        "verdict_change": by_row(before[0]),
        "flag": by_row(flags),
    }


def _beside(tested: Comparisons | None, shape: tuple[int, int], level: float) -> tuple[np.ndarray, Floats, Floats]:
    """Return verdict, difference and corrected p of each cell, empty where there is none."""
    words, difference, p = np.full(shape, "", dtype=object), np.full(shape, np.nan), np.full(shape, np.nan)
    if tested is not None:
        told = ("higher", "lower", NO_DIFFERENCE) if tested.against == "rest" else ("up", "down", "no clear change")
        known = np.isfinite(tested.found.difference)
        words[tested.first] = np.where(known, tested.verdicts(level, told), "")
        difference[tested.first], p[tested.first] = tested.found.difference, tested.adjusted
    return words, difference, p


def pair_lines(name: str, measured: Measured, read: Columns, tested: Comparisons, level: float) -> Lines:
    """Return a line for each comparison of a question."""
    found, p = tested.found, tested.adjusted
    size, rows = found.difference.shape
    column = read.key["column"].to_numpy(dtype=object)
    second = np.where(tested.second < 0, tested.against, column[tested.second])
    words = ("up", "down", "no clear change") if tested.against == "previous" else ("higher", "lower", NO_DIFFERENCE)
    return {
        "question": np.full(rows * size, name, dtype=object),
        "row": np.repeat(np.array(measured.names, dtype=object), size),
        "group": np.tile(read.key["group"].to_numpy(dtype=object)[tested.first], rows),
        "first": np.tile(column[tested.first], rows),
        "second": np.tile(second, rows),
        "against": np.full(rows * size, tested.against, dtype=object),
        "estimate": found.difference.T.ravel(),
        "std_error": found.std_error.T.ravel(),
        "statistic": np.where(found.reason == TESTED, found.statistic, np.nan).T.ravel(),
        "df": found.freedom.T.ravel(),
        "p_value": found.p_value.T.ravel(),
        "p_adjusted": p.T.ravel(),
        "reason": found.reason.T.ravel(),
        "verdict": tested.verdicts(level, words).T.ravel(),
    }
