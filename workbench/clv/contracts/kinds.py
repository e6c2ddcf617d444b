"""Renewals of contracts by kind: one rate for a mix of kinds that end differently is the rate of none of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from workbench.clv.contracts.renewing import (
    RenewalCheck,
    Renewals,
    check_renewals,
    contract_renewals,
    renewals_of,
)
from workbench.clv.contracts.retention import retention_curve
from workbench.clv.contracts.spells import KIND, ContractSpells, contract_durations
from workbench.core import charts
from workbench.core.bulk import keep_rows
from workbench.core.errors import InputError
from workbench.core.groups import OTHERS
from workbench.core.language import Language, message

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ALL: Final = ""
_FEWEST: Final = 30  # contracts of a kind that is told by itself
_MOST_KINDS: Final = 12
_APART: Final = 0.05
_FEWEST_SEEN: Final = 20


def renewals_by_kind(spells: ContractSpells, period: int | None = None) -> dict[str, Renewals]:
    """Fit models of renewal to each kind of contracts, where kinds end at different rates.

    Parameters
    ----------
    spells
        What `contract_spells` returns.
    period
        As for `contract_renewals`; where it is not given, each kind has its own.

    Returns
    -------
    dict
        Kind → renewals; kinds of fewer than 30 contracts, and those beyond the twelve largest, are put together under
        ``…``. One entry under the empty name where there is one kind, or where kinds do not differ. A kind of which
        none has ended has a rate of 0 whose interval allows for ends that were not seen.

    Raises
    ------
    InputError
        If none has ended.

    Notes
    -----
    Kinds differ where a likelihood-ratio test of Poisson rates (ended contracts over months under contract),
    2 Σ d ln(rate / rate of all) with one degree of freedom less than kinds, is below 5 %.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.clv import contract_spells
    >>> day = pd.Timestamp("2024-01-01")
    >>> lines = pd.DataFrame({"customer_id": [f"c{i}" for i in range(80)], "kind": ["a"] * 40 + ["b"] * 40,
    ...     "started_at": day, "ended_at": [day + pd.DateOffset(months=i % 15 + 1) if i < 30 else None
    ...                                     for i in range(80)]})
    >>> found = renewals_by_kind(contract_spells(lines, observed_until=dt.date(2025, 6, 30)))
    >>> {kind: round(r.rate[0], 2) for kind, r in found.items()}
    {'a': 0.07, 'b': 0.0}
    """
    whole = contract_renewals(spells, period)
    rows = contract_durations(spells, KIND)
    count = rows["count"].to_numpy(dtype=float)
    by_kind = pd.DataFrame(
        {
            "kind": rows["group"],
            "contracts": count,
            "ended": count * rows["ended"].to_numpy(dtype=float),
            "months": count * rows["duration"].to_numpy(dtype=float),
        }
    )
    totals = by_kind.groupby("kind").sum().sort_values("contracts", ascending=False, kind="stable")
    own = totals.index[totals["contracts"] >= _FEWEST].tolist()[:_MOST_KINDS]
    by_kind["kind"] = by_kind["kind"].where(by_kind["kind"].isin(own), OTHERS)
    totals = by_kind.groupby("kind").sum()
    if len(totals) < 2 or not _differ(totals["ended"].to_numpy(dtype=float), totals["months"].to_numpy(dtype=float)):
        return {ALL: whole}
    names = [*own, *([OTHERS] if OTHERS in totals.index else [])]
    return {k: replace(renewals_of(of_kind(spells, k, own), period), seed=1 + i) for i, k in enumerate(names)}


def _differ(ended: np.ndarray, months: np.ndarray) -> bool:
    from scipy.special import chdtrc

    some = ended > 0
    overall = ended.sum() / max(months.sum(), 1e-9)
    statistic = 2 * float((ended[some] * np.log(ended[some] / np.maximum(months[some], 1e-9) / overall)).sum())
    return bool(chdtrc(len(ended) - 1, max(statistic, 0.0)) < _APART)


def kind_sql(spells: ContractSpells, parts: Mapping[str, Renewals], name: str) -> str:
    """Return the SQL of the part that a spell of the kind `name` belongs to.

    Parameters
    ----------
    spells
        Contracts.
    parts
        What `renewals_by_kind` returns.
    name
        SQL of the kind.
    """
    d = spells.source.engine.dialect
    if ALL in parts:
        return d.literal(ALL)
    own = ", ".join(d.literal(k) for k in parts if k != OTHERS)
    return f"CASE WHEN {name} IN ({own}) THEN {name} ELSE {d.literal(OTHERS)} END"


def of_kind(spells: ContractSpells, kind: str, own: list[str]) -> ContractSpells:
    """Return the spells of one kind, or of all that are not in `own`."""
    d = spells.source.engine.dialect
    which = f"= {d.literal(kind)}" if kind != OTHERS else f"NOT IN ({', '.join(map(d.literal, own)) or d.literal(ALL)})"
    order = f"{d.text_order.format(column='customer_id')}, started"
    part = keep_rows(
        spells.source.engine,
        f"SELECT * FROM {spells.source.source} AS t WHERE {KIND} {which} ORDER BY {order}",
        stem="contracts-of-kind",
    )
    return replace(spells, source=part)


def check_by_kind(spells: ContractSpells, parts: Mapping[str, Renewals], days: int) -> RenewalCheck:
    """Hold renewals by kind against the last days, kind by kind, added up; see `check_renewals`.

    Parameters
    ----------
    spells
        What `contract_spells` returns.
    parts
        What `renewals_by_kind` returns.
    days
        Days to hold back.

    Returns
    -------
    RenewalCheck
        Of all kinds that ran before and had ended contracts to learn from.

    Raises
    ------
    InputError
        If no kind could be told before.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.clv import contract_spells
    >>> day = pd.Timestamp("2024-01-01")
    >>> lines = pd.DataFrame({"customer_id": [f"c{i}" for i in range(60)], "started_at": day,
    ...                       "ended_at": [day + pd.DateOffset(months=i) if i < 17 else None for i in range(1, 61)]})
    >>> spells = contract_spells(lines, observed_until=dt.date(2025, 6, 30))
    >>> check_by_kind(spells, renewals_by_kind(spells), 182).running > 0
    True
    """
    if ALL in parts:
        return check_renewals(spells, parts[ALL], days)
    own, found = [k for k in parts if k != OTHERS], []
    for kind, renewals in parts.items():
        some = of_kind(spells, kind, own)
        with suppress(InputError):
            found.append(check_renewals(some, renewals, days))
    if not found:
        raise InputError(
            message("A forecast of renewals is held against contracts that ran before."),
            found=message("no kind of contracts of which some had ended before"),
            fix=message("Lower value.holdout_days, or come back when contracts are older."),
            where="contracts",
        )
    return RenewalCheck(
        found[0].months,
        sum(f.running for f in found),
        sum(f.told for f in found),
        sum(f.happened for f in found),
    )


def plot_renewals(
    spells: ContractSpells, parts: Mapping[str, Renewals] | None, level: float, language: Language | None = None
) -> Figure:
    """Draw the share still under contract: observed (Kaplan–Meier, with its interval), and told by the model.

    Where kinds differ, the model's line is the sum over kinds, each with its share of the contracts that began.
    """
    rows = retention_curve(contract_durations(spells), level=level).table
    rows = rows[rows["customers"] >= min(_FEWEST_SEEN, float(rows["customers"].max()))]

    def draw(ax: Axes) -> None:
        seen = charts.text(message("Observed"), language)
        ax.step(rows["age"], rows["retained"], where="post", color=charts.ACCENT, label=seen)
        ax.fill_between(
            rows["age"], rows["ci_low"], rows["ci_high"], step="post", color=charts.ACCENT, alpha=0.2, linewidth=0
        )
        if parts and (ALL not in parts or parts[ALL].fit is not None):
            months = np.arange(int(np.ceil(1.5 * float(rows["age"].max()))) + 1)
            ax.step(
                months,
                _mixed(spells, parts, months),
                "--",
                where="post",
                color=charts.PALETTE[5],
                label=charts.text(message("Model"), language),
            )
            ax.legend()
        ax.set_xlabel(charts.text(message("Months since the contract began"), language))
        ax.set_ylabel(charts.text(message("Still under contract"), language))
        ax.set_ylim(0, 1.02)
        charts.format_axis(ax.yaxis, "pct", language)

    return charts.draw_figure(draw)


def _mixed(spells: ContractSpells, parts: Mapping[str, Renewals], months: np.ndarray) -> np.ndarray:
    began = contract_durations(spells, KIND).groupby("group")["count"].sum()
    name = began.index.where(began.index.isin(list(parts)), OTHERS if ALL not in parts else ALL)
    shares = began.groupby(name).sum() / began.sum()
    return np.asarray(sum(float(shares[k]) * r.kept(months // r.period) for k, r in parts.items()))
