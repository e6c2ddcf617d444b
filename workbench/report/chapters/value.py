"""Chapter 40: what customers are worth and how sure that is, who is leaving, and where value sits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.clv import (
    CustomerValue,
    Fit,
    ModelComparison,
    Purchases,
    compare_models,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_mbg_nbd,
    fit_pareto_nbd,
    purchase_summary,
    value_customers,
)
from workbench.clv.terms import NO_GROUP
from workbench.core.bulk import in_engine
from workbench.core.engine import Table
from workbench.core.language import Message, Spoken, message
from workbench.core.names import Column
from workbench.report.chapter import Chapter, ChapterParameters
from workbench.report.chapters.segments import segment_names
from workbench.store import Wave

FITS: dict[str, Callable[..., Fit]] = {"bg_nbd": fit_bg_nbd, "mbg_nbd": fit_mbg_nbd, "pareto_nbd": fit_pareto_nbd}
BREAKDOWNS = ("region", "channel", "age_band")
VALUE_COLUMNS = {
    "group": Column(message("Group")),
    "customers": Column(message("Customers"), "int"),
    "value": Column(message("Value"), "money"),
    "share": Column(message("Share of all value"), "pct1"),
    "per_customer": Column(message("Value per customer"), "money"),
    "ci_low": Column(message("Lower limit"), "money"),
    "ci_high": Column(message("Upper limit"), "money"),
    "alive": Column(message("Still customers (expected)"), "pct1"),
    "leaving": Column(message("Customers more likely lost than not"), "int"),
    "at_risk": Column(message("Value at risk"), "money"),
}
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
    reads=("transactions", "customers", "interactions", "segments", "segment_names"),
    makes=("clv", "value_summary", "value_groups", "value_models"),
    after=("30_segments",),
    left_out=_left_out,
    reads_before=("tiers",),
)


@dataclass(frozen=True, eq=False)
class Models:
    """The models of a wave: of purchases (the chosen one, and all that were fitted), and of amounts."""

    buying: Fit
    leaving: Fit
    spending: Fit
    compared: ModelComparison


def models_of(purchases: Purchases, model: str) -> Models:
    """Fit the models of purchases and of amounts.

    Parameters
    ----------
    purchases
        Histories.
    model
        A name of `FITS`, or ``best`` for the smallest AIC.

    Returns
    -------
    Models
        `leaving` is the one that tells who stays: the chosen one, or where that is BG/NBD, for which everybody without
        a repeat purchase stays, the better of the other two.
    """
    fits = {name: fit(purchases) for name, fit in FITS.items()}
    usable = {n: f for n, f in fits.items() if f.converged} or fits

    def best(names: Sequence[str]) -> Fit:
        return max((usable[n] for n in names if n in usable), key=lambda f: f.log_likelihood)

    chosen = best(list(usable)) if model == "best" else fits[model]
    others = [n for n in ("mbg_nbd", "pareto_nbd") if n in usable]
    leaving = best(others) if chosen is fits["bg_nbd"] and others else chosen
    return Models(chosen, leaving, fit_gamma_gamma(purchases), compare_models(*fits.values()))


def histories_of(wave: Wave) -> Purchases:
    """Summarise a wave's orders."""
    return purchase_summary(wave.table("transactions"), observed_until=wave.config.as_of, unit=wave.config.value.unit)


def valued(wave: Wave, purchases: Purchases, models: Models, *, interval: float, seed: int) -> CustomerValue:
    """Value a wave's customers on the terms of its ``wave.yaml``."""
    plan = wave.config.value
    by = plan.terms_by
    return value_customers(
        purchases,
        models.buying,
        models.spending,
        horizon_months=plan.horizon_months,
        annual_discount_rate=plan.annual_discount_rate,
        margin=plan.margins or plan.margin,
        service_cost=plan.service_costs or plan.service_cost,
        terms_by=(wave.table("customers"), by) if by and wave.has("customers") else None,
        interval=interval,
        seed=seed,
    )


def value_summary(value: CustomerValue, purchases: Purchases, wave: Wave) -> pd.DataFrame:
    """Return the chapter's headline numbers in one row, to be kept."""
    row = value.summary.iloc[0]
    top = value.concentration.table.set_index("top")
    tenth = top.loc[top.index[np.isclose(top.index, 0.1)][0]]
    return pd.DataFrame(
        {
            "customers": [purchases.customers],
            "alive": [row["alive"]],
            "clv": [value.total.estimate],
            "ci_low": [value.total.ci_low],
            "ci_high": [value.total.ci_high],
            "level": [value.total.level],
            "gini": [value.concentration.gini],
            "top_10_share": [float(tenth["share"])],
            "top_10_low": [float(tenth["ci_low"])],
            "top_10_high": [float(tenth["ci_high"])],
            "horizon_months": [wave.config.value.horizon_months],
            "lifetime_value": [value.lifetime.estimate],
            "new_customer": [value.new_customer.estimate],
            "at_risk": [value.at_risk],
        }
    )


def worth_table(value: CustomerValue, months: int) -> pd.DataFrame:
    """Return what all customers and a new one are worth, within the horizon and of all time, with intervals."""
    rows = [
        (message("All customers, next {months:int} months", months=months), value.total),
        (message("All customers, all time"), value.lifetime),
        (message("A new customer's repeat purchases, {months:int} months", months=months), value.new_customer),
        (message("A new customer's repeat purchases, all time"), value.new_customer_lifetime),
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
    rows = value.source.rows(
        "SELECT CASE "
        + " ".join(f"WHEN probability_alive < {high!r} THEN {i}" for i, high in enumerate(BANDS[1:-1]))
        + f" ELSE {len(BANDS) - 2} END AS band, count(*) AS customers, "
        "CAST(sum(CAST(clv AS DECIMAL(30, 6))) AS DOUBLE) AS clv, "
        "CAST(sum(CAST(at_risk AS DECIMAL(30, 6))) AS DOUBLE) AS at_risk FROM {table} GROUP BY 1 ORDER BY 1"
    )
    bands = [
        message("{low:pct} to {high:pct}", low=BANDS[i], high=BANDS[i + 1]) for i in rows["band"].astype(int).tolist()
    ]
    share = rows["at_risk"] / max(float(rows["at_risk"].sum()), 1e-300)
    return rows.assign(band=pd.Series(bands, dtype=object), share=share)


def breakdowns(wave: Wave) -> dict[str, Table]:
    """Return what value is broken down by: column → a table with it, of customers, segments and last wave's tiers."""
    found = {}
    if wave.has("customers"):
        found = {c: wave.table("customers") for c in BREAKDOWNS if c in wave.columns("customers")}
    if wave.has("segments"):
        found["segment"] = wave.table("segments")
    previous = wave.previous
    if previous is not None and previous.has("tiers"):
        found["tier"] = previous.table("tiers")
    by = wave.config.value.terms_by
    if wave.config.value.margins or wave.config.value.service_costs:
        return {c: t for c, t in found.items() if c == by}
    return found


def value_groups(value: CustomerValue, by: Mapping[str, Table]) -> pd.DataFrame:
    """Add up value by groups, with intervals for the parameters and for what the groups' customers happen to do.

    The standard error is another one, for comparing groups: as if a group's customers were drawn from many like them.

    Returns
    -------
    DataFrame
        ``breakdown``, ``group``, ``customers``, ``value``, ``share``, ``per_customer`` with ``ci_low``, ``ci_high`` and
        ``std_error``, ``alive`` (mean probability), ``leaving`` (customers with a probability below one half of still
        being one), ``at_risk``.
    """
    parts = []
    for column, table in by.items():
        made = value.by(table, column).table
        made["std_error"] = _drawn_error(value, table, column, made)
        made = made.assign(breakdown=column, ci_low=made["per_customer_low"], ci_high=made["per_customer_high"])
        parts.append(made)
    columns = ["breakdown", *VALUE_COLUMNS, "std_error"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _drawn_error(value: CustomerValue, table: Table, column: str, made: pd.DataFrame) -> np.ndarray:
    listed = in_engine(table, value.source.engine)
    d = listed.engine.dialect
    spread = value.source.rows(f"""
        SELECT coalesce(CAST(g.{d.quote(column)} AS {d.text_type}), {d.literal(NO_GROUP)}) AS named,
               stddev_samp(v.clv) AS spread
        FROM {{table}} AS v LEFT JOIN {listed.source} AS g ON g.customer_id = v.customer_id
        GROUP BY 1 ORDER BY 1""").set_index("named")["spread"]
    error = spread.reindex(made["group"]).to_numpy(dtype=float) / np.sqrt(made["customers"].to_numpy(dtype=float))
    return np.asarray(np.nan_to_num(error, nan=np.inf).round(6))


def group_names(wave: Wave) -> dict[str, dict[str, Spoken]]:
    """Return the names of segments and tiers as readers know them: column → group → words."""
    return {
        "segment": {str(k): v for k, v in segment_names(wave).items()},
        "tier": {t.name: message("tier {name}", name=t.label) for t in wave.config.tiers},
    }


def with_names(table: pd.DataFrame, column: str, names: Mapping[str, Mapping[str, Spoken]]) -> pd.DataFrame:
    """Return a table with its groups' names in words."""
    known = names.get(column, {})
    return table.assign(group=pd.Series([known.get(g, g) for g in table["group"]], index=table.index, dtype=object))


def fit_table(models: Models) -> pd.DataFrame:
    """Return the parameters of the models of purchases and of amounts in one table."""
    parts = [
        f.table.assign(model=pd.Series([f.model.label] * len(f.table), dtype=object))
        for f in (models.buying, models.spending)
    ]
    return pd.concat(parts, ignore_index=True)[list(FIT_COLUMNS)]


def kept_models(models: Models) -> pd.DataFrame:
    """Return the models as a table of JSON, to be kept: the next wave holds their forecast against what happened."""
    named = {"buying": models.buying, "spending": models.spending}
    return pd.DataFrame({"role": list(named), "model": [f.to_json(keep="parameters") for f in named.values()]})
