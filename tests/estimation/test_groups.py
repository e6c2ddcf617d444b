import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.core.errors import InputError
from workbench.estimation import Design, compare_groups, estimate_mean

DESIGNS = {"apistrat": {"stratum": "stype"}, "apiclus1": {"psu": "dnum"}, "apisrs": {}}


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_svyttest(reference, name):
    ref = reference(f"{name}_fpc")
    expected = ref.results["ttest_nps_big"]
    design = Design(weight="pw", population="fpc", **DESIGNS[name])
    compared = compare_groups(ref.data(name), "nps", design, by="big")
    pair = compared.pairs.iloc[0]
    assert -pair["estimate"] / pair["std_error"] == pytest.approx(expected["statistic"], rel=1e-8)
    thinner = min(estimate_mean(ref.data(name), "nps", design, by="big").degrees_of_freedom)
    assert pair["p_value"] == pytest.approx(2 * stats.t.sf(abs(expected["statistic"]), thinner), rel=1e-8)
    assert pair["p_value"] >= expected["p"], "R takes the whole design's degrees of freedom"
    assert compared.test["statistic"].item() == pytest.approx(expected["statistic"] ** 2, rel=1e-8)


def test_contrast_of_domains(reference):
    ref = reference("apistrat_fpc")
    compared = compare_groups(
        ref.data("apistrat"), "nps", Design(weight="pw", stratum="stype", population="fpc"), by="stype", adjust=None
    )
    pair = compared.pairs.query("group == 'E' and other == 'H'").iloc[0]
    assert pair["std_error"] == pytest.approx(ref.results["nps_contrast_E_minus_H"]["se"]["EmH"], rel=1e-8)


def test_letters_point_downwards():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"g": np.repeat(list("abc"), 100)})
    data["y"] = rng.normal(0, 1, 300) + data["g"].map({"a": 0, "b": 0.05, "c": 2})
    table = compare_groups(data, "y", Design(), by="g").table
    assert table["letter"].tolist() == ["A", "B", "C"]
    assert table["above"].tolist() == ["", "", "A B"]


def test_against_the_rest_equals_two_domains():
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"g": rng.choice(list("abc"), 300), "y": rng.normal(0, 1, 300), "w": rng.uniform(1, 2, 300)})
    compared = compare_groups(data, "y", Design(weight="w"), by="g", against="rest", adjust=None)
    two = estimate_mean(data.assign(is_a=data["g"] == "a"), "y", Design(weight="w"), by="is_a")
    expected = np.sqrt(
        two.covariance.to_numpy()[0, 0] + two.covariance.to_numpy()[1, 1] - 2 * two.covariance.to_numpy()[0, 1]
    )
    assert compared.pairs["std_error"].iloc[0] == pytest.approx(expected)


def test_holm_over_all_pairs_and_html_in_chinese():
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"g": np.repeat(list("abcd"), 50), "y": rng.normal(0, 1, 200)})
    compared = compare_groups(data, "y", Design(), by="g")
    assert len(compared.pairs) == 6
    assert (compared.pairs["p_adjusted"] >= compared.pairs["p_value"]).all()
    assert "无明显差异" in compared.pairs_result().to_html("zh-CN")
    assert compared.plot("zh-CN").axes


def test_false_alarms_stay_at_five_per_cent():
    rng = np.random.default_rng(6)
    alarms = 0
    for _ in range(200):
        data = pd.DataFrame({"g": rng.choice(list("abcde"), 250), "y": rng.normal(0, 1, 250)})
        alarms += (compare_groups(data, "y", Design(), by="g", minimum_base=2).pairs["p_adjusted"] < 0.05).any()
    assert alarms <= 20


def test_errors():
    data = pd.DataFrame({"g": ["a", "a"], "y": [1.0, 2.0]})
    with pytest.raises(InputError, match="at least two groups"):
        compare_groups(data, "y", Design(), by="g")
    with pytest.raises(InputError, match="statistic is one of"):
        compare_groups(data, "y", Design(), by="g", statistic="median")


def test_a_group_without_answers_stays_and_the_others_keep_their_comparisons():
    rng = np.random.default_rng(8)
    data = pd.DataFrame({"g": np.repeat(list("abz"), 60), "y": rng.normal(0, 1, 180)})
    data.loc[data["g"] == "b", "y"] += 3
    data.loc[data["g"] == "z", "y"] = np.nan
    compared = compare_groups(data, "y", Design(), by="g")
    without = compare_groups(data[data["g"] != "z"], "y", Design(), by="g")
    assert compared.table["n"].tolist() == [60, 60, 0]
    assert compared.table.loc[2, ["estimate", "std_error", "ci_low", "n_effective"]].isna().all()
    pair = compared.pairs.query("group == 'a' and other == 'b'").iloc[0]
    np.testing.assert_allclose(pair["estimate"], without.pairs["estimate"].item(), rtol=1e-12)
    assert pair["verdict"] == "lower"
    assert pair["p_adjusted"] == pytest.approx(pair["p_value"]), "pairs with nobody are in no family"
    assert set(compared.pairs.query("other == 'z'")["verdict"]) == {"base too small"}
    assert compared.test["p_value"].item() < 1e-6


@pytest.mark.parametrize("count", [30, 100])
def test_letters_after_z_do_not_read_as_two(count):
    data = pd.DataFrame({"g": np.arange(count * 3) % count, "y": np.arange(count * 3.0)})
    letters = compare_groups(data, "y", Design(), by="g").table["letter"].tolist()
    assert letters[25:29] == ["Z", "AA", "AB", "AC"]
    assert len(set(letters)) == count
