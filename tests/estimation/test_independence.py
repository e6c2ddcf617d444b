import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.estimation import Design, compare_groups

DESIGNS = {"apistrat": {"stratum": "stype"}, "apiclus1": {"psu": "dnum"}, "apisrs": {}}


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_svychisq(reference, name):
    ref = reference(f"{name}_fpc")
    expected = ref.results["chisq_RaoScott_F_stype_awards"]
    design = Design(weight="pw", population="fpc", **DESIGNS[name])
    test = compare_groups(ref.data(name), "awards", design, by="stype", statistic="proportion").test.iloc[0]
    for ours, theirs in {"statistic": "statistic", "df": "ndf", "df_error": "ddf", "p_value": "p"}.items():
        assert test[ours] == pytest.approx(expected[theirs], rel=1e-7), ours


def test_without_a_design_it_is_nearly_pearson():
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"g": rng.choice(list("ab"), 2000), "c": rng.choice(list("xyz"), 2000)})
    test = compare_groups(data, "c", Design(), by="g", statistic="proportion").test.iloc[0]
    chi2, p, df, _ = stats.chi2_contingency(pd.crosstab(data["g"], data["c"]), correction=False)
    assert test["statistic"] * df == pytest.approx(chi2, rel=5e-3)
    assert test["p_value"] == pytest.approx(p, abs=5e-3)


def test_a_rare_share_that_does_not_differ_raises_few_false_alarms():
    rng, samples = np.random.default_rng(5), 120
    data = pd.DataFrame({"g": np.repeat(["a", "b", "c", "silent"], [40, 200, 600, 3])})
    p = []
    for _ in range(samples):
        answers = (rng.random(843) < 0.03).astype(float)
        data["y"] = np.where(data["g"] == "silent", np.nan, answers)
        test = compare_groups(data, "y", Design(), by="g", statistic="proportion", adjust=None).test
        assert test["test"].item() == "Rao–Scott" and test["p_value"].notna().all()
        p.append(test["p_value"].item())
    # two Monte Carlo errors above five; an adjusted Wald test has 28 in a hundred
    assert (np.array(p) < 0.05).mean() < 0.09


def test_what_nobody_said_differs_nowhere():
    data = pd.DataFrame({"g": ["a", "b"] * 20, "y": 0})
    test = compare_groups(data, "y", Design(), by="g", statistic="proportion").test
    assert not (test["p_value"] < 0.05).any()
