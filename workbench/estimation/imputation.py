"""Estimates of several completed data sets put together: what imputing adds to the error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.estimation.estimates import Estimates
from workbench.estimation.intervals import check_confidence, quantile_t

MEASURES = ("estimate", "std_error", "ci_low", "ci_high", "n", "n_effective", "deff", "open")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CombinedEstimates(Estimates):
    """Estimates over several imputations: the columns of `Estimates` and ``fraction_missing``.

    ``fraction_missing`` is the share of the information that the missing answers would have added.
    """

    caption: ClassVar[Message] = message("Estimates over several imputations")
    columns: ClassVar[Mapping[str, Column]] = {
        "fraction_missing": Column(message("Information missing"), "pct1"),
    }


def combine_imputations(
    estimates: Sequence[Estimates], *, confidence: float | None = None, complete_df: bool = True
) -> CombinedEstimates:
    r"""Put together what several imputations of the same data give.

    Parameters
    ----------
    estimates
        The same estimates (`estimate_mean`, `estimate_total`, …) of each completed data set, at least two.
    confidence
        Coverage of the intervals; that of the estimates by default.
    complete_df
        Whether degrees of freedom respect those that complete data would have; without it they may exceed them by far
        in small samples.

    Returns
    -------
    CombinedEstimates
        ``estimate`` is the mean, ``n`` the smallest base.

    Raises
    ------
    InputError
        If there are fewer than two, they are no estimates, or they do not estimate the same.

    Notes
    -----
    :math:`T = W + (1 + 1/m) B` with W the mean variance and B the variance of the estimates (Rubin 1987, *Multiple
    Imputation*, section 3.1), degrees of freedom :math:`\nu = (m - 1) (1 + W / ((1 + 1/m) B))^2`; with those of
    complete data :math:`1 / (1/\nu + 1/\hat\nu)`, :math:`\hat\nu = (1 - \lambda) \nu_0 (\nu_0 + 1) / (\nu_0 + 3)`,
    :math:`\lambda = (1 + 1/m) B / T` (Barnard and Rubin 1999, Biometrika 86, 948–955).

    Examples
    --------
    >>> from workbench.estimation import Design, estimate_mean
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0]})
    >>> both = [estimate_mean(data.assign(y=data["y"] + shift), "y", Design()) for shift in (0.0, 0.5)]
    >>> combine_imputations(both).table[["estimate", "std_error"]].round(4).values.tolist()
    [[2.75, 0.7773]]
    """
    given = list(estimates)
    if len(given) < 2 or not all(isinstance(e, Estimates) for e in given):
        raise InputError(
            "Imputations are put together from two or more results of an estimator.",
            found=f"{len(given)}: {', '.join(sorted({type(e).__name__ for e in given})) or 'nothing'}",
            fix="Estimate the same from each completed data set, and pass the list of results.",
            where="estimates",
        )
    keys = [e.table.drop(columns=[c for c in MEASURES if c in e.table]).reset_index(drop=True) for e in given]
    if not all(k.equals(keys[0]) for k in keys[1:]):
        raise InputError(
            "All imputations give the same estimates, in the same order.",
            found=f"tables of {', '.join(str(len(k)) for k in keys)} rows that differ in what they estimate",
            fix="Use the same variables, groups and design each time.",
            where="estimates",
        )
    first = given[0]
    level = confidence or first.level or 0.95
    check_confidence(level)
    count = len(given)
    each = np.array([e.table["estimate"].to_numpy(dtype=float) for e in given])
    within = np.mean([e.covariance.to_numpy(dtype=float) for e in given], axis=0)
    estimate = each.mean(axis=0)
    off = each - estimate
    between = off.T @ off / (count - 1)
    total = within + (1 + 1 / count) * between
    variance, added = np.diag(total), (1 + 1 / count) * np.diag(between)
    complete = np.min([np.broadcast_to(e.degrees_of_freedom, estimate.shape) for e in given], axis=0)
    df = _degrees(np.diag(within), added, count, complete if complete_df else None)
    error = np.sqrt(np.clip(variance, 0.0, None))
    reach = quantile_t(level, df) * error
    share = added / np.where(variance > 0, variance, np.nan)
    ratio = added / np.where(np.diag(within) > 0, np.diag(within), np.nan)
    table = keys[0].assign(
        estimate=estimate,
        std_error=error,
        ci_low=estimate - reach,
        ci_high=estimate + reach,
        n=np.min([e.table["n"] for e in given], axis=0).astype(np.int64),
        n_effective=np.mean([e.table["n_effective"] for e in given], axis=0) * (1 - np.nan_to_num(share)),
        fraction_missing=np.where(added > 0, (ratio + 2 / (df + 3)) / (ratio + 1), 0.0),
    )
    names = first.covariance.index
    text = message("Estimates of {n:int} imputations are put together; errors count what imputing adds.", n=count)
    return CombinedEstimates(
        level=level,
        table=table,
        covariance=pd.DataFrame(total, index=names, columns=names),
        degrees_of_freedom=df,
        notes=(Note(text), *dict.fromkeys(n for e in given for n in e.notes)),
    )


def _degrees(within: Floats, added: Floats, count: int, complete: Floats | None) -> Floats:
    known = added > 1e-300
    rubin = np.where(known, (count - 1) * (1 + within / np.where(known, added, 1.0)) ** 2, np.inf)
    if complete is None:
        return rubin
    lost = added / np.where(within + added > 0, within + added, 1.0)
    observed = (1 - lost) * complete * (complete + 1) / (complete + 3)
    # where nothing was imputed, the degrees of freedom are those of the data
    both = 1 / (1 / rubin + 1 / np.maximum(observed, 1e-300))
    return np.asarray(np.where(known, both, complete), dtype=np.float64)
