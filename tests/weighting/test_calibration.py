import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.weighting import calibrate, rake
from workbench.weighting.calibration import POPULATION

STYPE = {"E": 4421, "H": 755, "M": 1018}
WIDE = {"No": 1072, "Yes": 5122}
CASES = {
    "greg_linear_stype_api99": ("api99", {"distance": "linear"}),
    "calraking_stype_api99": ("api99", {"distance": "raking"}),
    "greg_linear_stype_schwide": ("wide", {"distance": "linear"}),
    "calraking_stype_schwide": ("wide", {"distance": "raking"}),
    "calraking4": ("four", {"distance": "raking"}),
    "linear_bounds_0.6_1.6": ("wide", {"distance": "linear", "bounds": (0.6, 1.6)}),
    "logit_bounds_0.5_2.5": ("wide", {"distance": "logit", "bounds": (0.5, 2.5)}),
    "logit_bounds_stype_api99_0.4_3": ("api99", {"distance": "logit", "bounds": (0.4, 3)}),
}


def totals(which, api99):
    if which == "api99":
        return {"stype": STYPE, "api99": api99}
    if which == "wide":
        return {"stype": STYPE, "sch.wide": WIDE}
    return {"stype": STYPE, "sch.wide": WIDE, "awards": {"No": 2027, "Yes": 4167}, "lowinc": {0: 3331, 1: 2863}}


@pytest.mark.parametrize("case", ["apistrat", "apisrs", "apiclus1"])
@pytest.mark.parametrize("which", sorted(CASES))
def test_weight_vectors_of_r_survey_calibrate(reference, case, which):
    ref = reference(f"{case}_calibration")
    weights = ref.data(f"{case}_calibration_weights")
    if which not in weights:
        pytest.skip(f"R survey has no weights for {which} in {case}")
    columns, options = CASES[which]
    api99 = float(ref.data("apipop")["api99"].sum())
    result = calibrate(ref.data(case), totals(columns, api99), weight="pw", tolerance=1e-11, **options)
    np.testing.assert_allclose(result.weights, weights[which], rtol=2e-8)


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from(["linear", "raking", "logit"]))
def test_totals_are_met(seed, distance):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"g": rng.integers(0, 3, 120), "x": rng.normal(10, 2, 120), "w": rng.uniform(1, 4, 120)})
    groups = data.groupby("g")["w"].sum() * rng.uniform(0.9, 1.1, data["g"].nunique())
    mean = float((data["x"] * data["w"]).sum() / data["w"].sum()) * rng.uniform(0.98, 1.02)
    bounds = (0.2, 5.0) if distance == "logit" else None
    goal = {"g": groups.to_dict(), "x": mean * groups.sum()}
    result = calibrate(data, goal, weight="w", distance=distance, bounds=bounds)
    assert (result.weights * data["x"]).sum() == pytest.approx(goal["x"], rel=1e-8)
    if distance == "logit":
        assert (result.weights / data["w"]).between(0.2, 5).all()


def test_within_domains_equals_domain_by_domain():
    rng = np.random.default_rng(2)
    data = pd.DataFrame(
        {"region": rng.choice(["n", "s"], 200), "g": rng.choice(["m", "f"], 200), "w": rng.uniform(1, 2, 200)}
    )
    goal = {"n": {"g": {"m": 70, "f": 80}}, "s": {"g": {"m": 60, "f": 90}}}
    result = calibrate(data, goal, weight="w", distance="raking", within="region")
    for region, part in data.groupby("region"):
        alone = calibrate(part, goal[region], weight="w", distance="raking").weights
        np.testing.assert_allclose(result.weights[part.index], alone)
    assert result.calibration.matrix.shape[1] == 4


def test_raking_distance_is_the_limit_of_raking():
    rng = np.random.default_rng(8)
    data = pd.DataFrame({"a": rng.integers(0, 3, 300), "b": rng.integers(0, 4, 300), "w": rng.uniform(1, 2, 300)})
    goal = {"a": {0: 200, 1: 150, 2: 100}, "b": {0: 120, 1: 130, 2: 90, 3: 110}}
    np.testing.assert_allclose(
        calibrate(data, goal, weight="w", distance="raking").weights,
        rake(data, goal, tolerance=1e-12).weights,
        rtol=1e-9,
    )


def test_population_total_alone_is_a_ratio():
    data = pd.DataFrame({"w": [1.0, 3.0]})
    assert calibrate(data, {POPULATION: 8}, weight="w").weights.tolist() == [2.0, 6.0]


def test_bounds_that_are_too_tight_are_an_error():
    data = pd.DataFrame({"g": ["m", "m", "f"], "w": 1.0})
    with pytest.raises(InputError, match=r"(?s)g = .*target.*widen the bounds"):
        calibrate(data, {"g": {"m": 10, "f": 90}}, weight="w", distance="truncated", bounds=(0.9, 1.1))


def test_negative_weights_are_noted():
    data = pd.DataFrame({"x": [1.0, 2.0, 50.0], "w": 1.0})
    result = calibrate(data, {POPULATION: 3, "x": 4.0}, weight="w")
    assert (result.weights <= 0).any()
    assert result.notes[0].severity == "warning"


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"distance": "logit"}, "needs bounds"),
        ({"distance": "cubic"}, "one of linear"),
        ({"bounds": (1.2, 2)}, "around 1"),
    ],
)
def test_bad_arguments(options, match):
    with pytest.raises(InputError, match=match):
        calibrate(pd.DataFrame({"w": [1.0, 1.0]}), {POPULATION: 3}, weight="w", **options)
