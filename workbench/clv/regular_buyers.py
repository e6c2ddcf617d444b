"""Regular buyers in the last months held back: a model of rhythms, runs like contracts, and random times.

Which of them forecasts better is a question to the data, not to taste: each is made without the last days and held
against them, customer by customer.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.checks.heuristics import compared_rows, drawn_note
from workbench.clv.columns import ERROR, METHOD, SQUARED_ERROR
from workbench.clv.contracts.renewing import contract_renewals
from workbench.clv.contracts.spells import MONTH, contract_spells
from workbench.clv.contracts.worth import months_ahead
from workbench.clv.models.mbg_nbd import fit_mbg_nbd
from workbench.clv.models.model import PurchaseModel
from workbench.clv.models.regular_fit import fit_regular_nbd
from workbench.clv.purchases.patterns import Floats
from workbench.clv.purchases.purchases import Purchases, purchase_summary
from workbench.clv.purchases.rhythm import purchase_rhythm
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, UntrustedWarning
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Result

_FEWEST_DAYS: Final = 28
_CLEARLY: Final = 0.98
METHODS: Final[Mapping[str, Message]] = {
    "rhythm": message("Model of purchases with a rhythm (MBG/CNBD-k)"),
    "runs": message("Runs of purchases taken as contracts"),
    "random": message("Model of purchases at random times (MBG/NBD)"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RegularCheck(Result):
    """Forecasts of regular buyers' purchases in the days held back.

    Attributes
    ----------
    table
        One row per method (``rhythm``, ``runs``, ``random``): ``method``, ``forecast`` and ``actual`` (purchases of all
        customers), ``off`` (forecast over actual, less 1), ``mae`` and ``rmse`` (per customer). A method that these
        data cannot carry is not there.
    best
        ``runs`` where their ``rmse`` is smaller than that of ``rhythm`` by more than 2 %, else ``rhythm``, which is
        surer of single customers.
    days
        Days held back.
    """

    best: str
    days: int

    caption: ClassVar[Message] = message("Forecasts of regular buyers, and what happened")
    columns: ClassVar[Mapping[str, Column]] = {
        "method": METHOD,
        "forecast": Column(message("Forecast purchases"), "int"),
        "actual": Column(message("Purchases that happened"), "int"),
        "off": Column(message("Off by"), "pct1"),
        "mae": ERROR,
        "rmse": SQUARED_ERROR,
    }

    @property
    def named(self) -> pd.DataFrame:
        """The table with methods in words."""
        return self.table.assign(method=pd.Series([METHODS[m] for m in self.table["method"]], dtype=object))


def check_regular(
    transactions: pd.DataFrame | Table | str | Path,
    *,
    observed_until: dt.date,
    shape: int,
    holdout_days: int = 182,
    engine: Engine | None = None,
) -> RegularCheck:
    """Hold forecasts of regular buyers against the last days.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount``.
    observed_until
        Last day that counts.
    shape
        k of the model of rhythms.
    holdout_days
        Days to hold back; at most a quarter of the history.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    RegularCheck
        The root of the mean squared error decides, as forecasts are means.

    Raises
    ------
    InputError
        If the history is shorter than sixteen weeks, or tells too little before the days held back.

    Notes
    -----
    Runs forecast, for a customer who is not overdue, the months still to come (`contract_renewals`) over the customer's
    own waiting time.

    Examples
    --------
    >>> day = [pd.Timestamp("2025-01-05") + pd.Timedelta(days=14 * i) for i in range(30)]
    >>> orders = pd.concat([pd.DataFrame({"customer_id": str(c), "ordered_at": day[c % 7 : max(c % 29, c % 7 + 1)],
    ...                                   "amount": 9.0}) for c in range(90)])
    >>> check_regular(orders, observed_until=dt.date(2026, 2, 28), shape=24).table["method"].tolist()
    ['rhythm', 'runs', 'random']
    """
    orders = as_table(transactions, engine)
    first = orders.rows("SELECT min(CAST(ordered_at AS DATE)) AS day FROM {table} AS t")["day"].iloc[0]
    whole = (observed_until - pd.Timestamp(first).date()).days
    held = min(holdout_days, whole // 4)
    if held < _FEWEST_DAYS:
        raise InputError(
            message("At least four weeks, a quarter of the history, are held back to check a model."),
            found=message("a history of {days:int} days", days=whole),
            fix=message("Come back with a longer history."),
            where="transactions",
        )
    cut = observed_until - dt.timedelta(days=held)
    known = purchase_summary(orders, observed_until=observed_until, holdout_from=cut + dt.timedelta(days=1))
    histories = [CUSTOMER_ID, "frequency", "recency", "T", "holdout_frequency"]
    rows = compared_rows(known.source, histories, customers=known.customers)
    happened = rows["holdout_frequency"].to_numpy(dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UntrustedWarning)  # what happened says how good each is
        told = {
            "rhythm": _by_model(fit_regular_nbd(known, shape).model, known, rows, held),
            "runs": _by_runs(orders, rows, cut, held, known.customers),
            "random": _by_model(fit_mbg_nbd(known).model, known, rows, held),
        }
    found = pd.DataFrame(
        [
            {
                "method": name,
                "forecast": float(forecast.sum()),
                "actual": float(happened.sum()),
                "off": float(forecast.sum() / happened.sum() - 1) if happened.sum() else float("nan"),
                "mae": float(np.abs(forecast - happened).mean()),
                "rmse": float(np.sqrt(((forecast - happened) ** 2).mean())),
            }
            for name, forecast in told.items()
            if forecast is not None
        ]
    )
    error = found.set_index("method")["rmse"].to_dict()
    runs_win = "runs" in error and error["runs"] < _CLEARLY * error["rhythm"]
    best = "runs" if runs_win else "rhythm"
    return RegularCheck(table=found, best=best, days=held, notes=drawn_note(known.customers))


def _by_model(model: object, known: Purchases, rows: pd.DataFrame, held: int) -> Floats:
    assert isinstance(model, PurchaseModel)
    x, t_x, age = (rows[c].to_numpy(dtype=float) for c in ("frequency", "recency", "T"))
    return model.expected_purchases(held / known.days_per_unit, x, t_x, age)


def _by_runs(orders: Table, rows: pd.DataFrame, cut: dt.date, held: int, customers: int) -> Floats | None:
    rhythm = purchase_rhythm(orders, observed_until=cut)
    spells = contract_spells(rhythm.contracts(), observed_until=cut, gap_days=0)
    if not (spells.count("ended") and spells.count("running")):
        return None
    runs = compared_rows(rhythm.runs, [CUSTOMER_ID, "days"], customers=customers)
    contracts = compared_rows(rhythm.contracts(), [CUSTOMER_ID, "ended_at"], customers=customers)
    ended = contracts.set_index(CUSTOMER_ID)["ended_at"]
    wait = runs.set_index(CUSTOMER_ID)["days"].reindex(rows[CUSTOMER_ID]).to_numpy(dtype=float)
    running = ended.reindex(rows[CUSTOMER_ID]).isna().to_numpy()
    ages, at = np.unique(np.floor(rows["T"].to_numpy(dtype=float) / MONTH), return_inverse=True)
    months = months_ahead(contract_renewals(spells), ages, 0.0, max(round(held / MONTH), 1), None)[at]
    return np.where(running, months * (held / max(round(held / MONTH), 1)) / wait, 0.0)
