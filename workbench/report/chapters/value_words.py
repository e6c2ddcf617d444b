"""Chapter 40 in words: headline numbers, findings from rules, and what the models could not tell."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
import pandas as pd

from workbench.clv import HoldoutCheck, ProfitContribution, RetentionCurve
from workbench.clv.heuristics import METHODS
from workbench.clv.terms import NO_GROUP
from workbench.clv.value_groups import differs
from workbench.core.language import Message, Spoken, message
from workbench.core.results import Note
from workbench.report.blocks import Card, Finding
from workbench.report.chapters.value import FromOrders
from workbench.report.chapters.value_checks import LastForecast
from workbench.report.chapters.value_contract_worth import ContractValue
from workbench.report.chapters.value_contracts import STARTED_IN
from workbench.report.chapters.value_keep import KeepList
from workbench.report.chapters.value_renewals import RenewalCheck, Renewals, renewal_words

OFF = 0.1
CLOSE = 0.05
MOST_SENTENCES = 4
Names = Mapping[str, Mapping[str, Spoken]]


def value_cards(numbers: pd.DataFrame, before: pd.DataFrame | None, *, contracts_only: bool = False) -> list[Card]:
    """Return the headline numbers of the chapter; none where nothing could be valued."""
    if not len(numbers):
        return []
    row = numbers.iloc[0]
    change = None
    if before is not None and len(before):
        ratio = row["clv"] / before.iloc[0]["clv"] - 1
        more = message("{share:pct1} more than forecast in the previous wave", share=ratio)
        change = more if ratio >= 0 else message("{share:pct1} less than forecast in the previous wave", share=-ratio)
    held = message("Customers under contract") if contracts_only else message("Still customers (expected)")
    of_all = (
        message("of {n:int} who ever had a contract", n=row["customers"])
        if contracts_only
        else message("of {n:int} who have ever bought", n=row["customers"])
    )
    lost = (
        message("would be added if no contract ended")
        if contracts_only
        else message("would be added if nobody had left yet")
    )
    within = message(
        "{low:money} to {high:money} ({level:pct})", low=row["ci_low"], high=row["ci_high"], level=row["level"]
    )
    top = message(
        "of all value ({low:pct1} to {high:pct1}; Gini {gini:dec2})", low=row["top_10_low"], high=row["top_10_high"],
        gini=row["gini"],
    )  # fmt: skip
    title = message("Value of the next {months:int} months", months=row["horizon_months"])
    return [
        Card(title, message("{clv:money}", clv=row["clv"]), within, change),
        Card(held, message("{alive:int}", alive=row["alive"]), of_all),
        Card(message("Value at risk"), message("{clv:money}", clv=row["at_risk"]), lost),
        Card(message("The best 10 % of customers"), message("{share:pct1}", share=row["top_10_share"]), top),
    ]


def value_findings(
    numbers: pd.DataFrame, groups: pd.DataFrame, names: Names | None = None, kept: KeepList | None = None,
    last: LastForecast | None = None, *, contracts_only: bool = False,
) -> list[Finding]:  # fmt: skip
    """Say what customers are worth, whom to keep, and which groups are clearly worth more or less."""
    if not len(numbers):
        return [Finding(message("Contracts without amounts, or of which none has ended, tell no value."))]
    row = numbers.iloc[0]
    lost = 1 - row["alive"] / row["customers"]
    gone = (
        message("{lost:pct1} of those who ever had a contract have none now", lost=lost)
        if contracts_only
        else message("about {lost:pct1} of those who have ever bought are no longer customers", lost=lost)
    )
    worth = message(
        "Over the next {months:int} months the {n:int} customers are worth {clv:money} ({low:money} to {high:money}).",
        months=row["horizon_months"], n=row["customers"], clv=row["clv"], low=row["ci_low"], high=row["ci_high"],
    )  # fmt: skip
    top = message(
        "{share:pct1} of that value comes from one customer in ten; {gone}.", share=row["top_10_share"], gone=gone
    )
    found = [Finding(worth), *([last_finding(last)] if last is not None else []), Finding(top)]
    if kept is not None and len(kept.customers):
        n, risk = int(kept.table["customers"].sum()), float(kept.table["at_risk"].sum())
        text = (
            message(
                "{risk:money} are at risk with {n:int} customers under contract; the {listed:int} with most at stake "
                "are listed in the wave's folder.", risk=risk, n=n, listed=len(kept.customers),
            )
            if contracts_only
            else message(
                "Of the {whole:money} at risk {risk:money} lie with {n:int} customers still within reach; the "
                "{listed:int} with most at stake are listed in the wave's folder.", whole=row["at_risk"], risk=risk,
                n=n, listed=len(kept.customers),
            )
        )  # fmt: skip
        found.append(Finding(text, "bad"))
    return found + [Finding(text) for text in _group_sentences(groups, names or {})]


def contract_findings(
    stays: Mapping[str, pd.DataFrame], renewals: Renewals | None, worth: ContractValue | None,
    check: RenewalCheck | None, names: Names,
) -> list[Finding]:  # fmt: skip
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
            "month.", share=every["after_12"], low=every["ci_low"], high=every["ci_high"], rate=every["churn"],
        )  # fmt: skip
        found.append(Finding(text))
    for column, table in stays.items():
        rows = table[~table["group"].isin(["", NO_GROUP]) & (table["ended"] > 0)].sort_values("churn", kind="stable")
        errors = rows["ended"] ** -0.5
        # those that began lately have not had their first renewal yet
        if column not in ("", STARTED_IN) and len(rows) > 1 and _apart(np.log(rows["churn"]), errors):
            low, high = rows.iloc[0], rows.iloc[-1]
            text = message(
                "Contracts of {group} end at {fast:pct1} a month, those of {other} at {slow:pct1}.",
                group=spoken(str(column), high["group"], names), fast=high["churn"],
                other=spoken(str(column), low["group"], names), slow=low["churn"],
            )  # fmt: skip
            found.append(Finding(text))
    said = renewal_words(renewals) if renewals is not None else None
    if said is not None:
        found.append(Finding(said))
    if worth is not None:
        text = message(
            "The running contracts bring {clv:money} in the horizon ({low:money} to {high:money}).",
            clv=worth.total.estimate, low=worth.total.ci_low, high=worth.total.ci_high,
        )  # fmt: skip
        found.append(Finding(text))
    if check is not None and check.happened:
        off = check.told / check.happened - 1
        text = message(
            "Fitted without the last {months:int} months, the model tells {told:int} ended contracts in them; "
            "{happened:int} ended ({off:signed1} %).", months=check.months, told=check.told, happened=check.happened,
            off=100 * off,
        )  # fmt: skip
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


def _group_sentences(groups: pd.DataFrame, names: Names) -> list[Message]:
    """Name the groups worth most and least, where that is clearer than chance."""
    sentences = []
    for column, table in groups.groupby("breakdown", sort=False):
        overall = table["value"].sum() / table["customers"].sum()
        table = table[table["group"] != NO_GROUP].reset_index(drop=True)
        if len(table) < 2:
            continue
        side = differs(table)
        ordered = table.assign(side=side).sort_values("per_customer", ascending=False, kind="stable")
        for place, wanted in ((0, 1), (-1, -1)):
            row = ordered.iloc[place]
            if row["side"] == wanted and row["customers"] > 1:
                sentences.append(
                    message(
                        "A customer of {group} is worth {value:money} on average, against {overall:money} over all "
                        "customers.",
                        group=spoken(str(column), row["group"], names),
                        value=row["per_customer"],
                        overall=overall,
                    )
                )
    return sentences[:MOST_SENTENCES]


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
                    months=row["age"], share=row["retained"], low=row["ci_low"], high=row["ci_high"],
                )
            )
        )  # fmt: skip
    for column, curve in by.items():
        table = curve.table[curve.table["group"] != NO_GROUP]
        age = min(12.0, table.groupby("group")["age"].max().min()) if len(table) else 0.0
        last = table[(table["age"] - age).abs() < 0.5].drop_duplicates("group").sort_values("retained", kind="stable")
        if column != "tier" and len(last) > 1 and age >= 3 and _apart(last["retained"], _drawn(last)):
            low, high = last.iloc[0], last.iloc[-1]
            text = message(
                "After {months:int} months {few:pct} of {group} still are customers, but {many:pct} of {other}.",
                months=age, few=low["retained"], group=spoken(str(column), low["group"], names), many=high["retained"],
                other=spoken(str(column), high["group"], names),
            )  # fmt: skip
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
            n=profit.unprofitable, share=profit.unprofitable / profit.table["customers"].sum(), loss=profit.loss,
        )  # fmt: skip
        found.append(Finding(text, "bad"))
    first = profit.table.iloc[0]
    found.append(
        Finding(
            message("The most profitable tenth of the customers brings {share:pct1} of the profit of {profit:money} "
                    "({low:money} to {high:money}).", share=first["share"], profit=profit.profit.estimate,
                    low=profit.profit.ci_low, high=profit.profit.ci_high)
        )
    )  # fmt: skip
    for column, table in profit.groups.groupby("breakdown", sort=False):
        ordered = table[table["group"] != NO_GROUP].sort_values("per_customer", kind="stable")
        errors = (ordered["ci_high"] - ordered["ci_low"]) / 2 / NormalDist().inv_cdf(0.975)
        if len(ordered) > 1 and _apart(ordered["per_customer"], errors):
            low, high = ordered.iloc[0], ordered.iloc[-1]
            text = message(
                "Per customer {best} brings most profit ({most:money}) and {worst} least ({least:money}).",
                best=spoken(str(column), high["group"], names), most=high["per_customer"],
                worst=spoken(str(column), low["group"], names), least=low["per_customer"],
            )  # fmt: skip
            found.append(Finding(text))
    return found


def check_findings(holdout: HoldoutCheck | None, last: LastForecast | None) -> list[Finding]:
    """Say how good the models were, and where a simple rule is as good."""
    found = []
    if last is not None:
        found.append(last_finding(last))
    if holdout is not None:
        off = holdout.predicted / holdout.actual - 1 if holdout.actual else float("inf")
        text = message(
            "Fitted without the last months, the model tells {told:int} purchases in them; {actual:int} happened "
            "({off:signed1} %).", told=holdout.predicted, actual=holdout.actual, off=100 * off,
        )  # fmt: skip
        found.append(Finding(text, "good" if abs(off) <= OFF else "bad"))
        found += [Finding(text) for text in _rule_sentences(holdout)]
    return found


def last_finding(last: LastForecast) -> Finding:
    """Say how good the previous wave's forecast was: by its interval, and by how much it was off."""
    inside = last.amount.ci_low <= last.spent <= last.amount.ci_high
    off = last.amount.estimate / last.spent - 1 if last.spent else float("inf")
    text = message(
        "The previous wave forecast {told:money} ({low:money} to {high:money}) from {since:date} to {until:date}; "
        "customers spent {spent:money}, {place}: the forecast was off by {off:signed1} %.",
        told=last.amount.estimate, low=last.amount.ci_low, high=last.amount.ci_high, since=last.since, until=last.until,
        spent=last.spent, off=100 * off,
        place=message("inside the interval") if inside else message("outside the interval"),
    )  # fmt: skip
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


def model_notes(orders: FromOrders, last: LastForecast | None) -> list[Note]:
    """Return which model was used, what the models could not tell, and how the numbers are to be read."""
    models, value = orders.models, orders.value
    chosen = Note(message("Purchases are told by {model}.", model=models.buying.model.label))
    if models.leaving is not models.buying:
        both = {"model": models.buying.model.label, "other": models.leaving.model.label}
        chosen = Note(message("Purchases are told by {model}, who stays by {other}.", **both))
    verdicts = [Note(v, "caution") for f in (models.buying, models.spending) for v in f.verdicts]
    own = [n for f in (models.buying, models.spending) for n in f.notes if n.message not in set(f.verdicts)]
    found = [chosen, *verdicts, *own, *value.notes]
    if last is not None and not last.amount.ci_low <= last.spent <= last.amount.ci_high:
        off = abs(last.amount.estimate / last.spent - 1) if last.spent else 1.0
        text = message(
            "Intervals hold chance and what the models are unsure of, not errors of the models themselves: last time "
            "these were {off:pct1} of the total.", off=off,
        )  # fmt: skip
        found.append(Note(text, "caution"))
    return found
