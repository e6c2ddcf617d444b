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
