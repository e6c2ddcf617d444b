"""Customer value from orders by what holds: models of purchases, runs of regular buyers, or last year's amounts."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd

from workbench.clv.contracts.renewing import RenewalCheck, Renewals, check_renewals, contract_renewals
from workbench.clv.contracts.spells import ContractSpells, contract_spells
from workbench.clv.contracts.worth import ContractValue, value_contracts
from workbench.clv.models.choosing import REGULAR, Models
from workbench.clv.models.covariates import CovariateFit
from workbench.clv.models.regular_nbd import RegularNbd
from workbench.clv.purchases.purchases import Purchases
from workbench.clv.purchases.rhythm import Rhythm
from workbench.clv.regular_buyers import RegularCheck, check_regular
from workbench.clv.value.characteristic_value import (
    Characteristics,
    fit_characteristics,
    value_by_characteristics,
)
from workbench.clv.value.group_means import GroupValues, group_means
from workbench.clv.value.last_year import LastYearValue, value_last_year
from workbench.clv.value.terms import Groups
from workbench.clv.value.totals import Total
from workbench.clv.value.value import CustomerValue, value_customers
from workbench.clv.value.value_groups import group_values
from workbench.core.engine import Table
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.results import Note

_MOVES: Final = 0.05
_CHECKED_DAYS: Final = 182
_WIDEST: Final = 10.0  # upper limit over lower limit beyond which a total says nothing
Kind = Literal["models", "regular", "last year"]


@dataclass(frozen=True, eq=False)
class OrderValue:
    """What customers are worth by their orders, and by what that is told.

    Attributes
    ----------
    result
        The values: `CustomerValue` of models, `ContractValue` of regular buyers, or `LastYearValue`.
    kind
        ``models``, ``regular`` or ``last year``.
    models
        The models that were fitted, or why none holds.
    rhythm
        How regularly customers buy.
    spells, renewals
        Of regular buyers: their runs of purchases as contracts, and how these go on.
    check
        Of regular buyers: how many were told to leave in the last months, and how many did; None where too little was
        seen before.
    compared
        Of buyers as by calendar: forecasts of the model of rhythms and of runs taken as contracts, made without the
        last months and held against them; the better one tells `result`. None where the history is too short.
    moved, moved_used
        What characteristics move, where some were given, and whether values rest on it.
    """

    result: CustomerValue | ContractValue | LastYearValue
    kind: Kind
    models: Models
    rhythm: Rhythm
    spells: ContractSpells | None = None
    renewals: Renewals | None = None
    check: RenewalCheck | None = None
    compared: RegularCheck | None = None
    moved: CovariateFit | None = None
    moved_used: bool = False

    @property
    def source(self) -> Table:
        """One row per customer, with ``customer_id`` and ``clv``."""
        return self.result.source

    @property
    def total(self) -> Total:
        """The value of the horizon; without an interval where last year's amounts stand in its place."""
        return self.result.total

    @property
    def leaving_told(self) -> bool:
        """Whether these orders tell who has left."""
        return self.kind == "regular" or (self.kind == "models" and self.models.leaving_told)

    @property
    def notes(self) -> list[Note]:
        """How the values are to be read."""
        renewing = self.renewals.notes if self.renewals is not None else ()
        return [*self.models.notes, *self.result.notes, *renewing]

    def by(self, customers: pd.DataFrame | Table, columns: list[str]) -> GroupValues:
        """Add values up by columns of a list of customers."""
        if isinstance(self.result, CustomerValue) and not self.result.parts:
            return group_values(self.result, customers, columns)
        return group_means(self.result.source, customers, columns, level=self.total.level)


def value_orders(
    transactions: pd.DataFrame | Table | str | Path,
    purchases: Purchases,
    models: Models,
    rhythm: Rhythm,
    *,
    horizon_months: int = 12,
    annual_discount_rate: float,
    margin: float | Mapping[str, float] = 1.0,
    service_cost: float | Mapping[str, float] = 0.0,
    terms_by: Groups | None = None,
    characteristics: Characteristics | None = None,
    level: float = 0.95,
    seed: int,
) -> OrderValue:
    """Value customers by what holds of their orders.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount``.
    purchases, models, rhythm
        What `purchase_summary`, `choose_models` and `purchase_rhythm` say of them.
    horizon_months, annual_discount_rate, margin, service_cost, terms_by, seed
        As for `value_customers`.
    characteristics
        Columns of the customers that may move how often they buy and how soon they leave. They are used where a model
        with them fits better than one without (likelihood ratio, 5 %).
    level
        Level of the intervals.

    Returns
    -------
    OrderValue
        By models where they hold and the interval of the total says something (its upper limit is at most ten times
        the lower one). Where customers buy as by calendar, by a model of rhythms or by runs of purchases like
        contracts, whichever forecast the last months better. Else by last year's amounts, without an interval.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.clv import choose_models, purchase_rhythm, purchase_summary
    >>> orders = pd.DataFrame({"customer_id": list("ab"), "amount": [10.0, 99.0],
    ...                        "ordered_at": pd.to_datetime(["2026-01-01", "2026-03-01"])})
    >>> until = dt.date(2026, 6, 30)
    >>> histories = purchase_summary(orders, observed_until=until)
    >>> rhythm = purchase_rhythm(orders, observed_until=until)
    >>> found = value_orders(orders, histories, choose_models(histories), rhythm, annual_discount_rate=0.1, seed=1)
    >>> found.kind, found.total.estimate
    ('last year', 109.0)
    """
    terms: dict[str, Any] = {"margin": margin, "service_cost": service_cost, "terms_by": terms_by}
    reason = models.problem
    compared = _compared(transactions, purchases, models) if rhythm.regular else None
    if (
        not (compared is not None and compared.best == "runs")
        and models.buying is not None
        and models.spending is not None
    ):
        moved = _moved(purchases, models, characteristics)
        used = moved is not None and moved.converged and moved.p_value < _MOVES
        common: dict[str, Any] = {
            "horizon_months": horizon_months,
            "annual_discount_rate": annual_discount_rate,
            "interval": level,
        }
        if used and moved is not None and characteristics is not None:
            value = value_by_characteristics(
                purchases,
                moved,
                models.spending,
                characteristics,
                seed=seed,
                **common,
                **terms,
            )
        else:
            value = value_customers(
                purchases,
                models.buying,
                models.spending,
                seed=seed,
                **common,
                **terms,
            )
        if 0 < value.total.ci_high <= _WIDEST * value.total.ci_low:
            return OrderValue(value, "models", models, rhythm, compared=compared, moved=moved, moved_used=used)
        reason = _too_wide(value.total)
    if rhythm.regular:
        spells = contract_spells(rhythm.contracts(), observed_until=purchases.observed_until, gap_days=0)
        if spells.count("ended") and spells.count("running"):
            renewals = contract_renewals(spells)
            worth = value_contracts(
                spells,
                renewals,
                horizon_months=horizon_months,
                annual_discount_rate=annual_discount_rate,
                level=level,
                **terms,
            )
            check = _checked(spells, renewals)
            return OrderValue(worth, "regular", models, rhythm, spells, renewals, check, compared)
    last = value_last_year(
        transactions,
        observed_until=purchases.observed_until,
        horizon_months=horizon_months,
        level=level,
        reason=reason,
        **terms,
    )
    return OrderValue(last, "last year", models, rhythm)


def _moved(purchases: Purchases, models: Models, given: Characteristics | None) -> CovariateFit | None:
    if given is None or not given.columns or models.kind == REGULAR:
        return None
    return fit_characteristics(purchases, "bg_nbd" if models.kind == "bg_nbd" else "pareto_nbd", given)


def _compared(
    transactions: pd.DataFrame | Table | str | Path, bought: Purchases, models: Models
) -> RegularCheck | None:
    if models.buying is None or not isinstance(models.buying.model, RegularNbd):
        return None
    with suppress(InputError):  # too young for a check; the model stands
        return check_regular(transactions, observed_until=bought.observed_until, shape=models.buying.model.shape)
    return None


def _checked(spells: ContractSpells, renewals: Renewals) -> RenewalCheck | None:
    with suppress(InputError):  # too young for a check; the values stand
        return check_renewals(spells, renewals, _CHECKED_DAYS)
    return None


def _too_wide(total: Total) -> Message:
    return message(
        "the interval of a forecast would reach from {low:money} to {high:money}", low=total.ci_low, high=total.ci_high
    )
