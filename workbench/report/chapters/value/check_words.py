"""Chapter 40 in words: how good forecasts were, of the previous wave and of models beside simple rules."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from workbench.clv import ForecastCheck, HoldoutCheck
from workbench.clv.checks.heuristics import CRITERION_WORDS, METHODS, TARGETS
from workbench.core.findings import CLEAR_P, WATCH_P, Evidence, Finding, Tone
from workbench.core.language import Message, message
from workbench.core.money import MoneyInterval
from workbench.core.results import Note

OFF, CLOSE = 0.1, 0.05


def forecast_finding(last: ForecastCheck) -> Finding:
    """Say how good the previous wave's forecast was: by its interval, and by how much it was off."""
    place = message("inside the interval") if last.inside else message("outside the interval")
    text = message(
        "The previous wave forecast {told} from {since:date} to {until:date}; customers spent {spent:money}, {place}: "
        "the forecast was off by {off:signed1} %.",
        told=MoneyInterval(last.amount.estimate, last.amount.ci_low, last.amount.ci_high),
        since=last.since,
        until=last.until,
        spent=last.spent,
        off=100 * last.off,
        place=place,
    )
    proof = Evidence(
        source="last-forecast", estimate=last.amount.estimate, ci_low=last.amount.ci_low, ci_high=last.amount.ci_high
    )
    tone: Tone = "good" if last.inside else "neutral" if abs(last.off) <= CLOSE else "bad"
    return Finding(id="forecast.last", message=text, evidence=proof, claim="estimate", importance=75, tone=tone)


def holdout_findings(holdout: HoldoutCheck) -> list[Finding]:
    """Say how many purchases the model told of those held back, and how it stands beside simple rules."""
    text = message(
        "Fitted without the last months, the model tells {told:int} purchases in them; {actual:int} happened "
        "({off:signed1} %).",
        told=holdout.predicted,
        actual=holdout.actual,
        off=100 * holdout.off,
    )
    proof = Evidence(source="holdout", estimate=holdout.actual, minimum_base=1)
    tone: Tone = "good" if abs(holdout.off) <= OFF else "bad"
    first = Finding(id="holdout.total", message=text, evidence=proof, claim="count", importance=65, tone=tone)
    return [first, *rule_findings(holdout.rule_tests)]


def rule_findings(tests: pd.DataFrame) -> Iterator[Finding]:
    """Say how the model stands beside each simple rule, of all rules and criteria (Holm).

    Parameters
    ----------
    tests
        See `workbench.clv.HoldoutCheck.rule_tests`.
    """
    known = tests[tests["p_value"].notna()]
    if not len(known):
        return
    family = len(known)
    every = bool((known["gain"] > 0).all())
    if every and float(known["p_value"].max()) < CLEAR_P:
        text = message("For single customers the model is better than every simple rule, on every criterion.")
        proof = Evidence(
            source="rules", estimate=float(known["gain"].min()), p_value=float(known["p_value"].max()), family=family
        )
        yield Finding(id="holdout.rules", message=text, evidence=proof, claim="difference", tone="good")
        return
    for (target, method), rows in known.groupby(["target", "method"], sort=False):
        words = {"rule": METHODS[str(method)], "what": TARGETS[str(target)]}
        worse = rows[(rows["gain"] < 0) & (rows["p_value"] < WATCH_P)]
        alike = rows[rows["p_value"] >= WATCH_P]
        if len(worse):
            text = message(
                "{what}: “{rule}” does better than the model ({criteria}).", criteria=_listed(worse), **words
            )
            row = worse.sort_values("p_value").iloc[0]
            proof = Evidence(source="rules", estimate=row["gain"], p_value=row["p_value"], family=family)
            yield Finding(
                id=f"holdout.worse:{target}={method}", message=text, evidence=proof, claim="difference", tone="bad"
            )
        elif len(alike):
            text = message(
                "{what}: “{rule}” cannot be told from the model ({criteria}); where only that is needed, the simple "
                "rule will do.",
                criteria=_listed(alike),
                **words,
            )
            row = alike.sort_values("p_value").iloc[0]
            proof = Evidence(source="rules", estimate=row["gain"], p_value=row["p_value"], family=family)
            yield Finding(id=f"holdout.alike:{target}={method}", message=text, evidence=proof, claim="no difference")


def _listed(rows: pd.DataFrame) -> Message:
    named = [CRITERION_WORDS[str(c)] for c in rows["criterion"]]
    first = message("{one}", one=named[0])
    for word in named[1:]:
        first = message("{before}, {word}", before=first, word=word)
    return first


def forecast_notes(last: ForecastCheck) -> list[Note]:
    """Return what the last forecast says of the interval of this one."""
    if last.inside:
        return []
    text = message(
        "Intervals hold chance and what the models are unsure of, not errors of the models themselves: last time these "
        "were {off:pct1} of the total.",
        off=abs(last.off) if math.isfinite(last.off) else 1.0,
    )
    return [Note(text, "caution")]
