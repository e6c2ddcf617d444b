"""Chapter 40: what customers will be worth, how sure that is, and where the value sits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

from workbench.clv import CustomerValue, Fit, Purchases
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.report.blocks import Card, Finding
from workbench.report.chapter import Chapter, ChapterParameters
from workbench.store import Wave

LOST_BELOW = 0.5
Z_95 = 1.959964
VALUE_COLUMNS = {
    "group": Column(message("Group")),
    "customers": Column(message("Customers"), "int"),
    "value": Column(message("Value"), "money"),
    "per_customer": Column(message("Value per customer"), "money"),
    "ci_low": Column(message("Low (95 %)"), "money"),
    "ci_high": Column(message("High (95 %)"), "money"),
    "share": Column(message("Share of all value"), "pct1"),
    "alive": Column(message("Still customers (expected)"), "pct1"),
    "at_risk": Column(message("Customers more likely lost than not"), "int"),
}
FIT_COLUMNS = {
    "model": Column(message("Model")),
    "parameter": Column(message("Parameter")),
    "estimate": Column(message("Estimate"), "dec3"),
    "std_error": Column(message("Standard error"), "dec3"),
    "ci_low": Column(message("Low (95 %)"), "dec3"),
    "ci_high": Column(message("High (95 %)"), "dec3"),
}
MODEL_NAMES = {"purchases": message("purchases (BG/NBD)"), "spend": message("amount per purchase (gamma–gamma)")}


class ValueParameters(ChapterParameters):
    """Parameters of the notebook."""

    interval: float = 0.9
    seed: int = 1


def _left_out(wave: Wave) -> Message | None:
    if not wave.has("transactions"):
        return message("There are no orders, so nothing can be said about customer value.")
    return None


CHAPTER = Chapter(
    name="40_value",
    title=message("Customer value"),
    parameters=ValueParameters,
    reads=("transactions", "customers"),
    makes=("clv", "value_summary", "value_groups"),
    after=(),
    left_out=_left_out,
)


def value_summary(value: CustomerValue, purchases: Purchases, wave: Wave) -> pd.DataFrame:
    """Return the chapter's headline numbers in one row, to be kept."""
    row = value.summary.iloc[0]
    top = value.concentration.table.set_index("top")["share"]
    return pd.DataFrame(
        {
            "customers": [purchases.customers],
            "alive": [row["alive"]],
            "clv": [value.total.estimate],
            "ci_low": [value.total.ci_low],
            "ci_high": [value.total.ci_high],
            "level": [value.total.level],
            "gini": [value.concentration.gini],
            "top_10_share": [float(top[top.index[np.isclose(top.index, 0.1)][0]])],
            "horizon_months": [wave.config.value.horizon_months],
        }
    )


def value_groups(clv: pd.DataFrame, customers: pd.DataFrame | None, by: Sequence[str]) -> pd.DataFrame:
    """Add up value by the columns of the customer list.

    Returns
    -------
    DataFrame
        ``breakdown``, ``group``, ``customers``, ``value``, ``per_customer`` with ``std_error``, ``ci_low`` and
        ``ci_high`` (as if the group's customers were drawn from many like them), ``share``, ``alive`` (mean
        probability), ``at_risk`` (customers with a probability below one half of still being one).
    """
    parts = []
    joined = clv if customers is None else clv.merge(customers, on="customer_id", how="left")
    for column in by:
        if column not in joined:
            continue
        groups = joined.assign(lost=joined["probability_alive"] < LOST_BELOW).groupby(column, dropna=False)
        table = groups.agg(
            customers=("clv", "size"),
            value=("clv", "sum"),
            spread=("clv", "std"),
            alive=("probability_alive", "mean"),
            at_risk=("lost", "sum"),
        ).reset_index(names="group")
        parts.append(table.assign(breakdown=column))
    if not parts:
        return pd.DataFrame(columns=["breakdown", *VALUE_COLUMNS])
    table = pd.concat(parts, ignore_index=True)
    table["group"] = table["group"].fillna("–").astype(str)
    table["per_customer"] = table["value"] / table["customers"]
    table["std_error"] = table["spread"] / np.sqrt(table["customers"])
    table["ci_low"] = table["per_customer"] - Z_95 * table["std_error"]
    table["ci_high"] = table["per_customer"] + Z_95 * table["std_error"]
    table["share"] = table["value"] / clv["clv"].sum()
    return table[["breakdown", *VALUE_COLUMNS, "std_error"]]


def fit_table(purchases: Fit, spend: Fit) -> pd.DataFrame:
    """Return the parameters of both models in one table."""
    parts = [
        f.table.assign(model=pd.Series([MODEL_NAMES[n]] * len(f.table), dtype=object))
        for n, f in (("purchases", purchases), ("spend", spend))
    ]
    return pd.concat(parts, ignore_index=True)[list(FIT_COLUMNS)]


def value_cards(numbers: pd.DataFrame, before: pd.DataFrame | None) -> list[Card]:
    """Return the headline numbers of the chapter."""
    row = numbers.iloc[0]
    change = None
    if before is not None:
        ratio = row["clv"] / before.iloc[0]["clv"] - 1
        more = message("{share:pct1} more than forecast in the previous wave", share=ratio)
        change = more if ratio >= 0 else message("{share:pct1} less than forecast in the previous wave", share=-ratio)
    return [
        Card(
            message("Value of the next {months:int} months", months=row["horizon_months"]),
            message("{clv:money}", clv=row["clv"]),
            message(
                "{low:money} to {high:money} ({level:pct})", low=row["ci_low"], high=row["ci_high"], level=row["level"]
            ),
            change,
        ),
        Card(
            message("Still customers (expected)"),
            message("{alive:int}", alive=row["alive"]),
            message("of {n:int} who have ever bought", n=row["customers"]),
        ),
        Card(
            message("The best 10 % of customers"),
            message("{share:pct1}", share=row["top_10_share"]),
            message("of all value (Gini {gini:dec2})", gini=row["gini"]),
        ),
    ]


def value_findings(numbers: pd.DataFrame, groups: pd.DataFrame) -> list[Finding]:
    """Put the chapter's results into words."""
    row = numbers.iloc[0]
    found = [
        Finding(
            message(
                "Over the next {months:int} months the {n:int} customers are worth {clv:money} "
                "({low:money} to {high:money}).",
                months=row["horizon_months"],
                n=row["customers"],
                clv=row["clv"],
                low=row["ci_low"],
                high=row["ci_high"],
            )
        ),
        Finding(
            message(
                "{share:pct1} of that value comes from one customer in ten; about {lost:pct1} of those who have ever "
                "bought are no longer customers.",
                share=row["top_10_share"],
                lost=1 - row["alive"] / row["customers"],
            )
        ),
    ]
    found += [Finding(text) for text in _group_sentences(groups)]
    return found


def _group_sentences(groups: pd.DataFrame) -> list[Message]:
    """Name the groups worth more or less than all the others, where that is clearer than chance."""
    sentences = []
    for _, table in groups.groupby("breakdown", sort=False):
        limit = NormalDist().inv_cdf(1 - 0.025 / max(len(table), 1))  # Bonferroni over the groups
        overall = table["value"].sum() / table["customers"].sum()
        distance = (table["per_customer"] - overall) / table["std_error"]
        for place in (int(distance.to_numpy().argmax()), int(distance.to_numpy().argmin())):
            row = table.iloc[place]
            if abs(distance.iloc[place]) > limit and row["customers"] > 1:
                sentences.append(
                    message(
                        "A customer of {group} is worth {value:money} on average, against {overall:money} over all "
                        "customers.",
                        group=row["group"],
                        value=row["per_customer"],
                        overall=overall,
                    )
                )
    return sentences


def model_notes(fits: Mapping[str, Fit], value: CustomerValue) -> list[Note]:
    """Return what the models could not tell, and how the numbers are to be read."""
    verdicts = [Note(v, "caution") for f in fits.values() for v in f.verdicts]
    census = message(
        "Sums by group cover all customers, so they have no sampling error; the models' own uncertainty is that of the "
        "total, about ±{share:pct1}.",
        share=(value.total.ci_high - value.total.ci_low) / 2 / value.total.estimate,
    )
    return [*verdicts, *value.notes, Note(census)]
