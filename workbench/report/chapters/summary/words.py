"""Chapter 90 in words: the headline, three statements, and how far to trust the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.clv.value.bridge import ValueBridge
from workbench.core import charts
from workbench.core.language import Language, Message, message, plural
from workbench.core.sheet import Sheet
from workbench.report.chapters.response.sources import counted_once
from workbench.report.chapters.summary.chapter import NAME, Found
from workbench.report.run.sections import sections_not_computed, words_of
from workbench.report.site.panels import Statement
from workbench.store import Wave
from workbench.tiers import ActionList

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_STATEMENTS = 3
LAST_YEAR = "last year"  # the basis of a value that no model forecasts


def page_title(wave: Wave, found: Found, actions: ActionList | None) -> Message:
    """Return the heading of the page: its answer in a few words."""
    first = _state_of_things(wave, found)
    calls = actions.customers("call") if actions is not None else 0
    if calls:
        return plural(
            "{first}; {n:people} customer needs a call",
            "{first}; {n:people} customers need a call",
            first=first,
            n=calls,
        )
    return first


def _state_of_things(wave: Wave, found: Found) -> Message:
    for name, measure, words in (("loyalty", "nps", _loyalty), ("ratings", "satisfied", _satisfaction)):
        rows = found.table(name)
        mine = rows[rows["measure"] == measure] if rows is not None and "measure" in rows else None
        if mine is not None and len(mine):
            row = mine.iloc[0]
            if row["n"] < wave.config.loyalty.minimum_base:
                least = wave.config.loyalty.minimum_base
                return plural(
                    "{n:int} answer; below {least:int} no score is shown",
                    "{n:int} answers; below {least:int} no score is shown",
                    n=row["n"],
                    least=least,
                )
            return words(found, row)
    value = found.table("value_summary")
    if value is not None:
        row = value.iloc[0]
        months = row["horizon_months"]
        if row.get("basis") == LAST_YEAR:
            return carried_on(row)
        return message("Customers are worth {v:money} over the next {h:int} months", v=row["clv"], h=months)
    if wave.has("released_sample") and not wave.has("responses"):
        asked = int((~wave.read("released_sample")["reserve"].astype(bool)).sum())
        return message("Fieldwork open: {n:int} of {m:int} answers", n=0, m=asked)
    sizes = found.table("tier_sizes")
    if sizes is not None:
        top = sizes.iloc[0]
        return plural(
            "{n:people} customer is in tier {tier}",
            "{n:people} customers are in tier {tier}",
            n=top["customers"],
            tier=str(top["tier"]),
        )
    return wave.config.title  # type: ignore[return-value]


def carried_on(row: pd.Series) -> Message:
    """Return what stands where no model can forecast the orders: last year's amounts, and that they are no forecast."""
    if not row["clv"] > 0:
        return message("The last twelve months brought nothing, and no model can forecast these orders")
    return message(
        "No model can forecast these orders; carried on as last year they bring {v:money} over {h:int} months",
        v=row["clv"],
        h=row["horizon_months"],
    )


def _loyalty(found: Found, row: pd.Series) -> Message:
    changed = found.finding("nps.change")
    if changed is not None and changed.state == "clear":
        return message("Loyalty has risen") if changed.evidence.estimate > 0 else message("Loyalty has fallen")
    if changed is not None or found.finding("nps.unchanged") is not None:
        return message("Loyalty has not clearly changed")
    return message("NPS is {x:signed1}", x=row["estimate"])


def _satisfaction(found: Found, row: pd.Series) -> Message:
    changed = found.finding("satisfied.change")
    if changed is not None and changed.state == "clear":
        return (
            message("Satisfaction has risen") if changed.evidence.estimate > 0 else message("Satisfaction has fallen")
        )
    if changed is not None or found.finding("satisfied.unchanged") is not None:
        return message("Satisfaction has not clearly changed")
    return message("{share:pct1} are satisfied", share=row["estimate"])


def statements(found: Found, bridge: ValueBridge | None) -> list[Statement]:
    """Return at most three things that matter most, one each of scores, value, and places and reasons."""
    parts = [_score(found), _value(found, bridge), _place(found)]
    return [p for p in parts if p is not None][:MOST_STATEMENTS]


def _score(found: Found) -> Statement | None:
    for measure in ("nps", "satisfied"):
        level = found.finding(f"{measure}.level")
        change = found.finding(f"{measure}.change", f"{measure}.unchanged")
        if level is not None:
            trend = found.finding(f"{measure}.trend")
            more = trend or change
            return Statement(level.text, more.text if more is not None else None)
    return None


def _value(found: Found, bridge: ValueBridge | None) -> Statement | None:
    rows = found.table("value_summary")
    if rows is None:
        return None
    row = rows.iloc[0]
    if row.get("basis") == LAST_YEAR:
        rule = message("({rule}.)", rule=message("last year's amounts carried on; a rule without an interval"))
        return Statement(message("Value {v:money} over {h:int} months", v=row["clv"], h=row["horizon_months"]), rule)
    values = {"v": row["clv"], "h": row["horizon_months"], "low": row["ci_low"], "high": row["ci_high"]}
    lead = message("Value {v:money} over {h:int} months")
    if bridge is None:
        return Statement(
            Message(lead.template, values), Message(message("({low:money} to {high:money}).").template, values)
        )
    steps = bridge.table.set_index("step")
    before, now = float(steps["value"].get("before", 0.0)), float(steps["value"]["now"])
    told = {
        "d": (now - before) / before if before else float("nan"),
        "k": int(steps["customers"].get("new", 0)),
        "a": float(steps["value"].get("new", 0.0)),
        "b": abs(float(steps["relative"].get("known", 0.0))),
    }
    known = float(steps["relative"].get("known", 0.0))
    less = message(
        "{d:signedpct} on last wave: {k:people} new customers bring {a:money}, those known before are worth "
        "{b:pct} less."
    )
    more = message(
        "{d:signedpct} on last wave: {k:people} new customers bring {a:money}, those known before are worth "
        "{b:pct} more."
    )
    rest = Message((less if known < 0 else more).template, told)
    return Statement(Message(lead.template, values), rest, lambda language: _two_bars(before, now, language))


def _two_bars(before: float, now: float, language: Language) -> Figure:  # noqa: ARG001
    """Draw two totals, no larger than a word."""
    sheet = Sheet(36, 80)
    top = max(before, now) or 1.0
    for x, value, color in ((4, before, charts.BAR), (46, now, charts.BLUE)):
        height = 34 * value / top
        sheet.rectangle(x, 36 - height, 28, height, color=color)
    return sheet.figure


def _place(found: Found) -> Statement | None:
    wanted = ("nps.moved", "driver.first", "topic.score", "nps.stands", "nps.alike", "topic.most")
    for kind in wanted:
        finding = found.finding(kind)
        if finding is not None:
            return Statement(finding.text)
    return None


def trust_facts(wave: Wave, found: Found) -> list[tuple[Message, list[Message], tuple[str, Message] | None]]:
    """Return whom the page speaks for, who answered, its weak spots, and what became of the data."""
    facts = [_speaks_for(wave, found), _answered(wave), _weak_spot(wave, found), _data(wave), _missing(wave)]
    return [f for f in facts if f is not None]


Fact = tuple[Message, list[Message], tuple[str, Message] | None]


def _speaks_for(wave: Wave, found: Found) -> Fact | None:
    said = []
    strata = found.table("frame_strata")
    if wave.has("respondents"):
        if strata is not None and wave.has("customers") and not counted_once(wave):
            n, everybody = int(strata["population"].sum()), wave.manifest.tables["customers"].clean.rows
            said.append(message("Scores: {n:int} eligible customers of {all:int}.", n=n, all=everybody))
        else:
            n = wave.manifest.artefacts["respondents"].rows
            said.append(message("Scores speak for the {n:int} who answered, not for those who did not.", n=n))
    if wave.has("clv") or wave.has("segments") or wave.has("tiers"):
        name = next(n for n in ("tiers", "segments", "clv") if wave.has(n))
        said.append(message("Value, segments and tiers: all {n:int}.", n=wave.manifest.artefacts[name].rows))
    return (message("Whom it speaks for"), said, ("10_sample", message("Sample"))) if said else None


def _answered(wave: Wave) -> Fact | None:
    if not wave.has("respondents"):
        return None
    n = wave.manifest.artefacts["respondents"].rows
    to = ("20_response", message("Response and weights"))
    if wave.has("released_sample"):
        asked = int((~wave.read("released_sample")["reserve"].astype(bool)).sum())
        text = plural(
            "{n:int} answer; the sample was {m:int} customers.",
            "{n:int} answers; the sample was {m:int} customers.",
            n=n,
            m=asked,
        )
    else:
        text = plural("{n:int} answer.", "{n:int} answers.", n=n)
    before = wave.previous
    said = [text]
    if before is not None and before.has("respondents"):
        said.append(message("Last wave: {n:int}.", n=before.manifest.artefacts["respondents"].rows))
    return (message("Who answered"), said, to)


def _weak_spot(wave: Wave, found: Found) -> Fact | None:
    groups = found.table("nps_groups")
    if groups is None:
        return None
    first = groups[groups["breakdown"] == groups["breakdown"].iloc[0]]
    least = wave.config.loyalty.minimum_base
    small = first[first["n"] < least]
    if not len(small):
        return None
    said = [
        plural("{group}: {n:people} answer.", "{group}: {n:people} answers.", group=str(r["group"]), n=int(r["n"]))
        for _, r in small.head(3).iterrows()
    ]
    said.append(message("Below {least:int} no score is shown; ask more there next wave.", least=least))
    return (message("Weak spot"), said, None)


def _data(wave: Wave) -> Fact:
    reports = wave.intake_reports()
    bad, left, rows, cells = (sum(getattr(r, n) for r in reports) for n in ("quarantined", "left_out", "read", "cells"))
    said = []
    if bad:
        said.append(message("Quarantined, with file, line and rule: {n:int} of {rows:int} rows.", n=bad, rows=rows))
    if left:
        said.append(message("Left out by a stated rule: {n:int} of {rows:int} rows.", n=left, rows=rows))
    if not said:
        said.append(message("Every row of {rows:int} was kept.", rows=rows))
    if cells:
        said.append(message("Single values made missing: {n:int}.", n=cells))
    return (message("Data"), said, None)


def _missing(wave: Wave) -> Fact | None:
    # of this chapter's own parts only its next run will know
    missing = [m for m in sections_not_computed(wave) if m.chapter != NAME]
    if not missing:
        return None
    said = [
        plural(
            "{n:int} part of the report could not be computed.",
            "{n:int} parts of the report could not be computed.",
            n=len(missing),
        )
    ]
    for one in missing[:3]:
        name = one.section if one.section is not None else words_of(one.run.title)
        said.append(message("{section}: {reason}", section=name, reason=one.reason))
    return (message("Not computed"), said, None)
