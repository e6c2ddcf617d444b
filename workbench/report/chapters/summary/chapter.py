"""Chapter 90: the page a director reads."""

from __future__ import annotations

import pandas as pd

from workbench.core.language import Spoken, message
from workbench.core.names import Column
from workbench.report.chapter import Chapter, ChapterParameters
from workbench.report.chapters.loyalty.words import change_words, nps_sentence
from workbench.report.site.blocks import Card, Finding
from workbench.store import Wave
from workbench.store.config.parts import Words

MOST_FINDINGS = 6
READ = (
    "loyalty",
    "nps_groups",
    "nps_changes",
    "value_summary",
    "segment_sizes",
    "segment_names",
    "tier_sizes",
    "tier_moves",
    "call_counts",
    "respondents",
)
INTAKE_COLUMNS = {
    "table": Column(message("Table")),
    "read": Column(message("Rows read"), "int"),
    "kept": Column(message("Rows kept"), "int"),
    "quarantined": Column(message("Quarantined"), "int"),
    "cells": Column(message("Values made missing"), "int"),
    "left_out": Column(message("Left out by rule"), "int"),
}
FAULT_COLUMNS = {
    "table": Column(message("Table")),
    "column": Column(message("Column")),
    "rule": Column(message("Rule: the value must be")),
    "rows": Column(message("Rows"), "int"),
    "costs": Column(message("It costs")),
}
COSTS = {"row": message("the row"), "value": message("the value")}
CALL_COLUMNS = {
    "reason": Column(message("Why")),
    "customers": Column(message("Customers"), "int"),
    "value": Column(message("Value at stake"), "money"),
}
TABLE_NAMES: dict[str, Spoken] = {
    "customers": message("Customer list"),
    "transactions": message("Orders"),
    "contacts": message("Contacts"),
    "responses": message("Questionnaires"),
    "interactions": message("Complaints and contacts from customers"),
    "panel": message("Panel"),
    "regions": message("Regions"),
    "contracts": message("Contracts"),
}


class SummaryParameters(ChapterParameters):
    """Parameters of the notebook."""


CHAPTER = Chapter(
    name="90_summary",
    title=message("Summary"),
    parameters=SummaryParameters,
    reads=(
        "customers",
        "transactions",
        "contacts",
        "responses",
        "interactions",
        "panel",
        "contracts",
        "segments",
        "clv",
        "profits",
        *READ,
    ),
    makes=("summary",),
    after=("10_sample", "20_response", "30_segments", "40_value", "50_loyalty", "60_tiers"),
    left_out=lambda _: None,
    settings=(
        "languages",
        "currency",
        "labels",
        "values",
        "questions",
        "response",
        "sample",
        "value",
        "loyalty",
        "tiers",
        "targets",
        "marks",
        "owners",
    ),
)


def results_of(wave: Wave) -> dict[str, pd.DataFrame]:
    """Return the small results of the other chapters that are there and belong to this run's chapters."""
    ran = wave.manifest.chapters
    made = wave.manifest.artefacts
    there = [n for n in READ if n in made and made[n].made_by in ran and (n != "value_summary" or made[n].rows)]
    return {name: wave.read(name) for name in there}


def summary_cards(found: dict[str, pd.DataFrame]) -> list[Card]:
    """Return the headline numbers of the wave."""
    cards = []
    if "loyalty" in found:
        rows = {r["measure"]: r for _, r in found["loyalty"].iterrows()}
        nps = rows["nps"]
        text, tone = change_words(nps)
        detail = message(
            "{low:signed1} to {high:signed1} · n = {n:int}", low=nps["ci_low"], high=nps["ci_high"], n=nps["n"]
        )
        cards.append(Card(message("NPS"), message("{nps:signed1}", nps=nps["estimate"]), detail, text, tone))
        if "satisfied" in rows:
            row = rows["satisfied"]
            detail = message(
                "{low:pct1} to {high:pct1} · n = {n:int}", low=row["ci_low"], high=row["ci_high"], n=row["n"]
            )
            cards.append(Card(message("Satisfied customers"), message("{share:pct1}", share=row["estimate"]), detail))
    if "value_summary" in found:
        row = found["value_summary"].iloc[0]
        label = message("Value of the next {months:int} months", months=row["horizon_months"])
        detail = message(
            "{low:money} to {high:money} ({level:pct})", low=row["ci_low"], high=row["ci_high"], level=row["level"]
        )
        cards.append(Card(label, message("{clv:money}", clv=row["clv"]), detail))
    if "tier_sizes" in found:
        top = found["tier_sizes"].iloc[0]
        label = message("Customers in tier {tier}", tier=_spoken(top))
        detail = message("{share:pct1} of all, {value:pct1} of spending", share=top["share"], value=top["value_share"])
        cards.append(Card(label, message("{n:int}", n=top["customers"]), detail))
    if "call_counts" in found and len(found["call_counts"]):
        calls = found["call_counts"]
        detail = message("with {value:money} of yearly spending at stake", value=calls["value"].sum())
        cards.append(Card(message("Customers to call"), message("{n:int}", n=calls["customers"].sum()), detail))
    return cards


def summary_findings(found: dict[str, pd.DataFrame]) -> list[Finding]:
    """Return the three to six things that matter, each from a test or a count."""
    sentences: list[Finding] = []
    if "loyalty" in found:
        sentences.append(nps_sentence(found["loyalty"].iloc[0]))
    if "nps_changes" in found:
        sentences += _changes(found["nps_changes"])
    if "tier_moves" in found:
        sentences += _moves(found["tier_moves"])
    if "call_counts" in found and len(found["call_counts"]):
        calls = found["call_counts"]
        text = message(
            "{n:int} customers must be called; the list with reasons is in the wave's folder.",
            n=int(calls["customers"].sum()),
        )
        sentences.append(Finding(text, "bad"))
    if "value_summary" in found:
        row = found["value_summary"].iloc[0]
        sentences.append(
            Finding(
                message(
                    "The best 10 % of customers hold {share:pct1} of the value of the next {months:int} months.",
                    share=row["top_10_share"],
                    months=row["horizon_months"],
                )
            )
        )
    if "segment_sizes" in found:
        sentences += _segments(found["segment_sizes"], found["segment_names"])
    return sentences[:MOST_FINDINGS]


def call_table(calls: pd.DataFrame) -> pd.DataFrame:
    """Return how many customers must be called for which reason."""
    reasons = [Words.model_validate({"en": en, "zh-CN": zh}) for en, zh in zip(calls["en"], calls["zh"], strict=True)]
    return calls.assign(reason=pd.Series(reasons, dtype=object))[list(CALL_COLUMNS)]


def intake_table(wave: Wave) -> pd.DataFrame:
    """Return what became of the rows of each table that came in."""
    rows = [
        {
            "table": TABLE_NAMES[r.table],
            "read": r.read,
            "kept": r.kept,
            "quarantined": r.quarantined,
            "cells": r.cells,
            "left_out": r.left_out,
        }
        for r in wave.intake_reports()
    ]
    return pd.DataFrame(rows, columns=list(INTAKE_COLUMNS))


def fault_table(wave: Wave) -> pd.DataFrame:
    """Return which rules rows and values break, and what that costs."""
    rows = [
        {
            "table": TABLE_NAMES[r.table],
            "column": f.column or "–",
            "rule": f.message,
            "rows": f.rows,
            "costs": COSTS[f.costs],
        }
        for r in wave.intake_reports()
        for f in r.faults
    ]
    return pd.DataFrame(rows, columns=list(FAULT_COLUMNS))


def summary_table(found: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the headline numbers as a table, to be kept: ``measure``, ``estimate``, ``ci_low``, ``ci_high``."""
    parts = []
    if "loyalty" in found:
        parts.append(found["loyalty"][["measure", "estimate", "ci_low", "ci_high"]])
    if "value_summary" in found:
        row = found["value_summary"].iloc[0]
        parts.append(
            pd.DataFrame(
                {"measure": ["clv"], "estimate": [row["clv"]], "ci_low": [row["ci_low"]], "ci_high": [row["ci_high"]]}
            )
        )
    if not parts:
        return pd.DataFrame({"measure": [], "estimate": [], "ci_low": [], "ci_high": []})
    return pd.concat(parts, ignore_index=True)


def _changes(changes: pd.DataFrame) -> list[Finding]:
    first = changes[changes["breakdown"] == "region"] if (changes["breakdown"] == "region").any() else changes
    clear = first[first["verdict"].isin(["up", "down"])]
    clear = clear.reindex(clear["estimate"].abs().sort_values(ascending=False).index).head(2)
    found = []
    for _, row in clear.iterrows():
        up = row["verdict"] == "up"
        text = message(
            "{group}: the NPS {moved} by {points:dec1} points ({low:signed1} to {high:signed1}; {p:p_is} after "
            "correction for {many:int} comparisons).",
            group=row["group"],
            moved=message("rose") if up else message("fell"),
            points=abs(row["estimate"]),
            low=row["ci_low"],
            high=row["ci_high"],
            p=row["p_adjusted"],
            many=len(first),
        )
        found.append(Finding(text, "good" if up else "bad"))
    return found


def _moves(moves: pd.DataFrame) -> list[Finding]:
    stayed = int(moves.loc[moves["move"] == "stayed", "customers"].sum())
    rose, fell = (int(moves.loc[moves["move"] == m, "customers"].sum()) for m in ("rose", "fell"))
    total = stayed + rose + fell
    if not total:
        return []
    text = message(
        "{rose:int} customers rose to a higher tier and {fell:int} fell ({share:pct1}) since the previous wave.",
        rose=rose,
        fell=fell,
        share=fell / total,
    )
    return [Finding(text)]


def _segments(sizes: pd.DataFrame, names: pd.DataFrame) -> list[Finding]:
    first = sizes.merge(names, on="segment").sort_values("value_share", ascending=False).iloc[0]
    text = message(
        "{name} are {share:pct} of the customers and bring {value:pct} of the spending.",
        name=_spoken(first),
        share=first["share"],
        value=first["value_share"],
    )
    return [Finding(text)]


def _spoken(row: pd.Series) -> Words:
    return Words.model_validate({"en": str(row["en"]), "zh-CN": str(row["zh"])})
