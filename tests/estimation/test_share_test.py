import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.estimation import Design, compare_groups, estimate_change

TABLES = Path(__file__).resolve().parents[1] / "reference" / "tables"


def test_pairs_of_shares_agree_with_the_reference():
    path = TABLES / "tables_apistrat_columns.json"
    if not path.exists():
        pytest.skip(f"reference numbers are not here: {path}")
    case = json.loads(path.read_text())
    data = pd.read_csv(TABLES.parent / "survey" / "data" / case["data"])
    result = next(r for r in case["results"] if "pairs" in r)
    design = Design(weight="pw", stratum="stype", population="fpc")
    checked = 0
    for row in ("awards", "comp.imp", "sch.wide"):
        answer = data.assign(y=(data[row] == "Yes").astype(float).where(data[row].notna()))
        got = compare_groups(answer, "y", design, by="stype", statistic="proportion", adjust=None).pairs
        got = got.set_index(["group", "other"])
        for pair in result["pairs"]:
            if pair["row"] == row and pair["group"] == "stype":
                line = got.loc[(pair["a"], pair["b"])]
                np.testing.assert_allclose(line["std_error"], pair["se"], rtol=1e-8)
                np.testing.assert_allclose(line["p_value"], pair["pooled_design"]["p"], rtol=1e-7)
                checked += 1
    assert checked == 9


def test_nobody_of_thirty_does_not_differ_from_three_per_cent():
    data = pd.DataFrame({"g": ["few"] * 30 + ["many"] * 997, "y": [0] * 30 + [1] * 34 + [0] * 963})
    pair = compare_groups(data, "y", Design(), by="g", statistic="proportion").pairs.iloc[0]
    exact = stats.fisher_exact([[0, 30], [34, 963]]).pvalue
    assert 0.2 < pair["p_value"] < 2 * exact
    assert pair["ci_low"] < 0 < pair["ci_high"]


def test_where_nothing_is_rare_it_is_the_usual_test():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"g": np.repeat(["a", "b"], 500), "y": rng.random(1000) < np.repeat([0.3, 0.4], 500)})
    pair = compare_groups(data, "y", Design(), by="g", statistic="proportion", adjust=None).pairs.iloc[0]
    plain = 2 * stats.t.sf(abs(pair["estimate"] / pair["std_error"]), 499)
    assert pair["p_value"] == pytest.approx(plain, rel=0.1)


def false_alarms(rng, sizes, share, runs, stores=0, icc=0.0):
    """Share of samples without any difference that give p < 0.05."""
    alarms = 0
    n = sum(sizes)
    group = np.repeat(["a", "b"], sizes)
    for _ in range(runs):
        if stores:
            store = np.concatenate([rng.integers(0, stores, sizes[0]), stores + rng.integers(0, stores, sizes[1])])
            spread = share * (1 - share) * icc
            chance = (
                rng.beta(share * (1 / icc - 1), (1 - share) * (1 / icc - 1), 2 * stores)[store] if spread else share
            )
            design = Design(psu="store", weight="w")
        else:
            store, chance, design = np.arange(n), share, Design(weight="w")
        data = pd.DataFrame({"g": group, "y": rng.random(n) < chance, "w": rng.gamma(3, 1, n) + 0.05, "store": store})
        p = compare_groups(data, "y", design, by="g", statistic="proportion", adjust=None, minimum_base=2).pairs
        alarms += bool((p["p_value"] < 0.05).any())
    return alarms / runs


@pytest.mark.parametrize(
    ("sizes", "share", "stores", "icc"),
    [((36, 600), 0.03, 0, 0), ((36, 600), 0.10, 0, 0), ((200, 200), 0.3, 0, 0), ((300, 300), 0.3, 24, 0.05)],
)
def test_false_alarms_on_rare_answers_and_clusters(sizes, share, stores, icc):
    """The linearised t test gives 35, 14, 5 and 5 % here; 200 runs have a Monte Carlo error of 1.6 points."""
    alarms = false_alarms(np.random.default_rng(7), sizes, share, 200, stores, icc)
    assert alarms <= 0.06 + 2 * 0.016


def test_changes_of_rare_answers():
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(300):
        a, b = (pd.DataFrame({"y": rng.random(n) < 0.03}) for n in (60, 600))
        change = estimate_change(a.astype(int), b.astype(int), "y", Design(), id=None, statistic="proportion")
        alarms += change.table["p_value"].item() < 0.05
    assert alarms / 300 <= 0.06 + 2 * 0.0126


def test_common_customers_still_make_a_change_of_shares_surer():
    rng = np.random.default_rng(4)
    a = pd.DataFrame({"customer_id": np.arange(400), "y": rng.random(400) < 0.4})
    b = a.assign(y=a["y"] ^ (rng.random(400) < 0.05))
    together = estimate_change(a, b, "y", Design(), statistic="proportion", level=True).table
    apart = estimate_change(a, b, "y", Design(), id=None, statistic="proportion", level=True).table
    reach = [(t["ci_high"] - t["ci_low"]).item() for t in (together, apart)]
    assert reach[0] < reach[1] / 2


def test_no_test_below_one_degree_of_freedom_and_none_where_all_agree():
    data = pd.DataFrame({"g": ["a", "b", "b", "b"], "y": [1, 0, 1, 0]})
    with pytest.warns(UserWarning, match="degrees of freedom"):
        pair = compare_groups(data, "y", Design(), by="g", statistic="proportion", minimum_base=1).pairs.iloc[0]
    assert np.isnan(pair["p_value"])
    alike = pd.DataFrame({"g": ["a", "b"] * 40, "y": [0] * 80})
    pair = compare_groups(alike, "y", Design(), by="g", statistic="proportion").pairs.iloc[0]
    assert np.isnan(pair["p_value"])
    assert pair["verdict"] == "no clear difference"
