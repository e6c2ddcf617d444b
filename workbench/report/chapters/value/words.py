"""Chapter 40 in words: who leaves, contracts, profit, and how good the models were."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
import pandas as pd

from workbench.clv import HoldoutCheck, ProfitContribution, RetentionCurve
from workbench.clv.checks.heuristics import METHODS
from workbench.clv.value.terms import NO_GROUP
from workbench.core.language import Message, Spoken, message
from workbench.report.chapters.value.checks import LastForecast
from workbench.report.chapters.value.contract_worth import ContractValue
from workbench.report.chapters.value.contracts import STARTED_IN
from workbench.report.chapters.value.renewals import RenewalCheck, Renewals, renewal_words
from workbench.report.site.blocks import Finding

NO_LEAVING = message(
    "No leaving can be identified in these orders: a model in which nobody leaves tells them as well. Who has left, "
    "what is at risk and whom to keep cannot be told from them; a longer history may."
)
OFF = 0.1
CLOSE = 0.05
Names = Mapping[str, Mapping[str, Spoken]]


def contract_findings(
    stays: Mapping[str, pd.DataFrame],
    renewals: Renewals | None,
    worth: ContractValue | None,
    check: RenewalCheck | None,
    names: Names,
) -> list[Finding]:
    """Say how long contracts last, which groups end clearly sooner, what they are worth, and how well that is told.

    Parameters
    ----------
    stays
        Tables of who stays: everybody under the empty name, and by breakdown.
    """
    found = []
    every = stays[""].iloc[0]
    if "after_12" in stays[""]:
        text = message(
            "{share:pct1} of the contracts last longer than 12 months ({low:pct1} to {high:pct1}); {rate:pct1} end per "
            "month.",
            share=every["after_12"],
            low=every["ci_low"],
            high=every["ci_high"],
            rate=every["churn"],
        )
        found.append(Finding(text))
    for column, table in stays.items():
        rows = table[~table["group"].isin(["", NO_GROUP]) & (table["ended"] > 0)].sort_values("churn", kind="stable")
        errors = rows["ended"] ** -0.5
        # those that began lately have not had their first renewal yet
        if column not in ("", STARTED_IN) and len(rows) > 1 and _apart(np.log(rows["churn"]), errors):
            low, high = rows.iloc[0], rows.iloc[-1]
            text = message(
                "Contracts of {group} end at {fast:pct1} a month, those of {other} at {slow:pct1}.",
                group=spoken(str(column), high["group"], names),
                fast=high["churn"],
                other=spoken(str(column), low["group"], names),
                slow=low["churn"],
            )
            found.append(Finding(text))
    said = renewal_words(renewals) if renewals is not None else None
    if said is not None:
        found.append(Finding(said))
    if worth is not None:
        text = message(
            "The running contracts bring {clv:money} in the horizon ({low:money} to {high:money}).",
            clv=worth.total.estimate,
            low=worth.total.ci_low,
            high=worth.total.ci_high,
        )
        found.append(Finding(text))
    if check is not None and check.happened:
        off = check.told / check.happened - 1
        text = message(
            "Fitted without the last {months:int} months, the model tells {told:int} ended contracts in them; "
            "{happened:int} ended ({off:signed1} %).",
            months=check.months,
            told=check.told,
            happened=check.happened,
            off=100 * off,
        )
        found.append(Finding(text, "good" if abs(off) <= OFF else "bad"))
    return found


def spoken(column: str, group: str, names: Names) -> Spoken | str:
    """Return a group's name as it stands in a sentence.

    Examples
    --------
    >>> str(spoken("tier", "A", {"tier": {"A": message("Refunds")}})), spoken("region", "north", {})
    ('tier Refunds', 'north')
    """
    named = names.get(column, {}).get(group, group)
    return message("tier {name}", name=named) if column == "tier" else named


def leaving_findings(whole: RetentionCurve, by: Mapping[str, RetentionCurve], names: Names) -> list[Finding]:
    """Say how many are still there after a year, and which groups lose clearly more."""
    found = []
    rows = whole.table
    year = rows[rows["age"] >= 12].head(1)
    if len(year):
        row = year.iloc[0]
        found.append(
            Finding(
                message(
                    "{months:int} months after their first purchase {share:pct1} of the customers still are customers "
                    "({low:pct1} to {high:pct1}).",
                    months=row["age"],
                    share=row["retained"],
                    low=row["ci_low"],
                    high=row["ci_high"],
                )
            )
        )
    for column, curve in by.items():
        table = curve.table[curve.table["group"] != NO_GROUP]
        age = min(12.0, table.groupby("group")["age"].max().min()) if len(table) else 0.0
        last = table[(table["age"] - age).abs() < 0.5].drop_duplicates("group").sort_values("retained", kind="stable")
        if column != "tier" and len(last) > 1 and age >= 3 and _apart(last["retained"], _drawn(last)):
            low, high = last.iloc[0], last.iloc[-1]
            text = message(
                "After {months:int} months {few:pct} of {group} still are customers, but {many:pct} of {other}.",
                months=age,
                few=low["retained"],
                group=spoken(str(column), low["group"], names),
                many=high["retained"],
                other=spoken(str(column), high["group"], names),
            )
            found.append(Finding(text))
    return found


def _drawn(rows: pd.DataFrame) -> pd.Series:
    """Return standard errors of shares as if each group's customers were drawn from many like them."""
    share = rows["retained"]
    return (share * (1 - share) / rows["customers"]) ** 0.5


def _apart(ordered: pd.Series, errors: pd.Series) -> bool:
    """Tell whether the first and the last of ordered groups differ, of all the pairs there are (Bonferroni)."""
    pairs = len(ordered) * (len(ordered) - 1) / 2
    limit = NormalDist().inv_cdf(1 - 0.025 / pairs)
    gap = float(ordered.iloc[-1] - ordered.iloc[0])
    return bool(gap > limit * float(errors.iloc[0] ** 2 + errors.iloc[-1] ** 2) ** 0.5)


def profit_findings(profit: ProfitContribution | None, names: Names) -> list[Finding]:
    """Say who costs more than they bring, and which group brings least for its size."""
    if profit is None:
        return []
    found = []
    if profit.unprofitable:
        text = message(
            "{n:int} customers ({share:pct1} of those active) cost more than they brought in the last twelve months, "
            "{loss:money} together.",
            n=profit.unprofitable,
            share=profit.unprofitable / profit.table["customers"].sum(),
            loss=profit.loss,
        )
        found.append(Finding(text, "bad"))
    first = profit.table.iloc[0]
    found.append(
        Finding(
            message(
                "The most profitable tenth of the customers brings {share:pct1} of the profit of {profit:money} "
                "({low:money} to {high:money}).",
                share=first["share"],
                profit=profit.profit.estimate,
                low=profit.profit.ci_low,
                high=profit.profit.ci_high,
            )
        )
    )
    for column, table in profit.groups.groupby("breakdown", sort=False):
        ordered = table[table["group"] != NO_GROUP].sort_values("per_customer", kind="stable")
        errors = (ordered["ci_high"] - ordered["ci_low"]) / 2 / NormalDist().inv_cdf(0.975)
        if len(ordered) > 1 and _apart(ordered["per_customer"], errors):
            low, high = ordered.iloc[0], ordered.iloc[-1]
            text = message(
                "Per customer {best} brings most profit ({most:money}) and {worst} least ({least:money}).",
                best=spoken(str(column), high["group"], names),
                most=high["per_customer"],
                worst=spoken(str(column), low["group"], names),
                least=low["per_customer"],
            )
            found.append(Finding(text))
    return found


def check_findings(holdout: HoldoutCheck | None, last: LastForecast | None) -> list[Finding]:
    """Say how good the models were, and where a simple rule is as good."""
    found = [] if last is None else [last_finding(last)]
    if holdout is not None:
        found += [holdout_finding(holdout), *(Finding(text) for text in _rule_sentences(holdout))]
    return found


def holdout_finding(holdout: HoldoutCheck) -> Finding:
    """Say how many purchases the model told in the months held back."""
    off = holdout.predicted / holdout.actual - 1 if holdout.actual else float("inf")
    text = message(
        "Fitted without the last months, the model tells {told:int} purchases in them; {actual:int} happened "
        "({off:signed1} %).",
        told=holdout.predicted,
        actual=holdout.actual,
        off=100 * off,
    )
    return Finding(text, "good" if abs(off) <= OFF else "bad")


def last_finding(last: LastForecast) -> Finding:
    """Say how good the previous wave's forecast was: by its interval, and by how much it was off."""
    inside = last.amount.ci_low <= last.spent <= last.amount.ci_high
    off = last.amount.estimate / last.spent - 1 if last.spent else float("inf")
    text = message(
        "The previous wave forecast {told:money} ({low:money} to {high:money}) from {since:date} to {until:date}; "
        "customers spent {spent:money}, {place}: the forecast was off by {off:signed1} %.",
        told=last.amount.estimate,
        low=last.amount.ci_low,
        high=last.amount.ci_high,
        since=last.since,
        until=last.until,
        spent=last.spent,
        off=100 * off,
        place=message("inside the interval") if inside else message("outside the interval"),
    )
    return Finding(text, "good" if inside else "neutral" if abs(off) <= CLOSE else "bad")


def _rule_sentences(holdout: HoldoutCheck) -> list[Message]:
    rules = holdout.rules
    as_good = [METHODS[str(m)] for m in rules.loc[rules["verdict"] <= 0, "method"]]
    if not as_good:
        return [message("For single customers the model is clearly better than every simple rule.")]
    return [
        message("“{rule}” is as good as the model: where only that is needed, the simple rule will do.", rule=rule)
        for rule in as_good
    ]
