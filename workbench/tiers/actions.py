"""Who needs attention now: valuable customers who are dissatisfied, have fallen, or wait for an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core.bulk import BulkResult, in_engine, keep_rows
from workbench.core.engine import Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, RECOMMEND, TIER, Column
from workbench.core.results import Note
from workbench.tiers.grading import Grades

Data = pd.DataFrame | Table | str | Path

REASONS: Final[Mapping[str, Message]] = {
    "complaint": message("Complaint open beyond its service time"),
    "detractor": message("Would not recommend us"),
    "fallen": message("Fell to a lower tier"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ActionList(BulkResult):
    """Customers to be called, the most valuable first.

    Attributes
    ----------
    table
        Read when asked for, for the CRM and never for pages: ``customer_id``, ``tier``, ``reasons`` (codes separated by
        commas), ``owner``, ``value``, and as far as they apply ``recommend``, ``previous_tier``, ``open_days`` (of the
        longest open complaint).
    summary
        One row per reason: ``reason``, ``customers``, ``amount`` (their value). A customer can have several reasons.
    """

    caption: ClassVar[Message] = message("Who needs attention")
    columns: ClassVar[Mapping[str, Column]] = {
        "reason": Column(message("Reason")),
        "amount": Column(message("Value"), "money"),
    }


def action_list(
    grades: Grades,
    *,
    responses: Data | None = None,
    previous: Grades | Data | None = None,
    interactions: Data | None = None,
    as_of: dt.date | None = None,
    tiers: Sequence[str] | None = None,
    detractor_up_to: int = 6,
    service_days: int = 2,
    complaint_kinds: Sequence[str] = ("complaint", "投诉"),
    owners: Mapping[str, str] | None = None,
    path: str | Path | None = None,
) -> ActionList:
    """List the valuable customers who need somebody's attention, with reason, owner and value.

    Parameters
    ----------
    grades
        Current grades.
    responses
        Answers with ``customer_id`` and ``recommend``: whoever gave at most `detractor_up_to` is on the list.
    previous
        Grades of the previous wave: whoever was in a higher tier then is on the list.
    interactions
        Interactions with ``customer_id``, ``opened_at``, ``closed_at`` and perhaps ``kind``: whoever has a complaint
        (every interaction where there is no kind) that was opened before `as_of` by more than the service time and is
        not closed is on the list. The service time is that of the customer's tier (`Tier.service_hours`), else
        `service_days`.
    as_of
        Today, for open complaints.
    tiers
        Tiers that count as valuable, in either wave; all but the last if None.
    detractor_up_to
        Highest recommendation of a detractor.
    service_days
        Days within which a complaint should be closed where the tier names no service time.
    complaint_kinds
        Values of ``kind`` that are complaints.
    owners
        Reason (``complaint``, ``detractor``, ``fallen``) → owner; the owner of the tier where a reason has none.
    path
        Parquet file to write to; a file that lives as long as this process if None.

    Returns
    -------
    ActionList
        One row per customer, the most valuable first.

    Raises
    ------
    InputError
        If a column is missing, a tier or reason is unknown, or `as_of` is missing beside interactions.

    Examples
    --------
    >>> from workbench.tiers import TierRules, grade
    >>> rules = TierRules.of([{"name": "A", "minimum": {"amount_12m": 100}, "owner": "sales"}, {"name": "B"}])
    >>> people = pd.DataFrame({"customer_id": ["a", "b"], "amount_12m": [150.0, 20.0]})
    >>> answers = pd.DataFrame({"customer_id": ["a", "b"], "recommend": [3, 2]})
    >>> found = action_list(grade(people, rules), responses=answers).table
    >>> found[["customer_id", "reasons", "owner"]].to_numpy().tolist()
    [['a', 'detractor', 'sales']]
    """
    chosen = list(tiers) if tiers is not None else list(grades.rules.names[:-1] or grades.rules.names)
    _check(grades, chosen, owners, interactions, as_of)
    table, engine = grades.source, grades.source.engine
    joins, columns, marks = [], [], {}
    if interactions is not None:
        open_days = _complaints(in_engine(as_table(interactions), engine), as_of or dt.date.min, complaint_kinds)
        joins.append(f"LEFT JOIN ({open_days}) AS i ON i.{CUSTOMER_ID} = g.{CUSTOMER_ID}")
        columns.append("i.open_days")
        marks["complaint"] = f"i.open_days > {_service_days(grades, service_days, engine.dialect.literal)}"
    if responses is not None:
        answers = in_engine(as_table(responses), engine)
        require_columns(answers.columns, [CUSTOMER_ID, RECOMMEND], where="responses")
        lowest = f"SELECT {CUSTOMER_ID}, min({RECOMMEND}) AS recommend FROM {answers.source} GROUP BY {CUSTOMER_ID}"
        joins.append(f"LEFT JOIN ({lowest}) AS r ON r.{CUSTOMER_ID} = g.{CUSTOMER_ID}")
        columns.append("r.recommend")
        marks["detractor"] = f"r.recommend <= {int(detractor_up_to)}"
    known = f"g.tier IN ({_listed(chosen, engine.dialect.literal)})"
    if previous is not None:
        before = in_engine(previous.source if isinstance(previous, Grades) else as_table(previous), engine)
        require_columns(before.columns, [CUSTOMER_ID, TIER], where="previous")
        joins.append(f"LEFT JOIN {before.source} AS p ON p.{CUSTOMER_ID} = g.{CUSTOMER_ID}")
        columns.append("p.tier AS previous_tier")
        rank = _rank(grades.rules.names, engine.dialect.literal)
        marks["fallen"] = f"{rank.format(tier='p.tier')} < {rank.format(tier='g.tier')}"
        known = f"({known} OR p.tier IN ({_listed(chosen, engine.dialect.literal)}))"
    if not marks:
        raise InputError(
            "There is something to look for.",
            found="no responses, previous grades or interactions",
            fix="Pass at least one of them.",
            where="action_list",
        )
    codes = ", ".join(f"CASE WHEN {sql} THEN ',{code}' ELSE '' END" for code, sql in marks.items())
    value = "g.value" if grades.value else f"CAST(NULL AS {engine.dialect.double_type}) AS value"
    order = engine.dialect.text_order.format(column=CUSTOMER_ID)
    sql = f"""
        SELECT {CUSTOMER_ID}, tier, reasons, {_owner_sql(grades, owners or {}, list(marks))} AS owner,
               value, {", ".join(c.split(".")[-1].split(" AS ")[-1] for c in columns)}
        FROM (SELECT g.{CUSTOMER_ID}, g.tier, substr(concat({codes}, ''), 2) AS reasons, {value}, {", ".join(columns)}
              FROM {table.source} AS g {" ".join(joins)} WHERE {known}) AS found
        WHERE reasons <> '' ORDER BY CASE WHEN value IS NULL THEN 1 ELSE 0 END, value DESC, {order}"""
    rows = keep_rows(engine, sql, stem="actions", path=path)
    return ActionList(source=rows, summary=_summary(rows, list(marks)), notes=_notes(chosen, service_days, marks))


def reasons_in_words(rows: pd.DataFrame, language: Language) -> list[str]:
    """Return each customer's reasons as a sentence for those who call, with what is known.

    Parameters
    ----------
    rows
        Rows of an `ActionList`.
    language
        Language of the sentences.

    Examples
    --------
    >>> row = pd.DataFrame({"reasons": ["detractor,fallen"], "recommend": [3], "previous_tier": ["A"]})
    >>> reasons_in_words(row, "en")
    ['Would not recommend us (3 of 10); Fell to a lower tier (from A)']
    """
    said = []
    for row in rows.to_dict("records"):
        parts = []
        for code in str(row["reasons"]).split(","):
            text = REASONS[code]
            if code == "detractor" and row.get("recommend") == row.get("recommend"):
                text = message("{reason} ({score:int} of 10)", reason=text, score=row["recommend"])
            elif code == "fallen" and isinstance(row.get("previous_tier"), str):
                text = message("{reason} (from {tier})", reason=text, tier=row["previous_tier"])
            elif code == "complaint" and row.get("open_days") == row.get("open_days"):
                text = message("{reason} ({days:int} days)", reason=text, days=row["open_days"])
            parts.append(text)
        found = parts[0]
        for part in parts[1:]:
            found = message("{first}; {second}", first=found, second=part)
        said.append(found.text(language))
    return said


def _check(
    grades: Grades, tiers: list[str], owners: Mapping[str, str] | None, interactions: object, as_of: dt.date | None
) -> None:
    unknown = [t for t in tiers if t not in grades.rules.names] + [r for r in owners or {} if r not in REASONS]
    if unknown:
        raise InputError(
            "Tiers and reasons are known ones.",
            found=", ".join(unknown),
            fix=f"Tiers: {', '.join(grades.rules.names)}. Reasons: {', '.join(REASONS)}.",
            where="action_list",
        )
    if interactions is not None and as_of is None:
        raise InputError(
            "Open complaints are counted up to a day.",
            found="as_of=None",
            fix="Write as_of=datetime.date(2026, 6, 30).",
            where="as_of",
        )


def _service_days(grades: Grades, days: int, literal: Callable[[str], str]) -> str:
    whens = " ".join(
        f"WHEN {literal(t.name)} THEN {t.service_hours / 24!r}"
        for t in grades.rules.tiers
        if t.service_hours is not None
    )
    return f"CASE g.tier {whens} ELSE {int(days)} END" if whens else str(int(days))


def _complaints(interactions: Table, as_of: dt.date, kinds: Sequence[str]) -> str:
    require_columns(interactions.columns, [CUSTOMER_ID, "opened_at", "closed_at"], where="interactions")
    d = interactions.engine.dialect
    kind = f"AND kind IN ({_listed(kinds, d.literal)})" if "kind" in interactions.columns else ""
    opened = d.days_between.format(start="opened_at", end=f"DATE '{as_of}'")
    late = f"(closed_at IS NULL OR CAST(closed_at AS DATE) > DATE '{as_of}')"
    return f"""SELECT {CUSTOMER_ID}, max({opened}) AS open_days FROM {interactions.source}
               WHERE {late} AND {opened} > 0 {kind} GROUP BY {CUSTOMER_ID}"""


def _listed(names: Sequence[str], literal: Callable[[str], str]) -> str:
    return ", ".join(literal(n) for n in names)


def _rank(names: Sequence[str], literal: Callable[[str], str]) -> str:
    whens = " ".join(f"WHEN {literal(n)} THEN {i}" for i, n in enumerate(names))
    return f"CASE {{tier}} {whens} END"


def _owner_sql(grades: Grades, owners: Mapping[str, str], reasons: list[str]) -> str:
    d = grades.source.engine.dialect
    literal = d.literal
    whens = [f"WHEN reasons LIKE '%{r}%' THEN {literal(str(owners[r]))}" for r in reasons if r in owners]
    whens += [f"WHEN tier = {literal(t.name)} THEN {literal(str(t.owner))}" for t in grades.rules.tiers if t.owner]
    return f"CASE {' '.join(whens)} END" if whens else f"CAST(NULL AS {d.text_type})"


def _summary(rows: Table, reasons: list[str]) -> pd.DataFrame:
    double = rows.engine.dialect.double_type
    picks = ", ".join(
        f"count(CASE WHEN reasons LIKE '%{r}%' THEN 1 END) AS n_{r}, "
        f"CAST(sum(CASE WHEN reasons LIKE '%{r}%' THEN CAST(value AS DECIMAL(30, 4)) END) AS {double}) AS v_{r}"
        for r in reasons
    )
    found = rows.rows(f"SELECT {picks} FROM {{table}} AS t").iloc[0]
    return pd.DataFrame(
        {
            "reason": pd.Series([REASONS[r] for r in reasons], dtype=object),
            "customers": [int(found[f"n_{r}"]) for r in reasons],
            "amount": [float(found[f"v_{r}"]) if found[f"v_{r}"] is not None else np.nan for r in reasons],
        }
    )


def _notes(tiers: list[str], days: int, marks: Mapping[str, str]) -> tuple[Note, ...]:
    found = [Note(message("Customers of tier {tiers}, now or in the previous wave.", tiers=", ".join(tiers)))]
    if "complaint" in marks:
        text = message("Complaints should be closed within {n:int} days, or the service time of the tier.", n=days)
        found.append(Note(text))
    return tuple(found)
