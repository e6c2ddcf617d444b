import numpy as np
import pandas as pd
import pytest

from workbench.clv import (
    BgNbd,
    GammaGamma,
    compare_group_values,
    fit_bg_nbd,
    fit_gamma_gamma,
    group_values,
    value_customers,
)
from workbench.core import InputError, use_language


@pytest.fixture(scope="module")
def value(cdnow):
    return value_customers(cdnow, fit_bg_nbd(cdnow), fit_gamma_gamma(cdnow), annual_discount_rate=0.1, seed=1)


@pytest.fixture(scope="module")
def people(cdnow):
    return cdnow.table[["customer_id"]].assign(region=np.resize(["east", "north", "south", None], cdnow.customers))


def test_sums_of_the_customers_rows(value, people):
    found = group_values(value, people, "region").table.set_index("group")
    rows = value.table.merge(people, on="customer_id").fillna({"region": "–"}).groupby("region")
    np.testing.assert_allclose(found["value"], rows["clv"].sum(), rtol=1e-9)
    np.testing.assert_allclose(found["at_risk"], rows["at_risk"].sum(), rtol=1e-9)
    np.testing.assert_allclose(found["alive"], rows["probability_alive"].mean(), rtol=1e-9)
    assert found["customers"].tolist() == rows.size().tolist()
    assert found["share"].sum() == pytest.approx(1)
    assert found.index.tolist() == sorted(found.index)


def test_one_group_of_everybody_has_the_totals_interval(value, people):
    row = group_values(value, people.assign(all="yes"), "all").table.iloc[0]
    assert row["value"] == pytest.approx(value.total.estimate)
    assert row["ci_low"] * row["customers"] == pytest.approx(value.total.ci_low, rel=1e-3)
    assert row["ci_high"] * row["customers"] == pytest.approx(value.total.ci_high, rel=1e-3)


def test_groups_intervals_hold_what_groups_do(cdnow, people):
    """Known parameters, customers drawn from the models: nine in ten sums lie in the intervals."""
    model, spend = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426), GammaGamma(p=6.25, q=3.74, gamma=15.44)
    value = value_customers(cdnow, model, spend, annual_discount_rate=0.0, interval=0.9, seed=1)
    found = group_values(value, people, "region").table
    own = cdnow.table[["frequency", "recency", "T", "monetary_value"]].to_numpy(dtype=float).T
    spent = np.where(own[0] > 0, own[0] * own[3], 0.0)
    group = pd.Categorical(people["region"].fillna("–")).codes
    rng, inside = np.random.default_rng(4), []
    for _ in range(200):
        alive = rng.random(own.shape[1]) < model.probability_alive(*own[:3])
        bought = model.simulate_if_alive(365 / 7, own[0], own[2], rng) * alive
        happened = rng.gamma(spend.p * bought) / rng.gamma(spend.p * own[0] + spend.q, 1 / (spend.gamma + spent))
        sums = np.bincount(group, happened)
        order = pd.Categorical(people["region"].fillna("–")).categories.get_indexer(found["group"])
        mean = sums[order] / found["customers"]
        inside.append((mean >= found["ci_low"]) & (mean <= found["ci_high"]))
    assert 0.86 < np.mean(inside) < 0.94


def test_which_groups_differ(value, people, cdnow):
    assert (compare_group_values(group_values(value, people, "region").table)["p_value"] > 0.01).all()
    busy = people.assign(region=np.where(cdnow.table["frequency"] > 2, "busy", "quiet"))
    tested = compare_group_values(group_values(value, busy, "region").table)
    assert (tested["p_value"] < 0.001).all()
    assert tested["z"].gt(0).tolist() == [True, False]


def test_every_breakdown_counts_each_customer_on_the_terms_of_their_own(cdnow, people):
    listed = people.assign(tier=np.resize(["A", "B", None, "B", "B"], cdnow.customers))
    value = value_customers(
        cdnow,
        fit_bg_nbd(cdnow),
        fit_gamma_gamma(cdnow),
        annual_discount_rate=0.1,
        seed=1,
        margin={"A": 0.6, "B": 0.3, "–": 0.2},
        service_cost={"A": 20.0, "B": 0.0, "–": 1.0},
        terms_by=(listed, "tier"),
    )
    found = group_values(value, listed, ["region", "tier"])
    rows = value.table.merge(listed, on="customer_id")
    for column in ("region", "tier"):
        sums = rows.assign(group=rows[column].fillna("–")).groupby("group")[["clv", "at_risk"]].sum()
        mine = found.of(column).set_index("group")
        np.testing.assert_allclose(mine["value"], sums["clv"].reindex(mine.index), rtol=1e-9)
        np.testing.assert_allclose(mine["at_risk"], sums["at_risk"].reindex(mine.index), rtol=1e-9)
        assert mine["share"].sum() == pytest.approx(1)
        assert mine["per_customer"].between(mine["ci_low"], mine["ci_high"]).all()


def test_refuses_and_shows(value, people):
    with pytest.raises(InputError, match="listed once"):
        group_values(value, pd.concat([people, people.head(3)]), "region")
    with pytest.raises(InputError, match="'regoin' is needed"):
        group_values(value, people, "regoin")
    found = group_values(value, people, "region")
    assert found.plot().axes
    with use_language("zh-CN"):
        assert "价值" in found._repr_html_()
