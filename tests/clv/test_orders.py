from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, faithful, monthly, orders
from workbench.clv import choose_models, purchase_rhythm, purchase_summary, value_orders


def valued(frame, choice="best", **more):
    purchases, rhythm = purchase_summary(frame, observed_until=END), purchase_rhythm(frame, observed_until=END)
    models = choose_models(purchases, choice, rhythm=rhythm)
    return value_orders(frame, purchases, models, rhythm, annual_discount_rate=0.1, seed=1, **more)


def test_models_where_they_hold():
    found = valued(orders(900))
    assert found.kind == "models"
    assert found.leaving_told
    assert found.total.ci_low < found.total.estimate < found.total.ci_high
    people = pd.DataFrame({"customer_id": found.source.to_frame()["customer_id"], "region": "n"})
    assert found.by(people, ["region"]).table["value"].sum() == pytest.approx(found.total.estimate)
    assert not valued(faithful()).leaving_told


def test_regular_buyers_are_valued_by_their_rhythm_and_forecast_well():
    """Half of those who buy every month are gone within nine: what a model of random purchases cannot tell."""
    found = valued(monthly())
    assert found.kind == "models"
    assert found.models.kind == "regular_nbd"
    assert found.leaving_told
    rows = found.compared.table.set_index("method")
    assert rows.loc["rhythm", "rmse"] < rows.loc["random", "rmse"]
    assert abs(rows.loc["rhythm", "off"]) < 0.05
    runs = valued(monthly(), "mbg_nbd")
    assert found.total.ci_low < runs.total.estimate < found.total.ci_high
    alive = found.result.table.set_index("customer_id")["probability_alive"]
    last = monthly().groupby("customer_id")["ordered_at"].max().reindex(alive.index)
    assert (alive[last < pd.Timestamp("2026-05-01")] < 0.01).all()
    assert (alive[last == pd.Timestamp("2026-06-30")] > 0.85).all()


def test_where_a_model_of_random_times_is_wanted_regular_buyers_are_valued_like_contracts():
    found = valued(monthly(), "mbg_nbd")
    assert found.kind == "regular"
    assert found.compared is None
    assert found.leaving_told
    still = found.spells.count("running")
    assert 9.99 * still * 3 < found.total.estimate < 9.99 * still * 12
    assert found.check is not None
    assert found.check.told == pytest.approx(found.check.happened, abs=3 * found.check.happened**0.5 + 3)


@pytest.mark.parametrize(
    "frame",
    [
        orders(60).drop_duplicates("customer_id"),
        orders(7),
        orders(600).assign(amount=lambda f: np.random.default_rng(1).pareto(0.7, len(f)) + 1),
    ],
)
def test_where_no_model_holds_last_years_amounts_stand(frame):
    found = valued(frame)
    assert found.kind == "last year"
    assert not found.leaving_told
    assert np.isnan(found.total.ci_low)
    assert any("No model of purchases holds here" in str(n.message) for n in found.notes)
    since = pd.Timestamp(END) - pd.Timedelta(days=364)
    assert found.total.estimate == pytest.approx(frame.loc[frame["ordered_at"] >= since, "amount"].sum())


def test_one_amount_for_everybody_needs_no_model_of_amounts():
    found = valued(orders(900).assign(amount=9.99))
    assert found.kind == "models"
    rows = found.result.table
    assert rows["expected_spend"].to_numpy() == pytest.approx(9.99, rel=1e-3)
    assert found.total.ci_high < 1.3 * found.total.ci_low
