"""Simple rules that a model must beat: the hiatus, the past rate carried on, last year's purchases and amount.

Source: Wübben & von Wangenheim (2008), Instant customer base analysis: managerial heuristics often "get it right",
Journal of Marketing 72(3), 82–93.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from workbench.clv.checks.ranking import CRITERIA, judge, paired_gains
from workbench.clv.models.fit import Fit
from workbench.clv.models.gamma_gamma import GammaGamma
from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import Floats
from workbench.clv.purchases.purchases import Purchases
from workbench.core.engine import Table, collecting
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID
from workbench.core.results import Note
from workbench.estimation.comparisons import adjust_p
from workbench.sampling.random_numbers import SPACE

YEAR: Final = 365
MOST_COMPARED: Final = 100_000  # customers that rules are compared on
SALT: Final = "rules"
MODEL: Final[Message] = message("Model")
TARGETS: Final[dict[str, Message]] = {
    "purchases": message("Purchases"),
    "amount": message("Amount"),
    "active": message("Who buys"),
}
METHODS: Final[dict[str, Message]] = {
    "model": MODEL,
    "rate": message("Past rate carried on"),
    "year": message("Last year's purchases"),
    "year_amount": message("Last year's amount"),
    "hiatus": message("Hiatus: silent for too long"),
}
CRITERION_WORDS: Final[dict[str, Message]] = {
    "mae": message("mean error"),
    "rmse": message("root of the mean squared error"),
    "gini": message("ranking"),
    "top_decile": message("what the best tenth holds"),
    "correct": message("who buys, told rightly"),
}
_COLUMNS: Final = (
    "frequency",
    "recency",
    "T",
    "repeat_amount",
    "holdout_frequency",
    "holdout_amount",
    "year_frequency",
    "year_amount",
)
_CRITERIA_OF: Final = {
    "purchases": ("mae", "rmse", "gini", "top_decile"),
    "amount": ("mae", "rmse", "gini", "top_decile"),
    "active": ("gini", "top_decile", "correct"),
}


def customer_rows(purchases: Purchases) -> dict[str, Floats]:
    """Return the columns of customers' histories and holdouts, without their ids; of many, some drawn at random."""
    rows = compared_rows(purchases.source, _COLUMNS, customers=purchases.customers)
    return {n: rows[n].to_numpy(dtype=np.float64) for n in _COLUMNS}


def compared_rows(table: Table, columns: Sequence[str], *, customers: int) -> pd.DataFrame:
    """Return the rows of the customers on whom forecasts are compared, by id: all, or of many some drawn at random.

    Parameters
    ----------
    table
        One row per customer.
    columns
        Columns to read.
    customers
        How many there are in all. Who is drawn rests on this and on the customer's id, so that every table of the same
        customers gives the same ones.

    Examples
    --------
    >>> from workbench.core.engine import as_table
    >>> few = as_table(pd.DataFrame({"customer_id": ["b", "a"], "x": [1, 2]}))
    >>> compared_rows(few, ["x"], customers=2)["x"].tolist()
    [2, 1]
    """
    d = table.engine.dialect
    few = ""
    if customers > MOST_COMPARED:
        few = f"WHERE {d.prn_between(SALT, CUSTOMER_ID, 0, SPACE * MOST_COMPARED // customers)}"
    with collecting(2 * MOST_COMPARED):  # how many are drawn is chance
        return table.rows(f"""
            SELECT {", ".join(map(d.quote, columns))} FROM {{table}} AS t {few}
            ORDER BY {d.text_order.format(column=CUSTOMER_ID)}""")


def drawn_note(customers: int) -> tuple[Note, ...]:
    """Say on how many customers rules are compared, where these are not all.

    Examples
    --------
    >>> drawn_note(5000)
    ()
    """
    if customers <= MOST_COMPARED:
        return ()
    return (Note(message("Rules are compared on about {n:int} customers, drawn at random.", n=MOST_COMPARED)),)


def compare_rules(
    purchases: Purchases,
    model: PurchaseModel,
    spend_model: Fit | GammaGamma | None,
    *,
    horizon: float,
    hiatus_days: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hold a model and simple rules against what single customers did in the holdout, on every criterion.

    Returns
    -------
    tuple of DataFrame
        The criteria: ``target`` (purchases, amount, active), ``method``, ``mae``, ``rmse``, ``gini`` (of the ranking, 1
        is perfect), ``top_decile`` (share of what happened that the tenth with the highest forecast has), ``correct``
        (share told rightly who buys). And the tests: ``target``, ``method`` (a rule), ``criterion``, ``gain`` (of the
        model over the rule; above 0 the model is better), ``p_value`` after the correction for all of them (Holm).
    """
    rows = customer_rows(purchases)
    x, t_x, T = rows["frequency"], rows["recency"], rows["T"]
    days = horizon * purchases.days_per_unit
    told = model.expected_purchases(horizon, x, t_x, T)
    plain = np.where(T > 0, x / np.where(T > 0, T, 1), 0.0) * horizon
    year = rows["year_frequency"] * days / YEAR
    chance = model.probability_of_purchase(horizon, x, t_x, T)
    silent = (T - t_x) * purchases.days_per_unit
    forecasts = {
        "purchases": {"model": told, "rate": plain, "year": year},
        "active": {"model": chance, "hiatus": 1 / (1 + silent / hiatus_days)},  # above ½ until the hiatus
    }
    happened = {"purchases": rows["holdout_frequency"], "active": (rows["holdout_frequency"] > 0).astype(np.float64)}
    if spend_model is not None:
        spend = spend_model.model if isinstance(spend_model, Fit) else spend_model
        assert isinstance(spend, GammaGamma)
        mean = np.where(x > 0, np.maximum(rows["repeat_amount"], 0) / np.maximum(x, 1), 0.0)
        forecasts["amount"] = {
            "model": told * spend.expected_spend(x, mean),
            "year_amount": rows["year_amount"] * days / YEAR,
        }
        happened["amount"] = rows["holdout_amount"]
    shown, tests = [], []
    for target in [t for t in TARGETS if t in forecasts]:
        kinds = _CRITERIA_OF[target]
        judged = {method: judge(forecast, happened[target], kinds) for method, forecast in forecasts[target].items()}
        for method, found in judged.items():
            numbers = dict(zip(kinds, found.whole.tolist(), strict=True))
            shown.append({"target": target, "method": method, **dict.fromkeys(CRITERIA, np.nan), **numbers})
            if method != "model":
                gains = paired_gains(judged["model"], found, kinds)
                tests += [{"target": target, "method": method, **g} for g in gains]
    tested = pd.DataFrame(tests)
    return pd.DataFrame(shown), tested.assign(p_value=adjust_p(tested["p_value"].to_numpy(dtype=float), "holm"))
