from __future__ import annotations

import pandas as pd

from tests.conftest import WAVE
from workbench.report.chapters.value import lists
from workbench.report.chapters.value.terms import terms_of
from workbench.store import Wave


def test_margins_of_the_orders_come_first(make_wave):
    wave = Wave.open(make_wave(wave_yaml=WAVE + "value: {margin: 0.4, contact_cost: 2}\n"))
    given = lists.cost_terms(wave, terms_of(wave))
    assert (given["margin"], given["contact_cost"], given["contacts"]) == (0.4, 2.0, None)
    own = "customer_id,ordered_at,amount,margin\n001,2026-01-05,12.50,3\n"
    other = Wave.open(make_wave(transactions=own, folder="w2"))
    assert lists.cost_terms(other, terms_of(other))["margin"] == "margin"
    costs = pd.DataFrame({"customer_id": ["001"], "revenue": [1.0]})
    assert lists.with_breakdowns(costs, None, []) is costs
