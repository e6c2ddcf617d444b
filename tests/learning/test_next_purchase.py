from __future__ import annotations

import numpy as np

from workbench.learning import check_next_purchase, fit_next_purchase, learn


def test_dates_keep_their_promise_on_what_was_not_seen(folds):
    before, tested = folds.folds[0]
    learned = learn(before, ["btyd"])["btyd"]
    dates = fit_next_purchase(before, learned.probability(before.known))
    found = check_next_purchase(dates, tested, learned.probability(tested.known)).table
    # whole days: a few more than promised buy on the day itself
    assert (np.abs(found["bought"] - found["told"]) < 0.08).all()
    assert found["customers"].is_monotonic_decreasing


def test_dates_come_in_order_and_only_within_the_horizon(folds):
    learned = learn(folds.latest, ["btyd"])["btyd"]
    chance = learned.probability(folds.latest.known)
    days = fit_next_purchase(folds.latest, chance)(folds.latest.known, chance)
    known = ~np.isnan(days)
    assert (known == (chance[:, None] > [0.1, 0.5, 0.9])).all()
    assert (np.diff(days, axis=1)[known[:, 1:]] >= 0).all() and np.nanmax(days) <= 90
