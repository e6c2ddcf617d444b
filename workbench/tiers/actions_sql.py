"""The statements behind the list of customers to act on: who could be on it, for what, and how many are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from workbench.core.bulk import in_engine
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import require_columns
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID
from workbench.tiers.grading import Grades

Data = pd.DataFrame | Table | str | Path

REASONS: Final[Mapping[str, Message]] = {
    "complaint": message("Complaint open beyond its service time"),
    "detractor": message("Would not recommend us"),
    "fallen": message("Fell to a lower tier"),
}
# whoever waits for an answer, or is unhappy, is called; who only buys less is written to
CALLED_FOR: Final = ("complaint", "detractor")
ACTIONS: Final[Mapping[str, Message]] = {"call": message("To call"), "write": message("To write to")}
ALL: Final = "all"


def people_sql(
    grades: Grades | None,
    responses: Data | None,
    interactions: Data | None,
    values: Data | None,
    value: str,
    engine: Engine,
) -> str:
    """Return the statement of everybody who could be on the list: ``customer_id``, ``tier``, ``value``."""
    d = engine.dialect
    none = f"CAST(NULL AS {d.double_type})"
    if grades is not None:
        own = "value" if grades.value else f"{none} AS value"
        return f"SELECT {CUSTOMER_ID}, tier, {own} FROM {grades.source.source} AS t"
    heard = [in_engine(as_table(t), engine) for t in (responses, interactions) if t is not None]
    ids = " UNION ".join(f"SELECT {CUSTOMER_ID} FROM {t.source} AS t" for t in heard)
    tier = f"CAST(NULL AS {d.text_type}) AS tier"
    if values is None:
        return f"SELECT {CUSTOMER_ID}, {tier}, {none} AS value FROM ({ids}) AS heard"
    worth = in_engine(as_table(values), engine)
    require_columns(worth.columns, [CUSTOMER_ID, value], where="values")
    return f"""SELECT heard.{CUSTOMER_ID}, {tier}, v.{d.quote(value)} AS value
               FROM ({ids}) AS heard LEFT JOIN {worth.source} AS v ON v.{CUSTOMER_ID} = heard.{CUSTOMER_ID}"""


def service_days_sql(grades: Grades | None, days: int, literal: Callable[[str], str]) -> str:
    """Return after how many days a complaint should be closed, by the tier of ``g``."""
    timed = [] if grades is None else [t for t in grades.rules.tiers if t.service_hours is not None]
    whens = " ".join(f"WHEN {literal(t.name)} THEN {(t.service_hours or 0) / 24!r}" for t in timed)
    return f"CASE g.tier {whens} ELSE {int(days)} END" if whens else str(int(days))


def complaints_sql(interactions: Table, as_of: dt.date, kinds: Sequence[str]) -> str:
    """Return the customers with an open complaint: ``customer_id`` and ``open_days`` of the longest."""
    require_columns(interactions.columns, [CUSTOMER_ID, "opened_at", "closed_at"], where="interactions")
    d = interactions.engine.dialect
    kind = f"AND kind IN ({listed(kinds, d.literal)})" if "kind" in interactions.columns else ""
    opened = d.days_between.format(start="opened_at", end=f"DATE '{as_of}'")
    late = f"(closed_at IS NULL OR CAST(closed_at AS DATE) > DATE '{as_of}')"
    return f"""SELECT {CUSTOMER_ID}, max({opened}) AS open_days FROM {interactions.source} AS t
               WHERE {late} AND {opened} >= 0 {kind} GROUP BY {CUSTOMER_ID}"""


def waiting_sql(open_days: str | None) -> str:
    """Return the counts of open complaints that are not on the list for it."""
    if open_days is None:
        return "0 AS within, 0 AS elsewhere"
    waits = f"{open_days} IS NOT NULL AND spared = 0"
    return f"""sum(CASE WHEN {waits} AND acted_on = 1 AND reasons NOT LIKE '%complaint%' THEN 1 ELSE 0 END) AS within,
               sum(CASE WHEN {waits} AND acted_on = 0 THEN 1 ELSE 0 END) AS elsewhere"""


def listed(names: Sequence[str], literal: Callable[[str], str]) -> str:
    """Return texts as the list of an ``IN``."""
    return ", ".join(literal(n) for n in names)


def rank_sql(names: Sequence[str], literal: Callable[[str], str]) -> str:
    """Return the place of a tier, the highest first; the place of the tier is ``{tier}``."""
    whens = " ".join(f"WHEN {literal(n)} THEN {i}" for i, n in enumerate(names))
    return f"CASE {{tier}} {whens} END"


def owner_sql(grades: Grades | None, owners: Mapping[str, str], reasons: list[str], engine: Engine) -> str:
    """Return who answers for a customer: the owner of the first reason that has one, else of the tier."""
    d = engine.dialect
    whens = [f"WHEN reasons LIKE '%{r}%' THEN {d.literal(str(owners[r]))}" for r in reasons if r in owners]
    owned = [] if grades is None else [t for t in grades.rules.tiers if t.owner]
    whens += [f"WHEN tier = {d.literal(t.name)} THEN {d.literal(str(t.owner))}" for t in owned]
    return f"CASE {' '.join(whens)} END" if whens else f"CAST(NULL AS {d.text_type})"


def count_actions(rows: Table, reasons: list[str]) -> pd.DataFrame:
    """Count the list by action and reason: ``action``, ``reason``, ``customers``, ``amount``, ``oldest_days``."""
    d = rows.engine.dialect
    oldest = "max(open_days)" if "open_days" in rows.columns else f"CAST(NULL AS {d.double_type})"
    parts = []
    for action in ACTIONS:
        for reason in (*reasons, ALL):
            mine = f"action = '{action}'" + ("" if reason == ALL else f" AND reasons LIKE '%{reason}%'")
            parts.append(f"""SELECT '{action}' AS action, '{reason}' AS reason, count(*) AS customers,
                                    {d.exact_sum("value")} AS amount, {oldest} AS oldest_days
                             FROM {{table}} AS t WHERE {mine}""")
    table = rows.rows(" UNION ALL ".join(parts)).astype({"customers": int, "amount": float, "oldest_days": float})
    order = {a: i for i, a in enumerate(ACTIONS)}, {r: i for i, r in enumerate((*REASONS, ALL))}
    table = table.assign(_a=table["action"].map(order[0]), _r=table["reason"].map(order[1]))
    table = table[table["customers"] > 0].sort_values(["_a", "_r"], ignore_index=True).drop(columns=["_a", "_r"])
    # how long a complaint waits says nothing of those who are listed for something else
    waits = table["reason"].eq("complaint") | (table["reason"].eq(ALL) & table["action"].eq("call"))
    table["oldest_days"] = table["oldest_days"].where(waits, np.nan)
    return table


def count_fallen(rows: Table, known: bool) -> pd.DataFrame:
    """Count those who fell by their former tier: to write to, and called for another reason."""
    columns = ["previous_tier", "customers", "amount", "called"]
    if not known:
        return pd.DataFrame(columns=columns)
    d = rows.engine.dialect
    return rows.rows(f"""
        SELECT previous_tier, count(CASE WHEN action = 'write' THEN 1 END) AS customers,
               {d.exact_sum("CASE WHEN action = 'write' THEN value ELSE 0 END")} AS amount,
               count(CASE WHEN action = 'call' THEN 1 END) AS called
        FROM {{table}} AS t WHERE reasons LIKE '%fallen%' GROUP BY 1""").sort_values(
        "previous_tier", ignore_index=True
    )[columns]
