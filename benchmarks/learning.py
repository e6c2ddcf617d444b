"""Outlook and offers: CPU seconds and memory of scoring millions of customers, and hit rates on open orders.

Usage: ``python benchmarks/learning.py [customers …]``; 1,000,000 customers by default, ``10000000`` for the goal of
60 CPU seconds. Recorded in November 2026 on two cores for ten million customers: ``docs/outlook.md``.
"""

from __future__ import annotations

import datetime as dt
import resource
import subprocess
import sys

import numpy as np
import pandas as pd

GOAL = 60.0


def used() -> tuple[float, float]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024**2


def shop(customers: int, seed: int = 1) -> pd.DataFrame:
    """Orders of customers who buy at random times and leave."""
    rng = np.random.default_rng(seed)
    start = rng.integers(0, 600, customers)
    stay = rng.exponential(300, customers)
    n = rng.poisson(rng.gamma(1, 8, customers) * np.minimum(stay, 730 - start) / 365) + 1
    who = np.repeat(np.arange(customers), n)
    day = start[who] + (rng.random(len(who)) * np.minimum(stay, 730 - start)[who]).astype(int)
    first = np.r_[True, who[1:] != who[:-1]]
    day = np.where(first, start[who], day)
    return pd.DataFrame(
        {
            "customer_id": who.astype(str),
            "ordered_at": pd.Timestamp("2024-10-01") + pd.to_timedelta(day, unit="D"),
            "amount": np.round(rng.lognormal(4, 0.7, len(who)), 2),
        }
    )


def many(engine, features, customers: int):
    """The features of few customers, repeated to many under ids of their own."""
    from dataclasses import replace

    from workbench.core.bulk import keep_rows

    times = -(-customers // features.customers)
    sql = f"""
        SELECT r.i || '-' || f.customer_id AS customer_id, f.* EXCLUDE (customer_id)
        FROM range({times}) AS r(i), {features.source.source} AS f LIMIT {customers}"""
    return replace(features, source=keep_rows(engine, sql, stem="many"))


def score(kind: str, customers: int) -> None:
    from workbench.core.engine import DuckDBEngine, as_table
    from workbench.learning.next_purchase import fit_next_purchase
    from workbench.learning.outlook import outlook_folds
    from workbench.learning.scoring import Teller, score_customers
    from workbench.learning.spend import fit_spend
    from workbench.learning.training import learn

    engine = DuckDBEngine(memory_limit="1GB")
    made = outlook_folds(as_table(shop(30_000), engine), as_of=dt.date(2026, 9, 30))
    learned = learn(made.latest, [kind])[kind]
    teller = Teller(
        learned, fit_next_purchase(made.latest, learned.probability(made.latest.known)), fit_spend(made.latest)
    )
    everybody = many(engine, made.now, customers)
    before = used()[0]
    scores = score_customers(teller, everybody)
    cpu, memory = used()
    assert int(scores.summary["customers"].iloc[0]) == customers
    print(f"  score {customers:>11,} customers by {kind:<6} {cpu - before:6.1f} CPU s, {memory:.2f} GB at most")


def features(customers: int) -> None:
    from workbench.core.engine import DuckDBEngine, as_table
    from workbench.learning.features import customer_features

    engine = DuckDBEngine(memory_limit="2GB")
    orders = as_table(shop(customers), engine)
    lines = int(orders.rows("SELECT count(*) AS n FROM {table}")["n"][0])
    before = used()[0]
    customer_features(orders, cut=dt.date(2026, 9, 30))
    print(f"  features of {customers:,} customers, {lines:,} order lines: {used()[0] - before:.1f} CPU s")


def offers(customers: int, items: int = 10_000) -> None:
    """Orders of customers of 50 kinds, counted, likened and offered, three each."""
    from workbench.core.engine import DuckDBEngine, as_table
    from workbench.learning import offer_items

    rng = np.random.default_rng(1)
    who = np.repeat(np.arange(customers, dtype=np.int32), rng.poisson(15, customers) + 1)
    own = (who % 50) * (items // 50) + ((items // 50) * rng.random(len(who)) ** 2).astype(np.int32)
    item = np.where(rng.random(len(who)) < 0.6, own, (items * rng.random(len(who)) ** 3).astype(np.int32))
    frame = pd.DataFrame({"customer_id": who.astype(str), "product": item, "amount": 1.0})
    frame["ordered_at"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 200, len(who)), unit="D")
    engine = DuckDBEngine(memory_limit="2GB")
    orders = as_table(frame, engine)
    before = used()[0]
    found = offer_items(
        orders, item="product", until=dt.date(2026, 9, 30), method="cosine", most=customers, most_items=items
    )
    cpu, memory = used()
    assert found.customers > 0.9 * customers
    print(f"  offers for {customers:,} customers of {items:,} items {cpu - before:6.1f} CPU s, {memory:.2f} GB at most")


if __name__ == "__main__":
    if sys.argv[1:2] == ["part"]:
        name, size = sys.argv[2], int(sys.argv[3])
        {"features": features, "offers": offers}.get(name, lambda n: score(name, n))(size)
    elif sys.argv[1:2] == ["offers"]:
        offers(int(sys.argv[2]))
    else:
        for size in [int(a) for a in sys.argv[1:]] or [1_000_000]:
            for part in ("features", "offers", "hiatus", "btyd", "logit", "trees"):
                if part not in ("features", "offers") or size <= 2_000_000:
                    subprocess.run([sys.executable, __file__, "part", part, str(size)], check=True)
