"""The one list of customers to act on: whom to call, whom to write to, and why, each customer once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from workbench.core.bulk import BulkResult, in_engine, keep_rows
from workbench.core.engine import Engine, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import COLUMNS, CUSTOMER_ID, RECOMMEND, TIER, Column
from workbench.core.results import Note
from workbench.tiers.actions_sql import (
    ACTIONS,
    ALL,
    CALLED_FOR,
    REASONS,
    Data,
    complaints_sql,
    count_actions,
    count_fallen,
    listed,
    owner_sql,
    people_sql,
    rank_sql,
    service_days_sql,
    waiting_sql,
)
from workbench.tiers.columns import AMOUNT
from workbench.tiers.grading import Grades


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ActionList(BulkResult):
    """Customers to act on, the most valuable first, each once.

    Attributes
    ----------
    table
        Read when asked for, for the CRM and never for pages: ``customer_id``, ``tier``, ``action`` (``call`` or
        ``write``), ``reasons`` (codes separated by commas), ``owner``, ``value``, and as far as they apply
        ``recommend``, ``previous_tier``, ``open_days`` (of the longest open complaint).
    summary
        One row per action and reason, and one (``all``) for each action: ``action``, ``reason``, ``customers``,
        ``amount`` (their value), ``oldest_days``. A customer with two reasons counts under both and once in ``all``.
    fallen
        One row per former tier of those to write to: ``previous_tier``, ``customers``, ``amount``, and ``called`` (how
        many more from it are called for another reason).
    waiting
        Customers whose complaint is open, but who are not on the list for it: ``within`` (its service time has not
        passed), ``elsewhere`` (in tiers that are not acted on).
    spared
        Customers left out because they asked not to be contacted.
    """

    fallen: pd.DataFrame
    waiting: Mapping[str, int]
    spared: int = 0

    caption: ClassVar[Message] = message("Customers to act on")
    columns: ClassVar[Mapping[str, Column]] = {
        "action": Column(message("What to do")),
        "reason": Column(message("Reason")),
        "customers": COLUMNS["customers"].styled("some"),  # each has all of his reasons
        "amount": AMOUNT,
        "oldest_days": Column(message("Longest open, days"), "int"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return how many customers to call and to write to for which reason, in words."""
        words = {ALL: message("All").text(language), **{k: m.text(language) for k, m in REASONS.items()}}
        actions = {k: m.text(language) for k, m in ACTIONS.items()}
        # what no customer has, such as a value in a study of opinions, has no column
        unknown = [c for c in ("amount", "oldest_days") if self.summary[c].isna().all()]
        known = self.summary.drop(columns=unknown)
        return known.assign(action=known["action"].map(actions), reason=known["reason"].map(words))

    def customers(self, action: str, reason: str = ALL) -> int:
        """Return how many customers there are for an action and a reason."""
        found = self.summary[(self.summary["action"] == action) & (self.summary["reason"] == reason)]
        return int(found["customers"].sum())


def action_list(
    grades: Grades | None = None,
    *,
    responses: Data | None = None,
    previous: Grades | Data | None = None,
    interactions: Data | None = None,
    values: Data | None = None,
    value: str = "amount_12m",
    do_not_contact: Data | None = None,
    do_not_write: Data | None = None,
    as_of: dt.date | None = None,
    tiers: Sequence[str] | None = None,
    detractor_up_to: int = 6,
    service_days: int = 2,
    complaint_kinds: Sequence[str] = ("complaint", "投诉"),
    owners: Mapping[str, str] | None = None,
    path: str | Path | None = None,
) -> ActionList:
    """List the customers somebody must act on, with reason, owner and value.

    Parameters
    ----------
    grades
        Current grades. Without grades every customer counts, and nobody can have fallen.
    responses
        Answers with ``customer_id`` and ``recommend``: whoever gave at most `detractor_up_to` is to be called.
    previous
        Grades of the previous wave: whoever was in a higher tier then is to be written to.
    interactions
        Interactions with ``customer_id``, ``opened_at``, ``closed_at`` and perhaps ``kind``: whoever has a complaint
        (every interaction where there is no kind) that was opened before `as_of` by more than the service time and is
        not closed is to be called. The service time is that of the customer's tier (`Tier.service_hours`), else
        `service_days`.
    values
        ``customer_id`` and `value`, where there are no grades that carry a value.
    value
        Column of `values` that orders the list.
    do_not_contact
        ``customer_id`` of those who asked not to be contacted, or of everybody with a column ``do_not_contact``; they
        are left out and counted.
    do_not_write
        ``customer_id`` of those who may be called when they complain and not written to because they fell.
    as_of
        Today, for open complaints.
    tiers
        Tiers that are acted on, in either wave; all but the last if None.
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
    >>> found = action_list(grade(people, rules), responses=answers)
    >>> found.table[["customer_id", "action", "reasons", "owner"]].to_numpy().tolist()
    [['a', 'call', 'detractor', 'sales']]
    >>> action_list(responses=answers).customers("call")
    2
    """
    chosen = [] if grades is None else list(tiers or grades.rules.names[:-1] or grades.rules.names)
    _check(grades, chosen, owners, interactions, as_of)
    engine = _engine(grades, responses, interactions)
    d = engine.dialect
    people = people_sql(grades, responses, interactions, values, value, engine)
    joins, columns, marks = [], [], {}
    if interactions is not None:
        open_days = complaints_sql(in_engine(as_table(interactions), engine), as_of or dt.date.min, complaint_kinds)
        joins.append(f"LEFT JOIN ({open_days}) AS i ON i.{CUSTOMER_ID} = g.{CUSTOMER_ID}")
        columns.append("i.open_days")
        marks["complaint"] = f"i.open_days > {service_days_sql(grades, service_days, d.literal)}"
    if responses is not None:
        answers = in_engine(as_table(responses), engine)
        require_columns(answers.columns, [CUSTOMER_ID, RECOMMEND], where="responses")
        lowest = f"SELECT {CUSTOMER_ID}, min({RECOMMEND}) AS recommend FROM {answers.source} AS t GROUP BY 1"
        joins.append(f"LEFT JOIN ({lowest}) AS r ON r.{CUSTOMER_ID} = g.{CUSTOMER_ID}")
        columns.append("r.recommend")
        marks["detractor"] = f"r.recommend <= {int(detractor_up_to)}"
    acted_on = f"g.tier IN ({listed(chosen, d.literal)})" if grades is not None else "1 = 1"
    if previous is not None and grades is not None:
        before = in_engine(previous.source if isinstance(previous, Grades) else as_table(previous), engine)
        require_columns(before.columns, [CUSTOMER_ID, TIER], where="previous")
        joins.append(f"LEFT JOIN {before.source} AS p ON p.{CUSTOMER_ID} = g.{CUSTOMER_ID}")
        columns.append("p.tier AS previous_tier")
        rank = rank_sql(grades.rules.names, d.literal)
        marks["fallen"] = f"{rank.format(tier='p.tier')} < {rank.format(tier='g.tier')}"
        if do_not_write is not None:
            unwanted = in_engine(as_table(do_not_write), engine)
            once = f"SELECT DISTINCT {CUSTOMER_ID} FROM {unwanted.source} AS t"
            joins.append(f"LEFT JOIN ({once}) AS w ON w.{CUSTOMER_ID} = g.{CUSTOMER_ID}")
            marks["fallen"] += f" AND w.{CUSTOMER_ID} IS NULL"
        acted_on = f"({acted_on} OR p.tier IN ({listed(chosen, d.literal)}))"
    if not marks:
        raise InputError(
            message("There is something to look for."),
            found=message("no responses, previous grades or interactions"),
            fix=message("Pass at least one of them."),
            where="action_list",
        )
    if do_not_contact is not None:
        asked = in_engine(as_table(do_not_contact), engine)
        only = " WHERE do_not_contact" if "do_not_contact" in asked.columns else ""
        left = f"SELECT DISTINCT {CUSTOMER_ID} FROM {asked.source} AS t{only}"
        joins.append(f"LEFT JOIN ({left}) AS x ON x.{CUSTOMER_ID} = g.{CUSTOMER_ID}")
    spared = f"x.{CUSTOMER_ID} IS NOT NULL" if do_not_contact is not None else "1 = 0"
    codes = ", ".join(f"CASE WHEN {sql} THEN ',{code}' ELSE '' END" for code, sql in marks.items())
    picked = ", ".join(["g.value", *columns])
    found = f"""
        SELECT g.{CUSTOMER_ID}, g.tier, substr(concat({codes}, ''), 2) AS reasons, {picked},
               CASE WHEN {acted_on} THEN 1 ELSE 0 END AS acted_on, CASE WHEN {spared} THEN 1 ELSE 0 END AS spared
        FROM ({people}) AS g {" ".join(joins)}"""
    calls = " OR ".join(f"reasons LIKE '%{r}%'" for r in CALLED_FOR if r in marks) or "1 = 0"
    names = ", ".join(["value", *(c.split(".")[-1].split(" AS ")[-1] for c in columns)])
    rows = keep_rows(
        engine,
        f"""
        SELECT {CUSTOMER_ID}, tier, CASE WHEN {calls} THEN 'call' ELSE 'write' END AS action, reasons,
               {owner_sql(grades, owners or {}, list(marks), engine)} AS owner, {names}
        FROM ({found}) AS found WHERE reasons <> '' AND acted_on = 1 AND spared = 0
        ORDER BY CASE WHEN value IS NULL THEN 1 ELSE 0 END, value DESC,
                 {d.text_order.format(column=CUSTOMER_ID)}""",
        stem="actions",
        path=path,
    )
    others = engine.rows(f"""
        SELECT sum(CASE WHEN reasons <> '' AND acted_on = 1 THEN spared ELSE 0 END) AS spared,
               {waiting_sql("open_days" if interactions is not None else None)}
        FROM ({found}) AS found""").iloc[0]
    counted = {k: 0 if pd.isna(others[k]) else int(others[k]) for k in ("spared", "within", "elsewhere")}
    return ActionList(
        source=rows,
        summary=count_actions(rows, list(marks)),
        fallen=count_fallen(rows, "fallen" in marks),
        waiting={k: counted[k] for k in ("within", "elsewhere")},
        spared=counted["spared"],
        notes=_notes(chosen, service_days, marks, counted["spared"]),
    )


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
    grades: Grades | None,
    tiers: list[str],
    owners: Mapping[str, str] | None,
    interactions: object,
    as_of: dt.date | None,
) -> None:
    names = () if grades is None else grades.rules.names
    unknown = [t for t in tiers if t not in names] + [r for r in owners or {} if r not in REASONS]
    if unknown:
        raise InputError(
            "Tiers and reasons are known ones.",
            found=", ".join(unknown),
            fix=f"Tiers: {', '.join(names) or 'none'}. Reasons: {', '.join(REASONS)}.",
            where="action_list",
        )
    if interactions is not None and as_of is None:
        raise InputError(
            "Open complaints are counted up to a day.",
            found="as_of=None",
            fix="Write as_of=datetime.date(2026, 6, 30).",
            where="as_of",
        )


def _engine(grades: Grades | None, *others: Data | None) -> Engine:
    if grades is not None:
        return grades.source.engine
    given = next((o for o in others if o is not None), None)
    if given is None:
        raise InputError(
            "There is something to look for.",
            found="no grades, responses or interactions",
            fix="Pass at least one of them.",
            where="action_list",
        )
    return as_table(given).engine


def _notes(tiers: list[str], days: int, marks: Mapping[str, str], spared: int) -> tuple[Note, ...]:
    found = []
    if tiers:
        found.append(Note(message("Customers of tier {tiers}, now or in the previous wave.", tiers=", ".join(tiers))))
    if "complaint" in marks:
        text = message("Complaints should be closed within {n:int} days, or the service time of the tier.", n=days)
        found.append(Note(text))
    if spared:
        found.append(Note(message("{n:people} who asked not to be contacted are left out.", n=spared)))
    return tuple(found)
