"""How each region's numbers changed since the wave before."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import scipy

from workbench.core.checks import Floats
from workbench.core.errors import UntrustedWarning
from workbench.estimation import Design, estimate_change, estimate_total
from workbench.estimation.chosen import chosen_design
from workbench.nps.measures import Figures, Measure, Scored, measured

COLUMNS = ("previous", "change", "change_low", "change_high", "change_p", "n_previous")
VALUE = "(value)"


def moved_rows(
    source: Scored, name: str, measure: Measure, by: str, regions: pd.Index, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the change of one measure by region from the rows of two waves.

    Returns
    -------
    DataFrame
        Indexed by `regions`: ``previous``, ``change``, ``change_low``, ``change_high``,
        ``change_p``, ``n_previous``; NaN where a
        wave has no answers of the region, or did not ask.

    Examples
    --------
    >>> now = pd.DataFrame({"region": ["a"] * 40, "recommend": [10] * 30 + [3] * 10})
    >>> before = now.assign(recommend=[10] * 20 + [3] * 20)
    >>> nps = Measure("recommend", label="NPS", statistic="nps")
    >>> moved_rows(Scored(now, previous=before), "nps", nps, "region", pd.Index(["a"]))["change"].tolist()
    [50.0]
    """
    empty = pd.DataFrame(np.nan, index=regions, columns=list(COLUMNS))
    before, now = source.previous, source.data
    if before is None or measure.column not in before or by not in before:
        return empty
    if measure.statistic == "total":
        return _moved_totals(source, name, measure, by, regions, confidence)
    first, second = (chosen_design(d, lonely_psu="certainty") for d in (source.previous_design, source.design))
    before, now = (
        _needed(data, design, by, source.id, measured(data, name, measure, where=where))
        for data, design, where in ((before, first, "previous wave"), (now, second, "current wave"))
    )
    answered = [t.loc[t[VALUE].notna(), by].dropna().unique() for t in (before, now)]
    both = set(answered[0]) & set(answered[1])
    if not both:
        return empty
    if any(t[by].dropna().nunique() > len(both) for t in (before, now)):
        # a region without answers in a wave has no change; its rows stay in the design
        before, now = (t.assign(**{by: t[by].astype(object).where(t[by].isin(both))}) for t in (before, now))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UntrustedWarning)
        change = estimate_change(
            before,
            now,
            VALUE,
            (first, second),
            id=source.id,
            by=by,
            statistic="proportion" if measure.statistic == "share" else "mean",
            adjust=None,
            confidence=confidence,
        ).table
    found = change.set_index(by).rename(
        columns={"estimate": "change", "ci_low": "change_low", "ci_high": "change_high", "p_value": "change_p"}
    )
    return found[list(COLUMNS)].reindex(regions)


def _needed(data: pd.DataFrame, design: Design, by: str, id_column: str | None, values: Floats) -> pd.DataFrame:
    """Return the columns a change is made of, and no others."""
    columns = dict.fromkeys(c for c in (by, id_column, *design.columns_in(data)) if c)
    return pd.DataFrame({**{c: data[c] for c in columns}, VALUE: values})


def _moved_totals(
    source: Scored, name: str, measure: Measure, by: str, regions: pd.Index, confidence: float
) -> pd.DataFrame:
    """Estimate the change of totals: of customers in both waves from each one's difference."""
    assert source.previous is not None
    parts = []
    for data, design, where in (
        (source.previous, source.previous_design, "previous wave"),
        (source.data, source.design, "current wave"),
    ):
        weight = data[design.weight].to_numpy(dtype=float) if design and design.weight else 1.0
        values = np.nan_to_num(measured(data, name, measure, where=where)) * weight
        part = pd.DataFrame({"region": data[by].astype(object).to_numpy(), "value": values})
        parts.append(part.assign(id=data[source.id].to_numpy() if source.id else np.nan))
    first, second = parts
    if source.id:
        joined = first.merge(second, on="id", how="outer", suffixes=("_before", ""))
        # a customer who moved counts where he is now, so that a region's change is that of its customers
        region = joined["region"].where(joined["region"].notna(), joined["region_before"])
        stacked = pd.DataFrame(
            {
                "region": region,
                "previous": joined["value_before"].fillna(0.0),
                "current": joined["value"].fillna(0.0),
                "was": joined["value_before"].notna(),
            }
        )
    else:
        stacked = pd.concat(
            [
                first.assign(previous=first["value"], current=0.0, was=True),
                second.assign(previous=0.0, current=second["value"], was=False),
            ],
            ignore_index=True,
        )
    stacked["change"] = stacked["current"] - stacked["previous"]
    stacked = stacked[stacked["region"].notna()]
    table = estimate_total(stacked, ["previous", "change"], Design(lonely_psu="certainty"), by="region").table
    was_total, moved = (table[table["variable"] == v].set_index("region") for v in ("previous", "change"))
    was = stacked.groupby("region")["was"].sum()
    return _tested(was_total["estimate"], moved["estimate"], moved["std_error"], was, regions, confidence)


def _tested(
    previous: pd.Series, change: pd.Series, error: pd.Series, n: pd.Series, regions: pd.Index, confidence: float
) -> pd.DataFrame:
    z = float(scipy.stats.norm.ppf((1 + confidence) / 2))
    ratio = change.abs() / error.where(error > 0)
    p = pd.Series(2 * scipy.stats.norm.sf(ratio.to_numpy(dtype=float)), index=change.index)
    return pd.DataFrame(
        {
            "previous": previous,
            "change": change,
            "change_low": change - z * error,
            "change_high": change + z * error,
            "change_p": p,
            "n_previous": n,
        }
    ).reindex(regions)


def moved_figures(source: Figures, name: str, by: str, regions: pd.Index, confidence: float = 0.95) -> pd.DataFrame:
    """Return the change of ready-made figures, the waves taken as independent.

    Examples
    --------
    >>> table = pd.DataFrame({"region": ["a"], "measure": "clv", "estimate": 5.0, "std_error": 3.0, "n": 9,
    ...                       "previous": 1.0, "previous_std_error": 4.0})
    >>> moved_figures(Figures(table, {}), "clv", "region", pd.Index(["a"]))["change_low"].round(1).tolist()
    [-5.8]
    """
    table = source.table[source.table["measure"] == name].set_index(by)
    if not {"previous", "previous_std_error"} <= set(table.columns):
        return pd.DataFrame(np.nan, index=regions, columns=list(COLUMNS))
    error = (table["std_error"] ** 2 + table["previous_std_error"] ** 2) ** 0.5
    n = table["n_previous"] if "n_previous" in table else table["n"]
    return _tested(table["previous"], table["estimate"] - table["previous"], error, n, regions, confidence)
