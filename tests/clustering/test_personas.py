import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.clustering import build_features, fit_segments, personas
from workbench.core import InputError
from workbench.core.engine import as_table

END = dt.date(2026, 6, 30)


@pytest.fixture(scope="module")
def orders(customers):
    rng = np.random.default_rng(1)
    n = 4000
    return as_table(
        pd.DataFrame(
            {
                "customer_id": rng.choice(customers["customer_id"], n),
                "ordered_at": pd.Timestamp(END) - pd.to_timedelta(rng.integers(0, 700, n), unit="D"),
                "amount": rng.gamma(2, 137.77, n).round(2),
            }
        )
    )


def test_ranges_are_quartiles_and_histories_tell_nobody(customers, orders):
    made = build_features(customers)
    model = fit_segments(made, k=3, seed=1)
    found = personas(model, made, orders, observed_until=END)
    first = made.rows[model.assign(made) == 1]
    line = found.table[(found.table["segment"] == 1) & found.table["variable"].astype(str).eq("Amount")].iloc[0]
    assert line["median"] == pytest.approx(first["monetary"].median())
    assert line["low"] == pytest.approx(first["monetary"].quantile(0.25))
    told = found.histories
    assert set(told.columns) == {"segment", "example", "weeks_ago", "amount"}
    assert set(told["example"]) <= {1, 2, 3} and told["weeks_ago"].between(0, 104).all()
    digits = told["amount"] / 10 ** (np.floor(np.log10(told["amount"])) - 1)
    np.testing.assert_allclose(digits, digits.round(), atol=1e-9)
    shown = found.table.astype(str).to_csv() + told.to_csv()
    assert not any(i in shown for i in customers["customer_id"])
    assert found.plot().axes


def test_small_segments_show_nobody(customers, orders):
    small = customers.iloc[[0, 1, 2, *range(200, 230)]]
    made = build_features(small, ["frequency", "monetary"], winsorise=0.0)
    found = personas(fit_segments(made, k=2, seed=1), made, orders, observed_until=END)
    assert set(found.histories["segment"]) == {2}


def test_categories_and_missing_days(customers, orders):
    data = customers.assign(channel=np.where(customers.index % 4, "app", "shop"))
    made = build_features(data, ["monetary"], categories=["channel"])
    found = personas(fit_segments(made, k=2, method="kprototypes", seed=1), made)
    assert any("app (" in str(t) for t in found.table["typical"])
    with pytest.raises(InputError, match="end on a day"):
        personas(fit_segments(made, k=2, method="kprototypes", seed=1), made, orders)
