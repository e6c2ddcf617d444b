"""The same tiers and segments on another engine, where it is installed."""

import numpy as np
import pandas as pd
import pytest

from workbench.clustering import build_features, fit_segments, rfm_cells
from workbench.core.engine import Table, open_engine
from workbench.tiers import TierRules, grade, migration, regression_to_mean, tier_changes, with_reasons

RULES = TierRules.of(
    [
        {"name": "A", "minimum": {"points": 60}, "maximum": {"recency_days": 200}},
        {"name": "B", "minimum": {"monetary": {"top": 0.5}}},
        {"name": "C"},
    ],
    scores={"points": {"monetary": {"weight": 0.6, "full": 900}, "frequency": {"weight": 0.4, "full": 12}}},
    by="region",
    slack=0.05,
    grace_waves=1,
)


def people(seed):
    rng = np.random.default_rng(seed)
    n = 400
    return pd.DataFrame(
        {
            "customer_id": [f"{'客户' if i % 3 else 'C'}{i:04d}" for i in range(n)],
            "region": rng.choice(["north", "东区", "O'Neill"], n),
            "recency_days": rng.integers(1, 400, n),
            "frequency": rng.integers(1, 20, n),
            "monetary": rng.gamma(2, 250, n).round(2),
        }
    )


@pytest.mark.engine("spark")
def test_tiers_segments_and_movement_are_the_same_on_spark():
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    here, there = open_engine(), open_engine("spark://local[1]")
    found = []
    for engine in (here, there):
        before, now = (Table(engine, engine.register(people(s))) for s in (1, 2))
        first = grade(before, RULES, value="monetary")
        second = grade(now, RULES, value="monetary", previous=first)
        model = fit_segments(build_features(now, ["recency_days", "frequency", "monetary"]), k=4, seed=1)
        found.append(
            (
                second.table,
                second.summary.drop(columns="label"),
                migration(first, second).table,
                regression_to_mean(first, second, tiers=RULES.names).table,
                with_reasons(second, "zh-CN").rows("SELECT * FROM {table} AS t"),
                tier_changes(second, first, language="en").table,
                model.assign_table(now).to_frame(),
                rfm_cells(now).summary,
            )
        )
    for one, other in zip(*found, strict=True):
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-9)
