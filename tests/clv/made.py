"""Orders and contracts made up for tests."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

END = dt.date(2026, 6, 30)


def orders(n=1500, seed=3):
    """Orders of customers who buy at rates of their own and leave after a purchase with a chance of 8 %."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        day, rate = int(rng.integers(0, 500)), rng.gamma(0.9, 1 / 25)
        while day <= 546:
            rows.append((f"{i:05d}", END - dt.timedelta(days=546 - day), round(float(rng.gamma(4, 10)) + 0.01, 2)))
            if rng.random() < 0.08:
                break
            day += 1 + int(rng.exponential(1 / rate))
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]))


def faithful(n=400, seed=5):
    """Orders of customers who buy at rates of their own and never leave."""
    rng = np.random.default_rng(seed)
    bought = 1 + rng.poisson(rng.gamma(2.0, 4.0, n))
    days = [
        (f"{i:03d}", pd.Timestamp(END) - pd.Timedelta(days=int(d)))
        for i in range(n)
        for d in rng.integers(0, 400, bought[i])
    ]
    return pd.DataFrame(days, columns=["customer_id", "ordered_at"]).assign(amount=lambda f: 5.0 + f.index % 7)


def monthly(n=200, seed=2):
    """Orders at the end of every month, of one amount, until customers leave with a chance of 8 % a month."""
    rng = np.random.default_rng(seed)
    months = pd.date_range("2025-01-31", "2026-06-30", freq="ME")
    lasted = np.minimum(rng.geometric(0.08, n), len(months))
    rows = [(f"{i:03d}", day, 9.99) for i in range(n) for day in months[: lasted[i]]]
    return pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])


def contracts(n=3000, seed=1, *, period=1, alpha=1.0, beta=12.0, kinds="xy"):
    """Contracts renewed or not at each period with a chance θ ~ Beta(α, β) to end."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 1500, n), unit="D")
    lasted = np.minimum(rng.geometric(rng.beta(alpha, beta, n)) * period, 600)
    ended = [s + pd.DateOffset(months=int(m)) for s, m in zip(start, lasted, strict=True)]
    frame = pd.DataFrame(
        {
            "customer_id": [f"{i:05d}" for i in range(n)],
            "started_at": start,
            "ended_at": ended,
            "kind": np.resize(list(kinds), n),
            "amount_per_month": 10.0,
        }
    )
    return frame.assign(ended_at=frame["ended_at"].where(frame["ended_at"] <= pd.Timestamp(END)))


def csv(frame):
    """Return a table as the text of a CSV file."""
    return frame.to_csv(index=False, date_format="%Y-%m-%d")
