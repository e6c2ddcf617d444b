"""Chapter 40 through the chain: waves with contracts only, with orders and contracts, and where nobody seems to leave."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import contracts, csv, faithful, monthly, orders
from tests.conftest import WAVE
from tests.report.chapters.value.test_chapter import CONTRACTS
from workbench.core.findings import findings_from
from workbench.report.chapters.value.chapter import CHAPTER
from workbench.report.run.chain import run_chain
from workbench.store import Wave

pytestmark = pytest.mark.xdist_group("value")
MIME = "application/vnd.workbench.block+json"
ONLY = CONTRACTS.replace("  transactions: {file: raw/transactions.csv}\n", "")


def text_of(wave):
    """Return everything a reader sees of the chapter, in both languages."""
    notebook = json.loads((wave.artefacts / "notebooks" / "40_value.ipynb").read_text(encoding="utf-8"))
    blocks = [o["data"] for c in notebook["cells"] for o in c.get("outputs", []) if "data" in o]
    shown = [b[MIME]["html"] for b in blocks if MIME in b]
    return {language: re.sub("<[^>]+>", " ", " ".join(s[language] for s in shown)) for language in ("en", "zh-CN")}


def bought(frame):
    return frame.assign(ordered_at=frame["ordered_at"].dt.strftime("%Y-%m-%d")).to_csv(index=False)


def run(wave, root, listener):
    return run_chain(wave, [CHAPTER], root / "notebooks", listener)[CHAPTER.name].state


def test_contracts_alone_make_a_chapter(make_wave, root, kernels, listener):
    people = pd.DataFrame({"customer_id": [f"{i:05d}" for i in range(2500)], "region": np.resize(["n", "s"], 2500)})
    text = csv(contracts(2500))
    wave = Wave.open(make_wave(wave_yaml=ONLY, contracts=text, customers=people.to_csv(index=False)))
    assert run(wave, root, listener) == "ran"
    row = wave.read("value_summary").iloc[0]
    assert row["customers"] == 2500
    assert row["ci_low"] < row["clv"] < row["ci_high"]
    assert len(wave.read("clv")) == 2500
    assert set(wave.read("value_groups")["breakdown"]) == {"region"}
    said = text_of(wave)
    for word in ("under contract", "first renewal", "by kind", "Running contracts"):
        assert word in said["en"]
    assert "续约" in said["zh-CN"] and "first purchase in" not in said["en"].lower()


def test_orders_and_contracts_on_terms_of_their_own(make_wave, root, kernels, listener):
    history = orders(700)
    people = pd.DataFrame({"customer_id": sorted(history["customer_id"].unique())})
    people = people.assign(region=np.resize(["n", "s", "s"], len(people)))
    agreed = contracts(700)
    cases = pd.DataFrame({"customer_id": people["customer_id"].head(200), "opened_at": "2026-05-01", "kind": "visit"})
    terms = "value: {terms_by: region, margin: 0.4, margins: {n: 0.2}, service_cost: 2, contact_costs: {visit: 90}}\n"
    text = CONTRACTS.replace("tables:\n", "tables:\n  interactions: {file: raw/interactions.csv}\n") + terms
    wave = Wave.open(
        make_wave(
            wave_yaml=text,
            transactions=bought(history),
            customers=people.to_csv(index=False),
            contracts=csv(agreed),
            interactions=cases.to_csv(index=False),
        )
    )
    assert run(wave, root, listener) == "ran"
    groups = wave.read("value_groups").set_index("group")
    assert groups.loc["n", "per_customer"] < 0.75 * groups.loc["s", "per_customer"]
    assert groups["value"].sum() == pytest.approx(wave.read("clv")["clv"].sum(), rel=1e-9)
    assert wave.read("profits")["contacts"].sum() == 200 * 90
    said = text_of(wave)["en"]
    for word in ("Still customers", "first renewal", "cost more than they brought", "Complaints and other contacts"):
        assert word in said


def states(wave):
    return {name: run.state for name, run in wave.manifest.chapters[CHAPTER.name].sections.items()}


def said(wave):
    return {f.id for f in findings_from(wave.read("findings_value")) if f.is_said}


def test_where_nobody_seems_to_leave_nothing_is_said_of_it(make_wave, root, kernels, listener):
    wave = Wave.open(make_wave(wave_yaml=WAVE, transactions=bought(faithful())))
    assert run(wave, root, listener) == "ran"
    assert states(wave)["staying"] == "refused"
    assert not {"value.left", "staying.after_12"} & said(wave)
    assert wave.read("value_summary")["basis"].tolist() == ["silent"]


def test_contracts_that_all_run_tell_no_value_but_make_a_page(make_wave, root, kernels, listener):
    wave = Wave.open(make_wave(wave_yaml=ONLY, contracts="customer_id,started_at\na,2026-01-01\nb,2026-02-01\n"))
    assert run(wave, root, listener) == "ran"
    found = states(wave)
    assert found["contracts"] == "computed"
    assert found["renewals"] == found["value"] == "refused"
    assert not wave.has("value_summary")


def test_regular_buyers_are_told_as_ones(make_wave, root, kernels, listener):
    wave = Wave.open(make_wave(wave_yaml=WAVE, transactions=bought(monthly())))
    assert run(wave, root, listener) == "ran"
    assert {"value.total", "value.regular", "value.regular_check", "value.left"} <= said(wave)
    row = wave.read("value_summary").iloc[0]
    assert row["basis"] == "models"
    assert wave.read("value_models")["model"].empty  # amounts need no model, so that nothing is kept of one
    assert row["clv"] < 12 * 9.99 * row["alive"]
    assert "as by calendar" in text_of(wave)["en"]


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (orders(80).drop_duplicates("customer_id"), "second time"),
        (orders(7), "customers bought again"),
        (orders(300).assign(ordered_at=lambda f: f["ordered_at"] - pd.Timedelta(days=700)), None),
        (orders(60).assign(amount=lambda f: np.where(f.index % 3, f["amount"], -3 * f["amount"])), None),
    ],
    ids=["once", "seven", "long ago", "refunds"],
)
def test_whatever_the_orders_the_chapter_says_what_it_can(make_wave, root, kernels, listener, frame, why):
    wave = Wave.open(make_wave(wave_yaml=WAVE, transactions=bought(frame)))
    assert run(wave, root, listener) == "ran"
    found = states(wave)
    assert "fault" not in found.values()
    assert found["orders"] == found["value"] == "computed"
    assert {"value.last_year", "value.total"} & said(wave)
    if why is not None:
        assert why in text_of(wave)["en"]


def test_nothing_but_refunds_is_refused_in_words(make_wave, root, kernels, listener):
    frame = orders(40).assign(amount=-5.0)
    wave = Wave.open(make_wave(wave_yaml=WAVE, transactions=bought(frame)))
    assert run(wave, root, listener) == "ran"
    assert states(wave)["orders"] == "refused"
    assert "fault" not in states(wave).values()
