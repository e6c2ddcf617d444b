import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_mean, regression, replicate_weights

DESIGNS = {"apistrat": {"stratum": "stype"}, "apiclus1": {"psu": "dnum"}, "apisrs": {}}


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_slope_of_a_dummy_is_the_difference_of_svyttest(reference, name):
    ref = reference(f"{name}_fpc")
    expected = ref.results["ttest_nps_big"]
    row = regression(ref.data(name), "nps", ["big"], Design(weight="pw", population="fpc", **DESIGNS[name])).table.iloc[
        1
    ]
    assert row["estimate"] == pytest.approx(expected["estimate"], rel=1e-8)
    assert row["statistic"] == pytest.approx(expected["statistic"], rel=1e-8)
    assert row["p_value"] == pytest.approx(expected["p"], rel=1e-8)


def test_r_documentation_of_svyglm(reference):
    """R survey documentation, svyglm(api00 ~ ell + meals + mobility) on the one-stage cluster sample with fpc.

    Coefficients 819.279, -0.5167, -3.1232, -0.1689 and errors 21.389, 0.3240, 0.2781, 0.4449 as printed there.
    """
    data = reference("apiclus1_fpc").data("apiclus1")
    table = regression(
        data, "api00", ["ell", "meals", "mobility"], Design(weight="pw", psu="dnum", population="fpc")
    ).table
    np.testing.assert_allclose(table["estimate"], [819.2791, -0.5167, -3.1232, -0.1689], rtol=2e-4)
    np.testing.assert_allclose(table["std_error"], [21.3890, 0.3240, 0.2781, 0.4449], rtol=1e-3)


@pytest.mark.parametrize("family", ["linear", "logistic"])
def test_clusters_of_statsmodels(family):
    rng = np.random.default_rng(1)
    n = 400
    data = pd.DataFrame(
        {"x": rng.normal(0, 1, n), "g": rng.choice(["a", "b", "c"], n), "store": np.repeat(np.arange(40), 10)}
    )
    eta = 0.4 * data["x"] + 0.5 * (data["g"] == "b") + rng.normal(0, 0.5, 40)[data["store"]]
    data["y"] = (
        eta + rng.normal(0, 1, n) if family == "linear" else (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
    )
    x = sm.add_constant(pd.get_dummies(data[["x", "g"]], drop_first=True, dtype=float))
    kind = sm.families.Gaussian() if family == "linear" else sm.families.Binomial()
    fit = sm.GLM(data["y"], x, family=kind).fit(
        cov_type="cluster", cov_kwds={"groups": data["store"], "use_correction": False}, tol=1e-12
    )
    got = regression(data, "y", ["x", "g"], Design(psu="store"), family=family).table
    np.testing.assert_allclose(got["estimate"], fit.params, rtol=1e-6)
    np.testing.assert_allclose(got["std_error"], fit.bse * np.sqrt(40 / 39), rtol=1e-6)
    if family == "logistic":
        np.testing.assert_allclose(got["odds_ratio"], np.exp(fit.params), rtol=1e-6)


def test_intercept_alone_is_the_mean():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"y": rng.normal(3, 1, 50), "w": rng.uniform(1, 2, 50)})
    got = regression(data, "y", [], Design(weight="w")).table.iloc[0]
    mean = estimate_mean(data, "y", Design(weight="w")).table.iloc[0]
    assert got[["estimate", "std_error", "ci_low"]].tolist() == pytest.approx(
        mean[["estimate", "std_error", "ci_low"]].tolist()
    )


def test_replicates_agree_with_linearisation():
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"x": rng.normal(0, 1, 120)}).assign(y=lambda d: d["x"] + rng.normal(0, 1, 120))
    jackknife = Design(replicates=replicate_weights(data, Design(), method="jk1"))
    one, two = (regression(data, "y", ["x"], d).table["std_error"] for d in (Design(), jackknife))
    np.testing.assert_allclose(one, two, rtol=0.05)


def test_missing_values_are_counted_and_plot():
    data = pd.DataFrame({"y": [1.0, 2, 3, 4, 6, np.nan], "x": [1.0, 2, 3, np.nan, 5, 6]})
    result = regression(data, "y", ["x"], Design())
    assert result.table["n"].tolist() == [4, 4]
    assert "2 of 6 rows" in result.notes[0].message.text("en")
    assert result.plot("zh-CN").axes and "系数" in result.to_html("zh-CN")


def test_errors():
    data = pd.DataFrame({"y": [0.0, 1, 1, 0, 1], "x": [1.0, 2, 3, 4, 5]}).assign(copy=lambda d: 2 * d["x"])
    with pytest.raises(InputError, match="copy is constant or follows"):
        regression(data, "y", ["x", "copy"], Design())
    with pytest.raises(InputError, match="0 or 1"):
        regression(data, "x", ["y"], Design(), family="logistic")
    with pytest.raises(InputError, match="linear or logistic"):
        regression(data, "y", ["x"], Design(), family="probit")
    with pytest.raises(InputError, match="more complete rows"):
        regression(data.head(2), "y", ["x"], Design())
