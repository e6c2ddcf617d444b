import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design
from workbench.nps import scale_reliability


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
    complete = scale_reliability(data, items, missing="complete")
    assert [complete.alpha_low, complete.alpha_high] == pytest.approx([whole["feldt_lo"], whole["feldt_hi"]], rel=1e-7)
    assert complete.alpha == pytest.approx(whole["alpha"], rel=1e-8)
    # complete rows agree better here; the interval of all rows still holds the alpha of all rows
    assert got.alpha_low < got.alpha < got.alpha_high


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
    data = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 1, 1], "c": [1.0, 2, np.nan], "d": [np.nan, 1.0, 2]})
    for items, match in (
        (["a"], "two different items"),
        (["a", "b"], "two items vary"),
        (["c", "d"], "together at least twice"),
    ):
        with pytest.raises(InputError, match=match):
            scale_reliability(data, items)
    with pytest.raises(InputError, match="pairwise or complete"):
        scale_reliability(data, ["a", "b"], missing="drop")


def test_no_alpha_on_a_handful_of_answers():
    """Five answers gave an alpha of -2.48: below the least base there is none, and a note says so."""
    rng = np.random.default_rng(1)
    few = pd.DataFrame(rng.integers(1, 6, (29, 3)), columns=list("abc"))
    found = scale_reliability(few, list("abc"))
    assert np.isnan([found.alpha, found.alpha_low, found.alpha_high, found.standardised, found.krippendorff]).all()
    assert found.table[["item_rest", "alpha_without"]].isna().all(axis=None) and (found.table["n"] == 29).all()
    assert any("too few" in n.message.text("en") for n in found.notes)
    more = pd.concat([few, few.head(1)], ignore_index=True)
    assert np.isfinite(scale_reliability(more, list("abc")).alpha)


def test_a_constant_item_is_left_out_and_named():
    rng = np.random.default_rng(2)
    data = pd.DataFrame(rng.integers(1, 6, (60, 3)), columns=list("abc")).assign(flat=4)
    found = scale_reliability(data, ["a", "flat", "b", "c"])
    assert found.table["item"].tolist() == ["a", "b", "c"]
    assert found.alpha == pytest.approx(scale_reliability(data, ["a", "b", "c"]).alpha)
    assert any("flat" in n.message.text("en") for n in found.notes)
