import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.estimation import Design, adjust_p
from workbench.nps import MEASURES, Scored, measures_in, net_promoter_score, scorecard


def company(seed=1, n=900):
    rng = np.random.default_rng(seed)
    region = rng.choice(["east", "north", "south"], n)
    lift = np.select([region == "east", region == "south"], [2, 0], 1)
    return pd.DataFrame(
        {
            "customer_id": [f"{i}" for i in range(n)],
            "region": region,
            "w": rng.uniform(1, 3, n),
            "recommend": np.clip(rng.integers(0, 10, n) + lift, 0, 10),
            "satisfied": (rng.random(n) < 0.4 + 0.1 * lift).astype(float),
        }
    )


def people(seed=5, n=2000):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "region": rng.choice(["east", "north", "south"], n),
            "amount_12m": rng.gamma(2, 100, n),
            "clv": rng.gamma(1, 50, n),
            "lost": rng.random(n),
        }
    )


def card(**options):
    design = Design(weight="w")
    now, before = company(1), company(2)
    return scorecard([Scored(now, {}, design, before, design, "customer_id"), Scored(people())], **options)


def test_every_region_and_measure_has_a_line():
    found = card()
    assert len(found.table) == 3 * 5 and list(found.measures) == ["nps", "satisfied", "revenue", "clv", "churn"]
    nps = net_promoter_score(company(1), "recommend", Design(weight="w"), by="region").table
    lines = found.lines("nps")
    np.testing.assert_allclose(lines["estimate"], nps["nps"])
    np.testing.assert_allclose(lines["ci_low"], nps["ci_low"])
    assert found.lines("revenue")["difference"].isna().all() and found.lines("revenue")["verdict"].eq("").all()
    assert found.lines("clv")["change"].isna().all() and found.lines("nps")["change"].notna().all()
    with pytest.raises(InputError, match="did you mean 'nps'"):
        found.lines("npss")


def test_the_family_is_the_whole_scorecard():
    found = card()
    p = np.concatenate([found.table["p_value"], found.table["change_p"]])
    np.testing.assert_allclose(
        np.concatenate([found.table["p_adjusted"], found.table["change_p_adjusted"]]), adjust_p(p, "holm")
    )
    count = int(np.isfinite(p).sum())
    assert any(f"all {count} comparisons" in n.message.text("en") for n in found.notes)
    both = pd.DataFrame({"bh": card(adjust="bh").table["p_adjusted"], "holm": found.table["p_adjusted"]}).dropna()
    assert (both["bh"] <= both["holm"]).all()


def test_equal_regions_are_rarely_told_apart():
    rng = np.random.default_rng(8)
    false = 0
    for _ in range(120):
        data = pd.DataFrame({"region": np.repeat(list("abcdefghij"), 50)})
        data["recommend"] = rng.choice([10, 8, 3], 500, p=[0.5, 0.3, 0.2])
        data["satisfied"] = (rng.random(500) < 0.7).astype(float)
        verdict = scorecard(Scored(data, measures_in(data))).table["verdict"]
        false += verdict.isin(["higher", "lower"]).any()
    assert false / 120 <= 0.1


def test_it_reads_in_both_languages_with_each_measures_style():
    regions = pd.DataFrame(
        {"region": ["east", "south"], "target_nps": [-60, 90], "competitor_clv": [55.5, 44], "staff": [12, 9]}
    )
    found = card(regions=regions)
    shown = found.shown_table("en")
    assert shown["estimate"].iloc[0].startswith(("+", "−")) and "…" in shown["interval"].iloc[0]
    assert found.lines("nps").set_index("region")["target_verdict"].to_dict() == {
        "east": "met",
        "north": "",
        "south": "missed",
    }
    assert found.regions["staff"].tolist()[0] == 12 and "competitor_clv" not in found.regions
    assert "各地区" in found.to_html("zh-CN") or "地区" in found.to_html("zh-CN")
    wide = found.wide("en")
    assert wide["nps"].str.contains("▲|▼").any() and list(wide.columns) == ["region", *found.measures]
    moved = found.wide("en", ["nps"], show="change")
    assert list(moved.columns) == ["region", "nps"] and moved["nps"].str.contains("…").all()
    assert (found.wide("en", ["clv"], show="change")["clv"] == "–").all()
    assert found.plot("zh-CN").axes


def test_nothing_is_changed_and_order_does_not_matter():
    data = company(1)
    before = data.copy()
    one = scorecard(Scored(data)).table
    pd.testing.assert_frame_equal(data, before)
    two = scorecard(Scored(data.sample(frac=1, random_state=1))).table
    pd.testing.assert_frame_equal(one, two, rtol=1e-9)


@pytest.mark.parametrize(
    ("sources", "rule"),
    [
        ([], "measures something"),
        ([Scored(company()), Scored(company())], "one source"),
        (Scored(company().assign(region="east")), "two regions"),
        (Scored(company().drop(columns="region")), "column of regions"),
        (Scored(company().assign(recommend=11)), "from 0 to 10"),
    ],
)
def test_what_makes_no_sense_is_refused(sources, rule):
    with pytest.raises(InputError, match=rule):
        scorecard(sources)


def test_a_region_of_one_source_only_stays_open_in_the_others():
    extra = people().assign(region=lambda t: t["region"].where(t.index % 50 > 0, "west"))
    found = scorecard([Scored(company()), Scored(extra, {"clv": MEASURES["clv"]})])
    west = found.table[found.table["region"] == "west"].set_index("measure")
    assert np.isnan(west.loc["nps", "estimate"]) and np.isfinite(west.loc["clv", "estimate"])


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_every_region_has_a_possible_rank_and_the_rest_balances(seed, count):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"region": [f"r{i}" for i in range(count)] * 60, "recommend": rng.integers(0, 11, 60 * count)})
    lines = scorecard(Scored(data)).table
    assert sorted(lines["rank"]) == list(range(1, count + 1))
    assert ((lines["rank_low"] <= lines["rank"]) & (lines["rank"] <= lines["rank_high"])).all()
    # with equal bases the differences to all others add up to nothing
    assert lines["difference"].sum() == pytest.approx(0, abs=1e-8)
