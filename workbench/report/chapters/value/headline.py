"""Chapter 40's headline: cards, the findings that come first, and how the numbers are to be read."""

from __future__ import annotations

import pandas as pd

from workbench.clv import HoldoutCheck
from workbench.clv.value.terms import NO_GROUP
from workbench.clv.value.value_groups import differs
from workbench.core.language import Message, message
from workbench.core.results import Note
from workbench.report.chapters.value.chapter import Basis, FromOrders
from workbench.report.chapters.value.checks import LastForecast
from workbench.report.chapters.value.groups import OTHERS
from workbench.report.chapters.value.keep import KeepList
from workbench.report.chapters.value.words import Names, holdout_finding, last_finding, spoken
from workbench.report.site.blocks import Card, Finding

MOST_SENTENCES = 4
FEWEST = 30  # customers of a group that a sentence is about


def value_cards(numbers: pd.DataFrame, before: pd.DataFrame | None, basis: Basis = "orders") -> list[Card]:
    """Return the headline numbers of the chapter; none where nothing could be valued."""
    if not len(numbers):
        return []
    row = numbers.iloc[0]
    change = None
    if before is not None and len(before):
        ratio = row["clv"] / before.iloc[0]["clv"] - 1
        more = message("{share:pct1} more than forecast in the previous wave", share=ratio)
        change = more if ratio >= 0 else message("{share:pct1} less than forecast in the previous wave", share=-ratio)
    within = message(
        "{low:money} to {high:money} ({level:pct})", low=row["ci_low"], high=row["ci_high"], level=row["level"]
    )
    top = message(
        "of all value ({low:pct1} to {high:pct1}; Gini {gini:dec2})",
        low=row["top_10_low"],
        high=row["top_10_high"],
        gini=row["gini"],
    )
    title = message("Value of the next {months:int} months", months=row["horizon_months"])
    return [
        Card(title, message("{clv:money}", clv=row["clv"]), within, change),
        *_staying_cards(row, basis),
        Card(message("The best 10 % of customers"), message("{share:pct1}", share=row["top_10_share"]), top),
    ]


def _staying_cards(row: pd.Series, basis: Basis) -> list[Card]:
    alive, risk = message("{alive:int}", alive=row["alive"]), message("{clv:money}", clv=row["at_risk"])
    if basis == "contracts":
        whole = message("of {n:int} who ever had a contract", n=row["customers"])
        lost = message("would be added if no contract ended")
        return [Card(message("Customers under contract"), alive, whole), Card(message("Value at risk"), risk, lost)]
    held, whole = message("Still customers (expected)"), message("of {n:int} who have ever bought", n=row["customers"])
    if basis == "silent":
        unknown = message("cannot be told from these orders")
        return [
            Card(
                message("Customers"),
                message("{n:int}", n=row["customers"]),
                message("how many have left cannot be told from these orders"),
            ),
            Card(message("Value at risk"), message("–"), unknown),
        ]
    lost = message("would be added if nobody had left yet")
    return [Card(held, alive, whole), Card(message("Value at risk"), risk, lost)]


def value_findings(
    numbers: pd.DataFrame,
    groups: pd.DataFrame,
    names: Names | None = None,
    kept: KeepList | None = None,
    checks: tuple[LastForecast | None, HoldoutCheck | None] = (None, None),
    basis: Basis = "orders",
) -> list[Finding]:
    """Say what customers are worth, how good the last forecast was, whom to keep, and who is clearly worth more.

    Parameters
    ----------
    numbers
        Headline numbers.
    groups
        Value by groups.
    names
        Names of groups in words.
    kept
        Whom to keep.
    checks
        Last wave's forecast; or, where there is none, what a holdout says.
    basis
        What the values rest on.
    """
    if not len(numbers):
        return [Finding(message("Contracts without amounts, or of which none has ended, tell no value."))]
    row = numbers.iloc[0]
    worth = message(
        "Over the next {months:int} months the {n:int} customers are worth {clv:money} ({low:money} to {high:money}).",
        months=row["horizon_months"],
        n=row["customers"],
        clv=row["clv"],
        low=row["ci_low"],
        high=row["ci_high"],
    )
    found = [Finding(worth)]
    last, holdout = checks
    if last is not None:
        found.append(last_finding(last))
    elif holdout is not None:
        found.append(holdout_finding(holdout))
    lost = 1 - row["alive"] / row["customers"]
    gone = {
        "contracts": message("{lost:pct1} of those who ever had a contract have none now", lost=lost),
        "silent": message("how many of those who have ever bought have left cannot be told"),
        "orders": message("about {lost:pct1} of those who have ever bought are no longer customers", lost=lost),
    }
    top = message(
        "{share:pct1} of that value comes from one customer in ten; {gone}.",
        share=row["top_10_share"],
        gone=gone[basis],
    )
    found.append(Finding(top))
    if kept is not None and len(kept.customers):
        found.append(_keep_finding(kept, float(row["at_risk"]), basis))
    return found + [Finding(text) for text in _group_sentences(groups, names or {})]


def _keep_finding(kept: KeepList, whole: float, basis: Basis) -> Finding:
    n, risk = int(kept.table["customers"].sum()), float(kept.table["at_risk"].sum())
    if basis == "contracts":
        text = message(
            "{risk:money} are at risk with {n:int} customers under contract; the {listed:int} with most at stake are "
            "listed in the wave's folder.",
            risk=risk,
            n=n,
            listed=len(kept.customers),
        )
    else:
        text = message(
            "Of the {whole:money} at risk {risk:money} lie with {n:int} customers still within reach; the {listed:int} "
            "with most at stake are listed in the wave's folder.",
            whole=whole,
            risk=risk,
            n=n,
            listed=len(kept.customers),
        )
    return Finding(text, "bad")


def _group_sentences(groups: pd.DataFrame, names: Names) -> list[Message]:
    """Name the groups worth most and least, where that is clearer than chance."""
    sentences = []
    for column, table in groups.groupby("breakdown", sort=False):
        overall = table["value"].sum() / table["customers"].sum()
        known = ~table["group"].isin([NO_GROUP, OTHERS]) & (table["customers"] >= FEWEST)
        table = table[known].reset_index(drop=True)
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
            "these were {off:pct1} of the total.",
            off=off,
        )
        found.append(Note(text, "caution"))
    return found
