from __future__ import annotations

import pytest
from pydantic import ValidationError

from workbench.store.config.outlook import OffersPlan, OutlookPlan


def test_nothing_said_is_a_quarter_ahead_and_a_tenth_held_out():
    plan = OutlookPlan()
    assert (plan.horizon_days, plan.holdout, plan.listed, plan.call_cost) == (90, 0.1, 1000, None)
    assert OutlookPlan(holdout=0).holdout == 0


@pytest.mark.parametrize("wrong", [{"holdout": 0.9}, {"horizon_days": 3}, {"call_cost": 0}, {"hold_out": 0.1}])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValidationError):
        OutlookPlan(**wrong)


def test_an_item_for_nobody_is_named_where_it_belongs():
    with pytest.raises(ValidationError, match="out_of_stock"):
        OffersPlan(only={"tier": {"tea": []}})
    with pytest.raises(ValidationError):
        OffersPlan(bought="sometimes")
    assert OffersPlan(item="product", per_customer=3).holdout_days == 91
