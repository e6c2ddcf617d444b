"""Chapter 45 through the chain: orders with a wave before, contracts only, everybody bought once, one month of data."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.clv.made import contracts, csv
from tests.learning.conftest import shop
from tests.report.chapters.outlook.conftest import YAML
from workbench.core.findings import findings_from
from workbench.report.chapters.outlook.chapter import CHAPTER
from workbench.report.chapters.value.chapter import CHAPTER as VALUE
from workbench.report.run.chain import run_chain
from workbench.store import Wave

pytestmark = pytest.mark.xdist_group("outlook")


def run(wave, root, listener, chapters=(CHAPTER,)):
    return run_chain(wave, list(chapters), root / "notebooks", listener)[CHAPTER.name].state


def states(wave):
    return {name: run.state for name, run in wave.manifest.chapters[CHAPTER.name].sections.items()}


def said(wave):
    return {f.id for f in findings_from(wave.read("findings_outlook")) if f.is_said}


def text_of(orders):
    return orders.assign(ordered_at=orders["ordered_at"].dt.strftime("%Y-%m-%d")).to_csv(index=False)


def test_orders_alone_tell_everybody_and_the_next_wave_judges_it(make_wave, root, kernels, listener):
    orders = shop(700)
    first = YAML.replace("2025-12-31", "2025-09-30") + "outlook: {holdout: 0.4, listed: 80, call_cost: 2}\n"
    before = Wave.open(make_wave(wave_yaml=first, transactions=text_of(orders)))
    assert run(before, root, listener) == "ran"
    assert len(before.read("outlook")) == before.read("outlook_summary")["customers"].iloc[0]
    wave = Wave.open(
        make_wave(
            wave_yaml=YAML.replace("wave: w1", "wave: w2\nprevious: w1"), transactions=text_of(orders), folder="w2"
        )
    )
    assert run(wave, root, listener) == "ran"
    found = states(wave)
    assert {n for n, s in found.items() if s == "computed"} >= {
        "learning",
        "promise",
        "last",
        "everybody",
        "list",
        "calls",
    }
    assert "keep" not in said(wave) and (wave.folder / "fieldwork" / "customers_to_call.xlsx").exists()
    assert {"outlook.ranked", "outlook.last", "outlook.call"} <= said(wave)


def test_contracts_alone_are_listed_to_be_renewed(make_wave, root, kernels, listener):
    held = YAML.replace("transactions: {file: raw/transactions.csv}", "contracts: {file: raw/contracts.csv}")
    held = held.replace("2025-12-31", "2026-06-30")
    wave = Wave.open(make_wave(wave_yaml=held, contracts=csv(contracts(1500))))
    assert run(wave, root, listener, (VALUE, CHAPTER)) == "ran"
    assert states(wave)["keep"] == "computed" and said(wave) == {"value.keep"}
    listed = pd.read_excel(wave.folder / "fieldwork" / "customers_to_keep.xlsx", dtype=str)
    assert len(listed)


@pytest.mark.parametrize("kind", ["once", "month"])
def test_what_cannot_be_learnt_is_refused_with_its_reason(make_wave, root, kernels, listener, kind):
    orders = shop(700)
    if kind == "once":
        orders = orders[orders["amount"] > 0].drop_duplicates("customer_id")
        orders = orders[orders["ordered_at"] < "2025-03-01"]
    else:
        orders = orders[orders["ordered_at"] >= "2025-12-01"]
    wave = Wave.open(make_wave(wave_yaml=YAML, transactions=text_of(orders)))
    assert run(wave, root, listener) == "ran"
    assert states(wave)["learning"] == "refused" and said(wave) == set()
    assert not wave.has("outlook") and not (wave.folder / "fieldwork" / "customers_to_call.xlsx").exists()
