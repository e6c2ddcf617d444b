"""What a wave has to say about its customers: the rows that are pushed, each with the values it would write."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from workbench.core.errors import ConfigError, InputError, few_names, nearest
from workbench.core.language import message
from workbench.core.names import CUSTOMER_ID
from workbench.learning.outlook_list import CALL
from workbench.learning.reasons import AGAINST
from workbench.privacy.gate import Use
from workbench.privacy.keys import study_key
from workbench.store import Wave
from workbench.store.config.connections import PushPlan, What
from workbench.tiers.actions_sql import REASONS

# what is pushed → the table whose customers it is about
TABLES: Mapping[What, str] = {
    "tiers": "tiers",
    "nps": "respondents",
    "clv": "clv",
    "segments": "segments",
    "outlook": "outlook_list",
    "offers": "offers",
    "lists": "tiers",
    "tasks": "actions",
}
USES: Mapping[What, Use] = dict.fromkeys(("lists", "outlook", "offers"), "marketing")
MOST_OFFERS = 20
# columns that may be written, and the tables they come from
COLUMNS: Mapping[str, Sequence[str]] = {
    "tiers": ("tier", "next_tier", "blocked_by"),
    "respondents": ("recommend", "nps", "nps_group", "submitted_at"),
    "clv": ("clv", "probability_alive", "expected_purchases", "expected_spend", "at_risk", "lifetime_value"),
    "segments": ("segment",),
    "segment_names": ("segment_name",),
    "outlook_list": ("probability", "leaving", "at_stake", "next_likely", "reason"),
    "offers": tuple(f"{kind}_{i}" for i in range(1, MOST_OFFERS + 1) for kind in ("offer", "reason")),
}
SCORES = {"nps", "nps_group"}  # the answer itself, and promoter, passive or detractor
SHORT = 10  # letters of our key in the subject of a task


@dataclass(frozen=True)
class Task:
    """A call to be made.

    Attributes
    ----------
    key
        Our key, which the subject carries: the study's keyed name of customer and wave.
    words
        ``subject, body, due, owner, priority, customer, reasons, tier``.
    """

    key: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Wanted:
    """Rows of a push.

    Attributes
    ----------
    values
        Customer → our column → value.
    groups
        Customer → the list it belongs to.
    tasks
        Customer → the task about it.
    """

    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, Task] = field(default_factory=dict)

    @property
    def customers(self) -> list[str]:
        """Everybody it is about."""
        return list(self.values or self.groups or self.tasks)


def wanted_rows(wave: Wave, what: What, plan: PushPlan, today: dt.date) -> Wanted:
    """Return what is to be written about whom.

    Parameters
    ----------
    wave
        A wave whose report was made.
    what
        What is pushed.
    plan
        What ``wave.yaml`` says about it.
    today
        The day, from which tasks are due in some days.

    Raises
    ------
    ConfigError
        If a column is named that is not among those that can be written, or none is.
    InputError
        If the chapter that makes the table has not been run.
    """
    if what == "tasks":
        return Wanted(tasks=_tasks(wave, plan, today))
    if what == "lists":
        frame = wave.read({"tier": "tiers", "segment": "segments"}[plan.by], columns=[CUSTOMER_ID, plan.by])
        rows = zip(frame[CUSTOMER_ID], map(value_text, frame[plan.by]), strict=True)
        return Wanted(groups={str(c): g for c, g in rows if g is not None})
    return Wanted(values=_values(wave, what, plan))


def _values(wave: Wave, what: What, plan: PushPlan) -> dict[str, dict[str, str]]:
    known = {c: t for t, columns in COLUMNS.items() for c in columns}
    unknown = [c for c in plan.fields if c not in known]
    if unknown or not plan.fields:
        raise ConfigError(
            "A push says which of our columns goes into which field.",
            found=f"no column {', '.join(unknown)}" if unknown else "no fields",
            fix=f"Name some of {few_names(known, like=unknown)} under push: {what}: fields:"
            + "".join(nearest(c, known) for c in unknown),
            where=f"push.{what}",
        )
    base = TABLES[what]
    found: dict[str, dict[str, str]] = {str(c): {} for c in _people(wave, base)}
    for table in dict.fromkeys(known[c] for c in plan.fields):
        asked = [c for c in plan.fields if known[c] == table]
        if table == "segment_names":
            _name_segments(wave, found)
            continue
        read = [CUSTOMER_ID, *dict.fromkeys("recommend" if c in SCORES else c for c in asked)]
        frame = wave.read(table, columns=[c for c in read if c in wave.columns(table)])
        if SCORES & set(asked) and "recommend" in frame:
            frame["nps"], frame["nps_group"] = frame["recommend"], _groups(frame["recommend"])
        if table == "outlook_list" and "reason" in frame:
            words = {theme: text.text(wave.config.languages[0]) for theme, text in AGAINST.items()}
            frame["reason"] = frame["reason"].map(words)
        lacking = [c for c in asked if c not in frame]
        if lacking:
            raise InputError(
                message("Columns that are pushed are there."),
                found=message("no {columns} in {table}", columns=", ".join(lacking), table=table),
                fix=message("Take them out of push, or run the report with the data they need."),
                where=f"push.{what}",
            )
        for c in asked:
            for customer, value in zip(frame[CUSTOMER_ID], frame[c], strict=True):
                text = value_text(value)
                if text is not None and str(customer) in found:
                    found[str(customer)][c] = text
    return {c: v for c, v in found.items() if v}


def _people(wave: Wave, base: str) -> pd.Series:
    """Return whom the rows are about: of those to call, nobody who is held out to measure what calls do."""
    if base != TABLES["outlook"]:
        return wave.read(base, columns=[CUSTOMER_ID])[CUSTOMER_ID]
    listed = wave.read(base, columns=[CUSTOMER_ID, "arm"])
    return listed.loc[listed["arm"] == CALL, CUSTOMER_ID]


def _name_segments(wave: Wave, found: dict[str, dict[str, str]]) -> None:
    """Add the name of each customer's segment, in the first language of the wave."""
    told = wave.read("segment_names")
    names = dict(zip(told["segment"], told["zh" if wave.config.languages[0] == "zh-CN" else "en"], strict=True))
    frame = wave.read("segments", columns=[CUSTOMER_ID, "segment"])
    for customer, segment in zip(frame[CUSTOMER_ID], frame["segment"], strict=True):
        if str(customer) in found and segment in names:
            found[str(customer)]["segment_name"] = str(names[segment])


def _groups(scores: pd.Series) -> pd.Series:
    return scores.map(lambda s: None if pd.isna(s) else "promoter" if s >= 9 else "passive" if s >= 7 else "detractor")


def value_text(value: Any) -> str | None:
    """Return a value as the text that is written; None where there is none.

    Parameters
    ----------
    value
        A value of a table.

    Examples
    --------
    >>> value_text(9.0), value_text(1234.5678), value_text("gold"), value_text(float("nan")), value_text(True)
    ('9', '1234.57', 'gold', None, 'true')
    """
    if value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)) or value is pd.NA:
        return None
    if hasattr(value, "item"):
        return value_text(value.item())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        rounded = round(value, 2)
        return str(int(rounded)) if rounded == int(rounded) else str(rounded)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _tasks(wave: Wave, plan: PushPlan, today: dt.date) -> dict[str, Task]:
    """Return a call for each customer of the list of actions who is to be called."""
    listed = wave.read(TABLES["tasks"])
    calls = listed[listed["action"] == "call"]
    key, language = study_key(wave.folder.parent), wave.config.languages[0]
    due = (today + dt.timedelta(days=plan.due_days)).isoformat()
    title, tasks = wave.config.title.text(language), {}
    for row in calls.to_dict("records"):
        customer, reasons = str(row[CUSTOMER_ID]), str(row["reasons"]).split(",")
        name = key.name("crm", f"task {wave.config.wave} {customer}")[:SHORT]
        why = "; ".join(REASONS[r].text(language) for r in reasons if r in REASONS)
        told = [why, title]
        for column, words in _BESIDE.items():
            if (text := value_text(row.get(column))) is not None:
                told.append(f"{words.text(language)}: {text}")
        tasks[customer] = Task(
            name,
            {
                "subject": f"[{wave.config.study} {wave.config.wave} {name}] {why}",
                "body": "\n".join(told),
                "due": due,
                "owner": plan.owners.get(str(row.get("owner") or ""), ""),
                "priority": "high" if "complaint" in reasons else "normal",
                "customer": customer,
                "reasons": ",".join(reasons),
                "tier": value_text(row.get("tier")) or "",
            },
        )
    return tasks


_BESIDE = {
    "recommend": message("Score"),
    "tier": message("Tier"),
    "open_days": message("Days open"),
    "owner": message("Owner"),
}
