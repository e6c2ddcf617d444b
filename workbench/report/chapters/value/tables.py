"""Chapter 40's tables: what customers are worth, what is at risk, parameters; and the picture of contracts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from workbench.clv import CustomerValue, Total
from workbench.core.language import Language, Message, Spoken, message
from workbench.core.names import Column
from workbench.report.chapters.value.chapter import FromContracts, FromOrders
from workbench.report.chapters.value.contracts import KIND, STARTED_IN
from workbench.report.chapters.value.groups import breakdown_label
from workbench.report.chapters.value.renewals import plot_renewals

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIT_COLUMNS = {
    "model": Column(message("Model")),
    "parameter": Column(message("Parameter")),
    "estimate": Column(message("Estimate"), "dec3"),
    "std_error": Column(message("Standard error"), "dec3"),
    "ci_low": Column(message("Low (95 %)"), "dec3"),
    "ci_high": Column(message("High (95 %)"), "dec3"),
}
WORTH_COLUMNS = {
    "measure": Column(message("Value")),
    "estimate": Column(message("Estimate"), "money"),
    "ci_low": Column(message("Lower limit"), "money"),
    "ci_high": Column(message("Upper limit"), "money"),
}
RISK_COLUMNS = {
    "band": Column(message("Probability of still being a customer")),
    "customers": Column(message("Customers"), "int"),
    "clv": Column(message("Expected value"), "money"),
    "at_risk": Column(message("Value at risk"), "money"),
    "share": Column(message("Share of the value at risk"), "pct1"),
}
BANDS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def worth_table(orders: FromOrders | None, contracts: FromContracts | None, months: int) -> pd.DataFrame:
    """Return what customers, a new customer and running contracts are worth, in the horizon and of all time."""
    rows: list[tuple[Message, Total]] = []
    if orders is not None:
        value = orders.value
        # where nobody seems to leave, a sum over all time means nothing
        ever = orders.models.leaving_told
        rows += [
            (message("All customers, next {months:int} months", months=months), value.total),
            *([(message("All customers, all time"), value.lifetime)] if ever else []),
            (message("A new customer's repeat purchases, {months:int} months", months=months), value.new_customer),
            *([(message("A new customer's repeat purchases, all time"), value.new_customer_lifetime)] if ever else []),
        ]
    if contracts is not None and contracts.worth is not None:
        rows += [
            (message("Running contracts, next {months:int} months", months=months), contracts.worth.total),
            (message("Running contracts, all time"), contracts.worth.lifetime),
        ]
    kept = [(text, total) for text, total in rows if total.estimate == total.estimate]
    return pd.DataFrame(
        {
            "measure": pd.Series([text for text, _ in kept], dtype=object),
            "estimate": [t.estimate for _, t in kept],
            "ci_low": [t.ci_low for _, t in kept],
            "ci_high": [t.ci_high for _, t in kept],
        }
    )


def risk_table(value: CustomerValue) -> pd.DataFrame:
    """Return expected value and value at risk by the probability of still being a customer."""
    d = value.source.engine.dialect
    rows = value.source.rows(
        "SELECT CASE "
        + " ".join(f"WHEN probability_alive < {high!r} THEN {i}" for i, high in enumerate(BANDS[1:-1]))
        + f" ELSE {len(BANDS) - 2} END AS band, count(*) AS customers, "
        f"{d.exact_sum('clv')} AS clv, {d.exact_sum('at_risk')} AS at_risk FROM {{table}} GROUP BY 1 ORDER BY 1"
    )
    bands = [
        message("{low:pct} to {high:pct}", low=BANDS[i], high=BANDS[i + 1]) for i in rows["band"].astype(int).tolist()
    ]
    share = rows["at_risk"] / max(float(rows["at_risk"].sum()), 1e-300)
    return rows.assign(band=pd.Series(bands, dtype=object), share=share)


def contract_picture(contracts: FromContracts, level: float) -> Callable[[Language], Figure]:
    """Return what draws how long contracts last, in a language."""
    return partial(plot_renewals, contracts.contracts, contracts.renewals, level)


def stay_caption(column: str, labels: Mapping[str, Spoken]) -> Message:
    """Return the caption of a table of how long contracts last."""
    if column == STARTED_IN:
        return message("How long contracts last, by the year in which they began")
    if column == KIND:
        return message("How long contracts last, by kind")
    return message("How long contracts last, by {group}", group=breakdown_label(column, labels))


def fit_table(orders: FromOrders | None, contracts: FromContracts | None) -> pd.DataFrame:
    """Return the parameters of the models of purchases, of amounts and of renewals in one table."""
    renewals = contracts.renewals if contracts is not None else None
    fits = [] if orders is None else [orders.models.buying, orders.models.spending]
    fits += [renewals.fit] if renewals is not None and renewals.fit is not None else []
    parts = [f.table.assign(model=pd.Series([f.model.label] * len(f.table), dtype=object)) for f in fits]
    return pd.concat(parts, ignore_index=True)[list(FIT_COLUMNS)] if parts else pd.DataFrame(columns=list(FIT_COLUMNS))
