from __future__ import annotations

import pandas as pd

from tests.report.chapters.outlook.conftest import YAML
from workbench.clv import customers_to_keep
from workbench.learning import outlook_list
from workbench.report.chapters.outlook import lists
from workbench.store import Wave

ORDERS = "customer_id,ordered_at,amount\n001,2025-01-05,1\n"


def test_whom_to_call_is_written_through_the_gate_without_those_held_out(make_wave, told):
    scores = told[2].source
    some = outlook_list(scores, salt="shop", listed=40).to_call["customer_id"].tolist()
    people = "customer_id,do_not_contact\n" + "".join(f"{c},{str(c == some[0]).lower()}\n" for c in some)
    wave = Wave.open(make_wave(wave_yaml=YAML, transactions=ORDERS, customers=people))
    options = lists.list_options(wave)
    assert (options["salt"], options["start"], options["alive"]) == ("shop", 0.0, None)
    found = outlook_list(scores, features=told[0].now, **options | {"listed": 40})
    lists.write_call_list(wave, found)
    again = pd.read_excel(wave.folder / "fieldwork" / "customers_to_call.xlsx", dtype=str)
    assert again["customer_id"].tolist() == found.to_call["customer_id"].tolist()
    held = found.customers.loc[found.customers["arm"] == "holdout", "customer_id"]
    assert len(held) and not set(held) & set(again["customer_id"]) and some[0] not in set(again["customer_id"])
    assert again["reason"].dropna().str.contains("沉默|购买|消费").all() and {"silent_days", "purchases"} <= set(again)


def test_another_wave_holds_others_out(make_wave):
    make_wave(wave_yaml=YAML, transactions=ORDERS)
    later = YAML.replace("wave: w1", "wave: w2\nprevious: w1")
    wave = Wave.open(make_wave(wave_yaml=later, transactions=ORDERS, folder="w2"))
    assert lists.list_options(wave)["start"] == 0.1


def test_whom_to_keep_is_written_with_what_to_do(make_wave):
    wave = Wave.open(make_wave(wave_yaml=YAML, transactions=ORDERS))
    values = pd.DataFrame(
        {"customer_id": ["001", "002"], "probability_alive": [0.6, 0.3], "clv": [60.0, 30], "at_risk": [40.0, 70]}
    )
    lists.write_keep_list(wave, customers_to_keep(values))
    again = pd.read_excel(wave.folder / "fieldwork" / "customers_to_keep.xlsx", dtype=str)
    assert again["action"].str.startswith(("挽留", "赢回")).all() and len(again) == 2
    assert lists.histories(wave).columns.keys() >= {"last_purchase", "frequency"}
    wave.keep("value_summary", pd.DataFrame({"basis": ["contracts"]}))
    assert lists.like_contracts(wave)
