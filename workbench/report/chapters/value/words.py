"""Chapter 40 in words: what is claimed of value, leaving, contracts, profit and forecasts, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.clv import (
    Fit,
    OrderValue,
    ProfitContribution,
    RetentionCurve,
    Total,
    compare_group_values,
)
from workbench.clv.models.regular_nbd import RegularNbd
from workbench.clv.value.terms import NO_GROUP
from workbench.core.findings import Evidence, Finding
from workbench.core.groups import OTHERS
from workbench.core.language import message, plural
from workbench.core.money import MoneyInterval
from workbench.core.results import Note
from workbench.estimation.comparisons import ExtremeGap, compare_extremes
from workbench.report.chapters.value.chapter import Worth
from workbench.report.chapters.value.groups import Names, spoken

SMALLEST = 30  # customers of a group that a sentence is about
OFF, CLOSE = 0.1, 0.05
STARTED_IN = "started_in"


def worth_findings(worth: Worth, numbers: pd.DataFrame, share_left: Total | None) -> list[Finding]:
    """Say what customers are worth, where that value sits, and how many have left."""
    row = numbers.iloc[0]
    found = [_total(row) if worth.is_forecast else _last_year(row)]
    if row["top_10_share"] == row["top_10_share"]:
        text = message("{share:pct1} of that value comes from one customer in ten.", share=row["top_10_share"])
        proof = measured_evidence(
            "concentration-table", row["top_10_share"], row["top_10_low"], row["top_10_high"], row["customers"]
        )
        found.append(Finding(id="value.top", message=text, evidence=proof, claim="estimate", importance=60))
    if share_left is not None:
        text = message(
            "About {lost:pct1} of those who have ever bought are no longer customers ({low:pct1} to {high:pct1}).",
            lost=share_left.estimate,
            low=share_left.ci_low,
            high=share_left.ci_high,
        )
        proof = measured_evidence(
            "value_summary", share_left.estimate, share_left.ci_low, share_left.ci_high, row["customers"]
        )
        found.append(Finding(id="value.left", message=text, evidence=proof, claim="estimate", importance=55))
    elif worth.basis == "contracts":
        lost = 1 - row["alive"] / row["customers"]
        text = message("{lost:pct1} of those who ever had a contract have none now.", lost=lost)
        proof = Evidence(source="value_summary", estimate=lost, n=int(row["customers"]), minimum_base=1)
        found.append(Finding(id="value.left", message=text, evidence=proof, claim="count", importance=55))
    return found


def _total(row: pd.Series) -> Finding:
    text = plural(
        "Over the next {months:int} months the {n:int} customer is worth {worth}.",
        "Over the next {months:int} months the {n:int} customers are worth {worth}.",
        months=row["horizon_months"],
        n=row["customers"],
        worth=MoneyInterval(row["clv"], row["ci_low"], row["ci_high"]),
    )
    proof = measured_evidence("worth", row["clv"], row["ci_low"], row["ci_high"], row["customers"])
    return Finding(id="value.total", message=text, evidence=proof, claim="estimate", importance=90)


def _last_year(row: pd.Series) -> Finding:
    if not row["clv"] > 0:
        text = message("No model can forecast these orders, and the last twelve months brought nothing.")
        proof = Evidence(source="worth", estimate=float(row["customers"]), minimum_base=1)
        return Finding(id="value.last_year", message=text, evidence=proof, claim="count", importance=90)
    text = message(
        "No model can forecast these orders; last year's amounts, carried on over {months:int} months, come to "
        "{clv:money}.",
        months=row["horizon_months"],
        clv=row["clv"],
    )
    proof = Evidence(source="worth", estimate=row["clv"], minimum_base=1)
    return Finding(id="value.last_year", message=text, evidence=proof, claim="count", importance=90)


def measured_evidence(source: str, estimate: float, low: float, high: float, n: float) -> Evidence:
    """Return the evidence of an estimate with its interval."""
    return Evidence(source=source, estimate=estimate, ci_low=low, ci_high=high, n=int(n))


def group_findings(groups: pd.DataFrame, names: Names) -> list[Finding]:
    """Name the groups worth more or less than the rest, of all groups of all breakdowns (Holm)."""
    known = ~groups["group"].isin([NO_GROUP, OTHERS]) & (groups["customers"] >= SMALLEST)
    several = known.groupby(groups["breakdown"]).transform("sum") > 1
    judged = known & several
    tested = compare_group_values(groups, judged)[judged]
    found = []
    for column, rows in tested.groupby("breakdown", sort=False):
        ordered = rows.sort_values("per_customer", ascending=False, kind="stable")
        for place in (0, -1):
            row = ordered.iloc[place]
            text = message(
                "A customer of {group} is worth {value:money} on average, against {overall:money} over all customers.",
                group=spoken(str(column), row["group"], names),
                value=row["per_customer"],
                overall=row["overall"],
            )
            right_way = (row["z"] > 0) == (place == 0)
            proof = Evidence(
                source=f"value-{column}",
                row=f"{column} = {row['group']}",
                estimate=row["per_customer"] - row["overall"],
                p_value=row["p_value"] if right_way else 1.0,
                family=len(tested),
                n=int(row["customers"]),
            )
            place_name = f"value.group:{column}={row['group']}"
            found.append(Finding(id=place_name, message=text, evidence=proof, claim="difference", importance=40))
    return found


def staying_findings(whole: RetentionCurve, by: Mapping[str, RetentionCurve], names: Names) -> list[Finding]:
    """Say how many are still there after a year, and which groups lose more.

    Groups are those that a customer has from the start. Groups made from what was bought lately hold, by their making,
    those who have left and those who have not: read backwards, they would differ where customers are all alike.
    """
    found = []
    year = whole.table[whole.table["age"] >= 12].head(1)
    for row in year.to_dict("records"):
        text = message(
            "{months:int} months after their first purchase {share:pct1} of the customers still are customers "
            "({low:pct1} to {high:pct1}).",
            months=row["age"],
            share=row["retained"],
            low=row["ci_low"],
            high=row["ci_high"],
        )
        proof = measured_evidence("retention", row["retained"], row["ci_low"], row["ci_high"], row["customers"])
        found.append(Finding(id="staying.after_12", message=text, evidence=proof, claim="estimate", importance=60))
    for column, curve in by.items():
        table = curve.table[curve.table["group"] != NO_GROUP]
        age = min(12.0, float(table.groupby("group")["age"].max().min())) if len(table) else 0.0
        last = table[(table["age"] - age).abs() < 0.5].drop_duplicates("group").sort_values("retained", kind="stable")
        if len(last) < 2 or age < 3:
            continue
        # as if each group's customers were drawn from many like them
        errors = (last["retained"] * (1 - last["retained"]) / last["customers"]) ** 0.5
        apart = compare_extremes(last["retained"].tolist(), errors.tolist(), families=len(by))
        low, high = last.iloc[apart.low], last.iloc[apart.high]
        text = message(
            "After {months:int} months {few:pct} of {group} still are customers, but {many:pct} of {other}.",
            months=age,
            few=low["retained"],
            group=spoken(column, low["group"], names),
            many=high["retained"],
            other=spoken(column, high["group"], names),
        )
        proof = apart_evidence(f"retention-{column}", apart)
        found.append(Finding(id=f"staying.differs:{column}", message=text, evidence=proof, claim="difference"))
    return found


def apart_evidence(source: str, found: ExtremeGap) -> Evidence:
    """Return the evidence of two groups that were picked as the extremes of many."""
    return Evidence(source=source, estimate=found.gap, p_value=found.p_value, family=found.pairs)


def profit_findings(profit: ProfitContribution, names: Names) -> list[Finding]:
    """Say who costs more than they bring, and which groups bring most and least for their size."""
    found = []
    active = int(profit.table["customers"].sum())
    if profit.unprofitable:
        text = plural(
            "{n:people} customer ({share:pct1} of those active) cost more than it brought in the last "
            "twelve months, {loss:money}.",
            "{n:people} customers ({share:pct1} of those active) cost more than they brought in the "
            "last twelve months, {loss:money} together.",
            n=profit.unprofitable,
            share=profit.unprofitable / active,
            loss=profit.loss,
        )
        proof = Evidence(source="profit-deciles", estimate=profit.unprofitable, minimum_base=1)
        found.append(
            Finding(id="profit.negative", message=text, evidence=proof, claim="count", importance=60, tone="bad")
        )
    first, total = profit.table.iloc[0], profit.profit
    text = message(
        "The most profitable tenth of the customers brings {share:pct1} of the profit of {profit}.",
        share=first["share"],
        profit=MoneyInterval(total.estimate, total.ci_low, total.ci_high),
    )
    proof = measured_evidence("profit-deciles", total.estimate, total.ci_low, total.ci_high, active)
    found.append(Finding(id="profit.top", message=text, evidence=proof, claim="estimate", importance=55))
    parts = dict(list(profit.groups.groupby("breakdown", sort=False)))
    for name, table in parts.items():
        column = str(name)
        rows = table[table["group"] != NO_GROUP]
        if len(rows) < 2:
            continue
        apart = compare_extremes(rows["per_customer"].tolist(), rows["std_error"].tolist(), families=len(parts))
        low, high = rows.iloc[apart.low], rows.iloc[apart.high]
        text = message(
            "Per customer {best} brings most profit ({most:money}) and {worst} least ({least:money}).",
            best=spoken(column, high["group"], names),
            most=high["per_customer"],
            worst=spoken(column, low["group"], names),
            least=low["per_customer"],
        )
        proof = apart_evidence(f"profit-{column}", apart)
        found.append(Finding(id=f"profit.differs:{column}", message=text, evidence=proof, claim="difference"))
    return found


def model_notes(orders: OrderValue) -> list[Note]:
    """Return which models were used, what they could not tell, and how the numbers are to be read."""
    models = orders.models
    found = []
    if models.buying is not None and models.leaving is not None and orders.kind == "models":
        both = {"model": models.buying.model.label, "other": models.leaving.model.label}
        same = models.leaving is models.buying
        chosen = message("Purchases are told by {model}.", model=both["model"])
        found.append(Note(chosen if same else message("Purchases are told by {model}, who stays by {other}.", **both)))
        if isinstance(models.buying.model, RegularNbd):
            found.append(
                Note(
                    message(
                        "Waits between purchases are more even than at random (k = {k:int}): the longer the silence "
                        "after a usual wait, the likelier a customer has left.",
                        k=models.buying.model.shape,
                    )
                )
            )
        fits = [f for f in (models.buying, models.spending) if isinstance(f, Fit)]
        found += [Note(v, "caution") for f in fits for v in f.verdicts]
        found += [n for f in fits for n in f.notes if n.message not in set(f.verdicts)]
    if orders.kind == "regular":
        text = message(
            "Customers buy as by calendar, every {days:int} days: their runs of purchases are valued like contracts, "
            "and whoever is overdue by half that time counts as gone.",
            days=orders.rhythm.days,
        )
        found.append(Note(text))
    return [*found, *orders.notes]
