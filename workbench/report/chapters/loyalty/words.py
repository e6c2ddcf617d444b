"""What chapter 50 claims: each sentence with the evidence it rests on, by rules that are the same on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.core.findings import Evidence, Finding, state_of
from workbench.core.language import Message, Spoken, message
from workbench.estimation.wave_trend import FEWEST_WAVES, WaveTrend, wave_trend
from workbench.nps import NpsByGroups
from workbench.report.chapters.loyalty.pictures import DETECTED
from workbench.report.chapters.loyalty.titles import title_of

MEASURES: Mapping[str, Message] = {"nps": message("NPS"), "satisfied": message("Satisfaction")}


def headline_findings(row: pd.Series, *, unit: str, minimum: int, broken: bool = False) -> list[Finding]:
    """Say a headline number and how it changed.

    Parameters
    ----------
    row
        ``measure``, ``estimate``, ``ci_low``, ``ci_high``, ``n``, and where there was a wave before ``change``,
        ``change_low``, ``change_high``, ``change_error``, ``p_value``.
    unit
        ``points`` of NPS or ``share``.
    minimum
        Smallest base on which anything is said.
    broken
        Whether the wave cannot be compared with the one before.
    """
    name, factor = str(row["measure"]), 1.0 if unit == "points" else 100.0
    proof = Evidence(
        source=name,
        estimate=row["estimate"],
        ci_low=row["ci_low"],
        ci_high=row["ci_high"],
        n=int(row["n"]),
        minimum_base=minimum,
    )
    level = (
        message(
            "NPS is {x:signed1} ({low:signed1} to {high:signed1}).",
            x=row["estimate"],
            low=row["ci_low"],
            high=row["ci_high"],
        )
        if unit == "points"
        else message(
            "{share:pct1} are satisfied ({low:pct1} to {high:pct1}).",
            share=row["estimate"],
            low=row["ci_low"],
            high=row["ci_high"],
        )
    )
    found = [Finding(id=f"{name}.level", message=level, evidence=proof, claim="estimate", importance=60)]
    if broken or pd.isna(row["change"]):
        return found
    change, p = float(row["change"]) * factor, float(row["p_value"])
    moved = Evidence(
        source=name,
        row="change",
        estimate=float(row["change"]),
        ci_low=row["change_low"],
        ci_high=row["change_high"],
        p_value=p,
        n=int(row["n"]),
        minimum_base=minimum,
    )
    values = {
        "measure": MEASURES[name],
        "points": abs(change),
        "change": change,
        "low": float(row["change_low"]) * factor,
        "high": float(row["change_high"]) * factor,
        "m": DETECTED * float(row["change_error"]) * factor,
    }
    rose = message(
        "{measure} is up {points:dec1} points on last wave ({low:signed1} to "
        "{high:signed1}): more than chance explains."
    )
    fell = message(
        "{measure} is down {points:dec1} points on last wave ({low:signed1} to "
        "{high:signed1}): more than chance explains."
    )
    maybe = message(
        "{measure}: {change:signed1} points on last wave ({low:signed1} to "
        "{high:signed1}), rarely seen by chance alone."
    )
    same = message(
        "{measure}: {change:signed1} points on last wave ({low:signed1} to {high:signed1}). Chance alone can do that; "
        "this wave would reliably have shown only a change of {m:dec0} points or more."
    )
    state = state_of(p)
    template = maybe if state == "watch" else rose if change > 0 else fell
    found += [
        Finding(
            id=f"{name}.change",
            message=Message(template.template, values),
            evidence=moved,
            claim="difference",
            importance=95,
            tone="good" if change > 0 else "bad",
        ),
        Finding(
            id=f"{name}.unchanged",
            message=Message(same.template, values),
            evidence=moved,
            claim="no difference",
            importance=70,
        ),
    ]
    return found


def trend_findings(measure: str, trend: WaveTrend, *, family: int = 1) -> list[Finding]:
    """Say whether a measure rises or falls over all waves, and whether it moved at all."""
    percent = measure == "satisfied"
    factor = 100.0 if percent else 1.0
    proof = Evidence(
        source=measure,
        row="slope",
        estimate=trend.slope,
        ci_low=trend.slope_low,
        ci_high=trend.slope_high,
        p_value=min(trend.slope_p * family, 1.0),
        family=family,
    )
    values = {
        "measure": MEASURES[measure],
        "k": trend.waves,
        "points": abs(trend.slope) * factor,
        "low": trend.slope_low * factor,
        "high": trend.slope_high * factor,
    }
    up = message(
        "Over {k:int} waves {measure} has risen by {points:dec1} points a wave ({low:signed1} to {high:signed1})."
    )
    down = message(
        "Over {k:int} waves {measure} has fallen by {points:dec1} points a wave ({low:signed1} to {high:signed1})."
    )
    still = message("Over {k:int} waves {measure} shows no trend: what moved is within chance.")
    joint = Evidence(source=measure, row="joint", estimate=trend.slope, p_value=min(trend.joint_p, trend.slope_p))
    return [
        Finding(
            id=f"{measure}.trend",
            message=Message((up if trend.slope > 0 else down).template, values),
            evidence=proof,
            claim="difference",
            importance=85,
            tone="good" if trend.slope > 0 else "bad",
        ),
        Finding(
            id=f"{measure}.no_trend",
            message=Message(still.template, values),
            evidence=joint,
            claim="no difference",
            importance=30,
        ),
    ]


def long_run(measure: str, waves: pd.DataFrame) -> list[Finding]:
    """Say whether a measure rises or falls over all waves that can be compared; nothing with fewer than three."""
    since = waves["breaks"].cumsum() == waves["breaks"].sum()
    if int(since.sum()) < FEWEST_WAVES:
        return []
    return trend_findings(measure, wave_trend(waves), family=len(MEASURES))


def group_findings(
    result: NpsByGroups, names: Mapping[str, Mapping[Any, Spoken]], breakdowns: Mapping[str, Spoken]
) -> list[Finding]:
    """Say which groups clearly differ or have moved, and where none does."""
    found: list[Finding] = []
    for breakdown in dict.fromkeys(result.table["breakdown"]):
        rows = result.of(str(breakdown))
        known = names.get(str(breakdown), {})
        said_of = breakdowns.get(str(breakdown), str(breakdown))
        first = breakdown == result.table["breakdown"].iloc[0]
        called = {g: _called(breakdown, said_of, known.get(g, str(g))) for g in rows["group"]}
        # the surest first: where only one is said, it is that one
        for _, row in rows.sort_values("difference_p", kind="stable").iterrows():
            found += _stands(result, str(breakdown), row, called[row["group"]])
        if "change_p" in rows:
            for _, row in rows.sort_values("change_p", kind="stable").iterrows():
                found += _moved(result, str(breakdown), row, called[row["group"]], first=first)
        p = pd.concat([rows[c] for c in ("difference_p", "change_p") if c in rows]).dropna()
        if len(p):
            proof = Evidence(
                source="nps_groups", row=str(breakdown), estimate=0.0, p_value=float(p.min()), family=len(p)
            )
            text = message("No {group} stands out; differences are no larger than chance makes them.", group=said_of)
            found.append(
                Finding(id=f"nps.alike:{breakdown}", message=text, evidence=proof, claim="no difference", importance=40)
            )
    return found


def _called(breakdown: object, label: Spoken | str, group: Spoken | str) -> Spoken | str:
    """Return a group as a sentence names it: everybody knows a region, but 'C' may be anything."""
    return group if breakdown == "region" else message("{breakdown} “{group}”", breakdown=label, group=group)


def _stands(result: NpsByGroups, breakdown: str, row: pd.Series, group: Spoken | str) -> list[Finding]:
    if pd.isna(row["difference_p"]):
        return []
    above = row["difference"] > 0
    values = {"group": group, "points": abs(row["difference"]), "nps": row["nps"]}
    text = (
        message("{group} scores {points:dec0} points of NPS above all others ({nps:signed1}).")
        if above
        else message("{group} scores {points:dec0} points of NPS below all others ({nps:signed1}).")
    )
    proof = Evidence(
        source="nps_groups",
        row=f"{breakdown} = {row['group']}",
        estimate=row["difference"],
        p_value=row["difference_p"],
        family=result.families["difference"],
        n=int(row["n"]),
        minimum_base=result.minimum_base,
    )
    return [
        Finding(
            id=f"nps.stands:{breakdown}={row['group']}",
            message=Message(text.template, values),
            evidence=proof,
            claim="difference",
            importance=50,
            tone="good" if above else "bad",
        )
    ]


def _moved(result: NpsByGroups, breakdown: str, row: pd.Series, group: Spoken | str, *, first: bool) -> list[Finding]:
    if pd.isna(row["change_p"]):
        return []
    rose = row["change"] > 0
    values = {"group": group, "points": abs(row["change"]), "low": row["change_low"], "high": row["change_high"]}
    text = (
        message("{group} rose by {points:dec0} points of NPS ({low:signed0} to {high:signed0}).")
        if rose
        else message("{group} fell by {points:dec0} points of NPS ({low:signed0} to {high:signed0}).")
    )
    proof = Evidence(
        source="nps_groups",
        row=f"{breakdown} = {row['group']}",
        estimate=row["change"],
        ci_low=row["change_low"],
        ci_high=row["change_high"],
        p_value=row["change_p"],
        family=result.families.get("change", 1),
        n=int(min(row["n"], row["n_previous"])),
        minimum_base=result.minimum_base,
    )
    return [
        Finding(
            id=f"nps.moved:{breakdown}={row['group']}",
            message=Message(text.template, values),
            evidence=proof,
            claim="difference",
            importance=80 if first else 55,
            tone="good" if rose else "bad",
        )
    ]


def note_of(findings: Sequence[Finding], measure: str) -> Message:
    """Return the sentence below a measure's trend: its change where there is one to tell, else its level."""
    wanted = (f"{measure}.change", f"{measure}.unchanged", f"{measure}.level")
    return title_of(findings, *wanted, otherwise=message("The base is too small to say anything."))
