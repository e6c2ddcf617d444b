from __future__ import annotations

import datetime as dt

import pandas as pd

from tests.report.chapters.outlook.conftest import YAML
from workbench.report.chapters.outlook.known import known_of, learnt_from
from workbench.store import Wave

ORDERS = "customer_id,ordered_at,amount,category,channel\n001,2025-01-05,1,tea,web\n"


def test_customers_columns_are_known_always_and_answers_since_their_wave(make_wave):
    people = "customer_id,region,gender\n" + "".join(f"{i:03d},n,f\n" for i in range(40))
    first = Wave.open(make_wave(wave_yaml=YAML, transactions=ORDERS, customers=people))
    first.keep("respondents", pd.DataFrame({"customer_id": ["001", "001"], "recommend": [4.0, 8.0]}))
    later = YAML.replace("wave: w1", "wave: w2\nprevious: w1").replace("2025-12-31", "2026-03-31")
    wave = Wave.open(make_wave(wave_yaml=later, transactions=ORDERS, customers=people, folder="w2"))
    always, answered = known_of(wave)
    assert always.names() == ["region=n"] and always.since is None
    assert answered.names() == ["recommend"] and answered.since == dt.date(2025, 12, 31)
    assert answered.table.rows("SELECT recommend FROM {table} AS t")["recommend"].tolist() == [6.0]


def test_only_what_is_there_is_given(make_wave):
    wave = Wave.open(make_wave(wave_yaml=YAML + "outlook: {features: []}\n", transactions=ORDERS))
    given = learnt_from(wave, None, [])
    assert given["items"] == ["category"] and given["interactions"] is None and given["known"] == []
