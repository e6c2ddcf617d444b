"""Rao and Scott's test of whether categories depend on groups, under a design."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy

from workbench.core.checks import Floats
from workbench.estimation.domains import Domains
from workbench.estimation.ratios import Ratio, fit_ratio
from workbench.estimation.sample import Sample


def rao_scott(sample: Sample, domains: Domains, values: Floats, seen: np.ndarray, df: float) -> pd.DataFrame:
    """Test independence of groups and categories with Rao and Scott's second-order correction.

    Parameters
    ----------
    values
        0/1 columns, one per category, NaN where there is no answer.
    seen
        Whether each row has an answer, in the shape of `values`.
    df
        First-stage units minus strata.

    Returns
    -------
    DataFrame
        ``test``, ``statistic`` (F), ``df``, ``df_error``, ``p_value``.

    Notes
    -----
    Rao and Scott (1984), Annals of Statistics 12, 46–60; F as in Thomas and Rao (1987), Journal of the American
    Statistical Association 82, 630–636: X²/tr(Δ) on d = tr(Δ)²/tr(Δ²) and dν degrees of freedom, where Δ is the
    generalised design effect matrix of the log-linear interaction.
    """
    rows, columns = domains.size, values.shape[1]
    assert domains.code is not None
    group = domains.code[:, None] == np.arange(rows)
    inside = (domains.code >= 0) & seen[:, 0]
    cells = (group[:, :, None] * np.nan_to_num(values)[:, None, :]).reshape(len(values), -1)
    counted = np.repeat(inside[:, None], rows * columns, axis=1)
    everything = Domains(None, pd.DataFrame(index=[0]))
    fit = fit_ratio(
        sample, everything, np.where(counted, cells, 0.0), counted.astype(float), counted, ["cell"] * (rows * columns)
    )
    share, n = fit.estimate[0], float(fit.n[0, 0])
    table = share.reshape(rows, columns)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    statistic = n * float(((table - expected) ** 2 / expected).sum())
    r, c = np.divmod(np.arange(rows * columns), columns)
    main = np.column_stack(
        [np.ones(rows * columns), *(r == i for i in range(1, rows)), *(c == j for j in range(1, columns))]
    ).astype(float)
    both = np.column_stack([(r == i) & (c == j) for i in range(1, rows) for j in range(1, columns)]).astype(float)
    contrast = both - main @ np.linalg.lstsq(main, both, rcond=None)[0]
    inverse = np.where(share > 0, 1 / np.where(share > 0, share, 1.0), 0.0)
    scaled = contrast * inverse[:, None]
    delta = np.linalg.pinv(contrast.T @ scaled / n) @ (scaled.T @ fit.covariance @ scaled)
    trace = float(np.trace(delta))
    d = trace**2 / float(np.trace(delta @ delta))
    f = statistic / trace
    return pd.DataFrame(
        {
            "test": ["Rao–Scott"],
            "statistic": [f],
            "df": [d],
            "df_error": [d * df],
            "p_value": [float(scipy.stats.f.sf(f, d, d * df))],
        }
    )


def shares_jointly(sample: Sample, domains: Domains, fit: Ratio, values: Floats, df: float) -> pd.DataFrame | None:
    """Test whether a share is the same in all groups that answered; None where everybody, or nobody, said it.

    The hypothesis supplies the share that variances rest on. A test of differences by their own variances calls three
    groups of 40, 200 and 600 different in 28 of 100 samples where all say something in 3 of 100 cases; this one in 4.

    Parameters
    ----------
    fit
        The share fitted in each group.
    values
        0/1, rows x 1, NaN where there is no answer.

    Returns
    -------
    DataFrame or None
        As `rao_scott`.
    """
    assert domains.code is not None
    there = fit.n[:, 0] > 0
    whole = float(fit.mass[there, 0] @ fit.estimate[there, 0]) / float(fit.mass[there, 0].sum())
    if there.sum() < 2 or not 1e-12 < whole < 1 - 1e-12:
        return None
    place = np.where(there, np.cumsum(there) - 1, -1)
    code = np.where(domains.code >= 0, place[domains.code], -1)
    answering = Domains(code.astype(np.int64), domains.levels[there].reset_index(drop=True), domains.notes)
    both = np.hstack([values, 1 - values])
    return rao_scott(sample, answering, both, ~np.isnan(both), df)
