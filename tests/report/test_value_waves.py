"""Chapter 40 through the chain: waves with contracts only, with orders and contracts, and where nobody seems to leave."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from tests.report.chapters.value.test_chapter import END, orders
from tests.report.chapters.value.test_contracts import YAML, csv, made
from workbench.report.chapters.value.chapter import CHAPTER
from workbench.report.run.chain import run_chain
from workbench.store import Wave

pytestmark = pytest.mark.xdist_group("value")
ONLY = YAML.replace("  transactions: {file: raw/transactions.csv}\n", "")


def text_of(wave):
    """Return everything a reader sees of the chapter, in both languages."""
    notebook = json.loads((wave.artefacts / "notebooks" / "40_value.ipynb").read_text(encoding="utf-8"))
    blocks = [o["data"] for c in notebook["cells"] for o in c.get("outputs", []) if "data" in o]
    shown = [b["application/vnd.workbench.block+json"]["html"] for b in blocks if len(b) > 1]
    return {language: re.sub("<[^>]+>", " ", " ".join(s[language] for s in shown)) for language in ("en", "zh-CN")}


def bought(frame):
    return frame.assign(ordered_at=frame["ordered_at"].dt.strftime("%Y-%m-%d")).to_csv(index=False)


def run(wave, root, listener):
    return run_chain(wave, [CHAPTER], root / "notebooks", listener)[CHAPTER.name].state


def test_contracts_alone_make_a_chapter(make_wave, root, kernels, listener):
    people = pd.DataFrame({"customer_id": [f"{i:05d}" for i in range(2500)], "region": np.resize(["n", "s"], 2500)})
    text = csv(made(2500))
    wave = Wave.open(make_wave(wave_yaml=ONLY, contracts=text, customers=people.to_csv(index=False)))
    assert run(wave, root, listener) == "ran"
    row = wave.read("value_summary").iloc[0]
    assert row["customers"] == 2500 and row["ci_low"] < row["clv"] < row["ci_high"]
    assert len(wave.read("clv")) == 2500 and not len(wave.read("value_models"))
    assert set(wave.read("value_groups")["breakdown"]) == {"region"}
    said = text_of(wave)
    for word in ("under contract", "first renewal", "by kind", "Running contracts", "customers_to_keep"):
        assert word in said["en"]
    assert "续约" in said["zh-CN"] and "first purchase in" not in said["en"].lower()
    listed = pd.read_excel(wave.folder / "fieldwork" / "customers_to_keep.xlsx", dtype=str, engine="openpyxl")
    assert len(listed) and not any(i in said["en"] for i in listed["customer_id"])


def test_orders_and_contracts_on_terms_of_their_own(make_wave, root, kernels, listener):
    history = orders(700)
    people = pd.DataFrame({"customer_id": sorted(history["customer_id"].unique())})
    people = people.assign(region=np.resize(["n", "s", "s"], len(people)))
    agreed = made(700)
    cases = pd.DataFrame({"customer_id": people["customer_id"].head(200), "opened_at": "2026-05-01", "kind": "visit"})
    terms = "value: {terms_by: region, margin: 0.4, margins: {n: 0.2}, service_cost: 2, contact_costs: {visit: 90}}\n"
    text = YAML.replace("tables:\n", "tables:\n  interactions: {file: raw/interactions.csv}\n") + terms
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


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
def test_where_nobody_seems_to_leave_nothing_is_said_of_it(make_wave, root, kernels, listener):
    rng = np.random.default_rng(5)
    days = [(f"{i:03d}", END - pd.Timedelta(days=int(d))) for i in range(400) for d in rng.integers(0, 400, 8)]
    frame = pd.DataFrame(days, columns=["customer_id", "ordered_at"]).assign(amount=lambda f: 5.0 + f.index % 7)
    frame["ordered_at"] = pd.to_datetime(frame["ordered_at"])
    wave = Wave.open(make_wave(wave_yaml=WAVE, transactions=bought(frame)))
    assert run(wave, root, listener) == "ran"
    said = text_of(wave)
    assert "No leaving can be identified in these orders" in said["en"] and "识别不出流失" in said["zh-CN"]
    assert "After 12 months" not in said["en"] and "all time" not in said["en"]
    assert not (wave.folder / "fieldwork" / "customers_to_keep.xlsx").exists()


def test_contracts_that_all_run_tell_no_value_but_make_a_page(make_wave, root, kernels, listener):
    wave = Wave.open(make_wave(wave_yaml=ONLY, contracts="customer_id,started_at\na,2026-01-01\nb,2026-02-01\n"))
    assert run(wave, root, listener) == "ran"
    assert not len(wave.read("value_summary")) and not len(wave.read("clv"))
    assert "Contracts without amounts" in text_of(wave)["en"]
