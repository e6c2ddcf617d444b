from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.report.chapters.value.test_chapter import END, orders
from workbench.clv import fit_gamma_gamma, fit_mbg_nbd, purchase_summary, value_customers
from workbench.core.engine import as_table
from workbench.core.language import message
from workbench.report.chapters.value.groups import (
    OTHER_COLUMNS,
    VALUE_COLUMNS,
    breakdowns,
    group_names,
    grouped_customers,
    other_groups,
    value_groups,
    with_names,
)


@pytest.fixture(scope="module")
def fitted():
    purchases = purchase_summary(orders(600), observed_until=END)
    people = purchases.table[["customer_id"]].assign(
        region=np.resize(["north", "south", "south"], purchases.customers),
        tier=np.resize(["A", "B", None, "B", "B"], purchases.customers),
    )
    table = as_table(people, purchases.source.engine)
    models = fit_mbg_nbd(purchases), fit_gamma_gamma(purchases)
    return purchases, people, table, models


def valued(fitted, **terms):
    purchases, _, _, models = fitted
    return value_customers(purchases, *models, annual_discount_rate=0.1, seed=1, **terms)


def test_groups_agree_with_the_values_of_the_library(fitted):
    value = valued(fitted, margin=0.4, service_cost=3.0)
    made = value_groups(value, fitted[2], ["region"])
    known = value.by(fitted[2], "region").table
    assert made["group"].tolist() == known["group"].tolist()
    for mine, theirs in {
        "value": "value",
        "ci_low": "per_customer_low",
        "ci_high": "per_customer_high",
        "alive": "alive",
        "at_risk": "at_risk",
        "leaving": "leaving",
    }.items():
        np.testing.assert_allclose(made[mine].to_numpy(float), known[theirs].to_numpy(float), rtol=1e-9)
    part = value.table["clv"][fitted[1]["region"] == "north"]
    assert made["std_error"].iloc[0] == pytest.approx(part.std() / np.sqrt(len(part)), rel=1e-5)


def test_every_breakdown_counts_each_customer_on_the_terms_of_their_own(fitted):
    terms = {"margin": {"A": 0.6, "B": 0.3, "–": 0.2}, "service_cost": {"A": 20.0, "B": 0.0, "–": 1.0}}
    value = valued(fitted, terms_by=(fitted[2], "tier"), **terms)
    made = value_groups(value, fitted[2], ["region", "tier"])
    rows = value.table.merge(fitted[1], on="customer_id")
    for column in ("region", "tier"):
        sums = rows.assign(group=rows[column].fillna("–")).groupby("group")[["clv", "at_risk"]].sum()
        mine = made[made["breakdown"] == column].set_index("group")
        np.testing.assert_allclose(mine["value"], sums["clv"].reindex(mine.index), rtol=1e-9)
        np.testing.assert_allclose(mine["at_risk"], sums["at_risk"].reindex(mine.index), rtol=1e-9)
        assert mine["share"].sum() == pytest.approx(1)
        assert mine["per_customer"].between(mine["ci_low"], mine["ci_high"]).all()
    known = value.by(fitted[2], "tier").table.set_index("group")
    mine = made[made["breakdown"] == "tier"].set_index("group")
    np.testing.assert_allclose(mine["ci_low"], known["per_customer_low"], rtol=1e-9)


def test_without_groups_there_is_an_empty_table(fitted):
    empty = value_groups(valued(fitted), None, ())
    assert list(empty.columns)[:2] == ["breakdown", next(iter(VALUE_COLUMNS))]
    assert breakdowns(None) == ()


def test_customers_with_what_they_are_broken_down_by(make_wave):
    from workbench.store import Wave

    first = Wave.open(make_wave())
    engine = first.engine
    assert breakdowns(grouped_customers(first, engine)) == ("region",)
    first.keep("tiers", pd.DataFrame({"customer_id": ["001", "009"], "tier": ["A", "B"]}))
    text = (first.folder / "wave.yaml").read_text().replace("wave: w1", "wave: w2\nprevious: w1")
    second = Wave.open(make_wave(wave_yaml=text, folder="w2"))
    table = grouped_customers(second, engine)
    assert breakdowns(table) == ("region", "tier") and "segment" not in table.columns
    assert table.to_frame().astype(object).where(lambda f: f.notna(), None).to_numpy().tolist() == [
        ["001", "north", "A"],
        ["002", "south", None],
        ["003", "north", None],
        ["009", None, "B"],
    ]
    first.keep("segments", pd.DataFrame({"customer_id": ["003", "010"], "segment": [2, 1]}))
    first.keep("segment_names", pd.DataFrame({"segment": [1, 2], "en": ["Old", "New"], "zh": ["老", "新"]}))
    with_segments = grouped_customers(second, engine).to_frame().set_index("customer_id")
    assert with_segments["segment"].dropna().to_dict() == {"003": 2, "010": 1} and len(with_segments) == 5
    assert with_segments["tier"].dropna().to_dict() == {"001": "A", "009": "B"}
    assert group_names(second)["segment"]["2"].text("en") == "2 New"


def test_names_stand_for_codes():
    table = with_names(pd.DataFrame({"group": ["1", "2"]}), "tier", {"tier": {"1": message("Refunds")}})
    assert [str(g) for g in table["group"]] == ["Refunds", "2"]


def test_breakdowns_without_a_table_of_their_own_share_one(fitted):
    made = value_groups(valued(fitted), fitted[2], ["region", "tier"])
    rows = other_groups(made, ("region",), {}, {"tier": {"–": message("Refunds")}})
    assert list(rows.columns) == list(OTHER_COLUMNS)
    assert {str(b) for b in rows["breakdown"]} == {"Tier in the previous wave"} and len(rows) == 3
    assert [str(g) for g in rows["group"]] == ["A", "B", "Refunds"]


def test_of_many_groups_the_smallest_are_put_together(make_wave):
    from workbench.store import Wave

    regions = [f"r{i:02d}" for i in range(20) for _ in range(20 - i)]
    lines = "".join(f"{i},{r}\n" for i, r in enumerate(regions))
    wave = Wave.open(make_wave(customers="customer_id,region\n" + lines))
    table = grouped_customers(wave, wave.engine)
    sizes = table.to_frame()["region"].value_counts()
    assert len(sizes) == 12 and sizes["…"] == sum(range(1, 10)) and sizes["r00"] == 20
