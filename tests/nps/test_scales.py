import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design
from workbench.nps import answer_quality, scale_reliability


@pytest.mark.parametrize("battery", ["sfo2017_q7_wayfinding", "sfo2017_clean"])
def test_psych_alpha(reference, battery):
    expected = reference.numbers("scales")[battery]
    items = list(expected["item_rest_r"])
    data = reference.data("sfo_2017")
    data[items] = data[items].where(data[items].apply(lambda s: s.between(1, 5)))
    got = scale_reliability(data, items)
    assert got.alpha == pytest.approx(expected["psych_raw_alpha_pairwise"], rel=1e-8)
    assert got.standardised == pytest.approx(expected["psych_std_alpha"], rel=1e-8)
    np.testing.assert_allclose(got.table["item_rest"], list(expected["item_rest_r"].values()), rtol=1e-8)
    np.testing.assert_allclose(
        got.table["alpha_without"], list(expected["alpha_if_dropped_pairwise"].values()), rtol=1e-8
    )
    whole = expected["complete_case"]
    assert [got.alpha_low, got.alpha_high] == pytest.approx([whole["feldt_lo"], whole["feldt_hi"]], rel=1e-7)
    assert scale_reliability(data, items, missing="complete").alpha == pytest.approx(whole["alpha"], rel=1e-8)


def test_equal_weights_change_nothing_and_notes():
    rng = np.random.default_rng(1)
    base = rng.normal(size=200)
    data = pd.DataFrame({"a": base + rng.normal(size=200), "b": base + rng.normal(size=200), "c": -base, "w": 3.0})
    plain, weighted = scale_reliability(data, ["a", "b"]), scale_reliability(data, ["a", "b"], Design(weight="w"))
    assert plain.alpha == pytest.approx(weighted.alpha)
    reversed_ = scale_reliability(data, ["a", "b", "c"])
    assert any("c runs against" in n.message.text("en") for n in reversed_.notes)
    assert "信度" in reversed_.to_html("zh-CN") and reversed_.plot("zh-CN").axes


def test_errors():
    data = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 1, 1], "c": [1.0, np.nan, np.nan]})
    for items, match in (
        (["a"], "two different items"),
        (["a", "b"], "b is constant"),
        (["a", "c"], "together at least twice"),
    ):
        with pytest.raises(InputError, match=match):
            scale_reliability(data, items)
    with pytest.raises(InputError, match="pairwise or complete"):
        scale_reliability(data, ["a", "b"], missing="drop")


def test_straight_lining_and_speeding():
    data = pd.DataFrame({c: [5, 5, 1, np.nan] for c in "abcd"}, index=[9, 8, 7, 6]).assign(t=[10, 100, 110, 120])
    data.loc[7, "d"] = 2
    quality = answer_quality(data, list("abcd"), seconds="t")
    assert quality.flags["straight_lining"].tolist() == [True, True, False, False]
    assert quality.flags["speeding"].tolist() == [True, False, False, False]
    assert quality.table["n"].tolist() == [3, 4]
    assert "明显快于他人" in quality.to_html("zh-CN")
    with pytest.raises(InputError, match="at least 4 items"):
        answer_quality(data, ["a", "b"])
