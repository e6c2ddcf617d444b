"""Probabilities in proportion to size, take-all units found iteratively, and the ranking numbers of order sampling."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from workbench.core.errors import InputError
from workbench.sampling.random_numbers import SPACE


def take_all_threshold(sizes: npt.NDArray[np.int64], n: int) -> tuple[int | None, int, int]:
    """Find the units too large for a probability below 1, again and again until nobody new is.

    Parameters
    ----------
    sizes
        Whole numbers, positive.
    n
        Units to draw, at most as many as there are.

    Returns
    -------
    tuple
        The smallest certain size (None if there is none), the units left to draw, and the total size of the rest.

    Examples
    --------
    >>> take_all_threshold(np.array([100, 30, 10, 10, 10]), 3)
    (30, 1, 30)
    """
    values = np.sort(sizes)[::-1].tolist()
    total, certain = int(sum(values)), 0
    while certain < n and (n - certain) * values[certain] >= total:
        total -= values[certain]
        certain += 1
    return (values[certain - 1] if certain else None), n - certain, total


def inclusion_probabilities(sizes: npt.NDArray[np.int64], n: int) -> npt.NDArray[np.float64]:
    r"""Return probabilities proportional to size that add up to `n`, none above 1.

    :math:`\pi_i = n' x_i / \sum x` over the units that are not taken for certain (Särndal, Swensson & Wretman 1992,
    *Model Assisted Survey Sampling*, §3.6.1); the sums are exact integers.

    Raises
    ------
    InputError
        If a size is not positive, or there are fewer units than `n`.

    Examples
    --------
    >>> inclusion_probabilities(np.array([100, 30, 10, 10, 10]), 3).round(3).tolist()
    [1.0, 1.0, 0.333, 0.333, 0.333]
    """
    if len(sizes) < n or (sizes <= 0).any():
        raise InputError(
            "Sizes are positive and at least as many as the sample.",
            found=f"{len(sizes)} units, {int((sizes <= 0).sum())} sizes not positive, n = {n}",
            fix="Leave out units of size 0, or give them a small size.",
            where="size",
        )
    threshold, left, total = take_all_threshold(sizes, n)
    certain = sizes >= threshold if threshold is not None else np.zeros(len(sizes), dtype=bool)
    return probabilities_given(sizes, certain, left, total)


def probabilities_given(
    sizes: npt.NDArray[np.int64], certain: npt.NDArray[np.bool_], left: int, total: int
) -> npt.NDArray[np.float64]:
    """Return 1 for the certain and ``left · size / total``, correctly rounded, for the others.

    Examples
    --------
    >>> probabilities_given(np.array([9, 1]), np.array([True, False]), 1, 4).tolist()
    [1.0, 0.25]
    """
    pairs = zip(sizes.tolist(), certain.tolist(), strict=True)
    return np.array([1.0 if sure else float(Fraction(left * x, total)) for x, sure in pairs])


def ranking_numbers(
    positions: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], left: int, total: int, method: str
) -> npt.NDArray[np.float64]:
    r"""Return the numbers whose smallest `left` are the sample: Pareto or sequential Poisson.

    :math:`u/\lambda` (Ohlsson 1998, *J. Official Statistics* 14, 149–162) and
    :math:`\frac{u(1-\lambda)}{(1-u)\lambda}` (Rosén 1997, *J. Stat. Planning and Inference* 62, 159–191).

    Examples
    --------
    >>> ranking_numbers(np.array([2**51]), np.array([1]), 1, 4, "pareto").round(6).tolist()
    [3.0]
    """
    u = (positions.astype(float) + 0.5) / SPACE
    wanted = float(left) * sizes.astype(float)
    if method == "sequential_poisson":
        return np.asarray(u * float(total) / wanted)
    return np.asarray(u * (float(total) - wanted) / ((1.0 - u) * wanted))


def ranking_sql(u: str, size: str, left: str, total: str, double: str, method: str) -> str:
    """Return the SQL of `ranking_numbers`, with the same operations in the same order.

    Examples
    --------
    >>> ranking_sql("u", "x", "n", "t", "DOUBLE", "sequential_poisson")
    '(u * CAST(t AS DOUBLE) / (CAST(n AS DOUBLE) * CAST(x AS DOUBLE)))'
    """
    wanted = f"(CAST({left} AS {double}) * CAST({size} AS {double}))"
    whole = f"CAST({total} AS {double})"
    if method == "sequential_poisson":
        return f"({u} * {whole} / {wanted})"
    return f"({u} * ({whole} - {wanted}) / ((CAST(1 AS {double}) - {u}) * {wanted}))"
