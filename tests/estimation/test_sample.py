import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_mean
from workbench.estimation.sample import read_sample
from workbench.weighting import rake, trim


def frame(**columns):
    return pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "w": 1.0, **columns})


def test_probability_becomes_weight():
    sample = read_sample(frame(pi=[0.5, 0.25, 1.0, 1.0]), Design(probability="pi"))
    assert sample.weights.tolist() == [2.0, 4.0, 1.0, 1.0]
    with pytest.raises(InputError, match="at most 1"):
        read_sample(frame(pi=2.0), Design(probability="pi"))


def test_stage_codes_and_fractions():
    data = frame(s=["a", "a", "b", "b"], p=[1, 2, 3, 3], N=[4, 4, 2, 2])
    first = read_sample(data, Design(weight="w", stratum="s", psu="p", population="N")).first
    assert first.parent.tolist() == [0, 0, 1]
    assert first.taken.tolist() == [2, 1]
    assert first.fraction.tolist() == [0.5, 0.5]


def test_repeated_psu_labels_are_found_and_explained():
    data = frame(s=["a", "a", "b", "b"], p=[1, 2, 1, 2])
    with pytest.raises(InputError, match=r"(?s)1 in s = a and s = b.*within_stratum"):
        read_sample(data, Design(weight="w", stratum="s", psu="p"))
    nested = read_sample(data, Design(weight="w", stratum="s", psu="p", psu_labels="within_stratum"))
    assert nested.first.taken.tolist() == [2, 2]


def test_sas_study_groups_need_nesting(reference):
    data = reference("fpc_small").data("fpc_small")
    with pytest.raises(InputError, match="belongs to one stratum"):
        estimate_mean(data, "x", Design(weight="weight", stratum="stratid", psu="psuid"))


@pytest.mark.parametrize(
    ("population", "match"),
    [
        ([1, 1, 1, 1], "population 1, sample 4"),
        ([9, 9, 9, 8], "same for all rows"),
        ([9, 9, np.nan, 9], "same for all rows"),
        (["x"] * 4, "holds numbers"),
    ],
)
def test_populations(population, match):
    with pytest.raises(InputError, match=match):
        read_sample(frame(N=population), Design(weight="w", population="N"))


@pytest.mark.parametrize(("weight", "match"), [(-1.0, "negative"), (np.nan, "missing"), (np.inf, "infinite")])
def test_weights(weight, match):
    with pytest.raises(InputError, match=match):
        read_sample(frame(v=[1.0, 1.0, 1.0, weight]), Design(weight="v"))


def test_a_row_of_weight_zero_stays_a_unit_and_all_zero_is_refused():
    data = frame(v=[1.0, 1.0, 1.0, 0.0])
    assert read_sample(data, Design(weight="v")).weights.tolist() == [1.0, 1.0, 1.0, 0.0]
    with pytest.raises(InputError, match="zero"):
        read_sample(frame(v=[0.0] * 4), Design(weight="v"))


def test_missing_stratum_and_empty_table():
    with pytest.raises(InputError, match="a value in 's'"):
        read_sample(frame(s=["a", "a", None, "b"]), Design(weight="w", stratum="s"))
    with pytest.raises(InputError, match="at least one row"):
        read_sample(frame().iloc[:0], Design(weight="w"))


def test_calibrated_rows_stay_together():
    data = frame(g=["a", "a", "b", "b"])
    raked = rake(data, {"g": {"a": 5, "b": 5}})
    design = Design(weight="c", calibration=raked)
    shuffled = data.assign(c=raked.weights).sample(frac=1, random_state=1)
    assert estimate_mean(shuffled, "y", design).table["std_error"].item() == pytest.approx(
        estimate_mean(shuffled.sort_index(), "y", design).table["std_error"].item()
    )
    with pytest.raises(InputError, match="stay together"):
        read_sample(shuffled.iloc[:3], design)
    with pytest.raises(InputError, match="result of rake"):
        read_sample(data, Design(weight="w", calibration=trim(data)))


@pytest.mark.parametrize("given", ["w", {"weight": "w"}, None])
def test_what_is_no_design_is_refused_with_a_way_out(given):
    with pytest.raises(InputError, match="how the rows were drawn"):
        read_sample(frame(), given)
