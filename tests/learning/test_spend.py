from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from workbench.core.errors import InputError
from workbench.learning import check_spend, fit_spend, learn
from workbench.learning.spend import spend_carried_on


def test_it_is_right_in_the_sum_of_those_learnt_from(folds):
    told = fit_spend(folds.latest)(folds.latest.known)
    buyers = folds.latest.spend > 0
    assert told[buyers].sum() == pytest.approx(folds.latest.spend[buyers].sum(), rel=0.01)
    assert (told > 0).all() and told.max() <= folds.latest.spend.max()


def test_it_beats_last_year_carried_on_where_customers_leave(folds):
    before, tested = folds.folds[0]
    learned = learn(before, ["btyd"])["btyd"]
    found = check_spend(fit_spend(before), learned, tested)
    rows = found.table.set_index("method")
    assert found.chosen == "learnt" and rows.loc["learnt", "ci_low"] > 0
    assert rows.loc["learnt", "told"] == pytest.approx(rows.loc["learnt", "actual"], rel=0.15)
    assert "carried on" in found.to_html("en")


def test_a_rule_is_not_replaced_by_noise(folds):
    before, tested = folds.folds[0]
    learned = learn(before, ["btyd"])["btyd"]
    noise = dataclasses.replace(fit_spend(before), weights=np.zeros(7), start=20.0, most=1e6)
    assert check_spend(noise, learned, tested).chosen == "carried"


def test_new_customers_are_carried_on_from_their_first_purchase():
    X = np.array([[100.0, 49.0], [365.0, 800.0], [10.0, 0.0]])
    told = spend_carried_on(X, ("amount_365", "tenure_days"), 25)
    np.testing.assert_allclose(told, [50.0, 25.0, 10.0])


def test_few_buyers_are_refused(folds):
    rows = folds.latest.rows
    with pytest.raises(InputError, match="100 who spent"):
        fit_spend(dataclasses.replace(folds.latest, rows=rows[rows["spend"] > 0].head(99)))
