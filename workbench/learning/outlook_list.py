"""Whom to call: those who may stay away, with whom something is at stake, and who can still be reached."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import pandas as pd

from workbench.core.bulk import in_engine
from workbench.core.engine import Table, as_table, collecting
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Result
from workbench.learning.columns import AT_STAKE, EXPECTED_SPEND
from workbench.learning.features import Features
from workbench.sampling.random_numbers import SPACE, check_salt, check_start, rotated_sql

SAFE: Final = 0.8  # chance to buy from which nothing is to be done
LOST: Final = 0.2  # chance to buy below which hardly anybody is there to be kept
GONE: Final = 0.5  # chance of still being a customer below which one is more likely lost than not
CALL, HELD_OUT = "call", "holdout"
STATES: Final[Mapping[str, Message]] = {
    CALL: message("On the list: to be called"),
    HELD_OUT: message("Held out by chance, to measure what calls do"),
    "later": message("At risk, but less at stake than those on the list"),
    "safe": message("Likely to buy anyway"),
    "lost": message("More likely lost than not"),
    "refusing": message("May not be contacted"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OutlookList(Result):
    """Whom to call, and who is held out.

    Attributes
    ----------
    table
        Everybody, by what is done: ``state`` (``call``, ``holdout``, ``later``, ``safe``, ``lost``, ``refusing``),
        ``customers``, ``leaving`` (mean chance to stay away), ``expected_spend`` and ``at_stake`` (sums).
    customers
        Those on the list and those held out, most at stake first: ``customer_id``, ``arm`` (``call`` or ``holdout``),
        ``probability``, ``leaving``, ``expected_spend``, ``at_stake``, ``next_likely``, ``reason``, ``second_reason``
        what is known of purchases (``silent_days``, ``purchases``) and the columns of groups. Never shown.
    holdout
        Share that is held out.
    """

    customers: pd.DataFrame
    holdout: float

    caption: ClassVar[Message] = message("Customers by what is done about them")
    columns: ClassVar[Mapping[str, Column]] = {
        "state": Column(message("What is done")),
        "leaving": Column(message("Chance to stay away"), "pct1"),
        "expected_spend": EXPECTED_SPEND,
        "at_stake": AT_STAKE,
    }

    @property
    def to_call(self) -> pd.DataFrame:
        """Those on the list."""
        return self.customers[self.customers["arm"] == CALL].drop(columns="arm").reset_index(drop=True)

    def count(self, state: str) -> int:
        """Return how many customers are in a state.

        Parameters
        ----------
        state
            One of `STATES`.
        """
        return int(self.table.loc[self.table["state"] == state, "customers"].sum())

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with states in words."""
        return self.table.assign(state=[STATES[s].text(language) for s in self.table["state"]])


def outlook_list(
    scores: pd.DataFrame | Table,
    *,
    salt: str,
    alive: Table | None = None,
    leave_out: pd.DataFrame | Table | None = None,
    features: Features | None = None,
    groups: Table | None = None,
    by: Sequence[str] = (),
    listed: int = 1000,
    holdout: float = 0.1,
    start: float = 0.0,
) -> OutlookList:
    """Choose whom to call: at risk × value × reachable, most at stake first, some of them held out by chance.

    Parameters
    ----------
    scores
        ``customer_id``, ``probability``, ``leaving``, ``expected_spend``, ``next_likely``, ``reason``,
        ``second_reason`` of every customer, from `score_customers`.
    salt
        The study's salt of permanent random numbers.
    alive
        ``customer_id`` and ``probability_alive``, where a model tells it: who is more likely gone than not is not
        called. Without it that is told by a chance to buy below 20 %.
    leave_out
        Customers who may not be contacted; neither called nor held out.
    features
        What is known of customers, for ``silent_days`` and ``purchases`` on the list.
    groups, by
        A table with a row per customer, and its columns to stand on the list.
    listed
        Most customers to call.
    holdout
        Share of those who would be called that is held out.
    start
        Where on the circle of random numbers those held out begin; another wave starts elsewhere, so that nobody is
        held out for ever.

    Returns
    -------
    OutlookList

    Raises
    ------
    InputError
        If a column is missing, or `holdout` is not from 0 to below 1.

    Notes
    -----
    At stake = chance to stay away × expected spend, and expected spend = chance to buy × amount if so: what is at risk,
    what it is worth, and whether somebody is still there to be kept, in one product. Who is held out does not depend on
    the rank: k of recipe md5-52/v1 within `holdout` of the circle after `start`.

    Examples
    --------
    >>> told = pd.DataFrame({"customer_id": list("abcd"), "probability": [0.9, 0.6, 0.4, 0.1],
    ...                      "expected_spend": [90.0, 60.0, 80.0, 5.0], "next_likely": None,
    ...                      "reason": "silence", "second_reason": None})
    >>> found = outlook_list(told.assign(leaving=1 - told["probability"]), salt="s", holdout=0.0)
    >>> found.to_call[["customer_id", "at_stake"]].to_numpy().tolist()
    [['c', 48.0], ['b', 24.0]]
    """
    check_salt(salt)
    if not 0 <= holdout < 1:
        raise InputError(
            "A share that is held out is from 0 to below 1.",
            found=repr(holdout),
            fix="Write outlook: {holdout: 0.1}.",
            where="holdout",
        )
    table = as_table(scores)
    told = ("probability", "leaving", "expected_spend", "next_likely", "reason", "second_reason")
    require_columns(table.columns, [CUSTOMER_ID, *told], where="scores")
    e, d = table.engine, table.engine.dialect
    joins, lost, refusing = "", f"s.probability < {LOST}", "FALSE"
    if alive is not None:
        joins += f" LEFT JOIN {in_engine(alive, e).source} AS a ON a.{CUSTOMER_ID} = s.{CUSTOMER_ID}"
        lost = f"coalesce(a.probability_alive < {GONE}, {lost})"
    if leave_out is not None:
        joins += f" LEFT JOIN {in_engine(as_table(leave_out, e), e).source} AS r ON r.{CUSTOMER_ID} = s.{CUSTOMER_ID}"
        refusing = f"r.{CUSTOMER_ID} IS NOT NULL"
    named: list[str] = []
    if features is not None:
        known = in_engine(features.source, e)
        joins += f" LEFT JOIN {known.source} AS f ON f.{CUSTOMER_ID} = s.{CUSTOMER_ID}"
        named += [f"f.{c}" for c in ("silent_days", "purchases")]
    if groups is not None and by:
        joins += f" LEFT JOIN {in_engine(groups, e).source} AS g ON g.{CUSTOMER_ID} = s.{CUSTOMER_ID}"
        named += [f"g.{d.quote(c)}" for c in by]
    held = rotated_sql(d.prn(f"outlook|{salt}", f"s.{CUSTOMER_ID}"), check_start(start % 1.0))
    order = f"at_stake DESC NULLS LAST, {d.text_order.format(column=CUSTOMER_ID)}"
    most = math.ceil(listed / (1 - holdout))
    # in engines without "qualify" the rank is taken among all at risk, which the first case puts on top
    ranked = f"""
        SELECT *, row_number() OVER (ORDER BY CASE WHEN state = '{CALL}' THEN 0 ELSE 1 END, {order}) AS place
        FROM (SELECT s.{CUSTOMER_ID}, {", ".join(f"s.{c}" for c in told)}, s.leaving * s.expected_spend AS at_stake,
                     {held} < {int(holdout * SPACE)} AS held{"".join(f", {n}" for n in named)},
                     CASE WHEN {refusing} THEN 'refusing' WHEN {lost} THEN 'lost'
                          WHEN s.probability >= {SAFE} THEN 'safe' ELSE '{CALL}' END AS state
              FROM {table.source} AS s{joins}) AS judged"""
    state = f"""CASE WHEN state = '{CALL}' AND place > {most} THEN 'later'
                     WHEN state = '{CALL}' AND held THEN '{HELD_OUT}' ELSE state END"""
    sums = e.rows(f"""
        SELECT {state} AS state, count(*) AS customers, {d.exact_sum("leaving")} / count(*) AS leaving,
               {d.exact_sum("expected_spend")} AS expected_spend, {d.exact_sum("at_stake")} AS at_stake
        FROM ({ranked}) AS ranked GROUP BY 1""")
    sums["state"] = pd.Categorical(sums["state"], list(STATES))
    picked = "".join(f", {n.partition('.')[2]}" for n in named)
    with collecting(most):
        people = e.rows(f"""
            SELECT {CUSTOMER_ID}, {state} AS arm, probability, leaving, expected_spend, at_stake, next_likely, reason,
                   second_reason{picked}
            FROM ({ranked}) AS ranked WHERE state = '{CALL}' AND place <= {most} ORDER BY {order}""")
    shown = sums.sort_values("state", ignore_index=True).astype({"state": str})
    return OutlookList(table=shown, customers=people, holdout=holdout)
