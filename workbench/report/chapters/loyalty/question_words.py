"""What chapter 50 claims of single questions: which ratings moved, and what goes with recommending."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.core.findings import Evidence, Finding
from workbench.core.language import Message, Spoken, message
from workbench.core.listing import listed
from workbench.nps import DriverWorth
from workbench.nps.satisfaction_change import SatisfactionChange

ONLY_A_TRIAL = message("They go together; whether raising one raises the other, only a trial can show.")


def question_findings(changes: SatisfactionChange, names: Mapping[str, Spoken], first: str | None) -> list[Finding]:
    """Say which ratings clearly rose or fell; the headline question is said elsewhere."""
    found = []
    for _, row in changes.table[changes.table["question"] != first].iterrows():
        rose = row["estimate"] > 0
        values = {
            "question": names.get(row["question"], str(row["question"])),
            "points": abs(100 * row["estimate"]),
            "now": row["current"],
        }
        text = (
            message("{question}: {points:dec0} points more rate it good ({now:pct}).")
            if rose
            else message("{question}: {points:dec0} points fewer rate it good ({now:pct}).")
        )
        proof = Evidence(
            source="ratings",
            row=str(row["question"]),
            estimate=row["estimate"],
            ci_low=row["ci_low"],
            ci_high=row["ci_high"],
            p_value=row["p_adjusted"],
            family=changes.family,
            n=int(min(row["n"], row["n_previous"])),
        )
        found.append(
            Finding(
                id=f"question.moved:{row['question']}",
                message=Message(text.template, values),
                evidence=proof,
                claim="difference",
                importance=45,
                tone="good" if rose else "bad",
            )
        )
    return found


def driver_findings(kept: pd.DataFrame, worth: DriverWorth, names: Mapping[str, Spoken]) -> list[Finding]:
    """Say which question goes with recommending most, where its place is certain, and what a point on it is worth.

    Parameters
    ----------
    kept
        ``driver``, ``rank_low``, ``rank_high``, ``worth_rank_low``, ``worth_rank_high``, ``clear``, the first driver
        first.
    worth
        What one point more is worth.
    names
        Question → as readers know it.
    """
    if not len(kept) or not bool(kept["clear"].iloc[0]):
        return []
    first, found = kept.iloc[0], []
    if first["driver"] not in set(worth.table["driver"]):
        return []  # it decides the answer alone, so that no model says what a point on it is worth
    row = worth.table.set_index("driver").loc[first["driver"]]
    proof = Evidence(
        source="drivers",
        row=str(first["driver"]),
        estimate=row["worth"],
        ci_low=row["ci_low"],
        ci_high=row["ci_high"],
        n=int(worth.table["n"].iloc[0]),
        family=len(kept),
    )
    # it leads where it does by both measures: how much it explains, and what a point on it is worth
    leading = (kept["rank_low"] == 1) | (kept["worth_rank_low"] == 1)
    together = kept[leading & kept["clear"].astype(bool)]["driver"].tolist()
    if len(together) < 2:
        text = message("{q} goes with recommending more than anything else.", q=names[first["driver"]])
    else:
        text = message(
            "{names} go with recommending most; which of them leads is within chance.",
            names=listed([names[d] for d in together], most=3),
        )
    found.append(Finding(id="driver.first", message=text, evidence=proof, claim="estimate", importance=75))
    # an effect is said only where its interval, widened for the drivers it was picked from, excludes zero
    if row["ci_low"] > 0 and len(together) < 2:
        text = message(
            "One point more on {q} goes with {points:signed0} points of NPS ({low:signed0} to {high:signed0}).",
            q=names[first["driver"]],
            points=row["worth"],
            low=row["ci_low"],
            high=row["ci_high"],
        )
        found.append(Finding(id="driver.worth", message=text, evidence=proof, claim="estimate", importance=65))
    return found
