from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from tests.report.chapters.value.test_chapter import END, orders
from tests.report.chapters.value.test_contracts import YAML, csv, made
from workbench.report.chapters.value import chapter as chapter
from workbench.report.chapters.value.groups import grouped_customers
from workbench.report.chapters.value.keep import customers_to_keep, keep_table, write_keep_list
from workbench.report.chapters.value.terms import WaveTerms, terms_of
from workbench.store import Wave


@pytest.fixture
def wave(make_wave):
    bought = orders(400).assign(ordered_at=lambda t: t["ordered_at"].dt.strftime("%Y-%m-%d"))
    people = pd.DataFrame({"customer_id": sorted(bought["customer_id"].unique())})
    people = people.assign(region="n", do_not_contact=people.index % 2 == 0)
    return Wave.open(
        make_wave(wave_yaml=WAVE, transactions=bought.to_csv(index=False), customers=people.to_csv(index=False))
    )


def test_those_within_reach_with_most_at_stake_come_first(wave):
    found = chapter.from_orders(wave, terms_of(wave), interval=0.9, seed=1)
    people = grouped_customers(wave, chapter.engine_of(found, None))
    kept = customers_to_keep(wave, found, None, people, listed=20)
    rows = kept.customers
    assert len(rows) <= 20 and rows["at_risk"].is_monotonic_decreasing
    assert rows["probability_alive"].between(0.1, 0.9).all()
    assert (rows["customer_id"].astype(int) % 2 == 1).all()  # the others do not want to be contacted
    assert (rows.loc[rows["probability_alive"] < 0.5, "action"] == "win_back").all()
    assert {"last_purchase", "region"} <= set(rows.columns)
    whole = customers_to_keep(wave, found, None, people, listed=10_000)
    assert kept.table["customers"].sum() == len(whole.customers) == whole.table["listed"].sum()
    assert kept.table["listed"].sum() == len(rows)
    write_keep_list(wave, kept)
    again = pd.read_excel(wave.folder / "fieldwork" / "customers_to_keep.xlsx", dtype=str)
    assert again["customer_id"].tolist() == rows["customer_id"].tolist()
    assert again["action"].str.startswith(("挽留", "赢回")).all()
    assert "customer_id" not in keep_table(kept)
    assert wave.config.as_of == END


def test_contracts_to_renew_and_nothing_to_keep(make_wave):
    wave = Wave.open(make_wave(wave_yaml=YAML, contracts=csv(made(500)), folder="w2"))
    found = chapter.from_contracts(wave, WaveTerms(1.0, 0.0), interval=0.9)
    kept = customers_to_keep(wave, None, found, None, listed=5)
    assert kept.customers["action"].tolist() == ["renew"] * 5
    assert customers_to_keep(wave, None, None, None, listed=5) is None
    write_keep_list(wave, None)
    assert not (wave.folder / "fieldwork" / "customers_to_keep.xlsx").exists()
