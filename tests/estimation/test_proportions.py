import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_mean, estimate_proportion

DESIGNS = {"apistrat": {"stratum": "stype"}, "apiclus1": {"psu": "dnum"}, "apisrs": {}}


@pytest.mark.parametrize("name", sorted(DESIGNS))
@pytest.mark.parametrize("interval", ["logit", "beta", "xlogit", "asin", "mean", "likelihood"])
@pytest.mark.parametrize(("column", "suffix"), [("awards01", ""), ("promoter", "_promoter"), ("highapi", "_highapi")])
def test_svyciprop(reference, name, interval, column, suffix):
    ref = reference(f"{name}_fpc")
    expected = ref.results[f"svyciprop_{interval}{suffix}"]
    got = estimate_proportion(
        ref.data(name), column, Design(weight="pw", population="fpc", **DESIGNS[name]), interval=interval
    )
    row = got.table.iloc[0]
    assert row["std_error"] == pytest.approx(expected["se"], rel=1e-8)
    if "ci95" not in expected or None in expected["ci95"]:
        return
    # R finds likelihood limits by interpolating a profile, and folds arcsine limits below 0 back: definitions differ
    tolerance = {"likelihood": 2e-3, "logit": 1e-8}.get(interval, 1e-8)
    low, high = expected["ci95"]
    if not (interval == "asin" and row["ci_low"] == 0):
        assert row["ci_low"] == pytest.approx(low, rel=tolerance)
    assert row["ci_high"] == pytest.approx(high, rel=tolerance)


@pytest.mark.parametrize("name", sorted(DESIGNS))
@pytest.mark.parametrize("interval", ["logit", "beta", "xlogit", "mean"])
def test_svyciprop_in_a_domain_and_an_interval_where_r_has_none(reference, name, interval):
    ref = reference(f"{name}_fpc")
    expected = ref.results[f"svyciprop_{interval}_promoter_stypeH"]
    design = Design(weight="pw", population="fpc", **DESIGNS[name])
    row = estimate_proportion(ref.data(name), "promoter", design, by="stype", interval=interval).table.iloc[1]
    assert row["std_error"] == pytest.approx(expected["se"], rel=1e-8, abs=1e-12)
    if expected["estimate"] < 1e-9:
        # nobody: R returns no interval, or one from 0 to 0
        assert (row["ci_low"], row["ci_high"]) == (0.0, pytest.approx(1 - 0.025 ** (1 / row["n_effective"])))
    else:
        # R's logit comes from an iterative fit that stops at 1e-8
        tolerance = 1e-7 if interval == "logit" else 1e-8
        assert [row["ci_low"], row["ci_high"]] == pytest.approx(expected["ci95"], rel=tolerance)


def test_every_category_and_one_level():
    data = pd.DataFrame({"c": ["a", "b", "b", None], "w": [1.0, 1.0, 2.0, 5.0]})
    every = estimate_proportion(data, "c", Design(weight="w"))
    assert every.table["level"].tolist() == ["a", "b"]
    assert every.table["estimate"].tolist() == [0.25, 0.75]
    assert every.table["n"].tolist() == [3, 3]
    one = estimate_proportion(data, "c", Design(weight="w"), level="b")
    assert one.table["estimate"].tolist() == [0.75]
    with pytest.raises(InputError, match="occurs in"):
        estimate_proportion(data, "c", Design(weight="w"), level="z")
    with pytest.raises(InputError, match="one of logit"):
        estimate_proportion(data, "c", Design(weight="w"), interval="exact")


def test_shares_of_stype(reference):
    ref = reference("apistrat_fpc")
    expected = ref.results["mean_stype_props"]
    got = estimate_proportion(ref.data("apistrat"), "stype", Design(weight="pw", stratum="stype", population="fpc"))
    np.testing.assert_allclose(got.table["estimate"], list(expected["estimate"].values()), rtol=1e-12)
    np.testing.assert_allclose(got.table["std_error"], 0, atol=1e-12)


@settings(max_examples=25)
@given(st.integers(0, 12), st.sampled_from(["logit", "beta", "wilson", "xlogit", "likelihood", "asin", "mean"]))
def test_intervals_are_finite_and_contain_the_share(successes, interval):
    data = pd.DataFrame({"y": [1] * successes + [0] * (12 - successes), "w": 1.0})
    row = estimate_proportion(data, "y", Design(weight="w"), interval=interval).table.iloc[0]
    assert row["ci_low"] <= row["estimate"] <= row["ci_high"]
    assert row["ci_high"] - row["ci_low"] > 0.05
    assert row["estimate"] == estimate_mean(data, "y", Design(weight="w")).table["estimate"].item()


def test_nothing_and_everything_get_clopper_pearson_and_say_so(reference):
    result = estimate_proportion(pd.DataFrame({"y": [0] * 10, "w": 1.0}), "y", Design(weight="w"))
    row = result.table.iloc[0]
    assert (row["ci_low"], round(row["ci_high"], 6)) == (0.0, 0.308497)
    assert any("Clopper" in n.message.text("en") for n in result.notes)


def test_rare_answers_are_noted():
    data = pd.DataFrame({"y": [1, *[0] * 99], "w": 1.0})
    assert any(
        "fewer than five" in n.message.text("en") for n in estimate_proportion(data, "y", Design(weight="w")).notes
    )
