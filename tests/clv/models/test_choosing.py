from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, faithful, monthly, orders
from workbench.clv import BgNbd, Fit, GammaGamma, choose_models, fit_bg_nbd, purchase_rhythm, purchase_summary
from workbench.clv.models.choosing import own_amounts
from workbench.core import InputError


def summed(frame):
    return purchase_summary(frame, observed_until=END)


@pytest.fixture(scope="module")
def purchases():
    return summed(orders())


def test_the_best_model_has_the_smallest_aic(purchases):
    models = choose_models(purchases)
    assert str(models.of_buying.model.label) == str(models.compared.table["model"].iloc[0])
    assert type(models.of_leaving.model) is not BgNbd
    assert models.leaving_told
    assert models.problem is None
    given = choose_models(purchases, "bg_nbd")
    assert given.of_buying.model == fit_bg_nbd(purchases).model
    assert given.kind == "bg_nbd"
    assert type(given.of_leaving.model) is not BgNbd


def test_where_nobody_leaves_nobody_is_said_to_have_left():
    models = choose_models(summed(faithful()))
    assert models.buying is not None
    assert not models.leaving_told
    with pytest.raises(InputError, match="leaving can be identified"):
        _ = models.of_leaving


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (orders(50).drop_duplicates("customer_id"), "nobody bought a second time"),
        (orders(20), "customers bought again"),
        (orders(600).assign(amount=lambda f: np.random.default_rng(1).pareto(0.7, len(f)) + 1), "does not exist"),
    ],
)
def test_what_holds_no_model_says_why(frame, why):
    models = choose_models(summed(frame))
    assert models.buying is None or models.spending is None
    assert why in str(models.problem)
    with pytest.raises(InputError, match="models that hold"):
        _ = models.of_spending


def test_regular_buyers_are_told_as_ones():
    frame = monthly()
    rhythm = purchase_rhythm(frame, observed_until=END)
    known = choose_models(summed(frame), rhythm=rhythm)
    assert known.kind == "regular_nbd"
    assert known.buying is known.leaving
    assert known.refit(summed(frame)).parameters == pytest.approx(known.buying.parameters, rel=1e-5)
    assert len(known.compared.table) == 4
    models = choose_models(summed(frame), "mbg_nbd", rhythm=rhythm)
    assert "as by calendar" in str(models.problem)
    with pytest.raises(InputError, match="as by calendar"):
        _ = models.of_buying


def test_amounts_that_do_not_vary_are_what_they_are(purchases):
    frame = orders()
    own = frame["customer_id"].astype(int) % 5 + 3.0
    histories = summed(frame.assign(amount=own))
    models = choose_models(histories, rhythm=purchase_rhythm(frame.assign(amount=own), observed_until=END))
    assert isinstance(models.spending, GammaGamma)
    rows = histories.table[histories.table["frequency"] > 0]
    told = models.spending.expected_spend(rows["frequency"], rows["monetary_value"])
    np.testing.assert_allclose(told, rows["monetary_value"], rtol=2e-3)
    assert own_amounts(histories).mean_spend == pytest.approx(rows["monetary_value"].mean(), rel=1e-6)
    differing = frame.assign(amount=frame["amount"] * own)
    varied = choose_models(summed(differing), rhythm=purchase_rhythm(differing, observed_until=END))
    assert isinstance(varied.spending, Fit)


def test_where_all_spend_the_same_on_average_that_is_the_amount(purchases):
    models = choose_models(purchases)
    assert isinstance(models.spending, GammaGamma)
    repeats = purchases.patterns
    mean = repeats["repeat_amount"].sum() / (repeats["x"] @ repeats["count"])
    assert models.spending.mean_spend == pytest.approx(mean)
    assert float(models.spending.expected_spend(5, 2 * mean)) == pytest.approx(mean, rel=0.01)


def test_one_amount_for_everybody():
    model = own_amounts(summed(monthly()))
    assert model.mean_spend == pytest.approx(9.99)
    assert float(model.expected_spend(3, 9.99)) == pytest.approx(9.99)
    assert pd.notna(model.q)
