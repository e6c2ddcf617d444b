"""Columns against each other: which pairs are tested, by which test, and what is left after correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import scipy

from workbench.core.checks import Floats
from workbench.core.errors import InputError, nearest
from workbench.estimation.comparisons import Adjust, adjust_p
from workbench.estimation.intervals import two_sided_t
from workbench.estimation.share_test import ShareSide, shares_alike
from workbench.tabulation.cells import Cells

Test = Literal[
    "design",
    "linearised_t",
    "pooled_z_effective",
    "pooled_t_effective",
    "quantum_t_effective",
    "unpooled_z_effective",
]
Family = Literal["row", "group", "table"]
Against = Literal["each other", "rest", "previous"]
EACH_OTHER: Final = "each other"
REST: Final = "rest"
PREVIOUS: Final = "previous"
TESTS: Final = get_args(Test)
TESTED, FEW, NO_SPREAD, NO_FREEDOM = "", "base too small", "no spread", "too few units"
NO_DIFFERENCE = "no clear difference"


@dataclass(frozen=True, eq=False)
class Compared:
    """Pairs of columns of one question, pairs × rows of the table.

    Attributes
    ----------
    difference, std_error
        First less second, and its error under the design.
    statistic, freedom, p_value
        Of the test.
    reason
        Why a pair is not tested; empty where it is.
    reach, own_freedom
        Of changes: error and degrees of freedom of intervals, which are never narrower than the test is strict.
    """

    difference: Floats
    std_error: Floats
    statistic: Floats
    freedom: Floats
    p_value: Floats
    reason: np.ndarray
    reach: Floats | None = None
    own_freedom: Floats | None = None


def compare(
    cells: Cells, first: np.ndarray, second: np.ndarray, shares: np.ndarray, *, test: Test, minimum_base: int
) -> Compared:
    r"""Compare the columns of all pairs, for every row of a question.

    Parameters
    ----------
    cells
        The cells.
    first, second
        The pairs.
    shares
        Which rows are shares of people; others are compared by Student's t on the design's variance.
    test
        ``design``: the pooled test with the design's effect (`workbench.estimation.share_test.shares_alike`);
        ``linearised_t``: Student's t on the design's variance, as for means, which is too eager for rare answers. The
        others are the field's older formulas for shares, which know neither strata nor clusters.
    minimum_base
        Fewest answers in both columns.

    Notes
    -----
    With shares p, sums of weights w, effective bases e, e₀ that of the people in both, and
    :math:`P = (w_1 p_1 + w_2 p_2) / (w_1 + w_2)`:
    ``pooled_z_effective`` :math:`z = d / \sqrt{P (1 - P) (1/e_1 + 1/e_2 - 2 e_0 / (e_1 e_2))}`;
    ``pooled_t_effective`` the same with :math:`e_1 + e_2 - e_0 - 2` degrees of freedom; ``quantum_t_effective`` its
    variance times :math:`(e_1 + e_2) / (e_1 + e_2 - 1)` and one degree more; ``unpooled_z_effective``
    :math:`z = d / \sqrt{p_1 q_1 / e_1 + p_2 q_2 / e_2}`.
    """
    p1, p2 = cells.estimate[first], cells.estimate[second]
    difference = p1 - p2
    error = np.sqrt(cells.difference_variance)
    freedom = np.minimum(cells.freedom[first], cells.freedom[second])
    with np.errstate(invalid="ignore", divide="ignore"):
        plain = difference / error
        p_plain = two_sided_t(plain, freedom)
        chosen = _by_design if test in ("design", "linearised_t") else _by_formula
        statistic, df, p_share = chosen(cells, first, second, difference, freedom, test)
    wide = np.broadcast_to(shares & (test != "linearised_t"), difference.shape)
    statistic, df = np.where(wide, statistic, plain), np.where(wide, df, freedom)
    p = np.where(wide, p_share, p_plain)
    few = np.minimum(cells.n[first], cells.n[second]) < minimum_base
    thin = np.isin(test, ("design", "linearised_t")) & (freedom < 1)
    reason = np.select([few, thin, ~np.isfinite(p)], [FEW, NO_FREEDOM, NO_SPREAD], TESTED)
    return Compared(difference, error, statistic, df, np.where(reason == TESTED, p, np.nan), reason)


def _by_design(
    cells: Cells, first: np.ndarray, second: np.ndarray, difference: Floats, freedom: Floats, _: str
) -> tuple[Floats, Floats, Floats]:
    sides = [
        ShareSide(cells.estimate[g], cells.mass[g], cells.kish[g], alone)
        for g, alone in ((first, cells.weights_only), (second, np.zeros_like(cells.weights_only)))
    ]
    variance = np.nan_to_num(cells.difference_variance)
    error, p = shares_alike(sides[0], sides[1], variance, freedom, shared=cells.shared)
    return difference / error, freedom, p


def _by_formula(
    cells: Cells, first: np.ndarray, second: np.ndarray, difference: Floats, _: Floats, test: str
) -> tuple[Floats, Floats, Floats]:
    p1, p2, w1, w2 = cells.estimate[first], cells.estimate[second], cells.mass[first], cells.mass[second]
    e1, e2, e0 = cells.kish[first], cells.kish[second], cells.shared
    pool = (w1 * p1 + w2 * p2) / (w1 + w2)
    variance = pool * (1 - pool) * (1 / e1 + 1 / e2 - 2 * e0 / (e1 * e2))
    df = np.full(difference.shape, np.inf)
    if test == "unpooled_z_effective":
        variance = p1 * (1 - p1) / e1 + p2 * (1 - p2) / e2
    elif test == "pooled_t_effective":
        df = e1 + e2 - e0 - 2
    elif test == "quantum_t_effective":
        variance, df = variance * (e1 + e2) / (e1 + e2 - 1), e1 + e2 - e0 - 1
    statistic = difference / np.sqrt(np.where(variance > 1e-18, variance, np.nan))
    below = -np.abs(statistic)
    tail = np.where(np.isinf(df), scipy.special.ndtr(below), scipy.special.stdtr(np.where(df > 0, df, np.nan), below))
    return statistic, df, 2 * tail


def corrected(p_values: list[Floats], groups: np.ndarray, correction: Adjust | None, family: Family) -> list[Floats]:
    """Correct p-values for how many there are in a family.

    Parameters
    ----------
    p_values
        Of each question, pairs × rows; missing ones are in no family.
    groups
        Group of columns of each pair.
    correction
        ``bh`` (Benjamini and Hochberg), ``holm`` or None.
    family
        ``row``: all pairs of a row, of all groups of columns; ``group``: of one group; ``table``: of all questions.

    Examples
    --------
    >>> p = np.array([[0.01], [0.02], [0.9]])
    >>> corrected([p], np.array([1, 1, 2]), "bh", "row")[0][:, 0].round(3).tolist()
    [0.03, 0.03, 0.9]
    >>> corrected([p], np.array([1, 1, 2]), "bh", "group")[0][:, 0].round(3).tolist()
    [0.02, 0.02, 0.9]
    """
    if family == "table":
        flat = adjust_p(np.concatenate([p.ravel() for p in p_values]), correction)
        sizes = np.cumsum([p.size for p in p_values])[:-1]
        return [part.reshape(p.shape) for part, p in zip(np.split(flat, sizes), p_values, strict=True)]
    places = [np.arange(len(groups))] if family == "row" else [np.flatnonzero(groups == g) for g in np.unique(groups)]
    found = []
    for p in p_values:
        adjusted = np.full(p.shape, np.nan)
        for place in places:
            for k in range(p.shape[1]):
                adjusted[place, k] = adjust_p(p[place, k], correction)
        found.append(adjusted)
    return found


def check_choices(test: str, family: str, against: Sequence[str] = ()) -> None:
    """Refuse a test, a family or something to compare with that there is not.

    Raises
    ------
    InputError
        With those there are.
    """
    asked = [("test", test, TESTS), ("family", family, ("row", "group", "table"))]
    for name, value, known in [*asked, *(("against", a, get_args(Against)) for a in against)]:
        if value not in known:
            raise InputError(
                f"{name} is one of {', '.join(known)}.",
                found=repr(value),
                fix=f"Write one of them{nearest(str(value), known)}.",
                where=name,
            )
