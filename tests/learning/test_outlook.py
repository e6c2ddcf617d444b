from __future__ import annotations

import datetime as dt

import pytest

from tests.learning.conftest import END
from workbench.core.errors import InputError
from workbench.learning import outlook_folds


def test_lessons_follow_each_other_and_all_are_scored(orders, folds):
    cuts = [END - dt.timedelta(days=90 * k) for k in (0, 1, 2, 3)]
    assert [folds.now.cut, folds.latest.features.cut] == cuts[:2]
    assert [(a.features.cut, b.features.cut) for a, b in folds.folds] == [(cuts[2], cuts[1]), (cuts[3], cuts[2])]
    assert folds.now.customers == orders.loc[orders["amount"] > 0, "customer_id"].nunique()


def test_a_shorter_past_gives_one_fold_and_a_shorter_one_none(orders):
    late = orders[orders["ordered_at"] >= "2025-03-01"]
    assert len(outlook_folds(late, as_of=END, horizon_days=90, most=50).folds) == 1
    month = orders[orders["ordered_at"] >= "2025-12-01"]
    with pytest.raises(InputError, match="three horizons"):
        outlook_folds(month, as_of=END, horizon_days=90)
