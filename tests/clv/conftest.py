"""Reference numbers and data of this room."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from workbench.clv import Purchases, purchase_summary

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "clv"


def _json(name: str) -> dict[str, Any]:
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"reference file {path} is not here")
    return json.loads(path.read_text())


@pytest.fixture(scope="session")
def reference() -> dict[str, Any]:
    return _json("clv_reference_open.json")


@pytest.fixture(scope="session")
def extremes() -> list[dict[str, Any]]:
    return _json("clv_numeric_extremes_open.json")["rows"]


@pytest.fixture(scope="session")
def cdnow_orders() -> pd.DataFrame:
    path = REFERENCE / "cdnow_sample.csv"
    if not path.exists():
        pytest.skip(f"data file {path} is not here")
    frame = pd.read_csv(path, dtype={"sample_id": str}, parse_dates=["date"])
    return frame.rename(columns={"sample_id": "customer_id", "date": "ordered_at", "dollars": "amount"})


@pytest.fixture(scope="session")
def cdnow(cdnow_orders: pd.DataFrame) -> Purchases:
    """Return the sample as the literature uses it: weeks, calibration to 1997-09-30, zero amounts are purchases."""
    return purchase_summary(
        cdnow_orders,
        observed_until=dt.date(1998, 6, 30),
        holdout_from=dt.date(1997, 10, 1),
        unit="week",
        refunds="as_is",
    )


@pytest.fixture(scope="session")
def simulate():
    """Return a function that draws histories from BG/NBD (first=False) or MBG/NBD (first=True)."""

    def draw(n: int, *, seed: int, r: float, alpha: float, a: float, b: float, T: float, first: bool = False):
        rng = np.random.default_rng(seed)
        rate, p = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
        x, last, now = np.zeros(n, dtype=int), np.zeros(n), np.zeros(n)
        active = np.flatnonzero(rng.random(n) > p) if first else np.arange(n)
        while len(active):
            now[active] += rng.exponential(1 / rate[active])
            active = active[now[active] <= T]
            x[active] += 1
            last[active] = now[active]
            active = active[rng.random(len(active)) > p[active]]
        return pd.DataFrame({"x": x, "t_x": last, "T": float(T)})

    return draw


@pytest.fixture(scope="session")
def derivative():
    """Return a function that differentiates another one numerically, by central differences of eighth order."""
    weights = np.array([1 / 280, -4 / 105, 1 / 5, -4 / 5, 0, 4 / 5, -1 / 5, 4 / 105, -1 / 280])

    def differentiate(function, at, step: float = 2e-3):
        at = np.asarray(at, dtype=float)
        columns = []
        for i, value in enumerate(at):
            moves = [at + np.eye(len(at))[i] * value * step * k for k in range(-4, 5)]
            found = sum(w * np.asarray(function(m)) for w, m in zip(weights, moves, strict=True) if w)
            columns.append(found / (value * step))
        return np.stack(columns)

    return differentiate
