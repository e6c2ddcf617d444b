"""Chapter 40: what customers are worth and how sure that is, who is leaving, and where value sits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

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
from workbench.clv.models.nbd import without_leaving
from workbench.core.engine import Engine, Table
from workbench.core.language import Message, message
from workbench.report.chapter import Chapter, ChapterParameters
from workbench.report.chapters.value.contract_worth import ContractValue, contract_groups, contract_value
from workbench.report.chapters.value.contracts import Contracts, contracts_of
from workbench.report.chapters.value.groups import value_groups
from workbench.report.chapters.value.renewals import RenewalCheck, Renewals, check_renewals, renewals_of
from workbench.report.chapters.value.terms import WaveTerms
from workbench.store import Wave

if TYPE_CHECKING:
    pass

FITS: dict[str, Callable[..., Fit]] = {"bg_nbd": fit_bg_nbd, "mbg_nbd": fit_mbg_nbd, "pareto_nbd": fit_pareto_nbd}
Basis = Literal["orders", "silent", "contracts"]
SUMMARY = (
    "customers",
    "alive",
    "clv",
    "ci_low",
    "ci_high",
    "level",
    "gini",
    "top_10_share",
    "top_10_low",
    "top_10_high",
    "horizon_months",
    "lifetime_value",
    "new_customer",
    "at_risk",
)


class ValueParameters(ChapterParameters):
    """Parameters of the notebook."""

    interval: float = 0.9
    seed: int = 1
    listed: int = 1000


def _left_out(wave: Wave) -> Message | None:
    if _has_begun(wave) or _bought_again(wave):
        return None
    if wave.has("transactions"):
        return message("Nobody bought a second time, so nothing can be said about customer value.")
    return message("There are no orders, so nothing can be said about customer value.")


def _has_begun(wave: Wave) -> bool:
    if not wave.has("contracts"):
        return False
    begun = f"SELECT count(*) AS n FROM {{table}} WHERE CAST(started_at AS DATE) <= DATE '{wave.config.as_of}'"
    return bool(wave.table("contracts").rows(begun)["n"][0])


def _bought_again(wave: Wave) -> bool:
    if not wave.has("transactions"):
        return False
    day = "CAST(ordered_at AS DATE)"
    found = wave.table("transactions").rows(f"""
        SELECT count(*) AS n FROM (
            SELECT customer_id FROM {{table}} WHERE amount > 0 AND {day} <= DATE '{wave.config.as_of}'
            GROUP BY 1 HAVING min({day}) < max({day})) AS again""")
    return bool(found["n"][0])


CHAPTER = Chapter(
    name="40_value",
    title=message("Customer value"),
    parameters=ValueParameters,
    reads=("transactions", "customers", "interactions", "contracts"),
    makes=("clv", "value_summary", "value_groups", "value_models", "profits"),
    after=(),
    left_out=_left_out,
    reads_before=("tiers", "segments", "segment_names"),
    settings=("languages", "currency", "labels", "values", "value", "tiers"),
)


@dataclass(frozen=True, eq=False)
class Models:
    """The models of a wave: of purchases (the chosen one, and all that were fitted), and of amounts."""

    buying: Fit
    leaving: Fit
    spending: Fit
    compared: ModelComparison

    @property
    def leaving_told(self) -> bool:
        """Whether these orders can tell who has left: False where a model in which nobody leaves tells them as well."""
        verdicts = {m.template for m in without_leaving(0.0)}
        return not any(v.template in verdicts for v in self.leaving.verdicts)


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


def valued(
    wave: Wave, purchases: Purchases, models: Models, terms: WaveTerms, *, interval: float, seed: int
) -> CustomerValue:
    """Value a wave's customers on its terms."""
    plan = wave.config.value
    return value_customers(
        purchases,
        models.buying,
        models.spending,
        horizon_months=plan.horizon_months,
        annual_discount_rate=plan.annual_discount_rate,
        margin=terms.margin,
        service_cost=terms.service_cost,
        terms_by=terms.groups if terms.differ else None,
        interval=interval,
        seed=seed,
    )


@dataclass(frozen=True, eq=False)
class FromOrders:
    """What a wave's orders say: histories, models and values."""

    purchases: Purchases
    models: Models
    value: CustomerValue


@dataclass(frozen=True, eq=False)
class FromContracts:
    """What a wave's contracts say: how long they last, how they are renewed, and what the running ones are worth."""

    contracts: Contracts
    renewals: Renewals | None
    worth: ContractValue | None


def from_orders(wave: Wave, terms: WaveTerms, *, interval: float, seed: int) -> FromOrders | None:
    """Return what a wave's orders say, None where there are none or nobody bought a second time."""
    if not _bought_again(wave):
        return None
    purchases = histories_of(wave)
    models = models_of(purchases, wave.config.value.model)
    return FromOrders(purchases, models, valued(wave, purchases, models, terms, interval=interval, seed=seed))


def from_contracts(wave: Wave, terms: WaveTerms, *, interval: float) -> FromContracts | None:
    """Return what a wave's contracts say, None where none has begun."""
    contracts = contracts_of(wave)
    if contracts is None:
        return None
    renewals = renewals_of(contracts, wave.config.value.renewal_months)
    worth = contract_value(wave, contracts, renewals, terms, interval) if renewals is not None else None
    return FromContracts(contracts, renewals, worth)


def basis_of(orders: FromOrders | None) -> Basis:
    """Return what values rest on: orders, orders that do not tell who has left, or contracts."""
    if orders is None:
        return "contracts"
    return "orders" if orders.models.leaving_told else "silent"


def keep_values(wave: Wave, orders: FromOrders | None, contracts: FromContracts | None) -> None:
    """Keep every customer's value, of orders where there are some, else of contracts, and the models of orders."""
    if orders is not None:
        wave.keep("clv", orders.value.source, made_by=CHAPTER.name, order_by="customer_id")
    elif contracts is not None and contracts.worth is not None:
        wave.keep("clv", contracts.worth.source, made_by=CHAPTER.name, order_by="customer_id")
    else:
        wave.keep("clv", pd.DataFrame({"customer_id": pd.Series(dtype=str)}), made_by=CHAPTER.name)
    wave.keep("value_models", kept_models(orders.models if orders else None), made_by=CHAPTER.name)


def value_summary(wave: Wave, orders: FromOrders | None, contracts: FromContracts | None) -> pd.DataFrame:
    """Return the chapter's headline numbers in one row, to be kept; no row where nothing can be valued."""
    worth = contracts.worth if contracts is not None else None
    if orders is not None:
        value = orders.value
        row = {
            "customers": orders.purchases.customers,
            "alive": float(value.summary["alive"].iloc[0]),
            "new_customer": value.new_customer.estimate,
        }
        total, lifetime, at_risk, spread = value.total, value.lifetime, value.at_risk, value.concentration
    elif worth is not None:
        row = {"customers": worth.customers, "alive": float(worth.running), "new_customer": float("nan")}
        total, lifetime, at_risk, spread = worth.total, worth.lifetime, worth.at_risk, worth.spread
    else:
        return pd.DataFrame(columns=list(SUMMARY))
    top = spread.table[np.isclose(spread.table["top"], 0.1)].iloc[0]
    found = pd.DataFrame(
        [
            {
                **row,
                "clv": total.estimate,
                "ci_low": total.ci_low,
                "ci_high": total.ci_high,
                "level": total.level,
                "gini": spread.gini,
                "top_10_share": float(top["share"]),
                "top_10_low": float(top["ci_low"]),
                "top_10_high": float(top["ci_high"]),
                "horizon_months": wave.config.value.horizon_months,
                "lifetime_value": lifetime.estimate,
                "at_risk": at_risk,
            }
        ]
    )
    return found[list(SUMMARY)]


def engine_of(orders: FromOrders | None, contracts: FromContracts | None) -> Engine:
    """Return the engine that values were computed in."""
    if orders is not None:
        return orders.value.source.engine
    assert contracts is not None
    return contracts.contracts.spells.engine


def groups_of(
    orders: FromOrders | None, contracts: FromContracts | None, people: Table | None, by: Sequence[str]
) -> pd.DataFrame:
    """Return value by groups, of orders where there are some, else of contracts."""
    if orders is not None:
        return value_groups(orders.value, people, by)
    worth = contracts.worth if contracts is not None else None
    return value_groups(None, None, ()) if worth is None else contract_groups(worth, people, by)


def renewals_checked(contracts: FromContracts, days: int) -> RenewalCheck | None:
    """Hold a model of renewals that was fitted without the last days against these."""
    if contracts.renewals is None:
        return None
    return check_renewals(contracts.contracts, contracts.renewals, days)


def kept_models(models: Models | None) -> pd.DataFrame:
    """Return the models as a table of JSON, to be kept: the next wave holds their forecast against what happened."""
    named = {} if models is None else {"buying": models.buying, "spending": models.spending}
    return pd.DataFrame({"role": list(named), "model": [f.to_json(keep="parameters") for f in named.values()]}).astype(
        str
    )
