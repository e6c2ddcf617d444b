"""Chapter 40: what customers are worth and how sure that is, who is leaving, and where value sits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd

from workbench.clv import (
    Concentration,
    ContractSpells,
    ContractValue,
    CustomerValue,
    GroupValues,
    LastYearValue,
    OrderValue,
    ProfitContribution,
    Total,
    group_means,
)
from workbench.core.engine import Table
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.report.chapter import Chapter, ChapterParameters, Section
from workbench.store import Wave

Basis = Literal["models", "silent", "regular", "last year", "contracts"]
UNTOLD: Final[tuple[Basis, ...]] = ("silent", "last year")  # on these nobody can be told to have left
FEWEST_DAYS = 28  # in which purchases tell how good a model is
SUMMARY = (
    "basis",
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

    confidence: float = 0.95
    seed: int = 1


def _left_out(wave: Wave) -> Message | None:
    if wave.has("transactions") or wave.has("contracts"):
        return None
    return message("There are no orders, so nothing can be said about customer value.")


def no_forecast_before(wave: Wave) -> Message | None:
    """Return why there is no earlier forecast to hold against what happened, None where there is one."""
    previous = wave.previous
    if previous is None or not previous.has("value_models", "clv") or previous.config.as_of >= wave.config.as_of:
        return message("No earlier wave has made a forecast.")
    if not len(previous.read("value_models")):
        return message("The previous wave had no model to forecast by.")
    return None


ORDERS = ("transactions",)
CHAPTER = Chapter(
    name="40_value",
    title=message("Customer value"),
    parameters=ValueParameters,
    reads=("transactions", "customers", "interactions", "contracts"),
    makes=("clv", "value_summary", "value_groups", "value_models", "profits", "findings_value"),
    after=(),
    left_out=_left_out,
    reads_before=("tiers", "segments", "segment_names"),
    settings=("languages", "currency", "labels", "values", "value", "tiers"),
    sections=(
        Section("orders", message("What orders tell"), needs=ORDERS, makes=("value_models",)),
        Section("contracts", message("How long contracts last"), needs=("contracts",)),
        Section("renewals", message("How contracts are renewed"), needs=("contracts",), after=("contracts",)),
        Section(
            "contract-worth", message("What running contracts are worth"), needs=("contracts",), after=("renewals",)
        ),
        Section(
            "value",
            message("What customers are worth, and how sure that is"),
            makes=("clv", "value_summary", "value_groups"),
        ),
        Section("risk", message("Value at risk"), after=("value",)),
        Section("staying", message("Who stays"), needs=ORDERS, after=("orders",)),
        Section("concentration", message("Where value sits"), after=("value",)),
        Section("profit", message("Profit of the last twelve months"), needs=ORDERS, makes=("profits",)),
        Section(
            "forecast",
            message("What the previous wave forecast"),
            needs=ORDERS,
            after=("orders",),
            left_out=no_forecast_before,
        ),
        Section("holdout", message("How good the model is"), needs=ORDERS, after=("orders",)),
        Section("models", message("How it is computed"), needs=ORDERS, after=("orders",)),
    ),
)


@dataclass(frozen=True, eq=False)
class Contracts:
    """What a wave's contracts say: how long they last, and what the running ones are worth."""

    spells: ContractSpells
    value: ContractValue


@dataclass(frozen=True, eq=False)
class Worth:
    """What a wave's customers are worth, by orders where there are some, else by contracts.

    Attributes
    ----------
    basis
        ``models``; ``silent`` (models that do not tell who has left); ``regular``; ``last year``; ``contracts``.
    result
        The values.
    orders
        What orders say; None without.
    """

    basis: Basis
    result: CustomerValue | ContractValue | OrderValue
    orders: OrderValue | None = None

    @property
    def source(self) -> Table:
        """One row per customer."""
        return self.result.source

    @property
    def total(self) -> Total:
        """Value of the horizon."""
        return self.result.total

    @property
    def _values(self) -> CustomerValue | ContractValue | LastYearValue:
        return self.result.result if isinstance(self.result, OrderValue) else self.result

    @property
    def concentration(self) -> Concentration | None:
        """How unequally value is spread; None where it does not add up to more than zero."""
        return self._values.concentration

    @property
    def spread(self) -> Concentration:
        """How unequally value is spread.

        Raises
        ------
        InputError
            If it does not add up to more than zero.
        """
        if self.concentration is None:
            raise InputError(
                message("Where value sits is told by values that add up to more than zero."),
                found=message("a sum of {sum:money}", sum=self.total.estimate),
                fix=message("Check the amounts: refunds may be larger than purchases."),
                where="transactions",
            )
        return self.concentration

    @property
    def is_forecast(self) -> bool:
        """Whether it is a forecast with an interval, not last year's amounts."""
        return self.basis != "last year"

    @property
    def like_contracts(self) -> bool:
        """Whether values are of contracts, or of runs of purchases that are like them."""
        return self.basis in ("contracts", "regular")

    @property
    def told(self) -> CustomerValue | ContractValue | None:
        """The values of models or contracts; None where last year's amounts stand in their place."""
        found = self._values
        return found if isinstance(found, CustomerValue | ContractValue) else None

    @property
    def telling_leavers(self) -> Table:
        """One row per customer, with the chance of still being one.

        Raises
        ------
        InputError
            If these orders do not tell who has left.
        """
        if self.basis == "silent" and self.orders is not None:
            _ = self.orders.models.of_leaving  # says why
        return self.source

    def by(self, people: Table | None, columns: list[str]) -> GroupValues:
        """Add value up by groups of customers."""
        if people is None:
            return group_means(self.source, self.source, [], level=self.total.level)
        if isinstance(self.result, OrderValue):
            return self.result.by(people, columns)
        return group_means(self.source, people, columns, level=self.total.level)


def best_worth(orders: OrderValue | None, contracts: Contracts | None) -> Worth:
    """Return what customers are worth.

    Raises
    ------
    InputError
        If neither orders nor contracts tell a value.
    """
    if orders is not None:
        silent = orders.kind == "models" and not orders.leaving_told
        return Worth("silent" if silent else orders.kind, orders, orders)
    if contracts is not None:
        return Worth("contracts", contracts.value)
    raise InputError(
        message("What customers are worth is told by orders, or by contracts with amounts."),
        found=message("neither"),
        fix=message("Add transactions to wave.yaml, or amount_per_month to the contracts."),
        where="wave.yaml",
    )


def tables_of(wave: Wave, name: str) -> list[Table]:
    """Return a table of the wave that it may not have: one, or none."""
    return [wave.table(name)] if wave.has(name) else []


def value_summary(wave: Wave, worth: Worth) -> pd.DataFrame:
    """Return the chapter's headline numbers in one row, to be kept."""
    value, spread, told = worth.total, worth.concentration, worth.told
    alive = new = lifetime = at_risk = float("nan")
    customers = 0
    if isinstance(told, CustomerValue):
        customers, alive = told.purchases.customers, float(told.summary["alive"].iloc[0])
        new = told.new_customer.estimate
    elif isinstance(told, ContractValue):
        customers, alive = told.customers, float(told.running)
    if told is not None:
        lifetime, at_risk = told.lifetime.estimate, told.at_risk
    elif worth.orders is not None and isinstance(worth.orders.result, LastYearValue):
        customers = int(worth.orders.result.summary["customers"].iloc[0])
    top: dict[Any, float] = dict.fromkeys(("share", "ci_low", "ci_high"), float("nan"))
    if spread is not None:
        top = spread.table[(spread.table["top"] - 0.1).abs() < 1e-9].iloc[0].to_dict()
    row = {
        "basis": worth.basis,
        "customers": customers,
        "alive": alive,
        "clv": value.estimate,
        "ci_low": value.ci_low,
        "ci_high": value.ci_high,
        "level": value.level,
        "gini": float("nan") if spread is None else spread.gini,
        "top_10_share": float(top["share"]),
        "top_10_low": float(top["ci_low"]),
        "top_10_high": float(top["ci_high"]),
        "horizon_months": wave.config.value.horizon_months,
        "lifetime_value": lifetime,
        "new_customer": new,
        "at_risk": at_risk,
    }
    return pd.DataFrame([row])[list(SUMMARY)]


def summary_before(wave: Wave) -> pd.DataFrame | None:
    """Return the previous wave's headline numbers, None where there are none."""
    previous = wave.previous
    if previous is None or not previous.has("value_summary"):
        return None
    found = previous.read("value_summary")
    return found if len(found) else None


def headline_numbers(
    numbers: pd.DataFrame | None, profit: ProfitContribution | None, orders: OrderValue | None
) -> dict[str, float | int | None]:
    """Return the chapter's headline numbers for its contract."""
    row = {} if numbers is None else numbers.iloc[0].to_dict()
    buying = orders.models.buying if orders is not None else None
    return {
        **({"customers": int(row["customers"])} if row else {}),
        **{k: float(row[k]) for k in ("clv", "alive", "gini", "lifetime_value", "at_risk") if row},
        "profit": None if profit is None else float(profit.profit.estimate),
        **({} if buying is None else {k: float(v) for k, v in buying.parameters.items()}),
    }
