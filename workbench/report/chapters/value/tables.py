"""Chapter 40's tables and cards: what customers are worth, profit by group, parameters of the models."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.clv import CustomerValue, Fit, ModelComparison, Models, OrderValue, ProfitContribution, Total
from workbench.clv.contracts.spells import KIND, STARTED_IN
from workbench.core.language import Message, Spoken, message
from workbench.core.money import MoneyInterval
from workbench.core.names import Column
from workbench.report.chapters.columns import CUSTOMERS, ESTIMATE, STD_ERROR
from workbench.report.chapters.value.chapter import UNTOLD, Contracts, Worth
from workbench.report.chapters.value.groups import breakdown_label
from workbench.report.site.blocks import Card

DRIVERS: dict[str, Message] = {
    "refunds": message("Refunds"),
    "goods": message("Cost of goods"),
    "contacts": message("Complaints and other contacts"),
    "service": message("Cost of service"),
}
LOW, HIGH = message("Low ({level:level})"), message("High ({level:level})")
WORTH_COLUMNS = {
    "measure": Column(message("Value")),
    "estimate": ESTIMATE,
    "ci_low": Column(LOW, "money"),
    "ci_high": Column(HIGH, "money"),
}
CONTRACT_GROUPS = {
    "alive": Column(message("Under contract"), "pct1"),
    "leaving": Column(message("Without a contract"), "people"),
}
COST_COLUMNS = {"contacts": Column(DRIVERS["contacts"], "money")}
RHYTHM_COLUMNS = {
    "days": Column(message("Usual days between purchases"), "dec1"),
    "shape": Column(message("Evenness of waits (k; 1 is random)"), "dec1"),
    "share": Column(message("Customers who waited twice or more"), "pct"),
    "same_amounts": Column(message("Customers who spend the same every time"), "pct"),
}
COHORT_COLUMNS = {"group": Column(message("First purchase in"))}
PROFIT_COLUMNS = {
    "group": Column(message("Group")),
    "customers": CUSTOMERS,
    "revenue": Column(message("Revenue"), "money"),
    "profit": Column(message("Profit"), "money"),
    "share": Column(message("Share of all profit"), "pct1"),
    "per_customer": Column(message("Profit per customer"), "money"),
    "ci_low": Column(LOW, "money"),
    "ci_high": Column(HIGH, "money"),
    "unprofitable": Column(message("Unprofitable customers"), "pct1"),
    "loss": Column(message("Loss"), "money"),
    "contacts": Column(DRIVERS["contacts"], "money"),
    "driver": Column(message("Main cost of the unprofitable")),
}
FIT_COLUMNS = {
    "model": Column(message("Model")),
    "parameter": Column(message("Parameter")),
    "estimate": ESTIMATE.styled("dec3"),
    "std_error": STD_ERROR,
    "ci_low": Column(LOW, "dec3"),
    "ci_high": Column(HIGH, "dec3"),
}


def value_cards(numbers: pd.DataFrame, before: pd.DataFrame | None) -> list[Card]:
    """Return the headline numbers of the chapter."""
    row = numbers.iloc[0]
    title = message("Value of the next {months:int} months", months=row["horizon_months"])
    worth = message("{clv:money}", clv=row["clv"])
    if row["basis"] == "last year":
        rule = message("last year's amounts carried on; a rule without an interval")
        cards = [Card(title, worth, rule)]
    else:
        around = MoneyInterval(row["clv"], row["ci_low"], row["ci_high"])
        cards = [Card(title, worth, _within(around, row["level"]), _change(row, before)), *_staying_cards(row)]
    if row["top_10_share"] == row["top_10_share"]:
        top = message(
            "of all value ({low:pct1} to {high:pct1}; Gini {gini:dec2})",
            low=row["top_10_low"],
            high=row["top_10_high"],
            gini=row["gini"],
        )
        cards.append(
            Card(message("The best 10 % of customers"), message("{share:pct1}", share=row["top_10_share"]), top)
        )
    return cards


def _within(around: MoneyInterval, level: float) -> Message:
    return message("{worth}, {level:level}", worth=around, level=level)


def _change(row: pd.Series, before: pd.DataFrame | None) -> Message | None:
    # two forecasts side by side; whether they differ by more than chance is not said here
    if before is None or before.iloc[0].get("basis") == "last year" or not before.iloc[0]["clv"] > 0:
        return None
    ratio = row["clv"] / before.iloc[0]["clv"] - 1
    if ratio >= 0:
        return message("{share:pct1} more than forecast in the previous wave", share=ratio)
    return message("{share:pct1} less than forecast in the previous wave", share=-ratio)


def _staying_cards(row: pd.Series) -> list[Card]:
    alive, risk = message("{alive:int}", alive=row["alive"]), message("{clv:money}", clv=row["at_risk"])
    if row["basis"] in ("contracts", "regular"):
        contract = row["basis"] == "contracts"
        label = message("Customers under contract") if contract else message("Customers who still buy regularly")
        whole = message("of {n:int} who ever had a contract", n=row["customers"])
        ever = whole if contract else message("of {n:int} who have ever bought", n=row["customers"])
        lost = message("would be added if nobody left")
        return [Card(label, alive, ever), Card(message("Value at risk"), risk, lost)]
    held, whole = message("Still customers (expected)"), message("of {n:int} who have ever bought", n=row["customers"])
    if row["basis"] == "silent":
        unknown = message("cannot be told from these orders")
        everybody = message("{n:int}", n=row["customers"])
        return [
            Card(message("Customers"), everybody, message("have ever bought; who has left {unknown}", unknown=unknown)),
            Card(message("Value at risk"), message("–"), unknown),
        ]
    gone = message("is lost with those who have left already")
    return [Card(held, alive, whole), Card(message("Value at risk"), risk, gone)]


def worth_table(worth: Worth, contracts: Contracts | None, months: int) -> pd.DataFrame:
    """Return what customers, a new customer and running contracts are worth, in the horizon and of all time."""
    rows: list[tuple[Message, Total]] = []
    value = worth.told
    if isinstance(value, CustomerValue):
        # where nobody seems to leave, a sum over all time means nothing
        ever = worth.basis != "silent"
        rows += [
            (message("All customers, next {months:int} months", months=months), value.total),
            *([(message("All customers, all time"), value.lifetime)] if ever else []),
            (message("A new customer's repeat purchases, {months:int} months", months=months), value.new_customer),
            *([(message("A new customer's repeat purchases, all time"), value.new_customer_lifetime)] if ever else []),
        ]
    elif value is not None and worth.basis == "regular":
        rows += [
            (message("All customers, next {months:int} months", months=months), value.total),
            (message("All customers, all time"), value.lifetime),
        ]
    elif value is None:
        rows.append((message("Last year's amounts carried on, {months:int} months", months=months), worth.total))
    if contracts is not None:
        rows += [
            (message("Running contracts, next {months:int} months", months=months), contracts.value.total),
            (message("Running contracts, all time"), contracts.value.lifetime),
        ]
    kept = [(text, total) for text, total in rows if total.estimate == total.estimate]
    return pd.DataFrame(
        {
            "measure": pd.Series([text for text, _ in kept], dtype=object),
            "estimate": [t.estimate for _, t in kept],
            "ci_low": [t.ci_low for _, t in kept],
            "ci_high": [t.ci_high for _, t in kept],
        }
    ).dropna(axis=1, how="all")


def shown_groups(groups: pd.DataFrame, worth: Worth) -> pd.DataFrame:
    """Return value by group with the columns that its basis tells."""
    untold = ["alive", "leaving", "at_risk"] if worth.basis in UNTOLD else []
    return groups.drop(columns=["std_error", *untold])


def group_columns(worth: Worth) -> dict[str, Column]:
    """Return labels of value by group that differ by its basis."""
    return CONTRACT_GROUPS if worth.basis == "contracts" else {}


def stay_caption(column: str, labels: Mapping[str, Spoken]) -> Message:
    """Return the caption of a table of how long contracts last."""
    if column == STARTED_IN:
        return message("How long contracts last, by the year in which they began")
    if column == KIND:
        return message("How long contracts last, by kind")
    return message("How long contracts last, by {group}", group=breakdown_label(column, labels))


def shown_profit(profit: ProfitContribution, column: str) -> pd.DataFrame:
    """Return profit by one breakdown: without losses where nobody is unprofitable, else with what makes them so."""
    shown = profit.groups[profit.groups["breakdown"] == column].drop(columns="breakdown")
    if not profit.unprofitable:
        return shown.drop(columns=["unprofitable", "loss", "driver"])
    named = [None if pd.isna(d) else DRIVERS[d] for d in shown["driver"]]
    return shown.assign(driver=pd.Series(named, index=shown.index, dtype=object))


def drivers_table(profit: ProfitContribution) -> pd.DataFrame:
    """Return what makes customers unprofitable, in words."""
    return profit.drivers.assign(driver=pd.Series([DRIVERS[d] for d in profit.drivers["driver"]], dtype=object))


def if_any(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return a table in a list, an empty list where it has no rows."""
    return [rows] if len(rows) else []


def rhythm_tables(orders: OrderValue) -> list[tuple[pd.DataFrame, Mapping[str, Column], str, Message]]:
    """Return what is shown of buyers with a rhythm: rows, columns, name and caption; nothing where there is none."""
    if not orders.rhythm.told:
        return []
    first = (orders.rhythm.table, RHYTHM_COLUMNS, "rhythm", message("How regularly customers buy"))
    check = orders.compared
    return [first, *([] if check is None else [(check.named, check.columns, "regular-check", check.caption)])]


def compared(models: Models) -> list[ModelComparison]:
    """Return the comparison of models, an empty list where none was fitted."""
    return [] if models.compared is None else [models.compared]


def fit_table(models: Models, level: float) -> pd.DataFrame:
    """Return the parameters of the models of purchases and of amounts in one table."""
    fits = [f for f in (models.buying, models.spending) if isinstance(f, Fit)]
    parts = [f.intervals(level).assign(model=pd.Series([f.model.label] * len(f.table), dtype=object)) for f in fits]
    return pd.concat(parts, ignore_index=True)[list(FIT_COLUMNS)] if parts else pd.DataFrame(columns=list(FIT_COLUMNS))
