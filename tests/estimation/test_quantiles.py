import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_quantile

DESIGNS = {"apistrat": {"stratum": "stype"}, "apiclus1": {"psu": "dnum"}, "apisrs": {}}


@pytest.mark.parametrize("name", sorted(DESIGNS))
@pytest.mark.parametrize("rule", ["math", "school", "hf4", "hf5", "hf6", "hf7", "hf8"])
def test_svyquantile(reference, name, rule):
    ref = reference(f"{name}_fpc")
    expected = ref.results[f"quantile_{rule}"]
    design = Design(weight="pw", population="fpc", **DESIGNS[name])
    table = estimate_quantile(ref.data(name), "api00", design, probabilities=expected["p"], rule=rule).table
    if name == "apisrs" and rule in ("math", "school"):
        # 200 equal weights put C exactly on pW; R's cumulative sum rounds to either side of it, ours does not
        values, p = ref.data(name)["api00"].to_numpy(), np.array(expected["p"])
        ranks = np.round(p * 200).astype(int)
        both = np.sort(values)[ranks - 1], np.sort(values)[ranks]
        np.testing.assert_allclose(table["estimate"], both[0] if rule == "math" else (both[0] + both[1]) / 2)
        assert all(
            b in e for b, e in zip(expected["estimate"], zip(*both, (both[0] + both[1]) / 2, strict=True), strict=True)
        )
        return
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=1e-9)
    np.testing.assert_allclose(table["ci_low"], expected["ci95_lower"], rtol=1e-8)
    np.testing.assert_allclose(table["ci_high"], expected["ci95_upper"], rtol=1e-8)
    np.testing.assert_allclose(table["std_error"], expected["se"], rtol=1e-8)


@pytest.mark.parametrize("name", sorted(DESIGNS))
@pytest.mark.parametrize("interval", ["beta", "xlogit", "asin"])
def test_svyquantile_intervals(reference, name, interval):
    ref = reference(f"{name}_fpc")
    expected = ref.results[f"quantile_math_ci_{interval}"]
    design = Design(weight="pw", population="fpc", **DESIGNS[name])
    table = estimate_quantile(ref.data(name), "api00", design, probabilities=expected["p"], interval=interval).table
    assert table["ci_low"].tolist() == expected["ci95_lower"]
    assert table["ci_high"].tolist() == expected["ci95_upper"]


@settings(max_examples=40)
@given(st.lists(st.integers(0, 50), min_size=3, max_size=60), st.floats(0.05, 0.95))
def test_equal_weights_are_numpy_quantiles(values, p):
    data = pd.DataFrame({"y": np.sort(np.array(values, dtype=float)), "w": 2.0})
    for rule, method in {"math": "inverted_cdf", "hf7": "linear", "hf6": "weibull", "hf5": "hazen"}.items():
        got = estimate_quantile(data, "y", Design(weight="w"), probabilities=p, rule=rule).table
        assert got["estimate"].item() == pytest.approx(np.quantile(data["y"], p, method=method), abs=1e-9)
        if got["open"].item() not in ("below", "both"):
            assert got["ci_low"].item() <= got["estimate"].item() + 1e-9


def test_groups_are_domains():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"y": rng.normal(0, 1, 300), "g": rng.choice(["a", "b"], 300), "w": rng.uniform(1, 2, 300)})
    by = estimate_quantile(data, "y", Design(weight="w"), by="g", probabilities=0.5).table
    for row in by.itertuples():
        alone = estimate_quantile(data[data["g"] == row.g], "y", Design(weight="w"), probabilities=0.5).table
        assert row.estimate == alone["estimate"].item()
        assert row.std_error == pytest.approx(alone["std_error"].item(), rel=0.2)


def test_coverage_of_the_median():
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(400):
        row = estimate_quantile(
            pd.DataFrame({"y": rng.gamma(1, 1, 120), "w": 1.0}), "y", Design(weight="w"), probabilities=0.5
        ).table.iloc[0]
        hits += row["ci_low"] <= np.log(2) <= row["ci_high"]
    assert 0.92 <= hits / 400 <= 0.98


def test_errors():
    data = pd.DataFrame({"y": [1.0, 2.0]})
    with pytest.raises(InputError, match="between 0 and 1"):
        estimate_quantile(data, "y", Design(), probabilities=50)
    with pytest.raises(InputError, match="rule is one of"):
        estimate_quantile(data, "y", Design(), rule="sas")
