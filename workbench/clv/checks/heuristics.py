"""Simple rules that a model must beat: the hiatus, the past rate carried on, last year's purchases and amount.

Source: Wübben & von Wangenheim (2008), Instant customer base analysis: managerial heuristics often "get it right",
Journal of Marketing 72(3), 82–93.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from workbench.clv.checks.ranking import captured, errors, ranking_gini, surely_better
from workbench.clv.models.fit import Fit
from workbench.clv.models.gamma_gamma import GammaGamma
from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import Floats
from workbench.clv.purchases.purchases import Purchases
from workbench.core.language import Message, message

YEAR: Final = 365
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
_COLUMNS: Final = (
    "frequency",
    "recency",
    '"T"',
    "repeat_amount",
    "holdout_frequency",
    "holdout_amount",
    "year_frequency",
    "year_amount",
)


def customer_rows(purchases: Purchases) -> dict[str, Floats]:
    """Return the columns of all customers' histories and holdouts, without their ids."""
    chosen = ", ".join(_COLUMNS)
    source = purchases.source
    order = source.engine.dialect.text_order.format(column="customer_id")
    batches = list(source.engine.batches(f"SELECT {chosen} FROM {source.source} ORDER BY {order}"))
    names = [c.strip('"') for c in _COLUMNS]
    return {
        n: np.concatenate([b.column(i).to_numpy(zero_copy_only=False) for b in batches]).astype(np.float64)
        for i, n in enumerate(names)
    }


def compare_rules(
    purchases: Purchases,
    model: PurchaseModel,
    spend_model: Fit | GammaGamma | None,
    *,
    horizon: float,
    hiatus_days: float,
) -> pd.DataFrame:
    """Hold a model and simple rules against what single customers did in the holdout.

    Returns
    -------
    DataFrame
        ``target`` (purchases, amount, active), ``method``, ``mae``, ``rmse``, ``gini`` (of the ranking, 1 is perfect),
        ``top_decile`` (share of what happened that the tenth with the highest forecast has), ``correct`` (share told
        rightly who buys), ``verdict`` (of a rule: 1 if the model's error is clearly smaller, 0 if the rule is as good,
        −1 if the rule's is).
    """
    rows = customer_rows(purchases)
    x, t_x, T = rows["frequency"], rows["recency"], rows["T"]
    days = horizon * purchases.days_per_unit
    told = model.expected_purchases(horizon, x, t_x, T)
    plain = np.where(T > 0, x / np.where(T > 0, T, 1), 0.0) * horizon
    year = rows["year_frequency"] * days / YEAR
    found = _target("purchases", rows["holdout_frequency"], {"model": told, "rate": plain, "year": year})
    if spend_model is not None:
        spend = spend_model.model if isinstance(spend_model, Fit) else spend_model
        assert isinstance(spend, GammaGamma)
        mean = np.where(x > 0, np.maximum(rows["repeat_amount"], 0) / np.maximum(x, 1), 0.0)
        amount = told * spend.expected_spend(x, mean)
        held = {"model": amount, "year_amount": rows["year_amount"] * days / YEAR}
        found += _target("amount", rows["holdout_amount"], held)
    active = rows["holdout_frequency"] > 0
    chance = model.probability_of_purchase(horizon, x, t_x, T)
    silent = (T - t_x) * purchases.days_per_unit
    found += _active(active, chance, silent, hiatus_days)
    return pd.DataFrame(found)


def _target(target: str, actual: Floats, forecasts: dict[str, Floats]) -> list[dict[str, object]]:
    model = forecasts["model"]
    found: list[dict[str, object]] = []
    for method, forecast in forecasts.items():
        mae, rmse = errors(forecast, actual)
        found.append(
            {
                "target": target,
                "method": method,
                "mae": mae,
                "rmse": rmse,
                "gini": ranking_gini(forecast, actual),
                "top_decile": captured(forecast, actual),
                "correct": np.nan,
                "verdict": np.nan if method == "model" else float(surely_better(model, forecast, actual)),
            }
        )
    return found


def _active(active: np.ndarray, chance: Floats, silent: Floats, hiatus: float) -> list[dict[str, object]]:
    bought = active.astype(np.float64)
    told = {"model": (chance >= 0.5).astype(float), "hiatus": (silent <= hiatus).astype(float)}
    scores = {"model": chance, "hiatus": -silent}
    return [
        {
            "target": "active",
            "method": method,
            "mae": np.nan,
            "rmse": np.nan,
            "gini": ranking_gini(scores[method], bought),
            "top_decile": captured(scores[method], bought),
            "correct": float((guess == bought).mean()),
            "verdict": np.nan if method == "model" else float(surely_better(told["model"], guess, bought)),
        }
        for method, guess in told.items()
    ]
