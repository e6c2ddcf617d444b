"""Who stays: Kaplan–Meier where contracts end, the probability of being alive where nobody says goodbye.

Sources: Kaplan & Meier (1958), Journal of the American Statistical Association 53; Greenwood's variance with limits
from ln(−ln S), Kalbfleisch & Prentice (2002), section 1.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
import pandas as pd

from workbench.clv.columns import CI_HIGH_HIGH, CI_LOW_LOW, ENDED
from workbench.clv.contracts.retention_alive import AliveCells, alive_curve
from workbench.clv.models.beta_geometric import BetaGeometric
from workbench.clv.models.fit import Fit
from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import Floats, Ints, Patterns, as_patterns
from workbench.clv.purchases.purchases import Purchases
from workbench.clv.value.grouped_histories import GroupedHistories
from workbench.clv.value.terms import Groups
from workbench.core import charts
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Cohort = Literal["none", "year", "quarter"]
COHORTS: Final = ("none", "year", "quarter")
EVERYBODY: Final = "–"
_MONTH: Final = 365.25 / 12
_STYLES: Final = ("-", "--", ":", "-.")
_MOST_LINES: Final = 6


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RetentionCurve(Result):
    """The share of customers who are still there, over their age.

    Attributes
    ----------
    table
        One row per group and age: ``group``, ``age`` (months, or the unit of the durations), ``customers`` (observed
        until that age), ``retained``, ``ci_low``, ``ci_high``, ``churn`` (share of those left at the age before who
        were lost since); for contracts also ``ended``.
    source
        ``contracts`` (ends are observed) or ``purchases`` (ends are told by a model).
    level
        Level of the intervals.
    """

    source: Literal["contracts", "purchases"]
    level: float

    caption: ClassVar[Message] = message("Who stays")
    columns: ClassVar[Mapping[str, Column]] = {
        "age": Column(message("Age"), "dec0"),
        "customers": Column(message("Observed until then"), "people"),
        "ended": ENDED,
        "retained": Column(message("Still customers"), "pct1"),
        "ci_low": CI_LOW_LOW.styled("pct1"),
        "ci_high": CI_HIGH_HIGH.styled("pct1"),
        "churn": Column(message("Lost since the age before"), "pct1"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the curves; with one group, its interval as a band."""

        def draw(ax: Axes) -> None:
            groups = list(dict.fromkeys(self.table["group"]))[:_MOST_LINES]
            for i, group in enumerate(groups):
                rows = self.table[self.table["group"] == group]
                step = "post" if self.source == "contracts" else "default"
                color = charts.PALETTE[i % len(charts.PALETTE)]
                ax.plot(rows["age"], rows["retained"], _STYLES[i % 4], color=color, label=group, drawstyle=_drawn(step))
                if len(groups) == 1:
                    ax.fill_between(rows["age"], rows["ci_low"], rows["ci_high"], color=color, alpha=0.2, linewidth=0)
            label = message("Months since the first purchase") if self.source == "purchases" else message("Age")
            ax.set_xlabel(charts.text(label, language))
            ax.set_ylabel(charts.text(message("Still customers"), language))
            ax.set_ylim(0, 1.02)
            charts.format_axis(ax.yaxis, "pct", language)
            if len(groups) > 1:
                ax.legend()

        return charts.draw_figure(draw)


def _drawn(step: str) -> Literal["default", "steps-post"]:
    return "steps-post" if step == "post" else "default"


def retention_curve(
    data: Purchases | pd.DataFrame,
    *,
    model: Fit | PurchaseModel | None = None,
    by: Groups | str | None = None,
    cohort: Cohort = "none",
    level: float = 0.95,
) -> RetentionCurve:
    """Say which share of customers is still there at each age, by group or cohort.

    Parameters
    ----------
    data
        Contracts: a DataFrame with ``duration``, ``ended`` (true where the contract ended, false where it still ran
        when observation ended) and perhaps ``count``. Or a purchase summary, whose customers do not say goodbye.
    model
        For a purchase summary: a fit to it, or a model of purchases with known parameters in its unit.
    by
        For contracts a column of `data`; for purchases a table with ``customer_id`` and the name of its column.
    cohort
        For purchases: curves by the ``year`` or ``quarter`` of the first purchase.
    level
        Level of the intervals.

    Returns
    -------
    RetentionCurve
        For purchases a curve rests at each age on the customers who were observed that long. With BG/NBD a caution
        says that everybody without a repeat purchase counts as a customer for ever.

    Raises
    ------
    InputError
        If a column is missing, a duration is negative, nothing is said about ends, or units disagree.

    Notes
    -----
    Contracts: product of (1 − ended / at risk). Purchases: mean of P(still a customer at the age | history), with the
    variance of the models' parameters (delta method) and of the customers' fates.

    Examples
    --------
    >>> contracts = pd.DataFrame({"duration": [1.0, 2, 2, 3, 4], "ended": [True, True, False, True, False]})
    >>> retention_curve(contracts).table["retained"].round(3).tolist()
    [1.0, 0.8, 0.6, 0.3, 0.3]
    """
    if not 0 < level < 1 or cohort not in COHORTS:
        raise InputError(
            f"A level is between 0 and 1; `cohort` is one of {', '.join(COHORTS)}.",
            found=f"level = {level!r}, cohort = {cohort!r}",
            fix="Write level=0.95, cohort='year'.",
            where="retention_curve",
        )
    if isinstance(data, pd.DataFrame):
        return _contracts(data, by, level)
    if model is None or isinstance(by, str):
        raise InputError(
            "Purchases say who stays through a model of purchases.",
            found="no model" if model is None else f"by = {by!r}",
            fix="Write retention_curve(purchases, model=fit, by=(customers, 'region')).",
            where="retention_curve",
        )
    return _purchases(data, model, by, cohort, level)


def _contracts(data: pd.DataFrame, by: Groups | str | None, level: float) -> RetentionCurve:
    column = by if isinstance(by, str) else None
    require_columns(data.columns, ["duration", "ended", *([column] if column else [])], where="contracts")
    duration = data["duration"].to_numpy(dtype=float)
    count = data["count"].to_numpy(dtype=float) if "count" in data else np.ones(len(data))
    ended = data["ended"].to_numpy()
    known = pd.api.types.is_bool_dtype(data["ended"]) or bool(np.isin(ended, (0, 1)).all())
    if not (len(data) and known and (np.isfinite(duration) & (duration >= 0) & (count > 0)).all()):
        raise InputError(
            "Contracts have a duration of 0 or more, and ended or not.",
            found=f"{int((~(duration >= 0)).sum())} durations missing or negative of {len(data)} contracts",
            fix="Count a contract that still runs until the end of observation, with ended = False.",
            where="contracts",
        )
    named = data[column].fillna(EVERYBODY) if column else pd.Series(EVERYBODY, index=data.index)
    groups = named.to_numpy(dtype=str)
    ended = ended.astype(bool)
    parts = [
        kaplan_meier(duration[groups == g], ended[groups == g], count[groups == g], level).assign(group=g)
        for g in np.unique(groups).tolist()
    ]
    table = pd.concat(parts, ignore_index=True)
    table = table[["group", *(c for c in table.columns if c != "group")]]
    text = message("Kaplan–Meier: contracts that still run count until the end of observation.")
    return RetentionCurve(table=table, source="contracts", level=level, notes=(Note(text),))


def kaplan_meier(duration: Floats, ended: np.ndarray, count: Floats, level: float) -> pd.DataFrame:
    """Return the share of contracts that last longer than each duration at which one ended or was last seen.

    Returns
    -------
    DataFrame
        ``age``, ``customers`` (at risk), ``ended``, ``retained``, ``ci_low``, ``ci_high``, ``churn``.

    Examples
    --------
    >>> kaplan_meier(np.array([1.0, 2.0]), np.array([True, False]), np.array([3.0, 1.0]), 0.95)["retained"].tolist()
    [1.0, 0.25, 0.25]
    """
    ages, place = np.unique(duration, return_inverse=True)
    left = np.bincount(place, count * ended, len(ages))
    risk = count.sum() - np.concatenate([[0.0], np.cumsum(np.bincount(place, count, len(ages)))[:-1]])
    retained = np.cumprod(1 - left / risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(left / (risk * (risk - left)))) / np.abs(np.log(retained))
        z = NormalDist().inv_cdf((1 + level) / 2)
        low, high = retained ** np.exp(z * spread), retained ** np.exp(-z * spread)
    sure = (retained >= 1) | ~np.isfinite(spread)
    start = {"age": 0.0, "customers": count.sum(), "ended": 0.0, "retained": 1.0, "ci_low": 1.0, "ci_high": 1.0}
    table = pd.DataFrame(
        {
            "age": ages,
            "customers": risk,
            "ended": left,
            "retained": retained,
            "ci_low": np.where(sure, np.where(retained <= 0, np.nan, retained), low),
            "ci_high": np.where(sure, np.where(retained <= 0, np.nan, retained), high),
            "churn": left / risk,
        }
    )
    if ages[0] == 0:
        return table  # some ended on the first day, or were seen no longer
    return pd.concat([pd.DataFrame([start]), table], ignore_index=True)


def _purchases(
    purchases: Purchases, model: Fit | PurchaseModel, by: Groups | str | None, cohort: Cohort, level: float
) -> RetentionCurve:
    asked = model.model if isinstance(model, Fit) else model
    if not isinstance(asked, PurchaseModel) or (isinstance(model, Fit) and model.unit != purchases.unit):
        raise InputError(
            "The model is one of purchases, in their unit of time.",
            found=f"{type(asked).__name__}, {getattr(model, 'unit', None)}",
            fix="Fit fit_mbg_nbd or fit_pareto_nbd to these purchases.",
            where="model",
        )
    assert not isinstance(by, str)
    p = as_patterns(purchases)
    days = p.T * purchases.days_per_unit
    cohorts, began = _cohorts(purchases, days, cohort)
    names, told = _cells(purchases, p, by, (cohorts, began))
    ages = np.arange(0, int(days.max() / _MONTH) + 1, max(1, int(days.max() / _MONTH) // 24)) * _MONTH
    curve = alive_curve(model, told, ages / purchases.days_per_unit, level)
    table = pd.concat(
        [
            pd.DataFrame({"group": names[g], "age": ages / _MONTH, **{k: v[g] for k, v in curve.items()}})
            for g in range(len(names))
        ],
        ignore_index=True,
    )
    table = table[table["customers"] > 0].reset_index(drop=True)
    before = table.groupby("group", sort=False)["retained"].shift()
    table["churn"] = (1 - table["retained"] / before).clip(lower=0)
    table["customers"] = table["customers"].round().astype(np.int64)
    once = float(p.by_x[0]) / p.customers
    return RetentionCurve(table=table, source="purchases", level=level, notes=tuple(_alive_notes(asked, once, level)))


def _cohorts(purchases: Purchases, days: Floats, cohort: Cohort) -> tuple[list[str], Ints]:
    """Return the cohorts there are, and that of each history."""
    if cohort == "none":
        return [""], np.zeros(len(days), dtype=np.int64)
    first = pd.DatetimeIndex([pd.Timestamp(purchases.observed_until)]).repeat(len(days)) - pd.to_timedelta(
        np.round(days), unit="D"
    )
    year = first.year.astype(str)
    label = year if cohort == "year" else year + " Q" + first.quarter.astype(str)
    names, began = np.unique(label.to_numpy(dtype=str), return_inverse=True)
    return [str(n) for n in names], began.astype(np.int64)


def _cells(
    purchases: Purchases, p: Patterns, by: Groups | None, cohorts: tuple[list[str], Ints]
) -> tuple[list[str], AliveCells]:
    """Return the names of groups, and customers by history and group: of everybody, or piece by piece."""
    later, began = cohorts
    x = p.x.astype(float)
    if by is None:
        whole = (np.arange(len(x), dtype=np.int64), began, p.count)
        names = [n or EVERYBODY for n in later]
        return names, AliveCells(x, p.t_x, p.T, lambda: iter([whole]), len(names), len(x))
    grouped = GroupedHistories.of(purchases, [by])
    several = len(grouped.names[0]) > 1
    crossed = [" · ".join(filter(None, (n if several or not c else "", c))) for n in grouped.names[0] for c in later]
    order = np.argsort(np.array(crossed), kind="stable")
    place = np.argsort(order, kind="stable")

    def pieces() -> Iterator[tuple[Ints, Ints, Floats]]:
        for piece in grouped.pieces(0):
            yield piece.at, place[piece.codes[0] * len(later) + began[piece.at]], piece.count

    return [crossed[i] for i in order], AliveCells(x, p.t_x, p.T, pieces, len(crossed), grouped.cells(0))


def _alive_notes(model: PurchaseModel, once: float, level: float) -> list[Note]:
    found = [
        Note(
            message(
                "Nobody says goodbye: shares are the model's probabilities of still being a customer, with "
                "intervals of {level:pct}; each age rests on those who were observed that long.",
                level=level,
            )
        )
    ]
    if isinstance(model, BetaGeometric) and model.chances == 0:
        text = message(
            "BG/NBD takes every one-time buyer ({share:pct} of the customers) for a customer for ever, so retention is "
            "overstated; MBG/NBD or Pareto/NBD tell it better.",
            share=once,
        )
        found.append(Note(text, "caution"))
    return found
