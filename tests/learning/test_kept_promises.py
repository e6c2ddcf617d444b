from __future__ import annotations

import datetime as dt

import pytest

from tests.learning.conftest import END
from workbench.core.errors import InputError
from workbench.learning import check_kept_promises, fit_next_purchase, learn, score_customers
from workbench.learning.scoring import Teller

MADE = END - dt.timedelta(days=90)


@pytest.fixture(scope="module")
def before(folds):
    """What an earlier wave would have told."""
    learnt, tested = folds.folds[0]
    learned = learn(learnt, ["btyd"])["btyd"]
    teller = Teller(learned, fit_next_purchase(learnt, learned.probability(learnt.known)), None)
    return score_customers(teller, tested.features), tested


def test_it_agrees_with_the_test_that_was_held_then(orders, before):
    scores, tested = before
    found = check_kept_promises(scores.source, orders, made_on=MADE, horizon_days=90, until=END)
    rows = found.table.set_index("measure")
    assert rows.loc["bought", "actual"] == pytest.approx(100 * tested.bought.mean())
    assert rows.loc["spend", "actual"] == pytest.approx(tested.spend.mean())
    assert rows.loc["auc", "ci_low"] > 0.7 and found.n == len(tested.rows)
    assert found.promise.n == found.n and "Ranked rightly" in found.to_html("en")


def test_days_that_are_not_over_are_not_judged(orders, before):
    with pytest.raises(InputError, match="days are over"):
        check_kept_promises(before[0].source, orders, made_on=MADE, horizon_days=91, until=END)
