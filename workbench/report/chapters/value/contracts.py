"""Chapter 40, contracts: a customer's uninterrupted times under contract, and how long they last (Kaplan–Meier)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd

from workbench.clv import RetentionCurve, retention_curve
from workbench.clv.value.terms import NO_GROUP
from workbench.core.bulk import in_engine, keep_rows
from workbench.core.engine import Table
from workbench.core.language import message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Note
from workbench.store import Wave

MONTH = 365.25 / 12
AGES = (6, 12, 24)
FEWEST = 10  # under contract at an age, for a share to be shown
NEAR = 4 / MONTH  # a contract that ends on its day has not lasted longer, however long its months were
FOREVER = "DATE '9999-12-31'"
KIND, STARTED_IN = "kind", "started_in"
STAY_COLUMNS = {
    "group": Column(message("Group")),
    "contracts": Column(message("Contracts"), "int"),
    "ended": Column(message("Ended"), "int"),
    **{f"after_{a}": Column(message("After {months:int} months", months=a), "pct1") for a in AGES},
    "ci_low": Column(message("after 12 months, low"), "pct1"),
    "ci_high": Column(message("after 12 months, high"), "pct1"),
    "churn": Column(message("Ended per month"), "pct1"),
    "churn_low": Column(message("per month, low"), "pct1"),
    "churn_high": Column(message("per month, high"), "pct1"),
}


@dataclass(frozen=True, eq=False)
class Contracts:
    """A wave's contracts, put together into uninterrupted times of a customer under contracts of a kind.

    Attributes
    ----------
    spells
        One row each: ``customer_id``, ``kind``, ``started``, ``days`` (until the end, or until the last day of the
        data), ``seen`` (days of which it is known whether it went on), ``ended``, ``running``, ``amount`` (a month, of
        the contracts that run), ``started_in`` (year).
    lines, repeated, later, overlapping, continued, recent
        Rows of the table; rows that repeat another in everything; that begin after the last day of the data; that begin
        while another of the customer and kind runs; that go on from one that ended shortly before; and spells that
        ended so shortly ago that they may go on.
    priced
        Whether amounts are known.
    as_of
        Last day of the data.
    gap
        Days that may lie between two contracts that go on from each other.
    """

    spells: Table
    lines: int
    repeated: int
    later: int
    overlapping: int
    continued: int
    recent: int
    priced: bool
    as_of: dt.date
    gap: int

    @property
    def columns(self) -> tuple[str, ...]:
        """What the spells themselves can be broken down by."""
        kinds = int(self.spells.rows(f"SELECT count(DISTINCT {KIND}) AS n FROM {{table}}")["n"][0])
        return (STARTED_IN, KIND) if kinds > 1 else (STARTED_IN,)

    def notes(self) -> list[Note]:
        """Return what was counted and put together."""
        counted = (
            (
                self.repeated,
                message("{n:int} rows repeat another contract in everything and count once.", n=self.repeated),
            ),
            (
                self.later,
                message("{n:int} contracts begin after the last day of the data and do not count yet.", n=self.later),
            ),
            (
                self.overlapping,
                message(
                    "{n:int} contracts begin while another of the same customer and kind runs; "
                    "together they are one time under contract.",
                    n=self.overlapping,
                ),
            ),
            (
                self.continued,
                message(
                    "{n:int} contracts begin within {days:int} days after another of the same "
                    "customer and kind ended and go on from it.",
                    n=self.continued,
                    days=self.gap,
                ),
            ),
            (
                self.recent,
                message(
                    "{n:int} contracts ended in the last {days:int} days and may still be renewed; who "
                    "stays is told up to that time.",
                    n=self.recent,
                    days=self.gap,
                ),
            ),
        )
        return [Note(text) for n, text in counted if n]


def contracts_of(wave: Wave) -> Contracts | None:
    """Return a wave's contracts as uninterrupted times, None where none has begun."""
    if not wave.has("contracts"):
        return None
    table, until, gap = wave.table("contracts"), wave.config.as_of, wave.config.value.contract_gap_days
    d = table.engine.dialect
    own = table.columns
    text = {
        c: f"CAST({d.quote(c)} AS {d.text_type})" if c in own else f"CAST(NULL AS {d.text_type})"
        for c in (KIND, "contract_id")
    }
    amount = "amount_per_month" if "amount_per_month" in own else "CAST(NULL AS DECIMAL(18, 4))"
    ended = "CAST(ended_at AS DATE)" if "ended_at" in own else "CAST(NULL AS DATE)"
    counts = table.rows(f"""
        SELECT count(*) AS lines, count(CASE WHEN CAST(started_at AS DATE) > DATE '{until}' THEN 1 END) AS later,
               count({amount}) AS priced FROM {{table}}""").iloc[0]
    if counts["lines"] == counts["later"]:
        return None
    lines = f"""
        SELECT DISTINCT {CUSTOMER_ID}, coalesce({text[KIND]}, {d.literal(NO_GROUP)}) AS {KIND},
               CAST(started_at AS DATE) AS started, {text["contract_id"]} AS contract_id, {amount} AS amount,
               CASE WHEN {ended} <= DATE '{until}' THEN {ended} ELSE {FOREVER} END AS last_day
        FROM {table.source} WHERE CAST(started_at AS DATE) <= DATE '{until}'"""
    mine = f"PARTITION BY {CUSTOMER_ID}, {KIND} ORDER BY started, last_day, amount, contract_id ROWS BETWEEN"
    wait = d.days_between.format(start="before", end="started")
    marked = keep_rows(
        table.engine,
        f"""
        SELECT {CUSTOMER_ID}, {KIND}, started, last_day, amount, beside, follows,
               sum(CASE WHEN beside OR follows THEN 0 ELSE 1 END)
                   OVER ({mine} UNBOUNDED PRECEDING AND CURRENT ROW) AS spell
        FROM (
            SELECT *, before IS NOT NULL AND {wait} < 0 AS beside,
                   before IS NOT NULL AND {wait} BETWEEN 0 AND {gap} AS follows
            FROM (SELECT *, max(last_day) OVER ({mine} UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                  FROM ({lines}) AS distinct_lines) AS with_before
        ) AS flagged
        ORDER BY {d.text_order.format(column=CUSTOMER_ID)}, {KIND}, started, last_day, amount, contract_id""",
        stem="contract-lines",
    )
    found = marked.rows("""
        SELECT count(*) AS kept, count(CASE WHEN beside THEN 1 END) AS overlapping,
               count(CASE WHEN follows THEN 1 END) AS continued FROM {table}""").iloc[0]
    last = f"CASE WHEN max(last_day) = {FOREVER} THEN DATE '{until}' ELSE max(last_day) END"
    silent = d.days_between.format(start="max(last_day)", end=f"DATE '{until}'")
    spells = keep_rows(
        table.engine,
        f"""
        SELECT {CUSTOMER_ID}, {KIND}, min(started) AS started,
               CAST({d.days_between.format(start="min(started)", end=last)} AS BIGINT) AS days,
               CAST(CASE WHEN max(last_day) < {FOREVER} AND {silent} >= {gap}
                         THEN {d.days_between.format(start="min(started)", end="max(last_day)")}
                         ELSE greatest({d.days_between.format(start="min(started)", end=f"DATE '{until}'")} - {gap}, 0)
                    END AS BIGINT) AS seen,
               max(last_day) < {FOREVER} AND {silent} >= {gap} AS ended, max(last_day) = {FOREVER} AS running,
               CAST(sum(CASE WHEN last_day = {FOREVER} THEN amount END) AS {d.double_type}) AS amount,
               CAST(extract(year FROM min(started)) AS {d.text_type}) AS {STARTED_IN}
        FROM {marked.source} GROUP BY {CUSTOMER_ID}, {KIND}, spell
        ORDER BY {d.text_order.format(column=CUSTOMER_ID)}, {KIND}, min(started)""",
        stem="contracts",
    )
    recent = spells.rows("SELECT count(CASE WHEN NOT ended AND NOT running THEN 1 END) AS n FROM {table}")["n"][0]
    return Contracts(
        spells=spells,
        lines=int(counts["lines"]),
        repeated=int(counts["lines"] - counts["later"] - found["kept"]),
        later=int(counts["later"]),
        overlapping=int(found["overlapping"]),
        continued=int(found["continued"]),
        recent=int(recent),
        priced=bool(counts["priced"]),
        as_of=until,
        gap=gap,
    )


def durations(contracts: Contracts, column: str | None = None, groups: Table | None = None) -> pd.DataFrame:
    """Return how long contracts lasted: ``duration`` (months), ``ended``, ``count``, and ``group`` where asked for.

    Parameters
    ----------
    contracts
        What `contracts_of` returns.
    column
        Column of the spells, or of `groups`.
    groups
        Table with a row per customer.
    """
    own = contracts.spells
    d = own.engine.dialect
    source, name = f"{own.source} AS s", d.literal("")
    if column is not None and groups is None:
        name = f"s.{column}"
    elif column is not None and groups is not None:
        listed = in_engine(groups, own.engine)
        source += f" LEFT JOIN {listed.source} AS g ON g.{CUSTOMER_ID} = s.{CUSTOMER_ID}"
        name = f"coalesce(CAST(g.{d.quote(column)} AS {d.text_type}), {d.literal(NO_GROUP)})"
    rows = own.engine.rows(f"""
        SELECT {name} AS named, s.seen AS days, s.ended AS ended, count(*) AS people FROM {source}
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""")
    return pd.DataFrame(
        {
            "duration": rows["days"] / MONTH,
            "ended": rows["ended"].astype(bool),
            "count": rows["people"].astype(float),
            "group": rows["named"].astype(str),
        }
    )


def staying(data: pd.DataFrame, level: float) -> RetentionCurve:
    """Return the Kaplan–Meier curve of `durations`, by group where there are several."""
    return retention_curve(data, by="group" if _several(data) else None, level=level)


def _several(data: pd.DataFrame) -> bool:
    return len(data["group"].unique()) > 1


def stay_table(data: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return, by group, the share still under contract at several ages and how many contracts end per month.

    Shares are Kaplan–Meier estimates with their interval at 12 months; the rate is ended contracts over months under
    contract, with the interval of a Poisson count on the scale of its logarithm.
    """
    curve = staying(data, level).table
    rows = []
    z = NormalDist().inv_cdf((1 + level) / 2)
    for group, part in data.groupby("group", sort=True):
        lines = curve[curve["group"] == group] if _several(data) else curve
        ended, months = (
            float(part.loc[part["ended"], "count"].sum()),
            float(part["duration"].to_numpy(dtype=float) @ part["count"].to_numpy(dtype=float)),
        )
        row = {"group": group, "contracts": int(part["count"].sum()), "ended": int(ended)}
        row |= {f"after_{a}": _at(lines, "retained", a) for a in AGES}
        rate, around = ended / max(months, 1e-9), np.exp(z / np.sqrt(ended)) if ended else np.nan
        rows.append(
            row
            | {
                "ci_low": _at(lines, "ci_low", 12),
                "ci_high": _at(lines, "ci_high", 12),
                "churn": rate,
                "churn_low": rate / around,
                "churn_high": rate * around,
            }
        )
    table = pd.DataFrame(rows)
    table = table[[c for c in table.columns if table[c].notna().any()]]
    # the share after half a year only where contracts are too young to tell of two years
    return table.drop(columns="after_6") if "after_24" in table else table


def _at(rows: pd.DataFrame, column: str, age: float) -> float:
    # a curve of steps, told as far as enough contracts were under observation
    reached = rows[rows["customers"] >= FEWEST]
    if not len(reached) or reached["age"].to_numpy(dtype=float).max() < age:
        return float("nan")
    return float(
        reached[column].to_numpy(dtype=float)[np.searchsorted(reached["age"].to_numpy(), age + NEAR, side="right") - 1]
    )


def stay_tables(
    contracts: Contracts, groups: Table | None, columns: Sequence[str], level: float
) -> dict[str, pd.DataFrame]:
    """Return who stays: everybody (under the empty name), by year of the start, by kind, and by groups of customers."""
    found = {"": stay_table(durations(contracts), level)}
    found |= {c: stay_table(durations(contracts, c), level) for c in contracts.columns}
    if groups is not None:
        found |= {c: stay_table(durations(contracts, c, groups), level) for c in columns}
    return {c: t for c, t in found.items() if not c or len(t) > 1}
