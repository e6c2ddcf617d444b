import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clv import profit_contribution
from workbench.core import InputError, use_language
from workbench.core.engine import as_table


def people(n=4000, seed=1):
    rng = np.random.default_rng(seed)
    revenue = np.round(rng.gamma(0.8, 120, n), 2)
    return pd.DataFrame(
        {
            "customer_id": [f"secret{i:05d}" for i in range(n)],
            "revenue": revenue,
            "refunds": np.round(revenue * (rng.random(n) < 0.1) * rng.random(n), 2),
            "goods": np.round(revenue * 0.6, 2),
            "service": np.round(rng.exponential(6, n), 2),
            "region": np.resize(["north", "south", None], n),
        }
    )


def test_everything_adds_up():
    data = people()
    found = profit_contribution(data, by=["region"])
    profit = data["revenue"] - data["refunds"] - data["goods"] - data["service"]
    assert found.profit.estimate == pytest.approx(profit.sum())
    assert found.table["profit"].sum() == pytest.approx(profit.sum())
    assert found.table["cumulated"].iloc[-1] == pytest.approx(1)
    assert (np.diff(found.table["profit"]) <= 0).all()
    assert found.unprofitable == (profit < 0).sum()
    assert found.loss == pytest.approx(-profit[profit < 0].sum())
    assert found.drivers["loss"].sum() == pytest.approx(found.loss)
    assert found.drivers["customers"].sum() == found.unprofitable
    assert found.groups["profit"].sum() == pytest.approx(profit.sum())
    assert found.groups["group"].tolist() == ["north", "south", "–"]
    assert found.whale["profit"].max() == pytest.approx(found.peak.estimate)
    assert found.peak.estimate == pytest.approx(profit[profit > 0].sum() / profit.sum())


def test_the_driver_is_the_cost_that_is_out_of_the_usual():
    data = pd.DataFrame(
        {
            "revenue": [100.0] * 8 + [100.0, 100.0],
            "goods": [60.0] * 8 + [60.0, 130.0],
            "service": [5.0] * 8 + [90.0, 5.0],
        }
    )
    found = profit_contribution(data).drivers.set_index("driver")
    assert found["customers"].to_dict() == {"service": 1, "goods": 1}
    assert found.loc["service", "cost_share"] == pytest.approx(0.9)
    assert found.loc["service", "usual_share"] == pytest.approx(135 / 1000)


@given(st.lists(st.floats(1, 1e6), min_size=2, max_size=40))
def test_without_costs_the_whale_is_the_lorenz_curve(values):
    found = profit_contribution(pd.DataFrame({"revenue": values}), costs=[])
    assert (np.diff(found.whale["profit"]) >= -1e-9).all()
    assert found.peak.estimate == pytest.approx(1)
    assert found.drivers.empty
    assert "Every customer" in str(found.notes[0].message)


def test_intervals_cover():
    """Samples of a large population: profit, peak and Gini coefficient lie in their intervals 95 % of the time."""
    population = people(200_000, 7)
    whole = profit_contribution(population)
    rng, inside = np.random.default_rng(2), []
    for _ in range(150):
        found = profit_contribution(population.iloc[rng.integers(0, len(population), 1500)])
        scale = len(population) / 1500
        inside.append(
            (
                found.profit.ci_low * scale <= whole.profit.estimate <= found.profit.ci_high * scale,
                found.peak.ci_low <= whole.peak.estimate <= found.peak.ci_high,
                found.concentration.gini_low <= whole.concentration.gini <= found.concentration.gini_high,
                found.concentration.table["ci_low"][2]
                <= whole.concentration.table["share"][2]
                <= found.concentration.table["ci_high"][2],
            )
        )
    assert (np.mean(inside, axis=0) > 0.89).all(), np.mean(inside, axis=0)


def test_reads_a_table_of_the_engine_and_shows_nobody():
    data = people(300)
    before = data.copy()
    found, other = profit_contribution(data), profit_contribution(as_table(data))
    pd.testing.assert_frame_equal(found.table, other.table)
    pd.testing.assert_frame_equal(data, before)
    assert "secret" not in found._repr_html_() + repr(found)
    assert found.plot().axes
    with use_language("zh-CN"):
        assert "利润" in found._repr_html_()


@pytest.mark.parametrize(
    ("data", "options", "rule"),
    [
        ({"revenue": [1.0, np.nan]}, {}, "numbers"),
        ({"revenue": [1.0, 2.0], "goods": [5.0, 5.0]}, {}, "above zero in all"),
        ({"income": [1.0]}, {}, "'revenue' is needed"),
        ({"revenue": [1.0]}, {"by": ["region"]}, "'region' is needed"),
        ({"revenue": [1.0]}, {"level": 2}, "level is between"),
    ],
)
def test_refuses(data, options, rule):
    with pytest.raises(InputError, match=rule):
        profit_contribution(pd.DataFrame(data), **options)
