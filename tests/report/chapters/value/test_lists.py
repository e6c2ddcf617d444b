from __future__ import annotations

import pandas as pd

from tests.clv.made import orders
from tests.conftest import WAVE
from tests.report.chapters.value.test_chapter import from_orders
from workbench.clv import customers_to_keep
from workbench.report.chapters.value import lists
from workbench.report.chapters.value.chapter import best_worth
from workbench.report.chapters.value.terms import terms_of
from workbench.store import Wave


def test_the_list_is_written_for_those_who_use_it(make_wave):
    people = "customer_id,region,do_not_contact\n001,n,true\n002,s,false\n"
    wave = Wave.open(make_wave(customers=people))
    refusing = lists.not_to_be_contacted(wave)
    assert refusing.to_frame()["customer_id"].tolist() == ["001"]
    worth = best_worth(from_orders(orders(400))[1], None)
    kept = customers_to_keep(worth.source, purchases=lists.histories(worth), leave_out=refusing, listed=20)
    lists.write_keep_list(wave, kept)
    again = pd.read_excel(wave.folder / "fieldwork" / "customers_to_keep.xlsx", dtype=str)
    assert again["customer_id"].tolist() == kept.customers["customer_id"].tolist()
    assert again["action"].str.startswith(("挽留", "赢回")).all()


def test_who_says_nothing_of_contacts_leaves_nobody_out(make_wave):
    wave = Wave.open(make_wave())
    assert lists.not_to_be_contacted(wave) is None
    assert lists.histories(best_worth(from_orders(orders(9))[1], None)) is None


def test_margins_of_the_orders_come_first(make_wave):
    wave = Wave.open(make_wave(wave_yaml=WAVE + "value: {margin: 0.4, contact_cost: 2}\n"))
    given = lists.cost_terms(wave, terms_of(wave))
    assert (given["margin"], given["contact_cost"], given["contacts"]) == (0.4, 2.0, None)
    own = "customer_id,ordered_at,amount,margin\n001,2026-01-05,12.50,3\n"
    other = Wave.open(make_wave(transactions=own, folder="w2"))
    assert lists.cost_terms(other, terms_of(other))["margin"] == "margin"
    costs = pd.DataFrame({"customer_id": ["001"], "revenue": [1.0]})
    assert lists.with_breakdowns(costs, None, []) is costs
