"""What calls did: those who were on a list against those who were held out of it by chance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core.engine import Table, as_table, collecting
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Note, Result
from workbench.estimation.intervals import wilson
from workbench.learning.columns import CI_HIGH, CI_LOW
from workbench.learning.labels import later_purchases
from workbench.learning.outlook_list import CALL, HELD_OUT

FEWEST: Final = 20  # customers of each kind
OUTCOMES: Final[Mapping[str, Message]] = {
    "bought": message("Bought, per cent"),
    "spend": message("Spent per customer"),
    "likelier": message("Bought, per cent of those likelier to buy"),
    "unlikelier": message("Bought, per cent of those less likely to buy"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ListEffect(Result):
    """Those on the list against those held out.

    Attributes
    ----------
    table
        One row per outcome (``bought`` and ``spend``; ``likelier`` and ``unlikelier``: bought, in the halves by chance
        to buy beforehand): ``outcome``, ``called``, ``held_out``, ``difference`` with ``ci_low`` and ``ci_high``,
        ``n_called``, ``n_held_out``.
    p_value
        Of the difference of those who bought.
    p_halves
        Of the difference between the halves: whether calls do more for one of them.
    kept, kept_low, kept_high
        Customers who bought because they were on the list.
    cost_per_kept, cost_low, cost_high
        Money for each; missing without a cost, or where the interval of `kept` does not lie above 0.
    """

    p_value: float
    p_halves: float
    kept: float
    kept_low: float
    kept_high: float
    cost_per_kept: float
    cost_low: float
    cost_high: float

    caption: ClassVar[Message] = message("What the calls of the previous wave did")
    columns: ClassVar[Mapping[str, Column]] = {
        "outcome": Column(message("Outcome")),
        "called": Column(message("Those on the list"), "dec1"),
        "held_out": Column(message("Those held out"), "dec1"),
        "difference": Column(message("Difference"), "signed1"),
        "ci_low": CI_LOW.styled("signed1"),
        "ci_high": CI_HIGH.styled("signed1"),
        "n_called": Column(message("On the list, number"), "people"),
        "n_held_out": Column(message("Held out, number"), "people"),
    }

    def of(self, outcome: str) -> pd.Series:
        """Return the row of an outcome.

        Parameters
        ----------
        outcome
            One of `OUTCOMES`.
        """
        return self.table.loc[self.table["outcome"] == outcome].iloc[0]

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with outcomes in words."""
        return self.table.assign(outcome=[OUTCOMES[o].text(language) for o in self.table["outcome"]])


def list_effect(
    listed: pd.DataFrame | Table,
    transactions: pd.DataFrame | Table,
    *,
    since: dt.date,
    until: dt.date,
    call_cost: float | None = None,
    level: float = 0.95,
) -> ListEffect:
    """Compare what those on a list bought with what those held out of it bought.

    Parameters
    ----------
    listed
        ``customer_id``, ``arm`` (``call`` or ``holdout``), ``probability``, as `outlook_list` chose them.
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount``.
    since
        Day of the list; what was bought on later days counts.
    until
        Last day that counts.
    call_cost
        Money that one customer on the list costs.
    level
        Level of the intervals.

    Returns
    -------
    ListEffect
        Everybody on the list counts, whether reached or not, because chance made the two groups alike only as a whole.

    Raises
    ------
    InputError
        If fewer than 20 customers are on the list, or held out.

    Notes
    -----
    Shares: Newcombe (1998), Statistics in Medicine 17, 873–890, method 10. Amounts: Welch. Customers kept are the
    difference of shares times those on the list. Halves are cut at the median chance, before anything is looked at.

    Examples
    --------
    >>> people = [f"{i}" for i in range(200)]
    >>> listed = pd.DataFrame({"customer_id": people, "arm": ["call"] * 150 + ["holdout"] * 50, "probability": 0.5})
    >>> day = pd.Timestamp("2026-01-05")
    >>> orders = pd.DataFrame({"customer_id": people[:90] + people[-20:], "ordered_at": day, "amount": 10.0})
    >>> found = list_effect(listed, orders, since=dt.date(2026, 1, 1), until=dt.date(2026, 3, 31), call_cost=2.0)
    >>> found.of("bought")[["called", "held_out", "difference"]].astype(int).tolist(), round(found.kept)
    ([60, 40, 20], 30)
    """
    orders = as_table(transactions)
    people = as_table(listed).to_frame() if isinstance(listed, Table) else listed
    require_columns(map(str, people.columns), [CUSTOMER_ID, "arm", "probability"], where="listed")
    counts = {a: int((people["arm"] == a).sum()) for a in (CALL, HELD_OUT)}
    if min(counts.values()) < FEWEST:
        raise InputError(
            message("What calls do is measured with 20 customers on the list and 20 held out."),
            found=message("{called:int} on the list, {held:int} held out", called=counts[CALL], held=counts[HELD_OUT]),
            fix=message("Raise outlook.holdout or outlook.listed, and come back with the next wave."),
            where="outlook",
        )
    known = orders.engine.register(people[[CUSTOMER_ID, "arm", "probability"]])
    later = later_purchases(orders, since, until)
    with collecting(len(people)):
        rows = orders.engine.rows(f"""
            SELECT p.arm, p.probability, CASE WHEN l.next_day IS NULL THEN 0 ELSE 100 END AS bought,
                   CAST(coalesce(l.spend, 0) AS {orders.engine.dialect.double_type}) AS spend
            FROM {known} AS p LEFT JOIN ({later}) AS l ON l.{CUSTOMER_ID} = p.{CUSTOMER_ID}
            ORDER BY p.arm, p.probability NULLS LAST, bought, spend""")
    middle = float(rows["probability"].median())
    halves = {"likelier": rows[rows["probability"] >= middle], "unlikelier": rows[rows["probability"] < middle]}
    found = [_shares("bought", rows, level), _amounts(rows, level)]
    enough = {n: h for n, h in halves.items() if min((h["arm"] == a).sum() for a in (CALL, HELD_OUT)) >= FEWEST}
    found += [_shares(n, h, level) for n, h in enough.items()] if len(enough) == len(halves) else []
    table = pd.DataFrame(found)
    whole = table.iloc[0]
    kept, low, high = (float(whole[c]) / 100 * counts[CALL] for c in ("difference", "ci_low", "ci_high"))
    spent = float("nan") if call_cost is None else call_cost * counts[CALL]
    costs = (spent / kept, spent / high, spent / low) if low > 0 else (float("nan"),) * 3
    text = message(
        "Everybody on the list counts, whether the call was made or not; who was held out was left to chance."
    )
    return ListEffect(
        table=table.drop(columns="error"),
        level=level,
        p_value=_p(whole["difference"], whole["error"]),
        p_halves=_between(table),
        kept=kept,
        kept_low=low,
        kept_high=high,
        cost_per_kept=costs[0],
        cost_low=costs[1],
        cost_high=costs[2],
        notes=(Note(text),),
    )


def _shares(outcome: str, rows: pd.DataFrame, level: float) -> dict[str, object]:
    ends, means, n = {}, {}, {}
    for arm in (CALL, HELD_OUT):
        own = rows.loc[rows["arm"] == arm, "bought"]
        means[arm], n[arm] = float(own.mean()) / 100, len(own)
        low, high = wilson(np.array([means[arm]]), np.array([float(n[arm])]), level)
        ends[arm] = (float(low[0]), float(high[0]))
    apart = means[CALL] - means[HELD_OUT]
    low = apart - np.hypot(means[CALL] - ends[CALL][0], ends[HELD_OUT][1] - means[HELD_OUT])
    high = apart + np.hypot(ends[CALL][1] - means[CALL], means[HELD_OUT] - ends[HELD_OUT][0])
    error = np.sqrt(sum(means[a] * (1 - means[a]) / n[a] for a in n))
    return _row(outcome, (100 * means[CALL], 100 * means[HELD_OUT]), (100 * low, 100 * high), 100 * error, n)


def _amounts(rows: pd.DataFrame, level: float) -> dict[str, object]:
    from scipy.stats import t

    parts = {a: rows.loc[rows["arm"] == a, "spend"].to_numpy(dtype=float) for a in (CALL, HELD_OUT)}
    means = tuple(float(v.mean()) for v in parts.values())
    squares = [float(v.var(ddof=1)) / len(v) for v in parts.values()]
    error = float(np.sqrt(sum(squares)))
    freedom = sum(squares) ** 2 / sum(s**2 / (len(v) - 1) for s, v in zip(squares, parts.values(), strict=True))
    reach = float(t.ppf((1 + level) / 2, freedom)) * error if error else 0.0
    apart = means[0] - means[1]
    n = {a: len(v) for a, v in parts.items()}
    return _row("spend", (means[0], means[1]), (apart - reach, apart + reach), error, n)


def _row(
    outcome: str, means: tuple[float, float], ends: tuple[float, float], error: float, n: Mapping[str, int]
) -> dict[str, object]:
    return {
        "outcome": outcome,
        "called": means[0],
        "held_out": means[1],
        "difference": means[0] - means[1],
        "ci_low": float(ends[0]),
        "ci_high": float(ends[1]),
        "n_called": n[CALL],
        "n_held_out": n[HELD_OUT],
        "error": float(error),
    }


def _between(table: pd.DataFrame) -> float:
    halves = table[table["outcome"].isin(["likelier", "unlikelier"])]
    if len(halves) < 2:
        return float("nan")
    apart = float(halves["difference"].iloc[0] - halves["difference"].iloc[1])
    return _p(apart, float(np.hypot(*halves["error"])))


def _p(difference: float, error: float) -> float:
    from scipy.stats import norm

    return float(2 * norm.sf(abs(difference) / error)) if error else float("nan")
