from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.report.chapters.sample import plan as plans
from workbench.sampling import Frame, frame_summary
from workbench.store.config.sample import SamplePlan

N = {("north", "low"): 6000, ("north", "high"): 3000, ("south", "low"): 700, ("south", "high"): 300}
PEOPLE = pd.DataFrame(
    [(f"{r}{a}{i:05d}", r, a) for (r, a), n in N.items() for i in range(n)],
    columns=["customer_id", "region", "amount_class"],
)
SUMMARY = frame_summary(Frame(PEOPLE, stratum=["region", "amount_class"]))
NOTHING = pd.DataFrame({c: pd.Series([], dtype="float64") for c in plans.ASSUMED_COLUMNS})


def planned(available=None, assumed=NOTHING, **options):
    plan = SamplePlan(**{"margin": 5, "response_rate": 0.5, **options})
    size = plans.wanted_size(plan, assumed, SUMMARY.eligible)
    strata = plans.planning_table(SUMMARY, plan, size, assumed, available)
    return plan, size, strata, plans.allocate_sample(strata, plan, size)


def margin_of(table, spread=100.0, z=1.959964):
    share = table["population"] / table["population"].sum()
    answers = table["n"] * 0.5
    return z * math.sqrt((share**2 * spread**2 * (1 / answers - 1 / table["population"])).sum())


def test_margins_of_groups_are_kept_besides_the_one_for_all():
    _, size, _, allocation = planned(domain_margins={"region": 8})
    table = allocation.table
    for region in ("north", "south"):
        assert margin_of(table[table["region"] == region]) <= 8.02
    assert margin_of(table) <= 5.005
    assert allocation.n > size.invitations
    without = planned()[3].table
    assert margin_of(without.query("region == 'south'")) > 12


def test_fewest_invitations_meet_the_same_margins_with_no_more():
    options = {"domain_margins": {"region": {"south": 8, "north": 9}}}
    usual = planned(**options)[3]
    fewest = planned(**options, allocation="fewest")[3]
    table = fewest.table
    assert fewest.n <= usual.n
    assert margin_of(table) <= 5.0001
    assert margin_of(table[table["region"] == "south"]) <= 8.0001


def test_a_margin_nobody_can_reach_takes_everybody_and_says_so():
    available = SUMMARY.strata.set_index("stratum")["population"] // 2
    plan, _, strata, allocation = planned(available=available, domain_margins={"region": {"south": 2}})
    south = allocation.table[allocation.table["stratum"].str.startswith("south")]
    assert south["n"].sum() == 500
    assert "south" in plans.reach_notes(strata, plan)[0].message.text("en")
    available[:] = 0
    available.iloc[0] = 100
    notes = plans.reach_notes(planned(available=available)[2], plan)
    assert any("nobody who may be asked" in n.message.text("en") for n in notes)


def test_last_wave_makes_the_sample_smaller():
    rows = [("all", 0.5, 0.15, 400, "q1"), ("south | low", 0.5, 0.5, 40, "q1"), ("north | low", 0.9, 0.0, 5, "q1")]
    assumed = pd.DataFrame(rows, columns=list(plans.ASSUMED_COLUMNS))
    _, size, strata, _ = planned(assumed=assumed)
    spread = dict(zip(strata["stratum"], strata["std_dev"], strict=True))
    everywhere = 100 * math.sqrt(0.65 - 0.35**2)
    assert size.completes < planned()[1].completes
    assert spread["south | low"] == pytest.approx(100)
    # five answers say nothing about a stratum
    assert spread["north | low"] == pytest.approx(everywhere, rel=1e-3)


def test_n_decides_where_it_is_given():
    _, size, _, allocation = planned(n=400)
    assert allocation.n == 800
    assert size.completes == 400 and size.margin == pytest.approx(9.6, abs=0.1)
    with pytest.raises(InputError, match="floors"):
        planned(n=400, minimum_per_stratum=250)


def test_rates_and_costs_by_group():
    _, _, strata, allocation = planned(
        response_rates={"region": {"south": 0.25}}, allocation="optimal", stratum_costs={"region": {"south": 4}}
    )
    assert strata.set_index("stratum").loc["south | low", ["response_rate", "cost"]].tolist() == [0.25, 4.0]
    assert strata.set_index("stratum").loc["north | low", ["response_rate", "cost"]].tolist() == [0.5, 1.0]
    rate = allocation.table.set_index("stratum")["inclusion_probability"]
    # n is in proportion to N S / sqrt(r c): sqrt(0.5 / 0.25 / 4)
    assert rate["south | low"] / rate["north | low"] == pytest.approx(math.sqrt(0.5), rel=0.02)
    with pytest.raises(InputError, match="soth"):
        planned(response_rates={"region": {"soth": 0.25}})
    with pytest.raises(InputError, match="town"):
        planned(stratum_costs={"town": {"x": 1}})


def test_a_simple_sample_grows_until_small_groups_are_expected_to_be_large_enough():
    allocation = planned(design="simple", domain_margins={"region": 8})[3]
    south = allocation.table[allocation.table["stratum"].str.startswith("south")]
    assert margin_of(south) <= 8.05


def test_allocations_are_compared_at_the_same_size():
    plan, _, strata, chosen = planned(domain_margins={"region": 8})
    table = plans.compare_ways(strata, plan, chosen, "region").set_index("allocation")
    table.index = [m.template.split(":")[0] for m in table.index]
    assert list(table.index) == [
        "As drawn, with all requirements",
        "Proportional",
        "Equal",
        "Neyman",
        "Power",
        "Fewest",
    ]
    assert set(table["n"].iloc[:-1]) == {chosen.n}
    assert table.loc["Proportional", "margin"] == table["margin"].iloc[:-1].min()
    assert table.loc["Equal", "widest"] < table.loc["Proportional", "widest"]
    assert table.loc["Equal", "deff"] > 1.3


def test_costs_are_in_the_curve():
    size = planned(costs={"per_invitation": 1, "per_interview": 10, "fixed": 100})[1]
    row = size.table.iloc[3]
    assert row["cost"] == 100 + row["invitations"] + 10 * row["completes"]


def test_nothing_warns_that_the_page_says_itself():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        planned(domain_margins={"region": {"south": 1}})
    assert np.isfinite(planned()[3].table["n"]).all()
