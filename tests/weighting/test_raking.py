import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.weighting import post_stratify, rake

MARGINS = {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch.wide": {"No": 1072, "Yes": 5122}}
MORE = {"awards": {"No": 2027, "Yes": 4167}, "lowinc": {0: 3331, 1: 2863}}


@pytest.mark.parametrize("case", ["apistrat", "apisrs", "apiclus1"])
@pytest.mark.parametrize("which", ["rake2", "rake4"])
def test_weight_vectors_of_r_survey_rake(reference, case, which):
    ref = reference(f"{case}_calibration")
    data, expected = ref.data(case), ref.data(f"{case}_calibration_weights")[which]
    result = rake(
        data, MARGINS if which == "rake2" else {**MARGINS, **MORE}, weight="pw", tolerance=1e-12, max_iterations=2000
    )
    np.testing.assert_allclose(result.weights, expected, rtol=1e-9)
    np.testing.assert_allclose(result.table["after"], result.table["target"], rtol=1e-11)


@pytest.mark.parametrize("case", ["apistrat", "apisrs", "apiclus1"])
def test_weight_vectors_of_r_survey_poststratify(reference, case):
    ref = reference(f"{case}_calibration")
    result = post_stratify(ref.data(case), MARGINS["stype"], by="stype", weight="pw")
    np.testing.assert_allclose(result.weights, ref.data(f"{case}_calibration_weights")["poststrat_stype"], rtol=1e-12)


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_margins_are_met_and_odds_ratios_kept(seed):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"a": np.repeat(["x", "y"], 20), "b": np.tile(["p", "q"], 20), "w": rng.uniform(0.5, 3, 40)})
    a = rng.uniform(10, 100, 2)
    b = rng.dirichlet([2, 2]) * a.sum()
    result = rake(data, {"a": dict(zip("xy", a, strict=True)), "b": dict(zip("pq", b, strict=True))})
    assert result.weights.groupby(data["a"]).sum().to_numpy() == pytest.approx(a, rel=1e-8)
    before = data.groupby(["a", "b"])["w"].sum().to_numpy()
    after = result.weights.groupby([data["a"], data["b"]]).sum().to_numpy()
    odds = [v[0] * v[3] / (v[1] * v[2]) for v in (before, after)]
    assert odds[1] == pytest.approx(odds[0], rel=1e-7)


def test_order_of_rows_does_not_matter():
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"a": rng.integers(0, 3, 200), "b": rng.integers(0, 4, 200), "w": rng.uniform(1, 2, 200)})
    margins = {"a": {0: 50, 1: 30, 2: 20}, "b": {0: 40, 1: 20, 2: 30, 3: 10}}
    shuffled = data.sample(frac=1, random_state=1)
    one, two = rake(data, margins).weights, rake(shuffled, margins).weights
    assert two.index.equals(shuffled.index)
    np.testing.assert_allclose(one, two.sort_index(), rtol=1e-12)


def test_shares_are_scaled_and_said_so():
    data = pd.DataFrame({"g": ["m", "f", "f", "f"], "w": 2.0})
    result = rake(data, {"g": {"m": 0.5, "f": 0.5}})
    assert result.weights.sum() == pytest.approx(8)
    assert "shares" in result.notes[0].message.text("en")


def test_bounds_hold():
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"a": rng.integers(0, 3, 300), "b": rng.integers(0, 2, 300), "w": 1.0})
    margins = {"a": {0: 150, 1: 90, 2: 60}, "b": {0: 170, 1: 130}}
    ratio = rake(data, margins, bounds=(0.5, 1.7)).weights
    assert ratio.between(0.5 - 1e-12, 1.7 + 1e-12).all()
    assert ratio.groupby(data["a"]).sum().to_numpy() == pytest.approx([150, 90, 60], rel=1e-8)


def test_a_level_without_respondents_is_an_error_not_a_silent_miss():
    data = pd.DataFrame({"g": ["m", "f"], "w": 1.0})
    with pytest.raises(InputError, match=r"(?s)g = d: population 10.*Combine g = d"):
        rake(data, {"g": {"m": 50, "f": 50, "d": 10}})


def test_contradictory_margins_are_an_error(reference):
    ref = reference("apistrat_calibration")
    with pytest.raises(InputError, match=r"stype adds up to 6,194|6194"):
        rake(ref.data("apistrat"), {"stype": MARGINS["stype"], "big": {0: 4600, 1: 1557}}, weight="pw")


def test_margins_that_cannot_hold_together_name_margin_and_level():
    data = pd.DataFrame({"a": ["x", "x", "y"], "b": ["p", "p", "q"], "w": 1.0})
    with pytest.raises(InputError, match=r"(?s)[ab] = .*target.*Combine"):
        rake(data, {"a": {"x": 60, "y": 40}, "b": {"p": 50, "q": 50}})


@pytest.mark.parametrize(
    ("margins", "match"),
    [
        ({"g": {"m": 50}}, "g = f with 1 rows has none"),
        ({"g": {"m": -1, "f": 2}}, "zero or above"),
        ({"nope": {"m": 1}}, "needed"),
        ({"g": {"m": 0, "f": 10}}, "above zero"),
        ({}, "At least one"),
        ({"g": 5}, "total for each"),
    ],
)
def test_bad_margins(margins, match):
    with pytest.raises(InputError, match=match):
        rake(pd.DataFrame({"g": ["m", "f"], "w": 1.0}), margins)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_bad_weights(bad):
    with pytest.raises(InputError, match=r"weight|finite"):
        rake(pd.DataFrame({"g": ["m", "f"], "w": [1.0, bad]}), {"g": {"m": 50, "f": 50}})


def test_interactions_and_list_of_series():
    data = pd.DataFrame({"a": ["x", "x", "y", "y"], "b": ["p", "q", "p", "q"], "w": 1.0})
    joint = {("x", "p"): 1, ("x", "q"): 2, ("y", "p"): 3, ("y", "q"): 4}
    series = pd.Series(joint).rename_axis(["a", "b"])
    assert rake(data, {("a", "b"): joint}).weights.tolist() == [1, 2, 3, 4]
    assert rake(data, [series]).weights.tolist() == [1, 2, 3, 4]
    assert post_stratify(data, series).weights.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("whole", [1.0, 100.0])
def test_per_cents_are_read_as_shares_are(whole):
    rng = np.random.default_rng(8)
    data = pd.DataFrame({"a": rng.choice(["x", "y"], 90), "b": rng.choice(["p", "q", "r"], 90), "w": 13.0})
    counts = {"a": {"x": 468, "y": 702}, "b": {"p": 234, "q": 351, "r": 585}}
    shares = {c: {k: v / 1170 * whole for k, v in t.items()} for c, t in counts.items()}
    by_share = rake(data, shares)
    np.testing.assert_allclose(by_share.weights, rake(data, counts).weights, rtol=1e-9)
    assert "shares or per cents" in by_share.notes[0].message.text("en")
    assert by_share.weights.sum() == pytest.approx(1170)


def test_forty_margins_are_as_good_as_one():
    rng = np.random.default_rng(9)
    data = pd.DataFrame({f"m{i}": rng.choice(["u", "v", "w"], 500) for i in range(41)}).assign(w=1.0)
    margins = {c: data[c].value_counts().to_dict() for c in data.columns if c != "w"}
    np.testing.assert_allclose(rake(data, margins).weights, 1.0, rtol=1e-9)
