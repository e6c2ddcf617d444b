"""Shares with design-based intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.checks import Floats, level_codes
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.estimation.columns import CI_HIGH, CI_LOW, ESTIMATE, STD_ERROR
from workbench.estimation.design import Design
from workbench.estimation.domains import read_domains
from workbench.estimation.estimates import Estimates, finish, lopsided_notes
from workbench.estimation.intervals import Interval, check_confidence, share_interval
from workbench.estimation.ratios import fit_ratio
from workbench.estimation.sample import read_sample


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Shares(Estimates):
    """Estimated shares: the columns of `Estimates`, shown in per cent."""

    caption: ClassVar[Message] = message("Estimated shares")
    columns: ClassVar[Mapping[str, Column]] = {
        **Estimates.columns,
        "estimate": ESTIMATE,
        "std_error": STD_ERROR,
        "ci_low": CI_LOW.styled("pct1"),
        "ci_high": CI_HIGH.styled("pct1"),
    }
    style: ClassVar[str] = "pct1"


@takes_columns("variable", many=["by"])
def estimate_proportion(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    *,
    level: object = None,
    by: str | Sequence[str] | None = None,
    interval: Interval = "logit",
    confidence: float = 0.95,
) -> Shares:
    """Estimate shares under a design: of a yes/no column, of one answer, or of every answer of a column.

    Parameters
    ----------
    data
        All rows of the sample; choose groups with `by`, not by cutting the table.
    variable
        A column of 0/1 (or booleans), or of categories.
    design
        The sampling design.
    level
        The answer to estimate the share of; None for the share of 1 in a 0/1 column and of every category otherwise.
    by
        Column or columns whose combinations are the groups.
    interval
        Form of the interval, see `workbench.estimation.intervals.share_interval`.
    confidence
        Coverage of the intervals.

    Returns
    -------
    Shares
        As `estimate_mean`, with a column ``level``; ``n_effective`` is p(1-p)/v.

    Raises
    ------
    InputError
        As `estimate_mean`, and if `level` does not occur.

    Examples
    --------
    >>> data = pd.DataFrame({"region": ["n", "n", "s", "s"], "w": 1.0})
    >>> estimate_proportion(data, "region", Design(weight="w")).table[["level", "estimate"]]
      level  estimate
    0     n       0.5
    1     s       0.5
    """
    check_confidence(confidence)
    require_columns(map(str, data.columns), [variable], where="data")
    sample, domains = read_sample(data, design), read_domains(data, by)
    values, levels = indicators(data, variable, level)
    seen = np.repeat(data[variable].notna().to_numpy()[:, None], values.shape[1], axis=1)
    fit = fit_ratio(sample, domains, values, seen.astype(float), seen, [variable] * len(levels))
    result = finish(domains, fit, [variable] * len(levels), confidence, None)
    table = result.table
    table.insert(
        list(table.columns).index("variable") + 1,
        "level",
        np.tile(np.asarray(levels, dtype=object), domains.size),
    )
    p, se = table["estimate"].to_numpy(dtype=float), table["std_error"].to_numpy(dtype=float)
    n = table["n"].to_numpy(dtype=float)
    inner = (se > 1e-12) & (p > 1e-12) & (p < 1 - 1e-12)
    kish = np.where(n > 0, fit.kish.ravel(), np.nan)
    table["n_effective"] = np.where(inner, p * (1 - p) / np.where(inner, se, 1.0) ** 2, kish)
    low, high = share_interval(p, se, n, kish, result.degrees_of_freedom, confidence=confidence, interval=interval)
    table["ci_low"], table["ci_high"] = low, high
    return Shares(
        level=confidence,
        table=table,
        covariance=result.covariance,
        degrees_of_freedom=result.degrees_of_freedom,
        notes=(*result.notes, *_share_notes(p, n), *(lopsided_notes(fit) if interval in ("mean", "asin") else ())),
    )


def indicators(data: pd.DataFrame, variable: str, level: object) -> tuple[Floats, list[object]]:
    """Return 0/1 columns for one answer or for each, and the answers; missing answers are 0 in all of them."""
    series = data[variable]
    present = series.dropna()
    if len(present) == 0:
        raise InputError(
            message("There is at least one answer."),
            found=message("{columns}: missing in all rows", columns=variable),
            fix=message("Choose another column."),
            where="data",
        )
    if level is not None:
        hits = (series == level).to_numpy(dtype=bool, na_value=False)
        if not hits.any() and level not in set(present.unique()):
            raise InputError(
                f"The answer {level!r} occurs in {variable!r}.",
                found=", ".join(map(repr, list(present.unique())[:8])),
                fix="Pass one of these.",
                where="level",
            )
        return hits.astype(float)[:, None], [level]
    if pd.api.types.is_numeric_dtype(series) and present.isin([0, 1]).all():
        return np.nan_to_num(series.to_numpy(dtype=float, na_value=np.nan))[:, None], [1]
    codes, levels = level_codes(present.to_frame(), [variable], where="data")
    full = np.full(len(series), -1, dtype=np.int64)
    full[series.notna().to_numpy()] = codes
    return (full[:, None] == np.arange(len(levels))).astype(float), levels[variable].tolist()


def _share_notes(p: Floats, n: Floats) -> list[Note]:
    notes = []
    edge = (p <= 1e-12) | (p >= 1 - 1e-12)
    if edge.any():
        notes.append(
            Note(
                message(
                    "{count:int} shares are 0 % or 100 %: their intervals are Clopper and Pearson's at the effective "
                    "number of answers.",
                    count=int(edge.sum()),
                )
            )
        )
    rare = (n > 0) & (n * np.minimum(p, 1 - p) < 5)
    if rare.any():
        notes.append(
            Note(
                message(
                    "{count:int} shares rest on fewer than five cases of the rarer answer: their intervals may cover "
                    "less often than they claim.",
                    count=int(rare.sum()),
                ),
                "caution",
            )
        )
    return notes
